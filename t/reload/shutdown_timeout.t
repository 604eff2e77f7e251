#!/usr/bin/perl
# Something is stuck when nginx is to leave: worker_shutdown_timeout ends it, without a crash, and what was
# under way goes on after the next start.

use strict;
use warnings;
use Test::More;
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(time);

my $t = Shop::Test->new(workers => 2, globals => 'worker_shutdown_timeout 1s;',
    http => 'shop_postgres_timeout 20s; shop_change_timeout 25s;');

my $buyer = Shop::Sale::at_payment($t);
$t->control('moodle', {action => 'fault', kind => 'stuck', delay => 60, function => 'enrol_manual_enrol_users'});
$buyer->pay_card;
ok(wait_for(sub { $t->sql(q{select count(*) from shop.jobs where state = 'running' and step = 'enrolled'}) }),
    'a production hangs in Moodle');

my $bank    = Shop::Notice->new(server => $t);
my $attempt = $bank->placed;
my $lock    = $t->pg->connect;
$lock->begin_work;
$lock->do('lock table shop.bills in exclusive mode');
my $teller = fork // die "fork: $!";
if ($teller == 0) { POSIX::_exit($bank->tell($attempt)->{status} == 0 ? 0 : 1) }
ok(wait_for(sub {
    $t->sql(q{select count(*) from pg_stat_activity where usename = 'shop_web' and wait_event_type = 'Lock'})
}, 20), 'a notification hangs in PostgreSQL');

my $started = time;
is($t->stop_nginx, 0, 'nginx leaves with status 0');
cmp_ok(time - $started, '<', 19, 'sooner than what hangs would end');
waitpid $teller, 0;
is($?, 0, 'the bank got no answer');
$lock->rollback;
$lock->disconnect;

$t->control('moodle', {action => 'fault', kind => 'none'});
$t->dbh->do(q{update shop.jobs set nexttry = now() where state = 'running'});    # its lease ends
$t->start_nginx;
Shop::Sale::sold_once($t, $buyer);
is($bank->tell($attempt)->{status}, 200, 'the bank repeats');
is($bank->status($attempt) =~ /^(?:SOLDOUT|COMPLETE)$/ ? 'paid' : 'lost', 'paid', 'the order is paid');
is($t->sql('select count(*) from shop.bill_transitions x join shop.bills b on b.id = x.billid '
    . q{where b.transid = ? and x.tostatus = 'SOLDOUT'}, $attempt->{transid}), 1, 'once');

$t->finish;
done_testing();
