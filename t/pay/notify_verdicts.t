#!/usr/bin/perl

# Every verdict on a notification, with the answer that the bank gets, what becomes of the order and
# whether staff are told (payments.md 1.2, 1.3, 1.8).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql";
use Orders qw(call);
use Shop::Notice;
use Shop::Test;
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $n = Shop::Notice->new(server => $t);

sub high { my ($order) = @_; return $t->sql(q{select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where b.transid = ? and a.severity = 'high'}, $order->{transid}) }

# name, messages, status of the bill, state of the attempt, verdicts in order, high alerts
my @cases = (
    ['paid', [{}], 'SOLDOUT', 'paid', 'apply:paid', 0],
    ['captured at once', [{status => 'CAPTURED'}], 'SOLDOUT', 'paid', 'apply:paid', 0],
    ['refused', [{status => 'REFUSED'}], 'REFUSED', 'refused', 'apply:refused', 0],
    ['abandoned', [{status => 'ABANDONED'}], 'PLACED', 'cancelled', 'apply:cancelled', 0],
    ['cancelled', [{status => 'CANCELLED'}], 'PLACED', 'cancelled', 'apply:cancelled', 0],
    ['expired', [{status => 'EXPIRED'}], 'PLACED', 'cancelled', 'apply:cancelled', 0],
    ['rejected', [{status => 'NOT_CREATED'}], 'FAILED', 'error', 'apply:error', 0],
    ['pending', [{status => 'WAITING_AUTHORISATION'}], 'PENDING', 'pending', 'apply:pending', 0],
    ['pending, then paid', [{status => 'AUTHORISED_TO_VALIDATE'}, {}], 'SOLDOUT', 'paid', 'apply:pending apply:paid', 0],
    ['pending, then refused', [{status => 'UNDER_VERIFICATION'}, {status => 'REFUSED'}], 'REFUSED', 'refused',
        'apply:pending apply:refused', 0],
    ['refused, then paid', [{status => 'REFUSED'}, {}], 'SOLDOUT', 'paid', 'apply:refused apply:paid', 0],
    ['abandoned, then paid', [{status => 'ABANDONED'}, {}], 'SOLDOUT', 'paid', 'apply:cancelled apply:paid', 0],
    ['twice', [{}, {}], 'SOLDOUT', 'paid', 'apply:paid', 0],
    ['replayed by hand', [{}, {src => 'BO'}], 'SOLDOUT', 'paid', 'apply:paid', 0],
    ['paid, then captured', [{}, {status => 'CAPTURED'}], 'SOLDOUT', 'paid', 'apply:paid apply:paid', 0],
    ['paid, then pending', [{}, {status => 'WAITING_AUTHORISATION'}], 'SOLDOUT', 'paid', 'apply:paid ignore-stale:pending', 0],
    ['paid, then refused', [{}, {status => 'REFUSED'}], 'SOLDOUT', 'paid', 'apply:paid ignore-stale:refused', 0],
    ['paid, then abandoned', [{}, {status => 'ABANDONED'}], 'SOLDOUT', 'paid', 'apply:paid ignore-stale:cancelled', 0],
    ['cancelled by the merchant', [{}, {status => 'CANCELLED'}], 'PAYBACK', 'refunded', 'apply:paid apply:cancelled', 0],
    ['capture failed', [{}, {status => 'CAPTURE_FAILED'}], 'FAILED', 'error', 'apply:paid apply:error', 1],
    ['given back', [{}, {operation => 'CREDIT'}], 'PAYBACK', 'refunded', 'apply:paid apply:refunded', 0],
    ['given back in part', [{}, {operation => 'CREDIT', vads_amount => 1000}], 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded', 0],
    ['given back in two parts', [{}, map { {operation => 'CREDIT', vads_amount => 5400} } 1, 2], 'PAYBACK', 'refunded',
        'apply:paid apply:refunded apply:refunded', 0],
    ['given back in part, then captured', [{}, map { {operation => 'CREDIT', vads_amount => 1000, status => $_,
        vads_trans_uuid => 'c' x 32} } qw(AUTHORISED CAPTURED)], 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded ignore-duplicate:refunded', 0],
    ['given back, then captured', [{}, map { {operation => 'CREDIT', status => $_, vads_trans_uuid => 'd' x 32} }
        qw(AUTHORISED CAPTURED)], 'PAYBACK', 'refunded', 'apply:paid apply:refunded ignore-duplicate:refunded', 0],
    ['more given back than paid', [{}, {operation => 'CREDIT', vads_amount => 10801}], 'SOLDOUT', 'paid',
        'apply:paid mismatch:refunded', 1],
    ['given back before it is paid', [{operation => 'CREDIT'}, {}], 'PAYBACK', 'refunded', 'apply:refunded apply:paid', 0],
    ['given back before it is paid, alone', [{operation => 'CREDIT'}], 'PLACED', 'redirected', 'defer:refunded', 0],
    ['of another amount', [{vads_amount => 10799}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['of another currency', [{vads_currency => 840}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['of a currency that is none', [{vads_currency => 999}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['of an amount that is none', [{vads_amount => '108.00'}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['of a site that is not ours', [{vads_site_id => '87654321'}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['of production for a test block', [{vads_ctx_mode => 'PRODUCTION'}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['with a number that was never given', [{vads_trans_id => '899999'}], 'PLACED', 'redirected', 'mismatch:paid', 1],
    ['with a word that is not known', [{status => 'DREAMT'}], 'PLACED', 'redirected', 'quarantine', 0],
    ['of a card check', [{status => 'ACCEPTED', operation => 'VERIFICATION'}], 'PLACED', 'redirected', 'quarantine', 0],
    ['in doubt, then beyond doubt', [{vads_zz_new => 1}, {}], 'SOLDOUT', 'paid', 'apply:paid', 0],
);

for my $case (@cases) {
    my ($name, $messages, $status, $state, $verdicts, $high) = @{$case};
    my $order = $n->placed;
    my @answers = map { $n->tell($order, %{$_}) } @{$messages};
    is(join(' ', map { "$_->{status}<$_->{body}>" } @answers), join(' ', map {'200<>'} @answers), "$name: 200, no body");
    is(join(' | ', $n->status($order), $n->state($order), $n->verdicts($order), high($order)),
        "$status | $state | $verdicts | $high", $name);
}

{
    my $order = $n->placed;
    $t->dbh->do(q{update shop.bills set placedat = placedat - interval '8 days' where transid = ?}, undef, $order->{transid});
    $t->dbh->do(q{update shop.payment_attempts set expires = now() where id = ?}, undef, $order->{attempt});
    call($n->web, 'housekeeping', {});
    is($n->status($order), 'CANCELLED', 'nobody paid in time');
    is($n->tell($order)->{status}, 200, 'the money comes late');
    is(join(' ', $n->status($order), $n->state($order)), 'SOLDOUT paid', '… and is taken');
    is($t->sql('select late::text from shop.bills where transid = ?', $order->{transid}), 'true', '… with a flag');
    is(high($order), 1, '… for staff');
}

{
    my $order = $n->placed;
    my $twin  = $n->attempt($order);
    my $third = $n->attempt($order);
    $n->tell($order);
    is($n->tell($twin)->{status}, 200, 'a second try is paid as well');
    is(join(' ', $n->status($order), $n->state($order), $n->state($twin)), 'SOLDOUT paid paid', '… kept as money that came twice');
    is(high($order), 1, '… staff are told');
    is($t->sql('select count(*) from shop.jobs j join shop.bills b on b.id = j.billid where transid = ?', $order->{transid}), 1,
        '… and nothing is produced twice');
    $n->tell($third, status => 'REFUSED');
    is(join(' ', $n->status($order), $n->state($third)), 'SOLDOUT redirected', 'a third one that is refused changes nothing');
    $n->tell($twin, operation => 'CREDIT');
    is(join(' ', $n->status($order), $n->state($order), $n->state($twin)), 'SOLDOUT paid refunded', 'what is given back is the second one');
}

{
    my ($mine, $other) = ($n->placed, $n->placed);
    $n->tell($other);
    is($n->tell($mine, vads_trans_uuid => $other->{uuid}, status => 'CAPTURED')->{status}, 200, 'a transaction of another order');
    is($n->verdicts($mine), 'mismatch:paid', '… pays nothing');
    $mine = $n->placed;
    my ($day, $number) = split /-/, $other->{provider_ref};
    $n->tell($mine, vads_trans_id => $number);
    is($n->status($mine), 'PLACED', 'the number of another order neither');
    is(high($mine), 1, '… staff are told');
}

{
    my $order = {%{$n->placed}, transid => 'NOSUCHORDERNOSUCHORDERNOSUCHOR'};
    is($n->tell($order)->{status}, 200, 'of an order that does not exist');
    is($n->verdicts($order), 'unknown-order:paid', '… is kept');
    is($n->tell($order)->{status}, 200, '… also when it comes again');
    is($t->sql('select repeats from shop.payment_events where content ->> $$transid$$ = ?', $order->{transid}), 1, '… once');
}

{
    my $order = $n->placed;
    my $fields = $n->message($order);
    my @bad = (
        ['another key', $n->body($fields, key => '8877665544332211')],
        ['another algorithm', $n->body($fields, algorithm => 'SHA-1')],
        ['no signature', Shop::Fake::Vads::Form::encode($fields)],
        ['an empty signature', Shop::Fake::Vads::Form::encode({%{$fields}, signature => ''})],
        ['a signature that was cut', $n->body($fields) =~ s/(signature=[^&]*)%3D/$1/r],
        ['an amount changed after it was signed', $n->body($fields) =~ s/vads_amount=10800/vads_amount=10801/r],
        ['a field added after it was signed', $n->body($fields) . '&vads_order_info=x'],
        ['a field taken away', $n->body($fields) =~ s/&vads_result=00//r],
    );
    for my $case (@bad) {
        my $answer = $n->post($case->[1]);
        is("$answer->{status}<$answer->{body}>", '403<>', "$case->[0]: 403");
    }
    is($n->verdicts($order), '', 'nothing of that is kept');
    is($n->post($n->body($fields))->{status}, 200, 'the right one still counts');
    is($n->status($order), 'SOLDOUT', '… and pays');
}

my $counts = $t->status->{counts};
is($counts->{notify_unauthentic}, 8, 'unauthentic messages are counted');
unlike($t->error_log, qr/signature=|vads_cust|example\.org|1122334455667788/, 'nothing secret or personal in the log');
like($t->error_log, qr/verdict=mismatch reason=currency/, 'the reason is');
$t->finish;
done_testing();
