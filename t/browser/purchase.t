#!/usr/bin/perl

# The whole purchase, from the catalogue to the invoice: on a telephone and on a desk, with and
# without JavaScript, in both languages.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test;

my $t = Shop::Test->new;

tell($t, 'purchase.mjs');

is($t->sql(q{select count(*) from shop.bills}), 8, 'every visitor placed one order');
is($t->sql(q{select count(*) from shop.bills where status in ('SOLDOUT', 'COMPLETE')}), 8, 'and paid it');
is($t->sql(q{select count(distinct billid) from shop.invoices}), 8, 'each has its invoice');

$t->finish;
done_testing();
