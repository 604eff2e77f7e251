#!/usr/bin/perl

# Redis is away: the catalogue can be read, carts answer 503 and say when to come again, nobody is taken for
# somebody, and everything is back as soon as Redis is.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test qw(stop_process wait_for);

my $t = Shop::Test->new(moodle => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base, person => {email => 'oliver.smith@example.org'});

$b->log_in($t);
$b->add('gdpr_essentials');
stop_process(delete $t->{pids}{redis}, 'KILL');

is($b->open('')->status, 200, 'the catalogue is there');
ok($b->says('cart.away'), 'and says that the cart cannot be reached');
is($b->open('p/excel-first-steps')->status, 200, 'so are the products');
unlike($b->page->text, qr/oliver/i, 'who is not known for sure is nobody');
is($b->open('terms')->status, 200, 'the terms can be read');
for my $path ('step/customer', 'login') {
    is($b->open($path)->status, 503, "$path has to wait");
    like($b->page->{answer}{headers}{'retry-after'}, qr/^[2-5]$/, 'and says how long');
}
my $answer = $b->http->post('/shop/ac/cart/add', [csrf => 'x', p => 'excel_basics']);
is($answer->{status}, 503, 'nothing goes into the cart');
my $stranger = Shop::Buyer->new(base => $t->base);
is($stranger->open('')->status, 200, 'newcomers see the catalogue');
is($stranger->http->post('/shop/ac/cart/add', [p => 'excel_basics'])->{status}, 503, 'and cannot buy');
ok(!$stranger->http->{cookies}{shopsid}, 'no cookie is promised that nobody keeps');

$t->start_redis;
ok(wait_for(sub { $stranger->http->post('/shop/ac/cart/add', [csrf => '', p => 'excel_basics'])->{status} == 303 }),
    'when Redis is back the shop sells again');
is($b->open('cart')->status, 200, 'the cart page answers');
ok($b->says('cart.empty'), 'what only Redis knew is gone');

$t->finish;
done_testing;
