#!/usr/bin/perl

# What reaches a notification's address and is none: the answer is short, plain, without cookie, page
# or redirection, and nothing is kept (payments.md 1.4, 1.8, 11.12, 11.13).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Shop::Notice;
use Shop::Test qw(wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0, http => <<'CONF');
    shop_payment far {
        interface systempay;
        mode test;
        site_id 12345678;
        key_file secrets/card;
        ipn_networks "194.50.38.0/24 2001:db8::/32";
    }
CONF
my $n     = Shop::Notice->new(server => $t);
my $order = $n->placed;
my $good  = $n->body($n->message($order));
my $url   = '/shop/pay/card/notify';
my $http  = $t->http;
my %form  = ('Content-Type' => 'application/x-www-form-urlencoded');

sub plain {
    my ($answer, $status, $name) = @_;
    is("$answer->{status}<$answer->{body}>", "$status<>", $name);
    my @odd = grep { exists $answer->{headers}{$_} } qw(location set-cookie);
    push @odd, 'html' if ($answer->{headers}{'content-type'} // '') !~ m{\Atext/plain};
    is("@odd", '', "$name: nothing for browsers");
    return;
}

sub send_body { my ($body, %header) = @_; return $http->request('POST', $url, body => $body, headers => {%form, %header}) }

plain($http->get($url), 405, 'GET instead of POST');
plain($http->get("$url?$good"), 405, 'a genuine message in a query');
plain($http->request('PUT', $url, body => $good, headers => \%form), 405, 'PUT');
is($http->head($url)->{status}, 405, 'HEAD');
plain($http->request('POST', '/shop/pay/nobody/notify', body => $good, headers => \%form), 404, 'a block that does not exist');
plain($http->request('POST', '/shop/pay/transfer/notify', body => $good, headers => \%form), 404, 'a block that nobody notifies');
plain($http->request('POST', '/shop/pay/card/other', body => $good, headers => \%form), 404, 'another address below it');

my @cases = (
    ['nothing', ''],
    ['no form', '{"vads_amount":"10800"}', 'Content-Type' => 'application/json'],
    ['no type', $good, 'Content-Type' => undef],
    ['a type that begins alike', $good, 'Content-Type' => 'application/x-www-form-urlencoded2'],
    ['a repeated name', "$good&vads_amount=10800"],
    ['a repeated signature', "$good&signature=x"],
    ['a broken percent sign', $good =~ s/vads_result=00/vads_result=0%4/r],
    ['a NUL byte', $good =~ s/vads_result=00/vads_result=0%00/r],
    ['a missing order', $good =~ s/vads_order_id=[^&]*&//r],
    ['a missing amount', $good =~ s/vads_amount=[^&]*&//r],
    ['a renamed status', $good =~ s/vads_trans_status/vads_trans_state/r],
    ['500 fields', join '&', $good, map {"x$_="} 1 .. 500],
    ['65,537 bytes', $good . '&x=' . 'y' x (65_537 - 3 - length $good)],
    ['random bytes', join '', map { chr int rand 256 } 1 .. 4000],
);
plain(send_body($_->[1], @{$_}[2 .. $#{$_}]), 400, $_->[0]) for @cases;

plain(send_body('x' x 131_073), 413, 'more than 128 KiB');
my $told = $http->raw("POST $url HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\nConnection: close\r\n\r\n");
is($told->{status}, 413, 'a length of 10 GB: refused before it is read');

my $chunk = sub { my ($text) = @_; return sprintf "%x\r\n%s\r\n", length $text, $text };
my $head = "POST $url HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n";
my $endless = $http->raw("${head}Transfer-Encoding: chunked\r\n\r\n" . $chunk->('y' x 60_000) x 5 . "0\r\n\r\n");
is($endless->{status}, 413, '300 KB in chunks');

$t->expect_log(qr/client prematurely closed/);
my $cut = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die "connect: $!";
print {$cut} "${head}Content-Length: " . length($good) . "\r\n\r\n" . substr $good, 0, length($good) / 2;
close $cut;

is($n->verdicts($order), '', 'nothing of all that is kept');
is($n->status($order), 'PLACED', 'and nothing is paid');

# The bank's networks.
is($n->post($good, block => 'far')->{status}, 403, 'from elsewhere than the bank: 403');
is($n->post('not even a form', block => 'far')->{status}, 403, '… before anything is read');
is($n->post($good, block => 'far', headers => {'X-Forwarded-For' => '194.50.38.7', 'X-Real-IP' => '194.50.38.7'})->{status},
    403, '… whatever a header says');
like($t->error_log, qr/config=far verdict=unauthentic reason=address/, '… with the reason in the log');
is($n->status($order), 'PLACED', 'never applied');

my @half = (substr($good, 0, 300), substr $good, 300);
my $pieces = $http->raw("${head}Transfer-Encoding: chunked\r\n\r\n" . $chunk->($half[0]) . $chunk->($half[1]) . "0\r\n\r\n");
is($pieces->{status}, 200, 'a genuine message in two chunks');
is($n->status($order), 'SOLDOUT', '… pays');

my $counts = $t->status->{counts};
is($counts->{notify_unauthentic}, 3, 'strangers are counted');
is($counts->{notify_refused}, scalar @cases, 'and so is what is malformed');
$t->finish;
done_testing();
