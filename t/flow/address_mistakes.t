#!/usr/bin/perl

# What is wrong with an address is told beside its field, all at once, and nothing that was typed is lost;
# nobody may ask for many addresses.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, mail => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);
my $form = qr{step/customer$};

$b->add('gdpr_essentials');
$b->open('step/customer');
$b->submit($form, {map { ($_ => '') } qw(firstname lastname email address zip city country)}, go => 1);
is($b->page->status, 422, 'an empty form');
ok($b->page->error_of($_), "told beside $_") for qw(firstname lastname email address zip city country);
my @first = grep { $_->{href} =~ /^#/ && $_->{href} ne '#main' } $b->page->links;
is($first[0]{href}, '#firstname', 'the list above leads to the first field');

my %odd = (firstname => "Jean-Éric  ", lastname => q{O'Neil <b>"x"</b>}, email => 'not an address',
    address => '1 <script>alert(1)</script>', zip => '44 000', city => 'Århus', country => 'DK');
$b->submit($form, \%odd, go => 1);
is($b->page->status, 422, 'one mistake');
ok($b->page->error_of('email'), 'is told');
is(join(' ', grep { $b->page->error_of($_) } qw(firstname lastname address zip city country)), '', 'and no other');
is($b->value_of($form, 'lastname'), $odd{lastname}, 'names are kept as they were typed');
is($b->value_of($form, 'address'), $odd{address}, 'addresses, too');
is($b->value_of($form, 'email'), 'not an address', 'even what is wrong');
is($b->value_of($form, 'country'), 'DK', 'and what was chosen');
unlike($b->page->{answer}{body}, qr/<script>alert/, 'as text, whatever it is');

for my $email ('a@b', 'a@@example.org', 'a b@example.org', '.a@example.org', 'a@example..org', 'é@example.org', 'a@' . 'x' x 260 . '.org') {
    $b->submit($form, {email => $email}, go => 1);
    is($b->page->status, 422, 'no address: ' . substr $email, 0, 20);
}
my $long = 'x' x 400;
$b->submit($form, {firstname => $long, city => $long, email => 'fine@example.org'}, go => 1);
is($b->step, 'order', 'what is too long for its field is cut, not refused');
$b->open('step/customer');
is(length $b->value_of($form, 'firstname'), 40, 'to what fits');
is(length $b->value_of($form, 'city'), 120, 'in every field');

$t->catalog(q{update shop.catalogs set countryrestrictions = 'FR,BE'});
$b->open('step/customer');
$b->http->post('/shop/ac/step/customer', [csrf => $b->value_of($form, 'csrf'), go => 1, firstname => 'A', lastname => 'B',
    email => 'fine@example.org', address => 'x', zip => '1', city => 'y', country => 'US']);
$b->open('step/order');
is($b->step, 'customer', 'a country that is not served is refused');
is(scalar(grep { $_ ne '' } map { @{$_->{options}} } grep { ($_->{name} // '') eq 'country' } @{$b->page->{fields}}), 2,
    'the list has those that are');

$t->catalog(q{update shop.shops set customerorganisationrequired = true});
$b->open('step/customer');
$b->submit($form, {%{$b->{person}}}, go => 1);
ok($b->page->error_of('organisation'), 'a shop may ask for the organisation');
$b->submit($form, {organisation => 'Self'}, go => 1);
is($b->step, 'order', 'then it is needed');

my $nosy = Shop::Buyer->new(base => $t->base);
$nosy->add('gdpr_essentials');
for my $n (1 .. 10) {
    $nosy->open('step/customer');
    $nosy->fill_customer(email => "nosy$n\@example.org", organisation => 'x');
}
$nosy->open('step/customer');
$nosy->fill_customer(email => 'camille.martin@example.org', organisation => 'x');
ok($nosy->says('refusal.email_tries'), 'nobody may ask for many addresses');

$t->finish;
done_testing;
