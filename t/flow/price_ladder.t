#!/usr/bin/perl

# A price that falls with the quantity: the ladder is told, the price of the step counts for all units, and
# the bill has the step that was reached.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);

$b->open('p/project_management');
like($b->page->text, qr/1–2.*828\.00.*3–5.*768\.00.*6\+.*708\.00/, 'the ladder of prices, tax included');

my %total = (1 => '828.00', 2 => '1,656.00', 3 => '2,304.00', 5 => '3,840.00', 6 => '4,248.00', 10 => '7,080.00');
my @quantities = (1, 2, 3, 5, 6, 10);
$b->add('project_management', 1);
$b->open('cart');
for my $quantity (@quantities) {
    $b->submit(qr{cart/set$}, {quantity => $quantity});
    like($b->page->text, qr/€\Q$total{$quantity}\E/, "$quantity units");
}
$b->submit(qr{cart/set$}, {quantity => 11});
ok($b->says('refusal.max_reached', n => 10), 'not more than the maximum');
like($b->page->text, qr/€7,080\.00/, 'the cart stays as it was');
for my $wrong ('-1', '1.5', 'abc', '99999999999999999999') {
    $b->submit(qr{cart/set$}, {quantity => $wrong});
    ok($b->says('refusal.quantity_invalid'), "not a quantity: $wrong");
}

$b->submit(qr{cart/set$}, {quantity => 4});
$b->follow(qr{/step/});
$b->fill_customer;
my $page = $b->page->text;
$b->order('check');
my $order = Shop::Order->last_of($t);
my ($line) = $order->lines;
is($line->{unitcost} + 0, 640, 'the bill has the price of the step');
is($line->{quantity} + 0, 4, 'for all four');
$order->adds_up;
$order->shown_in($page, 'the order page');
$order->shown_in($b->page->text, 'the payment page');

$t->finish;
done_testing;
