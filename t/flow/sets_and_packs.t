#!/usr/bin/perl

# A set sells its elements one by one, a pack sells them together: what cannot be ordered alone is refused,
# the pack is one line with one price and produces each of its elements.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use JSON::PP qw(decode_json);

use Shop::Buyer;
use Shop::Learner;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base);


sub by_hand {
    my ($product) = @_;
    $b->open('cart');
    my $answer = $b->http->post('/shop/ac/cart/add', [csrf => $b->{page}{answer}{body} =~ /name="csrf" value="([^"]+)/, p => $product],
        headers => {Accept => 'application/json'});
    return decode_json($answer->{body})->{error} // 'none';
}


$b->open('p/office_set');
like($b->page->text, qr/Slides that speak.*€102\.00.*Long documents with Word.*€90\.00/,
    'a set shows its elements and their prices');
$b->submit(qr{cart/add$}, {'quantity.powerpoint_basics' => 5}, p => 'powerpoint_basics');
ok($b->says('cart.added'), 'an element is bought from the page of its set');
$b->add('office_set') if $b->page->form(qr{cart/add$}, 'quantity.office_set');
is(by_hand('office_set'), 'element_not_orderable', 'the set itself is nothing to buy');
is(by_hand('starter_course'), 'element_not_orderable', 'an element of a pack is not sold alone');
is(by_hand('nothing_at_all'), 'product_unknown', 'what does not exist is not sold');

$b->open('p/starter_bundle');
like($b->page->text, qr/€118\.80/, 'a pack has one price');
like($b->page->text, qr/Excel: first steps \(pack\).*Printed workbook/, 'and tells what is in it');
$b->add('starter_bundle');
ok($b->says('cart.added'), 'the pack is bought as a whole');
$b->checkout;
is($b->step, 'order', 'it asks nothing');
my $page = $b->page->text;
$b->order('card');
$b->pay_card;

my $order = Shop::Order->of($t, $b);
my @lines = $order->lines;
is(scalar @lines, 2, 'two lines');
my ($pack) = grep { $_->{itemcode} eq 'STARTER_BUNDLE' } @lines;
is_deeply([map { $_->{code} } @{$pack->{elements}}], ['STARTER_COURSE', 'WORKBOOK'], 'the pack has its elements');
$order->adds_up;
$order->shown_in($page, 'the order page');
ok(Shop::Learner->new($t, 'ada.martin@example.org')->comes_into('EXCEL-1'), 'the course of the pack is open');
ok($b->wait_for_text(qr/Excel: first steps \(pack\)/), 'the page follows each element');
like($b->page->text, qr/Printed workbook/, 'the workbook, too');

$t->finish;
done_testing;
