#!/usr/bin/perl
# Redis hangs: whoever needs it is told so at the deadline, not later; others do not notice; it heals.

use strict;
use warnings;
use Test::More;
use Shop::Load;
use Shop::Sale;
use Shop::Test;

my $t = Shop::Test->new(workers => 2);
my $buyer = Shop::Buyer->new(base => $t->base, person => {email => 'patient@example.org'});
$buyer->add('mooc_certificate');

kill 'STOP', $t->{pids}{redis};
my $load = Shop::Load->start($t, clients => 20, seconds => 4, method => 'POST', path => '/shop/ac/cart/add',
    form => 'p=workbook');
my $slow = $buyer->http->get('/shop/ac/step/customer');
cmp_ok($slow->{elapsed}, '<', 15, 'an answer comes at the deadline');
like($slow->{status}, qr/^50[34]$/, 'and says what is the matter');
like($slow->{headers}{'retry-after'}, qr/^[2-5]$/, 'and when to come back');
$buyer->open('cart');
is($buyer->page->status, 503, 'a cart that cannot be read');
like($buyer->page->text, qr/Your cart is kept/, 'is not called empty');
$buyer->open('');
like($buyer->page->text, qr/Your cart cannot be reached for the moment/, 'the catalogue says so too');
my $free = $t->http->get('/shop/ac/');
is($free->{status}, 200, 'the catalogue is open');
cmp_ok($free->{elapsed}, '<', $slow->{elapsed}, 'without waiting for a deadline');

my $result = $load->result;
ok(!(grep { !/^50[34]$/ } keys %{$result->{status}}), 'twenty clients at once get the same answer')
    or diag explain($result->{status});
cmp_ok($result->{slowest}, '<', 15, 'all of them in time');

kill 'CONT', $t->{pids}{redis};
Shop::Sale::healed($t);
$buyer->open('cart');
like($buyer->page->text, qr/My first web site/, 'and no cart was lost');
Shop::Sale::at_payment($t, buyer => $buyer, email => 'patient@example.org');
$buyer->pay_card;
Shop::Sale::sold_once($t, $buyer);

$t->finish;
done_testing();
