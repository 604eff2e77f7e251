#!/usr/bin/perl
# The mail server refuses for a while, for good, hangs or breaks off: the mails stay in the outbox and go
# later, each once.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, mail_conf => 'timeout 1s;');


# At the payment, and the sales team has been told: the fault is for the mails that follow.
sub at_payment {
    my $buyer = Shop::Sale::at_payment($t);
    wait_for(sub { $t->sql(q{select count(*) from shop.mails where state <> 'sent'}) == 0 });
    return $buyer;
}

my $tried = q{select count(*) from shop.mails m join shop.bills b on b.id = m.billid
              where b.transid = ? and m.state = 'queued' and m.tries = 1 and m.error like ?};

for my $fault (
    ['a server that is busy',          'smtp 451%', kind => 'tempfail', at => 'MAIL'],
    ['a greylist',                     'smtp 451%', kind => 'tempfail', at => 'RCPT'],
    ['a refusal of the mailbox',       'smtp 550%', kind => 'reject',   at => 'RCPT'],
    ['a refusal of the message',       'smtp 550%', kind => 'reject',   at => '.'],
    ['a connection that breaks',       'smtp %',    kind => 'close',    at => 'DATA'],
    ['a server that greets too late',  'smtp %',    kind => 'slow',     at => 'GREETING', delay => 3],
) {
    my ($what, $error, %fault) = @{$fault};
    my $buyer = at_payment();
    $t->control('smtp', {action => 'fault', %fault});
    $buyer->pay_card;
    ok(wait_for(sub { $t->sql($tried, $buyer->{transid}, $error) == 2 }), "$what: both mails wait")
        or diag Shop::Sale::state($t, $buyer);
    like($buyer->page->text, qr/your payment has been received/, 'the buyer does not notice');

    $t->control('smtp', {action => 'fault', kind => 'none'});
    is($t->sql('update shop.mails set nexttry = now() where nexttry > now() returning 1'), 1, 'later comes');
    Shop::Sale::wake($t, $buyer);
    Shop::Sale::sold_once($t, $buyer);
}

# Never accepted: given up after five more tries, and staff hear of it.
my $buyer = at_payment();
$t->control('smtp', {action => 'fault', kind => 'reject', at => 'RCPT'});
$buyer->pay_card;
ok(wait_for(sub {
    $t->dbh->do(q{update shop.mails set nexttry = now() where state = 'queued' and tries > 0});
    Shop::Sale::wake($t, $buyer);
    $t->sql(q{select count(*) from shop.mails where state = 'failed'}) == 2
}, 60, 0.3), 'a mail that nobody takes is given up');
is($t->sql(q{select max(tries) from shop.mails}), 6, 'after five repetitions');
is($t->sql(q{select count(*) from shop.alerts where kind = 'mail'}), 2, 'and staff hear of it');

$t->finish;
done_testing();
