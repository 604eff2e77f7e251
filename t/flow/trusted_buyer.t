#!/usr/bin/perl

# A customer whom the seller trusts orders by cheque: everything is delivered before the money is there, the
# invoice is made, and the money that comes later delivers nothing twice. The rights are those of the
# account, and nobody has them by ordering in its name.

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
my $email = 'oliver.smith@example.org';
my $oliver = Shop::Learner->new($t, $email);
my $b = Shop::Buyer->new(base => $t->base, person => {firstname => 'Oliver', lastname => 'Smith', email => $email, city => 'Leeds'});

$t->dbh->do(q{insert into shop.staff_rights (source, subject, permission) values ('moodle', ?, 'paycheckoverride')}, undef,
    $oliver->account->{id});
$b->log_in($t);
$b->add('excel_basics');
$b->checkout;
$b->order('check');
$b->submit(qr{step/payment$}, {}, go => 1);
my $order = Shop::Order->of($t, $b);
is($order->status, 'PREPROD', 'the promise of a trusted customer is enough');
ok($oliver->comes_into('EXCEL-1'), 'the course is open');
my $number = $order->invoice_number;
ok($number, 'the invoice is made');
ok($b->says('produce.paid') || $b->says('produce.offline'), 'the page goes on');
$b->open('order/' . $order->transid);
like($b->page->text, qr/12 rue des Tanneurs/, 'and still tells where to send the cheque');

$t->dbh->do('select shop.mark_paid(?::jsonb)', undef, qq({"transid": "@{[$order->transid]}", "actor": "staff"}));
ok($order->comes_to('SOLDOUT|COMPLETE'), 'the cheque is there');
is($t->sql(q{select count(*) from shop.jobs where phase = 'postpay'}), 1, 'nothing is delivered twice');
is($order->invoice_number, $number, 'nor invoiced');

my $camille = Shop::Buyer->new(base => $t->base, person => {firstname => 'Camille', lastname => 'Martin', email => 'camille.martin@example.org'});
$camille->log_in($t);
$camille->add('excel_basics');
$camille->checkout;
$camille->order('check');
$camille->submit(qr{step/payment$}, {}, go => 1);
is(Shop::Order->of($t, $camille)->status, 'PENDING', 'who is not trusted waits');

$t->finish;
done_testing;
