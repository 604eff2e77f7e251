#!/usr/bin/perl

# Paying by cheque: the page tells where to send it and what to quote, the order is promised, the mails
# carry the instructions, and when the money is there everything is delivered.

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

my $t = Shop::Test->new(patient => 1, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('excel_basics');
$b->checkout;
$b->order('check');
is($b->step, 'payment', 'the instructions come before the promise');
like($b->page->text, qr/Atelier.*12 rue des Tanneurs.*44000.*Nantes/, 'the cheque goes there');
my $order = Shop::Order->last_of($t);
$order->shown_in($b->page->text, 'the payment page');
is($order->status, 'PLACED', 'nothing is promised by looking');

$b->submit(qr{step/payment$}, {}, go => 1);
like($b->path, qr{/order/@{[$order->transid]}/done$}, 'the promise leads to the order');
is($order->status, 'PENDING', 'the order waits for the money');
ok($b->says('produce.offline'), 'the page thanks');
like($b->page->text, qr/12 rue des Tanneurs/, 'and tells once more where to send the cheque');
like($b->page->text, qr/articles: 0/, 'the cart has done its work');

my $mail = $t->mail_to('ada.martin@example.org', qr/./);
ok($mail, 'the buyer has a mail');
like($mail->{text}, qr/12 rue des Tanneurs/, 'with the address');
$order->shown_in($mail->{text}, 'the mail');
ok($t->mail_to('ventes@atelier-campus.example', qr/./), 'the sales team knows');

my $learner = Shop::Learner->new($t, 'ada.martin@example.org');
ok(Shop::Test::wait_for(sub { $learner->account }), 'an account is prepared');
ok(!$learner->enrolment('EXCEL-1'), 'but nothing is open before it is paid');
is($t->sql('select count(*) from shop.invoices'), 0, 'nor invoiced');

$b->open('order/' . $order->transid);
ok($b->says('document.temporary'), 'the document says that it is not an invoice');
$order->shown_in($b->page->text, 'the order sheet');
like($b->page->text, qr/12 rue des Tanneurs/, 'and how to pay');

$b->http->post('/shop/ac/step/payment', [csrf => 'x', go => 1]);
is($t->sql('select count(*) from shop.payment_events'), 1, 'one promise is on record');

$t->dbh->do('select shop.mark_paid(?::jsonb)', undef, qq({"transid": "@{[$order->transid]}", "actor": "staff"}));
ok($order->comes_to('COMPLETE'), 'the money is there: delivered');
ok($learner->enrolment('EXCEL-1'), 'the course is open');
my $number = $order->invoice_number;
ok($t->mail_to('ada.martin@example.org', qr/\Q$number\E/), 'and the mail with the invoice came');
$b->open('order/' . $order->transid);
like($b->page->text, qr/\Q$number\E/, 'the document is an invoice now');
unlike($b->page->text, qr/12 rue des Tanneurs.*12 rue des Tanneurs.*12 rue des Tanneurs/, 'without instructions');

$t->finish;
done_testing;
