#!/usr/bin/perl

# Payments that begin with a call of the provider's API: what the button does when the provider answers,
# refuses and is away, when it is pressed twice, and what becomes of pages that nobody needs any more.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use IO::Socket::INET;
use Test::More;

use Shop::Buyer;
use Shop::Providers;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(moodle => 0, mail => 0, bank => 0, start => 0, patient => 1);
my $deaf = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5) or die "no socket: $!";    # never answers
my %change = (away => [api_url => 'http://127.0.0.1:9'], silent => [api_url => 'http://127.0.0.1:' . $deaf->sockport],
    wrong => [secret_key_file => 'sk_test_of_somebody'], elsewhere => [page_url => 'http://127.0.0.2']);
Shop::Providers->new(server => $t, only => [qw(stripe worldline)],
    more => {map { $_ => ['stripe', 'test', Shop::Providers::lines('stripe'), @{$change{$_}}] } keys %change});
my $port = $t->{providers_port};
$t->start_nginx;
$t->control('providers', {notify => 'never'});
my $LIMIT = 60;

# A buyer at the payment step.
sub at_payment {
    my ($block) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order($block);
    return $buyer;
}

# The payments that the double knows, by order.
sub known {
    my ($transid) = @_;
    return map { $_->{status} } grep { $_->{order} eq $transid } $t->payments;
}

sub transid { my ($t) = @_; return $t->sql('select transid from shop.bills order by id desc limit 1') }


# --- the button ---

for my $block (qw(stripe worldline)) {
    my $buyer = at_payment($block);
    my $order = transid($t);
    like($buyer->http->get('/shop/ac/step/payment')->{headers}{'content-security-policy'},
        qr{form-action 'self' [^;]*http://127\.0\.0\.1:$port}, "$block: the page allows the way to the provider");
    is($t->sql('select state from shop.payment_attempts order by id desc limit 1'), 'created', '… which has not begun');
    is(scalar(my @none = known($order)), 0, '… and the provider knows nothing yet');

    my $form  = $buyer->page->form(qr{step/payment$});
    my $pairs = $buyer->page->filled($form, {}, [go => 1]);
    my @went  = map { $buyer->http->post('/shop/ac/step/payment', $pairs) } 1 .. 2;
    is(join(' ', map { $_->{status} } @went), '303 303', '… the button leads there, and so does a second click');
    is($went[0]{headers}{location}, $went[1]{headers}{location}, '… to the same page');
    like($went[0]{headers}{location}, qr{\Ahttp://127\.0\.0\.1:$port/}, '… of the provider');
    is(scalar(my @one = known($order)), 1, '… that was opened once');
    is($t->sql('select state from shop.payment_attempts order by id desc limit 1'), 'redirected', '… and is kept');
    ok(!$buyer->http->post('/shop/ac/step/payment', [go => 1])->{headers}{location}, '… not without the token of our own form');
}

for my $case (['away', 503], ['silent', 503], ['wrong', 502], ['elsewhere', 502]) {
    my ($block, $status) = @{$case};
    my $buyer = at_payment($block);
    $buyer->submit(qr{step/payment$}, {}, go => 1);
    is($buyer->page->status, $status, "$block: said with the right status");
    ok($buyer->says('payment.trouble'), '… in words');
    ok((grep { $_->{href} =~ m{step/order$} } $buyer->page->links), '… with the way to the other modes');
    ok($buyer->page->form(qr{step/payment$}), '… and the button to try again');
    is($t->sql('select state || (pageurl is null) from shop.payment_attempts order by id desc limit 1'), 'createdtrue', '… nothing is kept');
}

$t->control('providers', {answer => 500});
my $patient = at_payment('stripe');
$patient->submit(qr{step/payment$}, {}, go => 1);
is($patient->page->status, 502, 'the provider has trouble');
$t->control('providers', {answer => 0});
$patient->submit(qr{step/payment$}, {}, go => 1);
like($patient->path, qr{\Ahttp://127\.0\.0\.1:$port/c/pay/}, '… another try works');


# --- the way back ---

my $guesser = at_payment('stripe');
$guesser->submit(qr{step/payment$}, {}, go => 1);
my ($cs) = $guesser->path =~ m{/(cs_\w+)};
my $token = $t->sql('select token from shop.payment_attempts where providerref = ?', $cs);
is($t->http->get("/shop/pay/stripe/return?t=$token&cs=cs_test_guessed")->{status}, 404, 'stripe: not with another session');
is($t->http->get("/shop/pay/stripe/return?t=$token")->{status}, 404, '… nor without one');
is($t->http->get("/shop/pay/stripe/return?t=$token&cs=$cs")->{status}, 303, '… but with its own');
my $secret = $t->sql('select pagesecret from shop.payment_attempts where interface = $$worldline$$ order by id desc limit 1');
$token = $t->sql('select token from shop.payment_attempts where pagesecret = ?', $secret);
my $checkout = $t->sql('select providerref from shop.payment_attempts where pagesecret = ?', $secret);
is($t->http->get("/shop/pay/worldline/return?t=$token&hostedCheckoutId=$checkout&RETURNMAC=\U$secret")->{status}, 404,
    'worldline: not with another RETURNMAC');
is($t->http->get("/shop/pay/worldline/return?t=$token&hostedCheckoutId=$checkout&RETURNMAC=$secret")->{status}, 303, '… but with its own');

my $payer = at_payment('worldline');
$payer->pay_hosted('paid');
ok($payer->wait_for_text(qr/has been received/, $LIMIT), 'asked as soon as the buyer is back: paid without a notification');


# --- pages that nobody needs ---

my $quitter = at_payment('stripe');
my $left    = transid($t);
$quitter->pay_hosted('cancelled');
ok($quitter->says('produce.cancelled'), 'given up');
ok(wait_for(sub { (known($left))[0] eq 'expired' }, $LIMIT, 0.1), '… the page is closed');
ok(wait_for(sub { $t->sql('select providerstatus from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ?', $left) eq 'expired' },
    $LIMIT, 0.1), '… and known to be so');

my $changer = at_payment('stripe');
my $changed = transid($t);
$changer->submit(qr{step/payment$}, {}, go => 1);
is((known($changed))[0], 'open', 'a page is open');
$changer->open('step/order');
$changer->order('worldline');
ok(wait_for(sub { (known($changed))[0] eq 'expired' }, $LIMIT, 0.1), '… and closed when the buyer pays in another way');

$t->control('providers', {notify => 'before'});
my $sly  = at_payment('stripe');
my $paid = transid($t);
$sly->submit(qr{step/payment$}, {}, go => 1);
my $page = $sly->path;
$sly->submit(qr{^/page$}, {}, outcome => 'paid');
ok(wait_for(sub { $t->sql('select status from shop.bills where transid = ?', $paid) eq 'SOLDOUT' }, $LIMIT, 0.1), 'paid');
$t->dbh->do('update shop.payment_attempts set closing = true, askat = now() where pageurl = ?', undef, $page);
ok(wait_for(sub { !$t->sql('select closing from shop.payment_attempts where pageurl = ?', $page) }, $LIMIT, 0.1), 'a paid page cannot be closed: it is looked at');
is($t->sql('select status from shop.bills where transid = ?', $paid), 'SOLDOUT', '… and stays paid');

unlike($t->error_log, qr/sk_test|whsec|-secret|\Q$secret\E/, 'nothing secret in the log');
$t->finish;
done_testing();
