#!/usr/bin/perl

# Terms of sale: nothing is ordered without them, only the text that was shown can be accepted, a change asks
# again, and the accepted text stays readable with the order.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0);
my $b = Shop::Buyer->new(base => $t->base);
my $form = qr{step/order$};


sub hash_of { my ($box) = grep { ($_->{name} // '') eq 'agree' } @{$b->page->{fields}}; return $box->{value} }

$b->add('gdpr_essentials');
$b->checkout;
like($b->page->text, qr/fourteen days.*Registrations are confirmed/, 'the terms of the shop, then those of the catalogue');
my $first = hash_of();

$b->submit($form, {agree => undef, paymode => 'transfer'}, go => 1);
is($b->page->status, 422, 'without the box nothing is ordered');
ok($b->page->error_of('agree'), 'the page says it beside the box');
is($b->value_of($form, 'paymode'), 'transfer', 'the way to pay is kept');
ok(!$b->value_of($form, 'agree'), 'the box is still empty');

$b->add('python_start');
$b->open('step/order');
like($b->page->text, qr/Python for beginners.*exercises may be used freely/, 'a product may have terms of its own');
isnt(hash_of(), $first, 'that is another text');
my $csrf = $b->value_of($form, 'csrf');
$b->http->post('/shop/ac/step/order', [csrf => $csrf, go => 1, agree => $first, paymode => 'card',
    shown_total => $b->value_of($form, 'shown_total')]);
is($t->sql('select count(*) from shop.bills'), 0, 'whose box is not ticked by the old one');

$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 0, p => 'python_start'});
$b->open('step/order');
is(hash_of(), $first, 'without that product the text is the old one');
$t->catalog(q{update shop.shops set eula = eula || '<p>No returns on Sundays.</p>'});
$b->order('card');
is($b->page->status, 422, 'terms that changed meanwhile are not accepted unread');
ok($b->says('refusal.terms_changed'), 'the page says so');
like($b->page->text, qr/No returns on Sundays/, 'and shows the new text');
ok(!$b->value_of($form, 'agree'), 'with an empty box');
$b->order('card');
is($b->step, 'payment', 'accepted, then ordered');
my $accepted = Shop::Order->last_of($t);
is($accepted->row->{eulahash}, $t->sql(q{select hash from shop.terms where content like '%Sundays%'}), 'the order has the new text');

$b->open('step/order');
ok($b->value_of($form, 'agree'), 'what was accepted stays accepted');
$b->submit($form, {agree => undef}, go => 1);
is($b->page->status, 422, 'until the box is emptied');
$b->order('card');
$b->pay_card;
ok($accepted->comes_to('SOLDOUT|COMPLETE'), 'paid');
$t->catalog(q{update shop.shops set eula = '<p>Everything is different now.</p>'});
$b->open('order/' . $accepted->transid);
$b->follow(qr{/terms$});
like($b->page->text, qr/No returns on Sundays/, 'the order shows what was accepted');
unlike($b->page->text, qr/Everything is different/, 'not what holds today');
my $stranger = Shop::Buyer->new(base => $t->base);
is($stranger->open('order/' . $accepted->transid . '/terms')->status, 404, 'to its buyer only');

$t->catalog(q{update shop.shops set eula = '', translations = '{}'});
$t->catalog(q{update shop.catalogs set salesconditions = '', translations = '{}'});
my $free = Shop::Buyer->new(base => $t->base, person => {email => 'free@example.org'});
$free->add('gdpr_essentials');
$free->checkout;
ok(!$free->page->form($form, 'agree'), 'a shop without terms asks for none');
$free->order('card');
is($free->step, 'payment', 'and sells all the same');

$t->finish;
done_testing;
