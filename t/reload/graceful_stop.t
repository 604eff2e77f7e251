#!/usr/bin/perl
# A graceful stop finishes what was begun: a notification, an order and a production that were under way
# get their answers, and the job is handed back for others at once.

use strict;
use warnings;
use Test::More;
use Shop::Load;
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep time);

my $t = Shop::Test->new(workers => 2, http => 'shop_postgres_timeout 20s; shop_change_timeout 25s;',
    moodle_conf => 'retry_delays 1s 1s 1s 1s 1s;');
my $bank    = Shop::Notice->new(server => $t);
my $attempt = $bank->placed;

# A production that is slow in Moodle.
my $producing = Shop::Sale::at_payment($t);
$t->control('moodle', {action => 'fault', kind => 'slow', delay => 1.5, function => 'enrol_manual_enrol_users'});
$producing->pay_card;
ok(wait_for(sub { $t->sql(q{select count(*) from shop.jobs where state = 'running' and step = 'enrolled'}) }, 20, 0.01),
    'a production is under way');

# An order and a notification that PostgreSQL keeps waiting.
my $buyer = Shop::Buyer->new(base => $t->base, person => {email => 'patient@example.org'});
$buyer->add('mooc_certificate');
$buyer->checkout;
my $form = $buyer->page->form(qr{step/order$});
my %have = map { ($_->{name} => $_) } @{$form->{fields}};
my $pairs = $buyer->page->filled($form, {agree => $have{agree}{value}, paymode => 'card'}, [go => 1]);
my $lock = $t->pg->connect;
$lock->begin_work;
$lock->do('lock table shop.bills in exclusive mode');


# What one request gets, asked by a process of its own.
sub asked {
    my ($code) = @_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $read;
        print {$write} $code->()->{status};
        close $write;
        POSIX::_exit(0);
    }
    close $write;
    return sub { local $/ = undef; my $status = <$read>; waitpid $pid, 0; return $status };
}


my $order  = asked(sub { $buyer->http->post('/shop/ac/step/order', $pairs) });
my $notice = asked(sub { $bank->tell($attempt) });
ok(wait_for(sub {
    $t->sql(q{select count(*) from pg_stat_activity where usename = 'shop_web' and wait_event_type = 'Lock'}) >= 2
}, 20), 'an order and a notification are under way');

kill 'QUIT', $t->{pids}{nginx};
ok(wait_for(sub { !IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) }), 'nobody new is let in');
is(scalar(grep { kill 0, $_ } $t->{pids}{nginx}), 1, 'but nginx stays until all is done');
$lock->rollback;
$lock->disconnect;

is($order->(),  303, 'the order is answered');
is($notice->(), 200, 'the notification is answered');
is($t->stop_nginx, 0, 'then nginx leaves');
is($t->sql('select count(*) from shop.bills'), 3, 'the order was placed');
is($bank->status($attempt), 'SOLDOUT', 'the payment was applied');
is($t->sql(q{select state from shop.jobs j join shop.bills b on b.id = j.billid where b.transid = ?},
    $producing->{transid}) =~ /^(?:pending|done)$/ ? 'free' : 'held', 'free', 'the production is not held by anybody');

$t->control('moodle', {action => 'fault', kind => 'none'});
$t->start_nginx;
Shop::Sale::sold_once($t, $producing);

$t->finish;
done_testing();
