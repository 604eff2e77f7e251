#!/usr/bin/perl

# Two tabs of one browser: lines that both put into the cart at the same time are all there, what one tab
# changed is told to the other before it is ordered, and an order that one tab has paid is not paid twice.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use POSIX ();
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, workers => 2);
my $b = Shop::Buyer->new(base => $t->base);
my @products = qw(excel_advanced gdpr_essentials python_start word_basics powerpoint_basics public_speaking
    data_analysis project_management);

$b->add('free_taster');
my $csrf = $b->value_of(qr{cart/add$}, 'csrf');
my @children;
for my $product (@products) {
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        my $answer = $b->http->post('/shop/ac/cart/add', [csrf => $csrf, p => $product]);
        POSIX::_exit($answer->{status} == 303 ? 0 : 1);
    }
    push @children, $pid;
}
my $refused = 0;
for my $pid (@children) { waitpid $pid, 0; $refused++ if $? }
$b->open('cart');
my $there = grep { my $p = $_; grep { ($_->{value} // '') eq $p } @{$b->page->{fields}} } @products;
is($there, @products - $refused, 'every tab that was told "added" has its line in the cart');
cmp_ok($there, '>=', 4, 'and not only one was');

my $t2 = Shop::Buyer->new(base => $t->base);
$t2->add('gdpr_essentials');
$t2->checkout;
is($t2->step, 'order', 'the first tab stands before the launch');
my $first = $t2->page;
$t2->add('excel_advanced');
is($t2->path, '/shop/ac/p/excel_advanced', 'the second tab adds a course');
$t2->{page} = $first;
$t2->order('card');
is($t2->page->status, 422, 'the first tab is not sold what it did not show');
ok($t2->says('refusal.price_changed', name => '€54.00'), 'it is told that the total has changed');
like($t2->page->text, qr/€232\.80/, 'and what it is now');
is($t->sql('select count(*) from shop.bills'), 0, 'nothing was ordered');

my $shown = $t2->page;
$t2->order('card');
$t2->pay_card;
my $order = Shop::Order->of($t, $t2);
ok($order->comes_to('SOLDOUT'), 'then it is bought');
$t2->{page} = $shown;
$t2->{path} = '/shop/ac/step/order';
$t2->order('card');
is($t->sql('select count(*) from shop.bills'), 1, 'the tab that still shows the order page buys nothing');
unlike($t2->path, qr{step/payment}, 'and is not sent to pay');

$t->finish;
done_testing;
