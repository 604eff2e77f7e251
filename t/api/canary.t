#!/usr/bin/perl

# A canary in every input of every form: it comes back as text on the pages, in the mails and on the documents,
# never as markup, template or header.

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
my $canary = q("'><x id=c1>{{c}}{{{c}}}&amp;%s\\",{"a":1}</textarea></title><!--);
my $short  = q("'><x id=c2>{{c}}\\);
my $b = Shop::Buyer->new(base => $t->base, person => {firstname => $short, lastname => "Z$short", address => $canary, zip => $short,
    city => $canary});
my $pages = 0;


# No tag of the canary's, nothing of it interpreted.
sub clean {
    my ($html, $what) = @_;
    $pages++;
    my @tags = $html =~ /<x\b/gi;
    is(scalar @tags, 0, "$what: no markup of a visitor") or diag substr $html, index($html, '<x') - 200, 400;
    return;
}


sub page { my ($what) = @_; return clean($b->page->{answer}{body}, $what) }

$b->open('p/' . Shop::Http::escape($canary));
page('an address');
$b->open('login?email=' . Shop::Http::escape($canary) . '&next=' . Shop::Http::escape("/shop/ac/$canary"));
page('the log-in');
$b->submit(qr{/login$}, {email => $canary});
page('a wrong address');
is($b->value_of(qr{/login$}, 'email'), $canary, 'which is shown as it was typed');
$b->open('certificate/' . Shop::Http::escape(substr $canary, 0, 40));
page('a certificate number');

my $answer = $b->http->post('/shop/ac/cart/add', [p => $canary, quantity => $canary, passcode => $canary]);
$b->open('cart');
page('an unknown product');
$b->add('session_safety');
$b->add('vip_masterclass', 1, {'passcode.vip_masterclass' => $short});
page('a wrong code');
$b->open('step/purchaserequ');
$b->submit(qr{step/purchaserequ$}, {'session_safety/site0' => $canary}, go => 1);
is($b->step, 'users', 'a question is answered');
$b->open('step/purchaserequ');
page('the questions');
is($b->value_of(qr{step/purchaserequ$}, 'session_safety/site0'), $canary, 'the answer is as it was typed');
$b->open('step/users');
$b->submit(qr{participants/add$}, {firstname => $short, lastname => $canary, email => $canary, city => $canary});
page('a person with a wrong address');
$b->submit(qr{participants/add$}, {firstname => $short, lastname => $canary, email => 'ab@example.org', city => $canary});
page('a person');
$b->submit(qr{participants/assign$}, {});
page('a person with a place');
$b->submit(qr{step/users$}, {}, go => 1);
my %invoice = (usedistinctinvoiceinfo => 1, inv_organisation => $canary, inv_department => $canary, inv_lastname => $short,
    inv_firstname => $short, inv_email => 'bill@example.org', inv_address => $canary, inv_zip => $short, inv_city => $canary,
    inv_country => 'FR', inv_plantcode => $short);
$b->submit(qr{step/customer$}, {%{$b->{person}}, %invoice, inv_vatcode => $canary, email => $canary}, go => 1);
page('a wrong identity');
$b->submit(qr{step/customer$}, {%{$b->{person}}, %invoice, inv_vatcode => '', email => 'ada.martin@example.org'}, go => 1);
is($b->step, 'order', 'the address is accepted');
page('the order page');
$b->http->post('/shop/ac/step/order', [csrf => $b->value_of(qr{step/order$}, 'csrf'), go => 1, agree => $canary, paymode => $canary,
    shown_total => $canary]);
$b->open('step/order');
page('the order page after nonsense');
$b->order('card');
page('the payment page');
$b->pay_card;
page('the page after payment');
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('SOLDOUT|COMPLETE'), 'the order is paid all the same');
my ($line) = $order->lines;
is($line->{customerdata}{site}[0], $canary, 'the answer is on the bill as it was typed');
my $number = $order->invoice_number;
$b->open('order/' . $order->transid);
page('the invoice');
my $text = $b->page->text;
like($text, qr/\Q$short\E/, 'which shows the name as it was typed');

for my $to ('ada.martin@example.org', 'ventes@atelier-campus.example', 'bill@example.org') {
    my $mail = $t->mail_to($to, qr/\Q$number\E/);
    ok($mail, "a mail to $to");
    clean($mail->{html}, "its HTML");
    my ($head) = split /\r\n\r\n/, $mail->{raw};
    unlike($head, qr/^(?!To|From|Reply-To|\s).*<x/mi, 'no header is made of it');
    my $seen = $to eq 'bill@example.org' ? "Z$short" : $short;
    my $words = Shop::Page->new({body => $mail->{html} , status => 200})->text;
    ok(index($mail->{text}, 'c2>{{c}}') >= 0, 'its text has the name') or diag $mail->{text};
    ok(index($words, '<x id=c2>{{c}}') >= 0, 'its HTML shows the name') or diag $words;
}
cmp_ok($pages, '>=', 18, 'many pages were looked at');

$t->finish;
done_testing;
