package Bench::Price;

# The price of a cart of 50 lines under a stack of 20 discounts, in catalogues of three sizes: one core, no server.

use strict;
use warnings;

use Carp qw(croak);

use Shop::Test;

use Bench;

my @SIZES = (100, 1_000, 10_000);
my $CARTS = 2_000;
my $GOAL  = 30;    # microseconds


sub run {
    my $top = Shop::Test::top();
    system('make', '-s', '-C', $top, 'build/t/bench-price') == 0 or croak 'bench-price is not built';

    for my $size (@SIZES) {
        my (@us, $allocations, $bytes);
        for (1 .. 5 * Bench::rounds()) {
            (my $us, $allocations, $bytes) = qx("$top/build/t/bench-price" $size $CARTS)
                =~ /^([\d.]+) us, (\d+) allocations, (\d+) bytes, 50 lines, 20 discounts agreed/ or croak 'no figures';
            push @us, $us;
        }
        my $us = Bench::median(@us);
        Bench::row(what => "price of a cart, $size products", rate => 1e6 / $us, floor => 1e6 / $GOAL,
            ratio => $GOAL / $us, goal => 1, cpu_us => $us,
            note => "50 lines, 20 discounts; $allocations allocations, $bytes bytes; beside $GOAL us");
    }
    return;
}

1;
