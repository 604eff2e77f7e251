#!/usr/bin/perl

# The published messages of systempay, byte for byte, through nginx and PostgreSQL: the verdict, the
# answer and the state afterwards are those of the vectors.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql";
use JSON::PP qw(decode_json);
use Orders qw(call event);
use Shop::Notice;
use Shop::Test qw(slurp);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $n = Shop::Notice->new(server => $t);
my $dbh = $t->dbh;
$dbh->do('set session_replication_role = replica');    # the tables' guards do not see what is prepared here

# A block in mode live refuses the keys of the manuals, so the vector of a live block has no block here.
my @vectors = grep { $_->{interface} eq 'systempay' && $_->{kind} eq 'decide' && $_->{input}{config}{vads_ctx_mode} eq 'TEST' }
    @{decode_json(slurp("$FindBin::Bin/../data/payment-vectors.json"))};
cmp_ok(scalar @vectors, '>=', 22, 'vectors were found');


# The order of a vector, in its state; what stood under its names before is moved out of the way.
sub order_of {
    my ($vector) = @_;
    my $wanted = $vector->{input}{order};
    $dbh->do(q{update shop.bills set transid = 'GONE' || lpad(id::text, 8, '0') where transid = ?}, undef, $wanted->{order_id});
    $dbh->do(q{update shop.payment_attempts set providerref = 'gone' || id, providertxn = 'gone' || id});
    $dbh->do(q{update shop.payment_events set eventkey = 'gone' || id});

    my $order  = $n->placed;
    my $amount = sprintf '%.2f', $wanted->{amount_minor} / 100;
    $dbh->do('update shop.bills set transid = ?, untaxedamount = ?, taxes = 0, amount = ? where transid = ?', undef,
        $wanted->{order_id}, $amount, $amount, $order->{transid});
    $dbh->do('update shop.payment_attempts set amount = ?, providerref = ? where id = ?', undef, $amount,
        '20261123-000042', $order->{attempt});
    my $made = {%{$order}, transid => $wanted->{order_id}, amount => $amount, provider_ref => '20261123-000042'};

    if ($wanted->{state} eq 'paid') {
        my ($done) = map { $_->{key} } @{$vector->{input}{already_processed} // []};
        my $paid = event($made, $made, 'paid', provider_txn => $wanted->{paid_by}, event_key => $done // 'before');
        is(call($n->web, 'payments_apply', [$paid])->{verdict}, 'apply', "$vector->{id}: paid before");
    }
    elsif ($wanted->{state} eq 'expired') {
        $dbh->do(q{update shop.payment_attempts set state = 'expired' where id = ?}, undef, $made->{attempt});
        $dbh->do(q{update shop.bills set status = 'CANCELLED' where transid = ?}, undef, $made->{transid});
    }
    else { is($wanted->{state}, 'redirected', "$vector->{id}: open before") }
    return $made;
}


for my $vector (@vectors) {
    my ($order, $expected) = (order_of($vector), $vector->{expected});
    my $before = length $t->error_log;
    my $answer = $n->post($vector->{input}{body});
    is("$answer->{status}<$answer->{body}>", "$expected->{http_status}<>", "$vector->{id}: answer");
    my ($verdict) = substr($t->error_log, $before) =~ /shop payment notify \S+ verdict=(\S+)/;
    is($verdict, $expected->{verdict}, "$vector->{id}: verdict");
    is($n->state($order), $expected->{order_state_after}, "$vector->{id}: state");
}

$t->finish;
done_testing();
