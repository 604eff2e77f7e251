#!/usr/bin/perl

# Every fuzz target meets its own corpus again: each crash that was ever found stays mended.

use strict;
use warnings;

use File::Basename qw(basename dirname);
use Test::More;

my $top = dirname(__FILE__) . '/../..';

if (!qx(sh -c 'command -v clang')) {
    plan skip_all => 'no clang (Debian packages clang-14 and libclang-rt-14-dev)';
}

is(system("make -s -C $top fuzz-drivers >&2"), 0, 'the drivers are built') or BAIL_OUT('no drivers');

for my $source (sort glob "$top/t/fuzz/*.c") {
    my $driver = basename($source, '.c');
    my @seeds  = glob "$top/t/fuzz/corpus/$driver/*";

    ok(scalar @seeds, "$driver has seeds") or next;
    my $output = qx($top/build/t/fuzz/$driver -timeout=5 @seeds 2>&1);
    is($?, 0, "$driver meets its corpus") or diag($output);
}

done_testing();
