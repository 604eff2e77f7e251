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
    my $test = $$;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        setpgrp; # so that its own children end with it
        local $SIG{PIPE} = 'IGNORE';
        local $SIG{TERM} = 'DEFAULT';
        local $SIG{CHLD} = 'IGNORE';
        # Whoever comes is served as long as the test lives.
        my $select = IO::Select->new($socket);
        while (getppid == $test) { $code->($socket) if $select->can_read(1) }
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
        my $client = $_[0]->accept or return;
        my $pid = fork // return;
        if ($pid == 0) { close $_[0]; $talk->($client); POSIX::_exit(0) }
        close $client;
        return;
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


# The path says what to do: /ok /echo /500 /redirect /slow /forever /endless /long/<n> /chunked/<n> /cut
# /garbage /none. With `tls`, the options of IO::Socket::SSL, over TLS.
sub http {
    my (%tls) = @_;
    return tcp(sub {
        my ($client) = @_;
        if (%tls) { IO::Socket::SSL->start_SSL($client, SSL_server => 1, %tls) or return }
        while (defined(my $text = request($client))) { http_answer($client, $text) or return }
    });
}


sub http_answer {
    my ($client, $text) = @_;
    my ($path) = $text =~ m{^\S+ (\S+)};
    my $say = sub {
        my ($status, $body) = @_;
        return syswrite $client, "HTTP/1.1 $status X\r\nContent-Type: text/x\r\n"
            . "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: " . length($body) . "\r\n"
            . ($path eq '/redirect' ? "Location: /ok\r\n" : '') . "\r\n$body";
    };
    return $say->(200, 'fine')   if $path eq '/ok';
    return $say->(200, $text)    if $path eq '/echo';
    return $say->(500, 'broken') if $path eq '/500';
    return $say->(302, '')       if $path eq '/redirect';
    return $say->(200, 'x' x $1) if $path =~ m{^/long/(\d+)};
    if ($path eq '/slow') { sleep 3; return $say->(200, 'late') }
    sleep 300 if $path eq '/forever';
    if ($path =~ m{^/chunked/(\d+)}) {
        syswrite $client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        syswrite $client, "1\r\nx\r\n" for 1 .. $1;
        return syswrite $client, "0\r\n\r\n";
    }
    syswrite $client, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc" if $path eq '/cut';
    syswrite $client, "\x00\x01garbage\r\n\r\n" if $path eq '/garbage';
    if ($path eq '/endless') {
        syswrite $client, "HTTP/1.1 200 OK\r\n\r\n";
        1 while syswrite $client, 'x' x 4096;
    }
    return;
}


# Mails go to the file. `say` maps a command (first word, BODY, GREETING) to the reply. HANG waits, CLOSE
# leaves; EARLY is said while the message comes; DEAF reads it only when the file "<file>.go" is there.
# With `tls`, the options of IO::Socket::SSL, after STARTTLS or, with `at_once`, before the greeting.
sub smtp {
    my ($file, %say) = @_;
    return tcp(sub { smtp_talk($_[0], $file, %say) });
}


sub smtp_talk {
    my ($client, $file, %say) = @_;
    my $log = sub { open my $fh, '>>', $file or POSIX::_exit(1); print {$fh} @_; close $fh };
    my $reply = sub {
        my ($what, $default) = @_;
        my $text = $say{$what} // $default;
        if ($text eq 'HANG')  { sleep 60; return }
        if ($text eq 'CLOSE') { POSIX::_exit(0) }
        print {$client} "$text\r\n";
        $client->flush;
    };
    if ($say{at_once}) { IO::Socket::SSL->start_SSL($client, SSL_server => 1, %{$say{tls}}) or return }
    $reply->('GREETING', '220 fake');
    while (my $line = <$client>) {
        $log->($line);
        my $word = uc($line) =~ /^(\w+)/ ? $1 : '';
        if ($word eq 'DATA') {
            $reply->('DATA', '354 go on');
            next if ($say{DATA} // '354') !~ /^354/;
            $reply->('EARLY') if $say{EARLY};
            if ($say{DEAF}) { sleep 0.05 while !-e "$file.go" }
            while (defined($line = <$client>) && $line ne ".\r\n") { $log->($line) if length $line < 60 }
            $log->(defined $line ? "(complete)\n" : "(half)\n");
            $reply->('BODY', '250 taken') if defined $line;
        }
        elsif ($word eq 'STARTTLS') {
            $reply->('STARTTLS', '220 go');
            IO::Socket::SSL->start_SSL($client, SSL_server => 1, %{$say{tls}}) or return;
            $log->("(encrypted)\n");
        }
        elsif ($word eq 'EHLO' && $say{tls} && !$client->isa('IO::Socket::SSL')) {
            $reply->('EHLO', "250-fake\r\n250 STARTTLS");
        }
        elsif ($word eq 'EHLO') { $reply->('EHLO', "250-fake\r\n250 AUTH PLAIN") }
        elsif ($word eq 'AUTH') {
            $reply->('334', '334 ');
            $log->(scalar <$client>);
            $reply->('AUTH', '235 welcome');
        }
        else                    { $reply->($word, '250 ok') }
        return if $word eq 'QUIT';
    }
    $log->("(closed)\n");
    return;
}


# A name server: names map to addresses, '' is "no such name", undef is silence.
sub dns {
    my (%names) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1', LocalPort => 0)
        or die "udp: $!";
    return start($socket, sub {
        my ($server) = @_;
        defined $server->recv(my $query, 512) or return;
        my ($at, @labels) = (12);
        while (my $len = ord substr $query, $at, 1) {
            push @labels, substr $query, $at + 1, $len;
            $at += $len + 1;
        }
        my $name = lc join '.', @labels;
        my $type = unpack 'n', substr $query, $at + 1, 2;
        my $question = substr $query, 12, $at + 5 - 12;
        return if exists $names{$name} && !defined $names{$name};
        my $address = $names{$name} // '';
        my $answers = $type == 1 && $address ne '' ? 1 : 0;
        my $flags = $address eq '' ? 0x8183 : 0x8180;
        return $server->send(substr($query, 0, 2) . pack('nnnnn', $flags, 1, $answers, 0, 0) . $question
            . ($answers ? pack('nnnNn', 0xc00c, 1, 1, 1, 4) . pack('C4', split /\./, $address) : ''));
    });
}


END {
    local $?;
    for my $pid (grep { $children{$_} == $$ } keys %children) {
        kill 'TERM', $pid, -$pid;
        waitpid $pid, 0;
    }
}

1;
