package Shop::Fake::Providers::Worldline;

# Worldline Direct: hosted checkouts made and looked at by the API (v1HMAC), refunds, signed webhooks.
# payments.md 9. Nothing is told of a customer who gives up: there is no payment then.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256);
use Exporter qw(import);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);

use Shop::Fake::Vads::Message qw(token);

our @EXPORT_OK = qw(signed);

my $JSON = JSON::PP->new->canonical->utf8;
my %STATUS = (paid => 'CAPTURED', refused => 'REJECTED', pending => 'PENDING_CAPTURE', refunded => 'REFUNDED');
my %TYPE = (paid => 'payment.captured', refused => 'payment.rejected', pending => 'payment.pending_capture');

sub new {
    my ($class, %option) = @_;
    return bless {
        merchant => $option{worldline_merchant} // 'ATELIER', key => $option{worldline_key} // 'demo-api-key',
        secret => $option{worldline_secret} // 'demo-api-secret', hook => $option{worldline_hook} // 'demo-hook-key',
        hook_secret => $option{worldline_hook_secret} // 'demo-hook-secret', known => {},
    }, $class;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return (
        'POST /v2/\w+/hostedcheckouts' => 'api_create', 'GET /v2/\w+/hostedcheckouts/\w+' => 'api_checkout',
        'GET /v2/\w+/payments/\w+' => 'api_payment', 'POST /v2/\w+/payments/\w+/refund' => 'api_refund',
        'GET /v2/\w+/payments/\w+/refunds' => 'api_refunds',
        'GET /hostedcheckout/\w+' => 'page',
    );
}

sub _mac { my ($text, $secret) = @_; return encode_base64(hmac_sha256($text, $secret), '') }

# The headers of a webhook.
sub signed {
    my ($body, $id, $secret) = @_;
    return ('Content-Type' => 'application/json', 'X-GCS-KeyId' => $id, 'X-GCS-Signature' => _mac($body, $secret));
}

sub _json { my ($reply, $status, $data) = @_; return $reply->($status, {'Content-Type' => 'application/json'}, $JSON->encode($data)) }

sub _error { my ($reply, $status, $code) = @_; return _json($reply, $status, {errorId => token(8), errors => [{errorCode => $code}]}) }

# v1HMAC over the request as it came.
sub _refused {
    my ($self, $request, $reply) = @_;
    my $headers = $request->{headers};
    my $own = join '', map { "$_:$headers->{$_}\n" } sort grep { /\Ax-gcs/ } keys %{$headers};
    my $text = join "\n", $request->{method}, $headers->{'content-type'} // '', $headers->{date} // '', "$own$request->{path}\n";
    return 0 if ($headers->{authorization} // '') eq "GCS v1HMAC:$self->{key}:" . _mac($text, $self->{secret})
        && $request->{path} =~ m{\A/v2/\Q$self->{merchant}\E/};
    _error($reply, 403, 'ACCESS_TO_MERCHANT_NOT_ALLOWED');
    return 1;
}

sub _repeated {
    my ($self, $request, $reply) = @_;
    my $key = $request->{headers}{'x-gcs-idempotence-key'} // '';
    my $first = $self->{known}{$key} //= {};
    if (length $key < 1 || length $key > 40) { _error($reply, 400, 'IDEMPOTENCE_KEY'); return {answer => 1} }
    _json($reply, 201, $first->{answer}) if $first->{answer};
    return $first;
}

sub api_create {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $first = $self->_repeated($request, $reply);
    return if $first->{answer};
    my $asked = JSON::PP::decode_json($request->{body});
    my $money = $asked->{order}{amountOfMoney};
    my $order = $asked->{order}{references}{merchantReference};
    return _error($reply, 400, 'PARAMETER_NOT_FOUND_IN_REQUEST')
        if !$money->{amount} || !$money->{currencyCode} || !length $order || length $order > 40
        || $asked->{hostedCheckoutSpecificInput}{returnUrl} !~ /\Ahttp/
        || $asked->{cardPaymentMethodSpecificInput}{authorizationMode} ne 'SALE';
    my $id = 3_000_000_000 + hex substr token(4), 0, 7;
    my $payment = $server->open_session(provider => $self, form => $asked, order => $order, amount => $money->{amount},
        currency => $money->{currencyCode}, checkout => "$id", mac => token(16));
    return _json($reply, 201, $first->{answer} = {hostedCheckoutId => "$id", RETURNMAC => $payment->{mac},
        merchantReference => $order, redirectUrl => "$server->{url}/hostedcheckout/$id"});
}

sub _payment {
    my ($self, $payment, $status) = @_;
    return {id => "$payment->{checkout}_0", status => $status // ($payment->{gave} ? 'REFUNDED' : $STATUS{$payment->{status}}),
        paymentOutput => {amountOfMoney => {amount => 0 + $payment->{amount}, currencyCode => $payment->{currency}},
            references => {merchantReference => $payment->{order}}},
        hostedCheckoutSpecificOutput => {hostedCheckoutId => $payment->{checkout}}};
}

sub _of {
    my ($self, $server, $request, $reply) = @_;
    my ($id) = $request->{path} =~ m{(?:hostedcheckouts?|payments)/(\d+)};
    my $payment = $server->payment(sub { ($_[0]{checkout} // '') eq ($id // '') });
    _error($reply, 404, 'NOT_FOUND') if !$payment;
    return $payment;
}

sub api_checkout {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $payment = $self->_of($server, $request, $reply) or return;
    return _json($reply, 200, {status => 'IN_PROGRESS'}) if $payment->{status} eq 'open';
    return _json($reply, 200, {status => 'CANCELLED_BY_CONSUMER'}) if $payment->{status} eq 'cancelled';
    return _json($reply, 200, {status => 'PAYMENT_CREATED', createdPaymentOutput => {payment => $self->_payment($payment)}});
}

sub api_payment {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $payment = $self->_of($server, $request, $reply) or return;
    return $STATUS{$payment->{status}} ? _json($reply, 200, $self->_payment($payment)) : _error($reply, 404, 'NOT_FOUND');
}

sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $first = $self->_repeated($request, $reply);
    return if $first->{answer};
    my $payment = $self->_of($server, $request, $reply) or return;
    my $amount = JSON::PP::decode_json($request->{body})->{amountOfMoney}{amount};
    my $sum = ($payment->{refunded} // 0) + $amount;
    return _error($reply, 400, 'AMOUNT_TOO_HIGH') if $sum > $payment->{amount} || $server->{behaviour}{refund} eq 'refuse';
    $payment->{refunded} = $sum;
    my $number = ++$payment->{operations};
    push @{$payment->{gave}}, $first->{answer} = {id => "$payment->{checkout}_$number", status => 'REFUNDED',
        refundOutput => {amountOfMoney => {amount => 0 + $amount, currencyCode => $payment->{currency}}}};
    return _json($reply, 201, $first->{answer});
}

sub api_refunds {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $payment = $self->_of($server, $request, $reply) or return;
    return _json($reply, 200, {refunds => $payment->{gave} // []});
}

sub page {
    my ($self, $server, $request, $reply) = @_;
    my $payment = $self->_of($server, $request, $reply) or return;
    return $server->show($payment, $reply) if $payment->{status} eq 'open';
    return $reply->(200, undef, Shop::Fake::Providers::html('Worldline', '<p>This page is closed.</p>'));
}

sub notice {
    my ($self, $payment) = @_;
    my %body = (apiVersion => 'v1', id => "$payment->{session}$payment->{status}", created => '2026-11-23T08:47:31.000+01:00',
        merchantId => $self->{merchant}, type => $TYPE{$payment->{status}});
    if ($payment->{status} eq 'refunded') {
        my $refund = $self->_payment($payment);
        $refund->{refundOutput} = delete $refund->{paymentOutput};
        @body{qw(type refund)} = ('refund.refunded', {%{$refund}, id => "$payment->{checkout}_1"});
    }
    elsif ($body{type}) { $body{payment} = $self->_payment($payment) }
    else                { return }
    my $body = $JSON->encode(\%body);
    return ($payment->{form}{feedbacks}{webhookUrls}[0], $body, {signed($body, $self->{hook}, $self->{hook_secret})});
}

sub send_back {
    my ($self, $payment, $reply) = @_;
    my $url = $payment->{form}{hostedCheckoutSpecificInput}{returnUrl};
    return $reply->(303, {Location => $url . ($url =~ /\?/ ? '&' : '?')
        . "RETURNMAC=$payment->{mac}&hostedCheckoutId=$payment->{checkout}"}, '');
}

1;
