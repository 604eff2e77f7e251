#!/usr/bin/perl
# Notifications, the listener's reconnection, and being told about the end of the worker.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;

my $t = Link->new(pg => 1);

ok(wait_for(sub { $t->status->{resets} == 1 }), 'the first connection: everything may be stale');
$t->psql(q{NOTIFY test_channel, 'changed'});
ok(wait_for(sub { $t->status->{notifications} == 1 }), 'a notification arrives');
$t->psql(q{NOTIFY other_channel, 'changed'; NOTIFY test_channel, 'two'});
ok(wait_for(sub { $t->status->{notifications} == 2 }), 'only those of the channel');

$t->psql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'});
ok(wait_for(sub { $t->status->{resets} == 2 }), 'after a reconnection everything may be stale');
$t->psql(q{NOTIFY test_channel, 'three'});
ok(wait_for(sub { $t->status->{notifications} == 3 }), 'and it listens again');

kill 'HUP', $t->{pids}{nginx};
ok(wait_for(sub { $t->error_log =~ /told about shutdown/ }), 'a leaving worker is told early');

# Idle costs nothing.
my ($pid) = $t->worker_pids;
ok(wait_for(sub { my @w = $t->worker_pids; $pid = $w[0]; @w == 1 }), 'the old worker has left');
my $cpu = sub { my @f = split ' ', Link::slurp("/proc/$pid/stat"); $f[13] + $f[14] };
my $before = $cpu->();
sleep 2;
cmp_ok($cpu->() - $before, '<=', 3, 'an idle worker uses no CPU');

$t->finish;
