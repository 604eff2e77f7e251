#!/usr/bin/perl

# Where a form or a link may lead: only to pages of the same shop, however the address is disguised; and no
# value of a visitor ends a header line.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);
my $home = $t->base . '/shop/ac/';

$b->add('gdpr_essentials');
$b->open('cart');
my $csrf = $b->value_of(qr{cart/clear$}, 'csrf');
my @evil = ('//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example', 'https:evil.example', 'http:///evil.example',
    '//evil.example/shop/ac/', '/shop/ac/../../evil', '/shop/ac/..//evil.example', '%2f%2fevil.example', '/%2fevil.example',
    '/shop/ac//evil.example', 'javascript:alert(1)', 'data:text/html,x', "/shop/ac/\r\nX-Evil: 1", "/shop/ac/%0d%0aX-Evil:1",
    "/shop/ac/\tx", '/shop/ac/ x', '/shop/acx', '/other', 'shop/ac/', '.', '/shop/ac/' . 'x' x 600, '@evil.example', '/shop/ac/@evil.example');


sub leads_home {
    my ($answer, $what) = @_;
    my $location = $answer->{headers}{location} // '';
    my $safe = $location eq '' || index($location, $home) == 0 || $location =~ m{^/shop/ac/};
    $safe = 0 if $location =~ m{\\|\s} || exists $answer->{headers}{'x-evil'};
    # what a browser makes of it
    my $path = $location =~ s{^\Q@{[$t->base]}\E}{}r;
    $path =~ s{/[^/]+/\.\.(?=/)}{} while $path =~ m{/[^/]+/\.\.(?=/)};
    $safe = 0 if $path =~ m{^//};
    ok($safe, "$what leads home") or diag $location;
    return;
}

for my $address (@evil) {
    my $shown = $address =~ s/[\r\n\t]/?/gr;
    $shown = substr $shown, 0, 40;
    leads_home($b->http->post('/shop/ac/cart/set', [csrf => $csrf, p => 'gdpr_essentials', quantity => 1, next => $address]), "a form: $shown");
    my $escaped = Shop::Http::escape($address);
    leads_home($b->http->get("/shop/ac/lang/en?next=$escaped"), "a language: $shown");
    leads_home($b->http->post('/shop/ac/cart/add', [csrf => $csrf, p => 'nothing'], headers => {Referer => $address =~ s/[\r\n]//gr}),
        "the page before: $shown");
    my $page = Shop::Page->new($b->http->get("/shop/ac/login?next=$escaped"));
    my ($next) = map { $_->{value} } grep { $_->{name} eq 'next' } @{$page->form(qr{/login$}, 'next')->{fields}};
    like($next, qr{^/shop/ac/}, "the log-in: $shown");
}
is($b->http->post('/shop/ac/cart/set', [csrf => $csrf, p => 'gdpr_essentials', quantity => 1, next => '/shop/ac/cart?x=1'])
    ->{headers}{location} =~ s{^http://[^/]+}{}r, '/shop/ac/cart?x=1', 'a page of the shop is one');
is($b->http->get('/shop/ac/lang/fr?next=%2Fshop%2Fac%2Fp%2Fgdpr_essentials')->{headers}{location} =~ s{^http://[^/]+}{}r,
    '/shop/ac/p/gdpr_essentials', 'also after choosing a language');

my $oliver = Shop::Buyer->new(base => $t->base, person => {email => 'oliver.smith@example.org'});
$oliver->http->post('/shop/ac/login', [email => 'oliver.smith@example.org', next => '//evil.example']);
my $mail = $t->mail_to('oliver.smith@example.org', qr/./);
my ($link) = $mail->{text} =~ m{(http://\S+login/complete\S+)};
leads_home($oliver->http->get($link), 'the link in a mail');

my $crlf = "a\r\nX-Evil: 1\r\n\r\nbody";
for my $path ('lang/' . Shop::Http::escape($crlf), 'c/' . Shop::Http::escape($crlf), 'p/' . Shop::Http::escape($crlf),
    'order/' . Shop::Http::escape($crlf), 'step/' . Shop::Http::escape($crlf), 'certificate/' . Shop::Http::escape($crlf))
{
    my $answer = $b->http->get("/shop/ac/$path");
    ok(!exists $answer->{headers}{'x-evil'}, 'no header of a visitor: ' . substr $path, 0, 12);
    like($answer->{status}, qr/^4/, 'and nothing there');
}
for my $field (qw(next p quantity passcode)) {
    my $answer = $b->http->post('/shop/ac/cart/add', [csrf => $csrf, p => 'gdpr_essentials', $field => $crlf]);
    ok(!exists $answer->{headers}{'x-evil'}, "nor of the field $field");
}
for my $cookie ("shoplang=en\r\nX-Evil: 1", 'shoplang=%0d%0aX-Evil:1', 'shoplang="en"') {
    my $answer = $t->http->get('/shop/ac/cart', headers => {Cookie => $cookie =~ s/[\r\n]//gr});
    ok(!exists $answer->{headers}{'x-evil'}, 'nor of a cookie');
}
my $answer = $t->http->get('/shop/ac/cart', headers => {Host => 'evil.example'});
unlike($answer->{body}, qr/evil/, 'the name in the request is in no page');
$answer = $t->http->post('/shop/ac/login', [email => 'ada@example.org'], headers => {Host => 'evil.example'});
$mail = $t->mail_to('ada@example.org', qr/./);
unlike($mail->{text}, qr/evil/, 'nor in a link that is mailed');

$t->finish;
done_testing;
