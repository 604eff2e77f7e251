#!/usr/bin/perl

# Somebody opens the shop from a platform that speaks LTI 1.3: the visit begins in his browser, the platform posts a
# token that it signed, and he is logged in with the cart that he had. Tokens that are forged in any way are refused,
# keys are asked for when they change, and each visit counts once, in the browser where it began.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Digest::SHA qw(hmac_sha256);
use JSON::PP ();
use MIME::Base64 qw(encode_base64url);
use Test::More;

use Shop::Buyer;
use Shop::Http;
use Shop::Learner;
use Shop::Page;
use Shop::Test qw(slurp spew);
use Shop::Texts qw(pattern);

my $t = Shop::Test->new(patient => 1, bank => 0, start => 0);
my $site = "http://127.0.0.1:$t->{moodle_port}";
my $claim = 'https://purl.imsglobal.org/spec/lti/claim/';
my $json = JSON::PP->new->canonical->utf8;
$t->{option}{http} = "shop_lti_platform issuer=$site client_id=shop deployment=7,8; "
    . "shop_lti_platform issuer=$site client_id=open deployment=1 trust_email=off;";
$t->write_conf;
$t->start_nginx;
my $camille = Shop::Learner->new($t, 'camille.martin@example.org')->account;


sub make_key {
    my ($name) = @_;
    my $file = "$t->{dir}/secrets/$name.pem";
    system("openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out $file 2>/dev/null") == 0 or die "openssl\n";
    my ($n) = `openssl rsa -in $file -modulus -noout` =~ /Modulus=(\w+)/;
    return {file => $file, public => {kty => 'RSA', alg => 'RS256', use => 'sig', kid => $name, e => 'AQAB', n => encode_base64url(pack 'H*', $n)}};
}


sub sign {
    my ($key, $text) = @_;
    spew("$t->{dir}/to-sign", $text);
    return scalar `openssl dgst -sha256 -sign $key->{file} $t->{dir}/to-sign`;
}


sub token {
    my ($key, $claims, $header) = @_;
    my $text = join q{.}, map { encode_base64url($json->encode($_)) } {alg => 'RS256', typ => 'JWT', kid => $key->{public}{kid}, %{$header // {}}}, $claims;
    my $alg = $header->{alg} // 'RS256';
    return "$text." . encode_base64url($alg eq 'HS256' ? hmac_sha256($text, $key->{public}{n}) : $alg eq 'none' ? 'x' : sign($key, $text));
}


# The platform begins: gives the browser, and what it was told.
sub begin {
    my ($http, %more) = @_;
    my $answer = $http->post('/shop/ac/lti/login', {iss => $site, login_hint => $camille->{id}, target_link_uri => $t->base . '/shop/ac/',
        lti_message_hint => '{"cmid":1}', client_id => 'shop', %more}, headers => {Origin => $site, 'Accept-Language' => 'en'});
    my %told = map { s/%([0-9A-F]{2})/chr hex $1/ger } map { split /=/, $_, 2 } split /&/, ($answer->{headers}{location} // q{}) =~ s/^[^?]*[?]//r;
    return ($answer, \%told);
}


sub claims {
    my ($told, %change) = @_;
    my %claims = (iss => $site, aud => 'shop', exp => time + 60, iat => time, nonce => $told->{nonce}, sub => "$camille->{id}",
        name => 'Camille Martin', given_name => 'Camille', family_name => 'Martin', email => 'camille.martin@example.org',
        "${claim}deployment_id" => '7', "${claim}message_type" => 'LtiResourceLinkRequest', "${claim}version" => '1.3.0',
        "${claim}custom" => {target => '/shop/ac/p/gdpr_essentials'}, %change);
    delete @claims{grep { !defined $claims{$_} } keys %claims};
    return \%claims;
}


sub launch {
    my ($http, $told, $token) = @_;
    return $http->post('/shop/ac/lti/launch', {id_token => $token, state => $told->{state}}, headers => {Origin => $site, 'Accept-Language' => 'en'});
}


sub cookies_of { my ($http, $answer) = @_; /^(\w+)=([\w-]+);/ and $http->{cookies}{$1} = $2 for @{$answer->{set_cookie} // []}; return }


my $key = make_key('one');
$t->control('moodle', {action => 'keys', keys => [$key->{public}]});
my $b = Shop::Buyer->new(base => $t->base);
$b->add('gdpr_essentials');
my ($answer, $told) = begin($b->http);
is($answer->{status}, 303, 'the visit begins');
like($answer->{headers}{location}, qr{^\Q$site\E/mod/lti/auth\.php\?scope=openid&response_type=id_token&response_mode=form_post&prompt=none&}, 'at the page of the platform');
is($told->{login_hint}, $camille->{id}, 'for whom it named');
is($told->{redirect_uri}, $t->base . '/shop/ac/lti/launch', 'and back here');
is($told->{lti_message_hint}, '{"cmid":1}', 'with its own note');
cookies_of($b->http, $answer);
my $elsewhere = Shop::Http->new(base => $t->base);
my $good = token($key, claims($told));
$answer = launch($elsewhere, $told, $good);
is($answer->{headers}{location}, '/shop/ac/login/launched', 'a signed token is accepted') or diag Shop::Page->new($answer)->text;
my ($code) = map {/^shoplaunch=([\w-]{43});/} @{$answer->{set_cookie}};
is(launch($elsewhere, $told, $good)->{status}, 403, 'once');

my $other = Shop::Buyer->new(base => $t->base);
my (undef, $theirs) = begin($other->http);
my ($stolen) = map {/^shoplaunch=([\w-]{43});/} @{launch(Shop::Http->new(base => $t->base), $theirs, token($key, claims($theirs)))->{set_cookie}};
my $victim = Shop::Buyer->new(base => $t->base);
$victim->http->{cookies}{shoplaunch} = $stolen;
is($victim->open('login/launched')->status, 422, 'a visit that began in another browser logs nobody in');

my $cookie = $b->http->{cookies}{shopsid};
$b->http->{cookies}{shoplaunch} = $code;
$b->open('login/launched');
is($b->path, '/shop/ac/p/gdpr_essentials', 'led where he wanted');
ok($b->says('login.welcome'), 'logged in');
like($b->page->text, qr/Camille Martin|camille\.martin/i, 'as himself');
isnt($b->http->{cookies}{shopsid}, $cookie, 'in a new session');
$b->open('cart');
like($b->page->text, qr/Data protection essentials/, 'with the cart that he had');

my $stranger = make_key('two');
my $asked = $t->control('moodle', {action => 'calls'})->{calls}{'mod/lti/certs.php'};
my $swapped = {%{$stranger}, public => {%{$stranger->{public}}, kid => 'one'}};
for my $case (
    [403, 'lti.forged',    'no algorithm',           [], {alg => 'none'}],
    [403, 'lti.forged',    'the public key as a secret', [], {alg => 'HS256'}],
    [403, 'lti.forged',    'a stronger word',        [], {alg => 'RS512'}],
    [403, 'lti.forged',    'extensions it insists on', [], {crit => ['x']}],
    [403, 'lti.forged',    'no name of a key',       [], {kid => q{}}],
    [403, 'lti.forged',    'a key that it brings',   [], {kid => 'two', jwk => $stranger->{public}}],
    [403, 'lti.forged',    'the key of a stranger under a known name', [], {}, $swapped],
    [403, 'lti.forged',    'another issuer',         [iss => 'https://evil.example']],
    [403, 'lti.forged',    'another audience',       [aud => 'somebody']],
    [403, 'lti.forged',    'many audiences, made for none', [aud => ['shop', 'x']]],
    [403, 'lti.forged',    'made for somebody else', [aud => ['shop', 'x'], azp => 'x']],
    [403, 'lti.forged',    'another deployment',     ["${claim}deployment_id" => '9']],
    [403, 'lti.stale',     'expired',                [exp => time - 120]],
    [403, 'lti.stale',     'from yesterday',         [iat => time - 86400]],
    [403, 'lti.stale',     'from tomorrow',          [iat => time + 86400]],
    [403, 'lti.stale',     'not yet valid',          [nbf => time + 86400]],
    [403, 'lti.stale',     'the nonce of another visit', [nonce => $told->{nonce}]],
    [403, 'lti.stale',     'no nonce',               [nonce => undef]],
    [403, 'lti.nobody',    'nobody',                 [sub => undef]],
    [403, 'lti.no_email',  'an address that is not shared', [email => undef]],
    [400, 'lti.malformed', 'another message',        ["${claim}message_type" => 'LtiDeepLinkingRequest']],
    [400, 'lti.malformed', 'another version',        ["${claim}version" => '1.1']],
) {
    my ($status, $text, $name, $change, $header, $with) = @{$case};
    my $http = Shop::Http->new(base => $t->base);
    my (undef, $visit) = begin($http);
    my $refused = launch($http, $visit, token($with // $key, claims($visit, @{$change}), $header));
    is($refused->{status}, $status, "$name: $status");
    like(Shop::Page->new($refused)->text, pattern('en', $text), '… with the reason');
    ok(!@{$refused->{set_cookie} // []}, '… and no cookie');
}
my (undef, $visit) = begin($elsewhere);
is(launch($elsewhere, $visit, token($key, claims($visit)) =~ s/\.[^.]*\z/./r)->{status}, 400, 'a token without signature');
is(launch($elsewhere, $visit, 'a.b.c')->{status}, 400, 'no token at all');
is(launch($elsewhere, {state => 'x' x 43}, token($key, claims($visit)))->{status}, 403, 'a state of nobody');
is((begin($elsewhere, iss => 'https://evil.example'))[0]{status}, 403, 'a platform that nobody knows');
is((begin($elsewhere, client_id => 'x'))[0]{status}, 403, 'or another client of it');
is((begin($elsewhere, login_hint => q{}))[0]{status}, 400, 'or nobody who comes');
cmp_ok($t->control('moodle', {action => 'calls'})->{calls}{'mod/lti/certs.php'}, '<=', $asked + 1, 'unknown keys are not asked for again and again');

$t->stop_nginx;
$t->start_nginx;
(undef, $visit) = begin($elsewhere);
is(launch($elsewhere, $visit, token($key, claims($visit)))->{status}, 303, 'a new worker asks for the keys');
$t->control('moodle', {action => 'keys', keys => [$stranger->{public}]});
(undef, $visit) = begin($elsewhere);
is(launch($elsewhere, $visit, token($stranger, claims($visit, aud => ['shop', 'x'], azp => 'shop')))->{status}, 303, 'a new key of the platform is asked for at once');
(undef, $visit) = begin($elsewhere);
is(launch($elsewhere, $visit, token($key, claims($visit)))->{status}, 403, 'the old one is gone');

my $careful = Shop::Buyer->new(base => $t->base);
($answer, $visit) = begin($careful->http, client_id => 'open');
cookies_of($careful->http, $answer);
($code) = map {/^shoplaunch=([\w-]{43});/} @{launch(Shop::Http->new(base => $t->base), $visit, token($stranger, claims($visit, aud => 'open', "${claim}deployment_id" => '1')))->{set_cookie}};
$careful->http->{cookies}{shoplaunch} = $code;
is($careful->open('login/launched')->status, 422, 'a platform that does not vouch for addresses');
ok($careful->says('lti.confirm_email'), '… has them proven');

$t->finish;
done_testing;
