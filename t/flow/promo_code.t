#!/usr/bin/perl

# Promotional codes without JavaScript: good and bad ones, removed, expired, used up, not for this cart; what
# the cart shows is what the order, the bill and the mails say.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0);
$t->catalog(q{insert into shop.discounts (shopid, name, type, ruledata, rate, ordering, applyon, applydata) values
    (1, 'Old', 'offercode', 'OLD5;to=2020-12-31', 5, 50, 'bill', ''),
    (1, 'New', 'offercode', 'SOON5;from=2199-01-01', 5, 51, 'bill', ''),
    (1, 'Once', 'offercode', 'ONCE;max=1', 20, 52, 'bill', ''),
    (1, 'Books', 'offercode', 'BOOKS;max=9', 20, 53, 'itemlist', 'WELCOME_KIT')});

for my $lang (qw(en fr)) {
    my $b = Shop::Buyer->new(base => $t->base, lang => $lang);
    $b->add('exam_voucher');
    $b->open('cart');
    ok($b->says('promo.label'), "$lang: the cart asks for a code");
    for my $bad (['NOPE', 'promo_invalid'], ['a b', 'promo_invalid'], ['', 'promo_empty'], ['old5', 'promo_expired'],
        ['SOON5', 'promo_early'], ['BOOKS', 'promo_not_applicable']) {
        $b->submit(qr{cart/promo$}, {code => $bad->[0]});
        ok($b->says("refusal.$bad->[1]"), "$lang: '$bad->[0]': $bad->[1]") or diag $b->page->text;
        unlike($b->page->text, qr/78[.,]30/, 'and nothing is taken off');
    }
    $b->submit(qr{cart/promo$}, {code => ' welcome10 '});
    ok($b->says('promo.added'), "$lang: a good one is taken") or diag $b->page->text;
    like($b->page->text, qr/78[.,]30/, 'ten percent less');
    like($b->page->text, $lang eq 'fr' ? qr/Bienvenue à l’Atelier Campus : 10 %/ : qr/Welcome to Atelier Campus: 10 %/,
        'with its reason and rate');
    like($b->page->text, qr/WELCOME10/, 'and the code as it is written');
    $b->submit(qr{cart/promo/remove$}, {}, code => 'WELCOME10');
    ok($b->says('promo.removed'), "$lang: it can be taken out again");
    like($b->page->text, qr/87[.,]00/, 'then the price is the old one');
    $b->submit(qr{cart/promo/remove$}, {}, code => 'WELCOME10') if $b->page->form(qr{cart/promo/remove$});
    $b->submit(qr{cart/promo$}, {code => 'WELCOME10'});
    $b->checkout;
    like($b->page->text, qr/78[.,]30/, "$lang: the order page shows the same");
    $b->order('card');
    is($b->step, 'payment', 'it can be ordered');
    like($b->page->text, qr/78[.,]30/, 'for that price');
    $b->pay_card;
    my $order = Shop::Order->of($t, $b);
    ok($order->comes_to('SOLDOUT|COMPLETE'), 'and paid');
    is($order->row->{amount} + 0, 78.3, 'the bill is the same');
    $order->adds_up;
    my @lines = $order->lines;
    is($lines[1]{type} . ' ' . $lines[1]{taxedprice}, 'DISCOUNT -8.700', 'the discount is a line');
    like($lines[1]{productiondata}, qr/"rate": "10"/, 'with its rate');
    like($lines[1]{productiondata}, qr/"code": "WELCOME10"/, 'and its code');
    $b->open('order/' . $order->transid);
    $order->shown_in($b->page->text, 'the document');
    like($b->page->text, $lang eq 'fr' ? qr/Campus −10\s%/ : qr/Campus −10\s%/, 'which tells the discount');
    my $mail = Shop::Test::wait_for(sub {
        my ($m) = grep { $_->{text} =~ /78[.,]30/ && grep { $_ eq 'ada.martin@example.org' } @{$_->{to}} } $t->mails;
        $m;
    }, 30);
    ok($mail, "$lang: the mail has the total");
    like($mail->{text}, qr/−10\s%/, 'and the discount') if $mail;
    $t->dbh->do(q{delete from shop.mails where state = 'sent'});
    $t->control('smtp', {command => 'clear'});
}

# A code that nobody has any more when the order is launched.
my $late  = Shop::Buyer->new(base => $t->base, person => {email => 'late@example.org'});
my $quick = Shop::Buyer->new(base => $t->base, person => {email => 'quick@example.org'});
for my $b ($late, $quick) {
    $b->add('exam_voucher');
    $b->open('cart');
    $b->submit(qr{cart/promo$}, {code => 'ONCE'});
    ok($b->says('promo.added'), 'both are promised the last use');
    $b->checkout;
    like($b->page->text, qr/€69\.60/, 'and see the price');
}
$quick->order('card');
is($quick->step, 'payment', 'the quicker one has it');
$late->order('card');
is($late->page->status, 422, 'the other is shown the page again');
ok($late->says('refusal.promo_exhausted'), 'which says that the code is used up') or diag $late->page->text;
ok($late->says('order.moved_gone_discount', before => '−€17.40'), 'and what that changes') or diag $late->page->text;
like($late->page->text, qr/€87\.00/, 'with the price of now');
is($t->sql(q{select count(*) from shop.bills where discount = -17.4}), 1, 'one bill has the discount');
$late->order('card');
is($late->step, 'payment', 'who agrees goes on');
is(Shop::Order->last_of($t)->row->{amount} + 0, 87, 'without it');
my $after = Shop::Buyer->new(base => $t->base);
$after->add('exam_voucher');
$after->open('cart');
$after->submit(qr{cart/promo$}, {code => 'ONCE'});
ok($after->says('refusal.promo_exhausted'), 'later nobody gets it');

# The quicker one changes his mind: his code goes with him into the next order.
$quick->open('cart');
$quick->add('mooc_certificate');
$quick->checkout;
$quick->order('card');
is($quick->step, 'payment', 'another order of the same cart') or diag $quick->page->text;
is(Shop::Order->last_of($t)->row->{discount} + 0, -26.76, 'has the code');
is($t->sql(q{select count(*) from shop.code_uses u join shop.discounts d on d.id = u.discountid
    where d.name = 'Once' and not u.released}), 1, 'which is still in use once');

# A discount that is changed between the page and the launch.
my $moved = Shop::Buyer->new(base => $t->base, person => {email => 'moved@example.org'});
$moved->add('exam_voucher');
$moved->open('cart');
$moved->submit(qr{cart/promo$}, {code => 'WELCOME10'});
$moved->checkout;
$t->catalog(q{update shop.discounts set rate = 5 where name = 'Welcome'});
$moved->order('card');
is($moved->page->status, 422, 'the launch is held');
ok($moved->says('order.moved_discount', name => 'Welcome to Atelier Campus', before => '−€8.70', after => '−€4.35'),
    'the page says what has changed') or diag $moved->page->text;
like($moved->page->text, qr/€82\.65/, 'and shows the new total');
$moved->order('card');
is(Shop::Order->last_of($t)->row->{amount} + 0, 82.65, 'which is then charged');

# Guessing is not for long.
my $guess = Shop::Buyer->new(base => $t->base);
$guess->add('exam_voucher');
$guess->open('cart');
for my $try (1 .. 20) {
    $guess->submit(qr{cart/promo$}, {code => "GUESS$try"});
    last if $guess->says('refusal.promo_locked');
}
ok($guess->says('refusal.promo_locked'), 'after ten wrong codes nothing is judged any more');
$guess->submit(qr{cart/promo$}, {code => 'WELCOME10'});
ok($guess->says('refusal.promo_locked'), 'not even a good one');
my $neighbour = Shop::Buyer->new(base => $t->base);
$neighbour->add('exam_voucher');
$neighbour->open('cart');
$neighbour->submit(qr{cart/promo$}, {code => 'WELCOME10'});
ok($neighbour->says('refusal.promo_locked'), 'nor from the same address');

my $bare = Shop::Test->new(moodle => 0, mail => 0, bank => 0);
$bare->catalog('delete from shop.discounts');
my $b = Shop::Buyer->new(base => $bare->base);
$b->add('exam_voucher');
$b->open('cart');
ok(!$b->says('promo.label'), 'a shop without codes does not ask for one');
$bare->finish;

$t->finish;
done_testing;
