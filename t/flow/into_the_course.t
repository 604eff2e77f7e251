#!/usr/bin/perl

# From the order into the course: who is logged in here is let in by Moodle without a password, once per click and
# only as himself; everybody else, and everybody when Moodle gives no such address, is asked by Moodle who he is.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(patient => 1, start => 0);
$t->{option}{moodle_conf} = "login_token_file $t->{dir}/secrets/moodle;";
$t->write_conf;
$t->start_nginx;
my $moodle = "http://127.0.0.1:$t->{moodle_port}";
my $b = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Camille', lastname => 'Martin', email => 'camille.martin@example.org'});

$b->log_in($t);
$b->add('excel_basics');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->order('card');
$b->pay_card;
ok(Shop::Order->last_of($t)->comes_to('COMPLETE'), 'a course is bought');
$b->open($b->path);
my ($link) = map { $_->{href} } grep { $_->{href} =~ m{/open/\d+} } $b->page->links;
ok($link, 'its page leads into the course');
my ($course) = $link =~ m{/open/(\d+)};


sub open_as { my ($http, $path) = @_; return $http->get($path)->{headers}{location} // '' }


my $address = open_as($b->http, $link);
like($address, qr{^\Q$moodle\E/auth/userkey/login[.]php[?]key=\w+&wantsurl=http%3A%2F%2F127[.]0[.]0[.]1%3A\d+%2Fcourse%2Fview[.]php%3Fid%3D$course$},
    'with an address of its own');
like($b->open($address)->text, qr/Logged in as Camille Martin/, 'which lets her in');
like($b->page->text, qr/Excel/, 'where she wanted');
like($b->open($address)->text, qr/has been used/, 'oddity 31: once');
isnt(open_as($b->http, $link), $address, 'another click, another address');

my $plain = "$moodle/course/view.php?id=$course";
my $stranger = Shop::Http->new(base => $t->base);
is($stranger->get($link =~ s/[?].*//r)->{status}, 404, 'nobody else gets there by the number of the order');
my ($signed) = $t->mail_to('camille.martin@example.org', qr/order|invoice/i)->{text} =~ m{http://[^/\s]+(/\S+/order/\S+[?]\S+)};
is(open_as($stranger, $signed =~ s{[?]}{/open/$course?}r), $plain, 'who has the link to the order is asked by Moodle');
is($b->http->get($link =~ s{/open/\d+}{/open/999}r)->{status}, 404, 'another course is none of this order');

$t->control('moodle', {action => 'fault', kind => 'error', code => 'accessexception', function => 'auth_userkey_request_login_url'});
is(open_as($b->http, $link), $plain, 'without the plugin the course is opened all the same');
$t->control('moodle', {action => 'fault', kind => 'none'});
is(open_as($b->http, $link) =~ /userkey/ ? 1 : 0, 1, 'and directly again, when it is back');

my $user = $t->sql('select hasaccount from shop.customers where email = ?', 'camille.martin@example.org');
$t->{option}{moodle_conf} .= " no_login_users 2 $user;";
$t->write_conf;
$t->reload;
ok(wait_for(sub { open_as($b->http, $link) eq $plain }), 'nobody is let in as one of those who are excepted');

$t->finish;
done_testing;
