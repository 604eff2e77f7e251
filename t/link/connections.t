#!/usr/bin/perl
# All connections of nginx are used up: links that need another one say so, and heal by themselves.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use Link qw(wait_for);
use Test::More;

my $http = Fake::http();
my $t = Link->new(pg => 1, redis => 1, connections => 40, conf => 'link_queue 500; link_redis_timeout 300s;');
$t->expect_log(qr/40 worker_connections are not enough/);
wait_for(sub { my $s = $t->status; $s->{pg} eq 'UP' && $s->{redis} eq 'UP' });

$t->pg_stop;
ok(wait_for(sub { $t->status->{pg} eq 'DOWN' }), 'PostgreSQL is away');

# One visitor more after the other waits for an element of a list; each time somebody asks outside.
sub visitor {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->{port}) or die $!;
    syswrite $s, "GET /redis?a=BLPOP&b=q&c=0&deadline=200000 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
    return $s;
}

sub served {
    my ($s) = @_;
    local $/ = undef;
    return scalar <$s> =~ /^HTTP\S+ 200/;
}

my (@visitors, $answer);
while (@visitors < 60) {
    push @visitors, visitor();
    $answer = $t->get("/http?url=http://127.0.0.1:$http/ok");
    last if $answer->{word} ne 'OK';
}
is($answer->{line}, 'DOWN  no free connection of nginx, see worker_connections', 'a request to the outside finds none');

$t->pg_start;
ok(wait_for(sub { $t->error_log =~ /pg conn=\d+ down: no free connection of nginx/ }), '… and so does PostgreSQL');

$t->redis_cli('RPUSH', 'q', 1 .. @visitors);
# nginx itself takes back connections of visitors whom it has not heard yet, more of them when it is slow.
cmp_ok(scalar(grep { served($_) } @visitors), '>=', @visitors / 2, 'the visitors are served');
is($t->get("/http?url=http://127.0.0.1:$http/ok")->{word}, 'OK', '… and so is the next one who asks outside');
ok(wait_for(sub { $t->status->{pg} eq 'UP' }), '… and PostgreSQL is back');
is($t->get('/call?s=one&p=a')->{body}, "one:a\n", '… and serves');

$t->finish;
