package Shop::Fake::Vads::Loop;

# One select loop: an HTTP server, HTTP posts to others, timers. A handler gets (request, reply) and
# may call reply->(status, headers, body) at once or later, so slow notifications block nobody.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

my $BODY_MAX = 1 << 20;

sub new {
    my ($class, %opt) = @_;
    return bless {
        listener => $opt{listener},
        handler  => $opt{handler},
        conns    => {},
        timers   => [],
        running  => 0,
    }, $class;
}

sub listen_on {
    my ($class, $host, $port) = @_;
    return IO::Socket::INET->new(
        LocalAddr => $host,
        LocalPort => $port,
        Listen    => 256,
        ReuseAddr => 1,
        Blocking  => 0,
    ) // die "cannot listen on $host:$port: $!\n";
}

# Calls back after so many seconds.
sub after {
    my ($self, $seconds, $callback) = @_;
    push @{ $self->{timers} }, { at => time() + $seconds, callback => $callback };
    return;
}

sub stop { $_[0]{running} = 0; return }

sub run {
    my ($self) = @_;
    local $SIG{PIPE} = 'IGNORE';
    $self->{running} = 1;
    $self->_turn while $self->{running};
    return;
}

sub _turn {
    my ($self) = @_;
    my $read  = IO::Select->new($self->{listener});
    my $write = IO::Select->new;
    for my $conn (values %{ $self->{conns} }) {
        $read->add($conn->{socket});
        $write->add($conn->{socket}) if length $conn->{out};
    }

    my ($next) = sort { $a <=> $b } map { $_->{at} } @{ $self->{timers} };
    my $wait = defined $next ? $next - time() : 1;
    $wait = 0 if $wait < 0;
    $wait = 1 if $wait > 1;

    my ($readable, $writable) = IO::Select->select($read, $write, undef, $wait);
    $self->_flush($_) for grep { $_ } map { $self->{conns}{ fileno $_ } } @{ $writable // [] };
    for my $socket (@{ $readable // [] }) {
        if ($socket == $self->{listener}) { $self->_accept; next }
        my $fd = fileno $socket;
        my $conn = defined $fd ? $self->{conns}{$fd} : undef;
        $self->_read($conn) if $conn;
    }
    $self->_fire;
    return;
}

sub _fire {
    my ($self) = @_;
    my $now = time();
    my @due = sort { $a->{at} <=> $b->{at} } grep { $_->{at} <= $now } @{ $self->{timers} };
    $self->{timers} = [grep { $_->{at} > $now } @{ $self->{timers} }];
    $_->{callback}->() for @due;
    return;
}

sub _accept {
    my ($self) = @_;
    while (my $socket = $self->{listener}->accept) {
        $socket->blocking(0);
        $self->{conns}{ fileno $socket } = { socket => $socket, in => '', out => '', role => 'server' };
    }
    return;
}

sub _flush {
    my ($self, $conn) = @_;
    my $sent = syswrite $conn->{socket}, $conn->{out};
    if (!defined $sent) {
        return if $!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR};
        return $self->_close($conn, "send: $!");
    }
    substr $conn->{out}, 0, $sent, '';
    $self->_close($conn, '') if $conn->{role} eq 'server' && $conn->{answered} && !length $conn->{out};
    return;
}

sub _read {
    my ($self, $conn) = @_;
    my $got = sysread $conn->{socket}, $conn->{in}, 65536, length $conn->{in};
    return if !defined $got && ($!{EAGAIN} || $!{EWOULDBLOCK} || $!{EINTR});
    my $message = _message($conn->{in}, $conn->{role} eq 'client' && !$got);
    if (!$message) {
        return $self->_close($conn, defined $got ? 'closed' : "read: $!") if !$got;
        return $self->_close($conn, 'too large') if length $conn->{in} > $BODY_MAX;
        return;
    }
    return $conn->{role} eq 'server' ? $self->_serve($conn, $message) : $self->_finish($conn, $message);
}

# { start, headers, body } once complete; at the end of the stream a body without length is complete.
sub _message {
    my ($bytes, $ended) = @_;
    my ($head, $body) = split /\r\n\r\n/, $bytes, 2;
    return if !defined $body;
    my ($start, @lines) = split /\r\n/, $head;
    my %headers = map { /\A([^:]+):\s*(.*?)\s*\z/ ? (lc $1, $2) : () } @lines;
    my $length = $headers{'content-length'};
    $length //= $start =~ /\AHTTP/ ? ($start =~ m{\AHTTP/\S+ (?:204|304)} || $ended ? length $body : undef) : 0;
    return if !defined $length || length $body < $length;
    return { start => $start, headers => \%headers, body => substr $body, 0, $length };
}

sub _serve {
    my ($self, $conn, $message) = @_;
    return if $conn->{served}++;
    my ($method, $target) = split / /, $message->{start};
    my ($path, $query) = split /\?/, $target // '/', 2;
    my $request = { %$message, method => $method, path => $path, query => $query // '' };
    my $fd = fileno $conn->{socket};
    my $reply = sub {
        my ($status, $headers, $body) = @_;
        return if $conn->{answered}++ || $conn->{closed};
        my %all = ('Content-Type' => 'text/html; charset=utf-8', %{ $headers // {} },
            'Content-Length' => length($body // ''), 'Connection' => 'close');
        $conn->{out} = "HTTP/1.1 $status Answer\r\n"
            . join('', map { "$_: $all{$_}\r\n" } sort keys %all) . "\r\n" . ($body // '');
        $self->_flush($conn);
    };
    if (!eval { $self->{handler}->($request, $reply); 1 }) {
        warn "fake vads: $@";
        $reply->(500, { 'Content-Type' => 'text/plain' }, "error of the double: $@");
    }
    return;
}

# Posts a form, or what the headers say; callback->({ status => 0 or code, body, error }).
sub post {
    my ($self, $url, $body, $timeout, $callback, $headers) = @_;
    my %headers = ('Content-Type' => 'application/x-www-form-urlencoded; charset=UTF-8', %{ $headers // {} });
    my ($host, $port, $path) = $url =~ m{\Ahttp://([^/:]+)(?::(\d+))?(/.*)?\z}
        or return $self->after(0, sub { $callback->({ status => 0, body => '', error => "bad URL $url" }) });
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port // 80, Timeout => 2);
    return $self->after(0, sub { $callback->({ status => 0, body => '', error => "connect: $!" }) }) if !$socket;
    $socket->blocking(0);
    my $conn = {
        socket => $socket, in => '', role => 'client', callback => $callback,
        out => "POST " . ($path // '/') . " HTTP/1.1\r\nHost: $host" . ($port ? ":$port" : '')
            . "\r\n" . join('', map { "$_: $headers{$_}\r\n" } sort keys %headers) . 'Content-Length: '
            . length($body) . "\r\nUser-Agent: Fake-bank\r\nConnection: close\r\n\r\n$body",
    };
    $self->{conns}{ fileno $socket } = $conn;
    $self->after($timeout, sub { $self->_close($conn, 'timeout') });
    return;
}

sub _finish {
    my ($self, $conn, $message) = @_;
    my ($status) = $message->{start} =~ m{\AHTTP/\S+ (\d+)};
    $conn->{result} = { status => ($status // 0) + 0, body => $message->{body}, error => '' };
    return $self->_close($conn, '');
}

sub _close {
    my ($self, $conn, $why) = @_;
    return if $conn->{closed}++;
    delete $self->{conns}{ fileno $conn->{socket} };
    close $conn->{socket};
    $conn->{callback}->($conn->{result} // { status => 0, body => '', error => $why }) if $conn->{callback};
    return;
}

1;
