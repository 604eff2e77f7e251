package Shop::Fake::Web;

# A small HTTP/1.1 server on Shop::Fake::Loop: keep-alive, Content-Length bodies, forms, JSON.

use strict;
use warnings;

use JSON::PP ();

our $VERSION = 1;

my $BODY_MAX = 4 * 1024 * 1024;
my $json     = JSON::PP->new->canonical->utf8;

my %reason = (
    200 => 'OK',
    303 => 'See Other',
    400 => 'Bad Request',
    403 => 'Forbidden',
    404 => 'Not Found',
    413 => 'Content Too Large',
    502 => 'Bad Gateway',
    503 => 'Service Unavailable',
);

# handler->($web, $peer, \%request) answers at once or later, with respond().
# A request: method, path, query (raw), headers (lower case names), body.
sub new {
    my ( $class, $loop, $handler ) = @_;
    return bless { loop => $loop, handler => $handler }, $class;
}

sub listen_on {
    my ( $self, $port ) = @_;
    return $self->{loop}->listen_on(
        $port,
        sub {
            my ($peer) = @_;
            $peer->{on_data} = sub { $self->_data($peer) };
        }
    );
}

# One request at a time for each connection; what comes meanwhile waits in the buffer.
sub _data {
    my ( $self, $peer ) = @_;
    return if $peer->{busy};
    my $end = index $peer->{in}, "\r\n\r\n";
    return if $end < 0;
    my ( $first, @lines ) = split /\r\n/, substr $peer->{in}, 0, $end;
    my %headers = map { /^([^:]+):\s*(.*?)\s*$/ ? ( lc $1 => $2 ) : () } @lines;
    my $length  = $headers{'content-length'} || 0;
    if ( $first !~ m{^([A-Z]+) (\S+) HTTP/1\.[01]$} || $length > $BODY_MAX ) {
        $self->respond( $peer, 400, 'text/plain', "bad request\n" );
        $self->{loop}->close_later($peer);
        return;
    }
    my ( $method, $target ) = ( $1, $2 );
    $self->_expect( $peer, \%headers );
    return if length( $peer->{in} ) < $end + 4 + $length;
    my $body = substr $peer->{in}, $end + 4, $length;
    substr $peer->{in}, 0, $end + 4 + $length, q{};
    my ( $path, $query ) = split /[?]/, $target, 2;
    $peer->{busy}  = 1;
    $peer->{close} = lc( $headers{connection} || q{} ) eq 'close';
    $self->{handler}->(
        $self, $peer,
        {
            method  => $method,
            path    => $path,
            query   => defined $query ? $query : q{},
            headers => \%headers,
            body    => $body,
        }
    );
    return;
}

sub _expect {
    my ( $self, $peer, $headers ) = @_;
    if ( ( $headers->{expect} || q{} ) =~ /100-continue/i && !$peer->{continued}++ ) {
        $self->{loop}->write_to( $peer, "HTTP/1.1 100 Continue\r\n\r\n" );
    }
    return;
}

sub respond {
    my ( $self, $peer, $status, $type, $body, %extra ) = @_;
    my @date  = gmtime( time + ( $self->{clock_skew} || 0 ) );
    my $date  = sprintf '%s, %02d %s %d %02d:%02d:%02d GMT', (qw(Sun Mon Tue Wed Thu Fri Sat))[ $date[6] ],
        $date[3], (qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec))[ $date[4] ], $date[5] + 1900,
        @date[ 2, 1, 0 ];
    my $head = "HTTP/1.1 $status " . ( $reason{$status} || 'Status' ) . "\r\nDate: $date\r\n";
    $head .= "Content-Type: $type\r\nContent-Length: " . length($body) . "\r\n";
    $head .= "$_: $extra{$_}\r\n" for sort keys %extra;
    $head .= "Connection: close\r\n" if $peer->{close};
    $self->{loop}->write_to( $peer, "$head\r\n$body" );
    $peer->{busy} = $peer->{continued} = 0;

    if ( $peer->{close} ) {
        $self->{loop}->close_later($peer);
    }
    else {
        $self->{loop}->after( 0, sub { $self->_data($peer) if !$peer->{closed} } );
    }
    return;
}

sub respond_json {
    my ( $self, $peer, $value, $status ) = @_;
    my $text = JSON::PP->new->canonical->utf8->allow_nonref->encode($value);
    $self->respond( $peer, $status || 200, 'application/json', $text );
    return;
}

sub respond_html {
    my ( $self, $peer, $html ) = @_;
    utf8::encode($html) if utf8::is_utf8($html);
    $self->respond( $peer, 200, 'text/html; charset=utf-8', $html );
    return;
}

# [name, value] pairs in order, decoded to characters.
sub pairs {
    my ($text) = @_;
    my @pairs;
    for my $part ( split /&/, $text ) {
        my ( $name, $value ) = map { _decode($_) } split( /=/, $part, 2 ), q{};
        push @pairs, [ $name, $value ] if length $name;
    }
    return @pairs;
}

sub _decode {
    my ($text) = @_;
    $text =~ tr/+/ /;
    $text =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    utf8::decode($text);
    return $text;
}

sub body_json {
    my ($request) = @_;
    return length $request->{body} ? $json->decode( $request->{body} ) : {};
}

sub escape {
    my ($text) = @_;
    return q{} if !defined $text;
    my %entity = ( '&' => '&amp;', '<' => '&lt;', '>' => '&gt;', q{"} => '&quot;', q{'} => '&#39;' );
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

1;
