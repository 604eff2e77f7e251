#!/usr/bin/perl

# What people do with browsers: keyboard alone, the cart changed in place, another tab, the way back after
# an order, another language, a page that waits for the bank, paper. And what the browser must refuse.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test;

my $t = Shop::Test->new;

tell($t, 'habits.mjs');

my $orders = 'select count(*) from shop.bills b join shop.customers c on c.id = b.customerid where c.email = ?';
is($t->sql($orders, 'back@example.org'), 1, 'going back after an order does not order again');
is($t->sql($orders, 'twice@example.org'), 1, 'two presses of the button order once');

$t->finish;
done_testing();
