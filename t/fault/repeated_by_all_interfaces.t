#!/usr/bin/perl
# Every interface of the registry says the same fifty times at once, and again a month later; and the shop has gone live
# meanwhile: paid once, and for what it was begun.

use strict;
use warnings;
use Test::More;
use Shop::Http;
use Shop::Providers;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, moodle => 0, mail => 0, start => 0, patient => 1);
my $all = Shop::Providers->new(server => $t);
$t->start_nginx;


# Fifty connections, each with its request, before the first answer is read.
sub at_once {
    my ($message) = @_;
    my @sockets = map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) // die "connect: $!" } 1 .. 50;
    my $head = "POST $message->{path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: " . length($message->{body}) . "\r\n"
        . join '', map { "$_: $message->{headers}{$_}\r\n" } keys %{$message->{headers}};
    print {$_} "$head\r\n$message->{body}" for @sockets;
    return map { local $/ = undef; my $answer = <$_> // ''; $answer =~ m{\AHTTP/1\.1 (\d+)} ? $1 : 0 } @sockets;
}

sub events { my ($order) = @_; return $t->sql(q{select string_agg(v.verdict || ' ' || v.repeats, ', ' order by v.id) from shop.payment_events v
    join shop.bills b on b.id = v.billid where b.transid = ? and v.channel = 'notification'}, $order->{transid}) }

sub produced { my ($order) = @_; return $t->sql(q{select count(*) from shop.jobs j join shop.bills b on b.id = j.billid where transid = ? and phase = 'postpay'},
    $order->{transid}) }

sub comes { my ($order) = @_; return wait_for(sub {
    $t->dbh->do(q{update shop.payment_attempts set askat = now() where askat is not null and state <> 'paid'});
    $t->sql(q{select status in ('SOLDOUT', 'COMPLETE') from shop.bills where transid = ?}, $order->{transid}) }, 60, 0.2) }


my %told;
for my $name ($all->names) {
    my $order = $all->teller($name)->placed;
    my $message = $all->prepared($name, $order, 'paid');
    my %answers;
    $answers{$_}++ for at_once($message);
    is_deeply(\%answers, {200 => 50}, "$name, fifty times at once: each is accepted");
    ok(comes($order), '… paid');
    ok(wait_for(sub { (events($order) // '') =~ /\A(?:apply|quarantine) \d+\z/ }, 60, 0.2), '… by one event') or diag events($order);
    is(produced($order), 1, '… produced once');
    $told{$name} = [$order, $message];
}

# A month later. What is signed with the time is signed anew, as the provider does.
$t->dbh->do(q{update shop.payment_events set stored = stored - interval '32 days', received = received - interval '32 days'});
$t->sql(q{select shop.housekeeping('{}')});
for my $name ($all->names) {
    my ($order, $message) = @{$told{$name}};
    is(Shop::Http->new(base => $t->base)->request('POST', $message->{path}, body => $message->{body}, headers => $message->{headers})->{status}, 200,
        "$name, again a month later: accepted");
    is(produced($order), 1, '… and nothing follows');
    like(events($order), qr/\A(?:apply|quarantine) \d+\z/, '… nor another event');
}

# Begun in test mode, told when the shop is live: the try's own mode decides.
my %begun = map { $_ => $all->teller($_)->placed(test => JSON::PP::true) } $all->names;
$t->dbh->do('update shop.shops set test = false, testoverride = false');
for my $name ($all->names) {
    my $message = $all->prepared($name, $begun{$name}, 'paid');
    is(Shop::Http->new(base => $t->base)->request('POST', $message->{path}, body => $message->{body}, headers => $message->{headers})->{status}, 200,
        "$name, the shop has gone live: accepted");
    ok(comes($begun{$name}), '… paid');
    is($t->sql('select b.test::text || $$ $$ || a.mode from shop.bills b join shop.payment_attempts a on a.billid = b.id where transid = ? and a.paying',
        $begun{$name}{transid}), 'true test', '… as the test that it was');
}

Shop::Sale::books_are_right($t);
Shop::Sale::healed($t);
$t->finish;
done_testing();
