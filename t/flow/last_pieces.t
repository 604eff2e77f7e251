#!/usr/bin/perl

# The last pieces: the cart never holds more than there are, what was sold meanwhile is taken out with a
# word, and of two buyers who launch at the same time one is told in time.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('welcome_kit', 6);
ok($b->says('refusal.max_reached', n => 5), 'at most five in one order');
$b->add('welcome_kit', 4);
ok($b->says('cart.added'), 'four may be had');

$t->catalog(q{update shop.items set stock = 3, status = 'AVAILABLE' where shortname = 'welcome_kit'});
$b->open('cart');
is($b->value_of(qr{cart/set$}, 'quantity'), 3, 'the cart has what is left');
ok($b->says('refusal.out_of_stock', n => 3), 'and says why');
$b->add('gdpr_essentials');
ok($b->says('refusal.out_of_stock', n => 3), 'the next form that is sent tells it once more');
$b->open('cart');
ok(!$b->says('refusal.out_of_stock', n => 3), 'for the last time');
$b->submit(qr{cart/set$}, {quantity => 0, p => 'gdpr_essentials'});

$t->catalog(q{update shop.items set stock = 1, status = 'AVAILABLE' where shortname = 'welcome_kit'});
my $second = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Bob', lastname => 'Marsh', email => 'bob@example.org'});
for my $buyer ($b, $second) {
    $buyer->open('cart');
    $buyer->add('welcome_kit') if $buyer == $second;
    $buyer->open('cart');
    $buyer->follow(qr{/step/});
    $buyer->fill_customer;
}
$b->order('card');
$second->order('card');
is($second->step, 'payment', 'both may try: nothing is taken before it is paid');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'the first has paid');
is($t->sql(q{select stock from shop.items where shortname = 'welcome_kit'}), 0, 'none is left');

my $third = Shop::Buyer->new(base => $t->base);
Shop::Test::wait_for(sub { $third->open('p/welcome_kit'); $third->says('refusal.providing') });
ok($third->says('refusal.providing'), 'the catalogue says that it comes back');
ok(!grep({ $_->{name} && $_->{name} eq 'p' && $_->{value} eq 'welcome_kit' } @{$third->page->{fields}}),
    'and does not sell it');

$t->catalog(q{update shop.items set stock = 1, status = 'AVAILABLE' where shortname = 'exam_voucher'});
my $pair = Shop::Buyer->new(base => $t->base, person => {email => 'pair@example.org'});
for my $buyer ($pair) {
    $buyer->add('exam_voucher');
    $buyer->open('cart');
    $buyer->follow(qr{/step/});
    $buyer->fill_customer;
}
# behind the back of the workers, as a sale is
$t->dbh->do(q{update shop.items set stock = 0 where shortname = 'exam_voucher'});
$pair->order('card');
is($pair->path, '/shop/ac/', 'who launches too late is back in the catalogue');
ok($pair->says('refusal.providing'), 'and told why') or diag $pair->page->text;
is($t->sql(q{select count(*) from shop.bills where customer ->> 'email' like 'pair%'}), 0, 'no order was made');

$t->finish;
done_testing;
