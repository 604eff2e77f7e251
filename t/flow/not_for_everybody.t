#!/usr/bin/perl

# Products that their handlers refuse to somebody: the course is hidden, the visitor is in it already, not in
# it. Pages say so in both languages and have no button, the cart and the launch refuse; what is not known is
# for sale. Moodle is asked once for all visitors, and not once for each product.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use JSON::PP qw(decode_json);

use Shop::Buyer;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(patient => 1, bank => 0, workers => 2, moodle_conf => 'available_for 1h;');


sub buyer {
    my ($name, %option) = @_;
    my ($firstname, $lastname) = split / /, $name;
    return Shop::Buyer->new(base => $t->base, %option, person => {firstname => $firstname, lastname => $lastname,
        email => lc("$firstname.$lastname") . '@example.org', city => 'Leeds', country => 'GB'});
}


sub moodle { my ($action, %rest) = @_; return $t->control('moodle', {action => $action, %rest}) }


sub calls { my ($function) = @_; return moodle('calls')->{calls}{$function} // 0 }


sub in_the_course { my ($b) = @_; return moodle('enrol', username => lc("$b->{person}{firstname}.$b->{person}{lastname}"), course => 'EXCEL-1') }


# The button of a product, as far as it has one.
sub can_buy {
    my ($b, $product) = @_;
    return scalar grep { ($_->{value} // '') eq $product } map { @{$_->{fields}} } grep { $_->{action} =~ m{cart/add$} } $b->page->forms;
}


# The page, once the shop knows what Moodle says.
sub comes_to_say {
    my ($b, $page, $key, $name) = @_;
    return wait_for(sub { $b->open($page); $b->says("unavailable.$key", name => $name) }, 60, 0.1);
}


sub by_hand {
    my ($b, $product) = @_;
    $b->open('c/spreadsheets');
    return decode_json($b->http->post('/shop/ac/cart/add', [csrf => $b->value_of(qr{cart/add$}, 'csrf'), p => $product],
        headers => {Accept => 'application/json'})->{body});
}


$t->catalog(q{
    update shop.items set
        enablehandler = case shortname when 'python_start' then 'std_addquizattempts' else 'std_setuponecoursesession' end,
        handlerparams = case shortname when 'python_start' then '{"coursename": "EXCEL-1", "quizid": "700"}'::jsonb
            else '{"coursename": "EXCEL-1"}'::jsonb end
    where shortname in ('python_start', 'team_pack')});

# --- a course that is hidden: nobody can buy it ---

my $stranger = buyer('Sam Stranger');
my $french   = buyer('Jean Dupont', lang => 'fr');

moodle('course', course => 'EXCEL-2', members => {visible => 0});
$stranger->open('c/spreadsheets');
ok(can_buy($stranger, 'excel_advanced'), 'what nobody has asked about yet is for sale');
ok(comes_to_say($stranger, 'c/spreadsheets', 'course_hidden', 'Excel: pivot tables'), 'the catalogue says that the course is not open');
ok(!can_buy($stranger, 'excel_advanced'), 'and has no button');
ok(can_buy($stranger, 'excel_basics'), 'the other product has one');
ok(comes_to_say($french, 'p/excel_advanced', 'course_hidden', 'Excel : tableaux croisés'), 'its own page says so, in French');
ok(!can_buy($french, 'excel_advanced'), 'and has no button');
is(by_hand($stranger, 'excel_advanced')->{error}, 'product_unavailable', 'an order by hand is refused');
like(by_hand($stranger, 'excel_advanced')->{message}, qr/its course is not open/, 'with the reason');
moodle('course', course => 'SECU-1', members => {shortname => 'GONE'});
is(by_hand($stranger, 'gdpr_essentials')->{error}, 'product_unavailable', 'one that nobody has looked at is asked about at once');
moodle('course', course => 'GONE', members => {shortname => 'SECU-1'});

my $asked = calls('core_course_get_courses_by_field');
for (1 .. 6) {
    ok(comes_to_say(buyer('Nobody Else'), 'c/spreadsheets', 'course_hidden', 'Excel: pivot tables'), 'everybody is told');
}
is(calls('core_course_get_courses_by_field'), $asked, 'and Moodle is not asked again');

# --- who is in the course already ---

my $camille = buyer('Camille Martin');
in_the_course($camille);
$camille->log_in($t, 'c/spreadsheets');
my $before = calls('core_enrol_get_users_courses');
ok(comes_to_say($camille, 'c/spreadsheets', 'already_enrolled', 'Excel: first steps'), 'she is told that she is in the course');
ok(!can_buy($camille, 'excel_basics'), 'and cannot buy it');
ok(comes_to_say($camille, 'c/documents', 'already_enrolled', 'Starter pack'), 'nor a pack that holds it');
ok(!can_buy($camille, 'starter_bundle'), 'which has no button');
cmp_ok(calls('core_enrol_get_users_courses') - $before, '<=', 2, 'Moodle was asked about her once by each worker');
is(by_hand($camille, 'team_pack')->{error}, undef, 'places for others she can');
$stranger->open('c/spreadsheets');
ok(can_buy($stranger, 'excel_basics'), 'others can buy it');

# --- who is not in the course of the quiz ---

my $oliver = buyer('Oliver Smith');
$oliver->log_in($t);
ok(comes_to_say($stranger, 'p/python_start', 'unidentified', 'Python for beginners'), 'strangers have no attempts that could be more');
my $answer = by_hand($oliver, 'python_start');
is($answer->{error}, 'product_unavailable', 'attempts are for who is in the course');
like($answer->{message}, qr/not enrolled/, 'as he is told');
is(by_hand($camille, 'python_start')->{error}, undef, 'she is');

# --- the launch asks again ---

my $ines = buyer('Ines Bernard');
moodle('fault', kind => 'error', code => 'strange', function => 'core_enrol_get_users_courses');
$ines->log_in($t, 'c/spreadsheets');
in_the_course($ines);
$ines->add('excel_basics');
ok($ines->says('cart.added'), 'what Moodle does not tell does not stop anybody');
$oliver->add('excel_basics');
$oliver->checkout;
$ines->checkout;
is($ines->step, 'order', 'as far as the order page');
moodle('fault', kind => 'none');
$ines->order('transfer');
ok($ines->says('unavailable.already_enrolled', name => 'Excel: first steps'), 'at the launch it does tell') or diag $ines->page->text;
is($t->sql('select count(*) from shop.bills'), 0, 'no order was placed');
$ines->open('cart');
ok($ines->says('cart.empty'), 'the product has left the cart');

moodle('fault', kind => 'stuck', delay => 6, function => 'core_enrol_get_users_courses');
$oliver->order('transfer');
is($t->sql('select count(*) from shop.bills'), 1, 'without an answer the order is taken, after a moment') or diag $oliver->page->text;
moodle('fault', kind => 'none');

# --- a shop that hides them ---

$t->catalog('update shop.shops set hideproductswhennotavailable = true');
ok(wait_for(sub { $camille->open('c/spreadsheets'); $camille->page->text !~ /Excel: first steps/ }, 60, 0.1), 'she does not see it any more');
is($camille->open('p/excel-first-steps')->status, 404, 'nor its page');
unlike($camille->open('c/documents')->text, qr/Starter pack/, 'nor the pack');
like($stranger->open('c/spreadsheets')->text, qr/Excel: first steps/, 'others do');
unlike($stranger->page->text, qr/Excel: pivot tables/, 'what nobody can have nobody sees');

$t->finish;
done_testing;
