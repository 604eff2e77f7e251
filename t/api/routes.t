#!/usr/bin/perl

# Addresses and methods: what exists, what does not, what may be asked how; HEAD is GET without a body.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0);
my $h = $t->http;
my $post = 'application/x-www-form-urlencoded';


sub ask {
    my ($method, $path) = @_;
    return $h->request($method, $path, $method =~ /^(?:POST|PUT|PATCH)$/ ? (body => '', headers => {'Content-Type' => $post}) : ());
}

my %get = (
    '' => 200, 'c/office' => 200, 'p/excel-first-steps' => 200, 'p/EXCEL_BASICS' => 200, 'p/excel_basics' => 200,
    cart => 200, terms => 200, login => 200, 'login/sent' => 303, 'login/complete' => 422, 'lang/fr' => 303,
    'step/customer' => 303, 'certificate/NOTHING' => 404, 'order/NOTHING' => 404, 'order/NOTHING/done' => 404,
    'order/NOTHING/status' => 404, 'order/NOTHING/terms' => 404,
);
for my $path (sort keys %get) {
    is(ask('GET', "/shop/ac/$path")->{status}, $get{$path}, "GET $path: $get{$path}");
    my $head = ask('HEAD', "/shop/ac/$path");
    is("$head->{status} " . length $head->{body}, "$get{$path} 0", "HEAD $path: the same without a body");
    for my $method (qw(PUT DELETE OPTIONS PATCH)) {
        is(ask($method, "/shop/ac/$path")->{status}, 405, "$method $path: not so");
    }
}

my @commands = qw(cart/add cart/set cart/remove cart/clear cart/passcode login logout participants/add);
for my $path (@commands) {
    my $answer = ask('GET', "/shop/ac/$path");
    is($answer->{status}, $path eq 'login' ? 200 : 405, "GET $path");
    is($answer->{headers}{allow}, 'POST', "$path: only posted") if $answer->{status} == 405;
}
is(ask('POST', '/shop/ac/')->{headers}{allow}, 'GET, HEAD', 'the catalogue is only read');
is(ask('DELETE', '/shop/ac/login')->{headers}{allow}, 'GET, HEAD, POST', 'the form of the log-in is read and sent');

for my $path ('nothing', 'c/nothing', 'p/nothing', 'step/nothing', 'step', 'step/', 'step/customer/', 'cart/', 'c/', 'p/',
    'p/excel-first-steps/more', 'order', 'order/', 'order/A/B', 'lang/de', 'lang/', '-/assets/0/x', 'cart/fly', '%20',
    'p/%00', 'index.html', '.git/config', 'p/' . 'x' x 3000)
{
    my $answer = ask('GET', "/shop/ac/$path");
    my $wanted = $path eq 'p/%00' ? 400 : $path =~ m{^step/} ? '(?:303|404)' : 404;
    like($answer->{status}, qr/^$wanted$/, 'GET ' . substr($path, 0, 30) . ": $wanted");
}
is(ask('GET', '/shop/ac')->{status}, 301, 'without its slash the shop leads to it');
like(ask('GET', '/shop/ac/p/%ff%fe')->{status}, qr/^40[04]$/, 'an address that is no text');
is(ask('GET', '/shop/ac//cart')->{status}, 200, 'slashes are merged as nginx does');
is(ask('GET', '/shop/ac/p/..%2fcart')->{status}, 200, 'and dots resolved');
is(ask('GET', '/shop/ac/cart?' . join '&', map {"a$_=1"} 1 .. 100)->{status}, 400, 'too many parameters');

my $page = ask('GET', '/shop/ac/nothing');
like($page->{body}, qr/<h1>/, 'what does not exist is a page');
like($page->{body}, qr{href="/shop/ac/"}, 'that leads on');
like($page->{headers}{'content-type'}, qr{text/html; charset=utf-8}, 'in HTML');

is(ask('GET', '/shop/pay/card/notify')->{status}, 405, 'a notification is posted');
is(ask('GET', '/shop/pay/nothing/return')->{status}, 404, 'a payment block that does not exist');
is(ask('GET', '/shop/pay/card/nothing')->{status}, 404, 'or does not do that');
is(ask('GET', '/shop/status')->{status}, 200, 'the status page');
is(ask('POST', '/shop/status')->{status}, 405, 'is read only');

$t->finish;
done_testing;
