#!/usr/bin/perl

# Play money: what a block in mode test pays is a test order for ever, also in a shop that sells; the
# test interface exists in a shop in test mode only; its notifications are signed like others
# (payments.md 1.11, 2.1).

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql";
use Orders qw(call);
use Shop::Buyer;
use Shop::Notice;
use Shop::Order;
use Shop::Test qw(wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $n = Shop::Notice->new(server => $t);

# The message of a button, as somebody who has the key would send it.
sub play {
    my ($attempt, %change) = @_;
    my %o = (key => 'test-mode-secret-of-this-run', at => time, action => 'notify', amount => 10_800, %change);
    my $body = "attempt=$attempt->{attempt}&action=$o{action}&state=paid&amount=$o{amount}&currency=EUR"
        . "&transid=$attempt->{transid}&ref=$attempt->{provider_ref}";
    my $stamp = $o{stamp} // "t=$o{at},v1=" . hmac_sha256_hex("$o{at}.$body", $o{key});
    return $n->post($body, block => 'test', headers => {'X-Shop-Test-Signature' => $stamp eq '' ? undef : $stamp});
}

sub played { my $order = $n->placed(paymode => 'test', interface => 'test'); return {%{$order}, %{call($n->web, 'attempt_start', {transid => $order->{transid}, config => 'test', interface => 'test', mode => 'test'})}} }

{
    my $order = played();
    my @cases = (['without signature', stamp => ''], ['with another key', key => 'another-secret-of-16'],
        ['signed ten minutes ago', at => time - 600], ['signed in ten minutes', at => time + 600]);
    for my $case (@cases) {
        my ($name, @change) = @{$case};
        my $answer = play($order, @change);
        is("$answer->{status}<$answer->{body}>", '403<>', "a test notification $name: 403");
    }
    is(play($order, stamp => 'v1=00')->{status}, 400, 'without time: 400');
    is($n->verdicts($order), '', 'nothing of that is kept');
    is(play($order, amount => 10_801, action => 'wrong_amount')->{status}, 200, 'another amount');
    is($n->verdicts($order), 'mismatch:paid', '… pays nothing');
    is(play($order)->{status}, 200, 'the right one');
    is($n->status($order), 'SOLDOUT', '… pays');
    my ($mine, $other) = (played(), played());
    is(play({%{$mine}, attempt => $other->{attempt}})->{status}, 200, 'the attempt of another order');
    is(join(' ', $n->status($mine), $n->status($other)), 'PLACED PLACED', '… pays neither');
}

# The shop begins to sell; the operator forgot his blocks in test mode.
$t->catalog('update shop.shops set test = false, testoverride = true');

my $buyer = Shop::Buyer->new(base => $t->base);
$buyer->add('excel_basics');
$buyer->checkout;
ok(!grep({ ($_->{value} // '') eq 'test' } @{$buyer->page->{fields}}), 'a shop that sells offers no play buttons, whatever testoverride says');
$buyer->order('card');
$buyer->pay_card;
my $order = Shop::Order->of($t, $buyer);
ok($order->comes_to('SOLDOUT'), 'a card of the bank\'s test platform is taken');
is($order->row->{test}, 1, '… for a test order');
wait_for(sub { $order->invoice_number }, 30, 0.1);
like($order->invoice_number // '', qr/-TB-/, '… which has no number of the real series');

$t->finish;
done_testing();
