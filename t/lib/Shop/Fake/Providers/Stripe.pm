package Shop::Fake::Providers::Stripe;

# Stripe Checkout: sessions made, looked at and expired by the API, refunds, signed events. payments.md 10.
# A card that is refused keeps the customer on the page there; "refused" here is a delayed method that fails.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);
use Exporter qw(import);
use JSON::PP ();

use Shop::Fake::Vads::Form qw(decode);
use Shop::Fake::Vads::Message qw(token);

our @EXPORT_OK = qw(signed);

my $JSON = JSON::PP->new->canonical->utf8;
my %SESSION = (
    paid => ['complete', 'paid'], pending => ['complete', 'unpaid'], refused => ['complete', 'unpaid'],
    open => ['open', 'unpaid'], cancelled => ['open', 'unpaid'], expired => ['expired', 'unpaid'],
    refunded => ['complete', 'paid'], disputed => ['complete', 'paid'],
);
my %EVENT = (
    paid => 'checkout.session.completed', pending => 'checkout.session.completed',
    refused => 'checkout.session.async_payment_failed', expired => 'checkout.session.expired',
    refunded => 'charge.refunded', disputed => 'charge.dispute.created',
);

sub new {
    my ($class, %option) = @_;
    return bless {
        key => $option{stripe_key} // 'sk_test_demo', secret => $option{stripe_secret} // 'whsec_demo_of_the_double',
        notify => $option{stripe_notify} // '', page => $option{stripe_page} // '', known => {},
    }, $class;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return (
        'POST /v1/checkout/sessions' => 'api_create', 'GET /v1/checkout/sessions/\w+' => 'api_session',
        'POST /v1/checkout/sessions/\w+/expire' => 'api_expire', 'POST /v1/refunds' => 'api_refund',
        'GET /c/pay/\w+' => 'page',
    );
}

# The headers of an event.
sub signed {
    my ($body, $secret, $time) = @_;
    $time //= time;
    return ('Content-Type' => 'application/json; charset=utf-8',
        'Stripe-Signature' => "t=$time,v1=" . hmac_sha256_hex("$time.$body", $secret) . ',v0=' . '0' x 64);
}

sub _json { my ($reply, $data, $status) = @_; return $reply->($status // 200, {'Content-Type' => 'application/json'}, $JSON->encode($data)) }

sub _error {
    my ($reply, $status, $code) = @_;
    return _json($reply, {error => {type => 'invalid_request_error', code => $code}}, $status);
}

sub _refused {
    my ($self, $request, $reply) = @_;
    return 0 if ($request->{headers}{authorization} // '') eq "Bearer $self->{key}" && $request->{headers}{'stripe-version'};
    _error($reply, 401, 'api_key_invalid');
    return 1;
}

# A repetition gets the first answer; with another text it is an error.
sub _repeated {
    my ($self, $request, $reply) = @_;
    my $key = $request->{headers}{'idempotency-key'} or return;
    my $first = $self->{known}{$key} //= {body => $request->{body}};
    return $first if !$first->{answer};
    return $first->{body} eq $request->{body} ? _json($reply, $first->{answer}) && $first
        : _error($reply, 400, 'idempotency_key_in_use') && $first;
}

sub _session {
    my ($self, $payment) = @_;
    my ($status, $paid) = @{$SESSION{$payment->{status}}};
    my $form = $payment->{form};
    return {
        id => $payment->{cs}, object => 'checkout.session', livemode => JSON::PP::false, status => $status,
        payment_status => $paid, amount_total => 0 + $payment->{amount}, currency => $payment->{currency},
        client_reference_id => $payment->{order}, metadata => {attempt => $form->{'metadata[attempt]'}},
        payment_intent => $status eq 'open' ? undef : $payment->{pi}, url => $payment->{url},
    };
}

sub api_create {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my %form  = map { @{$_} } @{decode($request->{body})};
    my $first = $self->_repeated($request, $reply) // {};
    return if $first->{answer};
    for my $name (qw(mode client_reference_id metadata[attempt] success_url cancel_url expires_at
        line_items[0][quantity] line_items[0][price_data][currency] line_items[0][price_data][unit_amount]
        line_items[0][price_data][product_data][name] payment_intent_data[metadata][transid])) {
        return _error($reply, 400, "parameter_missing $name") if !length($form{$name} // '');
    }
    return _error($reply, 400, 'expires_at') if $form{expires_at} < time + 1800 || $form{expires_at} > time + 86_400;
    return _error($reply, 400, 'url_invalid') if $form{success_url} !~ /\{CHECKOUT_SESSION_ID\}/;
    my $id = token(12);
    my $payment = $server->open_session(provider => $self, form => \%form, order => $form{client_reference_id},
        amount => $form{'line_items[0][price_data][unit_amount]'}, currency => $form{'line_items[0][price_data][currency]'},
        cs => "cs_test_$id", pi => "pi_$id", url => ($self->{page} || $server->{url}) . "/c/pay/cs_test_$id#fidkdWxOYHwnPyd1blpxYHZxWjA0" . 'x' x 900);
    return _json($reply, $first->{answer} = $self->_session($payment));
}

sub _of {
    my ($self, $server, $request, $reply) = @_;
    my ($cs) = $request->{path} =~ m{/(cs_\w+)};
    my $payment = $server->payment(sub { ($_[0]{cs} // '') eq $cs });
    _error($reply, 404, 'resource_missing') if !$payment;
    return $payment;
}

sub api_session {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $payment = $self->_of($server, $request, $reply) or return;
    my $session = $self->_session($payment);
    $session->{payment_intent} = {id => $payment->{pi},
        status => $payment->{status} eq 'refused' ? 'requires_payment_method' : 'succeeded'}
        if $session->{payment_intent} && $request->{query} =~ /expand/;
    return _json($reply, $session);
}

sub api_expire {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my $payment = $self->_of($server, $request, $reply) or return;
    return _error($reply, 400, 'resource_invalid_state') if $SESSION{$payment->{status}}[0] ne 'open';
    $payment->{status} = 'expired';
    return _json($reply, $self->_session($payment));
}

sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    return if $self->_refused($request, $reply);
    my %form  = map { @{$_} } @{decode($request->{body})};
    my $first = $self->_repeated($request, $reply) // {};
    return if $first->{answer};
    my $payment = $server->payment(sub { ($_[0]{pi} // '') eq $form{payment_intent} });
    return _error($reply, 404, 'resource_missing') if !$payment;
    my $sum = ($payment->{refunded} // 0) + $form{amount};
    return _error($reply, 400, 'charge_already_refunded')
        if $sum > $payment->{amount} || $server->{behaviour}{refund} eq 'refuse';
    $payment->{before}   = $payment->{refunded} // 0;
    $payment->{refunded} = $sum;
    return _json($reply, $first->{answer} = {id => 're_' . token(12), object => 'refund', amount => 0 + $form{amount},
        currency => $payment->{currency}, payment_intent => $payment->{pi}, status => 'succeeded',
        charge => {id => 'ch_' . substr($payment->{pi}, 3), amount_refunded => $sum}});
}

sub page {
    my ($self, $server, $request, $reply) = @_;
    my $payment = $self->_of($server, $request, $reply) or return;
    return $server->show($payment, $reply) if $payment->{status} eq 'open';
    return $reply->(200, undef, Shop::Fake::Providers::html('Stripe', '<p>This page is closed.</p>'));
}

# Nothing is told of a customer who goes back: the page stays open.
sub notice {
    my ($self, $payment) = @_;
    my $type = $EVENT{$payment->{status}} // return;
    my $object = $self->_session($payment);
    my %more;
    if ($type =~ /\Acharge/) {
        my $sum = $payment->{refunded} //= $payment->{amount};
        $object = {id => 'ch_' . substr($payment->{pi}, 3), payment_intent => $payment->{pi}, amount => 0 + $payment->{amount},
            currency => $payment->{currency}, amount_refunded => 0 + $sum, metadata => {transid => $payment->{order}}};
        $more{previous_attributes} = {amount_refunded => 0 + ($payment->{before} // 0)};
    }
    my $body = $JSON->encode({id => "evt_$payment->{session}$payment->{status}" . ($payment->{refunded} // ''), object => 'event',
        type => $type, livemode => JSON::PP::false, created => time, data => {object => $object, %more}});
    return ($self->{notify}, $body, {signed($body, $self->{secret})});
}

sub send_back {
    my ($self, $payment, $reply) = @_;
    my $url = $payment->{form}{$payment->{status} eq 'cancelled' ? 'cancel_url' : 'success_url'};
    $payment->{status} = 'open' if $payment->{status} eq 'cancelled';
    return $reply->(303, {Location => $url =~ s/\{CHECKOUT_SESSION_ID\}/$payment->{cs}/r}, '');
}

1;
