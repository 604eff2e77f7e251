#!/usr/bin/perl

# Three shops on one catalogue: euros with two decimals, yen with none, dinars with three; from the price to
# the bill to what the bank is asked for and confirms.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0, mail => 0,
    server => "location /shop/jp/ { shop jp; }\n        location /shop/tn/ { shop tn; }");
$t->catalog(q{insert into shop.shops (alias, name, currency, catalogid, paymodes, defaultpaymode, test, testoverride,
        seller, numberprefix, useshipping)
    select x.alias, x.name, x.currency, s.catalogid, s.paymodes, s.defaultpaymode, true, true, s.seller, x.prefix, true
    from shop.shops s, (values ('jp', 'Yen shop', 'JPY', 'JP'), ('tn', 'Dinar shop', 'TND', 'TN'))
        as x (alias, name, currency, prefix) where s.alias = 'ac'});
$t->catalog(q{insert into shop.discounts (shopid, name, type, rate, ordering)
    select id, 'Three in a hundred', 'unconditional', 3, 1 from shop.shops where alias in ('jp', 'tn')});
$t->catalog(q{update shop.items set stock = 20, maxdeliveryquant = 5 where shortname = 'welcome_kit'});
$t->catalog(q{update shop.shipping_zones set billscopeamount = 4.125, freeabove = null where zonecode = 'FR'});

# 14.218 with 5.5 %: yen 14.218 x 3 = 43 and 45, dinars 42.654 and 45.000
my %expected = (
    jp => {currency => 'JPY', line => '43.000 45.000', discount => '-1.000 -1.000', shipping => '4.000 5.000',
        amount => '49.000', minor => 49, price => qr/¥45/, total => qr/¥49/},
    tn => {currency => 'TND', line => '42.654 45.000', discount => '-1.280 -1.350', shipping => '4.125 4.950',
        amount => '48.600', minor => 48600, price => qr/45\.000/, total => qr/48\.600/},
);

for my $alias (sort keys %expected) {
    my $e = $expected{$alias};
    my $b = Shop::Buyer->new(base => $t->base, prefix => "/shop/$alias/", person => {email => "$alias\@example.org"});
    $b->add('welcome_kit', 3);
    $b->open('cart');
    like($b->page->text, $e->{price}, "$alias: the cart is in $e->{currency}") or diag $b->page->text;
    $b->checkout;
    like($b->page->text, $e->{total}, 'so is the order page, with discount and delivery') or diag $b->page->text;
    $b->order('card');
    is($b->step, 'payment', 'it can be ordered') or diag $b->page->text;
    like($b->page->text, $e->{total}, 'the payment page has the amount');
    is($b->value_of(qr{vads-payment/$}, 'vads_amount'), $e->{minor}, 'the bank is asked for whole smallest parts');
    $b->pay_card;
    my $order = Shop::Order->of($t, $b);
    ok($order->comes_to('SOLDOUT|COMPLETE'), 'and confirms them') or diag $t->error_log;
    my $row = $order->row;
    is("$row->{currency} $row->{amount} $row->{paiedamount}", "$e->{currency} $e->{amount} $e->{amount}", 'the bill is paid in full');
    my %line = map { ($_->{type} => "$_->{totalprice} $_->{taxedprice}") } $order->lines;
    is($line{BILLING},  $e->{line},     'its line is rounded to the decimals of the currency');
    is($line{DISCOUNT}, $e->{discount}, 'so is its discount');
    is($line{SHIPPING}, $e->{shipping}, 'and its delivery');
    $b->open('order/' . $order->transid);
    like($b->page->text, $e->{total}, 'the document prints it');
    like($order->invoice_number, qr/^\U$alias\E-/, 'with a number of its own shop');
}

my $euro = Shop::Buyer->new(base => $t->base);
$euro->add('welcome_kit', 3);
$euro->open('cart');
like($euro->page->text, qr/€45\.00/, 'the shop in euros is what it was');
unlike($euro->page->text, qr/Three in a hundred/, 'discounts belong to their shop');
is($t->sql(q{select stock from shop.items where shortname = 'welcome_kit'}), 14, 'stock is shared');


$t->finish;
done_testing;
