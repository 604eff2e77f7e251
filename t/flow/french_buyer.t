#!/usr/bin/perl

# A French buyer: every page, message, mail and document in French, amounts as the French write them, from the
# language of the browser alone.

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
my $b = Shop::Buyer->new(base => $t->base, lang => 'fr', person => {firstname => 'Zoé', lastname => 'Lefèvre',
    email => 'zoe@example.org', city => 'Saint-Étienne'});

$b->open('');
like($b->page->{answer}{body}, qr/<html lang="fr"/, 'the catalogue is in French');
$b->add('project_management', 3);
like($b->page->text, qr/Gestion de projet/, 'so are the products');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer(lastname => '');
is($b->page->status, 422, 'a mistake');
like($b->page->error_of('lastname'), qr/nom/, 'is told in French');
$b->fill_customer;
like($b->page->text, qr/2\s304,00\s€/, 'amounts as they are written');
like($b->page->text, qr/TVA 20 %/, 'and taxes') or diag $b->page->text;
like($b->page->text, qr/quatorze jours/, 'the terms, too');
my $page = $b->page->text;
$b->order('card');
like($b->page->text, qr/Carte bancaire/i, 'the way to pay');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
is($order->row->{lang}, 'fr', 'the order remembers the language');
$order->shown_in($page, 'the order page');
ok($order->comes_to('SOLDOUT|COMPLETE'), 'paid');
my ($line) = $order->lines;
is($line->{abstract}, 'Gestion de projet', 'and the name that was shown');
my $number = $order->invoice_number;
$b->open('order/' . $order->transid);
like($b->page->text, qr/Facture.*\Q$number\E/, 'an invoice in French');
$order->shown_in($b->page->text, 'the invoice');
my $mail = $t->mail_to('zoe@example.org', qr/\Q$number\E/);
like($mail->{text}, qr/Bonjour Zoé Lefèvre/, 'a mail in French');
$order->shown_in($mail->{text}, 'the mail');
is($mail->{headers}{'content-language'}, 'fr', 'which says so');

my $english = Shop::Buyer->new(base => $t->base);
my ($link) = $mail->{text} =~ m{(http://\S+/order/\S+)};
$english->open($link);
like($english->page->text, qr/Gestion de projet/, 'the same order read in English keeps its names');

$b->follow(qr{/lang/en});
like($b->page->{answer}{body}, qr/<html lang="en"/, 'another language can be chosen');
like($b->path, qr{/order/}, 'on the same page');
$b->open('');
like($b->page->{answer}{body}, qr/<html lang="en"/, 'and stays');

$t->finish;
done_testing;
