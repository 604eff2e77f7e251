#!/usr/bin/perl

# Every SQL function has a comment, and some test calls it.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp);
use Test::More;

my @files = files(qr{^sql/.*\.sql$});

if (!@files) {
    plan skip_all => 'no SQL yet';
}

my $sql   = join "\n", map { slurp($_) } @files;
my $tests = join "\n", map { slurp($_) } files(qr{^t/.*\.(?:t|pm|c|sql)$});
my %names = map { $_ => 1 } $sql =~ /create\s+(?:or\s+replace\s+)?function\s+shop\.(\w+)/gi;

ok(scalar keys %names, 'functions were found');
for my $name (sort keys %names) {
    like($sql, qr/comment\s+on\s+function\s+shop\.\Q$name\E\b/i, "shop.$name has a comment");
    my $uses = () = "$sql$tests" =~ /\bshop\.\Q$name\E\s*\(/g;
    ok($tests =~ /\b\Q$name\E\b/ || $uses > 2, "shop.$name is used by a test or by others");
}

done_testing();
