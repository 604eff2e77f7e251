#!/usr/bin/perl

# Credits are bought, seen, spent on a course and given back. A form sent twice is one order, what is not enough buys
# nothing, and Moodle shows how many are left.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Learner;
use Shop::Order;
use Shop::Test qw(wait_for);

my $t    = Shop::Test->new(patient => 1, moodle_conf => 'available_for 1s;');
my $mail = 'grace.hopper@example.org';
my $b    = Shop::Buyer->new(base => $t->base, person => {firstname => 'Grace', lastname => 'Hopper', email => $mail});

$t->catalog(join ';', map { sprintf q{update shop.items set enablehandler = '%s', handlerparams = '%s', requireddata = '[]',
        onlyforloggedin = %d, stock = %s where shortname = '%s'}, @{$_}[1 .. 4], $_->[0] }
    ['public_speaking', 'std_addtrainingcredits',
        '{"creditsamount": "10", "credits_validity": "90", "credits_mode": "mirror", "credits_field": "credits"}', 0, 'null'],
    ['excel_basics', 'std_enrolonecourse',         '{"coursename": "EXCEL-1", "duration": "30", "credit_price": "4"}',    1, 1],
    ['first_aid',    'std_enrolonecoursemultiple', '{"coursename": "TUTOR", "duration": "30", "credit_price": "3"}',      0, 'null'],
    ['exam_voucher', 'std_enrolonecourse',         '{"coursename": "WRITER-1", "duration": "30", "credit_price": "50"}',  0, 'null'],
    ['team_pack',    'std_registeredproduct',      '{"duration": "365", "credit_price": "1"}',                            0, 'null']);
$t->catalog(q{update shop.items set maxdeliveryquant = 0, quantaddressesusers = 0 where shortname = 'first_aid'});

sub balance { return $t->sql('select shop.credits_balance(customerid) from shop.credit_accounts') }
sub orders { return $t->sql(q{select count(*) from shop.bills where paymode = 'credits'}) }
sub shown { my ($n) = @_; return wait_for(sub { my ($u) = grep { $_->{email} eq $mail } values %{$t->moodle->{users}}; ($u->{fields}{credits} // q{}) eq $n }, 60) }
# Presses the button of a product, with a quantity when there is one to be given.
sub choose { my ($product, $quantity) = @_; my ($form) = grep { $_->{action} =~ m{my/credits/$product} } $b->page->forms;
    return $b->open($form->{action} . (defined $quantity ? "?quantity=$quantity" : q{})) }
# The form of a page, as it goes out when it is sent.
sub launch { my ($page, %change) = @_; my $form = $page->form(qr{my/credits/}, 'key');
    my ($agree) = grep { $_->{name} eq 'agree' } @{$form->{fields}};
    return $page->filled($form, {$agree ? (agree => $agree->{value}) : (), %change}, [go => 1]) }

$b->open('my/credits');
like($b->path, qr{/login[?]next=/shop/ac/my/credits$}, 'who is not known is asked who he is');
$b->log_in($t, 'my/credits');
like($b->path, qr{/my/credits$}, 'and comes back');
ok($b->says('credits.none'), 'nothing is on the account');
ok(!(grep { $_->{href} =~ m{my/credits$} } $b->page->links), 'who never had any is not led here');
is($b->http->get('/shop/ac/my/credits/nothing')->{status}, 404, 'an unknown product is none');
is($b->http->get('/shop/ac/my/credits/team_pack')->{status}, 404, 'and neither is one that is no course');

$b->add('public_speaking');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->order('card');
$b->pay_card;
ok(Shop::Order->of($t, $b)->comes_to('COMPLETE', 60), 'ten credits are bought');
ok(shown(10), 'Moodle shows them');
$b->open($b->path);
$b->follow(qr{my/credits$});
ok($b->says('credits.balance', a => '10 credits'), 'the page of the order leads to the account');
like($b->page->text, qr/10 credits until \w+ \d+, 20\d\d|10 credits until \d+ \w+ 20\d\d/, 'which says when they end');
like($b->page->text, qr/Bought.*\+10/s, 'and where they came from');
like($b->page->text, qr/Not enough credits: 40 more/, 'what costs too much says so');
ok(!$b->page->form(qr{my/credits/exam}), 'and has no button');

# one course, the last one: the same form three times is one order
choose('excel');
ok($b->says('credits.confirm'), 'nothing is spent without a second look');
like($b->page->text, qr/It costs\s*4 credits.*You keep\s*6 credits/s, 'which says what is left afterwards');
is(balance(), 10, 'so far all are there');
my $path = $b->path;
is($b->submit(qr{my/credits/}, {}, go => 1)->status, 422, 'the terms of sale have to be accepted');
ok($b->says('refusal.terms_required'), 'as for any order');
my $form = launch($b->page);
my @sent = map { $b->http->post($path, [@{$form}]) } 1 .. 2;
is_deeply([map { $_->{status} } @sent], [303, 303], 'sent twice');
is($sent[0]{headers}{location}, $sent[1]{headers}{location}, 'it leads to one order');
is(orders() . q{ } . balance(), '1 6', 'that was paid once');
$b->open($sent[0]{headers}{location});
ok($b->says('produce.spent_credits', n => 4), 'the order says what it cost');
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE', 60), 'the course is delivered');
ok(Shop::Learner->new($t, $mail)->enrolment('EXCEL-1'), 'in Moodle');
ok(shown(6), 'which shows what is left');
ok($b->says('produce.credits_paid') || $b->open($b->path) && $b->says('produce.credits_paid'), 'nobody speaks of money');
like($order->row->{paymode} . $order->row->{amount}, qr/^credits0[.]00/, 'none was moved');
my $number = $order->invoice_number;
$b->open('order/' . $order->transid);
like($b->page->text, qr/\Q$number\E/, 'the document has its number');
ok($b->says('document.credits_spent', a => 4), 'and names the credits');
is($b->http->post($path, [@{$form}])->{headers}{location}, $sent[0]{headers}{location}, 'the form that lies around orders nothing, though the stock is empty');

# several units of another one; forged and stale forms
$b->open('my/credits');
like($b->page->text, qr/Spent.*4/s, 'the movement is in the list');
like($b->page->text, qr/restocked/, 'what is sold out cannot be had');
choose('first', 3);
like($b->path, qr{my/credits$}, 'three cost more than there is');
ok($b->says('refusal.credits_few', n => 3), 'as the page says');
choose('first', 'many');
ok($b->says('refusal.quantity_invalid'), 'a quantity is a number');
choose('first', 2);
$path = $b->path =~ s/[?].*//r;
$form = launch($b->page);
my %forged = (
    'without a token'   => [403, [map { $form->[$_ * 2] eq 'csrf' ? () : @{$form}[$_ * 2, $_ * 2 + 1] } 0 .. $#{$form} / 2], {}],
    'from another site' => [403, $form, {Origin => 'https://elsewhere.example'}],
    'without a key'     => [400, [map { $form->[$_ * 2] eq 'key' ? () : @{$form}[$_ * 2, $_ * 2 + 1] } 0 .. $#{$form} / 2], {}],
    'at another price'  => [422, launch($b->page, credits => 1), {}],
);
for my $case (sort keys %forged) {
    my ($status, $pairs, $headers) = @{$forged{$case}};
    is($b->http->post($path, [@{$pairs}], headers => $headers)->{status}, $status, "a form $case is refused");
}
my $stranger = Shop::Http->new(base => $t->base);
like($stranger->post($path, [@{$form}])->{headers}{location}, qr{/login|/cart|/shop/ac/$}, 'and one of nobody goes nowhere');
is(orders() . q{ } . balance(), '1 6', 'nothing was spent by any of them');
$b->arrive($t->base . $path, $b->http->post($path, [@{$form}]));
my $second = Shop::Order->of($t, $b);
is(orders() . q{ } . balance(), '2 0', 'the true one takes the rest');
ok($second->comes_to('COMPLETE', 60), 'and brings its course');
$b->open('my/credits/first_aid');
ok($b->says('refusal.credits_few', n => 3), 'then nothing is left');

# staff give the order back
$t->dbh->do(q{select shop.bill_flow(jsonb_build_object('transid', ?::text, 'to', 'PAYBACK', 'actor', 'Eva'))}, undef, $order->transid);
is(balance(), 4, 'the credits come back');
ok(shown(4), 'in Moodle, too');
$b->open('order/' . $order->transid . '/done');
ok($b->says('produce.credits_refunded'), 'the buyer is told of credits, not of money');

my $french = Shop::Buyer->new(base => $t->base, lang => 'fr', person => {email => $mail});
$french->log_in($t, 'my/credits');
like($french->page->text, qr/Vous pouvez dépenser 4 crédits/, 'it speaks French');
ok((grep { $_->{text} eq 'Mes crédits' } $french->page->links), 'and every page leads here');

# she is in that course already
$t->catalog(q{update shop.items set handlerparams = '{"coursename": "EXCEL-1", "credit_price": "1"}' where shortname = 'exam_voucher'});
my $enrolled = sub { $french->says('unavailable.already_enrolled', name => $t->sql(q{select coalesce(translations #>> '{fr,name}', name) from shop.items where shortname = 'exam_voucher'})) };
ok(wait_for(sub { $french->open('my/credits/exam_voucher'); $enrolled->() }, 120, 0.2), 'nobody pays again for a course that he is in');
like($french->path, qr{my/credits$}, 'and is led back');
is(balance(), 4, 'with all credits');

$t->finish;
done_testing;
