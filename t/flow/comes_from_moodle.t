#!/usr/bin/perl

# Somebody opens the shop from a Moodle: the launch is signed, so he is logged in, keeps the cart that he had as a
# stranger, and is led where he wanted. What is forged, stale, repeated or says too little is refused with the
# reason; an address that the site does not vouch for is proven by mail first.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Fake::Lti;
use Shop::Http;
use Shop::Learner;
use Shop::Page;
use Shop::Test;
use Shop::Texts qw(pattern);

my $t = Shop::Test->new(patient => 1, bank => 0, start => 0);
my $secret = "$t->{dir}/secrets/lti";
$t->{option}{http} = "shop_lti key=campus secret_file=$secret login_url=http://127.0.0.1:$t->{moodle_port}/mod/lti/launch.php?id=1; "
    . "shop_lti key=open secret_file=$secret trust_email=off;";
$t->write_conf;
$t->start_nginx;

my $camille = Shop::Learner->new($t, 'camille.martin@example.org')->account;
my %tool = (address => $t->base . '/shop/ac/lti', key => 'campus', secret => 'shared secret & more');


# The members of a launch as Moodle sends them, signed unless said otherwise.
sub launch {
    my (%change) = @_;
    my $forged = delete $change{forged};
    my $user = {id => $camille->{id}, fullname => 'Camille Martin', email => 'camille.martin@example.org'};
    my $member = Shop::Fake::Lti::launch(\%tool, $user, roles => 'Instructor,urn:lti:sysrole:ims/lis/Administrator',
        context_title => "Café & co ~ 'x' (1*2)", resource_link_description => "two\r\nlines",
        custom_target => '/shop/ac/p/gdpr_essentials', %change);
    return {%{$member}, %{$forged // {}}};
}


# A form of another site: it brings no cookie of ours.
sub from_moodle {
    my ($form) = @_;
    return Shop::Http->new(base => $t->base)->post('/shop/ac/lti', $form,
        headers => {Origin => 'http://moodle.example.org', 'Accept-Language' => 'en'});
}


my $b = Shop::Buyer->new(base => $t->base);
$b->add('gdpr_essentials');
$b->open('login');
$b->follow(qr{/mod/lti/launch});
like($b->page->text, qr/Go to the shop as/, 'the login page leads to Moodle');
my ($his) = grep { grep { $_->{name} eq 'user_id' && $_->{value} == $camille->{id} } @{$_->{fields}} } $b->page->forms;
my @members = map { ($_->{name} => $_->{value}) } grep { $_->{name} } @{$his->{fields}};
$b->arrive($his->{action}, $b->http->post($his->{action}, \@members));
ok($b->says('login.welcome'), 'and from there back, logged in');
like($b->page->text, qr/Camille Martin|camille\.martin/i, 'as who was logged in there');
$b->open('cart');
$b->submit(qr{/logout$}, {});
$b->add('gdpr_essentials');

my $form   = launch();
my $answer = from_moodle($form);
is($answer->{status}, 303, 'a signed launch is accepted');
is($answer->{headers}{location}, '/shop/ac/login/launched', 'and comes back with the session');
my ($code) = map {/^shoplaunch=([\w-]{43});/} @{$answer->{set_cookie}};
ok($code, 'with a code for this browser');
like("@{$answer->{set_cookie}}", qr/HttpOnly; SameSite=Lax; Max-Age=60/, 'that scripts do not see, for a minute');
unlike($answer->{headers}{location}, qr/\Q$code\E/, 'and no address holds');

my $other = Shop::Buyer->new(base => $t->base);
is($other->open('login/launched')->status, 422, 'another browser has no launch');
my $cookie = $b->http->{cookies}{shopsid};
$b->http->{cookies}{shoplaunch} = $code;
$b->open('login/launched');
is($b->path, '/shop/ac/p/gdpr_essentials', 'led where he wanted');
ok($b->says('login.welcome'), 'logged in');
like($b->page->text, qr/Camille Martin|camille\.martin/i, 'as himself');
isnt($b->http->{cookies}{shopsid}, $cookie, 'in a new session');
ok(!$b->http->{cookies}{shoplaunch}, 'the code is gone');
$b->open('cart');
like($b->page->text, qr/Data protection essentials/, 'with the cart that he had');
$b->open('step/customer');
is($b->value_of(qr{step/customer$}, 'email'), 'camille.martin@example.org', 'and his address');
is($b->value_of(qr{step/customer$}, 'lastname'), 'Martin', 'and what his profile says');
is($b->value_of(qr{step/customer$}, 'city'), $camille->{city}, '… of his town as well');
$other->http->{cookies}{shoplaunch} = $code;
is($other->open('login/launched')->status, 422, 'the code serves once');

for my $case (
    [403, 'lti.stale',     'scenario 19: the same launch again', $form],
    [403, 'lti.stale',     'one of yesterday', launch(oauth_timestamp => time - 86400)],
    [403, 'lti.forged',    'another user',     launch(forged => {user_id => 2})],
    [403, 'lti.forged',    'a member more',    launch(forged => {custom_x => 'y'})],
    [403, 'lti.forged',    'another site',     launch(oauth_consumer_key => 'nowhere')],
    [403, 'lti.nobody',    'a guest',          launch(user_id => undef)],
    [403, 'lti.no_email',  'an address that is not shared', launch(lis_person_contact_email_primary => undef)],
    [400, 'lti.malformed', 'no launch at all', {a => 1}],
) {
    my ($status, $key, $name, $sent) = @{$case};
    my $refused = from_moodle($sent);
    is($refused->{status}, $status, "$name: $status");
    like(Shop::Page->new($refused)->text, pattern('en', $key), '… with the reason');
    ok(!@{$refused->{set_cookie}}, '… and no cookie');
}

$answer = from_moodle(launch(oauth_consumer_key => 'open'));
($code) = map {/^shoplaunch=([\w-]{43});/} @{$answer->{set_cookie}};
my $careful = Shop::Buyer->new(base => $t->base);
$careful->http->{cookies}{shoplaunch} = $code;
is($careful->open('login/launched')->status, 422, 'a site that does not vouch for addresses');
ok($careful->says('lti.confirm_email'), '… has them proven');
is($careful->value_of(qr{/login$}, 'email'), 'camille.martin@example.org', '… and needs no typing');

my $elsewhere = launch(custom_target => 'https://evil.example.org/');
($code) = map {/^shoplaunch=([\w-]{43});/} @{from_moodle($elsewhere)->{set_cookie}};
$careful->http->{cookies}{shoplaunch} = $code;
$careful->open('login/launched');
is($careful->path, '/shop/ac/', 'nobody is led out of the shop');

$t->finish;
done_testing;
