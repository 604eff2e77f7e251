#!/usr/bin/perl

# Every other page of the shop: products of all kinds, questions, places, access codes, log in, empty
# cart, terms, errors; on a telephone and on a desk, in both languages.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test;

my $t = Shop::Test->new;

# Two customers whom credits were given back, and a course that they pay.
$t->catalog(q{update shop.items set handlerparams = handlerparams || '{"credit_price": "4"}' where shortname = 'excel_basics'});
$t->dbh->do(q{with c as (insert into shop.customers (firstname, lastname, address, zip, city, country, email)
        values ('Oliver', 'Smith', '3 rue des Lilas', '44000', 'Nantes', 'FR', 'oliver.smith@example.org'),
               ('Inès', 'Bernard', '3 rue des Lilas', '44000', 'Nantes', 'FR', 'ines.bernard@example.org') returning id),
    a as (insert into shop.credit_accounts (customerid, balance) select id, 9 from c returning customerid),
    s as (insert into shop.credit_entries (customerid, amount, kind, key, label)
        select customerid, -3, 'spent', 'before:' || customerid, 'A course' from a returning id, customerid)
    insert into shop.credit_entries (customerid, amount, unspent, kind, entryid, label, expires)
    select customerid, 12, 9, 'restored', id, 'A course', now() + interval '40 days' from s});

tell($t, 'pages.mjs');

$t->finish;
done_testing();
