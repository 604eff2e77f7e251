#!/usr/bin/perl

# A learner whom Moodle knows follows a free course and buys its certificate. Her address belongs to an
# account: she proves it by the link in a mail, finds her cart again, pays by card. The certificate is
# released in Moodle, the mail and the invoice say so.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Learner;
use Shop::Order;
use Shop::Test;

my $order_page;
my $t       = Shop::Test->new(patient => 1);
my $camille = 'camille.martin@example.org';
my $learner = Shop::Learner->new($t, $camille);
my $b       = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Camille', lastname => 'Martin', email => $camille});

ok(!$learner->in_group('cert-mooc-web'), 'the certificate is not released yet');

$b->add('mooc_certificate');
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'customer', 'a certificate asks no question and needs no seat');
ok($b->says('customer.known'), 'who has an account is told that one can log in');

$b->fill_customer;
is($b->page->status, 422, 'the address of an account is not taken from anybody');
like($b->page->error_of('email'), qr/already has an account/, 'the field says why');
is($b->value_of(qr{step/customer$}, 'lastname'), 'Martin', 'what was typed is kept');
is($b->value_of(qr{step/customer$}, 'address'), '3 rue des Lilas', 'all of it');
is($t->sql('select count(*) from shop.customers'), 0, 'nobody was recorded');

$b->submit(qr{/login$}, {});
like($b->page->text, qr/camille\.martin\@example\.org/, 'a link is on its way to her mailbox');
my $mail = $t->mail_to($camille, qr/./);
ok($mail, 'the mail came');
my ($link) = $mail->{text} =~ m{(http://\S+/login/complete\?\S+)};
ok($link, 'with a link');

my $before = $b->http->{cookies}{shopsid};
$b->open($link);
isnt($b->http->{cookies}{shopsid}, $before, 'the session has another identifier');
is($b->step, 'customer', 'she is where she was');
like($b->page->text, qr/Camille Martin/, 'and known by name');

my $stranger = Shop::Buyer->new(base => $t->base);
$stranger->open($link);
unlike($stranger->page->text, qr/Camille/, 'the link works once');

is($b->value_of(qr{step/customer$}, 'address'), '3 rue des Lilas', 'the form is still filled in');
$b->submit(qr{step/customer$}, {}, go => 1);
is($b->step, 'order', 'nothing is left to ask');
like($b->page->text, qr/My first web site/, 'the cart is the one of before');
$order_page = $b->page->text;

$b->order('card');
$b->pay_card;
like($b->path, qr{/order/[A-Z2-7]{30}/done}, 'the bank sends her back to her order');
my $order = Shop::Order->of($t, $b);

ok($order->comes_to('COMPLETE'), 'paid and delivered');
ok($learner->in_group('cert-mooc-web'), 'she is in the group that sees the certificate');
is($order->row->{userid}, $learner->account->{id}, 'the order belongs to her account');

ok($b->wait_for_text(qr/has been released/), 'the page says that it is released');
like($b->page->text, qr/articles: 0/, 'the cart is empty again');
$order->shown_in($order_page, 'the order page');

my $number = $order->invoice_number;
like($number, qr/^AC-TB-\d{4}-000001$/, 'the invoice has the first number');
$b->open($b->path);
$b->follow(qr{/order/[A-Z2-7]+(?:\?|$)});
like($b->page->text, qr/\Q$number\E/, 'the invoice shows it');
$order->shown_in($b->page->text, 'the invoice');
$order->adds_up;

$mail = $t->mail_to($camille, qr/\Q$number\E/);
ok($mail, 'the summary came by mail');
$order->shown_in($mail->{text}, 'the mail');
like($mail->{text}, qr/order\/\Q$order->{transid}\E\?/, 'with a link to the invoice');

$t->finish;
done_testing;
