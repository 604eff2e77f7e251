#!/usr/bin/perl

# The nightly comparison: which payments, once, and what becomes of a difference.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call event line paid);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my $course = line($dbh, 'excel_basics', 1);
my %card = (payments => [{config => 'card', mode => 'test'}], limit => 50);
$dbh->do('alter table shop.bill_transitions disable trigger keep');


# Paid so many days before the day that is compared now.
sub payment {
    my ($days) = @_;
    my ($order, $attempt) = paid($web, [$course]);
    $dbh->do(q{update shop.bill_transitions set at = ((now() at time zone 'UTC' - interval '3 hours')::date - 1 - ?::integer + time '12:00') at time zone 'UTC'
        where billid = (select id from shop.bills where transid = ?)}, undef, $days, $order->{transid});
    return {order => $order, attempt => $attempt};
}


sub claimed { call($web, 'reconcile_claim', \%card); $dbh->do('update shop.payment_attempts set askat = now() where comparing');
    return map { $_->{attempt} } @{call($web, 'reconcile_claim', \%card)->{asked}} }
sub heard { my ($p, @facts) = @_; return call($web, 'reconcile_end', {attempt => $p->{attempt}{attempt}, heard => JSON::PP::true, events => \@facts}) }
sub fact { my ($p, $state, %change) = @_; return event($p->{order}, $p->{attempt}, $state, channel => 'poll',
    event_key => "poll:$p->{attempt}{attempt}:$state" . join('', map { $_ // '' } %change), %change) }
sub alerts { my ($p, $kind) = @_; return $pg->value('select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where transid = ? and kind = ?',
    $p->{order}{transid}, $kind // 'comparison') }
sub compared { return $pg->value(q{select attempts || ' ' || differences from shop.comparisons where config = 'card'}) }


my @yesterday = map { payment(0) } 1 .. 5;
my ($today, $older) = (payment(-1), payment(1));
is_deeply([sort { $a <=> $b } claimed()], [map { $_->{attempt}{attempt} } @yesterday], 'the payments of the day before');
is(compared(), '5 0', 'counted');

heard($yesterday[0], fact($yesterday[0], 'paid'));
is(alerts($yesterday[0]), 0, 'as the provider says: nothing to tell');
heard($yesterday[1]);
is(alerts($yesterday[1]) + alerts($yesterday[1], 'unconfirmed'), 1, 'not known there: told once');
heard($yesterday[2], fact($yesterday[2], 'paid', amount => '8.00'));
is(alerts($yesterday[2]) + alerts($yesterday[2], 'unconfirmed'), 1, 'of another amount');
heard($yesterday[3], fact($yesterday[3], 'paid'), fact($yesterday[3], 'refunded', provider_txn => 'credit', amount => '8.00', provider_ref => undef));
is(alerts($yesterday[3]), 0, 'a refund that nobody told of');
is($pg->value('select refundedamount from shop.bills where transid = ?', $yesterday[3]{order}{transid}), '8.000', '… is taken over');
$dbh->do('update shop.payment_attempts set confirmedat = now() where id = ?', undef, $yesterday[4]{attempt}{attempt});
heard($yesterday[4], fact($yesterday[4], 'refused'));
is(alerts($yesterday[4]), 1, 'refused there, although it was confirmed');
is(compared(), '5 3', 'differences are counted');
is($pg->value('select count(*) from shop.payment_attempts where comparing or comparedat is null and paying and askat is not null'), 0, 'done');
$dbh->do('update shop.payment_attempts set askat = null');
is_deeply([claimed()], [], 'once a day');

# An API that is away is asked again.
$dbh->do('delete from shop.comparisons');
$dbh->do('update shop.payment_attempts set comparedat = null, askat = null');
my ($first) = claimed();
call($web, 'reconcile_end', {attempt => $first, heard => JSON::PP::false, reason => 'status 500'});
ok($pg->value('select comparing and askat > now() from shop.payment_attempts where id = ?', $first), 'no answer: later again');

$web->disconnect;
done_testing();
