#!/usr/bin/perl

# A discount from an amount on: changing a quantity reaches it and loses it again, in the cart, by the
# script's requests and on the order page.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(decode_json);
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0, mail => 0);
$t->catalog(q{insert into shop.discounts (shopid, name, type, argument, ruledata, rate, ordering, translations) values
    (1, 'Large', 'orderamount', 'For a large order', '174', 10, 60, '{"fr": {"argument": "Pour une grande commande"}}')});

for my $lang (qw(en fr)) {
    my $b = Shop::Buyer->new(base => $t->base, lang => $lang);
    my $reason = $lang eq 'fr' ? qr/Pour une grande commande : 10 %/ : qr/For a large order: 10 %/;
    $b->add('exam_voucher');
    $b->open('cart');
    unlike($b->page->text, $reason, "$lang: one piece does not reach it");
    $b->submit(qr{cart/set$}, {quantity => 2});
    like($b->page->text, $reason, 'two do, to the cent') or diag $b->page->text;
    like($b->page->text, qr/156[.,]60/, 'and cost less');
    my $answer = $b->http->post('/shop/ac/cart/set', [csrf => $b->value_of(qr{cart/set$}, 'csrf'), p => 'exam_voucher', quantity => 1],
        headers => {Accept => 'application/json'});
    my $cart = decode_json($answer->{body});
    is_deeply($cart->{discounts}, [], 'the script is told that it is lost');
    like($cart->{total}, qr/87[.,]00/, 'with the price of one');
    $b->open('cart');
    $b->submit(qr{cart/set$}, {quantity => 3});
    $b->checkout;
    like($b->page->text, $reason, "$lang: the order page has it");
    $b->order('card');
    is(Shop::Order->last_of($t)->row->{amount} + 0, 234.9, 'and the bill');
}

$t->finish;
done_testing;
