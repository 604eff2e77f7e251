package Shop::Fake::Providers::Sips;

# Sips 2.0 (Mercanet, Sogenactif): the sealed form, the automatic and the manual response,
# getTransactionData, and refunds. payments.md 5.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex sha256_hex);
use Exporter qw(import);
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX qw(strftime);

use Shop::Fake::Vads::Form qw(decode encode);

our @EXPORT_OK = qw(response seal);

my %CODE = (paid => '00', refused => '05', cancelled => '17', pending => '60', error => '99');
my %STATUS = (paid => 'TO_CAPTURE', refused => 'REFUSED', cancelled => 'CANCELLED', pending => 'PENDING',
    refunded => 'CREDITED', error => 'TO_REPLAY');

sub new {
    my ($class, %option) = @_;
    return bless {
        merchant => $option{sips_merchant} // '002001000000001',
        key      => $option{sips_key} // '002001000000001_KEY1',
    }, $class;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return (
        'POST /paymentInit' => 'form',
        'POST /rs-services/v2/diagnostic/getTransactionData' => 'api_transaction',
        'POST /rs-services/v2/cashManagement/(?:refund|cancel)' => 'api_refund',
    );
}

sub seal {
    my ($data, $key, $algorithm) = @_;
    return ($algorithm // '') eq 'SHA-256' ? sha256_hex($data . $key) : hmac_sha256_hex($data, $key);
}

# The fields of a response, sealed: what the platform posts to both addresses.
sub response {
    my ($fields, $key, %option) = @_;
    my $data = join '|', map { "$_=$fields->{$_}" } grep { defined $fields->{$_} } sort keys %{$fields};
    my $encode = $option{encode} // '';
    if ($encode) { $data = encode_base64($data, ''); $data =~ tr{+/}{-_} if $encode eq 'base64url' }
    return {Data => $data, Encode => $encode, InterfaceVersion => 'HP_2.18', Seal => seal($data, $key, $option{algorithm})};
}

sub _split { return map { my ($n, $v) = split /=/, $_, 2; ($n, $v) } split /\|/, $_[0] }

# An error page for what the platform would refuse, else the page of the payment.
sub form {
    my ($self, $server, $request, $reply) = @_;
    my %form = map { @{$_} } @{decode($request->{body})};
    my $bad  = sub { $reply->(200, undef, Shop::Fake::Providers::html('Error', "<p>The payment request was rejected: $_[0]</p>")) };
    my $data = $form{Data} // '';
    return $bad->('Seal') if ($form{Seal} // '') ne seal($data, $self->{key}, $form{SealAlgorithm} // 'SHA-256');
    $data = decode_base64($data) if $form{Encode};
    my %field = _split($data);
    for my $name (qw(amount currencyCode merchantId keyVersion normalReturnUrl automaticResponseUrl transactionReference)) {
        return $bad->($name) if !length($field{$name} // '');
    }
    return $bad->('merchantId') if $field{merchantId} ne $self->{merchant};
    return $bad->('transactionReference') if $field{transactionReference} !~ /\A[A-Za-z0-9]{1,35}\z/;
    return $bad->("$_ has a query") for grep { $field{$_} =~ /\?/ } qw(normalReturnUrl automaticResponseUrl);
    return $bad->('94 duplicate reference')
        if $server->payment(sub { ($_[0]{reference} // '') eq $field{transactionReference} });
    return $server->show($server->open_session(provider => $self, field => \%field, algorithm => $form{SealAlgorithm},
        reference => $field{transactionReference}, order => $field{orderId}, amount => $field{amount},
        currency => $field{currencyCode}), $reply);
}

sub _response {
    my ($self, $payment) = @_;
    my $field = $payment->{field};
    return response({
        (map { $_ => $field->{$_} } qw(captureDay captureMode currencyCode merchantId orderChannel orderId
            transactionReference keyVersion amount returnContext)),
        responseCode => $CODE{$payment->{status}}, acquirerResponseCode => $CODE{$payment->{status}},
        transactionDateTime => strftime('%Y-%m-%dT%H:%M:%S+00:00', gmtime), paymentMeanBrand => 'VISA',
        paymentMeanType => 'CARD', maskedPan => '4100############00', holderAuthentStatus => '3D_SUCCESS',
        authorisationId => '12345', statementReference => 'null',
    }, $self->{key}, encode => 'base64', algorithm => $payment->{algorithm});
}

sub notice {
    my ($self, $payment) = @_;
    return ($payment->{field}{automaticResponseUrl}, encode($self->_response($payment)));
}

# The manual response: a form that the browser posts.
sub send_back {
    my ($self, $payment, $reply) = @_;
    my $form   = $self->_response($payment);
    my $fields = join '', map { qq{<input type="hidden" name="$_" value="$form->{$_}">} } sort keys %{$form};
    my $url    = Shop::Fake::Providers::escape($payment->{field}{normalReturnUrl});
    return $reply->(200, undef, Shop::Fake::Providers::html("Payment $payment->{status}",
        qq{<form method="post" action="$url">$fields<button>Return to the shop</button></form>}));
}

# The transaction that a call of the Office service is about; undef when it was answered.
sub _asked {
    my ($self, $server, $request, $answer) = @_;
    my $asked  = decode_json($request->{body});
    my %sealed = %{$asked};
    delete @sealed{qw(seal sealAlgorithm keyVersion)};
    return $answer->(responseCode => '34') && undef
        if ($asked->{seal} // '') ne hmac_sha256_hex(join('', map { $sealed{$_} } sort keys %sealed), $self->{key});
    my $payment = $server->payment(sub { ($_[0]{reference} // '') eq ($asked->{transactionReference} // '') });
    return $answer->(responseCode => '25') && undef if !$payment || $payment->{status} eq 'open';
    return ($payment, $asked);
}

sub _answers { my ($reply) = @_; return sub { $reply->(200, {'Content-Type' => 'application/json'}, encode_json({@_})); 1 } }

sub api_transaction {
    my ($self, $server, $request, $reply) = @_;
    my $answer = _answers($reply);
    my ($payment) = $self->_asked($server, $request, $answer);
    return if !$payment;
    return $answer->(responseCode => '00', transactionStatus => $payment->{office} // $STATUS{$payment->{status}},
        transactionAmount => $payment->{amount}, currencyCode => $payment->{currency},
        merchantId => $self->{merchant}, transactionReference => $payment->{reference});
}

sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    my $answer = _answers($reply);
    my ($payment, $asked) = $self->_asked($server, $request, $answer);
    return if !$payment;
    my $left   = $payment->{amount} - ($payment->{refunded} // 0);
    my $cancel = $request->{path} =~ /cancel/;
    return $answer->(responseCode => '24')
        if $cancel != (($payment->{office} // $STATUS{$payment->{status}}) eq 'TO_CAPTURE') || $asked->{operationAmount} > $left
        || $asked->{currencyCode} ne $payment->{currency} || $server->{behaviour}{refund} eq 'refuse';
    $payment->{refunded} += $asked->{operationAmount};
    $payment->{office} = $left > $asked->{operationAmount} ? $cancel ? 'TO_CAPTURE' : 'CAPTURED' : $cancel ? 'CANCELLED' : 'CREDITED';
    return $answer->(responseCode => '00', newStatus => $payment->{office}, newAmount => $left - $asked->{operationAmount});
}

1;
