#!/usr/bin/perl

# Every SQL function has a comment. What the module may call is named by a test; what it may not is
# reached from there, from a trigger or from a test: nothing lies unused.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp);
use Test::More;

my $sql   = join "\n", map { s/--[^\n]*//gr } map { slurp($_) } files(qr{^sql/.*\.sql$});
my $tests = join "\n", map { slurp($_) } files(qr{^t/.*\.(?:t|pm|c|sql)$});
my $entry = qr/create\s+(?:or\s+replace\s+)?function\s+shop\.(\w+)/i;

# The text from one function's head to the next one's; code between them counts with the first.
my (undef, %body) = split $entry, $sql =~ s/^(?:comment|grant)\s[^;]*;//gmr;
my ($granted) = $sql =~ /grant\s+execute\s+on\s+function(.*?)\bto\b/is;
my @open = $granted =~ /shop\.(\w+)/g;

cmp_ok(scalar keys %body, '>', 50, 'functions were found');
cmp_ok(scalar @open,      '>', 10, 'grants were found');

for my $name (sort keys %body) {
    like($sql, qr/comment\s+on\s+function\s+shop\.\Q$name\E\b/i, "shop.$name has a comment");
}
for my $name (sort @open) {
    like($tests, qr/\b\Q$name\E\b/, "shop.$name is named by a test");
}

my %reached;
my @next = grep { $tests =~ /\b\Q$_\E\b/ || $sql =~ /execute\s+function\s+shop\.\Q$_\E\b/i } sort keys %body;
while (defined(my $name = shift @next)) {
    next if $reached{$name}++;
    push @next, grep { $body{$_} } $body{$name} =~ /\bshop\.(\w+)\s*\(/g;
}
is("@{[grep { !$reached{$_} } sort keys %body]}", q{}, 'every function is reached');

done_testing();
