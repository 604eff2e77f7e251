#!/usr/bin/perl

# A product behind an access code: without the code, with a wrong one, after too many tries, with the
# right one; and the script's way is guarded as the form's is.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use JSON::PP qw(decode_json);

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);
my $code = 'passcode.vip_masterclass';

$b->open('p/vip_masterclass');
unlike($b->page->{answer}{body}, qr/SESAME/, 'the page does not tell the code');

$b->add('vip_masterclass');
ok($b->says('refusal.passcode_required'), 'without a code there is no order');
$b->add('vip_masterclass', 1, {$code => 'sesame'});
ok($b->says('refusal.passcode_wrong'), 'letters must be the same');
$b->open('cart');
ok($b->says('cart.empty'), 'nothing is in the cart');

$b->add('vip_masterclass', 1, {$code => 'SESAME'});
ok($b->says('cart.added'), 'the right code opens');
$b->add('vip_masterclass', 1);
ok($b->says('cart.added'), 'it is not asked twice');
$b->add('vip_masterclass', 1);
ok($b->says('refusal.max_reached', n => 2), 'but not more than two may be ordered');

my $thief = Shop::Buyer->new(base => $t->base);
$thief->add('vip_masterclass', 1, {$code => "GUESS$_"}) for 1 .. 10;
ok($thief->says('refusal.passcode_wrong'), 'ten tries');
$thief->add('vip_masterclass', 1, {$code => 'SESAME'});
ok($thief->says('refusal.passcode_locked'), 'then even the right code must wait');
$thief->open('cart');
ok($thief->says('cart.empty'), 'and nothing was ordered');

my $script = Shop::Buyer->new(base => $t->base);
$script->open('p/vip_masterclass');
my $answer = $script->http->post('/shop/ac/cart/add', [csrf => $script->value_of(qr{cart/add$}, 'csrf'), p => 'vip_masterclass'],
    headers => {Accept => 'application/json'});
is($answer->{status}, 422, 'the script is refused, too');
is(decode_json($answer->{body})->{error}, 'passcode_required', 'by the same rule');
$answer = $script->http->post('/shop/ac/cart/passcode',
    [csrf => decode_json($answer->{body})->{csrf}, p => 'vip_masterclass', passcode => 'SESAME'],
    headers => {Accept => 'application/json'});
is($answer->{status}, 200, 'and let in with the code');
is(decode_json($answer->{body})->{count}, 1, 'with one place');

$t->finish;
done_testing;
