#!/usr/bin/perl
# Reload under load, requests waiting in every backend, clients that leave.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use IO::Socket::INET;
use Link qw(wait_for);
use Test::More;
use Time::HiRes qw(sleep time);

my $http = Fake::http();
my $t = Link->new(pg => 1, redis => 1, workers => 2,
    conf => 'link_queue 500; link_statement_timeout 100s; link_redis_timeout 100s;');

sub backends_up {
    my $s = $t->status;
    return $s->{pg} eq 'UP' && $s->{redis} eq 'UP';
}

# Two workers of this generation and no other.
sub reloaded {
    my ($limit) = @_;
    my %old = map { $_ => 1 } $t->worker_pids;
    kill 'HUP', $t->{pids}{nginx};
    return wait_for(sub { my @w = $t->worker_pids; @w == 2 && !grep { $old{$_} } @w }, $limit);
}

wait_for(\&backends_up);

# 1. Nothing is lost.
my $load = $t->load(5, 12, map {"$_&deadline=30000"} '/call?s=one&p=a', '/redis?a=PING',
    '/batch?p=%7B%22v%22:%22x%22%7D', '/call?s=slow&p=50&lane=1', '/call?s=write&p=w&lane=1',
    "/http?url=http://127.0.0.1:$http/ok");
for (1 .. 5) {
    sleep 0.8;
    kill 'HUP', $t->{pids}{nginx};
}
my $count = $load->();
is_deeply([keys %$count], ['200 OK'], 'five reloads under load: all ' . ($count->{'200 OK'} // 0) . ' served')
    or diag(explain($count));
ok(wait_for(sub { my @w = $t->worker_pids; @w == 2 }), 'old workers leave');

# 2. What waits in a backend gets its answer from the old worker.
my $waiting = $t->ask(map {"$_&deadline=30000"} '/call?s=slow&p=1200', '/call?s=slow&p=1200&lane=1',
    '/redis?a=BLPOP&b=q&c=1', "/http?url=http://127.0.0.1:$http/slow", '/spool?do=write&text=x');
sleep 0.4;
ok(reloaded(30), 'the workers leave');
$count = $waiting->();
is_deeply([keys %$count], ['200 OK'], 'requests under way end in the old worker') or diag(explain($count));

# 3. A client that leaves frees its operation, at once or when the answer to what was sent is in.
sub leave {
    for my $uri (@_) {
        my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->{port}) or die $!;
        syswrite $s, "GET $uri HTTP/1.1\r\nHost: t\r\n\r\n";
        sleep 0.15;
        close $s;
    }
    return;
}
wait_for(\&backends_up);
leave('/call?s=slow&p=400', '/redis?a=BLPOP&b=q&c=1', "/http?url=http://127.0.0.1:$http/slow");
my %live;
ok(wait_for(sub { my $s = $t->status; $live{$s->{pid}} = $s->{live}; keys %live == 2 && !grep { $_ } values %live }),
    'clients that left leave no operation behind');

# 4. Backends see no connection of a worker that has gone.
my $expected = 2 * 7;
ok(wait_for(sub {
    $t->psql(q{SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'shop:%'}) == $expected
}), "PostgreSQL counts $expected connections");

# 5. Nor does an answer that comes much later hold up a worker that leaves.
leave(map {"$_&deadline=100000"} '/call?s=slow&p=90000', '/redis?a=BLPOP&b=q&c=90',
    "/http?url=http://127.0.0.1:$http/forever", '/batch?p=%7B%22v%22:%22x%22,%22ms%22:90000%7D');
ok(reloaded(60), 'a worker does not wait for what nobody waits for');

$t->finish;
