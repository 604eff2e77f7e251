package Shop::Fake::Smtp;

# A mail sink: ESMTP that takes every message and keeps it, with faults on demand, and a small web
# mail box that shows what was sent.
#
# Web: / list, /mail/N one message, /mail/N/html its HTML part alone (shown in a sandboxed frame),
#   /mail/N/raw, /messages.json. Control: POST /control with a JSON object whose `action` is reset or
#   fault {kind, times, delay, at}.
# Faults: tempfail (4xx), reject (5xx), slow (answers after `delay` seconds), close; `at` is the
# command it strikes (MAIL, RCPT, DATA, GREETING, "." after the message), MAIL when absent.

use strict;
use warnings;

use Encode ();
use JSON::PP ();
use MIME::Base64 ();
use MIME::QuotedPrint ();

use Shop::Fake::Loop;
use Shop::Fake::Smtp::Pages;
use Shop::Fake::Web;

our $VERSION = 1;

my $SIZE_MAX = 10 * 1024 * 1024;

sub new {
    my ( $class, %option ) = @_;
    my $self = bless {
        loop  => $option{loop} || Shop::Fake::Loop->new,
        auth  => $option{auth},    # "user:password", or undef
        mails => [],
        fault => undef,
        count => 0,
    }, $class;
    my $listener = $self->{loop}->listen_on( $option{port} || 0, sub { $self->_greet( $_[0] ) } );
    $self->{port} = $listener->sockport;
    $self->{web}  = Shop::Fake::Web->new( $self->{loop}, sub { $self->_request( @_[ 1, 2 ] ) } );
    $self->{web_port} = $self->{web}->listen_on( $option{web_port} || 0 )->sockport;
    $self->{url}      = "http://127.0.0.1:$self->{web_port}";
    return $self;
}

sub run {
    my ($self) = @_;
    $self->{loop}->run;
    return;
}

# --- SMTP ---

sub _greet {
    my ( $self, $peer ) = @_;
    $peer->{on_data} = sub { $self->_data($peer) };
    $peer->{smtp}    = {};
    $self->_say( $peer, 'GREETING', '220 mail sink ready' );
    return;
}

# `answer`, unless a fault strikes this command.
sub _say {
    my ( $self, $peer, $command, $answer ) = @_;
    my $fault = $self->_take_fault($command);
    my $kind  = $fault ? $fault->{kind} : q{};
    if ( $kind eq 'close' ) {
        $self->{loop}->abort($peer);
        return 0;
    }
    if ( $kind eq 'slow' ) {
        $self->{loop}->after( $fault->{delay} || 1, sub { $self->{loop}->write_to( $peer, "$answer\r\n" ) } );
        return 1;
    }
    my %refusal = ( tempfail => '451 4.3.0 try again later', reject => '550 5.1.1 no such mailbox' );
    $self->{loop}->write_to( $peer, ( $refusal{$kind} || $answer ) . "\r\n" );
    return !$refusal{$kind};
}

sub _take_fault {
    my ( $self, $command ) = @_;
    my $fault = $self->{fault} or return;
    return if ( $fault->{at} || 'MAIL' ) ne $command;
    if ( defined $fault->{times} ) {
        return if $fault->{times} <= 0;
        $fault->{times}--;
    }
    return $fault;
}

sub _data {
    my ( $self, $peer ) = @_;
    while ( !$peer->{closed} ) {
        if ( $peer->{smtp}{in_message} ) {
            last if !$self->_message($peer);
        }
        elsif ( $peer->{in} =~ s/^([^\n]*?)\r?\n// ) {
            $self->_command( $peer, $1 );
        }
        else {
            last;
        }
    }
    return;
}

sub _message {
    my ( $self, $peer ) = @_;
    my $end = index "\r\n$peer->{in}", "\r\n.\r\n";
    return 0 if $end < 0;
    my $message = substr $peer->{in}, 0, $end;
    substr $peer->{in}, 0, $end + 3, q{};
    $message =~ s/^[.]//mg;
    $peer->{smtp}{in_message} = 0;
    if ( $self->_say( $peer, q{.}, '250 2.0.0 kept' ) ) {
        $self->_keep( $peer->{smtp}, $message );
    }
    delete @{ $peer->{smtp} }{qw(from to)};
    return 1;
}

sub _command {
    my ( $self, $peer, $line ) = @_;
    my ($verb) = map { uc } $line =~ /^(\w+)/;
    my $code = defined $verb ? $self->can("_on_$verb") : undef;
    if ($code) {
        $self->$code( $peer, $line );
    }
    else {
        $self->{loop}->write_to( $peer, "502 5.5.1 unknown command\r\n" );
    }
    return;
}

sub _on_EHLO {
    my ( $self, $peer ) = @_;
    my @lines = ( 'mail sink', "SIZE $SIZE_MAX", '8BITMIME', 'PIPELINING', $self->{auth} ? 'AUTH PLAIN' : () );
    my $last = pop @lines;
    $self->{loop}->write_to( $peer, join( q{}, map { "250-$_\r\n" } @lines ) . "250 $last\r\n" );
    return;
}

sub _on_HELO { $_[0]->{loop}->write_to( $_[1], "250 mail sink\r\n" ); return }
sub _on_NOOP { $_[0]->{loop}->write_to( $_[1], "250 2.0.0 ok\r\n" );  return }

sub _on_RSET {
    my ( $self, $peer ) = @_;
    delete @{ $peer->{smtp} }{qw(from to)};
    $self->{loop}->write_to( $peer, "250 2.0.0 ok\r\n" );
    return;
}

sub _on_QUIT {
    my ( $self, $peer ) = @_;
    $self->{loop}->write_to( $peer, "221 2.0.0 bye\r\n" );
    $self->{loop}->close_later($peer);
    return;
}

sub _on_AUTH {
    my ( $self, $peer, $line ) = @_;
    my ($proof) = $line =~ /^AUTH\s+PLAIN\s+(\S+)/i;
    my ( undef, $user, $password ) = split /\0/, MIME::Base64::decode_base64( $proof || q{} );
    my $good = defined $password && $self->{auth} && "$user:$password" eq $self->{auth};
    $peer->{smtp}{authenticated} = $good;
    $self->{loop}->write_to( $peer, $good ? "235 2.7.0 ok\r\n" : "535 5.7.8 wrong\r\n" );
    return;
}

sub _on_MAIL {
    my ( $self, $peer, $line ) = @_;
    if ( $self->{auth} && !$peer->{smtp}{authenticated} ) {
        $self->{loop}->write_to( $peer, "530 5.7.0 authentication required\r\n" );
        return;
    }
    my ($from) = $line =~ /^MAIL FROM:\s*<([^>]*)>/i;
    my $answer = defined $from ? '250 2.1.0 ok' : '501 5.5.4 syntax';
    if ( $self->_say( $peer, 'MAIL', $answer ) && defined $from ) {
        @{ $peer->{smtp} }{qw(from to)} = ( $from, [] );
    }
    return;
}

sub _on_RCPT {
    my ( $self, $peer, $line ) = @_;
    my ($to) = $line =~ /^RCPT TO:\s*<([^>]+)>/i;
    my $good = defined $to && defined $peer->{smtp}{from};
    if ( $self->_say( $peer, 'RCPT', $good ? '250 2.1.5 ok' : '503 5.5.1 not now' ) && $good ) {
        push @{ $peer->{smtp}{to} }, $to;
    }
    return;
}

sub _on_DATA {
    my ( $self, $peer ) = @_;
    my $good = @{ $peer->{smtp}{to} || [] };
    if ( $self->_say( $peer, 'DATA', $good ? '354 go on' : '503 5.5.1 no recipient' ) && $good ) {
        $peer->{smtp}{in_message} = 1;
    }
    return;
}

# --- messages ---

sub _keep {
    my ( $self, $envelope, $raw ) = @_;
    my $part = parse_part($raw);
    my %mail = (
        id      => ++$self->{count},
        at      => time,
        sender  => $envelope->{from},
        to      => [ @{ $envelope->{to} } ],
        raw     => $raw,
        headers => $part->{headers},
        subject => $part->{headers}{subject} || q{},
        text    => q{},
        html    => q{},
    );
    collect( $part, \%mail );
    push @{ $self->{mails} }, \%mail;
    return;
}

sub decode_words {
    my ($text) = @_;
    return Encode::decode( 'MIME-Header', $text );
}

sub parse_part {
    my ($raw) = @_;
    my ( $head, $body ) = split /\r?\n\r?\n/, $raw, 2;
    $head =~ s/\r?\n[ \t]+/ /g;
    my %headers;
    for my $line ( split /\r?\n/, $head ) {
        my ( $name, $value ) = $line =~ /^([^:\s]+):\s*(.*)$/ or next;
        $headers{ lc $name } = decode_words($value);
    }
    my $coding = lc( $headers{'content-transfer-encoding'} || q{} );
    $body = q{}                                  if !defined $body;
    $body = MIME::QuotedPrint::decode_qp($body)  if $coding eq 'quoted-printable';
    $body = MIME::Base64::decode_base64($body)   if $coding eq 'base64';
    return { headers => \%headers, body => $body };
}

sub collect {
    my ( $part, $mail ) = @_;
    my $type = $part->{headers}{'content-type'} || 'text/plain';
    if ( $type =~ m{^multipart/}i && $type =~ /boundary="?([^";]+)"?/i ) {
        my @parts = split /(?:^|\r?\n)--\Q$1\E(?:--)?[ \t]*\r?\n?/, $part->{body};
        collect( parse_part($_), $mail ) for grep { /\S/ } @parts[ 1 .. $#parts ];
    }
    elsif ( $type =~ m{^text/(html|plain)}i ) {
        my $which = lc $1 eq 'html' ? 'html' : 'text';
        $mail->{$which} ||= Encode::decode( 'UTF-8', $part->{body} );
    }
    return;
}

# --- the web mail box ---

sub _request {
    my ( $self, $peer, $request ) = @_;
    my $path = $request->{path};
    if ( $path eq '/messages.json' ) {
        return $self->{web}->respond_json( $peer, $self->{mails} );
    }
    if ( $path eq '/control' ) {
        return $self->_control( $peer, $request );
    }
    if ( $path eq q{/} ) {
        return $self->{web}->respond_html( $peer, Shop::Fake::Smtp::Pages::list( $self->{mails}, $request ) );
    }
    my ( $id, $form ) = $path =~ m{^/mail/(\d+)(?:/(html|raw))?$};
    my ($mail) = grep { defined $id && $_->{id} == $id } @{ $self->{mails} };
    return $self->{web}->respond( $peer, 404, 'text/plain', "not found\n" ) if !$mail;
    if ( !$form ) {
        return $self->{web}->respond_html( $peer, Shop::Fake::Smtp::Pages::mail( $mail, $request ) );
    }
    return $self->{web}->respond( $peer, 200, 'text/plain', $mail->{raw} ) if $form eq 'raw';
    $self->{web}->respond_html( $peer, Shop::Fake::Smtp::Pages::html_part($mail) );
    return;
}

sub _control {
    my ( $self, $peer, $request ) = @_;
    my $in     = eval { Shop::Fake::Web::body_json($request) } || {};
    my $action = $in->{action} || q{};
    if ( $action eq 'reset' ) {
        @{$self}{qw(mails fault count)} = ( [], undef, 0 );
    }
    elsif ( $action eq 'fault' ) {
        $self->{fault} = ( $in->{kind} || 'none' ) eq 'none' ? undef : { %{$in} };
    }
    else {
        return $self->{web}->respond_json( $peer, { error => 'unknown action' }, 400 );
    }
    return $self->{web}->respond_json( $peer, { ok => JSON::PP::true } );
}

1;
