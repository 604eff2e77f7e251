#!/usr/bin/perl

# make bench: every comparison of this folder, or those named (catalog, cart, certificates, payments, interfaces, orders, price,
# sizes). BENCH_ROUNDS and BENCH_SECONDS change how long each side runs, BENCH_INTERFACES=systempay,stripe which interfaces.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use lib $FindBin::Bin;

use Bench;
use Bench::Cart;
use Bench::Catalog;
use Bench::Certificates;
use Bench::Interfaces;
use Bench::Money;
use Bench::Price;
use Bench::Sizes;

my %RUN = (
    catalog  => \&Bench::Catalog::run,
    cart     => \&Bench::Cart::run,
    certificates => \&Bench::Certificates::run,
    payments => \&Bench::Money::notifications,
    interfaces => \&Bench::Interfaces::run,
    orders   => \&Bench::Money::orders,
    price    => \&Bench::Price::run,
    sizes    => \&Bench::Sizes::run,
);

for my $name (@ARGV ? @ARGV : sort keys %RUN) {
    my $run = $RUN{$name} or die "unknown: $name; one of @{[sort keys %RUN]}\n";
    print STDERR "$name\n";
    $run->();
}
Bench::print_table();
