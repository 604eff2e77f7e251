#!/usr/bin/perl

# An order is open to its buyer, the owner of its account, and who holds its signed link; to all others it does
# not exist, and they cannot tell it from one that does not.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test;

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base, person => {email => 'oliver.smith@example.org'});

$b->log_in($t);
$b->add('gdpr_essentials');
$b->checkout;
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'Oliver has bought a course');
my $path = '/shop/ac/order/' . $order->transid;
my @pages = ($path, "$path/done", "$path/status", "$path/terms");
my ($link) = $t->mail_to('oliver.smith@example.org', qr/@{[$order->invoice_number]}/)->{text} =~ m{(http://\S+/order/\S+)};
my ($query) = $link =~ /\?(\S+)$/;


sub statuses { my ($http, $with) = @_; return join ' ', map { $http->get($_ . ($with ? "?$with" : ''))->{status} } @pages }

my $stranger = $t->http;
my $nothing  = '/shop/ac/order/' . 'A' x 30;
is(statuses($b->http), '200 200 200 200', 'he sees it');
is(statuses($stranger), '404 404 404 404', 'a stranger does not');
my $a = $stranger->get($path);
my $c = $stranger->get($nothing);
is($a->{body} =~ s/\Q@{[$order->transid]}\E//gr, $c->{body} =~ s/A{30}//gr, 'and cannot tell it from nothing');
unlike(join(' ', map { $stranger->get($_)->{body} } @pages), qr/Oliver|Data protection essentials|108|54\.00/, 'nor learn anything');
my $other = Shop::Buyer->new(base => $t->base, person => {email => 'camille.martin@example.org'});
$other->log_in($t);
is(statuses($other->http), '404 404 404 404', 'nor somebody else who is logged in');

is(statuses($t->http, $query), '200 200 200 200', 'the link of the mail opens it anywhere');
my ($end, $key) = $query =~ /e=(\d+)&k=([\w-]+)/;
for my $bad ("e=$end&k=" . reverse($key), "e=@{[$end + 1]}&k=$key", "e=$end&k=" . substr($key, 0, 21), "e=$end", "k=$key", "e=&k=$key",
    "e=$end&k=${key}A", "e=999999999999999999999&k=$key", "e=-1&k=$key")
{
    is(statuses($t->http, $bad), '404 404 404 404', "not with $bad");
}
is($t->http->get("$nothing?$query")->{status}, 404, 'nor another order');
my $page = $t->http->get("$path/done?$query");
like($page->{body}, qr{/status\?\Q@{[$query =~ s/&/&amp;/r]}\E"}, 'the page asks on with the same link');
like($t->http->get("$path?$query")->{body}, qr{/terms\?e=}, 'and leads to the terms with it');

my $again = Shop::Buyer->new(base => $t->base, person => {email => 'oliver.smith@example.org'});
is(statuses($again->http), '404 404 404 404', 'in another browser he is a stranger');
$again->log_in($t);
is(statuses($again->http), '200 200 200 200', 'until he logs in');

my $guest = Shop::Buyer->new(base => $t->base);
$guest->add('gdpr_essentials');
$guest->checkout;
$guest->order('transfer');
my $placed = Shop::Order->last_of($t);
is($guest->http->get('/shop/ac/order/' . $placed->transid)->{status}, 200, 'a guest sees his order in his browser');
is($b->http->get('/shop/ac/order/' . $placed->transid)->{status}, 404, 'nobody else does');
my $home = Shop::Buyer->new(base => $t->base, person => {email => 'Ada.Martin@Example.org'});
is($home->http->get('/shop/ac/order/' . $placed->transid)->{status}, 404, 'nor he in another browser');
$home->log_in($t);
is($home->http->get('/shop/ac/order/' . $placed->transid)->{status}, 200, 'until he has proven his mailbox');
for my $bad ('a' x 30, '../../etc/passwd', "A' or 1=1", 'A' x 41, '%00', '0') {
    is($b->http->get('/shop/ac/order/' . Shop::Http::escape($bad))->{status}, 404, 'no order: ' . substr $bad, 0, 12);
}

$t->finish;
done_testing;
