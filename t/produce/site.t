#!/usr/bin/perl

# What is sold arrives in Moodle, once, and production that is run again changes nothing. The site is
# read through its own web services: the double's, or a real one's (MOODLE_URL, MOODLE_TOKEN,
# MOODLE_COURSE: see t/lib/Shop/Site.pm).

use strict;
use warnings;

use FindBin;
use JSON::PP ();
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Site;
use Shop::Test qw(wait_for);

my $run     = sprintf '%x%04x', time, int rand 65536;
my $t       = Shop::Test->new(Shop::Site::options());
my $site    = Shop::Site->new($t);
my $patience = Shop::Site::real() ? 120 : 20;

for my $item (['excel_basics', {coursename => $site->{course}, role => 'student', duration => '180'}],
    ['mooc_certificate', {coursename => $site->{course}, release_mode => 'group', enrol => '1',
        releasegroup => "shop-$run"}]) {
    $t->dbh->do('update shop.items set handlerparams = ? where shortname = ?', undef,
        JSON::PP::encode_json($item->[1]), $item->[0]);
}
ok(wait_for(sub { $t->status->{work}{moodle}{checked_at} }, $patience), 'the site was checked');
is_deeply($t->status->{work}{moodle}{check}, [], 'and fits');


sub sell {
    my ($product, $email) = @_;
    my $b = Shop::Buyer->new(base => $t->base,
        person => {firstname => 'Ada', lastname => "Martin $run", email => $email});
    $b->add($product);
    $b->checkout;
    $b->order('card');
    $b->pay_card;
    my $order = Shop::Order->of($t, $b);
    ok($order->comes_to('COMPLETE', $patience), "$product: delivered")
        or diag explain $t->dbh->selectall_arrayref('select step, state, reason, code from shop.jobs', {Slice => {}});
    return $order;
}


# All jobs as if they had never run: their steps find the work done.
sub run_again {
    $t->dbh->do(q{update shop.jobs set state = 'pending', doneat = null, step = '', progress = null,
        nexttry = now()});
    return ok(wait_for(sub { $t->sql(q{select count(*) from shop.jobs where state <> 'done'}) == 0 }, $patience),
        'production ran again');
}


my $buyer = "ada.$run\@buyer.example";
sell('excel_basics', $buyer);
my @users = $site->users($buyer);
is(scalar @users, 1, 'a stranger has one account');
is($users[0]{lastname}, "Martin $run", 'in the own name');
ok($site->enrolled($users[0]{id}), 'and is in the course');

run_again();
is(scalar(() = $site->users($buyer)), 1, 'still one account');
ok($site->enrolled($users[0]{id}), 'still in the course');

my $learner = "grace.$run\@buyer.example";
sell('mooc_certificate', $learner);
@users = $site->users($learner);
is(scalar @users, 1, 'the buyer of a certificate has one account');
ok($site->enrolled($users[0]{id}), 'is in the course');
is($site->memberships($users[0]{id}, "shop-$run"), 1, 'and in the group that sees the certificate');

run_again();
is($site->memberships($users[0]{id}, "shop-$run"), 1, 'once, however often production runs');
is($t->sql('select count(*) from shop.product_instances'), 2, 'two instances, however often');

$t->finish;
done_testing();
