#!/usr/bin/perl

# PayPal's standard dialect: with the number that the returning browser brings PayPal is asked what became of the
# payment (payments.md 3.7). Its answer counts like a notification, once; the browser's own claims count for nothing.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(encode_json);
use Test::More;

use Shop::Buyer;
use Shop::Fake::Providers::Paypal;
use Shop::Http;
use Shop::Teller;
use Shop::Test qw(spew wait_for);

my $LIMIT = 90;
my $t = Shop::Test->new(moodle => 0, mail => 0, bank => 0, start => 0, patient => 1);
my $port = $t->start_providers('--paypal-dir', $t->dir . '/paypal');
spew($t->dir . '/secrets/identity', $Shop::Fake::Providers::Paypal::IDENTITY, 0600);
spew($t->dir . '/secrets/other_identity', 'the-token-of-somebody-else', 0600);
sub block {
    my ($name, $more) = @_;
    return "shop_payment $name { interface paypal; dialect standard; mode test; business seller\@example.org; receiver_id ABCDEFGHJKLMN;"
        . " form_url http://127.0.0.1:$port/cgi-bin/webscr; verify_url http://127.0.0.1:$port/cgi-bin/webscr; $more }\n";
}
$t->{option}{http} = block('paypal_std', 'pdt_token_file ' . $t->dir . '/secrets/identity;') . block('paypal_plain', '')
    . block('paypal_other', 'pdt_token_file ' . $t->dir . '/secrets/other_identity;');
$t->write_conf;
$t->dbh->do(q{update shop.shops set paymodes = paymodes || '{"paypal_std": true, "paypal_plain": true, "paypal_other": true}'});
$t->start_nginx;
$t->control('providers', {notify => 'never'});
my %teller = map { $_ => Shop::Teller->new(server => $t, interface => 'paypal', block => $_, speaks => 'paypal_standard') }
    qw(paypal_std paypal_plain paypal_other);
my $double = Shop::Http->new(base => "http://127.0.0.1:$port");

sub post { my ($path, $data) = @_; return $double->request('POST', $path, body => encode_json($data), headers => {'Content-Type' => 'application/json'}) }
sub status { my ($transid) = @_; return $t->sql('select status from shop.bills where transid = ?', $transid) }
sub messages { my ($block) = @_; return $t->sql('select count(*) from shop.payment_messages where config = ?', $block) }
sub events { my ($transid) = @_; return $t->sql(q{select string_agg(concat_ws(':', v.channel, v.verdict, v.state, v.repeats), ' ' order by v.id)
    from shop.payment_events v join shop.bills b on b.id = v.billid where b.transid = ?}, $transid) // '' }

# PayPal knows a payment of this order that no page of the double made.
sub known {
    my ($order, $txn, %change) = @_;
    post('/control/known', {provider => 'Paypal', payid => $txn, txn => $txn, status => 'paid', order => $order->{transid},
        amount => '49.90', currency => 'EUR', form => {custom => $order->{provider_ref}}, %change});
    return;
}

# A browser comes back with this number; answers what was decided about it.
sub back {
    my ($block, $order, $txn) = @_;
    my $answer = Shop::Http->new(base => $t->base)->get("/shop/pay/$block/return?t=$order->{token}&tx=$txn&st=Completed&amt=49.90");
    is($answer->{status}, 303, "$txn: led to the order");
    return wait_for(sub { $t->sql(q{select string_agg(verdict, ' ') from shop.payment_messages where config = ? and digest =
        encode(sha256(convert_to('cmd=_notify-synch&tx=' || ?, 'UTF8')), 'hex')}, $block, $txn) }, $LIMIT, 0.1);
}

my $buyer = Shop::Buyer->new(base => $t->base);
$buyer->add('excel_basics');
$buyer->checkout;
$buyer->order('paypal_std');
$buyer->pay_hosted('paid');
my ($paid) = $buyer->path =~ m{order/(\w+)/done};
ok(wait_for(sub { status($paid) eq 'SOLDOUT' }, $LIMIT, 0.1), 'paid by the answer, without a notification');
is(events($paid), 'poll:apply:paid:0', 'told by PayPal when it was asked');
is($t->sql(q{select v.eventkey = 'paypal:' || a.providertxn || ':Completed' from shop.payment_events v
    join shop.payment_attempts a on a.id = v.attemptid join shop.bills b on b.id = v.billid where b.transid = ?}, $paid), 1, '… under the key of the notification');
is(post('/control/notify', {order => $paid})->{status}, 200, 'the notification comes after all');
ok(wait_for(sub { events($paid) eq 'poll:apply:paid:1' }, $LIMIT, 0.1), '… and changes nothing') || diag events($paid);
my $txn = $t->sql('select a.providertxn from shop.payment_attempts a join shop.bills b on b.id = a.billid where b.transid = ?', $paid);

my $order = $teller{paypal_std}->placed;
my $before = messages('paypal_std');
back('paypal_std', $order, $txn);
is(join(' ', status($order->{transid}), events($order->{transid}), messages('paypal_std')), "PLACED  $before",
    "the number of another order's payment pays nothing, and is not asked about again");
is(back('paypal_std', $order, 'NOSUCHPAYMENT'), 'unauthentic', 'a number that PayPal does not know');
known($order, 'CHEAPER1', amount => '1.00');
is(back('paypal_std', $order, 'CHEAPER1'), 'mismatch', 'a payment of another amount');
is(status($order->{transid}), 'PLACED', '… none of them pays');

my $other = $teller{paypal_other}->placed;
known($other, 'OTHER1');
is(back('paypal_other', $other, 'OTHER1'), 'unauthentic', 'with the token of another account');
is(status($other->{transid}), 'PLACED', '… PayPal tells nothing');

my $plain = $teller{paypal_plain}->placed;
Shop::Http->new(base => $t->base)->get("/shop/pay/paypal_plain/return?t=$plain->{token}&tx=PLAIN1");
Shop::Http->new(base => $t->base)->get("/shop/pay/paypal_std/return?t=$order->{token}&tx=$_") for '', 'a%26at%3Dx', 'A' x 33;
is(join(' ', messages('paypal_plain'), messages('paypal_std')), '0 ' . ($before + 2), 'without a token, or with what is no number, nobody is asked');

unlike($t->error_log, qr/identity-token|token-of-somebody|zoe\@/, 'no token in the log, nobody by name');
$t->finish;
done_testing();
