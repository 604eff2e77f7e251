package Bench::Orders;

# Orders and payments by the thousand: the arguments of the SQL functions as the module sends them,
# taken from PostgreSQL's log of one real purchase, with other codes and references.

use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);

use Shop::Buyer;
use Shop::Fake::Vads::Message qw(fields body);

use Bench;

my $PRODUCT = 'project_management';    # neither stock nor handler: only the way of the money
my $KEY     = '1122334455667788';      # what Shop::Test writes into key_file


# A buyer with a full cart on the order page.
sub buyer {
    my ($t) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add($PRODUCT);
    $buyer->checkout;
    return $buyer;
}


# One real purchase; gives the arguments {order, attempt, event} of its three calls.
sub sample {
    my ($t) = @_;
    my $dbh = $t->dbh;
    $dbh->do(q{alter system set log_statement = 'all'});
    $dbh->do('select pg_reload_conf()');

    my $buyer = buyer($t);
    $buyer->order('card');
    $buyer->pay_card;

    my %sample = map { ($_->[0] => Bench::logged_argument($t, $_->[1])) }
        ['order', 'place_orders'], ['attempt', 'attempt_start'], ['event', 'payments_apply'];
    $dbh->do('alter system reset log_statement');
    $dbh->do('select pg_reload_conf()');
    ($sample{transid}) = $sample{event} =~ /"transid": "(\w+)"/;
    ($sample{uuid})    = $sample{event} =~ /"provider_txn": "(\w+)"/;
    ($sample{ref})     = $sample{event} =~ /"provider_ref": "([\d-]+)"/;
    ($sample{day}, $sample{number}) = split /-/, $sample{ref};
    return \%sample;
}


# Places `count` orders after the first `from` and begins to pay each: the n-th is BENCH<n> and has the
# sample's number + n at the bank.
sub prepare {
    my ($t, $sample, $from, $count) = @_;
    my $dbh   = $t->dbh;
    my $place = $dbh->prepare(q{select count(*) from shop.place_orders((
        select jsonb_agg(replace($1, $2, 'BENCH' || lpad(n::text, 8, '0'))::jsonb -> 0)
        from generate_series($3::int, $4::int) as n))});
    my $start = $dbh->prepare(q{select count(shop.attempt_start(
        replace($1, $2, 'BENCH' || lpad(n::text, 8, '0'))::jsonb))
        from (select n from generate_series($3::int, $4::int) as n order by n) as n});

    for (my $first = $from + 1; $first <= $from + $count; $first += 500) {
        my $last = $first + 499 < $from + $count ? $first + 499 : $from + $count;
        $place->execute($sample->{order}, $sample->{transid}, $first, $last);
        $start->execute($sample->{attempt}, $sample->{transid}, $first, $last);
    }
    return;
}


# The signed notification of the n-th order.
sub notification {
    my ($sample, $n) = @_;
    my $event = decode_json($sample->{event})->[0];
    (my $cents = $event->{amount}) =~ s/\.//;
    my $payment = {
        form => {
            vads_order_id   => sprintf('BENCH%08d', $n), vads_site_id => '12345678', vads_ctx_mode => 'TEST',
            vads_trans_date => $event->{details}{vads_trans_date}, vads_currency => '978', vads_version => 'V2',
            vads_page_action => 'PAYMENT', vads_payment_config => 'SINGLE', vads_action_mode => 'INTERACTIVE',
        },
        trans_id => sprintf('%06d', $sample->{number} + $n), uuid => sprintf('%032x', $n), amount => $cents,
        status => 'AUTHORISED', result => '00', auth_result => '00', operation => 'DEBIT', time => time,
        auth_number => '3fd5a1', brand => 'CB', masked => '497010XXXXXX0000', expiry_month => 12,
        expiry_year => 2030, certificate => 'c' x 40, threeds_status => 'Y',
    };
    return body(fields($payment, 'PAY'), $KEY, 'HMAC-SHA-256');
}


# The same call as a script of pgbench; the n-th order of a client is its number times `share` + n.
sub pgbench_payments {
    my ($sample, $from, $share) = @_;
    my $event = quoted($sample->{event}, $sample->{transid} => q{'BENCH' || lpad((:n)::text, 8, '0')},
        $sample->{uuid} => q{lpad(to_hex((:n)::int), 32, '0')},
        $sample->{ref}  => qq{'$sample->{day}-' || lpad((:n + $sample->{number})::text, 6, '0')});
    return "\\set i :i + 1\n\\set n $from + :client_id * $share + :i\nselect shop.payments_apply(($event)::jsonb);\n";
}


sub pgbench_orders {
    my ($sample, $from, $share) = @_;
    my $order = quoted($sample->{order}, $sample->{transid} => q{'BENCH' || lpad((:n)::text, 8, '0')});
    return "\\set i :i + 1\n\\set n $from + :client_id * $share + :i\nselect shop.place_orders(($order)::jsonb);\n";
}


# The text as pieces that PostgreSQL joins, each occurrence of a key replaced by an expression. A
# colon before a letter or digit would be a variable of pgbench's, so a piece ends there.
sub quoted {
    my ($text, %by) = @_;
    my $names = join '|', map { quotemeta } sort keys %by;
    my @piece = split /($names)/, $text;
    return join ' || ', map { exists $by{$_} ? $by{$_} : do { (my $s = $_) =~ s/'/''/g; $s =~ s/:(?=\w)/:' || '/g; "'$s'" } } @piece;
}

1;
