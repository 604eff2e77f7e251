#!/usr/bin/perl

# A certificate that the shop itself issues: it is printed as PDF by its buyer, the same each time; anybody
# can check its number; nobody else gets the document; a revoked one is not printed. It is also a signed
# credential that somebody else's code verifies with the published key.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(slurp spew top);
use JSON::PP qw(decode_json);

my $t = Shop::Test->new(patient => 1, start => 0);
my @keys = map { "$t->{dir}/secrets/$_" } qw(signing retired);
system(qw(openssl genpkey -algorithm ed25519 -out), $_) == 0 && chmod 0600, $_ for @keys;
$t->{option}{http} = "shop_signing_key @keys;";
$t->write_conf;
$t->start_nginx;
my $b = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Camille', lastname => 'Martin', email => 'camille.martin@example.org'});

$b->add('mooc_attestation');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->submit(qr{/login$}, {});
my ($link) = $t->mail_to('camille.martin@example.org', qr/./)->{text} =~ m{(http://\S+/login/complete\?\S+)};
$b->open($link);
$b->submit(qr{step/customer$}, {}, go => 1);
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'paid and issued');

my ($number, $holder, $course) = $t->dbh->selectrow_array('select number, holder, course from shop.certificates');
like($number, qr/^C-\d{4}-/, 'it has a number');
is($holder, 'Camille Martin', 'the name is the one that Moodle knows');

$b->open($b->path);
my ($print) = grep { $_->{href} =~ /\Q$number\E/ } $b->page->links;
ok($print, 'the order offers to print it') or BAIL_OUT('no link');


sub text_of {
    my ($pdf) = @_;
    my $file = spew($t->dir . '/certificate.pdf', $pdf);
    open my $out, '-|:encoding(UTF-8)', 'pdftotext', '-layout', $file, '-' or die "pdftotext: $!";
    local $/ = undef;
    my $text = <$out>;
    close $out;
    $text =~ s/\s+/ /g;
    return $text;
}


my $answer = $b->http->get($print->{href});
is($answer->{status}, 200, 'it is printed');
is($answer->{headers}{'content-type'}, 'application/pdf', 'as PDF');
like($answer->{headers}{'cache-control'}, qr/no-store/, 'which no cache keeps');
like($answer->{headers}{'content-disposition'}, qr/inline; filename="\Q$number\E\.pdf"/, 'with its number as name');
my $text = text_of($answer->{body});
like($text, qr/Camille Martin/,  'the holder');
like($text, qr/\Q$course\E/,     'the course');
like($text, qr/\Q$number\E/,     'the number');
like($text, qr/Atelier Campus/,  'who issued it');
like($text, qr/completed on /,   'when it was completed');
is($b->http->get($print->{href})->{body}, $answer->{body}, 'printed again it is the same');

my $stranger = Shop::Buyer->new(base => $t->base);
(my $bare = $print->{href}) =~ s/\?.*//;
is($stranger->http->get($bare)->{status}, 404, 'nobody else gets it');
is($b->http->get($bare =~ s/\Q$number\E/C-2026-UNKNOWN/r)->{status}, 404, 'another number is none of this order');

$stranger->open("certificate/$number");
like($stranger->page->text, qr/authentic and valid.*Camille Martin.*\Q$course\E/, 'anybody can check the number');

my ($signed) = grep { $_->{href} =~ m{/credential$} } $stranger->page->links;
ok($signed, 'and take the signed credential');
my $h = $stranger->http;
$answer = $h->get($signed->{href});
is("$answer->{status} $answer->{headers}{'content-type'}", '200 application/vc+jwt', 'which is a token');


sub verified {
    my ($jws, $key) = @_;
    my ($file, $jwk) = (spew($t->dir . '/credential.jwt', $jws), spew($t->dir . '/key.jwk', $key));
    open my $out, '-|', 'node', top() . '/t/flow/verify_credential.mjs', $file, $jwk or die "node: $!";
    local $/ = undef;
    my $json = <$out>;
    return close $out ? decode_json($json) : undef;
}


my $issuer  = decode_json($h->get('/shop/ac/-/issuer')->{body});
my @methods = @{$issuer->{verificationMethod}};
is(scalar @methods, 2, 'the issuer names the key that signs and the one that signed');
my $key  = $h->get($methods[0]{id} =~ s{^https?://[^/]+}{}r)->{body};
my $said = verified($answer->{body}, $key);
ok($said, 'somebody else\'s code finds the signature right');
is($said->{header}{kid}, $methods[0]{id}, 'it names the key by its address');
like($said->{header}{kid}, qr{/\Q$said->{thumbprint}\E$}, 'whose name is its thumbprint');
my $credential = $said->{credential};
is($credential->{credentialSubject}{identifier}[0]{identityHash}, $holder, 'it says the holder');
is($credential->{credentialSubject}{achievement}{name}, $course, 'and the course');
is($credential->{issuer}{id}, $issuer->{id}, 'and the issuer');
like($credential->{id}, qr{/shop/ac/certificate/\Q$number\E$}, 'its id leads to the page');
my $other = $h->get($methods[1]{id} =~ s{^https?://[^/]+}{}r)->{body};
{
    open my $quiet, '>&', \*STDERR or die $!;
    open STDERR, '>', '/dev/null' or die $!;
    ok(!verified($answer->{body}, $other), 'another key does not verify it');
    my ($head, $claims, $signature) = split /[.]/, $answer->{body};
    substr $claims, 40, 1, substr($claims, 40, 1) eq 'A' ? 'B' : 'A';
    ok(!verified("$head.$claims.$signature", $key), 'nor what was changed');
    open STDERR, '>&', $quiet or die $!;
}
my $status = $credential->{credentialStatus}{id} =~ s{^https?://[^/]+}{}r;
is_deeply(decode_json($h->get($status)->{body})->{revokedCredentials}, [], 'it is not revoked');
is($h->get('/shop/ac/certificate/C-2026-UNKNOWN/credential')->{status}, 404, 'an unknown number has none');
is($h->get('/shop/ac/-/keys/unknown')->{status}, 404, 'nor an unknown key');

$t->dbh->do('update shop.certificates set revokedat = now()');
is($h->get($signed->{href})->{status}, 404, 'a revoked one is not signed any more');
is_deeply(decode_json($h->get($status)->{body})->{revokedCredentials}, [{id => $credential->{id}}], 'and named as revoked');
$stranger->open("certificate/$number");
like($stranger->page->text, qr/has been revoked/, 'a revoked one is told');
is($b->http->get($print->{href})->{status}, 404, 'and not printed any more');

$t->finish;
done_testing();
