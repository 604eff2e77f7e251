package Shop::Fake::Providers::Axepta;

# Axepta (Computop Paygate): the encrypted form, the notification, the inquiry and the refund.
# payments.md 6. Blowfish comes from the openssl command.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);
use Exporter qw(import);
use IPC::Open2 qw(open2);

use Shop::Fake::Vads::Form qw(decode encode);
use Shop::Fake::Vads::Message qw(token);

our @EXPORT_OK = qw(mac notification seal);

our $BLOWFISH = 'Tc5*2D_xs7B[6E?w';
our $HMAC     = '4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8';

my %STATUS = (paid => 'AUTHORIZED', refused => 'FAILED', cancelled => 'FAILED', pending => 'PENDING', unheard => 'DREAMT');
my %CODE   = (paid => '00000000', refused => '22890305', cancelled => '22890703', pending => '00000000', unheard => '00000000');

sub new {
    my ($class, %option) = @_;
    return bless {
        merchant => $option{axepta_merchant} // 'BNP_DEMO_AXEPTA', blowfish => $option{axepta_blowfish} // $BLOWFISH,
        hmac => $option{axepta_hmac} // $HMAC,
    }, $class;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return ('POST /paymentPage.aspx' => 'form', 'POST /inquire.aspx' => 'api_inquire', 'POST /credit.aspx' => 'api_refund');
}

sub _blowfish {
    my ($direction, $key, $bytes) = @_;
    my $pid = open2(my $from, my $to, 'openssl', 'enc', $direction, '-bf-ecb', '-K', unpack('H*', $key), '-nopad',
        '-provider', 'legacy', '-provider', 'default');
    binmode $_ for $from, $to;
    print {$to} $bytes;
    close $to;
    local $/ = undef;
    my $made = <$from>;
    waitpid $pid, 0;
    return $made;
}

sub mac { my ($key, @parts) = @_; return hmac_sha256_hex(join('*', map { $_ // '' } @parts), $key) }

# Pairs in their order to (Len, Data).
sub seal {
    my ($key, @pairs) = @_;
    my @texts;
    while (my ($name, $value) = splice @pairs, 0, 2) { push @texts, "$name=$value" if length($value // '') }
    my $plain = join '&', @texts;
    return (Len => length $plain, Data => unpack 'H*', _blowfish('-e', $key, $plain . "\0" x (-length($plain) % 8)));
}

sub _open {
    my ($self, $body) = @_;
    my %form = map { @{$_} } @{decode($body)};
    my $plain = substr _blowfish('-d', $self->{blowfish}, pack 'H*', $form{Data} // ''), 0, $form{Len} // 0;
    return map { my ($n, $v) = split /=/, $_, 2; ($n, $v // '') } split /&/, $plain;
}

# What is told about a payment: keys of `wish` are status, payid, reference, merchant, hmac, blowfish.
sub notification {
    my (%wish) = @_;
    my ($status, $code) = ($STATUS{$wish{status}}, $CODE{$wish{status}});
    return {seal($wish{blowfish}, mid => $wish{merchant}, PayID => $wish{payid}, XID => $wish{payid}, TransID => $wish{reference},
        Status => $status, Code => $code, Description => 'text', CCBrand => 'VISA', PCNr => '0411111111111111',
        MAC => uc mac($wish{hmac}, $wish{payid}, $wish{reference}, $wish{merchant}, $status, $code))};
}

sub form {
    my ($self, $server, $request, $reply) = @_;
    my %outer = map { @{$_} } @{decode($request->{body})};
    my %field = $self->_open($request->{body});
    my $bad   = sub { $reply->(200, undef, Shop::Fake::Providers::html('Error', "<p>$_[0]</p>")) };
    return $bad->('MerchantID') if ($outer{MerchantID} // '') ne $self->{merchant} || ($field{MerchantID} // '') ne $self->{merchant};
    return $bad->('MAC') if ($field{MAC} // '') ne mac($self->{hmac}, '', @field{qw(TransID MerchantID Amount Currency)});
    for my $name (qw(MsgVer RefNr URLNotify URLSuccess URLFailure OrderDesc)) {
        return $bad->($name) if !length($field{$name} // '');
    }
    return $bad->('RefNr') if $field{RefNr} !~ /\A[0-9A-Z]{12}\z/;
    return $bad->('Response') if ($field{Response} // '') ne 'encrypt';
    return $bad->('TransID was used') if $server->payment(sub { ($_[0]{reference} // '') eq $field{TransID} });
    return $server->show($server->open_session(provider => $self, field => \%field, reference => $field{TransID},
        order => $field{TransID} =~ s/A\d+\z//r, amount => $field{Amount}, currency => $field{Currency}, payid => token(16)), $reply);
}

# The same words for every repetition.
sub _notification {
    my ($self, $payment) = @_;
    return $payment->{told}{$payment->{status}} //= encode(notification(%{$self}, status => $payment->{status},
        payid => $payment->{payid}, reference => $payment->{reference}));
}

sub notice {
    my ($self, $payment) = @_;
    return ($payment->{field}{URLNotify}, $self->_notification($payment));
}

sub send_back {
    my ($self, $payment, $reply) = @_;
    my %address = (paid => 'URLSuccess', pending => 'URLSuccess', cancelled => 'URLBack');
    my $url = $payment->{field}{$address{$payment->{status}} // 'URLFailure'};
    return $reply->(302, {Location => "$url?" . $self->_notification($payment)}, '');
}

sub api_inquire {
    my ($self, $server, $request, $reply) = @_;
    my %asked   = $self->_open($request->{body});
    my $payment = $server->payment(sub { ($_[0]{reference} // '') eq ($asked{TransID} // '')
        && (!$asked{PayID} || $_[0]{payid} eq $asked{PayID}) });
    my $answer  = sub { $reply->(200, {'Content-Type' => 'text/plain'}, encode({seal($self->{blowfish}, @_)})) };
    return $answer->(mid => $self->{merchant}, PayID => '0' x 32, TransID => $asked{TransID}, Status => 'FAILED', Code => '20600010')
        if !$payment || $payment->{status} eq 'open';
    my $status = $payment->{status};
    return $answer->(mid => $self->{merchant}, PayID => $payment->{payid}, XID => $payment->{payid}, TransID => $payment->{reference},
        Status => 'OK', Code => $CODE{$status}, LastStatus => $STATUS{$status}, Description => 'text',
        AmountAuth => $status eq 'paid' ? $payment->{amount} : 0, AmountCap => $status eq 'paid' ? $payment->{amount} : 0,
        AmountCred => $payment->{refunded} // 0, Currency => $payment->{currency});
}

# A repetition, known by its number, is told what became of the first.
sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    my %asked   = $self->_open($request->{body});
    my $payment = $server->payment(sub { ($_[0]{payid} // '') eq ($asked{PayID} // '') });
    my $answer  = sub { $reply->(200, {'Content-Type' => 'text/plain'},
        encode({seal($self->{blowfish}, mid => $self->{merchant}, PayID => $asked{PayID}, TransID => $asked{TransID}, @_)})) };
    return $answer->(Status => 'FAILED', Code => '20600040')
        if !$payment || $asked{MAC} ne mac($self->{hmac}, @asked{qw(PayID TransID MerchantID Amount Currency)});
    my $done = $payment->{credits}{$asked{ReqId} // ''};
    my $sum  = ($payment->{refunded} // 0) + $asked{Amount};
    return $answer->(Status => 'FAILED', Code => '21500068')
        if !$done && $sum > $payment->{amount} || $server->{behaviour}{refund} eq 'refuse';
    if (!$done) {
        $done = $payment->{credits}{$asked{ReqId} // ''} = token(16);
        $payment->{refunded} = $sum;
    }
    return $answer->(XID => $done, Status => 'OK', Code => '00000000');
}

1;
