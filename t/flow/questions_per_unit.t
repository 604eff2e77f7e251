#!/usr/bin/perl

# A product with questions: one small form per unit, wrong answers are told beside their field and do
# not destroy the good ones, a greater quantity asks for more, and the order keeps the answers.

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
my $form = qr{step/purchaserequ$};

$b->add('course_space', 2);
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'purchaserequ', 'the questions come first');
$b->open('step/customer');
is($b->step, 'purchaserequ', 'and cannot be passed over');

$b->submit($form, {'course_space/coursename0' => 'Welding', 'course_space/model0' => 'topics'}, go => 1);
is($b->page->status, 422, 'the second unit has no answers');
is($b->value_of($form, 'course_space/coursename0'), 'Welding', 'those of the first are kept');
ok($b->page->error_of('course_space-coursename1'), 'the empty field is marked');
ok($b->page->error_of('course_space-model1'), 'the empty list too');
ok(!$b->page->error_of('course_space-coursename0'), 'the good one is not');

$b->submit($form, {'course_space/coursename1' => 'x' x 81, 'course_space/model1' => 'weeks'}, go => 1);
is($b->page->status, 422, 'an answer beyond its length is refused') or diag $b->page->text;
is(length $b->value_of($form, 'course_space/coursename1'), 81, 'and shown again as it was typed');

my $csrf = $b->value_of($form, 'csrf');
my $answer = $b->http->post('/shop/ac/step/purchaserequ', [csrf => $csrf, go => 1,
    'course_space/coursename0' => 'Welding', 'course_space/model0' => 'topics',
    'course_space/coursename1' => 'Tiling', 'course_space/model1' => 'spirals']);
is($answer->{status}, 422, 'a choice that is not in the list is none');

$b->submit($form, {'course_space/coursename1' => 'Tiling', 'course_space/model1' => 'weeks'}, go => 1);
is($b->step, 'customer', 'all is answered');

$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 3});
$b->open('step/customer');
is($b->step, 'purchaserequ', 'a third unit has questions of its own');
is($b->value_of($form, 'course_space/coursename1'), 'Tiling', 'the answers of the others are there');
$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 1});
$b->open('step/customer');
is($b->step, 'customer', 'fewer units need no more');
$b->open('cart');
$b->submit(qr{cart/set$}, {quantity => 2});
$b->open('step/purchaserequ');
is($b->value_of($form, 'course_space/coursename1'), '', 'what was taken away is forgotten');

$b->submit($form, {'course_space/coursename1' => 'Bricks & <b>mortar</b>', 'course_space/model1' => 'topics'}, back => 1);
is($b->path, '/shop/ac/', 'back leads to the catalogue');
$b->open('step/purchaserequ');
$b->submit($form, {'course_space/coursename1' => 'Bricks & <b>mortar</b>', 'course_space/model1' => 'topics'}, go => 1);
$b->fill_customer;
$b->order('transfer');
$b->submit(qr{step/payment$}, {}, go => 1);
my ($line) = Shop::Order->of($t, $b)->lines;
is_deeply($line->{customerdata},
    {coursename => ['Welding', 'Bricks & <b>mortar</b>'], model => ['topics', 'topics']},
    'the order has the answers of each unit');

my $other = Shop::Buyer->new(base => $t->base, lang => 'fr');
$other->add('session_safety');
$other->open('cart');
$other->follow(qr{/step/});
is($other->step, 'purchaserequ', 'questions come before people');
like($other->page->text, qr/Adresse des locaux/, 'in the language of the visitor');
$other->submit($form, {'session_safety/site0' => '1 rue Basse'}, go => 1);
is($other->step, 'users', 'a box that may stay empty is no obstacle');

$t->finish;
done_testing;
