#!/usr/bin/perl

# Notifications that wait for their proof: kept once, claimed by one, judged once; proofs that do not come; one number
# with two messages; an event that changes nothing but must be known.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use Digest::SHA qw(sha256_hex);
use Orders qw(call event line order paid started);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my $course = line($dbh, 'excel_basics', 1);

sub keep { my ($body, $number) = @_; return call($web, 'message_keep', {config => 'card', number => $number // '',
    digest => sha256_hex($body), message => {config => 'card', body => $body}})->{verdict} }
sub claimed { return @{call($web, 'messages_claim', {@_})->{messages}} }
sub ended { my ($claim, $verdict, $event) = @_; return call($web, 'message_end', {message => $claim->{id}, verdict => $verdict, event => $event})->{verdict} }
sub due { $dbh->do('update shop.payment_messages set proveat = now() where proveat is not null'); return }
sub row { my ($claim) = @_; return $dbh->selectrow_hashref(q{select *, round(extract(epoch from proveat - now())) as pause from shop.payment_messages where id = ?}, undef, $claim->{id}) }
sub alerts { return $pg->value('select count(*) from shop.alerts where kind = ?', $_[0]) }

# An order that a message pays.
my $order = order([$course]);
call($web, 'place_orders', [$order]);
my $attempt = started($web, $order);
is(keep('one'), 'prove', 'kept');
is(keep('one'), 'ignore-duplicate', 'kept once');
my ($one, @more) = claimed();
is(scalar(@more), 0, 'one message');
is($one->{message}{body}, 'one', 'as it came');
is(scalar(my @none = claimed()), 0, 'claimed once');
is(ended($one, 'decide', event($order, $attempt, 'paid')), 'apply', 'proved: its event is applied');
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'SOLDOUT', '… and pays');
is(row($one)->{message}, undef, 'its text does not stay');
is(ended($one, 'decide', event($order, $attempt, 'paid')), 'ignore-duplicate', 'judged once');
is(keep('one'), 'ignore-duplicate', 'the same message again');

# No proof.
keep('two');
my @pauses;
for my $try (1 .. 6) {
    due();
    my ($claim) = claimed();
    cmp_ok(row($claim)->{pause}, '>=', 59, 'nobody else has it for a minute') if $try == 1;
    is(ended($claim, 'retry-later'), 'retry-later', 'no proof') if $try == 1;
    ended($claim, 'retry-later') if $try > 1;
    push @pauses, row($claim)->{pause};
}
is("@pauses", '10 60 300 1800 7200 7200', 'asked again, ever more rarely');
is(alerts('api'), 1, 'staff are told');
$dbh->do('update shop.payment_messages set tries = 39 where proveat is not null');
due();
my ($last) = claimed();
ended($last, 'retry-later');
is(row($last)->{verdict}, 'retry-later', 'given up after days');
is(alerts('api'), 2, '… which staff are told too');

# Nobody has signed it.
keep('three');
my ($forged) = claimed();
is(ended($forged, 'unauthentic'), 'unauthentic', 'not genuine');
is(row($forged)->{message}, undef, '… and gone');

# One number with two messages.
my ($second, $try) = paid($web, [$course]);
keep('four', 'T-1');
ended((claimed())[0], 'decide', event($second, $try, 'pending'));
is(keep('five', 'T-1'), 'prove', 'another body under the same number');
is(ended((claimed())[0], 'decide', event($second, $try, 'refunded')), 'mismatch', '… is not applied');
is(call($web, 'order_read', {transid => $second->{transid}})->{status}, 'SOLDOUT', '… and moves nothing');
is(alerts('forged'), 1, '… but staff hear of it');
keep('six', 'T-2');
ended((claimed())[0], 'unauthentic');
keep('seven', 'T-2');
is(ended((claimed())[0], 'decide', event($second, $try, 'refunded')), 'apply', 'what was not genuine takes no number');

# A dispute.
keep('eight');
is(ended((claimed())[0], 'apply', {%{event($second, $try, 'paid')}, event_key => 'case', state => undef, verdict => 'apply', reason => 'new_case'}),
    'apply', 'a dispute');
is(alerts('noted'), 1, '… is an alert');

# Much that nobody has signed.
$dbh->do(q{insert into shop.payment_messages (config, number, digest, proveat)
    select 'card', i::text, repeat('0', 64), now() from generate_series(1, 5000) as i});
is(keep('nine'), 'retry-later', 'a queue has an end');

done_testing();
