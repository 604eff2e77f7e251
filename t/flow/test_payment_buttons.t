#!/usr/bin/perl

# A shop in test mode pays by buttons: each one sends through the real pipeline what a bank would send.
# Without the permission to play, nobody is offered them.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, bank => 0);


# An order that stands before the buttons.
sub ready {
    my ($n) = @_;
    my $b = Shop::Buyer->new(base => $t->base, person => {email => "player$n\@example.org"});
    $b->add('gdpr_essentials');
    $b->checkout;
    $b->order('test');
    return $b;
}


sub press { my ($b, $action) = @_; return $b->submit(qr{step/payment$}, {}, action => $action) }

my $b = ready(1);
is($b->step, 'payment', 'the test mode may be chosen');
my @buttons = map { $_->{value} } grep { ($_->{name} // '') eq 'action' } @{$b->page->{fields}};
is(join(' ', @buttons), 'pay pay_later notify notify_finish refuse cancel chargeback refund double wrong_amount',
    'every message of a bank has its button');

press($b, 'pay');
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'pay: paid and delivered');
ok($b->wait_for_text(qr/enrolled/), 'and the page says so');
like($b->page->text, qr/articles: 0/, 'the cart is empty');
is($order->row->{test}, 1, 'the order is a test for ever');
like($order->invoice_number, qr/-TB-/, 'its number is of the series of tests');

my %state = (pay_later => 'PENDING', refuse => 'REFUSED', cancel => 'PLACED', wrong_amount => 'PLACED', double => 'COMPLETE');
my %text = (pay_later => 'waiting', refuse => 'refused', double => 'paid');
my $n = 1;
for my $action (sort keys %state) {
    my $player = ready(++$n);
    press($player, $action);
    my $played = Shop::Order->of($t, $player);
    ok($played->comes_to($state{$action}), "$action: $state{$action}") or diag $played->status;
    ok($player->says("produce.$text{$action}"), "$action: the page says it") or diag $player->page->text
        if $text{$action};
}
is($t->sql('select count(*) from shop.invoices'), 2, 'two were paid, one of them told twice');

$b = ready(20);
press($b, 'pay_later');
$order = Shop::Order->of($t, $b);
$b->open('step/payment');
is($b->step, 'payment', 'what is pending may still be played with');
press($b, 'pay');
ok($order->comes_to('COMPLETE'), 'and paid');

$b = ready(21);
my $csrf = $b->value_of(qr{step/payment$}, 'csrf');
is($b->http->post('/shop/ac/step/payment', [csrf => $csrf, action => 'rob'])->{status}, 400, 'there is no other button');

$t->catalog(q{update shop.shops set testoverride = false});
my $stranger = Shop::Buyer->new(base => $t->base, person => {email => 'stranger@example.org'});
$stranger->add('gdpr_essentials');
$stranger->checkout;
ok(!grep({ ($_->{value} // '') eq 'test' } @{$stranger->page->{fields}}), 'who may not play is not offered it');
$stranger->http->post('/shop/ac/step/order', [csrf => $stranger->value_of(qr{step/order$}, 'csrf'), go => 1,
    paymode => 'test', agree => (grep { ($_->{name} // '') eq 'agree' } @{$stranger->page->{fields}})[0]{value},
    shown_total => $stranger->value_of(qr{step/order$}, 'shown_total')]);
is($t->sql(q{select count(*) from shop.bills where customer ->> 'email' = 'stranger@example.org'}), 0,
    'and gets nothing by hand');

$t->finish;
done_testing;
