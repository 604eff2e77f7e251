#!/usr/bin/perl
# PostgreSQL absent, refusing, terminated under load, restarted at once: errors only while it is
# away, and it heals by itself.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;
use Time::HiRes qw(sleep time);

my $t = Link->new(pg => 0, conf => 'link_queue 400; link_in_flight 64;');

my $r = $t->get('/call?s=one&p=a&deadline=60000');
is("$r->{code} $r->{word}", '503 DOWN', 'absent at start: refused');
cmp_ok($r->{time}, '<', 20, '… after the patience of a start');
ok(wait_for(sub { $t->status->{pg} eq 'DOWN' }), '… which ends');
my $begin = time;
$t->get('/call?s=one&p=a&deadline=60000') for 1 .. 10;
cmp_ok(time - $begin, '<', 5, '… then at once: ten in less time than ten times the patience');
is($t->get('/batch?p=1')->{word}, 'DOWN', '… a batch as well');
is($t->get('/stream?p=1')->{word}, 'DOWN', '… a stream as well');
my $attempts = () = $t->error_log =~ /pg conn=\d+ down/g;
cmp_ok($attempts, '<', 20, "no hot loop ($attempts attempts)");
my $loud = () = $t->error_log =~ /\[error\].*pg conn=\d+ down/g;
is($loud, 1, 'one line says so loudly');

$t->pg_start;
ok(wait_for(sub { $t->status->{pg} eq 'UP' }), 'heals when it has come');
is($t->get('/call?s=one&p=a')->{body}, "one:a\n", '… and answers');

my $load = $t->load(9, 32, map {"$_&deadline=30000"} '/call?s=one&p=a', '/call?s=one&p=b',
    '/call?s=slow&p=5', '/call?s=write&p=w&lane=1', '/batch?p=%7B%22v%22:%22x%22%7D');
for (1 .. 3) {
    sleep 2.5; # each connection counts as useful, so the pauses stay short
    $t->psql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name LIKE 'shop:%'});
}
my $count = $load->();
my $all = 0;
$all += $_ for values %$count;
cmp_ok($all - $count->{'200 OK'}, '<=', 3 * 16, "terminated under load: $count->{'200 OK'} of $all served");
is(scalar(grep { !/^200 OK|^502 LOST/ } keys %$count), 0, 'the others have an unknown outcome')
    or diag(explain($count));
ok(wait_for(sub { $t->status->{pg} eq 'UP' }), 'all connections are back');

$load = $t->load(4, 16, '/call?s=one&p=a');
sleep 0.8;
$t->pg_stop('QUIT');
sleep 1.5;
$t->pg_start;
$count = $load->();
ok($count->{'200 OK'}, 'immediate restart under load: served before and after')
    or diag(explain($count));
ok(wait_for(sub { $t->status->{pg} eq 'UP' }), 'all lanes are up again');
for my $lane (0 .. 2) {
    is($t->get("/call?s=one&p=c&lane=$lane")->{body}, "one:c\n", "prepared statements are back, lane $lane");
}

sleep 2.2; # long enough for the connections to count as useful: the pauses begin anew

# A schema that does not fit is refused with its reason.
$t->psql(q{CREATE OR REPLACE FUNCTION test.check() RETURNS text LANGUAGE sql AS
           $$SELECT 'schema 1 installed, 2 wanted'$$});
$t->psql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'shop:%'});
ok(wait_for(sub { $t->status->{pg} eq 'DOWN' }), 'the check refuses the connections');
like($t->error_log, qr/down: schema 1 installed, 2 wanted/, '… the log says why');
$t->psql(q{CREATE OR REPLACE FUNCTION test.check() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'});
ok(wait_for(sub { $t->status->{pg} eq 'UP' }), '… and heals after the upgrade');

$t->finish;
