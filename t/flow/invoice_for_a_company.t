#!/usr/bin/perl

# The invoice goes to somebody else than the buyer: a company with its VAT number. Mistakes are told beside
# their fields, the identity is on the order page, the bill, the document and remembered for the next time.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use JSON::PP qw(decode_json);

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base, person => {firstname => 'Inès', lastname => 'Bernard',
    email => 'ines.bernard@example.org', address => '', zip => '', city => 'Lyon'});
my $form = qr{step/customer$};
my %company = (inv_organisation => 'Ateliers Réunis SARL', inv_department => 'Formation', inv_lastname => 'Roux',
    inv_firstname => 'Paul', inv_email => 'compta@reunis.example', inv_address => '5 quai Neuf', inv_zip => '69002',
    inv_city => 'Lyon', inv_country => 'FR', inv_vatcode => 'FR83404833048', inv_plantcode => '40483304800022');

$b->log_in($t);
$b->add('excel_basics');
$b->open('step/customer');
$b->submit($form, {%{$b->{person}}{qw(firstname lastname address zip city)}, country => 'FR'}, go => 1);
is($b->page->status, 422, 'an own invoice needs an own address');
ok($b->page->error_of('address'), 'beside the street');
ok($b->page->error_of('zip'), 'and the postal code');

$b->submit($form, {usedistinctinvoiceinfo => 1}, go => 1);
is($b->page->status, 422, 'another identity needs its own');
ok($b->page->error_of("inv_$_"), "told beside its $_") for qw(organisation address zip);
ok(!$b->page->error_of('address'), 'the own address may stay empty');
is($b->value_of($form, 'inv_city'), 'Lyon', 'the town is taken from the buyer');
ok($b->value_of($form, 'usedistinctinvoiceinfo'), 'the box stays ticked');

for my $wrong (['inv_vatcode', 'FR123'], ['inv_vatcode', 'DE12345678X'], ['inv_email', 'compta'], ['inv_country', 'ZZ']) {
    my ($name, $value) = @{$wrong};
    my $page = $b->page;
    my $pairs = $b->page->filled($b->page->form($form), {%company, usedistinctinvoiceinfo => 1}, [go => 1]);
    for my $at (0 .. $#{$pairs} / 2) { $pairs->[2 * $at + 1] = $value if $pairs->[2 * $at] eq $name }
    my $answer = Shop::Page->new($b->http->post('/shop/ac/step/customer', $pairs));
    is($answer->status, 422, "$name: $value is refused");
    ok($answer->error_of($name), 'beside the field');
}

$b->submit($form, {%company, usedistinctinvoiceinfo => 1}, go => 1);
is($b->step, 'order', 'a right one is accepted');
like($b->page->text, qr/Ateliers Réunis SARL.*Formation.*Paul Roux.*5 quai Neuf.*69002 Lyon.*FR83404833048/,
    'the order page shows who gets the invoice');
like($b->page->text, qr/Inès Bernard/, 'and who buys');
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'paid and delivered');
my $number = $order->invoice_number;
my $kept = JSON::PP->new->decode($order->row->{invoiceinfo});
is($kept->{vatcode}, 'FR83404833048', 'the bill has the VAT number');
is($kept->{plantcode}, '40483304800022', 'and the number of the establishment');

$b->open('order/' . $order->transid);
like($b->page->text, qr/Ateliers Réunis SARL.*FR83404833048/, 'the invoice is made out to the company');
like($b->page->text, qr/Inès Bernard/, 'with the buyer');
$order->shown_in($b->page->text, 'the invoice');
my $mail = $t->mail_to('compta@reunis.example', qr/\Q$number\E/);
ok($mail, 'the accounts department has it by mail');
$order->shown_in($mail->{text}, 'that mail');
unlike($mail->{text}, qr/ines\.bernard/, 'without what is for the learner only');
is(scalar(grep { $_->{to}[0] eq 'ines.bernard@example.org' && $_->{subject} =~ /\Q$number\E/ } $t->mails), 1, 'so has the buyer');

my $next = Shop::Buyer->new(base => $t->base, person => {email => 'ines.bernard@example.org'});
$next->log_in($t);
$next->add('gdpr_essentials');
$next->open('step/customer');
is($next->value_of($form, 'inv_organisation'), 'Ateliers Réunis SARL', 'the company is proposed the next time');
ok($next->value_of($form, 'usedistinctinvoiceinfo'), 'with its box ticked');

$t->finish;
done_testing;
