#!/usr/bin/perl

# A company buys places for its people: they are named, each gets a seat, the list is checked against
# the number of places, removals give seats back, and the order keeps who got what.

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
my $b = Shop::Buyer->new(base => $t->base);


sub name {
    my ($first, $last, $email, %more) = @_;
    return $b->submit(qr{participants/add$}, {firstname => $first, lastname => $last, email => $email, %more});
}


sub seat { my ($email) = @_; return $b->submit(qr{participants/assign$}, {email => $email}) }


$b->add('first_aid', 2);
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'users', 'places are given to people first');

$b->submit(qr{step/users$}, {}, go => 1);
is($b->step, 'users', 'nobody goes on with empty places');
ok($b->says('refusal.seats_incomplete'), 'the page says what is missing');
$b->open('step/order');
is($b->step, 'users', 'not by the address either');

name('', 'Durand', 'lea@example.org', city => 'Lyon');
is($b->page->status, 422, 'a first name is needed');
is($b->value_of(qr{participants/add$}, 'lastname'), 'Durand', 'what was typed is kept');
ok($b->page->error_of('firstname'), 'beside the empty field');
name('Léa', 'Durand', 'lea-at-example.org');
ok($b->page->error_of('email'), 'an address must be one');

name('léa', 'Durand', 'lea@example.org', city => 'Lyon');
like($b->page->text, qr/Léa DURAND/, 'names are written as usual');
is($b->value_of(qr{participants/add$}, 'city'), 'LYON', 'the town stays for the next person');
name('Marc', 'Petit', 'Marc@Example.org');
ok(!$b->page->form(qr{participants/add$}), 'two places, two people');
ok($b->says('users.enough'), 'the page says so');

seat('lea@example.org');
like($b->page->text, qr{1\D+2}, 'one place of two is given');
my $answer = $b->http->post('/shop/ac/participants/assign',
    [csrf => $b->value_of(qr{step/users$}, 'csrf'), p => 'first_aid', role => 'student', email => 'lea@example.org']);
$b->open('step/users');
ok($b->says('refusal.already_assigned'), 'not two places for the same person');
$b->http->post('/shop/ac/participants/assign',
    [csrf => $b->value_of(qr{step/users$}, 'csrf'), p => 'first_aid', role => 'editingteacher', email => 'marc@example.org']);
$b->open('step/users');
ok($b->says('refusal.role_invalid'), 'not in a role that the product does not have');
$b->http->post('/shop/ac/participants/assign',
    [csrf => $b->value_of(qr{step/users$}, 'csrf'), p => 'first_aid', role => 'student', email => 'nobody@example.org']);
$b->open('step/users');
ok($b->says('refusal.participant_unknown'), 'nor for somebody unknown');

seat($b->value_of(qr{participants/assign$}, 'email'));
ok($b->says('users.full'), 'all places are given');

$b->submit(qr{participants/unassign$}, {}, email => 'lea@example.org');
ok(!$b->says('users.full'), 'a place can be taken back');
seat('lea@example.org');

$b->submit(qr{step/users$}, {}, back => 1);
is($b->path, '/shop/ac/', 'back leads to the catalogue');
$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 1});
$b->open('step/users');
ok($b->says('users.full'), 'one place less: the last one given is lost');
like($b->page->text, qr/Léa DURAND.*Marc PETIT/, 'both stay on the list');
$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 2});
$b->open('step/users');
ok(!$b->says('users.full'), 'the place that came back is empty');
is($b->value_of(qr{participants/assign$}, 'email'), 'lea@example.org', 'and offered to who has none');
seat('lea@example.org');
$b->submit(qr{participants/remove$}, {}, email => 'marc@example.org');
unlike($b->page->text, qr/Marc PETIT/, 'who is taken off the list loses his place');
name('Marc', 'Petit', 'marc@example.org');
seat('marc@example.org');
$b->submit(qr{step/users$}, {}, go => 1);
is($b->step, 'customer', 'then comes the buyer');
$b->fill_customer;
$b->order('check');
$b->submit(qr{step/payment$}, {}, go => 1);

my $order = Shop::Order->of($t, $b);
my ($line) = $order->lines;
is($line->{seats}, 2, 'the order has two seats');
my %people = map { ($_->{email} => $_) } @{$line->{users}{student}};
is_deeply([sort keys %people], ['lea@example.org', 'marc@example.org'], 'and the two people');
is($people{'marc@example.org'}{lastname}, 'PETIT', 'with their names');

my $oliver = Shop::Buyer->new(base => $t->base, person => {email => 'oliver.smith@example.org'});
$oliver->log_in($t);
$t->dbh->do(q{select shop.customer_save('{"email": "oliver.smith@example.org", "lastname": "Smith", "firstname": "Oliver",
    "city": "Leeds", "country": "GB"}')});
$oliver->add('first_aid', 2);
$oliver->open('step/users');
$oliver->follow(qr{me=1});
is($oliver->value_of(qr{participants/add$}, 'lastname'), 'Smith', 'who takes part himself need not type his name');
$oliver->submit(qr{participants/add$}, {});
like($oliver->page->text, qr/Oliver SMITH/, 'and is on the list by one press');

$t->finish;
done_testing;
