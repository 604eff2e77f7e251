#!/usr/bin/perl

# Payment events: once, in any order, never more than what fits; refunds, late money, disputes.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call calls event line order paid started);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my $course = line($dbh, 'excel_basics', 1);


sub placed {
    my $order = order([$course]);
    call($web, 'place_orders', [$order]);
    return ($order, started($web, $order));
}


sub apply { return call($web, 'payments_apply', [@_]) }
sub say_of { my ($answer) = @_; return "$answer->{verdict} " . ($answer->{state} // '-') }
sub status { return call($web, 'order_read', {transid => $_[0]{transid}}) }


my ($order, $attempt) = placed();
like($attempt->{provider_ref}, qr/^20\d{6}-0\d{5}$/, 'a reference of today');
isnt(started($web, $order)->{provider_ref}, $attempt->{provider_ref}, 'the bank takes a reference for one visit');
is(call($web, 'attempt_returned', {token => $attempt->{token}, config => 'card'})->{shop}, 'ac', 'found by its token');
is(call($web, 'attempt_returned', {token => $attempt->{token}, config => 'x'})->{error}, 'unknown', 'of its block only');
my %last = map { (started($web, $order)->{attempt} => 1) } 1 .. 40;
is(scalar keys %last, 28, 'reloading the page for ever spends no more references');
my %transfer = (config => 'transfer', interface => 'transfer');
is(started($web, $order, %transfer)->{attempt}, started($web, $order, %transfer)->{attempt},
    'an open attempt of a transfer is used again');

is(say_of(apply(event($order, $attempt, 'pending'))), 'apply PENDING', 'pending');
is(say_of(apply(event($order, $attempt, 'paid'))), 'apply SOLDOUT', 'paid');
is(say_of(apply(event($order, $attempt, 'paid'))), 'ignore-duplicate SOLDOUT', 'the same again');
is(say_of(apply(event($order, $attempt, 'refused'))), 'ignore-stale SOLDOUT', 'too late to refuse');
is(say_of(apply(event($order, $attempt, 'paid', event_key => 'other', provider_txn => 'other'))),
    'duplicate-payment SOLDOUT', 'money twice');
is(started($web, $order)->{error}, 'paid', 'not payable again');
is($pg->value(q{select string_agg(phase || state, ' ' order by id) from shop.jobs}),
    'prepaycancelled postpaypending', 'one job is left to do');
is($pg->value(q{select count(*) from shop.mails where nexttry > now()}), 2, 'two mails wait for the production');
is($pg->value('select count(*) from shop.registrar_queue'), 1, 'one number to come');

($order, $attempt) = placed();
my $paid = event($order, $attempt, 'paid');
for my $case ([amount => '107.99'], [amount => undef], [currency => 'USD'], [currency => undef],
              [provider_txn => 'txn1']) {
    my ($name, $value) = @{$case};
    is(say_of(apply({%{$paid}, event_key => "bad:$name:" . ($value // 'null'), $name => $value})),
        'mismatch PLACED', "another $name");
}
is(say_of(apply({%{$paid}, event_key => 'q', verdict => 'quarantine', reason => 'fields'})), 'quarantine PLACED',
    'in doubt');
is(say_of(apply({%{$paid}, event_key => 'u', transid => 'NOSUCHORDERNOSUCHORDER'})), 'unknown-order -', 'of no order');
is(say_of(apply({%{$paid}, event_key => 'm', mode => 'live'})), 'unknown-order PLACED', 'of another mode');
is($pg->value('select count(*) from shop.alerts'), 6, 'staff hear of what does not fit at once');
is(say_of(apply({%{$paid}, event_key => 'bad:amount:null', amount => undef})), 'mismatch PLACED', 'again');
is($pg->value('select count(*) from shop.alerts'), 6, 'and once');
is(say_of(apply({%{$paid}, event_key => 'ref', provider_ref => '20261101-000000'})), 'mismatch PLACED',
    'of a reference that was never given');
is(say_of(apply($paid)), 'apply SOLDOUT', 'the right one applies');

($order, $attempt) = placed();
my $other = (placed())[1];
is(say_of(apply(event($order, $attempt, 'paid', event_key => 'r-other', provider_ref => $other->{provider_ref}))),
    'mismatch PLACED', 'with the reference of another order');
is(say_of(apply(event($order, $attempt, 'paid', verdict => 'quarantine', reason => 'fields'))), 'quarantine PLACED',
    'a doubtful message');
is(say_of(apply(event($order, $attempt, 'paid'))), 'apply SOLDOUT', 'does not stand in the way of the right one');
is(say_of(apply(event($order, $attempt, 'paid'))), 'ignore-duplicate SOLDOUT', 'which counts once');

# Two attempts, both paid.
($order, $attempt) = placed();
my $twin = started($web, $order);
is(say_of(apply(event($order, $attempt, 'paid'))), 'apply SOLDOUT', 'paid in one tab');
is(say_of(apply(event($order, $twin, 'paid'))), 'duplicate-payment SOLDOUT', 'and in another');
my $surplus = sub { $pg->value(q{select string_agg(state || case when paying then '!' else '' end, ' ' order by id)
    from shop.payment_attempts where billid = (select id from shop.bills where transid = ?)}, $order->{transid}) };
is($surplus->(), 'paid! paid', 'the second is kept as money that came twice');
is($pg->value(q{select count(*) from shop.alerts a join shop.bills b on b.id = a.billid
    where transid = ? and severity = 'high'}, $order->{transid}), 1, 'staff are told');
is(say_of(apply(event($order, $twin, 'paid', event_key => 'captured'))), 'apply SOLDOUT', 'its capture changes nothing');
is($surplus->(), 'paid! paid', 'for nobody');
my $back = event($order, $twin, 'refunded', event_key => 'back', provider_ref => 'own', provider_txn => 'credit');
is(say_of(apply($back)), 'apply SOLDOUT', 'given back');
is($surplus->(), 'paid! refunded', 'it is the second that is given back');
is($pg->value('select refundedamount from shop.bills where transid = ?', $order->{transid}), '0.000', 'not the order');
is(say_of(apply({%{$back}, event_key => 'back2', provider_txn => 'credit2'})), 'apply PAYBACK', 'another refund is of the order');
is(say_of(apply(event($order, $attempt, 'paid', event_key => 'third', provider_txn => 'third'))),
    'duplicate-payment PAYBACK', 'money for an order that was given back is told too');
is($surplus->(), 'refunded! refunded paid', 'and kept');

# The bank gives the second payment up before it is taken.
($order, $attempt) = placed();
$twin = started($web, $order);
apply(event($order, $attempt, 'paid'));
apply(event($order, $twin, 'paid'));
is(say_of(apply(event($order, $twin, 'cancelled'))), 'apply SOLDOUT', 'the second payment is cancelled');
is($surplus->(), 'paid! refunded', 'and no more');
is(say_of(apply(event($order, $attempt, 'cancelled', provider_txn => undef))), 'ignore-stale SOLDOUT',
    'a try given up without transaction takes nothing back');
is(say_of(apply(event($order, $attempt, 'cancelled', event_key => 'void'))), 'apply PAYBACK', 'the transaction itself does');

is(started($web, $order, mode => 'test')->{error}, 'paid', 'a paid order begins no try');
$dbh->do(q{update shop.shops set test = false});
($order) = order([$course]);
call($web, 'place_orders', [$order]);
is(started($web, $order)->{error}, 'mode', 'play money does not pay a real order');
is(started($web, $order, mode => 'live')->{verdict}, 'ok', 'money does');
$dbh->do(q{update shop.shops set test = true});
my $promised = started($web, (placed())[0], %transfer, valid_days => 14);
is($pg->value('select (expires - created) from shop.payment_attempts where id = ?', $promised->{attempt}), '14 days',
    'a promise lasts as long as its block says');

($order, $attempt) = placed();
my $early = event($order, $attempt, 'refunded');
is(say_of(apply($early)), 'defer PLACED', 'a refund before the payment waits');
is(say_of(apply(event($order, $attempt, 'paid'))), 'apply SOLDOUT', 'the payment comes');
is(status($order)->{status}, 'PAYBACK', 'and the refund after it');
is($pg->value(q{select count(*) from shop.jobs j join shop.bills b on b.id = j.billid
    where transid = ? and reason = 'refunded'}, $order->{transid}), 1, 'nothing is produced');

($order, $attempt) = paid($web, [$course]);
is(say_of(apply(event($order, $attempt, 'refunded', event_key => 'r1', amount => '8.00'))), 'apply SOLDOUT', 'a part back');
is(status($order)->{attempt}{state}, 'partially_refunded', 'is a part');
is(say_of(apply(event($order, $attempt, 'refunded', event_key => 'poll:r1', amount => '8.00', channel => 'poll'))),
    'ignore-duplicate SOLDOUT', 'the API says the same: nothing more is given back');
is(say_of(apply(event($order, $attempt, 'refunded', event_key => 'r2', amount => '100.01', provider_txn => 'c2'))), 'mismatch SOLDOUT',
    'no more than was paid');
is(say_of(apply(event($order, $attempt, 'refunded', event_key => 'r3', amount => '100.00', provider_ref => 'own',
    provider_txn => 'c3'))),
    'apply PAYBACK', 'the rest back, by the order');

($order, $attempt) = placed();
is(say_of(apply(event($order, $attempt, 'cancelled'))), 'apply PLACED', 'an attempt was given up');
isnt(started($web, $order)->{attempt}, $attempt->{attempt}, 'a new one begins');
$dbh->do(q{update shop.bills set placedat = placedat - interval '8 days' where transid = ?}, undef, $order->{transid});
$dbh->do(q{update shop.payment_attempts set expires = now() - interval '1 hour' where state = 'redirected'});
is(call($web, 'housekeeping', {})->{orders}, 1, 'an old order ends');
is(say_of(apply(event($order, $attempt, 'paid', event_key => 'late'))), 'apply SOLDOUT', 'its money comes late');
ok(status($order)->{late}, 'and staff are told');

($order, $attempt) = placed();
is(say_of(apply(event($order, $attempt, 'refused'))), 'apply REFUSED', 'refused');
my $second = started($web, $order);
is(say_of(apply(event($order, $second, 'paid'))), 'apply SOLDOUT', 'and paid by another try');
is(say_of(apply(event($order, $second, 'chargeback'))), 'apply RECOVERING', 'taken back by the bank');
is(say_of(apply(event($order, $second, 'paid', event_key => 'won'))), 'apply SOLDOUT', 'and given again');

($order, $attempt) = placed();
is(call($web, 'attempt_cancel', {token => $attempt->{token}, config => 'card'})->{state}, 'cancelled',
    'the buyer comes back');
is(status($order)->{status}, 'PLACED', 'the order stays');

my @many = map { [placed()] } 1 .. 5;
my @answers = calls($web, 'payments_apply', [(map { event($_->[0], $_->[1], 'paid') } reverse @many),
    event($many[0][0], $many[0][1], 'paid')]);
is(join(' ', map { $_->{verdict} } @answers), 'apply apply apply apply apply ignore-duplicate', 'several at once');
is($answers[0]{transid}, $many[4][0]{transid}, 'in their order');

my $kit = line($dbh, 'welcome_kit', 3);
my ($first) = paid($web, [$kit]);
is($pg->value(q{select stock from shop.items where shortname = 'welcome_kit'}), 2, 'sold, taken from the stock');
($order) = map { order([{%{$kit}, quantity => 2, untaxed => '28.44', taxed => '34.13'}]) } 1;
call($web, 'place_orders', [$order]);
$dbh->do(q{update shop.items set stock = 1 where shortname = 'welcome_kit'});
apply(event($order, started($web, $order), 'paid'));
is($pg->value(q{select stock || status from shop.items where shortname = 'welcome_kit'}), '0PROVIDING', 'sold out');
ok($pg->value(q{select count(*) from shop.alerts where kind = 'stock'}), 'and more than was there');
call($web, 'housekeeping', {});
is($pg->value(q{select sold from shop.items where shortname = 'welcome_kit'}), 5, 'the sales are counted');

# Whatever waited and was overtaken comes to the same end as in the order of arrival.
my %news = (pending => {}, refused => {}, error => {}, paid => {}, chargeback => {}, refund => {state => 'refunded'},
    part => {state => 'refunded', amount => '10.00'});
my $number = 0;

sub comes_to {
    my ($late, @story) = @_;
    my ($o, $a) = placed();
    my $second = 0;
    my @events = map { event($o, $a, $_, event_key => 'order' . ++$number, received => "2026-11-01T10:00:0$second.5" . $second++ . '0Z',
        (/^(?:refund|part)$/ ? (provider_ref => "r$number", provider_txn => "r$number") : ()), %{$news{$_}}) } @story;
    if ($late) {
        my ($waited) = splice @events, -2, 1;
        push @events, {%{$waited}, delayed => JSON::PP::true};
    }
    apply($_) for @events;
    return $pg->value(q{select b.status || ' ' || a.state || ' ' || b.refundedamount from shop.bills b
        join shop.payment_attempts a on a.billid = b.id where a.id = ?}, $a->{attempt});
}

for my $before ([], ['paid'], ['paid', 'part'], ['paid', 'chargeback']) {
    # of a payment that stands, capture failures and refunds beyond its amount are no story
    my @words = @{$before} ? qw(pending refused paid part chargeback) : sort keys %news;
    my %differs;
    for my $first (@words) {
        for my $then (grep { "$first $_" !~ /part refund|refund part/ } @words) {
            my ($right, $late) = map { comes_to($_, @{$before}, $first, $then) } 0, 1;
            $differs{"$first, $then"} = "$late, not $right" if $late ne $right;
        }
    }
    is_deeply(\%differs, {}, "after (@{$before}): one that was overtaken changes nothing");
}
is(comes_to(1, 'paid', 'cancelled'), 'PLACED cancelled 0.000', 'a payment that was void before it was heard of is not delivered');

$web->disconnect;
done_testing();
