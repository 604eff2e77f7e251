#!/usr/bin/perl

# The cart as the script of the pages uses it: JSON in place of pages, the same rules, the panel drawn anew,
# a token that can be used again.

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
my $csrf;


sub ask {
    my ($path, @form) = @_;
    my $answer = $b->http->post("/shop/ac/$path", [csrf => $csrf, @form], headers => {Accept => 'application/json'});
    my $cart = decode_json($answer->{body});
    $csrf = $cart->{csrf} if $cart->{csrf};
    return ($answer->{status}, $cart, $answer);
}

$b->open('p/project_management');
$csrf = $b->value_of(qr{cart/add$}, 'csrf');
my ($status, $cart, $answer) = ask('cart/add', p => 'project_management', 'quantity.project_management' => 2);
is($status, 200, 'added');
is("$cart->{count} $cart->{total}", "2 \x{20ac}1,656.00", 'with the new number and total');
like($cart->{html}, qr/Project management/, 'and the panel');
unlike($cart->{html}, qr/<html/, 'which is no page');
like($answer->{headers}{'content-type'}, qr{^application/json}, 'JSON');
like($answer->{headers}{'cache-control'}, qr/no-store/, 'that nobody keeps');
ok(!exists $cart->{error}, 'no error');
my $rev = $cart->{rev};

($status, $cart) = ask('cart/set', p => 'project_management', quantity => 3);
is("$cart->{count} $cart->{total}", "3 \x{20ac}2,304.00", 'the next step of the ladder');
cmp_ok($cart->{rev}, '>', $rev, 'every change has its number');
($status, $cart) = ask('cart/remove', p => 'project_management');
is($cart->{count}, 2, 'one less');
($status, $cart) = ask('cart/set', p => 'project_management', quantity => 11);
is("$status $cart->{error}", '422 max_reached', 'too many');
like($cart->{message}, qr/10/, 'said in words');
is($cart->{count}, 2, 'changes nothing');
for my $case (['cart/add', 'product_unknown', p => 'nothing'], ['cart/add', 'quantity_invalid', p => 'excel_basics', quantity => 0],
    ['cart/add', 'quantity_invalid', p => 'excel_basics', quantity => 'x'], ['cart/add', 'element_not_orderable', p => 'office_set'],
    ['cart/set', 'quantity_invalid', p => 'excel_basics', quantity => -1], ['cart/add', 'product_unknown'])
{
    my ($path, $error, @form) = @{$case};
    ($status, $cart) = ask($path, @form);
    is("$status $cart->{error}", "422 $error", "$path @form");
}

my $seen = decode_json($b->http->get('/shop/ac/cart', headers => {Accept => 'application/json'})->{body});
is($seen->{count}, 2, 'the cart can be read');
is("$seen->{lines}[0]{shortname} $seen->{lines}[0]{quantity} $seen->{lines}[0]{max}", 'project_management 2 10', 'line by line');
is("$seen->{untaxed} $seen->{taxes}[0]{amount}", "\x{20ac}1,380.00 \x{20ac}276.00", 'with what it is made of');
is($seen->{next_url}, '/shop/ac/step/customer', 'and where to go on');
($status, $cart) = ask('cart/clear');
is($cart->{count}, 0, 'and emptied');

my $newcomer = Shop::Buyer->new(base => $t->base);
my $first = $newcomer->http->post('/shop/ac/cart/add', [csrf => '', p => 'excel_basics'], headers => {Accept => 'application/json'});
is($first->{status}, 200, 'a newcomer needs no session for the first line');
ok($newcomer->http->{cookies}{shopsid}, 'and gets one with it');
my $token = decode_json($first->{body})->{csrf};
is($newcomer->http->post('/shop/ac/cart/clear', [csrf => ''], headers => {Accept => 'application/json'})->{status}, 403,
    'from then on the token is needed');
is($newcomer->http->post('/shop/ac/cart/clear', [csrf => $token], headers => {Accept => 'application/json'})->{status}, 200,
    'the one of the answer');
my $refused = $newcomer->http->post('/shop/ac/cart/clear', [csrf => 'x'], headers => {Accept => 'application/json'});
is(decode_json($refused->{body})->{error}, 'form_expired', 'a refusal is JSON, too');
is($newcomer->http->get('/shop/ac/nothing', headers => {Accept => 'application/json'})->{headers}{'content-type'},
    'application/json', 'as is a page that does not exist');

$t->finish;
done_testing;
