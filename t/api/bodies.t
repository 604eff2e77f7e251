#!/usr/bin/perl

# Bodies: at their limit, one byte above, far above; cut off, in pieces, in chunks good and bad; no text, no form,
# parameters twice or missing. Each gets the right answer, and the connection goes on or ends as it must.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use IO::Socket::INET;
use Time::HiRes qw(sleep);

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, server => 'client_body_timeout 500ms; lingering_timeout 100ms;');
my $h = $t->http;
my $host = '127.0.0.1:' . $t->port;
my $form = 'application/x-www-form-urlencoded';


# By somebody who has no session.
sub send_body {
    my ($path, $body, %headers) = @_;
    return $t->http->request('POST', $path, body => $body, headers => {'Content-Type' => $form, %headers})->{status};
}


sub filled_to { my ($size, $start) = @_; return $start . 'x' x ($size - length $start) }

for my $case (['/shop/ac/cart/add', 8192, 'p=nothing&x='], ['/shop/ac/login', 8192, 'email=x&y='], ['/shop/pay/card/notify', 131_072, 'a=b&x=']) {
    my ($path, $limit, $start) = @{$case};
    my $at = send_body($path, filled_to($limit, $start));
    isnt($at, 413, "$path: $limit bytes are read ($at)");
    is(send_body($path, filled_to($limit + 1, $start)), 413, 'one more is too much');
    is(send_body($path, filled_to($limit * 10, $start)), 413, 'ten times as much, too');
}
my $b = Shop::Buyer->new(base => $t->base);
$b->add('course_space');
$b->open('step/purchaserequ');
my $csrf = $b->value_of(qr{step/purchaserequ$}, 'csrf');
is($b->http->request('POST', '/shop/ac/step/purchaserequ', body => filled_to(128 * 1024, "csrf=$csrf&go=1&x="),
    headers => {'Content-Type' => $form})->{status}, 422, 'answers may be long');
is($b->http->request('POST', '/shop/ac/step/purchaserequ', body => filled_to(128 * 1024 + 1, "csrf=$csrf&go=1&x="),
    headers => {'Content-Type' => $form})->{status}, 413, 'up to a limit');


# Bytes as they are; pieces with a pause between them. Gives the status, 0 for none.
sub raw {
    my (@pieces) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $host, Timeout => 10) or return -1;
    $socket->autoflush(1);
    for my $piece (@pieces) {
        print {$socket} $piece;
        sleep 0.02 if @pieces > 1;
    }
    my $answer = '';
    my $select = IO::Select->new($socket);
    while ($select->can_read(10)) { sysread($socket, $answer, 65536, length $answer) or last }
    return $answer =~ m{^HTTP/1\.1 (\d+)} ? $1 : 0;
}


sub top {
    my ($path, @lines) = @_;
    return join "\r\n", "POST $path HTTP/1.1", "Host: $host", 'Connection: close', "Content-Type: $form", @lines, '', '';
}

my $add = '/shop/ac/cart/add';
is(raw(top($add, 'Content-Length: 11'), split //, 'p=gdpr_esse'), 303, 'a body may come letter by letter');
is(raw(top($add, 'Transfer-Encoding: chunked'), "5\r\np=gdp\r\n", "6\r\nr_esse\r\n", "0\r\n\r\n"), 303, 'or in chunks');
is(raw(top($add, 'Transfer-Encoding: chunked'), (map { "1000\r\n" . 'x' x 4096 . "\r\n" } 1 .. 3), "0\r\n\r\n"), 413, 'with the same limit');
is(raw(top($add, 'Transfer-Encoding: chunked'), "zz\r\nabc\r\n0\r\n\r\n"), 400, 'a chunk without a length');
is(raw(top($add, 'Transfer-Encoding: chunked'), "fffffffffffffffff\r\nabc"), 400, 'a chunk without end');
is(raw(top($add, 'Transfer-Encoding: gzip'), 'x'), 501, 'another coding');
is(raw(top($add, 'Content-Length: 10', 'Transfer-Encoding: chunked'), "0\r\n\r\n"), 400, 'two lengths');
is(raw(top($add, 'Content-Length: -1'), ''), 400, 'less than nothing');
is(raw(top($add, 'Content-Length: 99999999999999999999'), ''), 400, 'more than there is');
is(raw(top($add, 'Content-Length: 100'), 'p=x'), 0, 'a body that does not come is not waited for');
is(raw(top('/shop/pay/card/notify', 'Content-Length: 100'), 'a=b'), 0, 'nor a notification');
is(raw("POST $add HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n"), 303, 'no body is an empty one');

my %bad = ("p=\xff\xfe" => 'no text', 'p=%ff%fe' => 'no text, escaped', "p=a%00b" => 'a zero byte', "\xc0\xaf=1" => 'a name that is no text',
    'p=%c0%af' => 'an overlong letter', 'p=%ed%a0%80' => 'half a letter', '%' => 'half an escape', 'p=%zz' => 'no escape', 'p=%4' => 'an escape cut off',
    (join '&', map {"a$_=1"} 1 .. 2001) => 'too many parameters');
for my $body (sort keys %bad) {
    my $status = send_body('/shop/ac/cart/add', $body);
    like($status, length $body > 8192 ? qr/^413$/ : qr/^(?:400|303)$/, "$bad{$body}: $status");
}
is(send_body('/shop/ac/cart/add', 'p=%ff'), 400, 'what is no text is refused');
is($h->request('POST', $add, body => 'p=x', headers => {'Content-Type' => 'application/json'})->{status}, 415, 'JSON is no form');
is($h->request('POST', $add, body => 'p=x', headers => {'Content-Type' => 'multipart/form-data; boundary=x'})->{status}, 415, 'nor are files');
is($h->request('POST', $add, body => 'p=x')->{status}, 415, 'nor is nothing');
is(send_body($add, 'p=gdpr_essentials', 'Content-Type' => "$form; charset=UTF-8"), 303, 'a charset does not matter');

my $twice = Shop::Buyer->new(base => $t->base);
$twice->http->post($add, [p => 'gdpr_essentials', p => 'excel_basics', quantity => 1, quantity => 9]);
$twice->open('cart');
is(scalar(grep { ($_->{name} // '') eq 'p' && $_->{form}{action} =~ /set$/ } @{$twice->page->{fields}}), 1, 'of two parameters one counts');
is(send_body($add, ''), 303, 'a missing one is told on the page');
is(send_body($add, '&&&=&=x&p'), 303, 'empty ones are none');
is($h->request('GET', '/shop/ac/cart', body => 'x' x 1000)->{status}, 200, 'what a GET carries is thrown away');

$t->finish;
done_testing;
