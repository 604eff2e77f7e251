#!/usr/bin/perl

# Credits: spent once for each key, never more than there are, whoever spends at the same time.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use Orders qw(call line order paid);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;

my ($order) = paid($web, [line($dbh, 'free_taster', 1, handler => 'std_addtrainingcredits', unitcost => '10.00',
    untaxed => '10.00', taxed => '12.00')]);
my ($customer) = $dbh->selectrow_array('select customerid from shop.bills where transid = ?', undef, $order->{transid});
my ($job) = $dbh->selectrow_array(q{select id from shop.jobs where phase = 'postpay'});


# Credits as the job brings them.
sub bring {
    my ($amount, $expires) = @_;
    my ($claim) = $dbh->selectrow_array(q{select shop.job_claim(?, 'w', '10 minutes') ->> 'token'}, undef, $job);
    my $said = call($web, 'job_ask', {job => $job, token => $claim, what => 'credit', amount => $amount, expires => $expires});
    call($web, 'instance_record', {job => $job, token => $claim, contexttype => 'credits', productiondata => {amount => $amount}});
    return $said->{balance};
}


sub spend { my ($amount, $key, %more) = @_; return call($web, 'credit_spend', {customer => $customer, amount => $amount, key => $key, %more}) }


is(spend(1, 'too early')->{reason}, 'balance', 'nothing to spend yet');
is(bring(10, 0), 10, 'ten came');
is(spend(0, 'nothing')->{reason}, 'argument', 'nothing is not spent');
is(spend(4, q{})->{reason}, 'argument', 'without a key nothing is');
is_deeply([@{spend(4, 'a', label => 'Course A')}{qw(verdict balance)}], ['ok', 6], 'four are spent');
is_deeply([@{spend(4, 'a')}{qw(verdict balance)}], ['exists', 6], 'the same again changes nothing');
is(spend(5, 'a')->{verdict}, 'changed', 'another amount under the same key is refused');
is_deeply([@{spend(7, 'b')}{qw(verdict reason balance)}], ['refused', 'balance', 6], 'never more than there are');

# two at once: the second waits, then sees what the first one left
{
    my $other = $pg->connect('shop_web');
    $web->begin_work;
    is(spend(6, 'c')->{verdict}, 'ok', 'one takes all');
    $other->do(q{set lock_timeout = '200ms'});
    ok(!eval { call($other, 'credit_spend', {customer => $customer, amount => 1, key => 'd'}); 1 }, 'the other one waits');
    $web->rollback;
    is(call($other, 'credit_spend', {customer => $customer, amount => 1, key => 'd'})->{balance}, 5, 'and takes his when it came to nothing');
}

# those that end first are spent first; what has ended is not there
$dbh->do(q{insert into shop.credit_entries (customerid, amount, unspent, kind, entryid, expires)
    select customerid, 3, 3, 'restored', id, now() + interval '1 day' from shop.credit_entries where key = 'd'}) ;
$dbh->do('update shop.credit_accounts set balance = balance + 3');
is(spend(2, 'e')->{balance}, 6, 'two of eight');
is($dbh->selectrow_array(q{select unspent from shop.credit_entries where kind = 'restored'}), 1, 'of those that end first');
$dbh->do(q{update shop.credit_entries set expires = now() - interval '1 hour' where kind = 'restored'});
is(call($web, 'credits_read', {customer => $customer})->{balance}, 5, 'what has ended does not count');
is(spend(6, 'f')->{reason}, 'balance', 'and is not spent');
call($web, 'housekeeping', {});
is($dbh->selectrow_array('select balance from shop.credit_accounts'), 5, 'housekeeping takes it away');
is(scalar @{call($web, 'credits_read', {customer => $customer})->{entries}}, 6, 'every movement is there');
is($dbh->selectrow_array('select sum(amount) from shop.credit_entries'), 5, 'and they add up');

# suspended and resumed with their instance
my ($product) = $dbh->selectrow_array(q{select id from shop.product_instances where contexttype = 'credits'});
is(call($web, 'instance_operate', {id => $product, action => 'suspend'})->{reason}, 'spent', 'spent credits are not suspended');
my ($bill) = $dbh->selectrow_array('select id from shop.bills where transid = ?', undef, $order->{transid});
is($dbh->selectrow_array(q{select shop.bill_suspend(?, 'staff', '')}, undef, $bill), 0, 'nor with their order');
is($dbh->selectrow_array(q{select count(*) from shop.alerts where message like 'Not suspended: %: spent'}), 1, 'staff are told');

# --- orders that are paid with them ---

$dbh->do(q{update shop.items set enablehandler = 'std_enrolonecourse', handlerparams = '{"coursename": "X", "credit_price": " 2 "}',
    stock = 3 where shortname = 'excel_basics'});
my ($item) = $dbh->selectrow_array(q{select id from shop.items where shortname = 'excel_basics'});
my ($mailbox) = $dbh->selectrow_array('select email from shop.customers where id = ?', undef, $customer);
my $balance = sub { return call($web, 'credits_read', {customer => $customer})->{balance} };
my $stock   = sub { return $dbh->selectrow_array('select stock from shop.items where id = ?', undef, $item) };


# An order of one course, as the web sends it.
sub wanted {
    my ($credits, %change) = @_;
    my $e = order([line($dbh, 'excel_basics', 1, unitcost => '0', untaxed => '0', taxed => '0')], paymode => 'credits', interface => 'freeorder');
    $e->{customer}{email} = $mailbox;
    return {customer => $customer, credits => $credits, order => {%{$e}, %change}};
}


my $first = wanted(2);
my $said  = call($web, 'credit_order', $first);
is_deeply([@{$said}{qw(verdict state amount balance)}], ['placed', 'SOLDOUT', '0.00', 3], 'an order for two credits is placed and paid');
is($dbh->selectrow_array(q{select string_agg(phase || ' ' || handler, ' ') from shop.jobs where billid = ?}, undef, $said->{bill}),
    'postpay std_enrolonecourse', 'and produced as any other');
is_deeply([@{call($web, 'credit_order', $first)}{qw(verdict bill)}], ['exists', $said->{bill}], 'the same again is the same order');
is($balance->(), 3, 'paid once');
is($stock->(), 2, 'and taken once from the stock');
is(call($web, 'credit_order', {%{$first}, credits => 1})->{verdict}, 'changed', 'another price under the same code is refused');
is(call($web, 'order_read', {transid => $first->{order}{transid}})->{spent_credits}, 2, 'the order says what it cost');
is(call($web, 'customer_orders', {customer => $customer})->{orders}[0]{credits}, 2, 'in the list, too');
call($web, 'registrar_run', {});
is($dbh->selectrow_array(q{select amount || ' ' || (content ->> 'spent_credits') from shop.invoices where billid = ?}, undef, $said->{bill}),
    '0.000 2', 'its invoice is one without amount');

for my $case (
    ['price',       wanted(1)],
    ['order',       wanted(2, paymode => 'freeorder')],
    ['customer',    do { my $w = wanted(2); $w->{order}{customer}{email} = 'somebody@example.org'; $w }],
    ['order',       do { my $w = wanted(2); push @{$w->{order}{lines}}, $w->{order}{lines}[0]; $w }],
    ['balance',     do { my $w = wanted(4); $w->{order}{lines}[0]{quantity} = 2; $w }],
    ['unavailable', do { my $w = wanted(2); $w->{order}{lines}[0]{itemid} = 0; $w }],
) {
    is(call($web, 'credit_order', $case->[1])->{reason}, $case->[0], "refused: $case->[0]");
}
is(call($web, 'credit_order', wanted(6, lines => [line($dbh, 'excel_basics', 3, unitcost => '0', untaxed => '0', taxed => '0')]))->{reason},
    'balance', 'three cost more than there is');
$dbh->do(q{update shop.items set status = 'SUSPENDED' where id = ?}, undef, $item);
is(call($web, 'credit_order', wanted(2))->{reason}, 'unavailable', 'what is suspended is not had for credits either');
$dbh->do(q{update shop.items set status = 'AVAILABLE', stock = 0 where id = ?}, undef, $item);
is(call($web, 'credit_order', wanted(2))->{verdict}, 'stock', 'nor what is sold out');
$dbh->do(q{update shop.items set stock = 5 where id = ?}, undef, $item);
$dbh->do(q{update shop.items set enablehandler = 'std_registeredproduct' where id = ?}, undef, $item);
is(call($web, 'credit_order', wanted(2))->{reason}, 'price', 'nor what is no course');
$dbh->do(q{update shop.items set enablehandler = 'std_enrolonecourse' where id = ?}, undef, $item);
is($balance->(), 3, 'a refusal costs nothing');

# two orders at once for the last credits: the second waits, then there is too little
{
    my $other  = $pg->connect('shop_web');
    my @orders = (wanted(2), wanted(2));
    $web->begin_work;
    is(call($web, 'credit_order', $orders[0])->{verdict}, 'placed', 'one of two at once is placed');
    $other->do(q{set lock_timeout = '200ms'});
    ok(!eval { call($other, 'credit_order', $orders[1]); 1 }, 'the other one waits');
    ok(!eval { call($other, 'credit_order', $orders[0]); 1 }, 'and so does the first one sent again');
    $web->commit;
    is(call($other, 'credit_order', $orders[1])->{reason}, 'balance', 'then too little is left');
    is(call($other, 'credit_order', $orders[0])->{verdict}, 'exists', 'and the first one is there');
    is($balance->(), 1, 'one is left');
}

# given back by staff: the credits return to where they came from, once
my $flow = sub { my ($to) = @_; return call($web, 'bill_flow', {transid => $first->{order}{transid}, to => $to, actor => 'Eva', reason => 'never came'}) };
is($flow->('PAYBACK')->{state}, 'PAYBACK', 'an order without amount can be given back');
is($balance->(), 3, 'its credits return');
is($dbh->selectrow_array('select unspent from shop.credit_entries where jobid = ?', undef, $job), 3, 'to the entry that they came from');
is($stock->(), 5, 'and what was sold to the stock');
is($dbh->selectrow_array('select count(*) from shop.refunds where billid = ?', undef, $said->{bill}), 0, 'no money is noted as given back');
is($flow->('CANCELLED')->{state}, 'CANCELLED', 'cancelled besides');
is($balance->(), 3, 'it gives nothing twice');
is($flow->('SOLDOUT')->{reason}, 'credits', 'and is not sold again without being paid');

# credits that ended while they were spent can be spent for a while
my $last = wanted(2);
call($web, 'credit_order', $last);
$dbh->do(q{update shop.credit_entries set expires = now() - interval '1 hour' where jobid = ?}, undef, $job);
call($web, 'housekeeping', {});
is($balance->(), 0, 'the others have ended');
call($web, 'bill_flow', {transid => $last->{order}{transid}, to => 'PAYBACK', actor => 'Eva'});
my $read = call($web, 'credits_read', {customer => $customer});
is($read->{balance}, 2, 'what was spent in time comes back');
is_deeply([map { $_->{amount} } @{$read->{ends}}], [2], 'with an end of its own');
is($read->{entries}[0]{transid}, $last->{order}{transid}, 'the movement names its order');
call($web, 'housekeeping', {});
is($balance->(), 2, 'and stays');
is($dbh->selectrow_array('select sum(amount) from shop.credit_entries'), 2, 'all movements add up');
is($dbh->selectrow_array('select sum(unspent) from shop.credit_entries'), 2, 'and so does what is left of them');

done_testing();
