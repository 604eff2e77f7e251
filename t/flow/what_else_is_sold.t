#!/usr/bin/perl

# One of each family of products in a cart: places for people who are named, a licence, credits, a course of
# one's own, and later more time in what was bought. All arrives in Moodle; the licence can be checked.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP ();
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t    = Shop::Test->new(patient => 1);
my $mail = 'grace.hopper@example.org';
my $b    = Shop::Buyer->new(base => $t->base, person => {firstname => 'Grace', lastname => 'Hopper', email => $mail});
my $ask  = sub {
    my ($field, $pattern) = @_;
    return JSON::PP::encode_json([{field => $field, label => $field, type => 'textfield', pattern => $pattern}]);
};

$t->catalog(join ';', map { sprintf q{update shop.items set enablehandler = '%s', handlerparams = '%s', requireddata = %s
        where shortname = '%s'}, @{$_}[1, 2], $_->[3] ? "'$_->[3]'" : q{'[]'}, $_->[0] }
    ['first_aid',       'std_setuponecoursesession', '{"coursename": "EXCEL-1", "duration": "30"}'],
    ['exam_voucher',    'std_registeredproduct',     '{"duration": "365"}'],
    ['public_speaking', 'std_addtrainingcredits',    '{"creditsamount": "10"}'],
    ['course_space',    'std_createcourse',          '{"coursecategory": "1", "duration": "100"}', $ask->('fullname', '.*')],
    ['welcome_kit',     'std_prorogate',             '{"timeshift": "10"}', $ask->('productcode', '@reference')]);

$b->add('first_aid', 2);
$b->add($_) for qw(exam_voucher public_speaking course_space);
$b->open('cart');
$b->follow(qr{/step/});
is($b->step, 'purchaserequ', 'a course has to be named');
$b->submit(qr{step/purchaserequ$}, {'course_space/fullname0' => 'Space of Grace'}, go => 1);
for my $person (['Ann', 'Noir', 'ann@example.org'], ['Bob', 'Roux', 'bob@example.org']) {
    $b->submit(qr{participants/add$}, {firstname => $person->[0], lastname => $person->[1], email => $person->[2]});
    $b->submit(qr{participants/assign$}, {email => $person->[2]});
}
$b->submit(qr{step/users$}, {}, go => 1);
$b->fill_customer;
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE', 60), 'all is delivered')
    or diag explain $t->dbh->selectall_arrayref('select handler, unit, step, state, reason, code from shop.jobs', {Slice => {}});

my $moodle  = $t->moodle;
my %account = map { $_->{email} => $_->{id} } values %{$moodle->{users}};
my ($excel) = grep { $_->{shortname} eq 'EXCEL-1' } values %{$moodle->{courses}};
my %role    = map { $_ => join q{ }, keys %{$moodle->{enrolments}{"$account{$_}/$excel->{id}"}{roles} // {}} }
    $mail, qw(ann@example.org bob@example.org);
is_deeply(\%role, {$mail => 4, 'ann@example.org' => 5, 'bob@example.org' => 5}, 'the people learn, the buyer supervises');
ok($t->mail_to('ann@example.org', qr/Excel/), 'each hears of it');
my ($made) = grep { $_->{fullname} eq 'Space of Grace' } values %{$moodle->{courses}};
ok($moodle->{enrolments}{"$account{$mail}/$made->{id}"}{roles}{3}, 'the course is there, and hers');
is($t->sql('select balance from shop.credit_accounts'), 10, 'the credits are on her account');
$b->open($b->path);
ok($b->says('produce.credits', n => 10), 'the page of the order says how many');
$t->dbh->do(q{select shop.credit_spend(jsonb_build_object('customer', customerid, 'amount', 3, 'key', 'flow')) from shop.credit_accounts});
$b->open($b->path);
ok($b->says('produce.credits', n => 7), 'and how many are left');

my ($key, $end) = $t->dbh->selectrow_array(
    q{select reference, extract(epoch from enddate)::bigint from shop.product_instances where contexttype = 'registered_product'});
my $licence = sub { my ($given) = @_; return JSON::PP::decode_json($t->http->get("/shop/ac/api/licence/$given")->{body}) };
ok($b->wait_for_text(qr/\Q$key\E|licence/i), 'the page tells of the licence');
my $answer = $licence->($key);
ok($answer->{valid}, 'its key is valid');
is($answer->{end}, $end, 'until its end');
ok($licence->(lc $key =~ tr/-//dr)->{valid}, 'also as people type it');

my $false = $key =~ s/^(.)/$1 eq 'A' ? 'B' : 'A'/er;
$t->dbh->begin_work;
$t->dbh->do('lock table shop.product_instances in access exclusive mode');
is_deeply($licence->($false), {valid => JSON::PP::false}, 'scenario 20: a key with a wrong checksum is none, without a look into the database');
$t->dbh->rollback;
is_deeply($licence->('0000-0000-0000-00' . do { my $sum = 14 * ord '0'; join q{}, (0 .. 9, 'A' .. 'Z')[$sum % 36, $sum / 36 % 36] }),
    {valid => JSON::PP::false}, 'one that nobody has says the same');

$b->log_in($t);
$b->add('welcome_kit');
$b->open('cart');
$b->follow(qr{/step/});
$b->submit(qr{step/purchaserequ$}, {'welcome_kit/productcode0' => $false}, go => 1);
ok($b->says('refusal.ref_malformed'), 'a reference is looked at before it is sold more time');
$b->submit(qr{step/purchaserequ$}, {'welcome_kit/productcode0' => $key}, go => 1);
$b->submit(qr{step/customer$}, {}, go => 1) if $b->step eq 'customer';
$b->order('card');
$b->pay_card;
ok(Shop::Order->of($t, $b)->comes_to('COMPLETE', 60), 'more time is sold')
    or diag explain $t->dbh->selectall_arrayref('select handler, unit, step, state, reason, code from shop.jobs', {Slice => {}});
is($licence->($key)->{end}, $end + 10 * 86_400, 'the licence lasts longer');

$t->finish;
done_testing;
