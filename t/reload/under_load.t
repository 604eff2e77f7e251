#!/usr/bin/perl
# Five reloads while pages are read, each by a connection of its own, and notifications come in: every
# answer is 200, old workers leave, connections to PostgreSQL do not pile up.

use strict;
use warnings;
use Test::More;
use Shop::Load;
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep);

my $t = Shop::Test->new(workers => 2);
my $connections = q{select count(*) from pg_stat_activity where application_name like 'shop:%'};

my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
my $order = $buyer->path;
Shop::Sale::sold_once($t, $buyer);

my $bank   = Shop::Notice->new(server => $t);
my @bodies = map { $bank->body($bank->message($bank->placed)) } 1 .. 40;
my $load   = Shop::Load->start($t, clients => 4, seconds => 9,
    paths => ['/shop/ac/', '/shop/ac/p/workbook', $order, '/shop/ac/c/certificates', '/shop/status']);
my $notices = Shop::Load->start($t, clients => 1, bodies => \@bodies, pause => 0.15, method => 'POST',
    path => '/shop/pay/card/notify');

my $most = 0;
for (1 .. 5) {
    sleep 1.5;
    $t->reload;
    for (1 .. 5) {
        my $now = $t->sql($connections);
        $most = $now if $now > $most;
        sleep 0.05;
    }
}
my $result = $load->result;
is_deeply([keys %{$result->{status}}], [200], "all of $result->{total} pages are served") or diag explain $result;
$result = $notices->result;
is_deeply($result->{status}, {200 => 40}, 'all notifications are accepted') or diag explain $result;

ok(wait_for(sub { my @workers = $t->workers; @workers == 2 }), 'old workers leave');
ok(wait_for(sub { $t->sql($connections) == 16 }), 'and take their connections with them');
cmp_ok($most, '<=', 48, "never more than three generations are connected ($most)");
is($t->sql(q{select count(*) from shop.bills where paidat is not null}), 41, 'every order is paid');
is($t->sql(q{select count(*) from shop.jobs where phase = 'postpay'}), 41, 'and produced once');
ok(wait_for(sub { $t->sql('select count(*) from shop.invoices') == 41 }), 'with an invoice each');
Shop::Sale::books_are_right($t);
my $after = Shop::Sale::at_payment($t);
$after->pay_card;
Shop::Sale::sold_once($t, $after);

$t->finish;
done_testing();
