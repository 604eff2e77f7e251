#!/usr/bin/perl

# A shop whose steps leave the customer out: strangers are led to the log-in before anything is asked;
# who is known with a whole address goes on with it, who is not stays in the catalogue.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, bank => 0);
my $known = Shop::Buyer->new(base => $t->base, person => {email => 'known@example.org'});
my $new   = Shop::Buyer->new(base => $t->base, person => {email => 'new@example.org'});

$known->add('gdpr_essentials');
$known->checkout;
is($known->step, 'order', 'somebody has given an address before');

$t->catalog(q{update shop.shops set navsteps = 'shop,purchaserequ,users,order,payment,produce,invoice'});

my $stranger = Shop::Buyer->new(base => $t->base);
$stranger->add('gdpr_essentials');
$stranger->open('step/order');
is($stranger->path, '/shop/ac/login?next=/shop/ac/step/order', 'a stranger is asked to log in');
is($stranger->value_of(qr{/login$}, 'next'), '/shop/ac/step/order', 'and will come back');
$stranger->open('cart');
$stranger->follow(qr{/step/});
like($stranger->path, qr{^/shop/ac/login\?next=}, 'from the cart too');

$known = Shop::Buyer->new(base => $t->base, person => {email => 'known@example.org'});
$known->add('gdpr_essentials');
$known->log_in($t, 'step/order');
is($known->step, 'order', 'who is known comes to the order');
like($known->page->text, qr/3 rue des Lilas/, 'with the address that is known');
is($known->open('step/customer')->status, 200, 'the step that is not there leads elsewhere');
isnt($known->step, 'customer', 'than to itself');

$new->add('gdpr_essentials');
$new->log_in($t, 'step/order');
is($new->path, '/shop/ac/', 'who has no address stays in the catalogue');
ok($new->says('refusal.customer_incomplete'), 'and is told why');

$t->finish;
done_testing;
