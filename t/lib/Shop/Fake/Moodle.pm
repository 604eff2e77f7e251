package Shop::Fake::Moodle;

# A double of Moodle: the REST server with the state, the answers and the errors of a real site,
# faults on demand, and small pages on which a person sees what a purchase has done.
#
# Control: POST /control with a JSON object whose `action` is one of
#   state, calls, reset, fault {kind, times, function, delay}, capability {name, present},
#   keys {keys}, complete {username, course, at}, user {...}, enrol {username, course, dates},
#   course {course, members: visible, shortname, …}.
# Faults: down (for `delay` seconds: breaks all connections, refuses new ones), html503, html502, http403, maintenance,
#   upgrade, dmlwriteexception, accessexception, invalidtoken, nonjson, slow (answers after `delay`),
#   close (before the call is done), lost (after it is done), stuck (nothing is done or said for
#   `delay`), error (errorcode `code`). `times` absent: until another fault.

use strict;
use warnings;

use JSON::PP ();

use Shop::Fake::Loop;
use Shop::Fake::Moodle::Functions;
use Shop::Fake::Moodle::Pages;
use Shop::Fake::Moodle::Params qw(nest refuse);
use Shop::Fake::Moodle::State;
use Shop::Fake::Web;

our $VERSION = 1;

my $json = JSON::PP->new->canonical->utf8->allow_nonref;

sub new {
    my ( $class, %option ) = @_;
    my $self = bless {
        token => $option{token} || 'TOKEN',
        loop  => $option{loop}  || Shop::Fake::Loop->new,
        state => Shop::Fake::Moodle::State->new( $option{seed} ),
        tool  => $option{tool} || {},
        fault => undef,
        calls => {},
        log   => [],
    }, $class;
    $self->{web} = Shop::Fake::Web->new( $self->{loop}, sub { $self->_request( @_[ 1, 2 ] ) } );
    $self->{listener} = $self->{web}->listen_on( $option{port} || 0 );
    $self->{port}     = $self->{listener}->sockport;
    $self->{url}      = "http://127.0.0.1:$self->{port}";
    return $self;
}

sub run {
    my ($self) = @_;
    $self->{loop}->run;
    return;
}

sub _request {
    my ( $self, $peer, $request ) = @_;
    my $path = $request->{path};
    if ( $path eq '/webservice/rest/server.php' ) {
        $self->_rest( $peer, $request );
    }
    elsif ( $path eq '/mod/lti/certs.php' ) {
        $self->{calls}{'mod/lti/certs.php'}++;
        $self->{web}->respond_json( $peer, { keys => $self->{keys} || [] } );
    }
    elsif ( $path eq '/login/token.php' ) {
        $self->_token( $peer, $request );
    }
    elsif ( $path eq '/control' ) {
        $self->_control( $peer, $request );
    }
    else {
        my $html = Shop::Fake::Moodle::Pages::page( $self->{state}, $path, $request, $self->{tool} );
        if ( defined $html ) {
            $self->{web}->respond_html( $peer, $html );
        }
        else {
            $self->{web}->respond( $peer, 404, 'text/plain', "not found\n" );
        }
    }
    return;
}

# --- the REST server ---

sub _rest {
    my ( $self, $peer, $request ) = @_;
    my $type  = $request->{headers}{'content-type'} || q{};
    my @pairs = Shop::Fake::Web::pairs( $request->{query} );
    push @pairs, Shop::Fake::Web::pairs( $request->{body} ) if $type =~ m{^application/x-www-form-urlencoded};
    my %field    = map { $_->[0] => $_->[1] } @pairs;
    my $function = defined $field{wsfunction} ? $field{wsfunction} : q{};

    $self->{calls}{$function}++;
    push @{ $self->{log} }, { function => $function, at => time, body => [ grep { $_->[0] ne 'wstoken' } @pairs ] };
    shift @{ $self->{log} } if @{ $self->{log} } > 1000;
    my $fault = $self->_take_fault($function);
    return $self->_break( $peer, $fault ) if $fault && $self->_breaks_before($fault);

    my $answer = $self->_answer( $function, \%field, \@pairs, $fault );
    my $format = $field{moodlewsrestformat} || q{};
    my $send   = sub {
        return if $peer->{closed};
        if ( $format ne 'json' ) {
            $self->{web}->respond( $peer, 200, 'application/xml; charset=utf-8',
                qq{<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n</RESPONSE>\n} );
            return;
        }
        $self->{web}->respond( $peer, 200, 'application/json', $json->encode($answer), 'Access-Control-Allow-Origin' => q{*} );
    };
    if ( $fault && $fault->{kind} eq 'lost' ) {
        $self->{loop}->abort($peer);
    }
    elsif ( $fault && $fault->{kind} eq 'slow' ) {
        $self->{loop}->after( $fault->{delay} || 1, $send );
    }
    else {
        $send->();
    }
    return;
}

sub _answer {
    my ( $self, $function, $field, $pairs, $fault ) = @_;
    my $answer = eval {
        my %errors = (
            maintenance => [ 'sitemaintenance', 'The site is undergoing maintenance and is currently not available' ],
            upgrade     => [ 'upgraderunning',  'Site is being upgraded, please retry later.' ],
        );
        refuse( $fault->{kind} ) if $fault && $fault->{kind} =~ /^(?:dmlwriteexception|accessexception)$/;
        refuse( $fault->{code} ) if $fault && $fault->{kind} eq 'error';
        refuse( @{ $errors{ $fault->{kind} } } ) if $fault && $errors{ $fault->{kind} };
        my $owner = $self->{tokens}{ $field->{wstoken} || q{} };
        if ( $owner && $function eq 'core_webservice_get_site_info' ) {
            return { userid => $owner, username => $self->{state}{users}{$owner}{username}, functions => [] };
        }
        my $login = ( $field->{wstoken} || q{} ) eq "$self->{token}-LOGIN";
        if ( !$login && ( $field->{wstoken} || q{} ) ne $self->{token} || ( $fault && $fault->{kind} eq 'invalidtoken' ) ) {
            refuse( 'invalidtoken', 'Invalid token - token not found' );
        }
        # the other service, which holds one function
        refuse('accessexception') if $login && $function ne 'auth_userkey_request_login_url';
        refuse('accessexception') if !$self->{state}->can('webservice/rest:use') || !$self->{state}->can($function);
        refuse()                  if $function eq q{};
        Shop::Fake::Moodle::Functions::call( $self, $function,
            nest( grep { $_->[0] !~ /^(?:wstoken|wsfunction|moodlews(?:restformat|setting\w+))$/ } @{$pairs} ) );
    };
    my $error = $@;
    return $answer if !$error;
    return $error if ref $error eq 'HASH';
    warn "fake-moodle: $function: $error";
    return { exception => 'Error', message => "$error" };
}

# A token for who types his password: whatever it is, "wrong" is not. It serves to ask whose it is.
sub _token {
    my ( $self, $peer, $request ) = @_;
    my %field = map { $_->[0] => $_->[1] } Shop::Fake::Web::pairs( $request->{body} );
    my ($user) = grep { $_->{username} eq lc( $field{username} || q{} ) } $self->{state}->users;
    my $fault = $self->_take_fault('login/token.php');
    my $code =
          $fault && $fault->{kind} eq 'error'               ? $fault->{code}
        : !$user || ( $field{password} || 'wrong' ) eq 'wrong' ? 'invalidlogin'
        : ( $field{service} || q{} ) ne 'shop_login'        ? 'servicenotavailable'
        :                                                     undef;
    if ( defined $code ) {
        return $self->{web}->respond_json( $peer, { error => 'x', errorcode => $code, stacktrace => undef } );
    }
    my $token = sprintf 'token-of-%d-%08x', $user->{id}, rand 2**32;
    $self->{tokens}{$token} = $user->{id};
    return $self->{web}->respond_json( $peer, { token => $token, privatetoken => undef } );
}

# --- faults ---

sub _take_fault {
    my ( $self, $function ) = @_;
    my $fault = $self->{fault} or return;
    return if defined $fault->{function} && $fault->{function} ne $function;
    if ( defined $fault->{times} ) {
        return if $fault->{times} <= 0;
        $self->{fault} = undef if --$fault->{times} <= 0;
    }
    return $fault;
}

my %pages = (
    html503 => [ 503, "<!DOCTYPE html>\n<html lang=\"en\"><title>Example Moodle under maintenance</title></html>\n" ],
    html502 => [ 502, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n" ],
    http403 => [ 403, q{} ],
    nonjson => [ 200, "<b>Fatal error</b>: Allowed memory size exhausted\n" ],
);

sub _breaks_before {
    my ( $self, $fault ) = @_;
    return $fault->{kind} =~ /^(?:close|stuck)$/ || $pages{ $fault->{kind} };
}

sub _break {
    my ( $self, $peer, $fault ) = @_;
    if ( $fault->{kind} eq 'close' ) {
        $self->{loop}->abort($peer);
        return;
    }
    if ( $fault->{kind} eq 'stuck' ) {
        $self->{loop}->after( $fault->{delay} || 1, sub { $self->{loop}->abort($peer) } );
        return;
    }
    my ( $status, $body ) = @{ $pages{ $fault->{kind} } };
    $self->{web}->respond( $peer, $status, 'text/html; charset=utf-8', $body );
    return;
}

sub _go_down {
    my ( $self, $seconds ) = @_;
    $self->{loop}->unlisten( $self->{listener} );
    $self->{loop}->abort_all;
    $self->{loop}->after(
        $seconds,
        sub {
            $self->{listener} = $self->{web}->listen_on( $self->{port} );
        }
    );
    return;
}

# --- control ---

sub _control {
    my ( $self, $peer, $request ) = @_;
    my $in = eval { Shop::Fake::Web::body_json($request) };
    return $self->{web}->respond_json( $peer, { error => 'not JSON' }, 400 ) if ref $in ne 'HASH';
    my $what   = delete $in->{action} || 'state';
    my $code   = $self->can("_control_$what") or return $self->{web}->respond_json( $peer, { error => 'unknown' }, 404 );
    my $answer = $self->$code($in);
    $self->{web}->respond_json( $peer, $answer );
    if ( $what eq 'fault' && ( $in->{kind} || q{} ) eq 'down' ) {
        $self->{loop}->after( 0.02, sub { $self->_go_down( $in->{delay} || 1 ) } );
    }
    return;
}

sub _control_reset {
    my ($self) = @_;
    $self->{state}->reset;
    @{$self}{qw(fault calls log)} = ( undef, {}, [] );
    return { ok => JSON::PP::true };
}

# The key set with which this platform signs (LTI 1.3).
sub _control_keys {
    my ( $self, $in ) = @_;
    $self->{keys} = $in->{keys};
    return { ok => JSON::PP::true };
}

sub _control_fault {
    my ( $self, $in ) = @_;
    my $kind = $in->{kind} || 'none';
    $self->{fault} = $kind =~ /^(?:none|down)$/ ? undef : {%{$in}};
    return { ok => JSON::PP::true };
}

sub _control_calls {
    my ($self) = @_;
    return { calls => $self->{calls}, log => $self->{log} };
}

sub _control_capability {
    my ( $self, $in ) = @_;
    if ( $in->{present} ) {
        delete $self->{state}{removed}{ $in->{name} };
    }
    else {
        $self->{state}{removed}{ $in->{name} } = 1;
    }
    return { removed => [ sort keys %{ $self->{state}{removed} } ] };
}

sub _control_complete {
    my ( $self, $in ) = @_;
    my $user   = $self->{state}->user_by( username => $in->{username} )  or return { error => 'no such user' };
    my $course = $self->{state}->course_by( shortname => $in->{course} ) or return { error => 'no such course' };
    $self->{state}{completions}{"$user->{id}/$course->{id}"} = $in->{at} || time;
    return { ok => JSON::PP::true };
}

sub _control_user {
    my ( $self, $in ) = @_;
    return $self->{state}->add_user($in);
}

sub _control_enrol {
    my ( $self, $in ) = @_;
    my $user   = $self->{state}->user_by( username => $in->{username} )  or return { error => 'no such user' };
    my $course = $self->{state}->course_by( shortname => $in->{course} ) or return { error => 'no such course' };
    $self->{state}->enrol( $user->{id}, $course->{id}, { roleid => 5, mail => 0, %{ $in->{dates} || {} } } );
    return { ok => JSON::PP::true };
}

sub _control_course {
    my ( $self, $in ) = @_;
    my $course = $self->{state}->course_by( shortname => $in->{course} ) or return { error => 'no such course' };
    @{$course}{ keys %{ $in->{members} } } = values %{ $in->{members} };
    return { ok => JSON::PP::true };
}

sub _control_state {
    my ($self) = @_;
    my $state = $self->{state};
    my %open;
    for my $course ( grep { $_->{certificate} } $state->courses ) {
        $open{ $course->{shortname} } =
            [ map { $_->{username} } grep { $state->certificate_open( $_->{id}, $course->{id} ) } $state->users ];
    }
    return {
        certificates => \%open,
        map { $_ => $state->{$_} } qw(users courses enrolments groups completions mails removed assignments categories quizzes overrides)
    };
}

1;
