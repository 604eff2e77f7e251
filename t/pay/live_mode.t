#!/usr/bin/perl

# A block in mode live beside one in mode test: messages of the test platform pay nothing real, and the
# other way round (payments.md 1.11, 7.5).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Shop::Notice;
use Shop::Test qw(spew wait_for);
use Test::More;

my $KEY = '8877665544332211';

my $t = Shop::Test->new(moodle => 0, mail => 0, start => 0);
spew("$t->{dir}/secrets/live", "$KEY\n", 0600);
$t->{option}{http} = <<"CONF";
    shop_payment live {
        interface systempay;
        mode live;
        site_id 87654321;
        key_file $t->{dir}/secrets/live;
        ipn_networks 127.0.0.1;
    }
CONF
$t->write_conf;
$t->start_nginx;
$t->catalog(q{update shop.shops set test = false, paymodes = paymodes || '{"live": true}'});

my $live = Shop::Notice->new(server => $t, block => 'live', mode => 'live', key => $KEY, site => '87654321');
my %production = (vads_ctx_mode => 'PRODUCTION');

my $order = $live->placed;
is($live->post($live->body($live->message($order), key => '1122334455667788'))->{status}, 403,
    'a message of the test platform, with its key: 403');
is($live->verdicts($order), '', '… and not kept');
is($live->tell($order)->{status}, 200, 'a test message with the key of production');
is($live->verdicts($order), 'mismatch:paid', '… contradicts the block');
is($live->status($order), 'PLACED', 'nothing is paid');

my $test = Shop::Notice->new(server => $t);
is($test->post($live->body($live->message($order, %production)))->{status}, 403, 'a real message at the address of the test block: 403');
is($test->post($test->body($live->message($order, %production, vads_site_id => '12345678')))->{status}, 200,
    '… and signed with the key of the test platform');
is($live->status($order), 'PLACED', '… pays nothing');
is($test->tell({%{$order}})->{status}, 200, 'a test payment of the real order, at the test block');
is($live->status($order), 'PLACED', '… pays nothing: no try of that mode');

is($live->tell($order, %production)->{status}, 200, 'the real one');
is(join(' ', $live->status($order), $live->state($order)), 'SOLDOUT paid', '… pays');
is($t->sql('select test::text from shop.bills where transid = ?', $order->{transid}), 'false', 'a real order');
my $number = wait_for(sub { $t->sql('select number from shop.invoices v join shop.bills b on b.id = v.billid where transid = ?', $order->{transid}) }, 30, 0.1);
like($number, qr/\AAC-B-/, '… with a number of the real series');

$t->finish;
done_testing();
