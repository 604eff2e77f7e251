package Orders;

# What the tests of the SQL functions share: calling one, making orders and payment events.

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP;

our @EXPORT_OK = qw(call calls order line event transid started paid);

my $json = JSON::PP->new->canonical;
my $next = 0;


# Text in, text out: the connection speaks characters.
sub call {
    my ($dbh, $function, $argument) = @_;
    return (calls($dbh, $function, $argument))[0];
}


sub calls {
    my ($dbh, $function, $argument) = @_;
    my $answers = $dbh->selectcol_arrayref("select shop.$function(?::jsonb)", undef,
        $json->encode($argument // {}));
    return map { defined $_ ? $json->decode($_) : undef } @{$answers};
}


sub transid { return sprintf 'T%07dABCDEFGHIJKLMNOPQRSTUV', ++$next + 1_000_000 }


sub line {
    my ($dbh, $shortname, $quantity, %change) = @_;
    my ($item) = map { $json->decode($_) } $dbh->selectrow_array(
        'select shop.item_document(i)::text from shop.items i where shortname = ?', undef, $shortname);
    my $untaxed = sprintf '%.2f', $item->{price1} * $quantity;
    return {type => 'BILLING', code => $item->{code}, itemid => $item->{id}, abstract => $item->{name},
        description => '', quantity => $quantity, unitcost => $item->{price1}, untaxed => $untaxed,
        taxed => sprintf('%.2f', $untaxed * 1.2), tax => {id => 1, title => 'VAT 20%', ratio => '20'},
        seats => 0, catalogitem => $item, handler => $item->{enablehandler}, elements => [],
        params => $item->{handlerparams}, customerdata => undef, users => undef, %change};
}


sub order {
    my ($lines, %change) = @_;
    my ($untaxed, $taxed) = (0, 0);
    for my $line (@{$lines}) {
        $untaxed += $line->{untaxed};
        $taxed   += $line->{taxed};
    }
    return {transid => transid(), shop => 1, lang => 'fr', test => JSON::PP::false, address => '127.0.0.1',
        paymode => 'card', interface => 'systempay', currency => 'EUR', ignoretax => JSON::PP::false,
        customer => {lastname => 'Martin', firstname => 'Zoé', organisation => '', address => '1 rue Haute',
            zip => '44000', city => 'Nantes', country => 'FR', email => "zoe$next\@example.org", phone => ''},
        invoice => undef, user => 0, customer_id => 0, proven => JSON::PP::false,
        eula => {hash => 'a' x 64, text => 'Terms', acceptedat => '2026-11-01T10:00:00Z'},
        lines => $lines, override => JSON::PP::false,
        totals => {untaxed => sprintf('%.2f', $untaxed), taxes => sprintf('%.2f', $taxed - $untaxed),
            amount => sprintf('%.2f', $taxed)},
        %change};
}


# An attempt to pay an order that was placed.
sub started {
    my ($dbh, $order, %change) = @_;
    return call($dbh, 'attempt_start', {transid => $order->{transid}, shop => 'ac', config => 'card',
        interface => 'systempay', mode => 'test', %change});
}


sub event {
    my ($order, $attempt, $state, %change) = @_;
    return {interface => 'systempay', config => 'card', mode => $attempt->{mode} // 'test', channel => 'notification',
        event_key => "systempay:$attempt->{attempt}:$state", state => $state,
        amount => $attempt->{amount}, currency => 'EUR', attempt => undef, transid => $order->{transid},
        provider_ref => $attempt->{provider_ref}, provider_txn => "txn$attempt->{attempt}",
        provider_status => 'AUTHORISED', verdict => undef, reason => undef, details => {},
        received => '2026-11-01T10:00:00Z', %change};
}


# A paid order with these lines, by card.
sub paid {
    my ($dbh, $lines, %change) = @_;
    my $order = order($lines, %change);
    call($dbh, 'place_orders', [$order]);
    my $attempt = started($dbh, $order);
    my $answer = call($dbh, 'payments_apply', [event($order, $attempt, 'paid')]);
    return ($order, $attempt, $answer);
}

1;
