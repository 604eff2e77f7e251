#!/usr/bin/perl

# Ten thousand random bytes on every route with every method, as body, as parameters, as cookies and as path:
# a correct refusal each time, the worker lives, nothing is left behind.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Test qw(slurp top);

my $seed = $ENV{SHOP_SEED} // 20261125;
srand $seed;
my $t = Shop::Test->new(patient => 1, moodle => 0, server => 'large_client_header_buffers 4 64k; client_header_buffer_size 64k;');
my @workers = $t->workers;
my $h = $t->http;
my $host = '127.0.0.1:' . $t->port;


# The routes as the source has them: one that is added is tried, too.
sub routes {
    my @routes;
    my $source = slurp(top() . '/src/web/front.c');
    while ($source =~ /\{NGX_HTTP_(GET|POST), "([^"]*)"/g) {
        my ($method, $path) = ($1, $2);
        push @routes, [$method, '/shop/ac/' . $path =~ s/:/A/gr];
    }
    return (@routes, ['POST', '/shop/pay/card/notify'], ['GET', '/shop/pay/card/return'], ['POST', '/shop/pay/card/return'],
        ['GET', '/shop/pay/card/cancel'], ['GET', '/shop/status'], ['POST', '/shop/pay/test/notify'], ['POST', '/shop/pay/nothing/notify']);
}

sub bytes { my ($count) = @_; return pack 'C*', map { int rand 256 } 1 .. $count }
sub line  { my ($count) = @_; return pack 'C*', map { my $c = 33 + int rand 223; $c == 127 ? 126 : $c } 1 .. $count }

my @routes = routes();
cmp_ok(scalar @routes, '>=', 30, 'all routes are known');
my $form = 'application/x-www-form-urlencoded';
my %bad;


sub judge {
    my ($what, $answer) = @_;
    my $status = $answer->{status};
    $bad{$what} = $status if $status < 200 || $status >= 500 && $status !~ /^50[15]$/;
    return;
}

for my $route (@routes) {
    my ($method, $path) = @{$route};
    for my $type ($form, 'application/json', 'multipart/form-data; boundary=x', bytes(20) =~ s/[\x00-\x1f\x7f]/x/gr) {
        judge("body $method $path", $h->request('POST', $path, body => bytes(10_000), headers => {'Content-Type' => $type}));
        judge("small body $method $path", $h->request('POST', $path, body => bytes(1 + int rand 500), headers => {'Content-Type' => $type}));
    }
    judge("parameters $method $path", $h->raw("$method $path?" . line(10_000) . " HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n"
        . "Content-Length: 0\r\n\r\n"));
    judge("escaped parameters $path", $h->request($method, "$path?" . join('', map { sprintf '%%%02x', int rand 256 } 1 .. 3000),
        $method eq 'POST' ? (body => '') : ()));
    judge("cookie $path", $h->raw("$method $path HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nContent-Length: 0\r\n"
        . 'Cookie: ' . line(10_000) . "\r\nAccept-Language: " . line(5000) . "\r\nReferer: " . line(5000) . "\r\n\r\n"));
    judge("path $path", $h->raw("$method $path" . line(1000) =~ s/[?#]/x/gr . " HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n"
        . "Content-Length: 0\r\n\r\n"));
    for my $other (qw(PUT DELETE OPTIONS PATCH PROPFIND)) {
        judge("$other $path", $h->request($other, $path, body => bytes(200)));
    }
}
$h->raw(bytes(10_000)) for 1 .. 10;
$h->raw("GET /shop/ac/ HTTP/1.1\r\n" . bytes(10_000)) for 1 .. 10;

is(join('; ', map {"$_: $bad{$_}"} sort keys %bad), '', "all were answered properly (seed $seed)");
is(join(' ', $t->workers), join(' ', @workers), 'by the same worker');
is($h->get('/shop/ac/')->{status}, 200, 'which goes on selling');
ok($t->idle, 'nothing waits any more');
is($t->status->{counts}{bugs}, 0, 'and nothing impossible has happened');
is($t->sql('select count(*) from shop.bills'), 0, 'nothing was ordered');

$t->finish;
done_testing;
