#!/usr/bin/perl

# Every directive, parameter of a block and variable stands in README.md; every directive is used by
# an example; README.md tells of none that is not there.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp);
use Test::More;

my $readme   = slurp('README.md');
my $examples = join "\n", map { slurp($_) } files(qr{^conf-examples/.*\.conf(?:\.in)?$});
my %contexts = (NGX_HTTP_MAIN_CONF => 'http', NGX_HTTP_SRV_CONF => 'server', NGX_HTTP_LOC_CONF => 'location');
my %known    = slurp('src/web/directives.c') =~ /\{ngx_string\("(\w+)"\),\s*((?:NGX_\w+[\s|]*)+),/g;

$examples =~ s/^\s*#.*//mg;
cmp_ok(scalar keys %known, '>', 10, 'directives were found');

for my $name (sort keys %known) {
    my ($section) = grep { /^#### .*\b\Q$name\E\b/ } split /^(?=#{2,4} )/m, $readme;
    my @in = sort grep { defined } map { $contexts{$_} } $known{$name} =~ /(\w+)/g;

    ok($section, "$name has its section in README.md") or next;
    like($section, qr/^    Syntax:   \Q$name\E\b/m, "$name: its syntax is told");
    like($section, qr/\bDefault:\s+\S/,             "$name: its default is told");
    my ($context) = $section =~ /^    Context:  (.*)$/m;
    is(join(', ', sort split /,\s*/, $context // q{}), join(', ', @in), "$name: its contexts are told");
    like($examples, qr/(?:^|[{;])\s*\Q$name\E[\s;]/m, "$name is used by an example");
}

my @told = $readme =~ /^    Syntax:   (\w+)/mg;
is("@{[grep { !$known{$_} } @told]}", q{}, 'README.md tells of no other directive');

# Blocks: the names that the code takes are the first cells of the tables.
my $outside = slurp('src/web/conf_outside.c');
block('shop_moodle', words($outside =~ /moodle_known\[\] = \{(.*?)\}/s));
block('shop_mail',   words($outside =~ /mail_known\[\] = \{(.*?)\}/s));

my %payment = (interface => 1, mode => 1);
for my $file (files(qr{^src/pay/\w+\.c$})) {
    my ($table) = slurp($file) =~ /shop_pay_param_t params\[\] = \{(.*?)^\};/ms or next;
    $payment{$_} = 1 for $table =~ /\{"(\w+)",/g;
}
block('shop_payment', keys %payment);

my @variables = slurp('src/web/variables.c') =~ /\{ngx_string\("(\w+)"\)/g;
ok(scalar @variables, 'variables were found');
for my $name (@variables) {
    like($readme, qr/^\|.*`\$\Q$name\E`/m, "\$$name stands in README.md");
}

done_testing();


sub words
{
    my ($list) = @_;

    return $list =~ /"(\w+)"/g;
}


sub block
{
    my ($name, @parameters) = @_;
    my ($section) = grep { /^#### \Q$name\E$/m } split /^(?=#{2,4} )/m, $readme;
    my %told = map { $_ => 1 } map { /`(\w+)[^`]*`/g } $section =~ /^\| (`[^|]+) \|/mg;

    is(join(q{ }, sort keys %told), join(q{ }, sort @parameters), "$name: exactly its parameters are told");

    return;
}
