#!/usr/bin/perl

# The bank's API fills in what its notifications left out, confirms what they said, and shows what was
# never true (payments.md 7.8, 7.9, 12.3).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Digest::SHA qw(hmac_sha256_hex);
use JSON::PP qw(encode_json);
use Shop::Buyer;
use Shop::Http;
use Shop::Notice;
use Shop::Test qw(spew wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0, start => 0);
spew("$t->{dir}/secrets/rest", 'testpassword_DEMO', 0600);
$t->{option}{bank_conf} = "rest_url http://127.0.0.1:$t->{bank_port}; rest_password_file $t->{dir}/secrets/rest;"
    . ' confirm_above 1000;';
$t->write_conf;
$t->start_nginx;

my $notice = Shop::Notice->new(server => $t);
my $LIMIT  = 30;


# To the bank's page, and paid there.
sub bought {
    my ($behaviour) = @_;
    $t->control('bank', {notify => 'never', %{$behaviour // {}}});
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order('card');
    $buyer->pay_card;
    my ($transid) = $buyer->path =~ m{order/(\w+)/done};
    return ($buyer, {transid => $transid,
        attempt => $t->sql('select max(a.id) from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ?', $transid)});
}


# The time that is written down for the question comes now.
sub now_due { my ($order) = @_; $t->dbh->do('update shop.payment_attempts set askat = now() where id = ?', undef, $order->{attempt}); return }
sub comes { my ($order, $status) = @_; return wait_for(sub { $notice->status($order) eq $status }, $LIMIT, 0.1) }
sub alerts { my ($kind, $order) = @_; return $t->sql('select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where a.kind = ? and b.transid = ?', $kind, $order->{transid}) }


{
    my ($buyer, $order) = bought();
    like($buyer->page->text, qr/Waiting|confirm/i, 'the buyer is back before any notification: the page waits');
    cmp_ok($t->sql('select extract(epoch from askat - now()) from shop.payment_attempts where id = ?', $order->{attempt}),
        '<=', 20, 'the return has the bank asked soon');
    now_due($order);
    ok(comes($order, 'SOLDOUT'), 'paid without any notification');
    is($notice->verdicts($order), 'apply:paid', '… by the API');
    ok($buyer->wait_for_text(qr/Paid|received/i), 'the page tells');
    ok($t->sql('select confirmedat from shop.payment_attempts where id = ?', $order->{attempt}), 'confirmed at once');
}

{
    my ($buyer, $order) = bought({notify => 'before'});
    is($notice->status($order), 'SOLDOUT', 'paid by the notification');
    now_due($order);
    ok(wait_for(sub { $t->sql('select confirmedat from shop.payment_attempts where id = ?', $order->{attempt}) }, $LIMIT, 0.1),
        'confirmed by the API');
    is(alerts('unconfirmed', $order), 0, 'nothing to tell');
}

# The platform's other notification: the API's JSON text in a form, signed with the REST password.
sub told {
    my ($order, %change) = @_;
    my %paid = (uuid => $order->{uuid} //= sprintf('%032x', $order->{attempt}), amount => $order->{amount} * 100, currency => 'EUR', operationType => 'DEBIT', detailedStatus => 'AUTHORISED');
    my $text = encode_json({shopId => '12345678', orderDetails => {orderId => $order->{transid}, mode => $change{mode} // 'TEST'},
        transactions => [(\%paid) x ($change{transactions} // 1)], _type => 'V4/Payment'});
    return $notice->post(Shop::Http::encode([('kr-hash-algorithm' => 'sha256_hmac', 'kr-answer-type' => 'V4/Payment', 'kr-answer' => $text,
        'kr-hash-key' => $change{key_name} // 'password', 'kr-hash' => $change{hash} // hmac_sha256_hex($text, $change{key} // 'testpassword_DEMO'))]))->{status};
}

{
    my $order = $notice->placed;
    is(told($order, key => 'another'), 403, 'a JSON notification with another key');
    is(told($order, key_name => 'sha256_hmac', key => '1122334455667788'), 403, '… with the key of browsers');
    is(told($order, hash => 'x'), 403, '… with something else in place of the hash');
    is($notice->verdicts($order), '', 'nothing of them is believed');
    my $unpaid = $notice->status($order);
    is(told($order, mode => 'PRODUCTION'), 200, 'one of real money');
    is($notice->status($order), $unpaid, 'pays nothing in a test');
    is(told($order, transactions => 2), 200, 'one of two transactions');
    is($notice->status($order), $unpaid, 'waits for the API');
    $order = $notice->placed;
    is(told($order), 200, 'one of a payment');
    is($notice->status($order), 'SOLDOUT', 'pays');
    $notice->tell($order);
    is(told($order), 200, 'the same in both forms, and again');
    is($notice->verdicts($order), 'apply:paid', 'is one event');
}

{
    my $order = $notice->placed;
    $notice->tell($order);
    is($notice->status($order), 'SOLDOUT', 'a message with the right signature that the bank never sent');
    now_due($order);
    ok(wait_for(sub { alerts('unconfirmed', $order) }, $LIMIT, 0.1), 'the API does not know it: staff are told');
}

{
    my $order = $notice->placed;
    my $answer = $notice->tell($order, vads_zz_unheard_of => 1);
    is($answer->{status}, 200, 'a message in doubt is acknowledged');
    is($notice->status($order), 'PLACED', '… and pays nothing');
    ok(wait_for(sub { alerts('forged', $order) }, $LIMIT, 0.1), 'the API does not know it: forged');
    is($notice->status($order), 'PLACED', 'never paid');
}

{
    my ($buyer, $order) = bought({notify => 'before', tamper => {kind => 'extra', signed => JSON::PP::true}});
    ok(comes($order, 'SOLDOUT'), 'a genuine message with a new field of the platform is confirmed');
    like($notice->verdicts($order), qr/\Aquarantine\S* apply:paid\z/, '… by the API');
    is(alerts('forged', $order), 0, 'nothing to tell');
}

{
    my ($buyer, $order) = bought({notify => 'never', tamper => undef, refuse => JSON::PP::true});
    now_due($order);
    ok(comes($order, 'REFUSED'), 'a refusal is heard as well');
    $t->control('bank', {refuse => JSON::PP::false});
}

{
    my $big = Shop::Notice->new(server => $t, product => 'session_safety');
    my $order = $big->placed;
    cmp_ok($order->{amount}, '>', 1000, 'an expensive order');
    is($big->tell($order)->{status}, 200, 'its notification');
    is($big->status($order), 'PLACED', 'waits for the API above confirm_above');
    like($big->verdicts($order), qr/quarantine/, 'in doubt until then');
}

{
    my ($buyer, $known) = bought({notify => 'before'});
    my $stranger = $notice->placed;
    $notice->tell($stranger);
    $t->dbh->do('alter table shop.bill_transitions disable trigger keep');
    $t->dbh->do(q{update shop.bill_transitions set at = at - interval '1 day 3 hours'});
    $t->dbh->do(q{update shop.payment_attempts set confirmedat = now() where paying});
    $t->dbh->do('delete from shop.comparisons');
    my $compared = sub { $t->sql('select comparedat is not null from shop.payment_attempts where id = ?', $_[0]{attempt}) };
    my $done = wait_for(sub {
        $t->dbh->do('update shop.payment_attempts set askat = now() where comparing and askat > now() and unheard = 0');
        $compared->($known) && $compared->($stranger);
    }, $LIMIT, 0.3);
    ok($done, 'the payments of the day before are compared at night');
    is(alerts('comparison', $known), 0, 'one that the bank knows');
    is(alerts('comparison', $stranger), 1, 'one that it does not know is told');
}

cmp_ok($t->status->{work}{payments_found}, '>=', 2, 'what was found paid by asking is counted');
unlike($t->error_log, qr/testpassword|dGVzdHBhc3N3b3Jk/, 'no credentials in the log');
$t->finish;
done_testing();
