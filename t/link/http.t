#!/usr/bin/perl
# HTTP: answers of every kind, deadlines, names through a resolver.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use Link qw(wait_for free_port);
use Test::More;

my $http = Fake::http();
my $dns  = Fake::dns('shop.test' => '127.0.0.1', 'nothing.test' => '', 'silent.test' => undef);
my $t = Link->new(conf => "resolver 127.0.0.1:$dns ipv6=off;");
my $base = "http://127.0.0.1:$http";

my $r = $t->get("/http?url=$base/ok");
is($r->{body}, "status 200 sent 1 type text/x length 4\nfine\n", 'an answer');
is($t->get("/http?url=$base/500")->{body}, "status 500 sent 1 type text/x length 6\nbroken\n",
    'a status of the server is no failure of ours');
like($t->get("/http?url=$base/redirect")->{body}, qr/^status 302 /, 'no redirect is followed');

$r = $t->get("/http?url=$base/echo&method=POST&body=a%3Db%26c");
like($r->{body}, qr{^POST /echo HTTP/1.1\r$}m, 'POST');
like($r->{body}, qr{\r\n\r\na=b&c\n$}, '… with its body');
like($r->{body}, qr{^Content-Type: application/x-www-form-urlencoded\r$}m, '… and type');
like($r->{body}, qr{^X-Test: yes\r$}m, 'a header');
like($r->{body}, qr{^User-Agent: link-test\r$}m, 'the user agent');
unlike($r->{body}, qr{^Expect}m, 'no waiting for 100 Continue');
like($t->get("/http?url=$base/echo&method=POST")->{body}, qr{Content-Length: 0\r}, 'an empty body');

is($t->get("/http?url=$base/ok&header=A:b%0D%0AC:d")->{word}, 'ERROR', 'a line break in a header');
is($t->get("/http?url=$base/ok&method=BREW")->{word}, 'ERROR', 'an unknown method');
is($t->get("/http?url=ftp://127.0.0.1:$http/ok")->{word}, 'DOWN', 'another protocol');
is($t->get('/http?url=nonsense:')->{word}, 'ERROR', 'no address at all');

is($t->get("/http?url=$base/long/10000")->{word}, 'OK', 'as long as allowed');
$r = $t->get("/http?url=$base/long/10001");
is($r->{line}, 'ERROR  answer too long', 'one byte longer');
is($t->get("/http?url=$base/endless")->{line}, 'ERROR  answer too long', 'an endless answer');
is($t->get("/http?url=$base/cut")->{word}, 'LOST', 'cut in the middle');
is($t->get("/http?url=$base/none")->{word}, 'LOST', 'no answer');
is($t->get("/http?url=$base/garbage")->{word}, 'LOST', 'garbage');

is($t->get("/http?url=$base/chunked/10001")->{line}, 'ERROR  answer too long', '… whose length was not said');

$r = $t->get("/http?url=$base/slow&deadline=1500");
is($r->{word}, 'TIMEOUT', 'too slow: our deadline');
like($r->{body}, qr/sent 1/, '… and the request had left');
$r = $t->get('/http?url=http://127.0.0.1:' . free_port() . '/');
is($r->{word}, 'DOWN', 'refused connection');
like($r->{body}, qr/sent 0/, '… nothing was sent');

is($t->get("/http?url=http://shop.test:$http/ok")->{word}, 'OK', 'a name by the resolver');
like($t->get("/http?url=http://shop.test:$http/echo")->{body}, qr/^Host: shop.test:$http\r$/m, '… kept as host');
is($t->get("/http?url=http://nothing.test:$http/ok")->{line}, 'DOWN  host name not resolved', 'no such name');
$r = $t->get("/http?url=http://silent.test:$http/ok&deadline=60000");
is($r->{line}, 'DOWN  host name not resolved', 'a silent name server');
cmp_ok($r->{time}, '<', 30, '… within the time of the resolver');
$r = $t->get("/http?url=http://silent.test:$http/ok&deadline=200");
is($r->{word}, 'TIMEOUT', '… or our deadline');

# Others are not held up, and the number is bounded: 16 at once and 8 waiting.
my @answers = $t->many([(map {"/http?url=$base/slow&deadline=2500"} 1 .. 30), '/status']);
my %count;
$count{$_->{word}}++ for @answers[0 .. 29];
is($count{BUSY}, 6, 'a full queue refuses');
my ($first) = sort { $a <=> $b } map { $_->{time} } grep { $_->{word} eq 'TIMEOUT' } @answers[0 .. 29];
cmp_ok($answers[30]{time}, '<', $first, 'another request is served meanwhile');

my $load = $t->load(2, 8, "/http?url=$base/ok&deadline=30000", "/http?url=http://shop.test:$http/ok&deadline=30000");
my $count = $load->();
is_deeply([keys %$count], ['200 OK'], "under load: $count->{'200 OK'} answers") or diag(explain($count));

# TLS that nobody vouches for.
is($t->get("/http?url=https://127.0.0.1:$http/ok")->{word}, 'DOWN', 'TLS with somebody who speaks none');

$t->finish;
