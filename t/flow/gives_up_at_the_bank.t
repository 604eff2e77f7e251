#!/usr/bin/perl

# The buyer gives up on the bank's page, comes back, and pays the same order in another way; then a late
# card payment of the first try is told apart.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('gdpr_essentials');
$b->checkout;
$b->order('card');
my $order = Shop::Order->last_of($t);
$b->pay_card(undef, 'cancel');
ok($b->says('produce.cancelled'), 'the page says that nothing was paid');
is($order->status, 'PLACED', 'the order is open');
like($b->page->text, qr/articles: 1/, 'the cart is kept');

$b->follow(qr{step/order$});
is($b->step, 'order', 'another way to pay may be chosen');
is($b->value_of(qr{step/order$}, 'paymode'), 'card', 'the last one is proposed');
$b->order('transfer');
is($b->step, 'payment', 'the launch leads to it');
is($t->sql('select count(*) from shop.bills'), 1, 'it is the same order');
is($order->row->{paymode}, 'transfer', 'which is now to be paid by transfer');
like($b->page->text, qr/FR76/, 'the page has the account');
my ($number) = $b->page->text =~ /(O-\d{8}-\d+)/;
is($number, $t->sql('select shop.order_number(ordering, placedat, ?) from shop.bills', 'Europe/Paris'), 'with the order number');

$b->follow(qr{step/order$});
$b->order('card');
$b->pay_card;
ok($order->comes_to('SOLDOUT|COMPLETE'), 'and by card again, until it is paid');
is($order->row->{paymode}, 'card', 'by card');
is($t->sql('select count(*) from shop.bills'), 1, 'all the while one order');
ok($b->says('produce.paid'), 'the page thanks');

$t->finish;
done_testing;
