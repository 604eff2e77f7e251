#!/usr/bin/perl

# What is kept for people with an account: a stranger is shown the way to log in and cannot order it by
# hand; after the link in the mail it can be bought; logging out empties the cart.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, bank => 0);
my $b = Shop::Buyer->new(base => $t->base, person => {firstname => 'Oliver', lastname => 'Smith',
    email => 'oliver.smith@example.org', city => 'Leeds', country => 'GB'});

$b->open('p/members_webinar');
ok($b->says('refusal.login_required', name => 'Members’ webinar'), 'strangers are told to log in');
ok(!grep({ ($_->{value} // '') eq 'members_webinar' } @{$b->page->{fields}}), 'and have no button to buy it');
ok(grep({ $_->{href} =~ m{/login\?next=/shop/ac/p/members_webinar} } $b->page->links), 'but a link that comes back');
$b->http->post('/shop/ac/cart/add', [csrf => $b->value_of(qr{cart/add$}, 'csrf'), p => 'members_webinar']);
$b->open('cart');
ok($b->says('refusal.login_required'), 'an order by hand is told to log in');
ok($b->says('cart.empty'), 'and refused');

$b->log_in($t, 'c/members');
like($b->page->text, qr/Members’ webinar/, 'who is known sees it');
$b->add('members_webinar');
ok($b->says('cart.added'), 'and may buy it');
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'customer', 'on to the address');
is($b->value_of(qr{step/customer$}, 'email'), 'oliver.smith@example.org', 'the mailbox is filled in');
$b->submit(qr{step/customer$}, {%{$b->{person}}, email => 'other@example.org'}, go => 1);
is($b->step, 'order', 'all is well');
like($b->page->text, qr/oliver\.smith\@example\.org/, 'and cannot be another one');
unlike($b->page->text, qr/other\@example\.org/, 'whatever is posted');

my $typed = Shop::Buyer->new(base => $t->base, person => {%{$b->{person}}, email => 'typed@example.org'});
$typed->add('gdpr_essentials');
$typed->open('step/customer');
$typed->fill_customer;
$typed->{person}{email} = 'oliver.smith@example.org';
$typed->log_in($t, 'step/customer');
ok($typed->says('customer.email_replaced', typed => 'typed@example.org'), 'who typed another address before is told which one counts');
is($typed->value_of(qr{step/customer$}, 'email'), 'oliver.smith@example.org', 'that of the account');

my $other = Shop::Buyer->new(base => $t->base);
$t->catalog(q{update shop.items set onlyforloggedin = 2 where shortname = 'gdpr_essentials'});
is($other->open('p/gdpr_essentials')->status, 404, 'what is for customers is not for strangers');
$t->catalog(q{update shop.items set onlyforloggedin = -1 where shortname = 'python_start'});
is($other->open('p/python_start')->status, 200, 'what is for newcomers is for them');
is($b->open('p/python_start')->status, 404, 'not for who is logged in');

$b->open('cart');
$b->submit(qr{/logout$}, {});
unlike($b->page->text, qr/oliver/i, 'after logging out nobody is known');
$b->open('cart');
ok($b->says('cart.empty'), 'and the cart is gone');
ok($b->open('p/members_webinar') && $b->says('refusal.login_required'), 'and the product asks again');

$t->finish;
done_testing;
