#!/usr/bin/perl
# PostgreSQL dies before, during and after a notification: what the bank was told is kept, what it was not
# told it repeats, and the order is paid once.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2);
$t->expect_log(qr/shop work: question failed/);


sub pay_while {
    my ($buyer, $break) = @_;
    $buyer->submit(qr{vads-payment/$}, {}, go => 1);
    $break->();
    $buyer->submit(qr{vads-payment/pay$}, {number => '4970100000000000', expiry => '12/30', cvv => '123'}, action => 'pay');
    return;
}


# before: the notification finds no database; it is kept on the disk and the bank is asked to come back
my $before = Shop::Sale::at_payment($t);
pay_while($before, sub { $t->pg->kill });
my @answers = Shop::Sale::notices($t);
is_deeply([map { $_->{status} } @answers], [503], 'before: the bank is told to come back');
$before->back_from_bank;
is($before->page->status, 503, 'the buyer is asked for a little patience');
like($before->page->text, qr/moment/, 'in words');
is(scalar(grep {/[.]msg/} glob "$t->{dir}/spool/*"), 1, 'the notification lies in the spool');
$t->pg->start;
ok(wait_for(sub { !grep {/[.]msg/} glob "$t->{dir}/spool/*" }), 'it is replayed when the database is back');
Shop::Sale::healed($t);
is((Shop::Sale::notify_again($t, $before, src => 'RETRY'))[0]{status}, 200, 'and the bank\'s repetition changes nothing');
Shop::Sale::sold_once($t, $before);

# during: the row is locked, so that the function is under way when the server dies
my $during = Shop::Sale::at_payment($t);
$t->control('bank', {notify => 'after', retries => 60, retry_seconds => 1});
my $lock = $t->pg->connect;
$lock->begin_work;
$lock->do('select from shop.bills where transid = ? for update', undef, $during->{transid});
$during->pay_card;
ok(wait_for(sub { $t->sql(q{select count(*) from pg_stat_activity where wait_event_type = 'Lock'}) }),
    'during: the notification is inside the database');
$t->pg->kill;
$lock->{InactiveDestroy} = 1;
$t->pg->start;
Shop::Sale::healed($t);
Shop::Sale::sold_once($t, $during);
ok(wait_for(sub { grep { $_->{status} == 200 } map { @{$_->{notices}} }
    grep { $_->{order_id} eq $during->{transid} } @{Shop::Sale::bank($t, 'transactions')->{transactions}} }, 60), 'the bank is told in the end');

# after: committed, then the server dies before production has begun
$t->control('bank', {notify => 'before', retries => 0});
my $after = Shop::Sale::at_payment($t);
pay_while($after, sub { });
$t->pg->kill;
$t->pg->start;
Shop::Sale::healed($t);
Shop::Sale::sold_once($t, $after, distinct => 1);

$t->finish;
done_testing();
