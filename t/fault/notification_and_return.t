#!/usr/bin/perl
# The bank's notification comes before the buyer's return, after it, or without it: the sale is the same.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2);

# before: the buyer comes back to a paid order
my $before = Shop::Sale::at_payment($t);
$before->pay_card;
like($before->page->text, qr/your payment has been received/, 'before: the page says paid at once');

# after: the page waits for the bank, nothing is produced on the word of a browser
$t->control('bank', {notify => 'after', delay_ms => 2500});
my $after = Shop::Sale::at_payment($t);
$after->pay_card;
like($after->page->text, qr/Waiting for the bank.s answer/, 'after: the page waits for the bank');
is($t->sql('select status from shop.bills where transid = ?', $after->{transid}), 'PLACED', 'nothing is sold yet');
ok($after->wait_for_text(qr/your payment has been received/), 'and says paid when the bank has spoken');

# without the return: the buyer closes the bank's page
$t->control('bank', {notify => 'before', delay_ms => 0});
my $without = Shop::Sale::at_payment($t);
$without->submit(qr{vads-payment/$}, {}, go => 1);
$without->submit(qr{vads-payment/pay$}, {number => '4970100000000000', expiry => '12/30', cvv => '123'}, action => 'pay');

# without the notification: only the return, which proves nothing, then the bank after all
$t->control('bank', {notify => 'never'});
my $late = Shop::Sale::at_payment($t);
$late->pay_card;
like($late->page->text, qr/Waiting for the bank.s answer/, 'never: the page waits');
is($t->sql('select status from shop.bills where transid = ?', $late->{transid}), 'PLACED', 'nothing is sold');
is((Shop::Sale::notify_again($t, $late))[0]{status}, 200, 'the bank repeats by hand');

Shop::Sale::sold_once($t, $_) for $before, $after, $without, $late;

$t->finish;
done_testing();
