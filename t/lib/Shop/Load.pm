package Shop::Load;

# Traffic beside a test: processes that send one request per connection, without a pause, and count
# the answers.
#
#   my $load = Shop::Load->start($t, clients => 4, seconds => 5, path => '/shop/ac/');
#   …
#   my $result = $load->result;    # {status => {200 => n, 0 => n}, total, slowest}

use strict;
use warnings;

use Carp qw(croak);
use JSON::PP qw(decode_json encode_json);
use POSIX ();
use Time::HiRes qw(sleep time);

use Shop::Http;


# Options: clients, seconds, path (or paths), method, form (a body) or bodies (each sent once by each
# client, then it ends), pause, headers. Status 0: no answer.
sub start {
    my ($class, $t, %option) = @_;
    my $self = bless {owner => $$, pipes => [], pids => []}, $class;

    for my $client (1 .. $option{clients} // 4) {
        pipe my $read, my $write or croak "pipe: $!";
        my $pid = fork // croak "fork: $!";
        if ($pid == 0) {
            close $read;
            my $result = eval { work($t->base, \%option, $client) } // {error => "$@"};
            print {$write} encode_json($result);
            close $write;
            POSIX::_exit(0);
        }
        close $write;
        push @{$self->{pipes}}, $read;
        push @{$self->{pids}},  $pid;
    }
    return $self;
}


sub work {
    my ($base, $option, $client) = @_;
    my $http  = Shop::Http->new(base => $base, timeout => 30);
    my @paths = @{$option->{paths} // [$option->{path} // '/shop/ac/']};
    my @bodies = @{$option->{bodies} // [$option->{form} // ()]};
    my %headers = (%{$option->{headers} // {}},
        @bodies ? ('Content-Type' => 'application/x-www-form-urlencoded') : ());
    my %result = (status => {}, total => 0, slowest => 0);
    my $end = time + ($option->{seconds} // 5);

    while ($option->{bodies} ? $result{total} < @bodies : time < $end) {
        $http->{cookies} = {};
        my $answer = $http->request($option->{method} // 'GET', $paths[($result{total} + $client) % @paths],
            headers => \%headers, @bodies ? (body => $bodies[$result{total} % @bodies]) : ());
        $result{total}++;
        $result{status}{$answer->{status}}++;
        $result{slowest} = $answer->{elapsed} if ($answer->{elapsed} // 0) > $result{slowest};
        sleep $option->{pause} if $option->{pause};
    }
    return \%result;
}


# Waits for the end.
sub result {
    my ($self) = @_;
    return $self->{result} if $self->{result};
    my %sum = (status => {}, total => 0, slowest => 0);

    for my $pipe (@{$self->{pipes}}) {
        local $/ = undef;
        my $one = decode_json(<$pipe>);
        close $pipe;
        croak $one->{error} if $one->{error};
        $sum{total} += $one->{total};
        $sum{slowest} = $one->{slowest} if $one->{slowest} > $sum{slowest};
        $sum{status}{$_} += $one->{status}{$_} for keys %{$one->{status}};
    }
    waitpid $_, 0 for @{$self->{pids}};
    return $self->{result} = \%sum;
}


sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner} || $self->{result};
    local ($?, $@, $!);
    kill 'KILL', @{$self->{pids}};
    waitpid $_, 0 for @{$self->{pids}};
    return;
}

1;
