#!/usr/bin/perl
# Redis: values, scripts, absent at start, stopped, killed, restarted, a full queue.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;
use Time::HiRes qw(sleep time);

my $t = Link->new(redis => 0, conf => 'link_queue 40; link_redis_timeout 4s;');

my $r = $t->get('/redis?a=PING');
is("$r->{code} $r->{word}", '503 DOWN', 'absent at start: refused');
ok(wait_for(sub { $t->status->{redis} eq 'DOWN' }), '… the patience of a start ends');
my $begin = time;
$t->get('/redis?a=PING&deadline=60000') for 1 .. 10;
cmp_ok(time - $begin, '<', 5, '… then at once: ten in less time than ten times the patience');
$t->redis_start;
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), 'heals when it has come');

is($t->get('/redis?a=SET&b=k&c=%00%0D%0A%E2%82%AC')->{body}, "OK\n", 'a value of any bytes');
is($t->get('/redis?a=GET&b=k')->{body}, "\0\r\n\xE2\x82\xAC\n", '… comes back');
is($t->get('/redis?a=GET&b=nothing')->{body}, "(nil)\n", 'nil');
is($t->get('/redis?a=INCR&b=n')->{body}, "1\n", 'an integer');
is($t->get('/redis?a=MGET&b=n&c=nothing')->{body}, "1\n(nil)\n", 'an array');
like($t->get('/redis?a=INCR&b=k')->{line}, qr/^ERROR ERR ERR value is not an integer/, 'an error');
is($t->get('/redis?a=NOSUCH')->{word}, 'ERROR', 'an unknown command');

is($t->get('/script?k=s&v=1')->{body}, "1\ns\n1\n", 'a script that Redis does not know yet');
is($t->get('/script?k=s&v=2')->{body}, "1\ns\n2\n", '… and knows now');
$t->redis_cli('SCRIPT', 'FLUSH');
is($t->get('/script?k=s&v=3')->{body}, "1\ns\n3\n", '… and has forgotten');
like($t->redis_cli('INFO', 'commandstats'), qr/cmdstat_eval:calls=2,/, 'the text was sent twice only');

my @answers = $t->many([map {"/redis?a=INCR&b=c"} 1 .. 400], at_once => 32);
is_deeply([sort { $a <=> $b } map { $_->{body} + 0 } @answers], [1 .. 400], 'each gets its own answer');
is($t->get('/redis?a=SETRANGE&b=big&c=3000000&d=x')->{word}, 'OK', 'a large value');
like($t->get('/redis?a=GET&b=big')->{line}, qr/^OK/, '… comes in many reads');
$t->redis_cli('DEL', 'big');

# Stopped: the deadline, a bounded queue, flat memory.
my ($pid) = $t->worker_pids;
my $rss = sub { Link::slurp("/proc/$pid/status") =~ /VmRSS:\s+(\d+)/ ? $1 : 0 };
$t->many([map {"/redis?a=SET&b=k$_&c=v"} 1 .. 500], at_once => 60);
my $before = $rss->();
kill 'STOP', $t->{pids}{redis};
@answers = $t->many([map {'/redis?a=GET&b=k&deadline=2500'} 1 .. 60]);
my %count;
$count{$_->{word}}++ for @answers;
is_deeply(\%count, {TIMEOUT => 40, BUSY => 20}, 'stopped: deadlines, and a full queue refuses');
my $load = $t->load(3, 60, '/redis?a=SET&b=k&c=' . 'x' x 1000 . '&deadline=200');
my $count = $load->();
ok(!$count->{'200 OK'}, 'nothing is answered while it is stopped');
SKIP: {
    skip 'memory is the sanitizer\'s', 1 if $ENV{LINK_NGINX};
    cmp_ok($rss->() - $before, '<', 3000, 'memory stays flat');
}
kill 'CONT', $t->{pids}{redis};
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), 'heals');
is($t->get('/redis?a=PING')->{body}, "PONG\n", '… and answers');

# Killed under load.
sleep 2.1;
$load = $t->load(4, 16, '/redis?a=GET&b=k&deadline=20000');
sleep 1;
$t->end('redis', 'KILL');
sleep 0.3;
$t->redis_start;
$count = $load->();
my $all = 0;
$all += $_ for values %$count;
cmp_ok($count->{'200 OK'}, '>', 0.5 * $all, "killed and restarted: $count->{'200 OK'} of $all served")
    or diag(explain($count));
is($t->get('/script?k=s&v=4')->{body}, "1\ns\n4\n", 'a script after the restart');

# A server that cannot serve is treated as away.
$t->redis_cli('CONFIG', 'SET', 'requirepass', 'secret');
$t->redis_cli('-a', 'secret', '--no-auth-warning', 'CLIENT', 'KILL', 'TYPE', 'normal');
ok(wait_for(sub { $t->status->{redis} eq 'DOWN' }), 'NOAUTH: away');
like($t->error_log, qr/redis \S+ down: NOAUTH/, '… the log says why');
$t->redis_cli('-a', 'secret', '--no-auth-warning', 'CONFIG', 'SET', 'requirepass', '');
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), '… and back');

$t->finish;
