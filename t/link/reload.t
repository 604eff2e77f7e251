#!/usr/bin/perl
# Reload under load, requests waiting in every backend, clients that leave, forced shutdown.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use IO::Socket::INET;
use Link qw(wait_for slurp);
use Test::More;
use Time::HiRes qw(sleep time);

my $http = Fake::http();
my $t = Link->new(pg => 1, redis => 1, workers => 2,
    main => 'worker_shutdown_timeout 6s;', conf => 'link_queue 500; link_statement_timeout 5s;');

# 1. Nothing is lost.
my $load = $t->load(5, 12, '/call?s=one&p=a', '/redis?a=PING', '/batch?p=%7B%22v%22:%22x%22%7D',
    '/call?s=slow&p=50&lane=1', '/call?s=write&p=w&lane=1', "/http?url=http://127.0.0.1:$http/ok");
for (1 .. 5) {
    sleep 0.8;
    kill 'HUP', $t->{pids}{nginx};
}
my $count = $load->();
is_deeply([keys %$count], ['200 OK'], "five reloads under load: all " . ($count->{'200 OK'} // 0) . ' served')
    or diag(explain($count));
ok(wait_for(sub { my @w = $t->worker_pids; @w == 2 }, 8), 'old workers leave');

# 2. What waits in a backend gets its answer from the old worker.
my $waiting = $t->load(0.1, 6, '/call?s=slow&p=1200', '/call?s=slow&p=1200&lane=1', '/redis?a=BLPOP&b=q&c=1',
    "/http?url=http://127.0.0.1:$http/slow&deadline=5000", '/spool?do=write&text=x');
sleep 0.4;
kill 'HUP', $t->{pids}{nginx};
$count = $waiting->();
ok(!(grep { !/^200 OK|LOST/ } keys %$count) && $count->{'200 OK'} > 18, 'requests under way end in the old worker')
    or diag(explain($count));
ok(wait_for(sub { my @w = $t->worker_pids; @w == 2 }, 12), 'and it leaves');

# 3. A client that leaves frees its operation: what is sent when its answer is in.
for my $uri ('/call?s=slow&p=400', '/redis?a=BLPOP&b=q&c=1', "/http?url=http://127.0.0.1:$http/slow") {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->{port}) or die $!;
    syswrite $s, "GET $uri HTTP/1.1\r\nHost: t\r\n\r\n";
    sleep 0.15;
    close $s;
}
my %live;
ok(wait_for(sub { my $s = $t->status; $live{$s->{pid}} = $s->{live}; keys %live == 2 && !grep { $_ } values %live }, 6),
    'clients that left leave no operation behind');

# 4. Backends see no connection of a worker that has gone.
my $expected = 2 * 7;
ok(wait_for(sub {
    $t->psql(q{SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'shop:%'}) == $expected
}, 5), "PostgreSQL counts $expected connections");

# 5. Stuck beyond worker_shutdown_timeout: the worker leaves all the same.
my $stuck = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->{port}) or die $!;
ok(!(grep { /open socket|\[alert\]/ } split /\n/, $t->error_log), 'no open socket is left anywhere');

$t->finish;
