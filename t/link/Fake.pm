package Fake;

# Misbehaving servers for t/link, each a forked process on a free port of 127.0.0.1.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep);

my %children;


sub start {
    my ($socket, $code) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        local $SIG{PIPE} = 'IGNORE';
        local $SIG{TERM} = 'DEFAULT';
        local $SIG{CHLD} = 'IGNORE';
        $code->($socket);
        POSIX::_exit(0);
    }
    $children{$pid} = $$;
    my $port = $socket->sockport;
    close $socket;
    return $port;
}


# One process per connection.
sub tcp {
    my ($talk) = @_;
    my $socket = IO::Socket::INET->new(Listen => 50, LocalAddr => '127.0.0.1', LocalPort => 0)
        or die "listen: $!";
    return start($socket, sub {
        while (my $client = $_[0]->accept) {
            my $pid = fork // next;
            if ($pid == 0) { close $_[0]; $talk->($client); POSIX::_exit(0) }
            close $client;
        }
    });
}


sub request {
    my ($client) = @_;
    my $text = '';
    while ($text !~ /\r\n\r\n/) { sysread $client, $text, 4096, length $text or return }
    my ($len) = $text =~ /Content-Length: (\d+)/i;
    my $need = index($text, "\r\n\r\n") + 4 + ($len // 0);
    while (length $text < $need) { sysread $client, $text, 4096, length $text or return }
    return $text;
}


# The path says what to do: /ok /echo /500 /slow /endless /long/<n> /cut /garbage /redirect.
sub http {
    return tcp(sub {
        my ($client) = @_;
        while (defined(my $text = request($client))) {
            my ($path) = $text =~ m{^\S+ (\S+)};
            my $say = sub {
                my ($status, $body) = @_;
                syswrite $client, "HTTP/1.1 $status X\r\nContent-Type: text/x\r\n"
                    . "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: " . length($body) . "\r\n"
                    . ($path eq '/redirect' ? "Location: /ok\r\n" : '') . "\r\n$body";
            };
            if    ($path eq '/ok')       { $say->(200, 'fine') }
            elsif ($path eq '/echo')     { $say->(200, $text) }
            elsif ($path eq '/500')      { $say->(500, 'broken') }
            elsif ($path eq '/redirect') { $say->(302, '') }
            elsif ($path eq '/slow')     { sleep 3; $say->(200, 'late') }
            elsif ($path eq '/cut')      { syswrite $client, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"; return }
            elsif ($path eq '/garbage')  { syswrite $client, "\x00\x01garbage\r\n\r\n"; return }
            elsif ($path eq '/none')     { return }
            elsif ($path =~ m{^/long/(\d+)}) { $say->(200, 'x' x $1) }
            elsif ($path eq '/endless') {
                syswrite $client, "HTTP/1.1 200 OK\r\n\r\n";
                1 while syswrite $client, 'x' x 4096;
                return;
            }
        }
    });
}


# Mails go to the file. `say` maps a command (first word, BODY, GREETING) to the reply; HANG waits.
sub smtp {
    my ($file, %say) = @_;
    return tcp(sub {
        my ($client) = @_;
        my $reply = sub {
            my ($what, $default) = @_;
            my $text = $say{$what} // $default;
            if ($text eq 'HANG') { sleep 30; return }
            syswrite $client, "$text\r\n";
        };
        my $log = sub { open my $fh, '>>', $file or die $!; print {$fh} @_; close $fh };
        $reply->('GREETING', '220 fake');
        while (my $line = <$client>) {
            $log->($line);
            my ($word) = uc($line) =~ /^(\w+)/;
            $word //= '';
            if ($word eq 'DATA') {
                $reply->('DATA', '354 go on');
                next if ($say{DATA} // '354') !~ /^354/;
                while (defined($line = <$client>) && $line ne ".\r\n") { $log->($line) }
                $reply->('BODY', '250 taken');
            }
            else { $reply->($word, '250 ok') }
            return if $word eq 'QUIT';
        }
        $log->("(closed)\n");
    });
}


# A name server: names map to addresses, '' is "no such name", undef is silence.
sub dns {
    my (%names) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0)
        or die "udp: $!";
    return start($socket, sub {
        my ($server) = @_;
        while (defined $server->recv(my $query, 512)) {
            my ($at, @labels) = (12);
            while (my $len = ord substr $query, $at, 1) {
                push @labels, substr $query, $at + 1, $len;
                $at += $len + 1;
            }
            my $name = lc join '.', @labels;
            my $type = unpack 'n', substr $query, $at + 1, 2;
            my $question = substr $query, 12, $at + 5 - 12;
            next if exists $names{$name} && !defined $names{$name};
            my $address = $names{$name} // '';
            my $answers = $type == 1 && $address ne '' ? 1 : 0;
            my $flags = $address eq '' ? 0x8183 : 0x8180;
            $server->send(substr($query, 0, 2) . pack('nnnnn', $flags, 1, $answers, 0, 0) . $question
                . ($answers ? pack('nnnNn', 0xc00c, 1, 1, 1, 4) . pack('C4', split /\./, $address) : ''));
        }
    });
}


END {
    local $?;
    for my $pid (grep { $children{$_} == $$ } keys %children) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
}

1;
