#!/usr/bin/perl

# Nothing to pay: no way to pay is asked, the launch settles the order, the course opens, and the number of
# the invoice is there all the same.

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

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('free_taster');
$b->checkout;
is($b->step, 'order', 'address, then the order page');
ok($b->says('order.free'), 'which says that nothing is to be paid');
ok(!$b->page->form(qr{step/order$}, 'paymode'), 'and offers no way to pay');
ok(!$b->says('order.no_paymode'), 'nor complains that there is none');

$b->order;
like($b->path, qr{/order/[A-Z2-7]{30}/done$}, 'the launch is all');
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'the order is settled and delivered');
is($order->row->{interface}, 'freeorder', 'as a free one');
like($b->page->text, qr/articles: 0/, 'the cart is empty');
my $enrolment = Shop::Learner->new($t, 'ada.martin@example.org')->enrolment('TUTOR');
is(int(($enrolment->{timeend} - $enrolment->{timestart}) / 86400), 7, 'seven days in the course');
my $number = $order->invoice_number;
ok($t->mail_to('ada.martin@example.org', qr/\Q$number\E/), 'the summary came');
$b->open('order/' . $order->transid);
like($b->page->text, qr/\Q$number\E/, 'the document has its number');
like($b->page->text, qr/€0\.00/, 'and its amount');

my $again = Shop::Buyer->new(base => $t->base, person => {email => 'eva@example.org'});
$again->add('free_taster');
$again->checkout;
my $form = $again->page->form(qr{step/order$});
my $pairs = $again->page->filled($form, {agree => $again->page->form(qr{step/order$}) && (grep { $_->{name} eq 'agree' } @{$form->{fields}})[0]{value}}, [go => 1]);
my @answers = map { $again->http->post('/shop/ac/step/order', [@{$pairs}]) } 1, 2;
is($answers[0]{status}, 303, 'a launch');
is($answers[1]{status}, 303, 'and the same once more');
is($t->sql(q{select count(*) from shop.bills where customer ->> 'email' = 'eva@example.org'}), 1, 'are one order');

$t->catalog(q{update shop.items set price1 = 10 where shortname = 'free_taster'});
my $late = Shop::Buyer->new(base => $t->base, person => {email => 'late@example.org'});
$late->add('free_taster');
$late->checkout;
ok($late->page->form(qr{step/order$}, 'paymode'), 'what costs something asks how to pay');

$t->finish;
done_testing;
