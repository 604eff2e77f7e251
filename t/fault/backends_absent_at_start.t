#!/usr/bin/perl
# nginx starts while PostgreSQL and Redis are away: pages ask to come back in a moment, nobody is
# hammered, and everything heals by itself.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for stop_process);
use Time::HiRes qw(time);

my $t = Shop::Test->new(workers => 2, start => 0);
$t->pg->stop;
stop_process(delete $t->{pids}{redis});
my $started = time;
$t->start_nginx;

my $answer = $t->http->get('/shop/ac/');
is($answer->{status}, 503, 'no catalogue without PostgreSQL');
like($answer->{headers}{'retry-after'}, qr/^[2-5]$/, 'come back in some seconds');
like($answer->{body}, qr/Come back in a moment/, 'say words');
cmp_ok($answer->{elapsed}, '<', 5, 'and they say it soon');
like($answer->{headers}{'cache-control'}, qr/no-store/, 'nobody keeps that page');

$answer = $t->http->get('/shop/ac/', headers => {Accept => 'application/json'});
is($answer->{status}, 503, 'a script is told the same');
my $notify = $t->http->post('/shop/pay/card/notify', [vads_order_id => 'X']);
is($notify->{status}, 400, 'a notification that nobody signed is refused without asking anybody')
    or diag $notify->{body};
is($t->http->get('/shop/status')->{status}, 200, 'the status page is there');
is($t->status->{backends}{redis}, 'down', 'and tells what is down');

ok(wait_for(sub { time - $started > 5 }), 'some seconds pass');
my $attempts = () = $t->error_log =~ /pg conn=\d+ down/g;
cmp_ok($attempts, '>', 2,  'connections are tried again');
cmp_ok($attempts, '<', 60, 'with pauses');
my $loud = () = $t->error_log =~ /\[error\][^\n]*pg conn=\d+ down/g;
cmp_ok($loud, '<=', 4, 'and without filling the log');

# Only PostgreSQL: the catalogue is open, carts wait for Redis.
$t->pg->start;
ok(wait_for(sub { $t->http->get('/shop/ac/')->{status} == 200 }), 'the catalogue opens by itself');
is($t->http->post('/shop/ac/cart/add', [p => 'workbook'])->{status}, 503, 'a cart needs Redis');

$t->start_redis;
Shop::Sale::healed($t);

my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
Shop::Sale::sold_once($t, $buyer);

$t->finish;
done_testing();
