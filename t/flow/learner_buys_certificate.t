#!/usr/bin/perl

# A learner whom Moodle knows follows a free course and buys its certificate. Her address belongs to an
# account: she proves it by the link in a mail, finds her cart again, pays by card. The certificate is
# released in Moodle, the mail and the invoice say so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Learner;
use Shop::Order;
use Shop::Test;

my $t       = Shop::Test->new;
my $camille = 'camille.martin@example.org';
my $learner = Shop::Learner->new($t, $camille);
my $b       = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Camille', lastname => 'Martin', email => $camille});

ok(!$learner->in_group('cert-mooc-web'), 'the certificate is not released yet');

$b->add('mooc_certificate');
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'customer', 'a certificate asks no question and needs no seat');
like($b->page->text, qr/Log in/, 'who has an account is told that one can log in');

$b->fill_customer;
is($b->page->status, 422, 'the address of an account is not taken from anybody');
like($b->page->text, qr/already has an account/, 'the page says why');
my $form = $b->page->form(qr{step/customer$});
my %kept = map { ($_->{name} => $_->{value}) } @{$form->{fields}};
is($kept{lastname}, 'Martin',    'what was typed is kept: name');
is($kept{address},  '3 rue des Lilas', 'what was typed is kept: address');
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

$form = $b->page->form(qr{step/customer$});
%kept = map { ($_->{name} => $_->{value}) } @{$form->{fields}};
is($kept{address}, '3 rue des Lilas', 'the form is still filled in');
$b->submit(qr{step/customer$}, {}, go => 1);
is($b->step, 'order', 'nothing is left to ask');
like($b->page->text, qr/My first web site/, 'the cart is the one of before');

$b->order('card');
$b->pay_card;
like($b->path, qr{/order/[A-Z2-7]{30}/done}, 'the bank sends her back to her order');
my $order = Shop::Order->of($t, $b);

ok($order->comes_to('COMPLETE'), 'paid and delivered');
ok($learner->in_group('cert-mooc-web'), 'she is in the group that sees the certificate');
is($order->row->{userid}, $learner->account->{id}, 'the order belongs to her account');

ok($b->wait_for_text(qr/certificate.*(?:released|available)/i), 'the page says that it is released')
    or diag $b->page->text;
like($b->page->text, qr/articles: 0/, 'the cart is empty again') or diag $b->page->text;

my $number = $order->invoice_number;
like($number, qr/^AC-TB-\d{4}-000001$/, 'the invoice has the first number');
$b->open($b->path);
$b->follow(qr/Get the invoice/);
like($b->page->text, qr/Invoice Number\s*\Q$number\E/, 'the invoice shows it');
$order->shown_in($b->page->text, 'the invoice');
$order->adds_up;

$mail = $t->mail_to($camille, qr/\Q$number\E/);
ok($mail, 'the summary came by mail');
$order->shown_in($mail->{text}, 'the mail');
like($mail->{text}, qr/order\/\Q$order->{transid}\E\?/, 'with a link to the invoice');

$t->finish;
done_testing;
