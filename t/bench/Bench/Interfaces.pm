package Bench::Interfaces;

# Notifications of every payment interface: verified alone (forged ones, which need nothing else), and verified and
# committed, over 64 connections and over one, beside pgbench's single calls of the same SQL function with as good and
# with one client. Then authentic ones at a steady pace, without and with forged ones that pour in.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use List::Util qw(max);
use Time::HiRes qw(sleep time);

use Shop::Http;
use Shop::Providers;
use Shop::Test qw(slurp spew wait_for);

use Bench;
use Bench::Money;
use Bench::Orders;

my $TURNS  = 3;                         # over one connection, in turn with pgbench
my $MANY   = 200 * Bench::seconds();    # messages over 64 connections
my $FEW    = 80 * Bench::seconds();     # of a turn over one
my $PACE   = 100;                       # authentic ones in a second, beside
my $FLOOD  = 10_000;                    # forged ones in a second
my $SCRIPT = Shop::Test::top() . '/t/bench/requests.lua';
my $single = 0;                         # orders that pgbench was given to pay


sub run {
    my $t = Bench::shop(bank => 1, start => 0);
    my $all = Shop::Providers->new(server => $t, $ENV{BENCH_INTERFACES} ? (only => [split /,/, $ENV{BENCH_INTERFACES}]) : ());
    $t->{option}{http} .= "log_format bench '\$request_time';\n";
    $t->{option}{server} = 'access_log ' . $t->dir . '/logs/bench.log bench; keepalive_requests 1000000000;'
        . ' location = /refused { access_log off; return 403; }';
    $t->write_conf;
    $t->start_nginx;
    my $sample = Bench::Orders::sample($t);
    my @names  = $all->names;
    # before any other: their numbers at the bank follow that of the sample
    Bench::Orders::prepare($t, $sample, 0, $FEW * (3 + $TURNS * @names));
    unasked($t);
    my $best = max(map { single_calls($t, $sample, $_) } 1, 8, 32);

    for my $name (@names) {
        my @messages = messages($all, $name, $MANY + $TURNS * $FEW + 1);
        unasked($t);
        Bench::Money::settle($t);
        verified($t, $all, $name);
        committed($t, "$name, committed, 64 connections", [splice @messages, 0, $MANY], $best);
        calm($t, pop @messages);
        in_turn($t, $sample, $name, @messages);
    }
    flood($t, $all);
    $t->cleanup;
    return;
}


# Of those that wait for their message for minutes the provider is not asked meanwhile.
sub unasked { my ($t) = @_; return $t->dbh->do('update shop.payment_attempts set askat = null where askat is not null') }


# Paid orders of an interface, one message for each.
sub messages {
    my ($all, $name, $count) = @_;
    return map { line($all->prepared($name, $all->teller($name)->placed, 'paid')) } 1 .. $count;
}


sub line {
    my ($message) = @_;
    return join("\t", 'POST', $message->{path}, join("\1", map { "$_: $message->{headers}{$_}" } sort keys %{$message->{headers}}),
        $message->{body}) . "\n";
}


# Single calls of the same function, in a second.
sub single_calls {
    my ($t, $sample, $clients) = @_;
    my $each = int($FEW / $clients);
    Bench::Money::settle($t);
    my $paid = paid($t);
    my $rate = Bench::pgbench($t, spew($t->dir . '/pay.sql', Bench::Orders::pgbench_payments($sample, $single, $each), 0644),
        clients => $clients, each => $each);
    $single += $each * $clients;
    die "pgbench did not pay all\n" if paid($t) - $paid < $each * $clients; # the bank may tell of others meanwhile
    return $rate;
}


sub paid { my ($t) = @_; return $t->sql('select count(*) from shop.bills where paidat is not null') }


# What earlier payments have left to do is done, so that it is nobody's burden. One message more wakes the workers. (Jobs
# with a handler wait: there is no Moodle.)
sub calm {
    my ($t, $message) = @_;
    my (undef, $path, $headers, $body) = split /\t/, $message, 4;
    chomp $body;
    Shop::Http->new(base => $t->base)->request('POST', $path, body => $body, headers => {map { split /: /, $_, 2 } split /\x01/, $headers});
    wait_for(sub { $t->sql(q{select not exists (select from shop.jobs where state in ('pending', 'running') and handler = '')
        and not exists (select from shop.registrar_queue) and not exists (select from shop.payment_attempts where askat <= now())
        and not exists (select from shop.payment_messages where proveat <= now())}) }, 120, 0.1) or die "work is left\n";
    return;
}


# One connection and one client, turn by turn.
sub in_turn {
    my ($t, $sample, $name, @messages) = @_;
    my (@shop, @beside, @cpu);
    for (1 .. $TURNS) {
        push @beside, single_calls($t, $sample, 1);
        my ($first, @rest) = splice @messages, 0, $FEW;
        calm($t, $first);
        my $result = posted($t, \@rest, 1);
        push @shop, $result->{rate};
        push @cpu, $result->{cpu_us};
    }
    my ($rate, $floor) = map { Bench::median(@{$_}) } \@shop, \@beside;
    Bench::row(what => "$name, committed, 1 connection", rate => $rate, floor => $floor, ratio => $rate / $floor, goal => 0.8,
        cpu_us => Bench::median(@cpu), note => sprintf 'turns %s; pgbench %s', map { join ' ', map { sprintf '%.0f', $_ } @{$_} } \@shop, \@beside);
    return;
}


# PayPal's certificates are checked after the answer: there is nothing to forge that would show the price.
sub verified {
    my ($t, $all, $name) = @_;
    return if $name eq 'paypal';
    my $forged = line($all->prepared($name, $all->teller($name)->placed, 'paid', key => 'NobodysKey1234567'));
    my $file = spew($t->dir . '/forged.requests', $forged, 0644);
    my $result = Bench::wrk($t, $t->base . '/', script => $SCRIPT, arguments => [$file, 'around'], errors_allowed => 1);
    Bench::row(what => "$name, verified", rate => $result->{rate}, cpu_us => $result->{cpu_us});
    return;
}


sub committed {
    my ($t, $what, $messages, $floor) = @_;
    my $log = $t->dir . '/logs/bench.log';
    my $seen = -s $log;
    my $result = posted($t, $messages, 64);
    my @times = sort { $a <=> $b } split ' ', substr slurp($log), $seen;
    my ($p50, $p99) = map { 1000 * $times[int $_ * $#times] } 0.5, 0.99;
    Bench::row(what => $what, rate => $result->{rate}, floor => $floor, ratio => $result->{rate} / $floor, goal => 1.5,
        cpu_us => $result->{cpu_us}, note => sprintf 'p50 %.0f ms, p99 %.0f ms', $p50, $p99);
    return;
}


sub posted {
    my ($t, $messages, $connections) = @_;
    my $file = spew($t->dir . '/notify.requests', join('', @{$messages}), 0644);
    return Bench::wrk($t, $t->base . '/', seconds => 60, script => $SCRIPT, arguments => [$file], connections => $connections);
}


# How long authentic ones take that come at a steady pace: without a flood, with forged ones beside them, and with as many
# requests that nginx refuses by itself, which shows what the machine pays for a flood before the shop does. In turn.
sub flood {
    my ($t, $all) = @_;
    my $each = $PACE * Bench::seconds() / 2;
    my @messages = messages($all, 'systempay', 3 * $TURNS * $each);
    my $forged = raw(line($all->prepared('systempay', $all->teller('systempay')->placed, 'paid', key => 'NobodysKey1234567')));
    my %request = (forged => $forged, plain => $forged =~ s/^POST \S+/POST \/refused/r);
    my (%took, @poured);
    for (1 .. $TURNS) {
        push @{$took{calm}}, paced($t, splice @messages, 0, $each);
        for my $kind (sort keys %request) {
            my $flood = pour_start($t, $request{$kind});
            push @{$took{$kind}}, paced($t, splice @messages, 0, $each);
            push @poured, pour_end($flood);
        }
    }
    my ($calm, $forged_ms, $plain) = map { 1000 * Bench::median(@{$took{$_}}) } qw(calm forged plain);
    Bench::row(what => 'authentic ones in a flood', rate => 1000 / $forged_ms, floor => 1000 / $calm, ratio => $calm / $forged_ms, goal => 0.9,
        note => sprintf 'median %.2f ms, without %.2f ms, beside plain refusals %.2f ms; %.0f in a second', $forged_ms, $calm, $plain, Bench::median(@poured));
    return;
}


# Seconds from a message to its answer, in the middle.
sub paced {
    my ($t, @messages) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die "connect: $!";
    my ($begin, $n, @took) = (time, 0);
    for my $message (@messages) {
        my $pause = $begin + $n++ / $PACE - time;
        sleep $pause if $pause > 0;
        my $sent = time;
        print {$socket} raw($message);
        sysread $socket, my $answer, 1 << 16 or die "no answer: $!";
        $answer =~ m{^HTTP/1\.1 200} or die "not taken: $answer";
        push @took, time - $sent;
    }
    return Bench::median(@took);
}


# A prepared line as it goes over the wire.
sub raw {
    my ($message) = @_;
    my (undef, $path, $headers, $body) = split /\t/, $message, 4;
    chomp $body;
    return "POST $path HTTP/1.1\r\nHost: localhost\r\nContent-Length: " . length($body) . "\r\n" . join('', map { "$_\r\n" } split /\x01/, $headers) . "\r\n$body";
}


sub pour_start {
    my ($t, $request) = @_;
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) { pour($t, $request, $write); POSIX::_exit(0) }
    close $write;
    sleep 0.5;
    return {pid => $pid, read => $read};
}


# How many were answered in a second.
sub pour_end {
    my ($flood) = @_;
    kill 'TERM', $flood->{pid};
    my $told = readline $flood->{read};
    waitpid $flood->{pid}, 0;
    return $told // 0;
}


# So many in a second, a few at a time, until told to end; then says how many were answered in a second.
sub pour {
    my ($t, $request, $report) = @_;
    my $end = 0;
    local $SIG{TERM} = sub { $end = 1 };
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port) or die "connect: $!";
    print {$socket} $request;
    sysread $socket, my $one, 1 << 16 or die "no answer: $!";
    $one =~ m{^HTTP/1\.1 403} or die "not refused: $one";
    my ($begin, $sent, $got) = (time, 0, 0);
    my $reader = IO::Select->new($socket);
    while (!$end) {
        sleep 0.001;
        my $due = int((time - $begin) * $FLOOD) - $sent;
        if ($due > 0 && $sent - $got / length $one < 400) { $due = 50 if $due > 50; print {$socket} $request x $due or last; $sent += $due }
        while ($reader->can_read(0)) { $got += sysread $socket, my $bytes, 1 << 16 or last }
    }
    print {$report} $got / length($one) / (time - $begin);
    close $report;
    return;
}

1;
