#!/usr/bin/perl
# All connections of nginx are used up: links that need another one say so, and heal by themselves.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use IO::Socket::INET;
use Link qw(wait_for);
use Test::More;

# Of 40 nginx has 2, Redis 1 and PostgreSQL 34: three are left, as long as no visitor stays.
my $http = Fake::http();
my $t = Link->new(pg => 1, redis => 1, connections => 40,
    conf => 'link_connections 11; link_queue 500; link_redis_timeout 300s;');
$t->expect_log(qr/40 worker_connections are not enough/);

# A visitor who waits for an element of a list, and is known to wait.
my @visitors;
sub visit {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->{port}) or die $!;
    syswrite $s, "GET /redis?a=BLPOP&b=q&c=0&deadline=200000 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
    push @visitors, $s;
    wait_for(sub { ($t->status->{redis_submitted} // 0) == @visitors }) or die 'the visitor is not heard';
    return;
}

# So many of them leave as others give elements.
sub let_go {
    my ($n) = @_;
    $t->redis_cli('RPUSH', 'q', 1 .. $n);
    local $/ = undef;
    return is(scalar(grep { (readline($_) // '') =~ /^HTTP\S+ 200/ } splice @visitors, 0, $n), $n, "$n visitors are served");
}

sub outside { return $t->get("/http?url=http://127.0.0.1:$http/ok")->{line} }

ok(wait_for(sub { my $s = $t->status; $s->{pg} eq 'UP' && $s->{redis} eq 'UP' }), 'all links are up');
$t->pg_stop;
ok(wait_for(sub { $t->status->{pg} eq 'DOWN' }), 'PostgreSQL is away');
visit() for 1 .. 12;

$t->pg_start;
ok(wait_for(sub { $t->error_log =~ /pg conn=\d+ down: no free connection of nginx/ }),
    'visitors have the connections that PostgreSQL needs: the log says so');
let_go(10);
ok(wait_for(sub { ($t->status->{pg} // '') eq 'UP' }), '… and PostgreSQL is back when they have left');
is($t->get('/call?s=one&p=a')->{body}, "one:a\n", '… and serves');

# Two visitors are there: the next one takes the last connection.
is(outside(), 'DOWN  no free connection of nginx, see worker_connections', 'a request to the outside finds none');
let_go(2);
ok(wait_for(sub { outside() eq 'OK  ' }), '… and finds one when they have left');

$t->finish;
