#!/usr/bin/perl

# Launching twice: a double click, the back button after the launch, a second launch after a change. One
# order for one content, however often it is sent.

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


sub orders { return $t->sql('select count(*) from shop.bills') }


# The order form as the browser would send it.
sub launch {
    my ($buyer, $mode) = @_;
    my $form  = $buyer->page->form(qr{step/order$});
    my ($box) = grep { $_->{name} eq 'agree' } @{$form->{fields}};
    return $buyer->page->filled($form, {agree => $box->{value}, paymode => $mode // 'card'}, [go => 1]);
}

$b->add('gdpr_essentials');
$b->checkout;
my $pairs = launch($b);
my @children;
for (1 .. 4) {
    my $pid = fork // die "fork: $!";
    POSIX::_exit($b->http->post('/shop/ac/step/order', [@{$pairs}])->{status} == 303 ? 0 : 1) if !$pid;
    push @children, $pid;
}
for my $pid (@children) { waitpid $pid, 0; is($? >> 8, 0, 'a click is answered') }
is(orders(), 1, 'four clicks at once are one order');

my $page = $b->page;
$b->open('step/payment');
is($b->step, 'payment', 'which waits to be paid');
$b->{page} = $page;
$b->order('card');
is($b->step, 'payment', 'back and launched again: the same payment');
is(orders(), 1, 'the same order');

$b->open('step/customer');
$b->submit(qr{step/customer$}, {}, go => 1);
$b->order('card');
is(orders(), 1, 'back to the address and on again, nothing changed: the same order');

$b->open('step/customer');
$b->submit(qr{step/customer$}, {city => 'Rennes'}, go => 1);
$b->open('step/payment');
is($b->step, 'order', 'a changed address has to be launched again');
my $changed = launch($b);
$b->http->post('/shop/ac/step/order', [@{$changed}]) for 1 .. 2;
is(orders(), 2, 'as another order, once');
is($t->sql(q{select customer ->> 'city' from shop.bills order by id desc limit 1}), 'Rennes', 'with the new address');
is($t->sql('select count(distinct transid) from shop.bills'), 2, 'under another code');

$b->open('step/payment');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'it is paid');
is($order->row->{customer} =~ /Rennes/ ? 1 : 0, 1, 'the one with the new address');
$b->http->post('/shop/ac/step/order', [@{$changed}]);
is(orders(), 2, 'the form that lies around orders nothing');
$b->open('step/payment');
is($b->path, '/shop/ac/', 'there is nothing to pay');

$b->add('gdpr_essentials');
$b->checkout;
$b->order('card');
is(orders(), 3, 'who wants the same course once more gets a new order');

$t->finish;
done_testing;
