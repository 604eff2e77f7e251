#!/usr/bin/perl

# Links from outside: one product added, a cart imported, for a partner with his mark; what the partner may
# do depends on where the link stands or how it is signed. His sales are counted.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Http;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(moodle => 0, mail => 0);
$t->catalog(q{insert into shop.partners (shopid, name, partnerkey, partnersecret, referer) values
    (1, 'Strict', 'STRICT', 'a secret of the partner', 'https://strict.example/')});
$t->catalog(q{insert into shop.discounts (shopid, name, type, ruledata, rate, ordering) values
    (1, 'Third order', 'partnerordernum', '2', 10, 60)});
$t->catalog(q{update shop.items set status = 'AVAILABLEINTERNAL' where shortname = 'exam_voucher'});

# --- one product ---

my $b = Shop::Buyer->new(base => $t->base);
$b->open('add?p=project_management&q=2') for 1 .. 3;
$b->open('cart');
is($b->value_of(qr{cart/set$}, 'quantity'), 2, 'a direct link that is loaded again adds nothing');
$b->open('add?p=project_management&promo=welcome10&go=1');
is($b->step, 'customer', 'with go it leads to the first step');
like($b->page->text, qr/€1,490\.40/, 'a code can come with it') or diag $b->page->text;
$b->open('add?p=nothing');
ok($b->says('refusal.product_unknown'), 'what does not exist is told');
$b->open('add?p=project_management&q=99');
ok($b->says('refusal.max_reached', n => 10), 'the rules hold for links');
$b->open('add?p=exam_voucher');
ok($b->says('refusal.product_unavailable'), 'what is for internal sale is not added by hand');

# --- a cart ---

my $i = Shop::Buyer->new(base => $t->base);
$i->open('import?PROJECT_MANAGEMENT=1&exam_voucher=2&NOTHING=4&shipping=1&partner=NANTES_spring_bob%40example.org');
is($i->path, '/shop/ac/cart', 'an import shows the cart');
ok($i->says('refusal.product_unknown'), 'what is unknown is told, the rest goes on') or diag $i->page->text;
like($i->page->text, qr/Examination voucher/, 'internal products come by import');
like($i->page->text, qr/Sent by a partner: 5 %/, 'the partner has his discount');
$i->open('cart');
like($i->page->text, qr/Examination voucher/, 'and stay');
$i->follow(qr{/step/});
is($i->value_of(qr{step/customer$}, 'email'), 'bob@example.org', 'the address is filled in');
$i->fill_customer(email => 'bob@example.org', firstname => 'Bob');
$i->order('card');
is($i->step, 'payment', 'it is ordered');
my $order = Shop::Order->last_of($t);
my $row = $t->dbh->selectrow_hashref('select b.partnertag, p.partnerkey from shop.bills b join shop.partners p
    on p.id = b.partnerid where b.transid = ?', undef, $order->transid);
is("$row->{partnerkey} $row->{partnertag}", 'NANTES spring', 'for the partner, with his mark');
$order->adds_up;
$i->pay_card;
ok($order->comes_to('SOLDOUT|COMPLETE'), 'and paid');

my $full = Shop::Buyer->new(base => $t->base);
$full->add('public_speaking');
$full->open('import?PROJECT_MANAGEMENT=1');
ok($full->says('import.ask'), 'a cart that is not empty is not touched unasked');
$full->submit(qr{import}, {}, what => 'keep');
unlike($full->page->text, qr/Project management/, 'keep is keep');
$full->open('import?PROJECT_MANAGEMENT=1');
$full->submit(qr{import}, {}, what => 'merge');
like($full->page->text, qr/Speaking in public.*Project management/, 'merge has both');
$full->open('import?i=PUBLIC_SPEAKING:2');
$full->submit(qr{import}, {}, what => 'replace');
unlike($full->page->text, qr/Project management/, 'replace has the new one alone');
is($full->value_of(qr{cart/set$}, 'quantity'), 2, 'in the short form too');
my $forged = $full->http->post('/shop/ac/import?PROJECT_MANAGEMENT=1', [what => 'replace']);
is($forged->{status}, 403, 'an answer needs the token of the page');

my $nobody = Shop::Buyer->new(base => $t->base);
$nobody->open('import?PROJECT_MANAGEMENT=1&partner=WHO_spring');
unlike($nobody->page->text, qr/partner/, 'an unknown partner is nobody');
like($nobody->page->text, qr/€828\.00/, 'the import itself goes on');
$nobody->open('import?view=shop&what=import');
is($nobody->path, '/shop/ac/', 'a link without products leads to the catalogue');

# --- who may drive ---

my $link = 'import?PROJECT_MANAGEMENT=1&partner=STRICT&autodrive=1';
my $drive = sub {
    my ($query, %header) = @_;
    my $http = Shop::Http->new(base => $t->base, headers => {'Accept-Language' => 'en', %header});
    return $http->get("/shop/ac/$query")->{headers}{location};
};
is($drive->($link), '/shop/ac/cart', 'from nowhere the whole way is walked');
is($drive->($link, Referer => 'https://other.example/'), '/shop/ac/cart', 'from another site too');
is($drive->($link, Referer => 'https://strict.example/shop'), '/shop/ac/step/customer', 'from his own site it is driven');
my $signed = sub {
    my ($ts, $secret) = @_;
    my %pair = (PROJECT_MANAGEMENT => 1, partner => 'STRICT', autodrive => 1, ts => $ts);
    my $text = join '&', map {"$_=$pair{$_}"} sort keys %pair;
    return "import?$text&sig=" . hmac_sha256_hex($text, $secret);
};
is($drive->($signed->(time, 'a secret of the partner')), '/shop/ac/step/customer', 'or signed with his secret');
is($drive->($signed->(time - 3600, 'a secret of the partner')), '/shop/ac/cart', 'not an hour ago');
is($drive->($signed->(time, 'another')), '/shop/ac/cart', 'nor with another');
is($drive->('import?PROJECT_MANAGEMENT=1&partner=NANTES&autodrive=1'), '/shop/ac/step/customer',
    'a partner without a site needs neither');

# --- his figures ---

my $second = Shop::Buyer->new(base => $t->base, person => {email => 'second@example.org'});
$second->open('import?PROJECT_MANAGEMENT=1&partner=NANTES_spring');
$second->checkout;
unlike($second->page->text, qr/Third order/, 'one order of the partner is not enough');
$second->order('card');
$second->pay_card;
ok(Shop::Test::wait_for(sub { $t->sql(q{select count(*) from shop.bills where partnerid is not null
    and status in ('SOLDOUT', 'COMPLETE')}) == 2 }, 15), 'a second one is paid');
my $third = Shop::Buyer->new(base => $t->base, person => {email => 'third@example.org'});
$third->open('import?PROJECT_MANAGEMENT=1&partner=NANTES');
like($third->page->text, qr/Third order: 10 %/, 'from then on his buyers pay less') or diag $third->page->text;
$third->checkout;
$third->order('card');
is($third->step, 'payment', 'which is charged');
my $last = Shop::Order->last_of($t);
is($last->row->{discount} + 0, -124.2, 'with both discounts');
$last->adds_up;

$t->finish;
done_testing;
