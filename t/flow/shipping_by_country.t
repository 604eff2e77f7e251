#!/usr/bin/perl

# What delivery costs depends on where it goes: two zones, an address that is not served, free delivery for
# a large order, nothing for what is not sent. Cart, order page, bill and document say the same.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('welcome_kit', 2);
$b->open('cart');
ok($b->says('cart.shipping_later'), 'before the address is known the cart says that delivery will come') or diag $b->page->text;
like($b->page->text, qr/€30\.00/, 'and shows the products alone');

$b->follow(qr{/step/});
$b->fill_customer(country => 'US', zip => '10001', city => 'New York');
is($b->step, 'customer', 'an address that is not served leads no further');
ok($b->says('refusal.not_delivered'), 'and the page says why') or diag $b->page->text;

$b->fill_customer(country => 'BE', zip => '1000', city => 'Bruxelles');
is($b->step, 'order', 'a neighbouring country is');
like($b->page->text, qr/Delivery to neighbouring countries\s*€11\.88/, 'at its price, with its tax') or diag $b->page->text;
like($b->page->text, qr/€41\.88/, 'which is part of the total');

$b->open('step/customer');
$b->fill_customer(country => 'FR', zip => '97110', city => 'Pointe-à-Pitre');
ok($b->says('refusal.not_delivered'), 'the overseas departments are another zone');
$b->fill_customer(country => 'FR', zip => '44 000', city => 'Nantes');
is($b->step, 'order', 'the mainland is served');
like($b->page->text, qr/Delivery in metropolitan France\s*€5\.88/, 'for less') or diag $b->page->text;

$t->catalog(q{update shop.shippings set value = 5.90 where value = 4.90});
$b->order('card');
is($b->page->status, 422, 'a price of delivery that moves holds the launch');
ok($b->says('order.moved_shipping', before => '€5.88', after => '€7.08'), 'and is explained') or diag $b->page->text;
$b->order('card');
is($b->step, 'payment', 'who agrees goes on');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'paid');
$order->adds_up;
my ($shipping) = grep { $_->{type} eq 'SHIPPING' } $order->lines;
is("$shipping->{itemcode} $shipping->{totalprice} $shipping->{taxedprice}", 'SHIP_FR 5.900 7.080', 'a line of the bill');
is($shipping->{tax}{ratio}, '20', 'with the tax of its zone');
is((($order->lines)[-1])->{type}, 'SHIPPING', 'the last one');
is($order->row->{amount} + 0, 37.08, 'and of the total');
$b->open('order/' . $order->transid);
like($b->page->text, qr/Delivery in metropolitan France.*€5\.90.*€7\.08/, 'the document prints it') or diag $b->page->text;
like($b->page->text, qr/VAT 5\.5%\s*€1\.56.*VAT 20%\s*€1\.18.*€37\.08/, 'with both taxes and the total');

my $large = Shop::Buyer->new(base => $t->base, lang => 'fr', person => {email => 'large@example.org'});
$large->add('welcome_kit');
$large->add('public_speaking');
$large->checkout;
ok($large->says('cart.shipping_free'), 'a large order is delivered for nothing') or diag $large->page->text;
$large->order('card');
is($large->step, 'payment', 'it is ordered');
my $free = Shop::Order->last_of($t);
is(scalar(grep { $_->{type} eq 'SHIPPING' } $free->lines), 0, 'without a line for it');
is($free->row->{amount} + 0, 399, 'and without its price');

my $course = Shop::Buyer->new(base => $t->base, person => {email => 'far@example.org', country => 'US', zip => '10001'});
$course->add('gdpr_essentials');
$course->checkout;
is($course->step, 'order', 'what is not sent goes everywhere');
unlike($course->page->text, qr/Delivery (?:in|to)/, 'and costs no delivery');

$t->finish;
done_testing;
