#!/usr/bin/perl
# Redis dies while people buy: carts are lost, orders are not. Pages say so, and go on when it is back.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for stop_process);

my $t = Shop::Test->new(workers => 2);


sub redis_dies { stop_process(delete $t->{pids}{redis}, 'KILL'); return }

sub redis_is_back { $t->start_redis; return Shop::Sale::healed($t) }


# Before the order: the cart goes with Redis.
my $early = Shop::Buyer->new(base => $t->base, person => {email => 'early@example.org'});
$early->add('mooc_certificate');
$early->open('cart');
$early->follow(qr{/step/});
my $form = $early->page->form(qr{step/customer$});
redis_dies();

my $answer = $early->http->post('/shop/ac/step/customer', $early->page->filled($form, $early->{person}, [go => 1]));
like($answer->{status}, qr/^50[34]$/, 'a step cannot be taken');
like($answer->{headers}{'retry-after'}, qr/^[2-5]$/, 'and says when to come back');
like($answer->{body}, qr/Come back in a moment/, 'in words');
cmp_ok($answer->{elapsed}, '<', 5, 'within the deadline');
is($t->http->get('/shop/ac/')->{status}, 200, 'the catalogue is open all the while');
$early->open('');
is($early->page->status, 200, 'also for somebody with a session');
unlike($early->page->text, qr/Log out/, 'who is nobody meanwhile');

redis_is_back();
$early->open('cart');
is($early->page->status, 200, 'the cart is shown again');
like($early->page->text, qr/empty/i, 'and says that it is empty');
Shop::Sale::at_payment($t, buyer => $early, email => 'early@example.org');
$early->pay_card;
$early->{returned} = $early->path;
Shop::Sale::sold_once($t, $early);

# After the order: neither the payment nor its page needs the session.
my $late = Shop::Sale::at_payment($t);
$late->submit(qr{vads-payment/$}, {}, go => 1);
redis_dies();
$late->submit(qr{vads-payment/pay$}, {number => '4970100000000000', expiry => '12/30', cvv => '123'}, action => 'pay');
$late->back_from_bank;
is($late->page->status, 200, 'the buyer comes back to his order');
like($late->page->text, qr/your payment has been received/, 'that is paid');
$late->{returned} = $late->path;
redis_is_back();
Shop::Sale::sold_once($t, $late);

$t->finish;
done_testing();
