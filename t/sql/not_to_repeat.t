#!/usr/bin/perl

# Bugs not to repeat, by their numbers in objects.md 23, as far as the database keeps them out. Those of the rules
# are in t/price/cases/not_to_repeat.json.

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


sub refuses {
    my ($statement, $why) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return ok(!eval { $dbh->do($statement); 1 }, $why);
}

# --- money ---

my ($order) = paid($dbh, [line($dbh, 'exam_voucher', 2)]);
my $before = call($web, 'order_read', {transid => $order->{transid}});
$dbh->do(q{update shop.taxes set ratio = 33, formula = '$ttc = $ht * 9'});
$dbh->do(q{update shop.items set price1 = 1, name = 'Other', taxcode = null where shortname = 'exam_voucher'});
my $after = call($web, 'order_read', {transid => $order->{transid}});
is_deeply([@{$after}{qw(untaxed taxes amount lines)}], [@{$before}{qw(untaxed taxes amount lines)}],
    '23.18 a new tax, price or name changes no bill');
call($web, 'registrar_run', {limit => 10});
is($pg->value(q{select content #>> '{amount}' from shop.invoices v join shop.bills b on b.id = v.billid
    where b.transid = ?}, $order->{transid}), $before->{amount}, '23.18 nor its invoice');

my @tellers = map {
    my $teller = $_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        my $own = $pg->connect('shop_web');
        my $course = {%{$order->{lines}[0]}};
        my @placed = map {
            call($own, 'place_orders', [order([$course], transid => sprintf 'N%d%03dAAAAAAAAAAAAAAAAAAAAAAAAA', $teller, $_)])
        } 1 .. 20;
        print {$write} join ' ', map { $_->{order_number} } @placed;
        close $write;
        exec 'true';
    }
    close $write;
    [$pid, $read];
} 1 .. 4;
my %numbers;
for my $teller (@tellers) {
    my ($pid, $read) = @{$teller};
    $numbers{$_}++ for split / /, do { local $/; <$read> };
    waitpid $pid, 0;
}
is(scalar(keys %numbers), 80, '23.19 numbers given at the same time are different');
$dbh->do(q{delete from shop.bills where transid like 'N1%' and id = (select max(id) from shop.bills where transid like 'N1%')});
my $next = call($web, 'place_orders', [order([line($dbh, 'python_start', 1)])]);
ok(!$numbers{$next->{order_number}}, '23.19 and never given again');

refuses(q{update shop.shops set currency = 'Pound'}, '23.20 a currency is an ISO code');
is(call($web, 'place_orders', [order([line($dbh, 'python_start', 1)], currency => 'GPB')])->{reason}, 'currency',
    '23.20 and an order is in that of its shop');

my @mine = map { order([line($dbh, 'python_start', 1)]) } 1 .. 3;
$_->{customer}{email} = 'total@example.org' for @mine;
call($web, 'place_orders', \@mine);
call($web, 'bill_flow', {transid => $mine[0]{transid}, to => 'CANCELLED', actor => 'anne'});
call($web, 'mark_paid', {transid => $mine[1]{transid}, actor => 'anne'});
my $customer = $pg->value('select customerid from shop.bills where transid = ?', $mine[0]{transid});
is(call($web, 'figures', {shop => 1, customer => $customer, user => 0, email => '', uses => [], partners => [], except => []})
    ->{orders}, 1, '23.21 what was cancelled or is not paid is not counted');

my %this = (transid => $mine[2]{transid});
my $full = call($web, 'order_read', \%this);
is(call($web, 'bill_ignoretax', \%this)->{amount}, $full->{untaxed}, '23.16 ignoretax takes the taxes off');
is(call($web, 'order_read', \%this)->{taxes}, '0.00', '23.16 all of them');

# --- bills ---

my $moved = order([map { line($dbh, $_, 1) } qw(python_start excel_basics word_basics)]);
call($web, 'place_orders', [$moved]);
my $indexes = $pg->value(q{select string_agg(indexrelid::text, ' ' order by indexrelid) from pg_index
    where indrelid = 'shop.bill_items'::regclass});
my $first = $pg->value(q{select l.id from shop.bill_items l join shop.bills b on b.id = l.billid
    where b.transid = ? and l.ordering = 1}, $moved->{transid});
is(call($web, 'line_relocate', {transid => $moved->{transid}, line => $first, at => 3})->{verdict}, 'ok',
    '23.25 a line moves');
is($pg->value(q{select string_agg(l.itemcode, ' ' order by l.ordering) from shop.bill_items l join shop.bills b
    on b.id = l.billid where b.transid = ?}, $moved->{transid}), 'EXCEL_BASICS WORD_BASICS PYTHON_START', '23.25 to its place');
is($pg->value(q{select string_agg(indexrelid::text, ' ' order by indexrelid) from pg_index
    where indrelid = 'shop.bill_items'::regclass}), $indexes, '23.25 and no index is dropped for it');

# --- catalogue, shipping, discounts, partners ---

refuses(q{update shop.items set price1 = -1 where shortname = 'python_start'}, '23.36 no negative price');
refuses(q{update shop.items set range1 = 5, range2 = 5 where shortname = 'python_start'}, '23.36 bounds of tiers grow');
refuses(q{update shop.items set code = 'two words' where shortname = 'python_start'}, '23.36 a code is one word');
refuses(q{update shop.items set code = 'EXCEL_BASICS' where shortname = 'python_start'}, '23.36 and unique');
refuses(q{update shop.items set password = 'far too long' where shortname = 'python_start'}, '23.36 an access code is short');
refuses(q{update shop.items set taxcode = 999 where shortname = 'python_start'}, '23.36 a tax exists');
refuses(q{delete from shop.taxes where id in (select taxcode from shop.items)}, '23.17 a tax that is used stays');

refuses(q{update shop.items set setid = (select id from shop.items where shortname = 'office_set')
    where shortname = 'starter_bundle'}, '23.36 a container is in no container');
$dbh->begin_work;
my $elements = q{select count(*) from shop.items where shortname in ('powerpoint_basics', 'word_basics')};
$dbh->do(q{delete from shop.items where shortname = 'office_set'});
is($pg->value($elements), 2, '23.40 a set that goes leaves its elements');
is($pg->value("$elements and setid is null"), 2, '23.40 which are sold alone from then on');
$dbh->rollback;
refuses('delete from shop.categories where id in (select categoryid from shop.items)', '23.42 a category with products stays');
refuses('update shop.categories set parentid = id', '23.42 and is not below itself');
refuses(q{update shop.items set handlerparams = '"coursename=X"'}, '23.44 parameters of a handler are names and values');

my $other = $pg->value(q{insert into shop.catalogs (name) values ('Other') returning id});
my $stranger = $pg->value(q{insert into shop.items (catalogid, categoryid, code, shortname, name)
    select ?, categoryid, 'STRANGER', 'stranger', 'Stranger' from shop.items limit 1 returning id}, $other);
is(call($web, 'place_orders', [order([{%{line($dbh, 'python_start', 1)}, itemid => $stranger}])])->{reason}, 'item',
    '23.41 a product of another catalogue is not ordered here');

my $zone = $pg->value(q{insert into shop.shipping_zones (catalogid, zonecode, applicability) values (?, 'Z', '([*][*])')
    returning id}, $other);
$dbh->do(q{insert into shop.shippings (zoneid, productcode) values (?, 'STRANGER')}, undef, $zone);
refuses(qq{insert into shop.shippings (zoneid, productcode) values ($zone, 'STRANGER')}, '23.54 one price for a product in a zone');
refuses(q{insert into shop.shippings (zoneid, productcode) values (999999, 'X')}, '23.54 in a zone that exists');
$dbh->do('delete from shop.catalogs where id = ?', undef, $other);
is($pg->value('select count(*) from shop.shippings where zoneid = ?', $zone), 0, '23.54 which goes with its catalogue');

my $discount = q{insert into shop.discounts (shopid, name, type, rate, ordering, applyon, applydata, operator) values };
refuses("$discount (1, 'Welcome', 'unconditional', 5, 70, 'bill', '', 'accumulate')", '23.54 names of discounts are unique in a shop');
refuses("$discount (1, 'N1', 'unconditional', 0, 70, 'bill', '', 'accumulate')", '23.54 a rate is more than nothing');
refuses("$discount (1, 'N1', 'unconditional', 101, 70, 'bill', '', 'accumulate')", '23.54 and not more than all');
refuses("$discount (1, 'N1', 'unconditional', 5, 70, '1', '', 'accumulate')", '23.54 a scope is a word');
refuses("$discount (1, 'N1', 'unconditional', 5, 70, 'itemlist', '', 'accumulate')", '23.54 a list of items is not empty');
refuses("$discount (1, 'N1', 'unconditional', 5, 70, 'bill', '', 'sometimes')", '23.54 an operator is one of four');
my $partner = q{insert into shop.partners (shopid, name, partnerkey, partnersecret) values };
refuses("$partner (1, 'Ville de Nantes', 'OTHER', 's')", '23.54 names of partners are unique in a shop');
refuses("$partner (1, 'Other', 'NANTES', 's')", '23.54 keys everywhere');
refuses("$partner (1, 'Other', 'WITH_MARK', 's')", '23.54 and without the sign that ends them');
$web->disconnect;
# Catalogues with a master: no code of a slave is missing there, no copy outlives its item.
{
    my $master = $pg->value(q{insert into shop.catalogs (name) values ('Master') returning id});
    $dbh->do('update shop.catalogs set groupid = id where id = ?', undef, $master);
    my $slave = $pg->value(q{insert into shop.catalogs (name, groupid) values ('Slave', ?) returning id}, $master);
    my $category = $pg->value(q{insert into shop.categories (catalogid, name) values (?, 'All') returning id}, $master);
    my $add = sub {
        my ($catalog, $code, $idnumber) = @_;
        return $pg->value(q{insert into shop.items (catalogid, categoryid, code, shortname, idnumber, name, price1)
            values (?, ?, ?, lower(?), ?, 'Thing', 10) returning id}, $catalog, $category, $code, $code, $idnumber);
    };
    my $of = sub { return $pg->value('select count(*) from shop.items where catalogid = ? and code = ?', @_) };

    $add->($slave, 'BORN_HERE', 'ID-1');
    is($of->($master, 'BORN_HERE'), 1, 'an item made in a slave catalogue is made in its master, too');
    is($pg->value(q{select catalogid from shop.items where idnumber = 'ID-1'}), $master, '… which keeps the idnumber');
    my $item = $add->($master, 'COPIED', '');
    $add->($slave, 'COPIED', '');
    is($of->($master, 'COPIED'), 1, 'a local copy makes no other master');
    $dbh->do('delete from shop.items where catalogid = ? and code = ?', undef, $slave, 'BORN_HERE');
    is($of->($master, 'BORN_HERE'), 1, 'freeing a copy leaves the master');
    $dbh->do('delete from shop.items where id = ?', undef, $item);
    is($of->($slave, 'COPIED'), 0, 'with the item of the master go its copies');
}

done_testing();
