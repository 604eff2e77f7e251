#!/usr/bin/perl
# Workers are killed at random moments in the middle of productions: each job goes on where it was when
# its lease ends, and is done once.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep time);

my $seed = $ENV{SHOP_SEED} // time;
srand $seed;
note "SHOP_SEED=$seed";

my $t = Shop::Test->new(workers => 2);
$t->expect_log(qr/exited on signal 9/);


# Nobody waits ten minutes here: what the dead held is free at once.
sub leases_end {
    my ($pid) = @_;
    $t->dbh->do(q{update shop.jobs set nexttry = now() where state = 'running' and owner like ?}, undef, "%/$pid/%");
    $t->dbh->do(q{update shop.mails set nexttry = now() where state = 'sending' and owner like ?}, undef, "%/$pid/%");
    return;
}


my @buyers = map { Shop::Sale::at_payment($t) } 1 .. 4;
$t->control('moodle', {action => 'fault', kind => 'slow', delay => 1.5});
$_->pay_card for @buyers;

# Somebody who is at work just now.
sub busy_worker {
    my $owner = wait_for(sub { $t->sql(q{select owner from shop.jobs where state = 'running' order by random() limit 1}) })
        // return;
    return $owner =~ m{/(\d+)/} ? $1 : undef;
}


for my $kill (1 .. 6) {
    sleep rand 0.4;
    my $victim = busy_worker();
    last if !$victim;
    kill 'KILL', $victim;
    ok(wait_for(sub { my @now = $t->workers; @now == 2 && !grep { $_ == $victim } @now }),
        "worker $kill is killed in the middle of its job and replaced");
    leases_end($victim);
}
cmp_ok($t->sql('select max(token) from shop.jobs'), '>', 1, 'jobs were taken over');
$t->control('moodle', {action => 'fault', kind => 'none'});

Shop::Sale::healed($t);
Shop::Sale::sold_once($t, $_, distinct => 1) for @buyers;

$t->finish;
done_testing();
