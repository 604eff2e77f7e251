#!/usr/bin/perl

# Selling rules as a visitor meets them: codes, a discount from an amount on, shipping by country, yen, a slave
# catalogue.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0,
    server => "location /shop/yen/ { shop yen; }\n        location /shop/be/ { shop be; }");
my $dbh = $t->dbh;

$dbh->do(q{insert into shop.discounts (shopid, name, type, argument, ruledata, rate, ordering, translations)
    values (1, 'Hundred', 'orderamount', 'From a hundred euros on', '100', 5, 50,
        '{"fr": {"argument": "À partir de cent euros"}}')});
$dbh->do(q{update shop.catalogs set groupid = id});
$dbh->do(q{insert into shop.taxes (title, ratio) values ('BTW 21%', 21)});
$dbh->do(q{insert into shop.catalogs (groupid, name) select id, 'Belgium' from shop.catalogs});
$dbh->do(q{insert into shop.items (catalogid, categoryid, code, shortname, name, status, price1, taxcode)
    select c.id, i.categoryid, i.code, i.shortname, x.name, x.status, 60, t.id
    from (values ('exam_voucher', 'Examen de Bruxelles', 'AVAILABLE'), ('course_space', 'course space', 'SUSPENDED'))
        as x (shortname, name, status)
    join shop.items i on i.shortname = x.shortname, shop.catalogs c, shop.taxes t
    where c.name = 'Belgium' and t.title = 'BTW 21%'});
# the last one: a worker that has it has all
$t->catalog(q{insert into shop.shops (alias, name, currency, catalogid, paymodes, defaultpaymode, test, testoverride, seller,
        numberprefix)
    select x.alias, x.name, x.currency, c.id, s.paymodes, s.defaultpaymode, true, true, s.seller, x.prefix
    from shop.shops s, (values ('yen', 'Yen shop', 'JPY', 'Atelier Campus', 'JP'), ('be', 'Belgium', 'EUR', 'Belgium', 'BE'))
        as x (alias, name, currency, catalog, prefix)
    join shop.catalogs c on c.name = x.catalog where s.alias = 'ac'});

tell($t, 'selling.mjs', SHOP_YEN => $t->base . '/shop/yen/', SHOP_SLAVE => $t->base . '/shop/be/');

is($t->sql(q{select string_agg(currency || ' ' || amount, ', ') from shop.bills}), 'JPY 45.000', 'the order in yen');

$t->finish;
done_testing();
