#!/usr/bin/perl

# Runs every C unit program that `make unit` built, each as one subtest that shows its own failures.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

my $top      = dirname(__FILE__) . '/../..';
my @sources  = sort glob "$top/t/unit/*/*.c";

for my $source (@sources) {
    my ($name) = $source =~ m{t/unit/(.+)\.c$};
    my $program = "$top/build/t/unit/$name";
    subtest $name => sub {
        plan skip_all => 'not built: make unit' if !-x $program && $ENV{SHOP_UNIT_OPTIONAL};
        my @lines = `$program 2>&1`;
        my $status = $?;
        my @failed = grep {/^not ok/} @lines;
        my ($planned) = map { /^1\.\.(\d+)/ ? $1 : () } @lines;
        is($status, 0, "$name ends well") or diag @lines > 60 ? @lines[-60 .. -1] : @lines;
        is(scalar(@failed), 0, 'no failed check');
        is($planned, scalar(grep {/^(?:not )?ok \d/} @lines), 'as many checks as planned');
    };
}

done_testing();
