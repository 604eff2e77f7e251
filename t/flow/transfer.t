#!/usr/bin/perl

# Paying by bank transfer: account, structured reference and the QR code that a banking application reads;
# the same reference on the page, in the mail and on the document.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, bank => 0, moodle => 0);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('gdpr_essentials');
$b->checkout;
$b->order('transfer');
my $order = Shop::Order->last_of($t);
like($b->page->text, qr/FR76 3000 6000 0112 3456 7890 189/, 'the account, in groups of four');
like($b->page->text, qr/AGRIFRPP/, 'the bank');
my ($reference) = $b->page->{answer}{body} =~ m{<dd>(RF\d\d[A-Z0-9 ]+)</dd>};
ok($reference, 'a structured reference');
like($b->page->{answer}{body}, qr/<svg[^>]*>/, 'a QR code is drawn');
$order->shown_in($b->page->text, 'the payment page');

my $digits = $reference =~ s/ //gr;
my ($check, $payload) = $digits =~ /^RF(\d\d)(.+)$/;
my $number = join '', map { /[A-Z]/ ? ord($_) - 55 : $_ } split //, "${payload}RF$check";
my $rest = 0;
$rest = ($rest * 10 + $_) % 97 for split //, $number;
is($rest, 1, 'whose check digits are right (ISO 11649)');

$b->submit(qr{step/payment$}, {}, go => 1);
is($order->status, 'PENDING', 'the order waits for the money');
like($b->page->text, qr/\Q$reference\E/, 'the page of the order has the reference');
like($b->page->{answer}{body}, qr/class="qr"/, 'and the code');
my $mail = $t->mail_to('ada.martin@example.org', qr/./);
like($mail->{text}, qr/\Q$reference\E/, 'the mail has it');
like($mail->{text}, qr/FR76/, 'with the account');
$b->open('order/' . $order->transid);
like($b->page->text, qr/\Q$reference\E/, 'and the document');

$b->open('step/payment');
is($b->path, '/shop/ac/', 'there is nothing left to pay in this cart');

$t->finish;
done_testing;
