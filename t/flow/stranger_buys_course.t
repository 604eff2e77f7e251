#!/usr/bin/perl

# Somebody whom nobody knows buys a course by card: an account is made, the course is open, the mail
# tells how to get in, the mails to the sales team and to the buyer agree with the invoice.

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

my $t   = Shop::Test->new(patient => 1);
my $b   = Shop::Buyer->new(base => $t->base);
my $ada = Shop::Learner->new($t, 'ada.martin@example.org');

ok(!$ada->account, 'nobody knows her');

$b->add('excel_basics');
ok($b->says('cart.added'), 'the page says that the course is in the cart');
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'customer', 'the first step that asks something');
$b->fill_customer;
is($b->step, 'order', 'an address that nobody has is accepted');
my $customer = $t->dbh->selectrow_hashref('select * from shop.customers');
is($customer->{email}, 'ada.martin@example.org', 'she is recorded before she orders');
is($customer->{hasaccount}, 0, 'without an account');
my $order_page = $b->page->text;

$b->order('card');
is($b->step, 'payment', 'then she pays');
my $order = Shop::Order->last_of($t);
is($order->status, 'PLACED', 'the order waits for its payment');
ok(!$ada->account, 'nothing was done in Moodle yet');
$order->shown_in($b->page->text, 'the payment page');

$b->pay_card;
ok($b->says('produce.paid'), 'the page thanks for the payment');
ok($order->comes_to('COMPLETE'), 'everything is delivered');

$b->open($b->path);
my ($open) = map { $_->{href} } grep { $_->{href} =~ m{/open/\d+} } $b->page->links;
like($b->http->get($open)->{headers}{location}, qr{/course/view[.]php[?]id=\d+$}, 'the page leads to the course');

my $account = $ada->account;
ok($account, 'she has an account');
is("$account->{firstname} $account->{lastname} $account->{city} $account->{country}", 'Ada Martin Nantes FR',
    'with what she told');
my $enrolment = $ada->enrolment('EXCEL-1');
is_deeply([keys %{$enrolment->{roles}}], [5], 'she is a student of the course');
is(int(($enrolment->{timeend} - $enrolment->{timestart}) / 86400), 180, 'for 180 days');
is($order->row->{userid}, 0, 'she bought without an account');
is($t->sql('select hasaccount from shop.customers'), $account->{id}, 'the customer is bound to the new account');

$order->adds_up;
$order->shown_in($order_page, 'the order page');
my $number = $order->invoice_number;
$b->open('order/' . $order->transid);
like($b->page->text, qr/\Q$number\E/, 'the invoice has its number');
$order->shown_in($b->page->text, 'the invoice');

my $mail = $t->mail_to('ada.martin@example.org', qr/\Q$number\E/);
ok($mail, 'the summary came');
$order->shown_in($mail->{text}, 'the text of the mail');
my $html = Shop::Page->new({body => $mail->{html}, status => 200});
$order->shown_in($html->text, 'the HTML of the mail');
my $sales = $t->mail_to('ventes@atelier-campus.example', qr/\Q$number\E/);
ok($sales, 'the sales team is told');
$order->shown_in($sales->{text}, 'their mail', 'fr');
is(scalar(grep { $_->{to}[0] =~ /ada/ } $t->mails), 1, 'one mail, not two');

my ($link) = $mail->{text} =~ m{(http://\S+/order/\S+)};
my $elsewhere = Shop::Buyer->new(base => $t->base);
$elsewhere->open($link);
like($elsewhere->page->text, qr/\Q$number\E/, 'the link of the mail shows the invoice in any browser');
unlike($elsewhere->page->text, qr/Log out/, 'and logs nobody in');
$elsewhere->open('order/' . $order->transid);
is($elsewhere->page->status, 404, 'without the link there is nothing to see');

$t->finish;
done_testing;
