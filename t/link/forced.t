#!/usr/bin/perl
# worker_shutdown_timeout with something under way in every backend: the worker leaves, quietly.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use Link qw(wait_for);
use Test::More;
use Time::HiRes qw(sleep time);

my $http = Fake::http();
my $t = Link->new(pg => 1, redis => 1, main => 'worker_shutdown_timeout 500ms;',
    conf => 'link_statement_timeout 20s; link_redis_timeout 20s;');
wait_for(sub { my $s = $t->status; $s->{pg} eq 'UP' && $s->{redis} eq 'UP' }, 5);
my ($old) = $t->worker_pids;

my $load = $t->load(0.1, 5, '/call?s=slow&p=9000&deadline=15000', '/redis?a=BLPOP&b=q&c=9&deadline=15000',
    '/stream?p=3000000&deadline=15000', "/http?url=http://127.0.0.1:$http/slow&deadline=15000",
    '/batch?p=%7B%22v%22:%22x%22,%22ms%22:9000%7D&deadline=15000');
sleep 0.5;
my $begin = time;
kill 'HUP', $t->{pids}{nginx};
ok(wait_for(sub { !grep { $_ == $old } $t->worker_pids }, 8), 'the worker has left');
cmp_ok(time - $begin, '<', 4, '… soon after the time-out');
my ($new) = $t->worker_pids;
ok($new && $new != $old, 'another one serves');
# The clients of the load ask the new worker again and wait for it; they are cut in their turn.
kill 'HUP', $t->{pids}{nginx};
$load->();
is($t->get('/call?s=one&p=a')->{word}, 'OK', 'and answers');

$t->finish;
