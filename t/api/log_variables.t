#!/usr/bin/perl

# What an access log can tell of a request: the order, the step, the verdict on a payment, the time that Redis and
# PostgreSQL took; and what it cannot: cookies, codes, keys.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(slurp wait_for);

my $t = Shop::Test->new(patient => 1, http => 'log_format shop "$request_method $uri $status [$shop_transid] [$shop_step] [$shop_payment_verdict]'
    . ' [$shop_redis_time] [$shop_postgres_time]";', server => 'access_log logs/shop.log shop;');
my $b = Shop::Buyer->new(base => $t->base);


# The last line about such a request.
sub logged {
    my ($request) = @_;
    my $line;
    wait_for(sub { ($line) = reverse grep { /$request/ } split /\n/, slurp($t->dir . '/logs/shop.log'); $line });
    return $line // '';
}

my $none = '\[-\]';
my $time = '\[\d+\.\d{3}\]';
$b->open('');
like(logged(qr{^GET /shop/ac/ }), qr{200 $none \[shop\] $none \[0\.000\] \[0\.000\]$}, 'the catalogue asks nobody');
$b->add('gdpr_essentials');
like(logged(qr{^POST /shop/ac/cart/add }), qr{303 $none $none $none $time $time$}, 'a cart asks Redis');
$b->checkout;
like(logged(qr{^POST /shop/ac/step/customer }), qr{303 $none \[customer\] $none $time $time$}, 'the step of a purchase');
$b->order('card');
my $order = Shop::Order->last_of($t);
my $code = '\[' . $order->transid . '\]';
like(logged(qr{^POST /shop/ac/step/order }), qr{303 $code \[order\] $none $time $time$}, 'the order that was launched');
like(logged(qr{^GET /shop/ac/step/payment }), qr{200 $code \[payment\] $none $time $time$}, 'the order that is being paid');
$b->pay_card;
like(logged(qr{^POST /shop/pay/card/notify }), qr{200 $code $none \[apply\] \[0\.000\] $time$}, 'the verdict on a notification');
like(logged(qr{^GET /shop/pay/card/return }), qr{303 $code}, 'the return of the buyer');
like(logged(qr{^GET /shop/ac/order/\S+/done }), qr{200 $code \[produce\] $none}, 'the page of the order');
$b->open('order/' . $order->transid);
like(logged(qr{^GET /shop/ac/order/[A-Z2-7]+ }), qr{200 $code \[invoice\] $none}, 'its document');
$t->http->post('/shop/pay/card/notify', [vads_site_id => 'x']);
like(logged(qr{^POST /shop/pay/card/notify 4}), qr{\[[a-z-]+\] \[0\.000\]}, 'what is not authentic');

my $log = slurp($t->dir . '/logs/shop.log') . $t->error_log;
unlike($log, qr/\Q$b->{http}{cookies}{shopsid}\E/, 'no session identifier');
unlike($log, qr/1122334455667788|test-mode-secret|aaaaaaaaaaaa/, 'no key');
my $tls = Shop::Buyer->new(base => $t->base);
$tls->add('vip_masterclass', 1, {'passcode.vip_masterclass' => 'SESAME'});
unlike(slurp($t->dir . '/logs/shop.log') . $t->access_log . $t->error_log, qr/SESAME|4970100000000000/, 'no code, no card');

$t->finish;
done_testing;
