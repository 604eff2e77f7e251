#!/usr/bin/perl

# The browser comes back from the bank, or gives up there: by GET or POST, with or without a session. It
# sees what the database knows, and whatever it brings along pays nothing (payments.md 1.4, 11.5).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Shop::Buyer;
use Shop::Http;
use Shop::Notice;
use Shop::Page;
use Shop::Test;
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $n = Shop::Notice->new(server => $t);
my %form = ('Content-Type' => 'application/x-www-form-urlencoded');

sub stranger { return Shop::Http->new(base => $t->base) }
sub address { my ($order, $what, $block) = @_; return '/shop/pay/' . ($block // 'card') . "/$what?t=$order->{token}" }
sub text { my ($answer) = @_; return Shop::Page->new($answer)->text }

# Where the answer leads, as a browser that knows nothing of this shop follows it.
sub followed { my ($answer) = @_; return stranger()->get($answer->{headers}{location}, follow => 3) }

for my $method (qw(GET POST)) {
    my $order = $n->placed;
    my $back = stranger()->request($method, address($order, 'return'), $method eq 'POST' ? (body => '', headers => \%form) : ());
    is($back->{status}, 303, "$method of the return address");
    like($back->{headers}{location}, qr{^/shop/ac/order/$order->{transid}/done\?e=\d+&k=[\w-]{22}$}, "$method: to the order's own page");
    my $page = followed($back);
    is($page->{status}, 200, "$method: shown without a session");
    like(text($page), qr/Waiting for|confirm/i, "$method: not known yet");
    $n->tell($order);
    like(text(followed($back)), qr/paid|thank/i, "$method: paid, once the bank has told");
}

# Everything a genuine message holds, brought by the browser.
for my $method (qw(GET POST)) {
    my $order  = $n->placed;
    my $signed = $n->body($n->message($order));
    my $back = $method eq 'POST' ? stranger()->request('POST', address($order, 'return'), body => $signed, headers => \%form)
        : stranger()->get(address($order, 'return') . "&$signed");
    is($back->{status}, 303, "$method with a signed message: taken for a return");
    is(join(' ', $n->status($order), $n->state($order), $n->verdicts($order)), 'PLACED redirected ', '… which pays nothing');
    is(stranger()->get(address($order, 'return') . '&vads_trans_status=AUTHORISED&vads_result=00&paid=1')->{status}, 303,
        'claims of a browser');
    is($n->status($order), 'PLACED', '… pay nothing either');
}

{
    my $order = $n->placed;
    my @cases = (
        ['no token', '/shop/pay/card/return'],
        ['an empty token', '/shop/pay/card/return?t='],
        ['another token', '/shop/pay/card/return?t=' . 'A' x 32],
        ['a token that was cut', '/shop/pay/card/return?t=' . substr $order->{token}, 0, 31],
        ['a token that is too long', '/shop/pay/card/return?t=' . 'A' x 65],
        ['the number of the order instead', "/shop/pay/card/return?t=$order->{transid}"],
        ['the token at another block', address($order, 'return', 'transfer')],
        ['an unknown block', address($order, 'return', 'nobody')],
        ['cancelling without token', '/shop/pay/card/cancel'],
        ['cancelling with the number of the order', "/shop/pay/card/cancel?t=$order->{transid}"],
    );
    for my $case (@cases) {
        my $answer = stranger()->get($case->[1]);
        is($answer->{status}, 404, "$case->[0]: 404");
        is($answer->{headers}{location}, undef, "$case->[0]: leads nowhere");
    }
    is(stranger()->request('PUT', address($order, 'return'))->{status}, 405, 'PUT: 405');
    is(stranger()->request('POST', address($order, 'return'), body => 'x' x 200_000, headers => \%form)->{status}, 413, '200 KB: 413');
    is($n->state($order), 'redirected', 'the try is as it was');
    is(stranger()->get("/shop/ac/order/$order->{transid}/done")->{status}, 404, 'the number of an order alone opens nothing');
}

for my $method (qw(GET POST)) {
    my $order = $n->placed;
    my $back = stranger()->request($method, address($order, 'cancel'), $method eq 'POST' ? (body => '', headers => \%form) : ());
    is($back->{status}, 303, "$method of the cancel address");
    like(text(followed($back)), qr/Nothing has been charged/, "$method: the page says that nothing was paid");
    is(join(' ', $n->status($order), $n->state($order)), 'PLACED cancelled', "$method: the try is over, the order is not");
    is(stranger()->get(address($order, 'cancel'))->{status}, 303, 'again: harmless');
    $n->tell($order);
    is($n->status($order), 'SOLDOUT', 'money that comes all the same is taken');
    stranger()->get(address($order, 'cancel'));
    is(join(' ', $n->status($order), $n->state($order)), 'SOLDOUT paid', 'what is paid cannot be cancelled by a browser');
}

# A buyer gives up at the bank and pays by another try.
{
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order('card');
    $buyer->pay_card(undef, 'cancel');
    like($buyer->page->text, qr/Nothing has been charged/, 'back with nothing paid');
    my ($transid) = $buyer->path =~ m{order/(\w+)/done};
    $buyer->follow(qr{step/payment$});
    $buyer->pay_card;
    is($buyer->path =~ m{order/(\w+)/done} ? $1 : '', $transid, 'the same order');
    is($t->sql('select status from shop.bills where transid = ?', $transid), 'SOLDOUT', '… is paid at the second visit');
    is($t->sql('select count(distinct providerref) from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ?', $transid),
        2, '… under a new number, since the bank takes each once');
}

$t->finish;
done_testing();
