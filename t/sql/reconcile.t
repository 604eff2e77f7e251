#!/usr/bin/perl

# Asking the bank: when, again after silence, what its answers settle; doubts that last reach staff.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call event line order started);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my $course = line($dbh, 'excel_basics', 1);
my $yes = JSON::PP::true;
my %card = (payments => [{config => 'card', mode => 'test'}]);


sub placed {
    my $order = order([$course]);
    call($web, 'place_orders', [$order]);
    return ($order, started($web, $order, ask => $yes));
}


sub apply { my ($event) = @_; return call($web, 'payments_apply', [$event])->{verdict} }
sub claimed { return @{call($web, 'reconcile_claim', {%card, @_})->{asked}} }
sub due { my ($attempt) = @_; return $pg->value('select round(extract(epoch from askat - now())) from shop.payment_attempts where id = ?', $attempt->{attempt}) }
sub ended { my ($attempt, @events) = @_; return call($web, 'reconcile_end', {attempt => $attempt->{attempt}, heard => $yes, events => \@events}) }
sub age { my ($attempt, $by) = @_; $dbh->do('update shop.payment_attempts set created = created - ?::interval, askat = now() where id = ?', undef, $by, $attempt->{attempt}); return }
sub alerts { my ($kind) = @_; return $pg->value('select count(*) from shop.alerts where kind = ?', $kind) }
sub polled { my ($order, $attempt, $state, %change) = @_; return event($order, $attempt, $state, channel => 'poll', event_key => "poll:$attempt->{attempt}:$state", %change) }


my ($order, $attempt) = placed();
is(due($attempt), 120, 'first asked after two minutes');
my $next = started($web, $order, ask => $yes);
is(due($attempt), undef, 'the last try of an order asks for all of them');
is(due(started($web, $order, config => 'blind')), undef, 'a block without an API is never asked');
is(scalar(my @none = claimed()), 0, 'nothing is due');

age($next, '2 minutes');
is((claimed(payments => [{config => 'card', mode => 'live'}]))[0], undef, 'not of another mode');
my @due = claimed();
is_deeply(\@due, [{attempt => $next->{attempt}, config => 'card', transid => $order->{transid},
    provider_ref => $next->{provider_ref}, provider_txn => '',
    amount => $next->{amount}, currency => $next->{currency}, closing => JSON::PP::false}], 'due');
is(scalar(@none = claimed()), 0, 'taken once');
cmp_ok(due($next), '>=', 60, 'asked again if no answer comes');
cmp_ok(due($next), '<=', 70, '… soon');
ended($next);
cmp_ok(due($next), '>=', 8 * 60 - 5, 'the bank knows nothing yet: next after ten minutes');
cmp_ok(due($next), '<=', 8 * 60 + 25, '… of its beginning');
for my $case (['11 minutes', 3600 - 11 * 60], ['2 hours', 4 * 3600], ['3 days', 86400]) {
    my ($o, $a) = placed();
    age($a, $case->[0]);
    ended($a);
    cmp_ok(abs(due($a) - $case->[1]), '<=', 25, "after $case->[0]");
}

is_deeply(ended($next, polled($order, $next, 'paid'))->{verdicts}, ['apply'], 'the bank says paid');
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'SOLDOUT', 'and it is');
is(due($next), undef, 'no more questions');
is(apply(event($order, $next, 'paid')), 'apply', 'the notification comes after all');
is($pg->value('select count(*) from shop.registrar_queue'), 1, 'and changes nothing');

# A notification pays; the API confirms it.
($order, $attempt) = placed();
apply(event($order, $attempt, 'paid', ask => $yes));
is(due($attempt), 15, 'a payment is confirmed within a minute');
age($attempt, '1 second');
is((claimed())[0]{attempt}, $attempt->{attempt}, 'asked');
ended($attempt, polled($order, $attempt, 'paid'));
ok($pg->value('select confirmedat from shop.payment_attempts where id = ?', $attempt->{attempt}), 'confirmed');
is(due($attempt), undef, 'and done with');

($order, $attempt) = placed();
apply(event($order, $attempt, 'paid', ask => $yes));
ended($attempt, polled($order, $attempt, 'refused', provider_txn => 'something'));
is(alerts('unconfirmed'), 1, 'the API knows no such payment: staff must look');
ended($attempt);
is(alerts('unconfirmed'), 1, 'told once');

# A message in doubt.
($order, $attempt) = placed();
is(apply(event($order, $attempt, 'paid', verdict => 'quarantine', reason => 'plus', ask => $yes)), 'quarantine', 'in doubt');
is(due($attempt), 0, 'asked at once');
ended($attempt, polled($order, $attempt, 'paid'));
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'SOLDOUT', 'the bank confirms: paid');
is(alerts('forged'), 0, 'nothing to tell');

($order, $attempt) = placed();
apply(event($order, $attempt, 'paid', verdict => 'quarantine', reason => 'plus', ask => $yes));
ended($attempt);
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'PLACED', 'the bank knows nothing: not paid');
is(alerts('forged'), 1, 'the message was forged');

($order, $attempt) = placed();
apply(event($order, $attempt, 'paid', verdict => 'quarantine', reason => 'plus'));
my $told = alerts('payment');
claimed();
is(alerts('payment'), $told, 'nobody is told of a fresh doubt');
$dbh->do(q{update shop.payment_events set stored = stored - interval '16 minutes'});
claimed();
is(alerts('payment'), $told + 1, 'staff are, when it lasts');
claimed();
is(alerts('payment'), $told + 1, 'once');

# An order that comes after its payment: read back from a backup.
($order, $attempt) = placed();
my $orphan = event($order, $attempt, 'paid', mode => 'live');
is(apply($orphan), 'unknown-order', 'unknown');
claimed();
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'PLACED', 'still');
$dbh->do(q{update shop.payment_attempts set mode = 'live' where id = ?}, undef, $attempt->{attempt});
claimed();
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'SOLDOUT', 'known now: judged again by itself');

# The API is away.
($order, $attempt) = placed();
for (1 .. 5) {
    age($attempt, '1 second');
    claimed();
    call($web, 'reconcile_end', {attempt => $attempt->{attempt}, heard => JSON::PP::false, reason => 'status 500'});
}
cmp_ok(due($attempt), '>=', 16 * 60, 'asked ever more rarely');
is(alerts('api'), 1, 'staff hear of a silent API');

# The buyer comes back first.
($order, $attempt) = placed();
call($web, 'attempt_returned', {token => $attempt->{token}, config => 'card', ask => $yes});
is(due($attempt), 20, 'asked soon after the return');
age($attempt, '1 minute');
claimed();
call($web, 'attempt_returned', {token => $attempt->{token}, config => 'card', ask => $yes});
is(due($attempt), 20, 'reloading the page does not ask more often');
is(call($web, 'attempt_cancel', {token => $attempt->{token}, config => 'card'})->{state}, 'cancelled', 'given up');
ended($attempt);
ok(due($attempt), 'the bank is asked all the same');
is(call($web, 'reconcile_end', {attempt => 0, heard => $yes})->{error}, 'unknown', 'an answer about nothing');

# An API that answers about one try: each carries its own question, and says nothing about the others.
{
    my $order = order([$course], paymode => 'mercanet', interface => 'mercanet');
    call($web, 'place_orders', [$order]);
    my %sips = (config => 'mercanet', interface => 'mercanet', ask => $yes);
    my ($first, $second) = map { started($web, $order, %sips) } 1 .. 2;
    is($first->{provider_ref}, "$order->{transid}A1", 'the number of the try within its order');
    is($second->{provider_ref}, "$order->{transid}A2", '… a new one for each visit');
    is(due($first), 120, 'both tries are asked about');

    my $told = event($order, $first, 'paid', config => 'mercanet', interface => 'mercanet', ask => $yes,
        provider_ref => $first->{provider_ref}, provider_txn => $first->{provider_ref}, event_key => 'sips2:a:00');
    is(apply({%{$told}, transid => undef}), 'apply', 'found by its reference alone');
    my $before = alerts('unconfirmed');
    ended($second);
    is(alerts('unconfirmed'), $before, 'that the other try is not known says nothing about the one that paid');
    ended($first);
    is(alerts('unconfirmed'), $before + 1, 'that this one is not known does');
}

# Nobody can be asked: staff are told after a day, once, of a buyer who was sent away and of whom nothing was heard.
my %button = (config => 'button', interface => 'paypal');
my %silent = map { my $o = order([$course]); call($web, 'place_orders', [$o]);
    ($_ => [$o, started($web, $o, %button, $_ eq 'asked' ? (ask => $yes) : (), $_ eq 'opens' ? (opens => $yes) : ())]) } qw(lost back heard young asked opens);
sub told { my ($name) = @_; return $pg->value(q{select count(*) from shop.alerts where kind = 'silent' and details ->> 'attempt' = ?}, $silent{$name}[1]{attempt}) }
is(apply(event(@{$silent{heard}}, 'paid', %button)), 'apply', 'one is told');
$dbh->do(q{update shop.payment_attempts set created = created - interval '23 hours' where config = 'button'});
call($web, 'housekeeping', {});
is(alerts('silent'), 0, 'not yet a day');
is(call($web, 'attempt_returned', {token => $silent{back}[1]{token}, config => 'button', ask => JSON::PP::false})->{shop}, 'ac', 'one comes back');
$dbh->do(q{update shop.payment_attempts set created = created - interval '2 hours' where config = 'button' and id <> ?}, undef, $silent{young}[1]{attempt});
call($web, 'housekeeping', {}) for 1 .. 2;
is(told('lost'), 1, 'a day without news: staff are told, once');
is($pg->value(q{select string_agg(severity || ' ' || (message like '%did not come back%'), ', ' order by severity) from shop.alerts where kind = 'silent'}),
    'high false, normal true', '… more urgently of a buyer who came back');
is(told($_), 0, "… not of one that is: $_") for qw(heard young asked opens);

$web->disconnect;
done_testing();
