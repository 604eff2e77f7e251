#!/usr/bin/perl

# Which ways to pay are offered: by shop, by amount, by who is there, in test mode and out of it; what is not
# offered cannot be had by hand, and a shop without any says so.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $guest = Shop::Buyer->new(base => $t->base);
my $known = Shop::Buyer->new(base => $t->base, person => {firstname => 'Oliver', lastname => 'Smith', email => 'oliver.smith@example.org',
    city => 'Leeds'});


sub offered {
    my ($buyer) = @_;
    $buyer->open('step/order');
    return join ' ', sort map { $_->{value} } grep { ($_->{name} // '') eq 'paymode' } @{$buyer->page->{fields}};
}


sub modes { my ($json) = @_; return $t->catalog('update shop.shops set paymodes = ?::jsonb', $json) }

$known->log_in($t);
for my $buyer ($guest, $known) {
    $buyer->add('gdpr_essentials');
    $buyer->checkout;
}
is(offered($guest), 'card check test transfer', 'who may play is offered all');
is($guest->value_of(qr{step/order$}, 'paymode'), 'card', 'the shop\'s own choice is proposed');

$t->catalog('update shop.shops set testoverride = false');
is(offered($guest), '', 'in test mode nobody unknown can pay');
ok($guest->says('order.no_paymode'), 'the page says so');
my ($go) = grep { ($_->{name} // '') eq 'go' } @{$guest->page->{fields}};
ok($go->{disabled}, 'and cannot be sent');
is(offered($known), 'card check transfer', 'who is known can, but not play');

$t->catalog('update shop.shops set test = false');
is(offered($guest), 'card', 'in a shop that sells a guest pays at once');
is(offered($known), 'card check transfer', 'who is known may promise');
my ($box) = grep { ($_->{name} // '') eq 'agree' } @{$guest->page->{fields}};
offered($guest);
for my $mode (qw(transfer check test freeorder nothing), '') {
    my $answer = $guest->http->post('/shop/ac/step/order', [csrf => $guest->value_of(qr{step/order$}, 'csrf'), go => 1, paymode => $mode,
        agree => (grep { ($_->{name} // '') eq 'agree' } @{$guest->page->{fields}})[0]{value},
        shown_total => $guest->value_of(qr{step/order$}, 'shown_total')]);
    is($answer->{status}, 422, "not by hand: \"$mode\"");
    ok(Shop::Page->new($answer)->error_of('paymode'), 'which is told beside the choice');
}
is($t->sql('select count(*) from shop.bills'), 0, 'nothing was ordered');

modes('{"card": {"min": 100}, "transfer": {"identified_only": false}, "check": true}');
is(offered($guest), 'transfer', 'a mode may be opened to guests, another begin at an amount');
$guest->add('excel_advanced');
is(offered($guest), 'card transfer', 'that is reached');
modes('{"card": {"max": 100}, "transfer": {"identified_only": true}, "gold": true}');
is(offered($guest), '', 'or end at one; what is not configured is nothing');
is(offered($known), 'card transfer', 'who is known has bought less');
modes('{"card": {"identified_only": true}, "check": false}');
is(offered($guest), '', 'a card only for who is known');
is(offered($known), 'card', 'is for him');
modes('{"card": true, "transfer": true}');
$t->catalog(q{update shop.shops set defaultpaymode = 'transfer'});
is(offered($known), 'card transfer', 'two ways');
is($known->value_of(qr{step/order$}, 'paymode'), 'transfer', 'the shop proposes one');
$known->submit(qr{step/order$}, {paymode => 'card', agree => undef}, go => 1);
is($known->value_of(qr{step/order$}, 'paymode'), 'card', 'and remembers what was chosen');

$t->finish;
done_testing;
