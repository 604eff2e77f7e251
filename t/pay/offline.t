#!/usr/bin/perl

# Cheques and transfers: the code that a banking application reads, reference and account that agree
# everywhere, a promise that is made once and lasts as long as its block says, money that a person sees.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(encode_json);
use Shop::Buyer;
use Shop::Order;
use Shop::Qr qw(qr_text);
use Shop::Test qw(wait_for);
use Test::More;

my $blocks = <<'CONF';
    shop_payment far {
        interface transfer;
        beneficiary "Médiathèque & Cie";
        iban DE89370400440532013000;
        reference_style plain;
        validity_days 3;
    }
    shop_payment francs {
        interface check;
        payee "Atelier";
        address "12 rue des Tanneurs";
        zip 44000;
        city Nantes;
        allowed_currencies "CHF GBP";
    }
CONF
utf8::encode($blocks);
my $t = Shop::Test->new(moodle => 0, bank => 0, http => $blocks);
$t->catalog(q{update shop.shops set paymodes = paymodes || '{"far": true, "francs": true}'});


sub at_payment {
    my ($mode, %who) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base, %who);
    $buyer->add('gdpr_essentials');
    $buyer->checkout;
    $buyer->order($mode);
    return $buyer;
}


sub attempt { my ($order, $column) = @_; return $t->sql("select $column from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ?", $order->transid) }
sub staff { my ($function, %argument) = @_; return $t->sql("select shop.$function(?::jsonb) ->> 'verdict'", encode_json(\%argument)) }


{
    my $buyer = at_payment('transfer');
    my $order = Shop::Order->last_of($t);
    my ($rf) = $buyer->page->{answer}{body} =~ m{<dd>(RF\d\d[ \w]+)</dd>};
    $rf =~ tr/ //d;
    my @lines = split /\n/, qr_text($buyer->page->{answer}{body}), -1;
    is_deeply(\@lines, ['BCD', '002', '1', 'SCT', 'AGRIFRPP', 'Atelier', 'FR7630006000011234567890189', 'EUR54.00', '', $rf],
        'what a banking application reads: version, bank, holder, account, amount and the reference of the page');

    $buyer->submit(qr{step/payment$}, {}, go => 1);
    is($order->status, 'PENDING', 'promised');
    is_deeply([split /\n/, qr_text($buyer->page->{answer}{body}), -1], \@lines, 'the order\'s page has the same code');
    is(attempt($order, "date_trunc('day', expires - created)"), '14 days', 'the promise lasts 14 days');
    is(attempt($order, 'count(*)'), 1, 'one try');

    is(staff('mark_paid', transid => $order->transid, actor => 'anne'), 'ok', 'a person sees the money');
    is($order->status, 'SOLDOUT', 'paid');
    is(attempt($order, 'a.state || a.paying'), 'paidtrue', 'by that try');
    is(staff('mark_paid', transid => $order->transid, actor => 'anne'), 'exists', 'seen twice: once');
    is($t->sql(q{select actor from shop.bill_transitions x join shop.bills b on b.id = x.billid
        where transid = ? and tostatus = 'SOLDOUT'}, $order->transid), 'anne', 'who saw it is on record');
    ok(wait_for(sub { $order->invoice_number }, 30, 0.1), 'invoiced');
    is(staff('bill_flow', transid => $order->transid, to => 'RECOVERING', actor => 'anne'), 'ok', 'the bank recalls the transfer');
    is($order->status, 'RECOVERING', 'the money is to be recovered');
}

{
    my $buyer = at_payment('far');
    my $order = Shop::Order->last_of($t);
    my $number = $t->sql(q{select shop.order_number(ordering, placedat, 'Europe/Paris') from shop.bills where transid = ?}, $order->transid);
    like($buyer->page->text, qr/DE89 3704 0044 0532 0130 00/, 'an account of another country');
    my @lines = split /\n/, qr_text($buyer->page->{answer}{body}), -1;
    utf8::decode($_) for @lines;
    is_deeply(\@lines, ['BCD', '002', '1', 'SCT', '', 'Médiathèque & Cie', 'DE89370400440532013000', 'EUR54.00', '', '', $number],
        'without bank, with the plain number as text');
    $buyer->submit(qr{step/payment$}, {}, go => 1);
    is(attempt($order, "date_trunc('day', expires - created)"), '3 days', 'and three days to pay');
    is(staff('mark_paid', transid => $order->transid, actor => 'anne', reason => 'seen'), 'ok', 'paid all the same');
}

{
    my $buyer = at_payment('francs');
    is($buyer->step, 'order', 'a block for other currencies: choose again');
    like($buyer->page->text, qr/cannot be used|not possible|another way/i, '… with a reason');
    is($t->sql(q{select count(*) from shop.payment_events where config = 'francs'}), 0, '… and nothing is promised');
}

{
    my $buyer = at_payment('check');
    my $order = Shop::Order->last_of($t);
    my $csrf = $buyer->value_of(qr{step/payment$}, 'csrf');
    my @answers = map { $buyer->http->post('/shop/ac/step/payment', [csrf => $csrf, go => 1])->{status} } 1 .. 3;
    is($answers[0], '303', 'promised');
    is($t->sql(q{select count(*) from shop.payment_events v join shop.bills b on b.id = v.billid where transid = ?}, $order->transid),
        1, 'three times: one promise');
    is($t->sql(q{select count(*) from shop.mails m join shop.bills b on b.id = m.billid where transid = ?}, $order->transid), 2,
        'one mail to the buyer, one to the sales team');
    is(attempt($order, "date_trunc('day', expires - created)"), '30 days', 'a cheque has 30 days');
    $t->dbh->do(q{update shop.payment_attempts set expires = now() - interval '1 day'});
    staff('housekeeping');
    is(attempt($order, 'a.state'), 'expired', 'then it has expired');
    is($order->status, 'PENDING', '… and staff may still take it');
    is(staff('mark_paid', transid => $order->transid, actor => 'anne'), 'ok', 'a late cheque');
    is(attempt($order, 'a.state'), 'paid', '… pays');
}

{
    my $buyer = at_payment('transfer');
    my $order = Shop::Order->last_of($t);
    $buyer->submit(qr{step/payment$}, {}, go => 1);
    $t->dbh->do(q{update shop.bills set placedat = placedat - interval '61 days' where transid = ?}, undef, $order->transid);
    $t->dbh->do(q{update shop.payment_attempts set expires = now() - interval '1 day'});
    staff('housekeeping');
    is($order->status, 'CANCELLED', 'a promise that is not kept for 60 days ends the order');
}

# Promised, and nothing comes: a reminder when half of the time is over, another three days before its end.
{
    my $buyer = at_payment('transfer', lang => 'fr', person => {email => 'late@example.org'});
    my $order = Shop::Order->last_of($t);
    my ($rf) = $buyer->page->{answer}{body} =~ m{<dd>(RF\d\d[ \w]+)</dd>};
    $buyer->submit(qr{step/payment$}, {}, go => 1);
    my $reminders = sub { $t->sql(q{select coalesce(string_agg(m.key, ' ' order by m.id), '') from shop.mails m join shop.bills b on b.id = m.billid
        where transid = ? and template = 'payment_reminder'}, $order->transid) =~ s/payment_reminder:\d+://gr };
    my $days = sub {
        my ($days) = @_;
        $t->dbh->do(q{update shop.payment_attempts set created = now() - make_interval(days => ?), expires = now() + make_interval(days => 14 - ?)
            where billid = (select id from shop.bills where transid = ?)}, undef, $days, $days, $order->transid);
        staff('housekeeping') for 1 .. 2;
        return $reminders->();
    };
    is($days->(6), '', 'six days of fourteen: nothing');
    is($days->(7), 'half', 'seven days: reminded, once');
    my $mail = $t->mail_to('late@example.org', qr/le paiement de votre commande/, 60);
    ok($mail, '… in the language of the order') or diag explain [map { $_->{subject} } $t->mails];
    like($mail->{text}, qr/FR76 3000.*\Q$rf\E/s, '… with account and reference');
    my ($link) = $mail->{text} =~ m{(/shop/ac/order/\S+)};
    is(Shop::Buyer->new(base => $t->base)->http->get($link)->{status}, 200, '… and a link to the order');
    like($mail->{text}, qr/jusqu’au \d/, '… and until when it is kept');
    is($days->(10), 'half', 'ten days: no more');
    is($days->(11), 'half last', 'three days are left: once more');
    is($days->(13), 'half last', '… and that is all');
    $t->dbh->do(q{delete from shop.mails where template = 'payment_reminder'});
    is(staff('mark_paid', transid => $order->transid, actor => 'anne'), 'ok', 'paid');
    is($days->(11), '', '… who has paid is not reminded');
}

$t->finish;
done_testing();
