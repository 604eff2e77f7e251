#!/usr/bin/perl

# Placing orders: sums, stock, repetition, free orders, promised payments.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call calls line order started transid);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;

my $course = line($dbh, 'excel_basics', 1);
my $order  = order([$course]);
my $placed = call($web, 'place_orders', [$order]);
is($placed->{verdict}, 'placed', 'an order is placed');
is($placed->{state},   'PLACED', 'and waits for its payment');
like($placed->{order_number}, qr/^O-\d{8}-\d+$/, 'with a number');

my $again = call($web, 'place_orders', [$order]);
is($again->{verdict}, 'exists', 'twice is once');
is($again->{order_number}, $placed->{order_number}, 'with the same answer');

my $read = call($web, 'order_read', {transid => $order->{transid}, shop => 'ac'});
is($read->{amount}, '108.00', 'the order is read');
is($read->{customer}{firstname}, 'Zoé', 'with its buyer');
is($read->{lines}[0]{tax}{ratio}, '20', 'its frozen tax');
is($read->{production}, 'none', 'and no production yet');
is(call($web, 'order_read', {transid => transid()})->{error}, 'unknown', 'another is not known');

my @bad = (
    [totals   => order([$course], totals => {untaxed => '90.00', taxes => '18.00', amount => '108.01'})],
    [totals   => order([$course], totals => {untaxed => '1.00', taxes => '0.00', amount => '1.00'})],
    [line_amount => order([{%{$course}, unitcost => '1.00'}])],
    [shop     => order([$course], shop => 99)],
    [currency => order([$course], currency => 'USD')],
    [paymode  => order([$course], paymode => 'barter')],
    [paymode  => order([$course], interface => 'freeorder')],
    [item     => order([{%{$course}, itemid => 99999}])],
    [lines    => order([], totals => {untaxed => '0', taxes => '0', amount => '0'})],
    [customer => order([$course], customer => {lastname => 'x', email => 'nobody'})],
    [transid  => order([$course], transid => 'x y')],
);
my @answers = calls($web, 'place_orders', [map { $_->[1] } @bad]);
for my $i (0 .. $#bad) {
    is("$answers[$i]{verdict} $answers[$i]{reason}", "refused $bad[$i][0]", "refused: $bad[$i][0]");
}

my @three = (order([$course]), order([line($dbh, 'welcome_kit', 6)]), order([$course]));
push @three, $three[0];
is(join(' ', map { $_->{verdict} } calls($web, 'place_orders', \@three)),
    'placed stock placed exists', 'each has its own verdict, in order');

my $free = order([line($dbh, 'free_taster', 1)], paymode => 'freeorder', interface => 'freeorder');
my $settled = call($web, 'place_orders', [$free]);
is("$settled->{verdict} $settled->{state}", 'placed SOLDOUT', 'a free order is settled at once');
is($pg->value(q{select eventkey || ' ' || verdict from shop.payment_events where billid = ?}, $settled->{bill}),
    "free:" . $pg->value('select id from shop.payment_attempts where billid = ?', $settled->{bill}) . ' apply',
    'by an event like any other');
$read = call($web, 'order_read', {transid => $free->{transid}});
is($read->{production}, 'running', 'and produced');
is($read->{attempt}{state}, 'paid', 'with its paying attempt');

my $transfer = order([$course], paymode => 'transfer', interface => 'transfer');
call($web, 'place_orders', [$transfer]);
my $confirmed = call($web, 'order_confirm', {transid => $transfer->{transid}, shop => 'ac'});
is($confirmed->{state}, 'PENDING', 'a transfer is promised');
is(call($web, 'order_confirm', {transid => $transfer->{transid}})->{verdict}, 'exists', 'once');
is($pg->value(q{select count(*) from shop.mails where template = 'transaction_input'}),
    $pg->value('select count(*) from shop.bills'), 'the sales team is told of every order, once');
$dbh->do(q{delete from shop.mails where billid <> (select id from shop.bills where transid = ?)}, undef, $transfer->{transid});
my @mails = @{call($web, 'mails_claim', {owner => 't', limit => 10, lease_seconds => 60})->{mails}};
is(join(' ', sort map { $_->{template} } @mails), 'sales_feedback transaction_input',
    'buyer and sales team are told');
is($mails[0]{order}{transid}, $transfer->{transid}, 'the mails have the order');
is(call($web, 'mark_paid', {transid => $transfer->{transid}, actor => 'anne'})->{state}, 'SOLDOUT',
    'staff have seen the money');
is($pg->value('select actor from shop.bill_transitions where tostatus = ? and actor <> ?', 'SOLDOUT',
    'payment'), 'anne', 'and the log knows who');
is(call($web, 'bill_flow', {transid => $transfer->{transid}, to => 'PLACED'})->{reason}, 'transition',
    'there is no way back');
ok(!eval { $dbh->do(q{update shop.bills set status = 'PLACED' where status = 'SOLDOUT'}); 1 },
    'not even in a table');
ok(!eval { $dbh->do(q{update shop.bills set amount = amount + 1}); 1 }, 'nor other sums');
ok(!eval { $dbh->do('update shop.bill_items set totalprice = 1'); 1 }, 'nor other lines');

my $trusted = order([$course], paymode => 'check', interface => 'check', override => JSON::PP::true);
call($web, 'place_orders', [$trusted]);
is(call($web, 'order_confirm', {transid => $trusted->{transid}})->{state}, 'PREPROD',
    'who is trusted is served before the cheque is there');
is(call($web, 'mark_paid', {transid => $trusted->{transid}})->{state}, 'SOLDOUT', 'and pays later');
is($pg->value(q{select count(*) from shop.jobs j join shop.bills b on b.id = j.billid
    where b.transid = ? and j.phase = 'postpay'}, $trusted->{transid}), 1, 'served once');

my $known = order([$course], user => 7, proven => 'moodle');
call($web, 'place_orders', [$known]);
is(call($web, 'customer_find', {email => uc $known->{customer}{email}})->{hasaccount}, 7,
    'a proven buyer is linked to his account');
$dbh->do(q{update shop.customers set phone = '+33 2 40 00 00 00' where hasaccount = 7});
call($web, 'place_orders', [order([$course], user => 7, proven => 'moodle', customer => $known->{customer})]);
is(call($web, 'customer_find', {email => $known->{customer}{email}})->{phone}, '+33 2 40 00 00 00', 'and keeps a number that he was not asked for');
my $forged = order([$course], customer => {%{$known->{customer}}, lastname => 'Other'});
call($web, 'place_orders', [$forged]);
is(call($web, 'customer_find', {email => $known->{customer}{email}})->{lastname}, 'Martin',
    'an unproven one changes nothing');
is(scalar @{call($web, 'customer_orders', {email => $known->{customer}{email}, shop => 'ac'})->{orders}}, 3,
    'orders of a customer');
is(call($web, 'customer_find', {email => 'no@example.org'})->{id}, undef, 'nobody');
$dbh->do(q{insert into shop.staff_rights (source, subject, shopid, permission) values
    ('moodle', '7', null, 'paycheckoverride'), ('moodle', '7', 1, 'salesadmin'), ('name', '7', null, 'export'),
    ('moodle', '8', null, 'payments')});
is(join(' ', sort @{call($web, 'customer_find', {email => $known->{customer}{email}, account => 7, shop => 'ac'})->{rights}}),
    'paycheckoverride salesadmin', 'the rights of his account');
is_deeply(call($web, 'customer_find', {email => 'no@example.org', account => 9, shop => 'ac'}), {id => undef, rights => [], credits => JSON::PP::false},
    'nobody has none');
my $saved = call($web, 'customer_save', {email => 'new@example.org', lastname => 'New', firstname => 'A'});
is(call($web, 'customer_find', {email => 'new@example.org'})->{id}, $saved->{id}, 'a customer is kept');
my %other = (email => 'New@example.org', lastname => 'Other', firstname => 'B');
is(call($web, 'customer_save', \%other)->{id}, $saved->{id}, 'once per address');
is(call($web, 'customer_find', {id => $saved->{id}})->{lastname}, 'New', 'not overwritten by anybody');
call($web, 'customer_save', {%other, proven => JSON::PP::true, user => 8});
is(call($web, 'customer_find', {user => 8})->{lastname}, 'Other', 'but by its owner');
is(call($web, 'customer_save', {%other, email => 'moved@example.org', proven => JSON::PP::true, user => 8})->{id}, $saved->{id},
    'whose address has changed in Moodle');
is($pg->value(q{select email from shop.customers where hasaccount = 8}), 'moved@example.org', 'and is written down');
isnt(call($web, 'customer_save', {%other, email => 'stolen@example.org', user => 8})->{id}, $saved->{id},
    'nobody else moves it');

is(call($web, 'order_paymode', {transid => $order->{transid}, paymode => 'transfer', interface => 'transfer'})
    ->{verdict}, 'ok', 'another way to pay');
is(call($web, 'order_paymode', {transid => $order->{transid}, paymode => 'gold'})->{reason}, 'paymode', 'not any');

my $marked = order([$course], fingerprint => 'f' x 64);
call($web, 'place_orders', [$marked]);
is(call($web, 'place_orders', [$marked])->{verdict}, 'exists', 'the same once more is the same order');
my $changed = order([line($dbh, 'gdpr_essentials', 1)], transid => $marked->{transid},
    fingerprint => 'e' x 64);
is(call($web, 'place_orders', [$changed])->{verdict}, 'changed', 'something else under its code is not');
is(call($web, 'order_read', {transid => $marked->{transid}})->{lines}[0]{code}, 'EXCEL_BASICS',
    'and changes nothing');
is(join(' ', map { $_->{verdict} } calls($web, 'place_orders',
    [order([$course], transid => 'T' x 30, fingerprint => 'a'), order([$course], transid => 'T' x 30)])),
    'placed changed', 'nor in the same call');

started($web, $marked, config => 'transfer', interface => 'transfer');
is(call($web, 'order_read', {transid => $marked->{transid}})->{paymode}, 'transfer',
    'an order is paid as its last try says');
call($web, 'order_confirm', {transid => $marked->{transid}});
started($web, $marked);
is(call($web, 'order_read', {transid => $marked->{transid}})->{paymode}, 'transfer',
    'what was promised stays promised');

my $terms = call($web, 'order_terms', {transid => $marked->{transid}, shop => 'ac'});
is("$terms->{terms} $terms->{terms_accepted_at}", 'Terms 2026-11-01T10:00:00Z',
    'the terms that were accepted are kept with the order');
is(call($web, 'order_terms', {transid => transid()})->{error}, 'unknown', 'of no other');
$web->disconnect;
done_testing();
