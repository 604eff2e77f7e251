package Shop::Fake::Provisioner;

# A double of the service that makes whole Moodle sites (handlers.md 9.15): it checks the signature of each
# request, and a site is there as soon as it is asked for.
#
# Control: POST /control with {action: state}, {action: fault, status, times} (answered instead of the next
# requests) or {action: taken, host}.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);

use Shop::Fake::Loop;
use Shop::Fake::Web;

our $VERSION = 1;

sub new {
    my ( $class, %option ) = @_;
    my $self = bless {
        secret => $option{secret},
        loop   => Shop::Fake::Loop->new,
        sites  => {},
        taken  => {},
        fault  => undef,
        unsigned => 0,
    }, $class;
    $self->{web} = Shop::Fake::Web->new( $self->{loop}, sub { $self->_request( @_[ 1, 2 ] ) } );
    $self->{port} = $self->{web}->listen_on( $option{port} || 0 )->sockport;
    return $self;
}

sub run {
    my ($self) = @_;
    $self->{loop}->run;
    return;
}

sub _request {
    my ( $self, $peer, $request ) = @_;
    my ( $status, $answer ) = $request->{path} eq '/control' ? $self->_control($request) : $self->_answer($request);
    $self->{web}->respond_json( $peer, $answer, $status );
    return;
}

sub _control {
    my ( $self, $request ) = @_;
    my $command = Shop::Fake::Web::body_json($request);
    my $action  = $command->{action} || 'state';
    $self->{fault} = $command if $action eq 'fault';
    $self->{taken}{ $command->{host} } = 1 if $action eq 'taken';
    return ( 200, { sites => $self->{sites}, unsigned => $self->{unsigned} } );
}

sub _signed {
    my ( $self, $request ) = @_;
    my ( $at, $mac ) = ( $request->{headers}{'x-shop-signature'} || q{} ) =~ /^t=(\d+),v1=([0-9a-f]{64})$/ or return 0;
    my $text = join q{.}, $at, @{$request}{qw(method path body)};
    return abs( $at - time ) < 300 && $mac eq hmac_sha256_hex( $text, $self->{secret} );
}

sub _answer {
    my ( $self, $request ) = @_;
    if ( !$self->_signed($request) ) {
        $self->{unsigned}++;
        return ( 401, {} );
    }
    if ( $self->{fault} && $self->{fault}{times}-- > 0 ) {
        return ( $self->{fault}{status}, {} );
    }
    my ( $reference, $verb ) = $request->{path} =~ m{^/instances/([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})(?:/(suspend|resume))?$} or return ( 404, {} );
    return $self->_make( $reference, Shop::Fake::Web::body_json($request) ) if $request->{method} eq 'PUT';
    my $site = $self->{sites}{$reference} or return ( 404, {} );
    my %state = ( GET => 'ready', DELETE => 'deleted' );
    $site->{state} = $verb ? ( $verb eq 'suspend' ? 'suspended' : 'ready' ) : $state{ $request->{method} };
    return ( 200, { state => $site->{state}, url => "https://$site->{host}.$site->{domain}" } );
}

sub _make {
    my ( $self, $reference, $wanted ) = @_;
    return ( 409, {} ) if $self->{taken}{ $wanted->{host} };
    $self->{sites}{$reference} ||= { %{$wanted}, state => 'creating' };
    $self->{sites}{$reference}{puts}++;
    return ( 202, { state => 'creating' } );
}

1;
