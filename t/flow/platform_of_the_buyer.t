#!/usr/bin/perl

# Access to a course by LTI is sold: the buyer enters address, key and secret in his own platform, and whoever comes
# from there is let into the course. Launches that are forged, repeated, of an old secret or too many are refused.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(encode_json);
use Test::More;

use Shop::Buyer;
use Shop::Fake::Lti;
use Shop::Http;
use Shop::Learner;
use Shop::Order;
use Shop::Page;
use Shop::Test qw(spew wait_for);
use Shop::Texts qw(pattern);

my $t = Shop::Test->new(patient => 1, start => 0);
spew("$t->{dir}/secrets/login", 'TOKEN', 0600);
$t->{option}{moodle_conf} = "login_token_file $t->{dir}/secrets/login;";
$t->write_conf;
$t->dbh->do(q{update shop.items set enablehandler = 'std_openltiaccess', handlerparams = ?, requireddata = '[]',
    translations = '{}' where shortname = 'course_space'}, undef,
    encode_json({coursename => 'EXCEL-1', maxenrolled => '2', duration => '365'}));
$t->start_nginx;

my $b = Shop::Buyer->new(base => $t->base);
$b->add('course_space');
$b->checkout;
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE', 60), 'sold')
    or diag explain $t->dbh->selectall_arrayref('select step, state, reason, code from shop.jobs', {Slice => {}});

$b->open('order/' . $order->transid . '/done');
$b->follow(pattern('en', 'produce.open_tool'));
my $reference = $t->sql('select reference from shop.product_instances');
my %tool = (address => $t->base . '/shop/ac/lti/access', key => $reference);
like($b->page->text, qr/\Q$tool{address}\E/, 'the buyer reads the address');
like($b->page->text, qr/\Q$reference\E/, 'the key');
($tool{secret}) = $b->page->text =~ /((?:[A-Z2-9]{4}-){5}[A-Z2-9]{4})/;
ok($tool{secret}, 'the secret');
like($b->page->text, qr/0 of 2/, 'and how many have come in');
my $thief = Shop::Buyer->new(base => $t->base);
is($thief->open('order/' . $order->transid . "/tool/$reference")->status, 404, 'nobody else does');


# A launch, in a browser of its own that brings no cookie of ours.
sub from_platform {
    my ($user, %change) = @_;
    my $http = Shop::Http->new(base => $t->base);
    my $with = delete $change{tool} // \%tool;
    my $forged = delete $change{forged} // {};
    my $form = {%{Shop::Fake::Lti::launch($with, $user, %change)}, %{$forged}};
    return ($http, $http->post('/shop/ac/lti/access', $form, headers => {Origin => 'https://platform.example', 'Accept-Language' => 'en'}), $form);
}


sub enter {
    my ($http) = @_;
    my $there;
    wait_for(sub {
        my $page = $http->get('/shop/ac/lti/access');
        $there = $page->{headers}{location} // q{};
        return $page->{status} != 200;
    }, 60, 0.2);
    return $there;
}


my $ann = {id => 'a1b2-platform', fullname => 'Ann Other', firstname => 'Ann', lastname => 'Other', email => 'ann@platform.example'};
my ($http, $answer, $form) = from_platform($ann);
is($answer->{status}, 303, 'a learner comes from there');
is($answer->{headers}{location}, '/shop/ac/lti/access', 'and waits for his place');
like("@{$answer->{set_cookie}}", qr/^shopaccess=[\w-]{43};.*HttpOnly; SameSite=Lax; Max-Age=600/, 'with a code for this browser');
like(enter($http), qr{^http://127\.0\.0\.1:$t->{moodle_port}/auth/userkey/login\.php\?key=\w+&wantsurl=}, 'then Moodle lets him in');
my $state = $t->control('moodle', {action => 'state'});
my ($learner) = grep { $_->{email} eq $ann->{email} } values %{$state->{users}};
is($learner->{auth}, 'userkey', 'with an account that no password opens');
is(scalar(grep { m{^$learner->{id}/} } keys %{$state->{enrolments}}), 1, 'in the course');

is((from_platform($ann, forged => {oauth_nonce => $form->{oauth_nonce}}))[1]{status}, 403, 'a nonce that was not signed');
for my $case (
    [403, 'lti.stale',     'scenario 19: the same launch again', sub { Shop::Http->new(base => $t->base)->post('/shop/ac/lti/access', $form, headers => {'Accept-Language' => 'en'}) }],
    [403, 'lti.stale',     'one of yesterday', sub { (from_platform($ann, oauth_timestamp => time - 86400))[1] }],
    [403, 'lti.forged',    'another user',     sub { (from_platform($ann, forged => {user_id => 'other'}))[1] }],
    [403, 'lti.forged',    'another secret',   sub { (from_platform($ann, tool => {%tool, secret => 'x'}))[1] }],
    [403, 'lti.forged',    'an empty one',     sub { (from_platform($ann, tool => {%tool, secret => q{}}))[1] }],
    [403, 'lti.forged',    'another key',      sub { (from_platform($ann, tool => {%tool, key => 'AAAA-BBBB-CCCC-DDDD', secret => q{}}))[1] }],
    [403, 'lti.nobody',    'nobody',           sub { (from_platform($ann, user_id => undef))[1] }],
    [400, 'lti.malformed', 'no launch at all', sub { Shop::Http->new(base => $t->base)->post('/shop/ac/lti/access', {a => 1}, headers => {'Accept-Language' => 'en'}) }],
) {
    my ($status, $key, $name, $send) = @{$case};
    my $refused = $send->();
    is($refused->{status}, $status, "$name: $status");
    like(Shop::Page->new($refused)->text, pattern('en', $key), '… with the reason');
    ok(!@{$refused->{set_cookie} // []}, '… and no cookie');
}
is(Shop::Http->new(base => $t->base)->get('/shop/ac/lti/access')->{status}, 403, 'without a launch nobody is let in');

is((from_platform({%{$ann}, id => 'second', email => 'bob@platform.example'}))[1]{status}, 303, 'a second learner');
$answer = (from_platform({%{$ann}, id => 'third', email => 'eve@platform.example'}))[1];
is($answer->{status}, 403, 'a third one');
like(Shop::Page->new($answer)->text, pattern('en', 'access.full'), 'scenario 18: finds all places taken');
like(enter((from_platform($ann))[0]), qr{/auth/userkey/}, 'the first one comes again');

$b->open('order/' . $order->transid . "/tool/$reference");
like($b->page->text, qr/2 of 2/, 'the buyer sees it');
$b->submit(qr{/tool/}, {});
like($b->page->text, pattern('en', 'tool.renewed'), 'he makes a new secret');
is((from_platform($ann))[1]{status}, 403, 'the old one opens nothing any more');
($tool{secret}) = $b->page->text =~ /Show the secret\s*(\S+)/;
is((from_platform($ann))[1]{status}, 303, 'the new one does');

$t->dbh->do('update shop.product_instances set deleted = true');
$answer = (from_platform($ann))[1];
like(Shop::Page->new($answer)->text, pattern('en', 'access.closed'), 'a suspended access lets nobody in');

$t->finish;
done_testing;
