#!/usr/bin/perl

# Credits: spent once for each key, never more than there are, whoever spends at the same time.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use Orders qw(call line paid);
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
    select customerid, 3, 3, 'restored', id, now() + interval '1 day' from shop.credit_entries where kind = 'bought'}) ;
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

done_testing();
