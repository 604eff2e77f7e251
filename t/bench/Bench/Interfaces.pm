package Bench::Interfaces;

# Notifications of every payment interface: verified alone (forged ones, which need nothing else), and verified and
# committed, over 64 connections and over one, beside pgbench's single calls of the same SQL function with as good and
# with one client. Then authentic ones while forged ones pour in.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use List::Util qw(max);
use Time::HiRes qw(sleep time);

use Shop::Providers;
use Shop::Test qw(slurp spew);

use Bench;
use Bench::Money;
use Bench::Orders;

my $MANY   = 200 * Bench::seconds();    # messages over 64 connections
my $FEW    = 40 * Bench::seconds();     # over one
my $FLOOD  = 10_000;                    # forged ones in a second
my $SCRIPT = Shop::Test::top() . '/t/bench/requests.lua';


sub run {
    my $t = Bench::shop(bank => 1, start => 0);
    my $all = Shop::Providers->new(server => $t, $ENV{BENCH_INTERFACES} ? (only => [split /,/, $ENV{BENCH_INTERFACES}]) : ());
    $t->{option}{http} .= "log_format bench '\$request_time';\n";
    $t->{option}{server} = 'access_log ' . $t->dir . '/logs/bench.log bench; keepalive_requests 1000000000;';
    $t->write_conf;
    $t->start_nginx;
    my ($best, $one) = floor($t);
    print STDERR "  pgbench, single calls: best $best, one client $one\n";

    for my $name ($all->names) {
        my @orders = map { $all->teller($name)->placed } 1 .. $MANY + $FEW;
        my @messages = map { line($all->prepared($name, $_, 'paid')) } @orders;
        Bench::Money::settle($t);
        verified($t, $all, $name, $orders[0]);
        committed($t, "$name, committed, 64 connections", [@messages[0 .. $MANY - 1]], 64, $best, 1.5);
        committed($t, "$name, committed, 1 connection", [@messages[$MANY .. $#messages]], 1, $one, 0.8);
    }
    flood($t, $all);
    $t->cleanup;
    return;
}


sub line {
    my ($message) = @_;
    return join("\t", 'POST', $message->{path}, join("\1", map { "$_: $message->{headers}{$_}" } sort keys %{$message->{headers}}),
        $message->{body}) . "\n";
}


# Single calls of the same function: the best of several numbers of clients, and of one.
sub floor {
    my ($t) = @_;
    my $sample = Bench::Orders::sample($t);
    my ($from, %rate) = (0);
    for my $clients (1, 8, 32) {
        my $each = int(4 * $FEW / $clients);
        Bench::Orders::prepare($t, $sample, $from, $each * $clients);
        Bench::Money::settle($t);
        $rate{$clients} = Bench::pgbench($t, spew($t->dir . '/pay.sql', Bench::Orders::pgbench_payments($sample, $from, $each), 0644),
            clients => $clients, each => $each);
        $from += $each * $clients;
    }
    return (max(values %rate), $rate{1});
}


# PayPal's certificates are checked after the answer: there is nothing to forge that would show the price.
sub verified {
    my ($t, $all, $name, $order) = @_;
    return if $name eq 'paypal';
    my $file = spew($t->dir . '/forged.requests', line($all->prepared($name, $order, 'paid', key => 'NobodysKey1234567')), 0644);
    my $result = Bench::wrk($t, $t->base . '/', script => $SCRIPT, arguments => [$file, 'around'], errors_allowed => 1);
    Bench::row(what => "$name, verified", rate => $result->{rate}, cpu_us => $result->{cpu_us});
    return;
}


sub committed {
    my ($t, $what, $messages, $connections, $floor, $goal) = @_;
    my $log = $t->dir . '/logs/bench.log';
    my $seen = -s $log;
    my $file = spew($t->dir . '/notify.requests', join('', @{$messages}), 0644);
    my $result = Bench::wrk($t, $t->base . '/', seconds => 60, script => $SCRIPT, arguments => [$file], connections => $connections);
    my @times = sort { $a <=> $b } split ' ', substr slurp($log), $seen;
    my ($p50, $p99) = map { 1000 * $times[int $_ * $#times] } 0.5, 0.99;
    Bench::row(what => $what, rate => $result->{rate}, floor => $floor, ratio => $result->{rate} / $floor, goal => $goal,
        cpu_us => $result->{cpu_us}, note => sprintf 'p50 %.0f ms, p99 %.0f ms', $p50, $p99);
    return $result->{rate};
}


# Authentic ones over one connection, without and with forged ones beside them.
sub flood {
    my ($t, $all) = @_;
    my $teller = $all->teller('systempay');
    my @lines  = map { line($all->prepared('systempay', $teller->placed, 'paid')) } 1 .. 2 * $FEW;
    my $calm   = committed_rate($t, [@lines[0 .. $FEW - 1]]);
    my $forged = $all->prepared('systempay', $teller->placed, 'paid', key => 'NobodysKey1234567');
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) { pour($t, $forged, $write); POSIX::_exit(0) }
    close $write;
    sleep 0.5;
    my $flooded = committed_rate($t, [@lines[$FEW .. $#lines]]);
    kill 'TERM', $pid;
    my $poured = <$read> // 0;
    waitpid $pid, 0;
    Bench::row(what => 'authentic ones in a flood', rate => $flooded, floor => $calm, ratio => $flooded / $calm, goal => 0.9,
        note => sprintf '%.0f forged ones in a second', $poured);
    return;
}


sub committed_rate {
    my ($t, $lines) = @_;
    my $file = spew($t->dir . '/notify.requests', join('', @{$lines}), 0644);
    return Bench::wrk($t, $t->base . '/', seconds => 60, script => $SCRIPT, arguments => [$file], connections => 1)->{rate};
}


# So many in a second, in small portions, until told to end; then says how many were answered in a second.
sub pour {
    my ($t, $message, $report) = @_;
    my $end = 0;
    local $SIG{TERM} = sub { $end = 1 };
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die "connect: $!";
    my $request = "POST $message->{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: " . length($message->{body}) . "\r\n"
        . join('', map { "$_: $message->{headers}{$_}\r\n" } keys %{$message->{headers}}) . "\r\n$message->{body}";
    my ($begin, $sent, $answered) = (time, 0, 0);
    my $reader = IO::Select->new($socket);
    while (!$end) {
        my $due = (time - $begin) * $FLOOD - $sent;
        if ($sent - $answered < 400 && $due >= 50) { print {$socket} $request x 50 or last; $sent += 50 }
        while ($reader->can_read($due >= 50 ? 0 : 0.002)) {
            sysread $socket, my $bytes, 1 << 16 or last;
            $answered += () = $bytes =~ m{HTTP/1\.1 403}g;
        }
    }
    print {$report} $answered / (time - $begin);
    close $report;
    return;
}

1;
