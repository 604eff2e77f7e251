#!/usr/bin/perl

# A shop that plays a slave catalogue: the master's offer with another price, tax and name, one product
# hidden, buyers of two countries alone; the stock is the master's.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0, mail => 0, server => 'location /shop/be/ { shop be; }');
$t->catalog(q{update shop.catalogs set groupid = id});
$t->catalog(q{insert into shop.taxes (title, ratio) values ('BTW 21%', 21)});
$t->catalog(q{insert into shop.catalogs (groupid, name, countryrestrictions) select id, 'Belgium', 'be, LU' from shop.catalogs});
$t->catalog(q{insert into shop.items (catalogid, categoryid, code, shortname, name, status, price1, taxcode, stock, maxdeliveryquant)
    select c.id, i.categoryid, i.code, i.shortname, 'Examen', 'AVAILABLE', 60, t.id, 999, 0
    from shop.items i, shop.catalogs c, shop.taxes t
    where i.shortname = 'exam_voucher' and c.name = 'Belgium' and t.title = 'BTW 21%'});
$t->catalog(q{insert into shop.items (catalogid, categoryid, code, shortname, name, status, price1)
    select c.id, i.categoryid, i.code, i.shortname, i.name, 'SUSPENDED', 1
    from shop.items i, shop.catalogs c where i.shortname = 'course_space' and c.name = 'Belgium'});
$t->catalog(q{insert into shop.shops (alias, name, currency, catalogid, paymodes, defaultpaymode, test, testoverride, seller, numberprefix)
    select 'be', 'Belgium', 'EUR', c.id, s.paymodes, s.defaultpaymode, true, true, s.seller, 'BE'
    from shop.shops s, shop.catalogs c where s.alias = 'ac' and c.name = 'Belgium'});

my $b = Shop::Buyer->new(base => $t->base, prefix => '/shop/be/', person => {country => 'BE', zip => '1000', city => 'Bruxelles'});
$b->open('c/services');
like($b->page->text, qr/Examen/, 'the slave shows the name of its copy');
like($b->page->text, qr/€72\.60/, 'its price with its tax') or diag $b->page->text;
unlike($b->page->text, qr/course space/, 'and hides what its copy suspends');
like($b->page->text, qr/Welcome kit/, 'what has no copy is the master\'s');
is($b->open('p/course_space')->status, 404, 'the hidden product has no page');
$b->open('add?p=course_space');
ok($b->says('refusal.product_unavailable') || $b->says('refusal.product_unknown'), 'and cannot be bought by a link');

my $master = Shop::Buyer->new(base => $t->base);
$master->open('c/services');
like($master->page->text, qr/Examination voucher.*€87\.00/, 'the master is what it was');
like($master->page->text, qr/course space/, 'with the product');

$b->add('exam_voucher', 21);
ok($b->says('refusal.max_reached', n => 20), 'the largest quantity is the master\'s');
$b->add('exam_voucher', 2);
$b->open('cart');
like($b->page->text, qr/€145\.20/, 'two of them');
$b->follow(qr{/step/});
my ($countries) = grep { ($_->{name} // '') eq 'country' } @{$b->page->form(qr{step/customer$})->{fields}};
is(join(' ', sort grep {/./} @{$countries->{options}}), 'BE LU', 'only its countries are offered');
$b->fill_customer(country => 'FR');
ok($b->says('refusal.country_invalid'), 'and others are refused, whatever a form sends') or diag $b->page->text;
$b->fill_customer;
$b->order('card');
is($b->step, 'payment', 'a buyer from there orders');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'and pays');
is($order->row->{amount} + 0, 145.2, 'the slave\'s price');
my ($line) = $order->lines;
is("$line->{abstract} $line->{tax}{title}", 'Examen BTW 21%', 'its words and tax are frozen on the bill');
is($t->sql(q{select string_agg(stock::text, ' ' order by i.catalogid) from shop.items i where shortname = 'exam_voucher'}),
    '38 999', 'the stock of the master is what was taken');

$t->finish;
done_testing;
