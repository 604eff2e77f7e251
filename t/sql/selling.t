#!/usr/bin/perl

# Figures on past orders, orders with discounts, shipping and partners, bills that add up, and the commands
# that change them.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call calls line order paid);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
my $web = $pg->connect('shop_web');

my $partner = $pg->value(q{insert into shop.partners (shopid, name, partnerkey, partnersecret)
    values (1, 'Tested partner', 'TESTED', 'secret') returning id});
my $discount = $pg->value(q{insert into shop.discounts (shopid, name, type, rate, ordering)
    values (1, 'Ten', 'unconditional', 10, 900) returning id});
my $stamp = $pg->value('select shop.discount_stamp(d) from shop.discounts d where id = ?', $discount);
my @course = map { line($dbh, 'project_management', $_) } 1 .. 2;


sub discount_line {
    my ($of, %change) = @_;
    my $untaxed = sprintf '%.2f', -$of->{untaxed} / 10;
    return {type => 'DISCOUNT', code => "DISCOUNT_$discount", abstract => 'Ten −10 %', description => '',
        quantity => 1, unitcost => $untaxed, untaxed => $untaxed, taxed => sprintf('%.2f', -$of->{taxed} / 10),
        tax => $of->{tax}, productiondata => {discountid => $discount, rate => '10',
            itemcode => $of->{code}, line => 1, code => undef}, %change};
}


sub shipping_line {
    return {type => 'SHIPPING', code => 'SHIP_FR', abstract => 'France', description => '', quantity => 1,
        unitcost => '8.00', untaxed => '8.00', taxed => '9.60', tax => {id => 1, title => 'VAT 20%', ratio => '20'}};
}


sub full {
    my ($course, %change) = @_;
    return [$course, discount_line($course), shipping_line()], partner => $partner, partnertag => 'spring',
        discounts => [{id => $discount, stamp => $stamp}], %change;
}

# --- what is frozen ---

my $order = order(full($course[0]));
is(call($web, 'place_orders', [$order])->{verdict}, 'placed', 'an order with discount and shipping');
my $bill = $dbh->selectrow_hashref('select * from shop.bills where transid = ?', undef, $order->{transid});
is("$bill->{untaxeddiscount} $bill->{discount}", '-69.000 -82.800', 'the bill knows its discounts');
is("$bill->{untaxedamount} $bill->{taxes} $bill->{amount}", '629.000 125.800 754.800', 'its totals hold everything');
is("$bill->{partnerid} $bill->{partnertag}", "$partner spring", 'and its partner with his mark');
my @lines = @{$dbh->selectall_arrayref('select * from shop.bill_items where billid = ? order by ordering',
    {Slice => {}}, $bill->{id})};
is(join(' ', map { $_->{type} } @lines), 'BILLING DISCOUNT SHIPPING', 'products, discounts, shipping');
my $kept = decode_json($lines[1]{productiondata});
is("$kept->{discountid} $kept->{rate} $kept->{itemcode} $kept->{line}",
    "$discount 10 PROJECT_MANAGEMENT $lines[0]{id}", 'reason and rate are frozen, tied to their line');
is($lines[1]{tax}, $lines[0]{tax}, 'with the tax of their line');

$dbh->do('update shop.discounts set rate = 50 where id = ?', undef, $discount);
is(call($web, 'order_read', {transid => $order->{transid}})->{amount}, '754.80', 'a new rate changes no bill');
is(call($web, 'place_orders', [order(full($course[0]))])->{verdict}, 'moved', 'but the next order is asked again');
$dbh->do('update shop.discounts set rate = 10, enabled = false where id = ?', undef, $discount);
$stamp = $pg->value('select shop.discount_stamp(d) from shop.discounts d where id = ?', $discount);
is(call($web, 'place_orders', [order(full($course[0]))])->{reason}, 'discount', 'a disabled one is not granted');
$dbh->do('update shop.discounts set enabled = true where id = ?', undef, $discount);
$stamp = $pg->value('select shop.discount_stamp(d) from shop.discounts d where id = ?', $discount);

my @bad = (
    [discount => order([$course[0], discount_line($course[0], untaxed => '1.00', taxed => '1.20')])],
    [totals   => order(full($course[0], totals => {untaxed => '621.00', taxes => '124.20', amount => '745.20'}))],
    [amount   => order([$course[0], discount_line($course[0], untaxed => '-700.00', taxed => '-840.00')])],
    [line_amount => order([{%{$course[0]}, unitcost => '690.01'}])],
);
for my $bad (@bad) {
    is(call($web, 'place_orders', [$bad->[1]])->{reason}, $bad->[0], "refused: $bad->[0]");
}

# --- bills add up ---

for my $wrong ('update shop.bills set untaxedamount = untaxedamount + 1, amount = amount + 1 where id = ?',
    'update shop.bills set discount = discount - 1 where id = ?',
    'update shop.bills set untaxeddiscount = untaxeddiscount - 1 where id = ?',
    q{update shop.bill_items set totalprice = totalprice + 1 where billid = ? and type = 'BILLING'},
    q{update shop.bill_items set type = 'MANUAL', handler = '' where billid = ? and type = 'DISCOUNT'},
    q{delete from shop.bill_items where billid = ? and type = 'SHIPPING'},
    q{insert into shop.bill_items (billid, ordering, type, itemcode, unitcost, quantity, totalprice, taxedprice)
      values (?, 9, 'MANUAL', 'GIFT', -5, 1, -5, -6)}) {
    ok(!eval { $dbh->do($wrong, undef, $bill->{id}); 1 }, "refused: $wrong");
    like($@, qr/is not the sum of its lines|violates check/, 'because the sums would not hold');
}
ok(!eval {
    $dbh->begin_work;
    $dbh->do(q{update shop.bills set lang = 'en' where id = ?}, undef, $bill->{id});
    $dbh->do(q{insert into shop.bill_items (billid, ordering, type, itemcode, unitcost, quantity, totalprice, taxedprice)
        values (?, 9, 'MANUAL', 'GIFT', -5, 1, -5, -6)}, undef, $bill->{id});
    $dbh->commit;
    1;
}, 'refused: a line that comes with another change of its bill');
$dbh->rollback if !$dbh->{AutoCommit};
ok(eval {
    $dbh->begin_work;
    $dbh->do(q{delete from shop.bill_items where billid = ? and type = 'SHIPPING'}, undef, $bill->{id});
    $dbh->do('select shop.bill_total(?)', undef, $bill->{id});
    $dbh->commit;
}, 'lines and totals change together');
is(call($web, 'order_read', {transid => $order->{transid}})->{amount}, '745.20', 'and the total follows');

# --- recalculate, ignoretax, relocate ---

my $edit = order([$course[0], line($dbh, 'excel_basics', 1), line($dbh, 'python_start', 1),
    discount_line($course[0]), shipping_line()], discounts => [{id => $discount, stamp => $stamp}]);
call($web, 'place_orders', [$edit]);
my %this = (transid => $edit->{transid});
my $id = $pg->value('select id from shop.bills where transid = ?', $edit->{transid});
my $names = sub {
    return join ' ', @{$dbh->selectcol_arrayref('select itemcode from shop.bill_items where billid = ? order by ordering',
        undef, $id)};
};
my $place = sub {
    my ($code, $at) = @_;
    my $line = $pg->value('select id from shop.bill_items where billid = ? and itemcode = ?', $id, $code);
    return call($web, 'line_relocate', {%this, line => $line, at => $at})->{verdict};
};
is($place->("DISCOUNT_$discount", 2), 'ok', 'the fourth line moves to the second place');
is($names->(), "PROJECT_MANAGEMENT DISCOUNT_$discount EXCEL_BASICS PYTHON_START SHIP_FR", 'those between move down');
is($place->('PROJECT_MANAGEMENT', 3), 'ok', 'the first to the third');
is($names->(), "DISCOUNT_$discount EXCEL_BASICS PROJECT_MANAGEMENT PYTHON_START SHIP_FR", 'those between move up');
is($place->('EXCEL_BASICS', 99), 'ok', 'beyond the end is the end');
is($names->(), "DISCOUNT_$discount PROJECT_MANAGEMENT PYTHON_START EXCEL_BASICS SHIP_FR", 'shipping stays last');
is($place->('SHIP_FR', 1), 'refused', 'always');

my $before = call($web, 'order_read', \%this);
is(call($web, 'bill_ignoretax', \%this)->{amount}, $before->{untaxed}, 'without taxes the bill is its untaxed total');
is(call($web, 'bill_ignoretax', \%this)->{verdict}, 'exists', 'once');
my $bare = call($web, 'order_read', \%this);
is($bare->{taxes}, '0.00', 'no tax is left');
is($bare->{lines}[1]{tax}{ratio}, '20', 'its tax stays written on each line');
is(call($web, 'bill_ignoretax', {%this, ignore => JSON::PP::false})->{amount}, $before->{amount},
    'with taxes again it is what it was');

$dbh->begin_work;
$dbh->do(q{update shop.bill_items set quantity = 2, totalprice = 1380, taxedprice = 1656
    where billid = ? and itemcode = 'PROJECT_MANAGEMENT'}, undef, $id);
$dbh->do('select shop.bill_total(?)', undef, $id);
$dbh->commit;
is(call($web, 'bill_recalculate', \%this)->{verdict}, 'ok', 'recalculated');
is($pg->value(q{select totalprice || ' ' || taxedprice from shop.bill_items where billid = ? and type = 'DISCOUNT'}, $id),
    '-138.000 -165.600', 'the discount follows its line by its frozen rate');
my $after = call($web, 'order_read', \%this);
is($after->{amount}, sprintf('%.2f', $before->{amount} + 828 - 82.80), 'and the total both');

# Two halves of five cents: what rounding adds is left away, with taxes and without.
my $cents = {%{line($dbh, 'python_start', 1)}, unitcost => '0.05', untaxed => '0.05', taxed => '0.06'};
my @half = map {
    discount_line($cents, untaxed => $_, unitcost => $_, taxed => '-0.03', productiondata => {discountid => $discount,
        rate => '50', itemcode => $cents->{code}, line => 1, code => undef})
} '-0.03', '-0.02';
my $halves = order([$cents, line($dbh, 'excel_basics', 1), @half], discounts => [{id => $discount, stamp => $stamp}]);
is(call($web, 'place_orders', [$halves])->{verdict}, 'placed', 'discounts that leave nothing of a line');
my %halved = (transid => $halves->{transid});
my $taken = sub {
    return $pg->value(q{select string_agg(l.totalprice || ' ' || l.taxedprice, ', ' order by l.ordering) from shop.bill_items l
        join shop.bills b on b.id = l.billid where b.transid = ? and l.type = 'DISCOUNT'}, $halves->{transid});
};
call($web, 'bill_recalculate', \%halved);
is($taken->(), '-0.030 -0.030, -0.020 -0.030', 'recalculated they take no more than there is');
call($web, 'bill_ignoretax', \%halved);
call($web, 'bill_recalculate', \%halved);
is($taken->(), '-0.030 -0.030, -0.020 -0.020', 'nor without taxes');
call($web, 'bill_ignoretax', {%halved, ignore => JSON::PP::false});
is($taken->(), '-0.030 -0.030, -0.020 -0.030', 'and the taxes come back');
is(call($web, 'bill_recalculate', \%halved)->{amount}, $halves->{totals}{amount}, 'to the total of before');

$dbh->do(q{update shop.bills set idnumber = 'ACC-1' where id = ?}, undef, $id);
for my $command ([bill_recalculate => {}], [bill_ignoretax => {}], [line_relocate => {line => 1, at => 1}]) {
    is(call($web, $command->[0], {%this, %{$command->[1]}})->{reason}, 'frozen', "$command->[0] of a lettered bill: no");
}
is(call($web, 'bill_recalculate', {transid => 'NOWHERE1'})->{error}, 'unknown', 'nor of none');

# --- figures ---

my %ask = (shop => 1, customer => 0, user => 0, email => '', uses => [], partners => [$partner], except => []);
my $figures = call($web, 'figures', \%ask);
is("$figures->{partners}[0]{orders} $figures->{partners}[0]{turnover}", '0 0.00', 'nothing was paid yet');
my ($sold) = paid($dbh, full($course[1], proven => 'mail'));
$figures = call($web, 'figures', \%ask)->{partners}[0];
is("$figures->{orders} $figures->{turnover}", '1 1250.00', 'a paid order counts for its partner, shipping included');
is_deeply($figures->{products}, [{code => 'PROJECT_MANAGEMENT', units => '2', turnover => '1242.00'}],
    'its products too, without their discounts');
is($pg->value('select count(*) from shop.bills where partnerid = ?', $partner), 2, 'of two that he brought');
call($web, 'housekeeping', {});
call($web, 'housekeeping', {});
is_deeply(call($web, 'figures', \%ask)->{partners}[0], $figures, 'rows that were added up say the same');
is($pg->value(q{select count(*) from shop.partner_sales where code = ''}), 1, 'in one row');
call($web, 'bill_flow', {transid => $sold->{transid}, to => 'COMPLETE', actor => 'anne'});
is(call($web, 'figures', \%ask)->{partners}[0]{orders}, 1, 'a complete order is counted once');
my $customer = $pg->value('select customerid from shop.bills where transid = ?', $sold->{transid});
is(call($web, 'figures', {%ask, customer => $customer})->{orders}, 1, 'and for its customer');
is(call($web, 'figures', {%ask, customer => $customer})->{email}, $sold->{customer}{email}, 'who has an address');
$dbh->do('update shop.shops set test = false');
$dbh->do('update shop.bills set test = true where transid = ?', undef, $sold->{transid});
is(call($web, 'figures', {%ask, customer => $customer})->{orders}, 0, 'orders of a test do not count in earnest');
$dbh->do('update shop.shops set test = true');
call($web, 'bill_flow', {transid => $sold->{transid}, to => 'PAYBACK', actor => 'anne'});
is(call($web, 'figures', {%ask, customer => $customer})->{orders}, 0, 'what was paid back does not count');
is(call($web, 'figures', \%ask)->{partners}[0]{orders}, 0, 'nor for the partner');
is_deeply(call($web, 'figures', {%ask, partners => [999]})->{partners}, [], 'an unknown partner has none');

$dbh->do(q{insert into shop.staff_rights (source, subject, shopid, permission)
    values ('moodle', '42', null, 'discountagreed'), ('moodle', '42', 1, 'export'), ('name', '42', null, 'payments')});
is_deeply([sort @{call($web, 'figures', {%ask, user => 42})->{rights}}], [qw(discountagreed export)],
    'rights of a Moodle user');
is_deeply(call($web, 'figures', \%ask)->{rights}, [], 'nobody has none');

# Without a whole table read: the history of the shop may grow.
my $scans = sub {
    return $dbh->selectall_hashref(q{select relname, coalesce(seq_scan, 0) as whole, coalesce(idx_scan, 0) as by_index
        from pg_stat_xact_user_tables where schemaname = 'shop'}, 'relname');
};
$dbh->begin_work;
$dbh->do('set local enable_seqscan = off');
my $was = $scans->();
call($dbh, 'figures', {%ask, customer => $customer, user => 42, uses => [$discount]});
my $now = $scans->();
for my $table (qw(bills partner_sales code_uses)) {
    is($now->{$table}{whole} - ($was->{$table}{whole} // 0), 0, "figures do not read all of $table");
    cmp_ok($now->{$table}{by_index}, '>', $was->{$table}{by_index} // 0, 'they use its index');
}
is($now->{bill_items}{whole} // 0, $was->{bill_items}{whole} // 0, 'and no line of any bill');
$dbh->rollback;

# --- figures that move ---

my %known = (ask => \%ask, got => call($web, 'figures', \%ask));
is(call($web, 'place_orders', [order(full($course[0], figures => \%known))])->{verdict}, 'placed',
    'the figures are those that were looked at');
paid($dbh, full($course[0]));
my $moved = call($web, 'place_orders', [order(full($course[0], figures => \%known))]);
is("$moved->{verdict} $moved->{reason}", 'moved figures', 'they have moved');
is($moved->{figures}{partners}[0]{orders}, 1, 'and are told');
$web->disconnect;
done_testing();
