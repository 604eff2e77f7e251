#!/usr/bin/perl

# Places are bought first and given to people later, from the page of the order: by its buyer, by whoever has
# the signed link, by nobody else; taken back, and given again.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(patient => 1);
my $mail = 'ada.king@example.org';
my $b = Shop::Buyer->new(base => $t->base, person => {firstname => 'Ada', lastname => 'King', email => $mail});
$t->catalog(q{update shop.items set enablehandler = 'std_generateseats', requireddata = '[]', quantaddressesusers = 0,
    handlerparams = '{"courselist": "EXCEL-%", "packsize": "2", "duration": "30"}' where shortname = 'exam_voucher'});


sub see { my ($pattern) = @_; return wait_for(sub { $b->open($b->{seats}); $b->page->text =~ $pattern }, 60) }


$b->add('exam_voucher');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE', 60), 'two places are bought');
$b->open($b->path);
$b->follow(qr{/seats});
$b->{seats} = $b->path;
ok($b->says('seats.title'), 'the page of the order leads to them');
like($b->page->text, qr/2\D+2 free/, 'two are free');
$b->submit(qr{seats/give}, {lastname => 'Noir', firstname => 'Paul', email => 'paul-at-example.org'});
is($b->page->status, 422, 'an address must be one');
is($b->value_of(qr{seats/give}, 'lastname'), 'Noir', 'what was typed is kept');
ok($b->page->error_of('email'), 'beside the field');
$b->submit(qr{seats/give}, {email => 'paul.noir@example.org'});
ok($b->says('seats.given'), 'a place is given');
ok(see(qr/Paul NOIR.*Given/s), 'and is his');
ok($t->mail_to('paul.noir@example.org', qr/Excel/), 'he is told');
my $account = sub { my ($email) = @_; (map { $_->{id} } grep { $_->{email} eq $email } values %{$t->moodle->{users}})[0] };
my $course = $t->sql(q{select productiondata ->> 'courseid' from shop.product_instances where contexttype = 'userenrol'});
ok($t->moodle->{enrolments}{$account->('paul.noir@example.org') . "/$course"}, 'he is in the course');

$b->submit(qr{seats/give}, {lastname => 'Noir', firstname => 'Paul', email => 'paul.noir@example.org'});
ok($b->says('seats.has_one'), 'not twice to the same person');

my $stranger = Shop::Http->new(base => $t->base);
is($stranger->get($b->{seats} =~ s/[?].*//r)->{status}, 404, 'nobody else sees them');
my ($signed) = $t->mail_to($mail, qr/order|invoice/i)->{text} =~ m{http://[^/\s]+(/\S+/order/\S+[?]\S+)};
my $deputy = Shop::Buyer->new(base => $t->base, lang => 'fr');
$deputy->open($signed =~ s{[?]}{/seats?}r);
ok($deputy->says('seats.give'), 'who has the link gives places, too');
$deputy->submit(qr{seats/give}, {lastname => 'Vert', firstname => 'Anne', email => 'anne.vert@example.org'});
ok($deputy->says('seats.given'), 'and stays on the page');
ok(see(qr/Anne VERT.*Given/s), 'both are given');
ok(!$b->page->form(qr{seats/give}), 'none is left to give');

my ($anne) = map { $_->[0] } @{$t->dbh->selectall_arrayref(q{select reference from shop.product_instances
    where productiondata #>> '{person,email}' = 'anne.vert@example.org'})};
$b->submit(qr{seats/take}, {}, reference => $anne);
ok($b->says('seats.taken'), 'a place is taken back');
ok(see(qr/1\D+2 free/), 'and free again');
is($t->moodle->{enrolments}{$account->('anne.vert@example.org') . "/$course"}, undef, 'she is out');

my $forged = $b->http->post($b->{seats} =~ s{/seats}{/seats/give}r, [lastname => 'X', firstname => 'Y', email => 'x@example.org']);
is($forged->{status}, 403, 'oddity 32: a form of another site gives nothing');
for my $what (qw(give take)) {
    isnt($b->http->get($b->{seats} =~ s{/seats}{/seats/$what}r . '&confirm=1')->{status}, 200, "oddity 32: nor does a link, $what");
}

# many places: some at a time
$t->sql(q{insert into shop.product_instances (catalogitemid, initialitemid, currentitemid, element, unit, customerid, contexttype,
        instanceid, startdate, reference, productiondata)
    select p.catalogitemid, p.initialitemid, p.currentitemid, p.element, 100 + n, p.customerid, 'userenrol', p.instanceid, now(),
        shop.reference_make(), p.productiondata || jsonb_build_object('seat', true, 'userid', 900 + n, 'person',
            jsonb_build_object('firstname', 'Guest', 'lastname', 'N' || n, 'email', 'guest' || n || '@example.org'))
    from (select * from shop.product_instances order by id limit 1) p, generate_series(1, 60) n returning 1});
$b->open($b->{seats});
like($b->page->text, qr/1\D+62 free.*guest49@/s, 'fifty of the given ones on a page');
unlike($b->page->text, qr/guest50@/, 'not one more');
ok($b->page->form(qr{seats/give}), 'with the form');
$b->follow(qr{/seats/2});
like($b->page->text, qr/guest50@.*guest60@.*Page 2 of 2/s, 'the others on the next');
$b->follow(qr{/seats/1});
like($b->page->text, qr/guest49@/, 'and back');
is($b->open($b->{seats} =~ s{/seats}{/seats/$_}r)->status, 404, "no page $_") for qw(0 x 5000);

$t->finish;
done_testing;
