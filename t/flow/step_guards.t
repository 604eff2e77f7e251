#!/usr/bin/perl

# The guards of the steps: nobody gets further than what is complete, by no address; steps that ask nothing
# are passed over in both directions; the bar says where one is.

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
my @steps = qw(purchaserequ users customer order payment produce invoice);


sub lands {
    my ($buyer) = @_;
    return join ' ', map { $buyer->open("step/$_"); "$_:" . ($buyer->step // $buyer->path) } @steps;
}

is(lands($b), join(' ', map {"$_:/shop/ac/"} @steps), 'without a cart every step is the catalogue');
is($b->open('step/nothing')->status, 404, 'a step that does not exist') if $b->add('gdpr_essentials');
is(lands($b), 'purchaserequ:customer users:customer customer:customer order:customer payment:customer'
    . ' produce:/shop/ac/ invoice:/shop/ac/', 'a course that asks nothing begins with the address');
$b->open('step/customer');
$b->submit(qr{step/customer$}, {city => 'Nice'}, back => 1);
is($b->path, '/shop/ac/', 'back passes over what asks nothing');
$b->open('step/customer');
is($b->value_of(qr{step/customer$}, 'city'), 'Nice', 'what was typed is kept, right or wrong');
$b->fill_customer;
is($b->step, 'order', 'on passes over it, too');
is(lands($b), 'purchaserequ:customer users:customer customer:customer order:order payment:order'
    . ' produce:/shop/ac/ invoice:/shop/ac/', 'paying needs a launch');
$b->open('step/order');
$b->submit(qr{step/order$}, {}, back => 1);
is($b->step, 'customer', 'back from the order page');

my $all = Shop::Buyer->new(base => $t->base);
$all->add('session_safety');
is(lands($all), 'purchaserequ:purchaserequ users:purchaserequ customer:purchaserequ order:purchaserequ'
    . ' payment:purchaserequ produce:/shop/ac/ invoice:/shop/ac/', 'questions first');
$all->open('step/purchaserequ');
$all->submit(qr{step/purchaserequ$}, {'session_safety/site0' => '1 rue Basse'}, go => 1);
is(lands($all), 'purchaserequ:purchaserequ users:users customer:users order:users payment:users'
    . ' produce:/shop/ac/ invoice:/shop/ac/', 'then people');
$all->open('step/users');
like($all->page->{answer}{body}, qr{step-done[^>]*>\s*<a href="/shop/ac/step/purchaserequ"}, 'the bar leads back to what is done');
like($all->page->{answer}{body}, qr{step-current[^>]*aria-current="step"}, 'and says where one is');
$all->submit(qr{participants/add$}, {firstname => 'A', lastname => 'B', email => 'ab@example.org'});
$all->submit(qr{participants/assign$}, {});
$all->submit(qr{step/users$}, {}, go => 1);
is($all->step, 'customer', 'then the address');
$all->submit(qr{step/customer$}, {}, back => 1);
is($all->step, 'users', 'back is the step before');
$all->submit(qr{step/users$}, {}, back => 1);
is($all->step, 'purchaserequ', 'and the one before');
$all->open('step/customer');
$all->fill_customer;
is($all->step, 'order', 'complete');
$all->add('course_space');
is(lands($all), 'purchaserequ:purchaserequ users:purchaserequ customer:purchaserequ order:purchaserequ'
    . ' payment:purchaserequ produce:/shop/ac/ invoice:/shop/ac/', 'a new question makes the rest wait');

$all->open('cart');
$all->submit(qr{cart/clear$}, {});
ok($all->says('cart.empty'), 'the cart can be emptied');
is(lands($all), join(' ', map {"$_:/shop/ac/"} @steps), 'and all begins anew');

$t->catalog(q{update shop.shops set navsteps = 'shop,customer,purchaserequ,users,order,payment,produce,invoice'});
my $other = Shop::Buyer->new(base => $t->base);
$other->add('course_space');
$other->open('step/order');
is($other->step, 'customer', 'a shop may ask for the customer first');
$other->fill_customer;
is($other->step, 'purchaserequ', 'and for the rest after that');

$t->finish;
done_testing;
