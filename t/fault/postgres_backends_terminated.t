#!/usr/bin/perl
# Every connection to PostgreSQL is ended several times under load: hardly a page fails, no order is lost
# or doubled. Each connection lives long enough for the next pause to be a short one.

use strict;
use warnings;
use Test::More;
use Shop::Load;
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep);

my $t = Shop::Test->new(workers => 2);

# A page that asks PostgreSQL each time: an order, by its signed link.
my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
my $page = $buyer->path;
Shop::Sale::sold_once($t, $buyer);

my $bank   = Shop::Notice->new(server => $t);
my @orders = map { $bank->placed } 1 .. 60;
my @bodies = map { $bank->body($bank->message($_)) } @orders;

my $load   = Shop::Load->start($t, clients => 4, seconds => 13, path => $page);
my $teller = fork // die "fork: $!";
if ($teller == 0) {
    for my $body (@bodies) {
        for (1 .. 200) { last if $bank->post($body)->{status} == 200; sleep 0.05 }
        sleep 0.05;
    }
    POSIX::_exit(0);
}
my $ended = 0;
for (1 .. 4) {
    sleep 3;
    $ended += $t->sql(q{select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'shop_web'
                        and application_name like 'shop%'});
}
cmp_ok($ended, '>=', 32, "$ended connections were ended");
my $result = $load->result;
waitpid $teller, 0;

my $failed = $result->{total} - ($result->{status}{200} // 0);
cmp_ok($failed / $result->{total}, '<', 0.01, "$failed of $result->{total} pages failed") or diag explain $result;
is($t->sql(q{select count(*) from shop.bills where paidat is not null}), 61, 'every order is paid');
is($t->sql('select count(*) from shop.payment_events'),                  61, 'by one event each');
is($t->sql(q{select count(*) from shop.jobs where phase = 'postpay'}),   61, 'one job each');
ok(wait_for(sub { $t->sql('select count(*) from shop.invoices') == 61 }), 'one invoice each');
Shop::Sale::books_are_right($t);

Shop::Sale::healed($t);
$t->finish;
done_testing();
