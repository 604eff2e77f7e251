#!/usr/bin/perl

# The double of the payment platform against the published signatures and the documented rules.

use strict;
use warnings;

use File::Temp qw(tempdir);
use FindBin;
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Test::More;
use Time::HiRes qw(sleep);
use lib "$FindBin::Bin/../lib";

use Shop::Fake::Vads;
use Shop::Fake::Vads::Form qw(decode encode sign);

my $KEY  = '1122334455667788';
my $http = HTTP::Tiny->new(timeout => 20, max_redirect => 0);
my $dir  = tempdir(CLEANUP => 1);
my $owner = $$;

# A shop that notes what it is told and answers with the status that stands in a file.
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64) or die "listen: $!";
my $shop_url = 'http://127.0.0.1:' . $listener->sockport . '/notify';
my $shop = fork // die "fork: $!";
if (!$shop) {
    local $SIG{TERM} = sub { POSIX::_exit(0) };
    while (my $client = $listener->accept) {
        my ($length, $body) = (0, '');
        while (defined(my $line = <$client>)) {
            $length = $1 if $line =~ /\Acontent-length:\s*(\d+)/i;
            last if $line eq "\r\n";
        }
        read $client, $body, $length;
        append('told', "$body\n");
        my $status = slurp('status') // 200;
        print {$client} "HTTP/1.1 $status X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        close $client;
    }
    POSIX::_exit(0);
}
close $listener;

my $bank = Shop::Fake::Vads->spawn(ipn_url => $shop_url);

sub slurp { my ($name) = @_; open my $f, '<', "$dir/$name" or return; local $/ = undef; return <$f> }
sub append { my ($name, $text) = @_; open my $f, '>>', "$dir/$name" or die; print {$f} $text; close $f; return }
sub answer_with { my ($status) = @_; open my $f, '>', "$dir/status" or die; print {$f} $status; close $f; return }

# The notifications since the last look, as hashes; the file grows meanwhile.
my $heard = 0;
sub told {
    my ($new) = substr(slurp('told') // '', $heard) =~ /\A(.*\n)/s or return;
    $heard += length $new;
    return map { my %f = map { @$_ } @{ decode($_) }; \%f } split /\n/, $new;
}

sub authentic { my ($f) = @_; return $f->{signature} eq sign($f, $KEY, 'HMAC-SHA-256') }

my $number = 0;
sub form {
    my (%change) = @_;
    my %form = (
        vads_version => 'V2', vads_site_id => '12345678', vads_ctx_mode => 'TEST', vads_amount => '4990',
        vads_currency => '978', vads_page_action => 'PAYMENT', vads_action_mode => 'INTERACTIVE',
        vads_payment_config => 'SINGLE', vads_return_mode => 'NONE', vads_language => 'fr',
        vads_trans_id => sprintf('%06d', ++$number), vads_trans_date => strftime('%Y%m%d%H%M%S', gmtime),
        vads_order_id => sprintf('ORDERABC%04d', $number), vads_cust_email => 'buyer@example.org',
        vads_shop_name => "MOOC \xe2\x80\x94 certificats", vads_url_return => 'http://shop.example/return?t=abc',
        vads_url_cancel => 'http://shop.example/cancel?t=abc', %change,
    );
    delete @form{ grep { !defined $form{$_} } keys %form };
    $form{signature} //= sign(\%form, $KEY, 'HMAC-SHA-256');
    return \%form;
}

sub post {
    my ($path, $fields) = @_;
    return $http->request('POST', "$bank->{url}$path", { content => ref $fields ? encode($fields) : $fields,
        headers => { 'Content-Type' => 'application/x-www-form-urlencoded' } })->{content};
}

sub error_code { my ($page) = @_; return $page =~ /data-code="(\w+)"/ ? $1 : 'none' }

# From the shop's form to the receipt.
sub pay {
    my ($form, $card, @challenge) = @_;
    my ($session) = post('/vads-payment/', $form) =~ /name="session" value="(\w+)"/ or return 'no card page';
    my $page = post('/vads-payment/pay', { session => $session, action => $card ? 'pay' : 'cancel',
        number => $card // '', expiry => '12/99', cvv => '123' });
    return $page if !@challenge;
    like($page, qr/3-D Secure/, 'the challenge is shown');
    return post('/vads-payment/challenge', { session => $session, action => $challenge[0] });
}

subtest 'published signatures' => sub {
    open my $f, '<', "$FindBin::Bin/../data/payment-vectors.json" or die "vectors: $!";
    my $vectors = decode_json(do { local $/ = undef; <$f> });
    for my $v (grep { $_->{interface} eq 'systempay' && $_->{kind} eq 'sign' } @$vectors) {
        my %fields = %{ $v->{input}{fields} };
        utf8::encode($_) for values %fields;
        my $algorithm = $v->{algorithm} =~ /sha1/ ? 'SHA-1' : 'HMAC-SHA-256';
        is(sign(\%fields, $v->{key}, $algorithm), $v->{expected}, $v->{id});
    }
};

subtest 'rules of the form' => sub {
    my @cases = (
        ['right form', {}, 'none'],
        ['wrong signature', { signature => 'x' }, '00'],
        ['version', { vads_version => 'V1' }, '01'],
        ['other site', { vads_site_id => '87654321' }, '02'],
        ['number of the back office', { vads_trans_id => '900000' }, '03'],
        ['time in two hours', { vads_trans_date => strftime('%Y%m%d%H%M%S', gmtime time + 7200) }, '04'],
        ['nothing to pay', { vads_amount => '0' }, '09'],
        ['decimals', { vads_amount => '49.90' }, '09'],
        ['unknown currency', { vads_currency => '999' }, '10'],
        ['mode in lower case', { vads_ctx_mode => 'test' }, '11'],
        ['language', { vads_language => 'xx' }, '12'],
        ['order id', { vads_order_id => 'A_B' }, '13'],
        ['empty mandatory value', { vads_amount => '' }, '70'],
        ['missing mandatory name', { vads_action_mode => undef }, '47'],
        ['quote in a value', { vads_shop_name => 'a"b' }, '72'],
        ['looks like a card', { vads_order_id => '4970100000000000' }, '999'],
    );
    is(error_code(post('/vads-payment/', form(%{ $_->[1] }))), $_->[2], $_->[0]) for @cases;

    my $form = form();
    is(error_code(post('/vads-payment/', $form)), 'none', 'a number is taken once');
    is(error_code(post('/vads-payment/', $form)), '03', 'and is used up, though nobody paid');
    is(error_code(post('/vads-payment/', encode($form) . '&vads_amount=1')), '09', 'repeated name');
};

subtest 'cards' => sub {
    answer_with(200);
    my $page = pay(form(), '4970100000000000');
    like($page, qr/data-status="AUTHORISED"/, 'accepted');
    my ($ipn, @more) = told();
    is(scalar @more, 0, 'one notification, before the receipt');
    ok(authentic($ipn), 'signed');
    is_deeply([@$ipn{qw(vads_trans_status vads_operation_type vads_amount vads_result vads_url_check_src)}],
        ['AUTHORISED', 'DEBIT', '4990', '00', 'PAY'], 'and complete');
    like($ipn->{vads_trans_uuid}, qr/\A[0-9a-f]{32}\z/, 'with a transaction');
    my ($back) = $page =~ /href="(\/vads-payment\/back[^"]+)"/;
    is($http->get("$bank->{url}$back")->{headers}{location}, 'http://shop.example/return?t=abc', 'way back');

    like(pay(form(), '4970100000000113'), qr/data-status="REFUSED"/, 'refused');
    is((told())[0]{vads_trans_status}, 'REFUSED', 'refusal is told');
    like(pay(form(), '4970110000001003', 'confirm'), qr/data-status="AUTHORISED"/, 'challenge passed');
    like(pay(form(), '4970110000000039', 'confirm'), qr/data-status="REFUSED"/, 'challenge failed');
    like(pay(form(), '4970110000001003', 'deny'), qr/data-status="REFUSED"/, 'challenge denied');
    like(pay(form(), '1234'), qr/role="alert"/, 'not a card');
    told();

    like(pay(form(), undef), qr/data-status="ABANDONED"/, 'cancelled');
    my ($left) = told();
    ok(authentic($left) && !exists $left->{vads_trans_uuid} && !exists $left->{vads_operation_type},
        'told without transaction');
};

subtest 'told when and how often' => sub {
    $bank->control({ notify => 'never' });
    pay(form(), '4970100000000000');
    is(scalar(my @none = told()), 0, 'never');

    $bank->control({ notify => 'before', repeat => 20 });
    pay(form(), '4970100000000000');
    my @many = told();
    is(scalar @many, 20, 'twenty times');
    my %hashes = map { $_->{vads_hash} => 1 } @many;
    is(scalar keys %hashes, 20, 'each with its own hash');

    $bank->control({ repeat => 1, retries => 2, retry_seconds => 0.05 });
    answer_with(503);
    pay(form(), '4970100000000000');
    my @tries;
    for (1 .. 1200) { push @tries, told(); last if @tries == 3; sleep 0.05 }
    is_deeply([map { $_->{vads_url_check_src} } @tries], [qw(PAY RETRY RETRY)], 'repeated after a failure');
    answer_with(200);

    my $form = form();
    $bank->call('/control/reset', {});
    pay($form, '4970100000000000');
    told();
    my $answer = $bank->call('/control/replay', { order_id => $form->{vads_order_id}, src => 'BO' });
    is($answer->{answers}[0]{status}, 200, 'replayed by hand');
    my ($again) = told();
    ok(authentic($again) && !exists $again->{vads_page_action}, 'without the way the page was opened');
};

subtest 'spoilt messages' => sub {
    for my $kind (qw(amount order mode site extra)) {
        $bank->control({ tamper => { kind => $kind, signed => JSON::PP::true } });
        pay(form(), '4970100000000000');
        ok(authentic((told())[0]), "$kind, signed");
        $bank->control({ tamper => { kind => $kind, signed => JSON::PP::false } });
        pay(form(), '4970100000000000');
        ok(!authentic((told())[0]), "$kind, not signed");
    }
    $bank->control({ tamper => { kind => 'signature' } });
    pay(form(), '4970100000000000');
    ok(!authentic((told())[0]), 'signature');
    $bank->control({ tamper => { kind => 'rename' } });
    pay(form(), '4970100000000000');
    my ($cut) = told();
    ok(authentic($cut) && exists $cut->{vads_aa00} && $cut->{vads_amount} eq '4990', 'cut anew, same signature');
    $bank->call('/control/reset', {});
};

subtest 'Order/Get' => sub {
    my $form = form();
    pay($form, '4970100000000000');
    my ($ipn) = told();
    my $ask = sub {
        my ($password, $order) = @_;
        my $answer = $http->request('POST', "$bank->{url}/api-payment/V4/Order/Get", {
            content => qq({"orderId":"$order"}),
            headers => { Authorization => 'Basic ' . encode_base64("12345678:$password", '') } });
        return decode_json($answer->{content});
    };
    my $found = $ask->('testpassword_DEMO', $form->{vads_order_id});
    is($found->{status}, 'SUCCESS', 'found');
    my $transaction = $found->{answer}{transactions}[0];
    is_deeply([@$transaction{qw(uuid detailedStatus amount currency operationType)}],
        [$ipn->{vads_trans_uuid}, 'AUTHORISED', 4990, 'EUR', 'DEBIT'], 'the same facts');
    is($ask->('wrong', $form->{vads_order_id})->{answer}{errorCode}, 'INT_905', 'password');
    is($ask->('testpassword_DEMO', 'NOBODY')->{answer}{errorCode}, 'PSP_010', 'unknown order');
};

done_testing();

END {
    if ($shop && $$ == $owner) {
        local $?;
        $bank->stop if $bank;
        kill 'TERM', $shop;
        waitpid $shop, 0;
    }
}
