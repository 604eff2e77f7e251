#!/usr/bin/perl

# Pages that are the same for everybody: revalidated by their tag, compressed, without a cookie; they change
# with the catalogue, the language and what only this visitor sees. Personal pages are kept by nobody.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use IO::Uncompress::Gunzip qw(gunzip);

use Shop::Buyer;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, http => 'gzip on; gzip_min_length 1; gzip_types application/json;');
my $h = $t->http(headers => {'Accept-Language' => 'en'});


sub again { my ($path, $tag, %more) = @_; return $h->get($path, headers => {'If-None-Match' => $tag, %more}) }

for my $path ('/shop/ac/', '/shop/ac/c/office', '/shop/ac/p/excel-first-steps') {
    my $first = $h->get($path);
    my $tag   = $first->{headers}{etag};
    like($tag, qr/^"[0-9a-f]{32}"$/, "$path has a tag");
    is($first->{headers}{'cache-control'}, 'private, no-cache', 'asked for again each time');
    like($first->{headers}{vary}, qr/Accept-Language/, 'another language is another page');
    is(scalar @{$first->{set_cookie}}, 0, 'no cookie for who only looks');
    is($h->get($path)->{headers}{etag}, $tag, 'the same again');
    my $not = again($path, $tag);
    is("$not->{status} $not->{body}", '304 ', 'not sent twice');
    is(again($path, '"other"')->{status}, 200, 'another tag is another page');
    isnt($h->get($path, headers => {'Accept-Language' => 'fr'})->{headers}{etag}, $tag, 'French has another');

    my $small = $h->get($path, headers => {'Accept-Encoding' => 'gzip'});
    is($small->{headers}{'content-encoding'}, 'gzip', 'compressed for who can read it');
    is($small->{headers}{etag}, "W/$tag", 'with a weak tag');
    gunzip(\$small->{body}, \my $body);
    is($body, $first->{body}, 'and the same content');
    is(again($path, "W/$tag", 'Accept-Encoding' => 'gzip')->{status}, 304, 'which revalidates, too');
    is($h->head($path)->{headers}{etag}, $tag, 'HEAD tells the tag');
}

my $tag = $h->get('/shop/ac/p/excel-first-steps')->{headers}{etag};
my $other = $h->get('/shop/ac/p/gdpr_essentials')->{headers}{etag};
$t->catalog(q{update shop.items set price1 = 91 where shortname = 'excel_basics'});
my $new = again('/shop/ac/p/excel-first-steps', $tag);
is($new->{status}, 200, 'a new price is a new page');
like($new->{body}, qr/109\.20/, 'with that price');
is(again('/shop/ac/p/gdpr_essentials', $other)->{status}, 304, 'the others are still the same');

my $b = Shop::Buyer->new(base => $t->base);
my $empty = $b->open('')->{answer};
$b->add('gdpr_essentials');
my $full;
ok(wait_for(sub { ($full = $b->open('')->{answer})->{body} !~ /class="alert/ }), 'what was done is said once');
isnt($full->{headers}{etag}, $empty->{headers}{etag}, 'a cart is part of the page');
is($b->http->get('/shop/ac/', headers => {'If-None-Match' => $full->{headers}{etag}})->{status}, 304, 'which is revalidated with it');
$b->add('excel_basics');
is($b->http->get('/shop/ac/', headers => {'If-None-Match' => $full->{headers}{etag}})->{status}, 200, 'until it changes');
unlike($h->get('/shop/ac/')->{body}, qr/name="csrf" value="[^"]/, 'nobody sees another one\'s token');

my $shared = $h->get('/shop/ac/?utm_source=x&next=//evil')->{body};
unlike($shared, qr/utm_source|evil/, 'what the first visitor asked with is in no page that is kept');

for my $path (qw(cart terms login step/customer nothing)) {
    my $answer = $b->http->get("/shop/ac/$path");
    is($answer->{headers}{'cache-control'}, 'private, no-store', "$path is kept by nobody");
    ok(!$answer->{headers}{etag}, 'and has no tag');
}
my ($css) = $shared =~ m{href="(/shop/ac/-/assets/[^"]+/shop\.css)"};
my $asset = $h->get($css);
is($asset->{status}, 200, 'style comes from an address with its digest');
like($asset->{headers}{'cache-control'}, qr/immutable/, 'and is kept for ever');
is($asset->{headers}{'x-content-type-options'}, 'nosniff', 'with its type');
is($h->get($css =~ s/[0-9a-f]{6}/000000/r)->{status}, 404, 'another digest is no address');

$t->finish;
done_testing;
