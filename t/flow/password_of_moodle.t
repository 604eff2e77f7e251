#!/usr/bin/perl

# Who types his name and password of Moodle is logged in as himself, with the cart that he had and in a new session;
# what Moodle refuses is told, tries are counted, and nothing of it is kept or logged.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test qw(slurp);
use Shop::Texts qw(pattern);

my $t = Shop::Test->new(patient => 1, bank => 0, moodle_conf => 'password_service shop_login;', log => 'debug');
my $form = qr{login/password$};
my %right = (username => 'camille.martin', password => 'Secret-of-Camille & more');


sub try_it {
    my ($b, %typed) = @_;
    $b->open('login');
    $b->submit($form, \%typed);
    return $b->page;
}


my $b = Shop::Buyer->new(base => $t->base);
$b->add('gdpr_essentials');
my $page = try_it($b, %right, password => 'wrong');
is($page->status, 422, 'a wrong password');
like($page->text, pattern('en', 'password.wrong'), 'is told');
is($b->value_of($form, 'username'), 'camille.martin', 'the name is still there');
is($b->value_of($form, 'password'), q{}, 'the password is not');
like(try_it($b, %right, username => q{})->text, pattern('en', 'password.wrong'), 'a name is needed');

my $cookie = $b->http->{cookies}{shopsid};
try_it($b, %right);
ok($b->says('login.welcome'), 'the right one') or diag $b->page->text;
like($b->page->text, qr/Camille Martin|camille\.martin/i, 'logs him in as himself');
isnt($b->http->{cookies}{shopsid}, $cookie, 'in a new session');
$b->open('cart');
like($b->page->text, qr/Data protection essentials/, 'with the cart that he had');
$b->open('step/customer');
is($b->value_of(qr{step/customer$}, 'email'), 'camille.martin@example.org', 'and his address');

my $other = Shop::Buyer->new(base => $t->base);
$t->control('moodle', {action => 'fault', kind => 'error', code => 'forcepasswordchangenotice', function => 'login/token.php', times => 1});
like(try_it($other, %right)->text, pattern('en', 'password.account'), 'an account that has something to do first');
$t->control('moodle', {action => 'fault', kind => 'error', code => 'sitemaintenance', function => 'login/token.php', times => 1});
like(try_it($other, %right)->text, pattern('en', 'password.away'), 'a site that is away');
try_it($other, %right);
like(try_it($other, %right)->text, pattern('en', 'password.too_often'), 'the sixth try of an address is none');

my $log = slurp("$t->{dir}/logs/error.log") . slurp("$t->{dir}/logs/access.log");
unlike($log, qr/Secret-of-Camille|token-of-/, 'neither password nor token were logged');

$t->finish;
done_testing;
