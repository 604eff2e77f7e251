#!/usr/bin/perl
# The bank says it fifty times at once: paid once, one invoice, one enrolment, one mail.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2);
$t->control('vads', {notify => 'before', repeat => 50});

my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
like($buyer->page->text, qr/your payment has been received/, 'the buyer comes back to a paid order');
Shop::Sale::sold_once($t, $buyer);

my @answers = Shop::Sale::notices($t);
is(scalar @answers, 50, 'scenario 1: fifty notifications');
is(scalar(grep { $_->{status} == 200 } @answers), 50, 'each was accepted');
is($t->sql('select count(*) from shop.payment_events'), 1, 'scenario 1: kept as one event');
is($t->sql('select repeats from shop.payment_events'), 49, 'that counts its repetitions');

$t->finish;
done_testing();
