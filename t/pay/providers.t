#!/usr/bin/perl

# Every provider with a hosted page, every case: one server, one row per interface and case. First their
# messages, signed here, then buyers on the pages of the double.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Test::More;

use Shop::Buyer;
use Shop::Http;
use Shop::Providers;
use Shop::Teller;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(moodle => 0, mail => 0, bank => 0, start => 0, patient => 1);
my $all = Shop::Providers->new(server => $t, only => [qw(mercanet ogone axepta stripe worldline paypal)],
    lines => {mercanet => {other_key_file => 'the-key-before-this-one', other_key_version => 7}, worldline => {webhook_other_key_id => 'next-hook-key', webhook_other_secret_file => 'the-next-hook-secret'}},
    more => {
        mercanet_live => ['mercanet', 'live', merchant_id => '211000021310001', key_file => 'KeyOfTheRealMerchant'],
        ogone_live => ['ogone', 'live', pspid => 'ATELIER', sha_in_file => 'Real-In-Passphrase!1', sha_out_file => 'Real-Out-Passphrase!1'],
        axepta_live => ['axepta', 'live', merchant_id => 'ATELIER', blowfish_key_file => 'An0ther_EncKey_!',
            hmac_key_file => 'The_HMAC_key_of_the_real_shop_32', inquire_url => 'https://127.0.0.1:1/inquire.aspx'],
        worldline_live => ['worldline', 'live', merchant_id => 'ATELIER', api_key_id => 'real-api-key', api_secret_file => 'real-api-secret',
            webhook_key_id => 'real-hook-key', webhook_secret_file => 'real-hook-secret', api_url => 'https://127.0.0.1:9'],
        paypal_std => ['paypal', 'test', dialect => 'standard', business => 'seller@example.org', receiver_id => 'ABCDEFGHJKLMN',
            map { $_ => 'http://127.0.0.1:PORT/cgi-bin/webscr' } qw(form_url verify_url)],
        paypal_live => ['paypal', 'live', dialect => 'standard', business => 'seller@example.org', receiver_email => 'Seller@Example.org',
            verify_url => 'https://127.0.0.1:1/cgi-bin/webscr'],
        stripe_live => ['stripe', 'live', secret_key_file => 'rk_live_real', webhook_secret_file => 'whsec_of_the_real_endpoint',
            api_url => 'https://127.0.0.1:9'],
    });
my $port = $t->{providers_port};
$t->start_nginx;

my %teller = (
    (map { $_ => $all->teller($_) } $all->names),
    mercanet_live => Shop::Teller->new(server => $t, interface => 'mercanet', block => 'mercanet_live', mode => 'live',
        key => 'KeyOfTheRealMerchant', merchant => '211000021310001'),
    ogone_live => Shop::Teller->new(server => $t, interface => 'ogone', block => 'ogone_live', mode => 'live',
        key => 'Real-Out-Passphrase!1'),
    axepta_live => Shop::Teller->new(server => $t, interface => 'axepta', block => 'axepta_live', mode => 'live',
        key => 'The_HMAC_key_of_the_real_shop_32', blowfish => 'An0ther_EncKey_!', merchant => 'ATELIER'),
    worldline_live => Shop::Teller->new(server => $t, interface => 'worldline', block => 'worldline_live', mode => 'live',
        key => 'real-hook-secret', hook => 'real-hook-key'),
    paypal_std => Shop::Teller->new(server => $t, interface => 'paypal', block => 'paypal_std', speaks => 'paypal_standard'),
    stripe_live => Shop::Teller->new(server => $t, interface => 'stripe', block => 'stripe_live', mode => 'live',
        key => 'whsec_of_the_real_endpoint'),
);
my $LIMIT = 60;


# interface or block, name, messages, answers, status of the order, state of the try, verdicts
my @cases = (
    (map { my $i = $_; (
        [$i, 'paid', [{}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
        [$i, 'refused', [{say => 'refused'}], '200', 'REFUSED', 'refused', 'apply:refused'],
        [$i, 'cancelled', [{say => 'cancelled'}], '200', 'PLACED', 'cancelled', 'apply:cancelled'],
        [$i, 'pending, then paid', [{say => 'pending'}, {}], '200 200', 'SOLDOUT', 'paid', 'apply:pending apply:paid'],
        [$i, 'refused, then paid by the same try', [{say => 'refused'}, {}], '200 200', 'SOLDOUT', 'paid', 'apply:refused apply:paid'],
        [$i, 'paid, then late news', [{}, {say => 'pending'}], '200 200', 'SOLDOUT', 'paid', 'apply:paid ignore-stale:pending'],
        [$i, 'another amount', [{amount => 1}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
        [$i, 'another currency', [{currency => 'USD'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
        [$i, 'a word that nobody knows', [{say => 'unheard'}], '200', 'PLACED', 'redirected', 'quarantine'],
    ) } qw(mercanet ogone stripe worldline)),
    ['mercanet', 'a changed byte', [{tamper => sub { $_[0] =~ s/amount%3D1/amount%3D2/r }}], '403', 'PLACED', 'redirected', ''],
    ['mercanet', 'another key', [{key => '002001000000002_KEY1'}], '403', 'PLACED', 'redirected', ''],
    ['mercanet', 'the key before', [{key => 'the-key-before-this-one', version => 7}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['mercanet', 'the number of no key', [{version => 8}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['mercanet', 'no seal', [{tamper => sub { $_[0] =~ s/&Seal=\w+/&Seal=/r }}], '403', 'PLACED', 'redirected', ''],
    ['mercanet', 'in base64', [{encode => 'base64'}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['mercanet', 'in base64url', [{encode => 'base64url'}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['mercanet', 'another merchant', [{merchant => '002001000000002'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['mercanet', 'a try of nobody', [{reference => 'NOBODYSTRY1'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['ogone', 'a changed byte', [{tamper => sub { $_[0] =~ s/amount=1/amount=2/r }}], '403', 'PLACED', 'redirected', ''],
    ['ogone', 'the other passphrase', [{key => 'Demo-In-Passphrase!1'}], '403', 'PLACED', 'redirected', ''],
    ['ogone', 'no signature', [{tamper => sub { $_[0] =~ s/&?SHASIGN=\w+//r }}], '403', 'PLACED', 'redirected', ''],
    ['ogone', 'a name twice, in another case', [{tamper => sub { "$_[0]&ORDERID=x" }}], '400', 'PLACED', 'redirected', ''],
    ['ogone', 'a name that nobody signs', [{tamper => sub { "$_[0]&PARAMPLUS=x" }}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['ogone', 'authorised, then captured', [{say => 'authorised'}, {}], '200 200', 'SOLDOUT', 'paid', 'apply:pending apply:paid'],
    ['ogone', 'uncertain', [{say => 'uncertain'}], '200', 'PENDING', 'pending', 'apply:pending'],
    ['ogone', 'paid, then refunded', [{}, {say => 'refunded', operation => 1}], '200 200', 'PAYBACK', 'refunded', 'apply:paid apply:refunded'],
    ['ogone', 'paid, then refunded in two parts', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 2000, operation => 2}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded apply:refunded'],
    ['ogone', 'a refund told twice', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 1000, operation => 1}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded'],
    ['ogone', 'refunded before it was paid', [{say => 'refunded', operation => 1}, {}], '200 200', 'PAYBACK', 'refunded',
        'apply:refunded apply:paid'],
    ['ogone', 'paid, then deleted', [{}, {say => 'deleted'}], '200 200', 'PAYBACK', 'refunded', 'apply:paid apply:cancelled'],
    ['ogone', 'paid twice', [{}, {payid => '3999999999'}], '200 200', 'SOLDOUT', 'paid', 'apply:paid duplicate-payment:paid'],
    ['axepta', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'quarantine:paid apply:paid'],
    ['axepta', 'refused', [{say => 'refused'}], '200', 'REFUSED', 'refused', 'quarantine:refused apply:refused'],
    ['axepta', 'cancelled', [{say => 'cancelled'}], '200', 'PLACED', 'cancelled', 'quarantine:cancelled apply:cancelled'],
    ['axepta', 'pending, then paid', [{say => 'pending'}, {}], '200 200', 'SOLDOUT', 'paid',
        'quarantine:pending apply:pending quarantine:paid apply:paid'],
    ['axepta', 'refused, then paid by the same try', [{say => 'refused'}, {}], '200 200', 'SOLDOUT', 'paid',
        'quarantine:refused apply:refused quarantine:paid apply:paid'],
    ['axepta', 'paid, then late news', [{}, {say => 'pending'}], '200 200', 'SOLDOUT', 'paid',
        'quarantine:paid apply:paid quarantine:pending ignore-stale:pending'],
    ['axepta', 'another amount', [{api => {amount => 1}}], '200', 'PLACED', 'redirected', 'quarantine:paid mismatch:paid'],
    ['axepta', 'another currency', [{api => {currency => 'USD'}}], '200', 'PLACED', 'redirected', 'quarantine:paid mismatch:paid'],
    ['axepta', 'a word that nobody knows', [{say => 'unheard'}], '200', 'PLACED', 'redirected', 'quarantine quarantine'],
    ['axepta', 'a payment that the bank does not know', [{secretly => 1}], '200', 'PLACED', 'redirected', 'quarantine:paid'],
    ['axepta', 'a payment that the bank knows otherwise', [{api => {say => 'refused'}}], '200', 'REFUSED', 'refused',
        'quarantine:paid apply:refused'],
    ['axepta', 'a changed byte', [{tamper => sub { $_[0] =~ s/Data=\K(.)/$1 eq '0' ? '1' : '0'/er }}], '403', 'PLACED', 'redirected', ''],
    ['axepta', 'a changed length', [{tamper => sub { $_[0] =~ s/Len=\K\d+/9999/r }}], '403', 'PLACED', 'redirected', ''],
    ['axepta', 'no hexadecimal digits', [{tamper => sub { $_[0] =~ s/Data=\K../zz/r }}], '400', 'PLACED', 'redirected', ''],
    ['axepta', 'another HMAC key', [{key => 'x' x 32}], '403', 'PLACED', 'redirected', ''],
    ['axepta', 'another encryption key', [{blowfish => 'y' x 16}], '403', 'PLACED', 'redirected', ''],
    ['axepta', 'another merchant', [{merchant => 'SOMEBODY'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['axepta', 'paid twice', [{}, {payid => 'f' x 32}], '200 200', 'SOLDOUT', 'paid',
        'quarantine:paid apply:paid quarantine:paid duplicate-payment:paid'],
    ['axepta_live', 'test in live', [{key => '4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8', blowfish => 'Tc5*2D_xs7B[6E?w',
        merchant => 'BNP_DEMO_AXEPTA', secretly => 1}], '403', 'PLACED', 'redirected', ''],
    ['worldline', 'a changed byte', [{tamper => sub { $_[0] =~ s/"amount":1/"amount":2/r }}], '403', 'PLACED', 'redirected', ''],
    ['worldline', 'another secret', [{key => 'the-next-hook-secret'}], '403', 'PLACED', 'redirected', ''],
    ['worldline', 'a key that nobody knows', [{hook => 'old-hook-key'}], '403', 'PLACED', 'redirected', ''],
    ['worldline', 'the next key', [{hook => 'next-hook-key', key => 'the-next-hook-secret'}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['worldline', 'no JSON', [{tamper => sub { 'merchantId=ATELIER' }}], '400', 'PLACED', 'redirected', ''],
    ['worldline', 'another merchant', [{merchant => 'SOMEBODY'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['worldline', 'another version', [{version => 'v2'}], '200', 'PLACED', 'redirected', 'quarantine:paid'],
    ['worldline', 'another kind', [{say => 'other'}], '200', 'PLACED', 'redirected', ''],
    ['worldline', 'a page that is not the one of the try', [{reference => '4999999999'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['worldline', 'paid, then not captured', [{}, {say => 'failed'}], '200 200', 'FAILED', 'error', 'apply:paid apply:error'],
    ['worldline', 'paid, then refunded', [{}, {say => 'requested'}, {say => 'refunded'}], '200 200 200', 'PAYBACK', 'refunded',
        'apply:paid ignore-type apply:refunded'],
    ['worldline', 'paid, then refunded in two parts', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 2000, operation => 2}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded apply:refunded'],
    ['worldline', 'one refund, told of the payment and of itself', [{}, {say => 'returned'}, {say => 'refunded', amount => 1000},
        {say => 'returned', operation => 2}], '200 200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid ignore-type:refunded apply:refunded ignore-type:refunded'],
    ['worldline', 'refunded before it was paid', [{say => 'refunded'}, {}], '200 200', 'PAYBACK', 'refunded', 'apply:refunded apply:paid'],
    ['worldline', 'charged back', [{}, {say => 'disputed'}], '200 200', 'RECOVERING', 'chargeback', 'apply:paid apply:chargeback'],
    ['worldline', 'paid twice', [{}, {payid => '4999999998', operation => 2}], '200 200', 'SOLDOUT', 'paid',
        'apply:paid duplicate-payment:paid'],
    ['worldline_live', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['worldline_live', 'test in live', [{key => 'demo-hook-secret', hook => 'demo-hook-key'}], '403', 'PLACED', 'redirected', ''],
    ['stripe', 'a changed byte', [{tamper => sub { $_[0] =~ s/"amount_total":1/"amount_total":2/r }}], '400', 'PLACED', 'redirected', ''],
    ['stripe', 'the secret of another endpoint', [{key => 'whsec_of_another_endpoint'}], '400', 'PLACED', 'redirected', ''],
    ['stripe', 'an old request', [{age => 400}], '400', 'PLACED', 'redirected', ''],
    ['stripe', 'from the future', [{age => -400}], '400', 'PLACED', 'redirected', ''],
    ['stripe', 'no JSON', [{tamper => sub { 'id=evt_1&type=x' }}], '400', 'PLACED', 'redirected', ''],
    ['stripe', 'a session that is not the one of the try', [{reference => 'cs_test_somebodyelses'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['stripe', 'live in test', [{live => 1}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['stripe', 'another type', [{say => 'other'}], '200', 'PLACED', 'redirected', ''],
    ['stripe', 'pending, then paid by a delayed method', [{say => 'pending'}, {say => 'succeeded'}], '200 200', 'SOLDOUT', 'paid',
        'apply:pending apply:paid'],
    ['stripe', 'paid, then refunded', [{}, {say => 'refunded'}], '200 200', 'PAYBACK', 'refunded', 'apply:paid apply:refunded'],
    ['stripe', 'paid, then refunded in two parts', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 1500, before => 1000, operation => 2}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded apply:refunded'],
    ['stripe', 'a refund told twice', [{}, {say => 'refunded', amount => 1000}, {say => 'refunded', amount => 1000, operation => 'again'}],
        '200 200 200', 'SOLDOUT', 'partially_refunded', 'apply:paid apply:refunded ignore-duplicate:refunded'],
    ['stripe', 'refunded before it was paid', [{say => 'refunded'}, {}], '200 200', 'PAYBACK', 'refunded', 'apply:refunded apply:paid'],
    ['stripe', 'disputed', [{}, {say => 'disputed'}], '200 200', 'RECOVERING', 'chargeback', 'apply:paid apply:chargeback'],
    ['stripe', 'disputed and lost', [{}, {say => 'disputed'}, {say => 'lost'}], '200 200 200', 'RECOVERING', 'chargeback',
        'apply:paid apply:chargeback ignore-stale:chargeback'],
    ['stripe', 'disputed and won', [{}, {say => 'disputed'}, {say => 'won'}], '200 200 200', 'SOLDOUT', 'paid',
        'apply:paid apply:chargeback apply:paid'],
    ['stripe', 'an inquiry takes no money', [{}, {say => 'inquiry'}], '200 200', 'SOLDOUT', 'paid',
        'apply:paid ignore-type:chargeback'],
    ['stripe', 'a refund that failed', [{}, {say => 'failed', amount => 1000}], '200 200', 'SOLDOUT', 'paid', 'apply:paid apply'],
    ['stripe', 'paid twice', [{}, {payid => 'pi_another', operation => 2}], '200 200', 'SOLDOUT', 'paid', 'apply:paid duplicate-payment:paid'],
    ['stripe_live', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['stripe_live', 'test in live', [{live => 0}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['paypal_std', 'refused', [{say => 'refused'}], '200', 'REFUSED', 'refused', 'apply:refused'],
    ['paypal_std', 'cancelled', [{say => 'cancelled'}], '200', 'PLACED', 'cancelled', 'apply:cancelled'],
    ['paypal_std', 'pending, then paid under the same number', [{say => 'pending'}, {}], '200 200', 'SOLDOUT', 'paid',
        'apply:pending apply:paid'],
    ['paypal_std', 'paid, then late news', [{}, {say => 'pending'}], '200 200', 'SOLDOUT', 'paid', 'apply:paid ignore-stale:pending'],
    ['paypal_std', 'another amount', [{amount => 1}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'another currency', [{currency => 'USD'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'a word that nobody knows', [{say => 'unheard'}], '200', 'PLACED', 'redirected', 'quarantine'],
    ['paypal_std', 'a message that PayPal has not sent', [{secretly => 1}], '200', 'PLACED', 'redirected', ''],
    ['paypal_std', 'a changed byte', [{tamper => sub { $_[0] =~ s/mc_gross=\K./9/r }}], '200', 'PLACED', 'redirected', ''],
    ['paypal_std', 'the same written otherwise', [{tamper => sub { $_[0] =~ s/%40/@/r }}], '200', 'PLACED', 'redirected', ''],
    ['paypal_std', 'a name twice', [{tamper => sub { "$_[0]&mc_gross=0.01" }}], '200', 'PLACED', 'redirected', ''],
    ['paypal_std', 'an amount with a comma', [{text => '49,90'}], '200', 'PLACED', 'redirected', ''],
    ['paypal_std', 'money of somebody else', [{fields => {receiver_id => 'ZZZZZZZZZZZZZ'}}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'live in test', [{fields => {test_ipn => undef}}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'a payment by no button', [{fields => {txn_type => 'send_money'}}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['paypal_std', 'paid, then refunded', [{}, {say => 'refunded', operation => 1}], '200 200', 'PAYBACK', 'refunded', 'apply:paid apply:refunded'],
    ['paypal_std', 'paid, then refunded in two parts', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 2000, operation => 2}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'apply:paid apply:refunded apply:refunded'],
    ['paypal_std', 'refunded before it was paid', [{say => 'refunded', operation => 1}, {}], '200 200', 'PAYBACK', 'refunded',
        'apply:refunded apply:paid'],
    ['paypal_std', 'reversed, and the reversal undone', [{}, {say => 'chargeback', operation => 1}, {say => 'restored', operation => 2}],
        '200 200 200', 'SOLDOUT', 'paid', 'apply:paid apply:chargeback apply:paid'],
    ['paypal_std', 'a case that was opened', [{}, {fields => {payment_status => undef, txn_type => 'new_case', case_id => 'PP-D-1'}}],
        '200 200', 'SOLDOUT', 'paid', 'apply:paid apply'],
    ['paypal_std', 'paid twice', [{}, {payid => 'ANOTHER'}], '200 200', 'SOLDOUT', 'paid', 'apply:paid duplicate-payment:paid'],
    ['paypal', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'quarantine:paid apply:paid'],
    ['paypal', 'approved, then captured by us', [{say => 'approved'}], '200', 'SOLDOUT', 'paid', 'quarantine:pending apply:paid'],
    ['paypal', 'refused', [{say => 'refused'}], '200', 'REFUSED', 'refused', 'quarantine:refused apply:refused'],
    ['paypal', 'pending, then paid', [{say => 'pending'}, {}], '200 200', 'SOLDOUT', 'paid',
        'quarantine:pending apply:pending quarantine:paid apply:paid'],
    ['paypal', 'another amount', [{api => {paid => 1}}], '200', 'PLACED', 'redirected', 'quarantine:paid mismatch:paid'],
    ['paypal', 'another currency', [{api => {currency => 'USD'}}], '200', 'PLACED', 'redirected', 'quarantine:paid mismatch:paid'],
    ['paypal', 'another merchant', [{api => {merchant => 'ZZZZZZZZZZZZZ'}}], '200', 'PLACED', 'redirected', 'quarantine:paid mismatch:paid'],
    ['paypal', 'an amount that the webhook alone says', [{amount => 1, api => {amount => 1}}], '200', 'SOLDOUT', 'paid',
        'quarantine:paid apply:paid'],
    ['paypal', 'a capture that PayPal does not know', [{secretly => 1}], '200', 'PLACED', 'redirected', 'quarantine:paid'],
    ['paypal', 'another kind of event', [{say => 'other'}], '200', 'PLACED', 'redirected', 'ignore-type'],
    ['paypal', 'a changed byte', [{tamper => sub { $_[0] =~ s/"value":"./"value":"9/r }}], '200', 'PLACED', 'redirected', ''],
    ['paypal', 'of another webhook', [{headers => {webhook => 'ANOTHER'}}], '200', 'PLACED', 'redirected', ''],
    ['paypal', 'signed by a certificate that nobody trusts', [{headers => {cert => 'CERT-nobody'}}], '200', 'PLACED', 'redirected', ''],
    ['paypal', 'signed by a certificate of another name', [{headers => {cert => 'CERT-name'}}], '200', 'PLACED', 'redirected', ''],
    ['paypal', 'a certificate from elsewhere', [{headers => {url => 'https://evil.example/v1/notifications/certs/CERT-good'}}], '403',
        'PLACED', 'redirected', ''],
    ['paypal', 'another algorithm', [{headers => {algo => 'SHA1withRSA'}}], '403', 'PLACED', 'redirected', ''],
    ['paypal', 'five days old', [{headers => {at => time - 5 * 86400}}], '403', 'PLACED', 'redirected', ''],
    ['paypal', 'from the future', [{headers => {at => time + 3600}}], '403', 'PLACED', 'redirected', ''],
    ['paypal', 'no JSON', [{tamper => sub { '{' }}], '400', 'PLACED', 'redirected', ''],
    ['paypal', 'paid, then refunded', [{}, {say => 'refunded', operation => 1}], '200 200', 'PAYBACK', 'refunded',
        'quarantine:paid apply:paid quarantine:refunded apply:refunded'],
    ['paypal', 'paid, then refunded in two parts', [{}, {say => 'refunded', amount => 1000, operation => 1},
        {say => 'refunded', amount => 2000, operation => 2, before => [[1, 1000]]}], '200 200 200', 'SOLDOUT', 'partially_refunded',
        'quarantine:paid apply:paid quarantine:refunded apply:refunded quarantine:refunded apply:refunded'],
    ['paypal', 'refunded before it was paid', [{say => 'refunded', operation => 1}], '200', 'PAYBACK', 'refunded',
        'quarantine:refunded apply:paid apply:refunded'],
    ['paypal', 'reversed', [{}, {say => 'chargeback'}], '200 200', 'RECOVERING', 'chargeback', 'quarantine:paid apply:paid apply:chargeback'],
    ['paypal', 'disputed', [{}, {say => 'disputed'}], '200 200', 'SOLDOUT', 'paid', 'quarantine:paid apply:paid apply'],
    ['paypal', 'one number for two messages', [{headers => {id => 'T-1'}}, {say => 'chargeback', headers => {id => 'T-1'}}], '200 200',
        'SOLDOUT', 'paid', 'quarantine:paid apply:paid'],
    ['ogone_live', 'paid', [{}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['ogone_live', 'test in live', [{key => 'Demo-Out-Passphrase!1'}], '403', 'PLACED', 'redirected', ''],
    ['mercanet_live', 'paid', [{platform => 'PROD'}], '200', 'SOLDOUT', 'paid', 'apply:paid'],
    ['mercanet_live', 'test in live', [{platform => 'SIMU'}], '200', 'PLACED', 'redirected', 'mismatch:paid'],
    ['mercanet_live', 'test account in live', [{key => '002001000000001_KEY1', merchant => '002001000000001'}], '403', 'PLACED',
        'redirected', ''],
);

for my $case (@cases) {
    my ($block, $name, $messages, $answers, $status, $state, $verdicts) = @{$case};
    my $teller = $teller{$block};
    my $order  = $teller->placed;
    my @answers = map { $teller->tell($order, %{$_}) } @{$messages};
    is(join(' ', map { $_->{status} } @answers), $answers, "$block, $name: answers");
    is(join(' | ', $teller->status($order), $teller->state($order), $teller->verdicts($order)), "$status | $state | $verdicts",
        "$block, $name");
}

is($t->sql(q{select count(*) from shop.alerts where kind = 'noted' and details ->> 'provider_status' = 'refund.failed'}), 1, 'staff are told of the refund that failed');

for my $block (qw(mercanet ogone axepta stripe worldline paypal paypal_std)) {
    my $teller = $teller{$block};
    my $order  = $teller->placed;
    $teller->tell($order) for 1 .. 3;
    is($teller->verdicts($order), ($teller->asks ? 'quarantine:paid ' : '') . 'apply:paid', "$block, told three times: applied once");
    is($t->sql('select max(e.repeats) from shop.payment_events e join shop.bills b on b.id = e.billid where b.transid = ?', $order->{transid}),
        2, '… and counted');

    my $nobody = {%{$teller->placed}, transid => "NOSUCHORDEROF" . uc $block =~ tr/_//dr, provider_ref => 'NOSUCHTRYA1', attempt => 0};
    is($teller->tell($nobody)->{status}, 200, "$block, of an unknown order");
    is($teller->verdicts($nobody), 'unknown-order:paid', '… kept for staff') if !$teller->asks;

    my $twice = $teller->placed;
    my $twin  = $teller->attempt($twice);
    if ($twin->{attempt} != $twice->{attempt}) {
        $teller->tell($twice);
        $teller->tell($twin);
        is(join(' ', $teller->status($twice), $teller->state($twice), $teller->state($twin)), 'SOLDOUT paid paid',
            "$block, paid by two tries: kept as money that came twice");
    }

    my $late = $teller->placed;
    $t->dbh->do(q{update shop.bills set status = 'CANCELLED' where transid = ?}, undef, $late->{transid});
    is($teller->tell($late)->{status}, 200, "$block, paid after it was cancelled");
    is($t->sql('select status || late from shop.bills where transid = ?', $late->{transid}), 'SOLDOUTtrue', '… is paid, with a flag');
    is($t->sql(q{select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where kind = 'late_payment' and transid = ?},
        $late->{transid}), 1, '… for staff');
}

sub due { $t->dbh->do('update shop.payment_attempts set askat = now() where askat is not null'); return }

my $applied = sub { return $t->status->{counts}{notify_applied} };
my $counted = $applied->();
$teller{paypal_std}->tell($teller{paypal_std}->placed);
ok(wait_for(sub { $applied->() == $counted + 1 }, $LIMIT, 0.1), 'what was applied when its proof had come is counted as well');

# PayPal's certificates, and PayPal out of reach: nothing is lost.
my $fetched = sub { return decode_json(Shop::Http->new(base => "http://127.0.0.1:$port")->get('/control/payments')->{body})->{certificates}{"CERT-$_[0]"} // 0 };
my $hook = sub {
    my ($order, @case) = @_;
    my ($body, %headers) = $teller{paypal}->message($order, @case);
    return $teller{paypal}->post($body, headers => \%headers)->{status};
};
my $comes = sub {
    my ($order) = @_;
    return wait_for(sub { due(); $t->dbh->do('update shop.payment_messages set proveat = now() where proveat > now()');
        $teller{paypal}->status($order) eq 'SOLDOUT' }, $LIMIT, 0.2);
};
is($fetched->('good'), 1, 'one certificate for all webhooks before');
my $rotated = $teller{paypal}->placed;
is($teller{paypal}->tell($rotated, headers => {cert => 'CERT-next'})->{status} . $teller{paypal}->status($rotated), '200SOLDOUT', 'the next certificate');
$teller{paypal}->tell($teller{paypal}->placed, headers => {cert => "CERT-$_"}) for qw(next good);
is($fetched->('next') . $fetched->('good'), '11', '… is fetched once, and the old one is still known');

$t->control('providers', {certificates => 1});
my $unproved = $teller{paypal}->placed;
is($hook->($unproved, headers => {cert => 'CERT-late'}), 200, 'a certificate that is not to be had: accepted');
ok(wait_for(sub { $fetched->('late') > 0 && $t->sql('select count(*) from shop.payment_messages where verdict is null and tries > 0') }, $LIMIT, 0.1),
    '… and kept');
is($teller{paypal}->status($unproved), 'PLACED', '… but not believed');
$t->control('providers', {certificates => 0});
ok($comes->($unproved), '… until it is there');

$t->control('providers', {answer => 503});
my $unheard = $teller{paypal}->placed;
is($hook->($unheard), 200, 'an API that is not to be had: accepted');
ok(wait_for(sub { $t->sql('select unheard from shop.payment_attempts where id = ?', $unheard->{attempt}) > 0 }, $LIMIT, 0.1), '… and asked');
is($teller{paypal}->status($unheard), 'PLACED', '… before it is believed');
$t->control('providers', {answer => 0});
ok($comes->($unheard), '… which it is when PayPal answers');

my $greeting = sub { $t->http->request('GET', "/shop/pay/$_[0]/notify", headers => {'X-GCS-Webhooks-Endpoint-Verification' => $_[1]}) };
is($greeting->('worldline', 'a1b2-C3')->{body}, 'a1b2-C3', 'worldline checks the address: told its own word');
is($greeting->('worldline', '<b>')->{status}, 405, '… but nothing else');
is($greeting->('ogone', 'a1b2')->{status}, 405, '… and nobody else');


# --- with a browser ---

# Fifty notifications at once: each is accepted, one pays.
sub once {
    my ($transid) = @_;
    my $payment = ($t->payments)[-1];
    is(join(' ', @{$payment->{notices}}), join(' ', (200) x 50), '… told fifty times at once');
    is($t->sql(q{select count(*) from shop.payment_events v join shop.bills b on b.id = v.billid
        where b.transid = ? and v.verdict = 'apply' and v.state = 'paid'}, $transid), 1, '… paid once');
    return;
}

for my $block (qw(mercanet ogone axepta stripe worldline paypal paypal_std)) {
    for my $case (['paid', 'produce.paid'], ['refused', 'produce.refused'], ['cancelled', 'produce.cancelled']) {
        my ($outcome, $text) = @{$case};
        my $buyer = Shop::Buyer->new(base => $t->base);
        $buyer->add('excel_basics');
        $buyer->checkout;
        $buyer->order($block);
        $t->control('providers', {repeat => $outcome eq 'paid' ? 50 : 1});
        $buyer->pay_hosted($outcome);
        like($buyer->path, qr{/shop/ac/order/\w+/done}, "$block, $outcome on the provider's page: back at the order");
        ok(wait_for(sub { $buyer->open($buyer->path); $buyer->says($text) }, $LIMIT, 0.1), '… which says so');
        once($buyer->path =~ m{order/(\w+)/done}) if $outcome eq 'paid';
    }

    next if $block eq 'paypal_std';    # nobody can be asked
    $t->control('providers', {notify => 'never'});
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order($block);
    $buyer->pay_hosted('paid');
    my ($transid) = $buyer->path =~ m{order/(\w+)/done};
    is($t->sql(q{select count(*) from shop.payment_events v join shop.bills b on b.id = v.billid
        where b.transid = ? and v.channel = 'notification'}, $transid), 0, "$block, no notification comes");
    due();
    ok(wait_for(sub { $t->sql('select status from shop.bills where transid = ?', $transid) eq 'SOLDOUT' }, $LIMIT, 0.1),
        '… found paid by asking');
    $t->control('providers', {notify => 'before'});
}

unlike($t->error_log, qr/KeyOfTheRealMerchant|the-key-before|_KEY1|Seal|Passphrase|api-password|_EncKey_|HMAC_key|sk_test|whsec|hook-secret|api-secret|RETURNMAC|GCS v1|zoe\@/, 'nothing secret or personal in the log');
$t->finish;
done_testing();
