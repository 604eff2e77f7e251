#!/usr/bin/perl
# Workers are killed while the bank's notifications pour in: the bank repeats what got no answer, and each
# order is paid once.

use strict;
use warnings;
use Test::More;
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep);

my $t = Shop::Test->new(workers => 2, moodle => 0, mail => 0, bank_conf => '');
$t->expect_log(qr/exited on signal 9/);
my $bank   = Shop::Notice->new(server => $t);
my @orders = map { $bank->placed } 1 .. 120;
my @bodies = map { $bank->body($bank->message($_)) } @orders;


# Like a bank: again and again until it is accepted, and now and then once more than needed.
sub tell_all {
    my ($part) = @_;
    for my $i (grep { $_ % 4 == $part } 0 .. $#bodies) {
        for my $try (1 .. 200) {
            last if $bank->post($bodies[$i])->{status} == 200 && ($try > 1 || $i % 3);
            sleep 0.02;
        }
    }
    return;
}


my @tellers;
for my $part (0 .. 3) {
    my $pid = fork // die "fork: $!";
    if ($pid == 0) { tell_all($part); POSIX::_exit(0) }
    push @tellers, $pid;
}
for (1 .. 6) {
    sleep 0.15 + rand 0.2;
    my @workers = $t->workers;
    kill 'KILL', $workers[rand @workers];
}
waitpid $_, 0 for @tellers;

my $number = scalar @orders;
is($t->sql(q{select count(*) from shop.bills where status in ('SOLDOUT', 'COMPLETE') and paiedamount = amount}), $number,
    'every order is paid');
is($t->sql('select count(*) from shop.payment_events'),                       $number, 'by one event each');
is($t->sql('select count(*) from shop.payment_attempts where paying'),        $number, 'one payment each');
is($t->sql(q{select count(*) from shop.bill_transitions where tostatus = 'SOLDOUT'}), $number, 'one passage each');
is($t->sql(q{select count(*) from shop.jobs where phase = 'postpay'}),        $number, 'one job each');
is($t->sql('select count(*) from shop.mails'), 3 * $number, 'three mails each: launched, paid, confirmed');
is($t->sql('select sum(quantity) from shop.item_sales'),                      $number, 'one unit each');
ok(wait_for(sub { $t->sql('select count(*) from shop.invoices') == $number }), 'one invoice each');
Shop::Sale::books_are_right($t);
is($bank->tell($orders[0])->{status}, 200, 'and the shop goes on');

Shop::Sale::healed($t);
$t->finish;
done_testing();
