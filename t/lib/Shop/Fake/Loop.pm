package Shop::Fake::Loop;

# One process, many connections: readiness by IO::Select, timers, sockets on 127.0.0.1.
#
# The doubles are built on it so that a slow or broken answer to one client keeps nobody else
# waiting, and so that their state needs no lock.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes ();

our $VERSION = 1;

sub new {
    my ($class) = @_;
    return bless {
        readers => IO::Select->new,
        writers => IO::Select->new,
        peers   => {},
        timers  => [],
        running => 1,
    }, $class;
}

# on_accept->($peer) configures a new peer: its on_data, and perhaps on_close.
sub listen_on {
    my ( $self, $port, $on_accept ) = @_;
    my $socket = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $port,
        Proto     => 'tcp',
        Listen    => 128,
        ReuseAddr => 1,
        Blocking  => 0,
    ) or die "cannot listen on 127.0.0.1:$port: $@\n";
    $self->{peers}{ fileno $socket } = { socket => $socket, accept => $on_accept };
    $self->{readers}->add($socket);
    return $socket;
}

sub unlisten {
    my ( $self, $socket ) = @_;
    $self->_forget( $self->{peers}{ fileno $socket } );
    return;
}

sub after {
    my ( $self, $seconds, $code ) = @_;
    my $timer = { at => Time::HiRes::time() + $seconds, code => $code };
    @{ $self->{timers} } = sort { $a->{at} <=> $b->{at} } @{ $self->{timers} }, $timer;
    return $timer;
}

sub write_to {
    my ( $self, $peer, $bytes ) = @_;
    return if $peer->{closed};
    $peer->{out} .= $bytes;
    $self->{writers}->add( $peer->{socket} );
    return;
}

# After what is still to be written.
sub close_later {
    my ( $self, $peer ) = @_;
    $peer->{closing} = 1;
    $self->_forget($peer) if !$peer->{closed} && !length $peer->{out};
    return;
}

sub abort {
    my ( $self, $peer ) = @_;
    return if $peer->{closed};
    setsockopt $peer->{socket}, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0;
    $self->_forget($peer);
    return;
}

sub abort_all {
    my ($self) = @_;
    $self->abort($_) for grep { !$_->{accept} } values %{ $self->{peers} };
    return;
}

sub stop {
    my ($self) = @_;
    $self->{running} = 0;
    return;
}

sub run {
    my ($self) = @_;
    local $SIG{TERM} = sub { $self->stop };
    local $SIG{INT}  = sub { $self->stop };
    local $SIG{PIPE} = 'IGNORE';
    while ( $self->{running} ) {
        my $wait = 1;
        if ( @{ $self->{timers} } ) {
            $wait = $self->{timers}[0]{at} - Time::HiRes::time();
            $wait = $wait < 0 ? 0 : $wait > 1 ? 1 : $wait;
        }
        my ( $readable, $writable ) =
            IO::Select->select( $self->{readers}, $self->{writers}, undef, $wait );
        $self->_read($_)  for @{ $readable || [] };
        $self->_write($_) for @{ $writable || [] };
        $self->_fire;
    }
    return;
}

sub _fire {
    my ($self) = @_;
    my $now = Time::HiRes::time();
    while ( @{ $self->{timers} } && $self->{timers}[0]{at} <= $now ) {
        ( shift @{ $self->{timers} } )->{code}->();
    }
    return;
}

sub _forget {
    my ( $self, $peer ) = @_;
    return if !$peer || $peer->{closed};
    $peer->{closed} = 1;
    $self->{readers}->remove( $peer->{socket} );
    $self->{writers}->remove( $peer->{socket} );
    delete $self->{peers}{ fileno $peer->{socket} };
    close $peer->{socket};
    $peer->{on_close}->($peer) if $peer->{on_close};
    return;
}

sub _read {
    my ( $self, $socket ) = @_;
    my $number = fileno $socket;
    my $peer   = defined $number ? $self->{peers}{$number} : undef;
    return if !$peer;
    if ( $peer->{accept} ) {
        $self->_accept( $socket, $peer->{accept} );
        return;
    }
    my $got = sysread $socket, my $bytes, 65536;
    if ( !defined $got ) {
        $self->_forget($peer) if !$!{EAGAIN} && !$!{EINTR};
        return;
    }
    if ( $got == 0 ) {
        $self->_forget($peer);
        return;
    }
    $peer->{in} .= $bytes;
    $peer->{on_data}->($peer);
    return;
}

sub _accept {
    my ( $self, $listener, $on_accept ) = @_;
    my $socket = $listener->accept or return;
    $socket->blocking(0);
    my $peer = { socket => $socket, in => q{}, out => q{} };
    $self->{peers}{ fileno $socket } = $peer;
    $self->{readers}->add($socket);
    $on_accept->($peer);
    return;
}

sub _write {
    my ( $self, $socket ) = @_;
    my $number = fileno $socket;
    my $peer   = defined $number ? $self->{peers}{$number} : undef;
    return if !$peer;
    my $sent = syswrite $socket, $peer->{out};
    if ( !defined $sent ) {
        $self->_forget($peer) if !$!{EAGAIN} && !$!{EINTR};
        return;
    }
    substr $peer->{out}, 0, $sent, q{};
    if ( !length $peer->{out} ) {
        $self->{writers}->remove($socket);
        $self->_forget($peer) if $peer->{closing};
    }
    return;
}

1;
