#!/usr/bin/perl

# The bank refuses the card: the order says so, the cart is kept, a second card pays the same order.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('excel_basics');
$b->checkout;
$b->order('card');
my $order = Shop::Order->last_of($t);
$b->pay_card('4970100000000113');
ok($order->comes_to('REFUSED'), 'the refusal arrived');
ok($b->wait_for_text(qr/refused/), 'the page tells it');
ok($b->says('produce.refused'), 'in the words of the shop');
like($b->page->text, qr/articles: 1/, 'the cart is kept');
is($t->sql('select count(*) from shop.jobs'), 0, 'nothing is produced');

$b->follow(qr{step/payment$});
is($b->step, 'payment', 'the buyer may try again');
$b->pay_card;
ok($order->comes_to('COMPLETE'), 'another card pays');
is($t->sql('select count(*) from shop.bills'), 1, 'the same order');
is($t->sql('select count(*) from shop.payment_attempts'), 2, 'by a second try');
ok($b->wait_for_text(qr/enrolled/), 'and the page tells what was done');
like($b->page->text, qr/articles: 0/, 'the cart is empty');
is($t->sql('select count(*) from shop.invoices'), 1, 'one invoice');

$t->finish;
done_testing;
