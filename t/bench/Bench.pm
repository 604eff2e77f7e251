package Bench;

# What every comparison of t/bench shares: servers with durable storage, rounds of floor and
# candidate back to back, medians, processor time, one table (testing.md §12).

use strict;
use warnings;

use Carp qw(croak);
use List::Util qw(sum0);
use POSIX qw(sysconf _SC_CLK_TCK);
use Time::HiRes qw(time);

use Shop::Test qw(spew slurp);

my $CLK    = sysconf(_SC_CLK_TCK);
my $ROUNDS = $ENV{BENCH_ROUNDS}  // 5;
my $TIME   = $ENV{BENCH_SECONDS} // 5;


sub rounds  { return $ROUNDS }
sub seconds { return $TIME }


# One worker, no Moodle and no mail: what is measured is the way of a request. PostgreSQL really
# writes its log, as a shop's does.
sub shop {
    my (%option) = @_;
    return Shop::Test->new(
        moodle => 0, mail => 0, bank => 0, log => 'error',
        pg     => ['fsync = on', 'full_page_writes = on', 'shared_buffers = 256MB', 'max_wal_size = 4GB',
            'log_min_messages = error'],
        %option,
    );
}


sub median {
    my @sorted = sort { $a <=> $b } @_;
    my $middle = int(@sorted / 2);
    return @sorted % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2;
}


# Sides in turn, round after round; the first round warms up and is thrown away. A side is a code that
# gives {rate, cpu_us}; gives the medians by side.
sub interleave {
    my (%side) = @_;
    my (%rate, %cpu);

    for my $round (0 .. $ROUNDS) {
        for my $name (sort keys %side) {
            my $result = $side{$name}->($round);
            next if $round == 0;
            push @{$rate{$name}}, $result->{rate};
            push @{$cpu{$name}}, $result->{cpu_us} if defined $result->{cpu_us};
        }
    }

    return {map { ($_ => {
        rate   => median(@{$rate{$_}}),
        spread => spread(@{$rate{$_}}),
        cpu_us => $cpu{$_} ? median(@{$cpu{$_}}) : undef,
    }) } keys %side};
}


# How far the rounds lie apart, in per cent of the median.
sub spread {
    my @sorted = sort { $a <=> $b } @_;
    my $median = median(@sorted) || 1;
    return 100 * ($sorted[-1] - $sorted[0]) / $median;
}


# User and system time of a process in microseconds.
sub cpu_of {
    my (@pids) = @_;
    return sum0(map {
        my ($rest) = slurp("/proc/$_/stat") =~ /\)\s(.*)/;
        my @field = split ' ', $rest // '';
        @field > 12 ? ($field[11] + $field[12]) / $CLK * 1e6 : 0;
    } @pids);
}


sub resident_kb {
    my ($pid) = @_;
    my ($kb) = slurp("/proc/$pid/status") =~ /VmRSS:\s+(\d+)/;
    return $kb;
}


# wrk for the time of a round, or until a script has sent what it has; gives {rate, cpu_us}. Any
# answer of an unexpected kind makes the figure worthless: it is told and the run ends.
sub wrk {
    my ($t, $url, %o) = @_;
    my @workers = $t->workers;
    my $before  = cpu_of(@workers);
    my @command = ('wrk', '-t1', '-c', $o{connections} // 64, '-d', ($o{seconds} // $TIME) . 's',
        $o{script} ? ('-s', $o{script}) : (), $o{header} ? ('-H', $o{header}) : (), $url,
        $o{arguments} ? ('--', @{$o{arguments}}) : ());
    open my $out, '-|', @command or croak "wrk: $!";
    my $text = do { local $/ = undef; <$out> };
    close $out;

    my ($requests, $seconds, $errors) = figures($text);
    croak "wrk $url: $errors of $requests answers are errors" if $errors && !$o{errors_allowed};

    return {rate => $requests / $seconds, cpu_us => (cpu_of(@workers) - $before) / ($requests || 1)};
}


# Requests, seconds and errors, from wrk's own words or from those of requests.lua.
sub figures {
    my ($text) = @_;
    return ($1, $2, $3) if $text =~ /^done (\d+) in ([\d.]+) with (\d+) errors$/m;

    my ($requests, $time, $unit) = $text =~ /(\d+) requests in ([\d.]+)(ms|s|m)/ or croak "wrk: $text";
    my ($bad)     = $text =~ /Non-2xx or 3xx responses: (\d+)/;
    my ($sockets) = $text =~ /Socket errors: connect (\d+)/;
    return ($requests, $time * {ms => 0.001, s => 1, m => 60}->{$unit}, ($bad // 0) + ($sockets // 0));
}


# pgbench on the shop's database, `each` transactions of every client; gives transactions per second.
sub pgbench {
    my ($t, $script, %o) = @_;
    my $dir = $t->dir;
    my ($program) = glob '/usr/lib/postgresql/*/bin/pgbench';
    my @command = ($program, '-n', '-M', 'prepared', '-h', "$dir/pg", '-U', 'shop_web', '-f', $script,
        '-c', $o{clients}, '-j', 1, '-t', $o{each}, '-D', 'i=0', 'shop');
    open my $out, '-|', "@{[map { quotemeta } @command]} 2>&1" or croak "pgbench: $!";
    my $text = do { local $/ = undef; <$out> };
    close $out;
    $text =~ /tps = ([\d.]+) \(without/ or croak "pgbench: $text";
    return $1;
}


# The arguments of one SQL function as the module sends them: of its call in PostgreSQL's log.
sub logged_argument {
    my ($t, $function) = @_;
    my $log = slurp($t->pg->log_file);
    my @found = $log =~ /\Qshop.$function(\E.*?\n[^\n]*DETAIL:\s+parameters: \$1 = '((?:[^']|'')*)'/gs;
    croak "no call of $function in the log" if !@found;
    (my $argument = $found[-1]) =~ s/''/'/g;
    return $argument;
}


my @table;

# One row: what, the candidate's and the floor's rate, the ratio beside its goal.
sub row {
    my (%row) = @_;
    push @table, \%row;
    printf STDERR "  %s: %s\n", $row{what}, defined $row{ratio} ? sprintf '%.2f', $row{ratio} : sprintf '%.0f in a second', $row{rate};
    return;
}


sub print_table {
    printf "%-34s %10s %10s %7s %6s %9s  %s\n", '', 'shop', 'beside', 'ratio', 'goal', 'cpu us', '';
    for my $row (@table) {
        printf "%-34s %10s %10s %7s %6s %9s  %s\n", $row->{what},
            map({ defined $_ ? sprintf '%.0f', $_ : '-' } @{$row}{qw(rate floor)}),
            defined $row->{ratio}  ? sprintf('%.2f', $row->{ratio})  : '-',
            defined $row->{goal}   ? sprintf('%.2f', $row->{goal})   : '-',
            defined $row->{cpu_us} ? sprintf('%.1f', $row->{cpu_us}) : '-', $row->{note} // '';
    }
    return;
}

1;
