#!/usr/bin/perl

# Discounts for whom the shop knows: by institution, right, age of the account, past orders, name. They come
# with the login and go with the logout; an anonymous visitor has no past, whatever he types.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new;
my %ada = (firstname => 'Ada', lastname => 'Martin', email => 'ada.martin@example.org');
$t->control('moodle', {action => 'user', %ada, username => 'ada.martin', institution => 'Lycée Vauban',
    firstaccess => time - 400 * 86400});
my ($id) = map { $_->{id} } grep { $_->{email} eq $ada{email} } values %{$t->moodle->{users}};
ok($id, 'Ada has an account in Moodle');

$t->dbh->do('insert into shop.staff_rights (source, subject, permission) values (?, ?, ?)', undef, 'moodle', $id,
    'discountagreed');
$t->catalog(q{insert into shop.discounts (shopid, name, type, ruledata, rate, ordering) values
    (1, 'By institution', 'institutionmatch', 'lycée*', 1, 60), (1, 'By right', 'usercapability', 'local/shop:discountagreed', 2, 61),
    (1, 'By age', 'longtimecustomer', '365', 3, 62), (1, 'By orders', 'successfullordernum', '1', 4, 63)});

my $b = Shop::Buyer->new(base => $t->base, person => \%ada);
$b->add('public_speaking');
$b->open('cart');
like($b->page->text, qr/€384\.00/, 'an anonymous visitor pays the whole price');
unlike($b->page->text, qr/By \w+: \d %/, 'and is offered nothing') or diag $b->page->text;

$b->log_in($t, 'cart');
$b->open('cart');
like($b->page->text, qr/By institution: 1 %/, 'with the login comes what the profile gives') or diag $b->page->text;
like($b->page->text, qr/By right: 2 %/, 'what the shop has granted');
like($b->page->text, qr/By age: 3 %/, 'and what the age of the account gives');
unlike($b->page->text, qr/By orders/, 'who has not ordered yet has no past orders');
like($b->page->text, qr/€360\.96/, 'six percent in all');
$b->checkout;
like($b->page->text, qr/€360\.96/, 'the order page agrees');
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'paid');
is($order->row->{amount} + 0, 360.96, 'for that');
$order->adds_up;

$t->catalog(q{insert into shop.discounts (shopid, name, type, ruledata, rate, ordering) values
    (1, 'By name', 'customeridentity', 'ada.martin@example.org|5', 9, 64)});
$b->submit(qr{logout$}, {});
$b->log_in($t, 'cart');
$b->add('public_speaking');
$b->checkout;
like($b->page->text, qr/By orders: 4 %.*By name: 5 %/, 'the next order counts the first, and knows the customer')
    or diag $b->page->text;
like($b->page->text, qr/€326\.40/, 'fifteen percent in all');

# What the discounts stand on changes between the page and the launch.
$t->dbh->do('delete from shop.staff_rights');
$b->order('card');
is($b->page->status, 422, 'a right that was taken away holds the launch') or diag $b->page->text;
ok($b->says('order.moved_gone_discount', before => '−€7.68'), 'and is told') or diag $b->page->text;
like($b->page->text, qr/€334\.08/, 'with the price of now');
$b->order('card');
is($b->step, 'payment', 'who agrees goes on');
is(Shop::Order->last_of($t)->row->{amount} + 0, 334.08, 'and pays what was shown');

$b->submit(qr{logout$}, {});
$b->add('public_speaking');
$b->open('cart');
like($b->page->text, qr/€384\.00/, 'with the logout everything is gone');

my $thief = Shop::Buyer->new(base => $t->base, person => {email => 'nobody@example.org'});
$thief->add('public_speaking');
$thief->checkout;
like($thief->page->text, qr/€384\.00/, 'a typed name gives nothing');

$t->finish;
done_testing;
