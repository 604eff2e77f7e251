#!/usr/bin/perl

# Refunds by staff: by whom, how much, once; carried out by the provider or by hand, whatever is heard first; the credit
# note of each; answers that were lost.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call event line order paid started);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my $course = line($dbh, 'excel_basics', 1);
my ($yes, $no) = (JSON::PP::true, JSON::PP::false);
my %card = (payments => [{config => 'card', mode => 'test'}]);
my $key = 0;
$dbh->do(q{insert into shop.staff_rights (source, subject, shopid, permission) values
    ('name', 'anne', null, 'payments'), ('moodle', '17', 1, 'payments'), ('name', 'paul', 1, 'salesadmin')});


sub refund { my ($order, %change) = @_; return call($web, 'refund_order', {transid => $order->{transid}, key => 'k' . ++$key, actor => 'anne', reason => 'did not like it', %change}) }
sub apply  { my ($event) = @_; return call($web, 'payments_apply', [$event])->{verdict} }
sub claimed { return @{call($web, 'refund_claim', {%card, @_})->{refunds}} }
sub ended  { my ($claim, %told) = @_; return call($web, 'refund_end', {refund => $claim->{refund}, token => $claim->{token}, %told}) }
sub read_of { my ($order) = @_; return call($web, 'order_read', {transid => $order->{transid}}) }
sub say_of { my ($answer) = @_; return join ' ', map { $_ // '-' } @{$answer}{qw(verdict state status refunded left)} }
sub due { my ($claim) = @_; $dbh->do('update shop.refund_requests set nexttry = now() where id = ?', undef, $claim->{refund}); return }
sub credits { my ($order) = @_; return $pg->value(q{select coalesce(string_agg(v.kind || v.amount, ' ' order by v.seq), '') from shop.invoices v
    join shop.bills b on b.id = v.billid where b.transid = ? and v.refundid is not null}, $order->{transid}) }
sub alerts { my ($kind, $order) = @_; return $pg->value('select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where kind = ? and transid = ?', $kind, $order->{transid}) }


# Who, why, what.
my ($order, $attempt) = paid($web, [$course]);
is(refund($order, actor => 'paul')->{reason}, 'right', 'not without the right');
is(refund($order, actor => '17')->{reason}, 'right', 'a name is not a number of Moodle');
is(refund($order, reason => ' ')->{reason}, 'reason', 'not without a reason');
is(refund($order, key => '')->{reason}, 'key', 'not without a key');
is(refund($order, amount => $_)->{reason}, 'amount', "not $_") for qw(0 0.00 108.01 1e1 -5 1.0000);
is(call($web, 'refund_order', {transid => 'NOSUCHORDERNOSUCHORDER', key => 'x'})->{error}, 'unknown', 'not of no order');
my $open = order([$course]);
call($web, 'place_orders', [$open]);
is(refund($open)->{reason}, 'unpaid', 'not what was never paid');
is(scalar(my @none = claimed()), 0, 'nothing to send');

# A part by the provider.
my $told = refund($order, amount => '8.00', key => 'mine');
is(say_of($told), 'ok queued SOLDOUT 0.00 100.00', 'a part is ordered');
is(say_of(refund($order, amount => '8.00', key => 'mine')), 'exists queued SOLDOUT 0.00 100.00', 'once');
is(refund($open, key => 'mine')->{reason}, 'key', 'a key is of one order');
is(refund($order, amount => '100.01')->{reason}, 'amount', 'no more than is left beside it');
is((claimed(payments => [{config => 'card', mode => 'live'}]))[0], undef, 'not of another mode');
my ($claim) = claimed();
is_deeply([@{$claim}{qw(config amount paid currency unknown provider_txn)}], ['card', '8.00', '108.00', 'EUR', $no, "txn$attempt->{attempt}"],
    'to send');
is(scalar(@none = claimed()), 0, 'taken once');
is(say_of(ended($claim, outcome => 'refunded', provider_txn => 'credit1', id => '17')), 'ok done SOLDOUT 8.00 100.00', 'the provider has done it');
is(read_of($order)->{attempt}{state}, 'partially_refunded', 'a part of the payment is back');
call($web, 'registrar_run', {});
is(credits($order), 'testcredit-8.000', 'a credit note');
is(apply(event($order, $attempt, 'refunded', event_key => 'ipn', amount => '8.00', provider_txn => 'credit1')), 'ignore-duplicate',
    'its notification is the same refund');
is(say_of(ended($claim, outcome => 'refunded', provider_txn => 'credit1')), 'ok done SOLDOUT 8.00 100.00', 'told again: nothing more');

# The rest; the notification is faster than the answer.
refund($order);
($claim) = claimed();
is($claim->{amount}, '100.00', 'all that is left');
is(apply(event($order, $attempt, 'refunded', event_key => 'ipn2', amount => '100.00', provider_txn => 'credit2', provider_ref => 'own')), 'apply',
    'heard from the provider first');
is(read_of($order)->{status}, 'PAYBACK', 'given back');
is(say_of(ended($claim, outcome => 'refunded', provider_txn => 'credit2')), 'ok done PAYBACK 108.00 0.00', 'the answer after it');
call($web, 'registrar_run', {});
is(credits($order), 'testcredit-8.000 testcredit-100.000', 'one credit note each');
is_deeply(call($web, 'invoices_verify', {})->{broken}, [], 'chained');
is($pg->value('select string_agg(actor || coalesce($$:$$ || nullif(reason, $$$$), $$$$), $$ $$ order by id) from shop.refunds'),
    'anne:did not like it payment', 'who gave it back, and why');
is(refund($order)->{reason}, 'unpaid', 'nothing is left to give back');

# Refused, pending, unreachable.
($order, $attempt) = paid($web, [$course]);
refund($order, amount => '5');
($claim) = claimed();
is(ended($claim, outcome => 'refused', reason => 'PSP_607')->{state}, 'refused', 'the provider refuses');
is(alerts('refund', $order), 1, 'staff hear of it');
is(refund($order, amount => '108.00')->{verdict}, 'ok', 'what was refused can be given back after all');
($claim) = claimed();
is(ended($claim, outcome => 'unsent', reason => 'not reached')->{state}, 'queued', 'not sent: later');
is(scalar(@none = claimed()), 0, '… not at once');
due($claim);
my ($again) = claimed();
is($again->{unknown}, $no, 'nobody has seen it');
is($again->{key}, $claim->{key}, 'the same key');
is(ended($claim, outcome => 'unknown')->{verdict}, 'lost', 'an old claim changes nothing');
is(ended($again, outcome => 'pending', id => '9')->{state}, 'waiting', 'the provider takes its time');
due($again);
($again) = claimed();
is($again->{unknown} && $again->{stale}, $yes, 'and is asked');
is(ended($again, outcome => 'asked', listed => $no, events => [])->{state}, 'waiting', 'not yet');
due($again);
($again) = claimed();
is(ended($again, outcome => 'asked', listed => $yes, events => [event($order, $attempt, 'refunded', channel => 'poll', event_key => 'p1',
    provider_txn => 'credit3', provider_ref => undef)])->{state}, 'done', 'done');
is(read_of($order)->{status}, 'PAYBACK', 'all is back');

# The answer was lost.
($order, $attempt) = paid($web, [$course]);
refund($order, amount => '30.00');
($claim) = claimed();
is(ended($claim, outcome => 'unknown', reason => 'no answer')->{state}, 'queued', 'no answer came');
due($claim);
($claim) = claimed();
is($claim->{unknown}, $yes, 'asked about before it is repeated');
is(ended($claim, outcome => 'asked', listed => $yes, events => [])->{state}, 'queued', 'the provider has not got it');
($claim) = claimed();
is($claim->{unknown}, $no, 'sent again');
$dbh->do('update shop.refund_requests set nexttry = now() where id = ?', undef, $claim->{refund});
($claim) = claimed();
is($claim->{unknown}, $yes, 'a worker died with it: asked about');
is(ended($claim, outcome => 'asked', listed => $no, events => [])->{state}, 'manual', 'a provider that does not list refunds: a person');
is(alerts('refund', $order), 1, '… is told');
is(refund($order, amount => '78.01')->{reason}, 'amount', 'until then it counts as given back');
is(call($web, 'refund_settle', {refund => $claim->{refund}, actor => 'paul', done => $yes})->{reason}, 'right', 'not by anybody');
is(say_of(call($web, 'refund_settle', {refund => $claim->{refund}, actor => 'anne', done => $yes})), 'ok done SOLDOUT 30.00 78.00',
    'done by hand, says Anne');
is(call($web, 'refund_settle', {refund => $claim->{refund}, actor => 'anne', done => $no})->{verdict}, 'exists', 'once');
is(apply(event($order, $attempt, 'refunded', event_key => 'ipn4', amount => '30.00', provider_txn => 'credit4', provider_ref => 'own')),
    'ignore-duplicate', 'its notification is no other refund');
is(apply(event($order, $attempt, 'refunded', event_key => 'ipn5', amount => '30.00', provider_txn => 'credit5', provider_ref => 'own')),
    'apply', 'the next one is');
refund($order, amount => '1.00');
($claim) = claimed();
ended($claim, outcome => 'unsent', reason => 'not reached');
is(call($web, 'refund_settle', {refund => $claim->{refund}, actor => 'anne', done => $no})->{state}, 'refused', 'given up');
is(call($web, 'refund_settle', {refund => 0, actor => 'anne'})->{error}, 'unknown', 'of no refund');

($order, $attempt) = paid($web, [$course]);
refund($order, amount => '2.00');
for (1 .. 5) {
    ($claim) = claimed();
    ended($claim, outcome => 'unsent', reason => 'not reached');
    due($claim);
}
is(alerts('refund', $order), 1, 'what does not come through is told');
$dbh->do(q{update shop.refund_requests set created = now() - interval '15 days' where id = ?}, undef, $claim->{refund});
($claim) = claimed();
is(ended($claim, outcome => 'unsent', reason => 'not reached')->{state}, 'manual', 'and given up after two weeks');

# By hand: no provider is called. Suspended, if wished.
my $promised = order([$course], paymode => 'transfer', interface => 'transfer');
call($web, 'place_orders', [$promised]);
started($web, $promised, config => 'transfer', interface => 'transfer');
call($web, 'order_confirm', {transid => $promised->{transid}});
call($web, 'mark_paid', {transid => $promised->{transid}, actor => 'anne'});
my $job = call($web, 'jobs_claim', {owner => 't', limit => 50, lease_seconds => 60});
for my $one (@{$job->{jobs}}) {
    call($web, 'instance_record', {job => $one->{id}, token => $one->{token}, contexttype => 'userenrol', instanceid => 1,
        startdate => '2026-11-01T00:00:00Z', enddate => undef, productiondata => {}});
    call($web, 'job_end', {job => $one->{id}, token => $one->{token}, state => 'done'});
}
is(say_of(refund($promised, suspend => $yes)), 'ok done PAYBACK 108.00 0.00', 'a transfer is given back by hand');
is($pg->value(q{select bool_and(p.deleted) from shop.product_instances p join shop.bill_items l on l.id = p.initialitemid
    join shop.bills b on b.id = l.billid where transid = ?}, $promised->{transid}), 1, 'what was delivered is suspended');
call($web, 'registrar_run', {});
is(credits($promised), 'testcredit-108.000', 'with its credit note');
($order, $attempt) = paid($web, [$course]);
is(say_of(refund($order, by_hand => $yes, amount => '9.00')), 'ok done SOLDOUT 9.00 99.00', 'a card as well, in the back office of the provider');
is($pg->value(q{select count(*) from shop.product_instances where not deleted}), $pg->value('select count(*) - 1 from shop.product_instances'),
    'others keep what they have');

# A payment that is given up before it is taken: the answer and the notification name the payment itself.
for my $first (qw(answer notification)) {
    ($order, $attempt) = paid($web, [$course]);
    refund($order);
    ($claim) = claimed();
    my $void = sub { apply(event($order, $attempt, 'cancelled', event_key => "void:$first")) };
    my $done = sub { ended($claim, outcome => 'refunded', provider_txn => "txn$attempt->{attempt}") };
    $_->() for $first eq 'answer' ? ($done, $void) : ($void, $done);
    is(join(' ', read_of($order)->{status}, map { $pg->value($_, $order->{transid}) }
        'select refundedamount from shop.bills where transid = ?',
        'select state from shop.refund_requests r join shop.bills b on b.id = r.billid where transid = ?',
        'select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where transid = ?'), 'PAYBACK 108.000 done 0',
        "cancelled before the capture, the $first first");
}

# Money that came twice goes back whole, without a credit note.
($order, $attempt) = paid($web, [$course]);
my ($second) = apply(event($order, $attempt, 'paid', event_key => 'twice', provider_txn => 'twice'));
is($second, 'duplicate-payment', 'paid twice');
my $surplus = $pg->value(q{select max(a.id) from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ?}, $order->{transid});
is(refund($order, attempt => $surplus, amount => '1.00')->{reason}, 'whole', 'it goes back whole');
is(refund($order, attempt => $surplus)->{verdict}, 'ok', 'the second money is given back');
($claim) = claimed();
is(ended($claim, outcome => 'refunded', provider_txn => 'credit9')->{status}, 'SOLDOUT', 'the order stays paid');
is($pg->value('select state from shop.payment_attempts where id = ?', $surplus), 'refunded', 'the second payment is back');
call($web, 'registrar_run', {});
is(credits($order), '', 'without a credit note: nothing was sold twice');
is(say_of(refund($order)), 'ok queued SOLDOUT 0.00 0.00', 'the order itself can be given back still');

$web->disconnect;
done_testing();
