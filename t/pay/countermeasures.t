#!/usr/bin/perl

# The signature of the vads form covers values, joined by a plus sign, not their names: whoever holds
# one genuine message can cut it anew. Each counter-measure of payments.md 7.9, by its number.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP;
use Shop::Buyer;
use Shop::Fake::Vads::Form qw(decode encode sign);
use Shop::Notice;
use Shop::Test qw(spew wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0, start => 0);
spew("$t->{dir}/secrets/rest", 'testpassword_DEMO', 0600);
$t->{option}{bank_conf} = "rest_url http://127.0.0.1:$t->{bank_port}; rest_password_file $t->{dir}/secrets/rest;";
$t->{option}{http} = <<"CONF";
    shop_payment far {
        interface systempay;
        mode test;
        site_id 12345678;
        key_file $t->{dir}/secrets/card;
    }
CONF
$t->write_conf;
$t->start_nginx;
my $n = Shop::Notice->new(server => $t);


sub at_payment {
    my (%person) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base, person => \%person);
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order('card');
    return $buyer;
}


sub bank_form {
    my ($buyer) = @_;
    my $form = $buyer->page->form(qr{vads-payment/$});
    return {map { ($_->{name} => $_->{value}) } grep { $_->{name} =~ /^(?:vads_|signature)/ } @{$form->{fields}}};
}


sub alerts { my ($kind, $transid) = @_; return $t->sql('select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where a.kind = ? and b.transid = ?', $kind, $transid) }


subtest '1: no signed message passes the browser' => sub {
    my $buyer = at_payment();
    is(bank_form($buyer)->{vads_return_mode}, 'NONE', 'vads_return_mode is NONE');
    my $transid = bank_form($buyer)->{vads_order_id};
    $buyer->pay_card;
    like($buyer->path, qr{^/shop/ac/order/$transid/done\?}, 'the buyer is back at the order');
    my @seen = grep {/vads_|signature=/} map {/"(?:GET|POST) (\S+)/} split /\n/, $t->access_log;
    is("@seen", '', 'and no address held a field of the bank');
};

subtest '2: a message from elsewhere is never applied' => sub {
    my $order = $n->placed;
    my $answer = $n->post($n->body($n->message($order)), block => 'far');
    is("$answer->{status}<$answer->{body}>", '403<>', 'a genuine message from outside the default network: 403');
    is($n->status($order), 'PLACED', 'not applied');
};

subtest '3: no plus sign is ever sent' => sub {
    my $form = bank_form(at_payment(firstname => 'A+da "x"', lastname => 'Mar<b>tin+4990', email => 'ada+4990+978@example.org',
        address => '3+3 rue', city => "Nan+tes"));
    my @with = grep { $_ ne 'signature' && $form->{$_} =~ /[+"<>\r\n]/ } sort keys %{$form};
    is("@with", '', 'in no field, nor quotes or brackets');
    is($form->{vads_cust_email}, 'ada@example.org', 'an e-mail goes without its tag');
    is($form->{vads_cust_last_name}, 'Marbtin4990', 'a name goes without it');
    my @free = grep {/^vads_(?:order_info|ext_info|ship_to|nb_products|product|user_info)/} keys %{$form};
    is("@free", '', 'no free text, no products');
    my %bytes = map { my $v = $form->{$_}; utf8::encode($v); ($_ => $v) } keys %{$form};
    is($bytes{signature}, sign(\%bytes, '1122334455667788', 'HMAC-SHA-256'), 'and it is signed as it is sent');
};

subtest '4: what looks cut anew waits for the bank\'s own word' => sub {
    my @cases = (
        ['a name that the platform never uses', vads_aa00 => 'x'],
        ['another action mode', vads_action_mode => 'SILENT'],
        (map { ["a plus sign in $_", "vads_$_" => 'a+b'] }
            qw(cust_email cust_name order_info order_info2 ext_info_x ship_to_name card_holder_name acquirer_network)),
    );
    for my $case (@cases) {
        my ($name, %change) = @{$case};
        my $order = $n->placed;
        is($n->tell($order, %change)->{status}, 200, "$name: 200");
        is(join(' ', $n->status($order), $n->verdicts($order)), 'PLACED quarantine:paid', "$name: quarantine");
    }
    my $order = $n->placed;
    $n->tell($order, map { ("vads_$_" => 'x') } qw(card_brand threeds_status auth_number wallet user_info bank_code tid));
    is($n->status($order), 'SOLDOUT', 'documented names do not wait');

    # The attack itself: a genuine payment of 1.00 becomes one of the order's amount.
    $t->control('bank', {notify => 'before', tamper => {kind => 'rename', signed => JSON::PP::true}});
    my $buyer = at_payment();
    my $transid = bank_form($buyer)->{vads_order_id};
    $buyer->pay_card;
    is($t->sql(q{select verdict from shop.payment_events where channel = 'notification' and content ->> 'transid' = ?},
        $transid), 'quarantine',
        'the message whose fields were renamed has the right signature, and is in doubt');
    $t->control('bank', {tamper => undef});
};

subtest '5: the bank\'s API has the last word' => sub {
    my $order = $n->placed;
    $n->tell($order);
    is($n->status($order), 'SOLDOUT', 'a message with the stolen key is believed at first');
    $t->dbh->do('update shop.payment_attempts set askat = now() where id = ?', undef, $order->{attempt});
    ok(wait_for(sub { alerts('unconfirmed', $order->{transid}) }, 30, 0.1), 'and found out by Order/Get');
    is($t->sql(q{select extract(epoch from askat - now()) <= 60 from shop.payment_attempts where id = ?}, do {
        my $fresh = $n->placed; $n->tell($fresh); $fresh->{attempt} }), 1, 'which is asked within a minute');
};

$t->finish;
done_testing();
