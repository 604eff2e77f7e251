#!/usr/bin/perl

# A session with roles: learners and a trainer share the places of one product; each role has its column, who is in
# it, and nobody gets a place beyond the number.

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
$t->catalog(q{update shop.items set handlerparams = '{"requiredroles": "student,teacher,supervisor"}' where shortname = 'first_aid'});
my $b = Shop::Buyer->new(base => $t->base);
my $csrf;


sub assign {
    my ($role, $email) = @_;
    $b->http->post('/shop/ac/participants/assign', [csrf => $csrf, p => 'first_aid', role => $role, email => $email]);
    return $b->open('step/users');
}

$b->add('first_aid', 3);
$b->open('step/users');
$csrf = $b->value_of(qr{step/users$}, 'csrf');
for my $n (1 .. 3) {
    $b->submit(qr{participants/add$}, {firstname => "P$n", lastname => "Name$n", email => "p$n\@example.org"});
}
like($b->page->text, qr/Learners.*Trainers.*Supervisors/, 'a column for each role');
$b->submit(qr{step/users$}, {}, go => 1);
is($b->step, 'users', 'all places have to be given');
assign('student', 'p1@example.org');
assign('teacher', 'p1@example.org');
ok(!$b->says('refusal.already_assigned'), 'one person may be learner and trainer');
assign('_supervisor', 'p2@example.org');
ok($b->says('users.full'), 'each role takes a place');
assign('student', 'p3@example.org');
ok($b->says('refusal.seats_full'), 'there is no fourth');
$b->submit(qr{step/users$}, {}, go => 1);
is($b->step, 'customer', 'complete');

$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 2});
$b->open('step/order');
is($b->step, 'customer', 'two places for two assignments are complete');
$b->open('step/users');
unlike($b->page->text, qr/P2 NAME2 p2\@example\.org Take back/, 'the last one given is lost');
$b->open('step/customer');
$b->fill_customer;
$b->order('transfer');
$b->submit(qr{step/payment$}, {}, go => 1);
my ($line) = Shop::Order->of($t, $b)->lines;
is_deeply({map { my $r = $_; ($r => [map { $_->{email} } @{$line->{users}{$r}}]) } keys %{$line->{users}}},
    {student => ['p1@example.org'], teacher => ['p1@example.org']}, 'the order knows who is what');

$t->catalog(q{update shop.shops set allow_late_assignment = true, endusermobilephonerequired = true, enduserorganisationrequired = true});
my $late = Shop::Buyer->new(base => $t->base);
$late->add('first_aid', 2);
$late->open('step/users');
ok($late->page->form(qr{participants/add$}, 'phone', 'institution'), 'a shop may ask for telephone and organisation');
$late->submit(qr{participants/add$}, {firstname => 'A', lastname => 'B', email => 'ab@example.org'});
ok($late->page->error_of('phone'), 'then they are needed');
$late->submit(qr{step/users$}, {}, go => 1);
is($late->step, 'customer', 'and may let places be given later');

$t->finish;
done_testing;
