#!/usr/bin/perl

# Invoice numbers under four sessions that pay and number at once: no gap, order of payment, one chain.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use POSIX ();
use Orders qw(call calls event line order paid started);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->do('update shop.shops set test = false');
my $course = line($dbh, 'excel_basics', 1);

# all known before the children start, so that no transaction code is made twice
my @orders  = map { order([$course]) } 1 .. 120;
calls($dbh, 'place_orders', \@orders);
my @events = map { event($_, started($dbh, $_, mode => 'live'), 'paid') } @orders;


# Each session pays a share, every event twice in all, and runs the registrar after each batch.
sub session {
    my ($share) = @_;
    my $mine = $pg->connect('shop_web');
    while (my @batch = splice @{$share}, 0, 7) {
        calls($mine, 'payments_apply', \@batch);
        call($mine, 'registrar_run', {limit => 5});
    }
    $mine->disconnect;
    return;
}


my @children;
for my $n (0 .. 3) {
    my @share = map { $events[$_] } grep { $_ % 2 == $n % 2 } 0 .. $#events;
    @share = reverse @share if $n >= 2;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        eval { session(\@share); 1 } or do { diag $@; POSIX::_exit(1) };
        POSIX::_exit(0);
    }
    push @children, $pid;
}
my $failed = grep { waitpid $_, 0; $? != 0 } @children;
is($failed, 0, 'four sessions without an error');
1 while call($dbh, 'registrar_run', {limit => 50})->{numbered} > 0;

is($pg->value(q{select count(*) from shop.bills where status = 'SOLDOUT'}), 120, 'every order is paid');
is($pg->value('select count(*) from shop.jobs'), 120, 'and produced once');
is($pg->value('select count(*) from shop.invoices'), 120, 'and numbered once');
is($pg->value('select min(seq) || \'-\' || max(seq) || \'-\' || count(distinct seq) from shop.invoices'),
    '1-120-120', 'without a gap');
is($pg->value('select count(*) from shop.invoices a join shop.invoices b on b.seq = a.seq + 1
    where b.issuedat < a.issuedat'), 0, 'dates grow with the numbers');
like($pg->value('select number from shop.invoices where seq = 1'), qr/^AC-B-\d{4}-000001$/, 'as printed');

is_deeply(call($dbh, 'invoices_verify', {shop => 'ac'}), {checked => 120, broken => []}, 'the chain holds');
ok(!eval { $dbh->do('update shop.invoices set amount = 1'); 1 }, 'an invoice cannot be changed');
ok(!eval { $dbh->do('delete from shop.invoices'); 1 }, 'nor deleted');
$dbh->do('alter table shop.invoices disable trigger keep');
$dbh->do(q{update shop.invoices set content = jsonb_set(content, '{amount}', '"1.00"') where seq = 17});
is(scalar @{call($dbh, 'invoices_verify', {})->{broken}}, 1, 'who does so all the same is seen');

my $busy = $pg->connect;
$busy->begin_work;
is_deeply(call($busy, 'registrar_run', {}), {numbered => 0}, 'the registrar has nothing to do');
is_deeply(call($dbh, 'registrar_run', {}), {numbered => 0, busy => JSON::PP::true}, 'a second one does not wait for it');
$busy->rollback;
$busy->disconnect;

my $read = call($dbh, 'order_read', {transid => $orders[0]{transid}});
like($read->{invoice_number}, qr/^AC-B-/, 'the order shows its number');
is($pg->value(q{select content ->> 'number' from shop.invoices v join shop.bills b on b.id = v.billid
    where transid = ?}, $orders[0]{transid}), $read->{invoice_number}, 'the frozen document too');

call($dbh, 'bill_flow', {transid => $orders[0]{transid}, to => 'PAYBACK', actor => 'anne'});
is(call($dbh, 'registrar_run', {})->{numbered}, 1, 'a refund has a number');
like($pg->value(q{select number from shop.invoices where kind = 'credit'}), qr/^AC-A-\d{4}-000001$/, 'in its own series');

my ($test) = paid($dbh, [$course], test => JSON::PP::true);
call($dbh, 'registrar_run', {});
like(call($dbh, 'order_read', {transid => $test->{transid}})->{invoice_number}, qr/^AC-TB-/,
    'test orders have theirs');
done_testing();
