#!/usr/bin/perl

# A large mixed cart, two rates of tax, a ladder, a pack, prices with three decimals: the cart, the order page,
# the payment page, the bill, the invoice and the mails show the same sums, in both languages.

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
my %cart = (welcome_kit => 2, exam_voucher => 11, project_management => 4, gdpr_essentials => 1, starter_bundle => 1);

for my $lang (qw(en fr)) {
    my $email = "$lang\@example.org";
    my $b = Shop::Buyer->new(base => $t->base, lang => $lang, person => {email => $email});
    for my $product (sort keys %cart) {
        $b->add($product, $cart{$product} == 1 ? undef : $cart{$product});
    }
    $b->open('cart');
    my %shown = (cart => $b->page->text);
    $b->checkout;
    $shown{'order page'} = $b->page->text;
    $b->order('card');
    $shown{'payment page'} = $b->page->text;
    $b->pay_card;
    my $order = Shop::Order->of($t, $b);
    ok($order->comes_to('SOLDOUT|COMPLETE'), "$lang: paid");
    my $number = $order->invoice_number;
    $b->open('order/' . $order->transid);
    $shown{invoice} = $b->page->text;
    my $mail = $t->mail_to($email, qr/\Q$number\E/, 20);
    ok($mail, 'the mail came') or next;
    $shown{mail} = $mail->{text};
    $shown{'HTML mail'} = Shop::Page->new({body => $mail->{html}, status => 200})->text;

    $order->adds_up;
    is($order->row->{amount} + 0, 2 * 15 + 11 * 78 + 4 * 768 + 54 + 118.8, 'the sum is right');
    my $row = $order->row;
    for my $where (sort keys %shown) {
        my $text = $shown{$where} =~ s/\s+/ /gr;
        for my $name (qw(untaxedamount amount)) {
            my $euros = Shop::Order::euros($row->{$name}, $lang) =~ s/\s+/ /gr;
            ok(index($text, $euros) >= 0, "$lang: $name $euros: $where") or diag $text;
        }
    }
    # the taxes of both rates, wherever taxes are listed
    my %tax;
    $tax{$_->{tax}{ratio} + 0} += $_->{taxedprice} - $_->{totalprice} for $order->lines;
    is(join(' ', sort keys %tax), '20 5.5', 'two rates');
    for my $where ('cart', 'order page', 'invoice', 'mail', 'HTML mail') {
        my $text = $shown{$where} =~ s/\s+/ /gr;
        for my $rate (sort keys %tax) {
            my $euros = Shop::Order::euros($tax{$rate}, $lang) =~ s/\s+/ /gr;
            ok(index($text, $euros) >= 0, "$lang: the tax of $rate %, $euros: $where") or diag $text;
        }
    }
}

$t->finish;
done_testing;
