#!/usr/bin/perl

# A price moves while somebody is buying: between the order page and the launch, and between the launch and
# the payment. The page is shown again with the old and the new total; what is charged is what was shown.

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
like($b->page->text, qr/€54\.00/, 'the price of today');
$t->catalog(q{update shop.items set price1 = 50 where shortname = 'gdpr_essentials'});
$b->order('card');
is($b->page->status, 422, 'the launch is held');
ok($b->says('refusal.price_changed', name => '€54.00'), 'the page says that the price has moved');
like($b->page->text, qr/€60\.00/, 'and shows the new total');
is($t->sql('select count(*) from shop.bills'), 0, 'nothing is ordered');
is($b->value_of(qr{step/order$}, 'paymode'), 'card', 'the way to pay is kept');

$b->order('card');
is($b->step, 'payment', 'who agrees goes on');
my $order = Shop::Order->last_of($t);
is($order->row->{amount} + 0, 60, 'with the new price');

$t->catalog(q{update shop.items set price1 = 40 where shortname = 'gdpr_essentials'});
$b->open('step/payment');
is($b->step, 'order', 'a price that moved after the launch is agreed to again');
ok($b->says('refusal.price_changed', name => '€60.00'), 'with the old total told');
like($b->page->text, qr/€48\.00/, 'and the new one shown');
$b->order('card');
is($b->step, 'payment', 'then it is paid');
like($b->page->text, qr/€48\.00/, 'at the new price');
$b->pay_card;
$order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'paid');
is($order->row->{amount} + 0, 48, 'exactly what was shown last');
is($t->sql(q{select count(*) from shop.bills where status = 'PLACED'}), 1, 'the order of before stays unpaid');

my $other = Shop::Buyer->new(base => $t->base);
$other->add('excel_advanced');
$other->add('python_start');
$other->checkout;
$t->catalog(q{update shop.items set status = 'SUSPENDED' where shortname = 'python_start'});
$other->order('card');
is($other->page->status, 422, 'what is not sold any more is not ordered');
ok($other->says('refusal.product_unavailable'), 'the page says what has gone') or diag $other->page->text;
like($other->page->text, qr/€178\.80/, 'and what is left');
$other->order('card');
is($other->step, 'payment', 'which can be bought');
is(scalar(Shop::Order->last_of($t)->lines), 1, 'alone');

$t->catalog(q{update shop.items set status = 'SUSPENDED' where shortname = 'excel_advanced'});
$other->open('step/payment');
is($other->path, '/shop/ac/', 'when nothing is left the way leads to the catalogue');
ok($other->says('refusal.product_unavailable'), 'which says why');

$t->finish;
done_testing;
