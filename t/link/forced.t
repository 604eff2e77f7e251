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
my $smtp = Fake::smtp('/dev/null', RCPT => 'HANG');
my $t = Link->new(pg => 1, redis => 1, main => 'worker_shutdown_timeout 500ms;',
    conf => "link_smtp smtp://127.0.0.1:$smtp; link_statement_timeout 200s; link_redis_timeout 200s;");
wait_for(sub { my $s = $t->status; $s->{pg} eq 'UP' && $s->{redis} eq 'UP' });
my ($old) = $t->worker_pids;

my @uris = map {"$_&deadline=200000"} '/call?s=slow&p=100000', '/redis?a=BLPOP&b=q&c=100', '/stream?p=8000000',
    "/http?url=http://127.0.0.1:$http/forever", '/batch?p=%7B%22v%22:%22x%22,%22ms%22:100000%7D', '/smtp?x=1';
my $asked = $t->ask(@uris);
$t->get("$_&alone=1") for @uris;
ok(wait_for(sub { $t->status->{live} == 2 * @uris }), 'something is under way everywhere');

my $begin = time;
kill 'HUP', $t->{pids}{nginx};
ok(wait_for(sub { !grep { $_ == $old } $t->worker_pids }), 'the worker has left');
cmp_ok(time - $begin, '<', 40, '… soon after the time-out');
my $count = $asked->();
ok(!$count->{'200 OK'}, 'who waited is cut off or told') or diag(explain($count));
my @alone = sort $t->error_log =~ /alone: (\w+)/g;
like("@alone", qr/^DOWN (?:DOWN|LOST)(?: LOST){4}$/, 'work without a visitor is told');

is($t->get('/call?s=one&p=a')->{word}, 'OK', 'another one serves');

$t->finish;
