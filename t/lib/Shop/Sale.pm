package Shop::Sale;

# One sale and what it must have left everywhere, once: the order in PostgreSQL, its invoice, its
# production in Moodle, its mails, the buyer's page. Tests of faults sell, break something, and ask.
#
#   my $buyer = Shop::Sale::at_payment($t, email => 'ada@example.org');
#   $buyer->pay_card;
#   Shop::Sale::sold_once($t, $buyer);

use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP qw(decode_json encode_json);
use Test::More;

use Shop::Buyer;
use Shop::Http;
use Shop::Test qw(wait_for);

our $PRODUCT = 'mooc_certificate';
our $COURSE  = 'MOOC-WEB';
our $GROUP   = 'cert-mooc-web';

my $number = 0;


# A person whom neither the shop nor Moodle knows, with an order to pay. Options: email, product,
# paymode, buyer (one who is there already).
sub at_payment {
    my ($t, %option) = @_;
    my $email = $option{email} // sprintf 'buyer%d@example.org', ++$number;
    my $buyer = $option{buyer}
        // Shop::Buyer->new(base => $t->base, person => {email => $email, lastname => "Martin$number"});

    $buyer->add($option{product} // $PRODUCT);
    $buyer->checkout;
    $buyer->order($option{paymode} // 'card');
    $buyer->{email}   = $email;
    $buyer->{transid} = $t->sql(<<'SQL', $email);
select b.transid from shop.bills b where b.customer ->> 'email' = ? order by b.id desc limit 1
SQL
    return $buyer;
}


# Seconds that a slow machine may need from the payment to the last mail.
our $PATIENCE = 60;


# Every worker has its catalogue and all its backends again.
sub healed {
    my ($t) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %well;
    my $all = wait_for(sub {
        %well = map { ($_->{worker} => is_well($_)) } several_statuses($t);
        keys %well == $t->{option}{workers} && !grep { !$_ } values %well;
    }, $PATIENCE, 0.2);
    return ok($all, 'every worker is well again') || diag explain(\%well);
}


sub is_well {
    my ($status) = @_;
    return $status->{this_worker}{catalogue} && !grep { $_ ne 'up' } values %{$status->{backends}};
}


# Connections made at the same moment go to different workers.
sub several_statuses {
    my ($t) = @_;
    my @sockets = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) } 1 .. 8;
    my @statuses;

    for my $socket (grep {defined} @sockets) {
        print {$socket} "GET /shop/status HTTP/1.0\r\nHost: localhost\r\nAccept: application/json\r\n\r\n";
    }
    for my $socket (grep {defined} @sockets) {
        local $/ = undef;
        my (undef, $body) = split /\r\n\r\n/, <$socket> // '', 2;
        push @statuses, decode_json($body) if defined $body && $body =~ /^\{/;
    }
    return @statuses;
}


sub complete {
    my ($t, $buyer, $seconds) = @_;
    return wait_for(sub { ($t->sql(<<'SQL', $buyer->{transid}) // '') eq 'yes' }, $seconds // $PATIENCE, 0.1);
select case when b.status = 'COMPLETE'
             and exists (select from shop.invoices v where v.billid = b.id)
             and not exists (select from shop.mails m where m.billid = b.id and m.state <> 'sent')
       then 'yes' end
from shop.bills b where b.transid = ?
SQL
}


# Says with a name for each what is not as it should be. Options: distinct (a worker may have died
# between the mail server's "accepted" and its note of it: the same message may come again, with its id).
sub sold_once {
    my ($t, $buyer, %option) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok(complete($t, $buyer), "$buyer->{email}: the order is complete") or diag state($t, $buyer);
    subtest "$buyer->{email}: nothing lost, nothing doubled" => sub {
        in_database($t, $buyer);
        in_moodle($t, $buyer);
        in_mailbox($t, $buyer, $option{distinct});
        on_page($buyer);
    };
    return;
}


# What the bank double knows: its payments, and how its notifications were answered.
sub bank {
    my ($t, $path, $data) = @_;
    my $answer = Shop::Http->new(base => "http://127.0.0.1:$t->{bank_port}", timeout => 60)
        ->request($data ? 'POST' : 'GET', "/control/$path", $data ? (body => encode_json($data)) : ());
    return decode_json($answer->{body});
}


sub notices { my ($t) = @_; return map { @{$_->{notices}} } @{bank($t, 'transactions')->{transactions}} }


# The bank says it again: {src, status, repeat …}. Gives the shop's answers.
sub notify_again {
    my ($t, $buyer, %wish) = @_;
    return @{bank($t, 'replay', {order_id => $buyer->{transid}, %wish})->{answers}};
}


# A commit of no consequence: the worker that makes it looks for work at once.
sub wake { my ($t, $buyer) = @_; notify_again($t, $buyer, repeat => 4); return }


sub count {
    my ($t, $buyer, $from) = @_;
    $from .= ' where' if $from !~ / and$/;
    return $t->sql("select count(*) from $from b.transid = ?", $buyer->{transid});
}


sub in_database {
    my ($t, $buyer) = @_;

    is($t->sql(q{select count(*) from shop.bills where customer ->> 'email' = ?}, $buyer->{email}), 1, 'one order');
    is(count($t, $buyer, 'shop.bills b where b.paiedamount = b.amount and'), 1, 'paid in full');
    is(count($t, $buyer, q{shop.bills b join shop.payment_attempts a on a.billid = b.id and a.paying}), 1,
        'one payment');
    is(count($t, $buyer, q{shop.bills b join shop.bill_transitions x on x.billid = b.id and x.tostatus = 'SOLDOUT'}),
        1, 'one passage to paid');
    is(count($t, $buyer, q{shop.bills b join shop.invoices v on v.billid = b.id}), 1, 'one invoice');
    is(count($t, $buyer, q{shop.bills b join shop.jobs j on j.billid = b.id and j.phase = 'postpay'}), 1, 'one job');
    is(count($t, $buyer, q{shop.bills b join shop.bill_items l on l.billid = b.id
                           join shop.product_instances p on p.initialitemid = l.id}), 1, 'one instance');
    is(count($t, $buyer, q{shop.bills b join shop.item_sales s on s.billid = b.id}), 1, 'one unit sold');
    books_are_right($t);
    return;
}


# Numbers without gaps, the chain unbroken, nothing waiting for a number.
sub books_are_right {
    my ($t) = @_;
    my $verdict = decode_json($t->sql(q{select shop.invoices_verify('{}')}));
    is_deeply($verdict->{broken}, [], 'the chain of invoices is unbroken');
    is($t->sql('select count(*) from shop.numbering_series n where n.last <> '
            . '(select count(*) from shop.invoices v where (v.shopid, v.kind, v.year) = (n.shopid, n.kind, n.year))'),
        0, 'invoice numbers have no gap');
    return;
}


sub in_moodle {
    my ($t, $buyer) = @_;
    my $state = $t->control('moodle', {action => 'state'});
    my @users = grep { lc $_->{email} eq lc $buyer->{email} } values %{$state->{users}};
    my ($course) = grep { $_->{shortname} eq $COURSE } values %{$state->{courses}};
    my ($group) = grep { $_->{idnumber} eq $GROUP } values %{$state->{groups}};

    is(scalar @users, 1, 'one account') or return;
    ok($state->{enrolments}{"$users[0]{id}/$course->{id}"}, 'enrolled');
    ok($group->{members}{$users[0]{id}}, 'in the group of the certificate');
    is(scalar(grep { $_ eq $users[0]{username} } @{$state->{certificates}{$COURSE}}), 1, 'who may open it');
    return;
}


sub in_mailbox {
    my ($t, $buyer, $distinct) = @_;
    my $order = $t->sql('select ordering from shop.bills where transid = ?', $buyer->{transid});
    my %seen;
    my @mails = grep { !$distinct || !$seen{$_->{headers}{'message-id'}}++ } $t->mails;
    my @own   = grep { grep { lc $_ eq lc $buyer->{email} } @{$_->{to}} } @mails;
    my @sales = grep { !grep { lc $_ eq lc $buyer->{email} } @{$_->{to}} } grep { $_->{text} =~ /\Q$buyer->{email}\E/ } @mails;

    is(scalar @own, 1, 'one mail to the buyer') or diag map {"$_->{subject}\n"} @own;
    is(scalar @sales, 2, "two mails to the sales team about order $order: launched, paid");
    return;
}


# At the address that the bank's page leads back to, when there is one: it needs no session.
sub on_page {
    my ($buyer) = @_;
    $buyer->open($buyer->{returned} // "order/$buyer->{transid}/done");
    is($buyer->page->status, 200, 'the order\'s page is shown');
    like($buyer->page->text, qr/your payment has been received/, 'says that it is paid');
    like($buyer->page->text, qr/Done/, 'and that everything is done');
    $buyer->follow(qr/Get the invoice/);
    is($buyer->page->status, 200, 'the invoice is shown');
    like($buyer->page->text, qr/\bT?B-\d{4}-\d{6}\b/, 'with its number');
    return;
}


sub state {    ## no critic (ProhibitBuiltinHomonyms)
    my ($t, $buyer) = @_;
    my $rows = $t->dbh->selectall_arrayref(<<'SQL', {Slice => {}}, $buyer->{transid});
select b.transid, b.status, j.phase, j.state, j.step, j.tries, j.reason, j.code, j.nexttry,
       (select string_agg(m.key || '=' || m.state || coalesce(' ' || m.error, ''), ', ')
        from shop.mails m where m.billid = b.id) as mails
from shop.bills b left join shop.jobs j on j.billid = b.id where b.transid = ?
SQL
    return explain($rows);
}

1;
