#!/usr/bin/perl

# Forged forms: without the token, with another session's, from another site. Each is refused, and nothing has
# changed in Redis or PostgreSQL.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);
my $other = Shop::Buyer->new(base => $t->base);

$b->add('session_safety');
$b->open('step/purchaserequ');
$b->submit(qr{step/purchaserequ$}, {'session_safety/site0' => 'x'}, go => 1);
$b->submit(qr{participants/add$}, {firstname => 'A', lastname => 'B', email => 'ab@example.org'});
$b->submit(qr{participants/assign$}, {});
$b->submit(qr{step/users$}, {}, go => 1);
$b->fill_customer;
my ($box) = grep { ($_->{name} // '') eq 'agree' } @{$b->page->{fields}};
my $total = $b->value_of(qr{step/order$}, 'shown_total');
$other->add('gdpr_essentials');
$other->open('cart');
my $token = $b->value_of(qr{step/order$}, 'csrf');
my $foreign = $other->value_of(qr{cart/clear$}, 'csrf');
isnt($token, $foreign, 'every session has a token of its own');
like($token, qr/^[\w-]{43}$/, 'that cannot be guessed');


# All that Redis and PostgreSQL know, but for how long they will.
sub state_of_things {
    my @keys = sort split /\n/, qx(redis-cli -s $t->{redis_socket} --raw keys '*');
    my $redis = join "\n", map { my $v = qx(redis-cli -s $t->{redis_socket} --raw get '$_'); "$_ $v" } grep { !/tries/ } @keys;
    my $sql = join ' ', map { $t->sql("select count(*) from shop.$_") } qw(bills customers mails payment_attempts jobs);
    return "$redis\n$sql";
}

my %forms = (
    'cart/add' => [p => 'excel_basics'], 'cart/set' => [p => 'session_safety', quantity => 2], 'cart/remove' => [p => 'session_safety'],
    'cart/clear' => [], 'cart/passcode' => [p => 'vip_masterclass', passcode => 'SESAME'], 'login' => [email => 'x@example.org'],
    'logout' => [], 'participants/add' => [firstname => 'C', lastname => 'D', email => 'cd@example.org'],
    'participants/remove' => [email => 'ab@example.org'],
    'participants/unassign' => [p => 'session_safety', role => 'student', email => 'ab@example.org'],
    'step/purchaserequ' => [go => 1, 'session_safety/site0' => 'changed'], 'step/users' => [back => 1],
    'step/customer' => [go => 1, %{$b->{person}}, city => 'Elsewhere'],
    'step/order' => [go => 1, agree => $box->{value}, paymode => 'card', shown_total => $total],
    'step/payment' => [go => 1], 'login/complete' => [code => 'x'],
);
my @attacks = (
    ['without a token', [], {}],
    ['with an empty token', [csrf => ''], {}],
    ['with another session\'s token', [csrf => $foreign], {}],
    ['with a token that is too long', [csrf => "${token}x"], {}],
    ['from another site', [csrf => $token], {Origin => 'http://evil.example'}],
    ['from another port', [csrf => $token], {Origin => 'http://127.0.0.1:1'}],
    ['over another scheme', [csrf => $token], {Origin => 'https://127.0.0.1:' . $t->port}],
    ['from nowhere', [csrf => $token], {Origin => 'null'}],
    ['from another site, as the browser says', [csrf => $token], {'Sec-Fetch-Site' => 'cross-site'}],
    ['from a neighbour, as the browser says', [csrf => $token], {'Sec-Fetch-Site' => 'same-site'}],
);
my $before = state_of_things();
for my $path (sort keys %forms) {
    for my $attack (@attacks) {
        my ($name, $proof, $headers) = @{$attack};
        my $answer = $b->http->post("/shop/ac/$path", [@{$proof}, @{$forms{$path}}], headers => $headers);
        is($answer->{status}, 403, "$path $name") or diag $answer->{headers}{location} // '';
    }
}
is(state_of_things(), $before, 'nothing has changed');
is($t->status->{counts}{csrf_refused}, @attacks * keys %forms, 'and each was counted');

my $page = Shop::Page->new($b->http->post('/shop/ac/cart/clear', [csrf => 'x']));
like($page->text, qr/expired|again/i, 'the page says what to do');
is($b->http->post('/shop/ac/cart/add', [csrf => $token, p => 'excel_basics'], headers => {Origin => $t->base})->{status}, 303,
    'a form of the shop itself is taken');
is($b->http->post('/shop/ac/cart/add', [csrf => $token, p => 'gdpr_essentials'], headers => {'Sec-Fetch-Site' => 'same-origin', Origin => 'null'})->{status},
    303, 'also when the browser hides where it comes from');
my $lost = $t->http;
is($lost->post('/shop/ac/cart/add', [p => 'excel_basics'], headers => {Origin => 'http://evil.example'})->{status}, 403,
    'another site cannot give a newcomer a cart');
is(scalar keys %{$lost->{cookies}}, 0, 'nor a session');

$t->finish;
done_testing;
