package Shop::Http;

# A small HTTP/1.1 client for tests: cookies, forms, no redirect followed unless asked, and raw bytes
# when the bytes matter.

use strict;
use warnings;

use Carp qw(croak);
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);


sub new {
    my ($class, %option) = @_;
    return bless {cookies => {}, timeout => 20, headers => {}, %option}, $class;
}


sub get  { my ($self, $path, %o) = @_; return $self->request('GET', $path, %o) }
sub head { my ($self, $path, %o) = @_; return $self->request('HEAD', $path, %o) }


# form: a list of names and values, sent in that order.
sub post {
    my ($self, $path, $form, %o) = @_;
    return $self->request('POST', $path, %o, body => encode($form),
        headers => {'Content-Type' => 'application/x-www-form-urlencoded', %{$o{headers} // {}}});
}


sub encode {
    my ($form) = @_;
    my @pairs = ref $form eq 'HASH' ? map { ($_ => $form->{$_}) } sort keys %{$form} : @{$form // []};
    my @body;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        push @body, escape($name) . '=' . escape($value);
    }
    return join '&', @body;
}


sub escape {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    $text =~ s/([^A-Za-z0-9\-_.~])/sprintf '%%%02X', ord $1/ge;
    return $text;
}


sub request {
    my ($self, $method, $path, %o) = @_;
    my ($host, $port) = $self->{base} =~ m{^http://([^:/]+):(\d+)} or croak "base: $self->{base}";
    if ($path =~ m{^http://([^:/]+):(\d+)(/.*)?$}) {
        ($host, $port, $path) = ($1, $2, $3 // '/');
    }
    $path =~ s/#.*//s;    # a fragment is for the page's script

    my %header = (
        Host       => "$host:$port",
        Connection => 'close',
        %{$self->{headers}},
        %{$o{headers} // {}},
    );
    my $jar = join '; ', map {"$_=$self->{cookies}{$_}"} sort keys %{$self->{cookies}};
    $header{Cookie} //= $jar if $jar ne '';
    if (defined $o{body}) {
        utf8::encode($o{body}) if utf8::is_utf8($o{body});
        $header{'Content-Length'} //= length $o{body};
    }

    my $message = join "\r\n", "$method $path HTTP/1.1",
        (map {"$_: $header{$_}"} grep { defined $header{$_} } sort keys %header), '', '';
    my $answer = $self->raw($message . ($o{body} // ''), host => $host, port => $port,
        head => $method eq 'HEAD');

    for my $cookie (@{$answer->{set_cookie}}) {
        my ($name, $value) = $cookie =~ /^([^=]+)=([^;]*)/;
        if   ($cookie =~ /Max-Age=0/) { delete $self->{cookies}{$name} }
        else                          { $self->{cookies}{$name} = $value }
    }

    if ($o{follow} && $answer->{status} =~ /^30[123]$/) {
        return $self->get($answer->{headers}{location}, follow => $o{follow} - 1);
    }
    return $answer;
}


# Sends the bytes as they are and reads until the server closes.
sub raw {
    my ($self, $bytes, %o) = @_;
    my ($host, $port) = ($o{host}, $o{port});
    ($host, $port) = $self->{base} =~ m{^http://([^:/]+):(\d+)} if !defined $host;

    my $started = time;
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port,
        Timeout => $self->{timeout}) or return {status => 0, headers => {}, body => '', error => "$!"};
    local $SIG{PIPE} = 'IGNORE';
    my $sent = 0;
    while ($sent < length $bytes) {
        my $n = syswrite $socket, $bytes, length($bytes) - $sent, $sent;
        last if !defined $n;
        $sent += $n;
    }

    my $data   = '';
    my $select = IO::Select->new($socket);
    my $end    = time + $self->{timeout};
    while ((my $left = $end - time) > 0) {
        $select->can_read($left) or last;
        my $n = sysread $socket, $data, 65536, length $data;
        last if !$n;
    }
    close $socket;

    my $answer = parse($data, $o{head});
    $answer->{elapsed} = time - $started;
    return $answer;
}


sub parse {
    my ($data, $head) = @_;
    my ($top, $body) = split /\r\n\r\n/, $data, 2;
    my %answer = (status => 0, headers => {}, set_cookie => [], body => '', raw => $data);
    return \%answer if !defined $top || $top !~ m{^HTTP/1\.[01] (\d+)};
    $answer{status} = $1;

    for my $line ((split /\r\n/, $top)[1 .. 200]) {
        last if !defined $line;
        my ($name, $value) = $line =~ /^([^:]+):\s*(.*)$/ or next;
        $name = lc $name;
        push @{$answer{set_cookie}}, $value if $name eq 'set-cookie';
        $answer{headers}{$name} = exists $answer{headers}{$name} && $name ne 'set-cookie'
            ? "$answer{headers}{$name}, $value" : $value;
    }

    $answer{body} = $body // '';
    $answer{body} = dechunk($answer{body}) if lc($answer{headers}{'transfer-encoding'} // '') eq 'chunked';
    return \%answer;
}


sub dechunk {
    my ($data) = @_;
    my $body = '';
    while ($data =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n//) {
        my $size = hex $1;
        last if $size == 0;
        $body .= substr $data, 0, $size, '';
        $data =~ s/^\r\n//;
    }
    return $body;
}


# The value of a hidden field, as a browser would send it back.
sub field {
    my ($answer, $name) = @_;
    my ($tag) = $answer->{body} =~ /(<input[^>]*\bname="\Q$name\E"[^>]*>)/;
    return if !defined $tag;
    my ($value) = $tag =~ /\bvalue="([^"]*)"/;
    $value //= '';
    $value =~ s/&quot;/"/g;
    $value =~ s/&#0*39;/'/g;
    $value =~ s/&lt;/</g;
    $value =~ s/&gt;/>/g;
    $value =~ s/&amp;/&/g;
    return $value;
}

1;
