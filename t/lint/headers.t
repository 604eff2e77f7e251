#!/usr/bin/perl

# Each header of the rooms without nginx compiles alone.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(code files slurp top);
use Test::More;

my $top     = top();
my @headers = files(qr{^src/(?:base|shop|pay|produce|view)/.*\.h$});

ok(scalar @headers, 'headers were found');
for my $header (@headers) {
    next if slurp($header) =~ /include\s*[<"](?:ngx_|link\/)/;
    my $output = qx(gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -I$top/src -x c $top/$header 2>&1);
    $output =~ s/.*pragma once in main file.*\n//g;
    is($?, 0, "$header compiles alone") or diag($output);
}

done_testing();
