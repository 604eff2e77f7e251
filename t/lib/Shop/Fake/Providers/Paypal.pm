package Shop::Fake::Providers::Paypal;

# PayPal in both dialects: the button with IPN and its way back, and the API of orders with webhooks, signed
# by certificates of an authority that is made when the double starts. payments.md 3, 4.
#
# Of the standard dialect only messages that the double has sent, or was told of, are VERIFIED.

use strict;
use warnings;

use Compress::Zlib qw(crc32);
use Exporter qw(import);
use File::Temp qw(tempdir);
use IPC::Open2 qw(open2);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);

use Shop::Fake::Vads::Form qw(decode encode);
use Shop::Fake::Vads::Message qw(token);

our @EXPORT_OK = qw(ipn webhook);

our $MERCHANT = 'ABCDEFGHJKLMN';
our $WEBHOOK  = '4JH86294D6297924G';
our $IDENTITY = 'the-identity-token_of-the.double';

my $JSON = JSON::PP->new->canonical->utf8;
my %IPN = (paid => 'Completed', refused => 'Failed', pending => 'Pending', cancelled => 'Voided', refunded => 'Refunded',
    chargeback => 'Reversed', restored => 'Canceled_Reversal', unheard => 'Dreamt');
my %CAPTURE = (paid => 'COMPLETED', refused => 'DECLINED', pending => 'PENDING');

sub new {
    my ($class, %option) = @_;
    my $self = bless {
        dir => $option{paypal_dir} // tempdir(CLEANUP => 1), notify => $option{paypal_notify} // '',
        client => $option{paypal_client} // 'client', secret => $option{paypal_secret} // 'client-secret',
        tokens => {}, genuine => {},
    }, $class;
    _authority($self->{dir}) if !-e "$self->{dir}/ca.pem";
    return $self;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return (
        'POST /cgi-bin/webscr' => 'webscr', 'POST /v1/oauth2/token' => 'api_token',
        'POST /v2/checkout/orders' => 'api_create', 'GET /v2/checkout/orders/\w+' => 'api_order',
        'POST /v2/checkout/orders/\w+/capture' => 'api_capture', 'POST /v2/payments/captures/\w+/refund' => 'api_refund',
        'GET /v1/notifications/certs/[\w-]+' => 'certificate', 'GET /checkoutnow' => 'page',
    );
}

# --- certificates ---

sub _openssl { my (@arguments) = @_; return system("openssl @arguments 2>/dev/null") == 0 || die "openssl @arguments\n" }

# ca.pem, key.pem, and certificates of that key: good, the ones after it, of another name, of nobody.
sub _authority {
    my ($dir) = @_;
    mkdir $dir;
    umask 077;
    my $signer = '/CN=messageverificationcerts.paypal.com';
    _openssl("req -x509 -newkey rsa:2048 -nodes -days 30 -keyout $dir/ca.key -out $dir/authority.pem -subj '/CN=Authority of tests'");
    _openssl("genrsa -out $dir/key.pem 2048");
    _openssl("req -x509 -key $dir/key.pem -days 30 -out $dir/CERT-nobody.pem -subj '$signer'");
    for (['CERT-good', $signer], ['CERT-next', $signer], ['CERT-late', $signer], ['CERT-name', '/CN=messageverificationcerts.paypal.com.evil.example']) {
        _openssl("req -new -key $dir/key.pem -subj '$_->[1]' -out $dir/request.pem");
        _openssl("x509 -req -in $dir/request.pem -CA $dir/authority.pem -CAkey $dir/ca.key -days 30 -set_serial 2 -out $dir/$_->[0].pem");
    }
    rename "$dir/authority.pem", "$dir/ca.pem" or die "rename: $!\n";
    return;
}

sub certificate {
    my ($self, $server, $request, $reply) = @_;
    my ($name) = $request->{path} =~ m{/([\w-]+)\z};
    $server->{fetched}{$name}++;
    return $reply->(503, {}, '') if $server->{behaviour}{certificates};
    open my $file, '<', "$self->{dir}/$name.pem" or return $reply->(404, {}, '');
    local $/ = undef;
    return $reply->(200, {'Content-Type' => 'application/x-pem-file'}, scalar <$file>);
}

sub _sign {
    my ($dir, $text) = @_;
    my $pid = open2(my $from, my $to, 'openssl', 'dgst', '-sha256', '-sign', "$dir/key.pem");
    binmode $_ for $from, $to;
    print {$to} $text;
    close $to;
    local $/ = undef;
    my $signature = <$from>;
    waitpid $pid, 0;
    return encode_base64($signature, '');
}

# The headers of a webhook. Options: base (of the certificates' address), cert, url, id, at, algo, webhook.
sub webhook {
    my ($dir, $body, %option) = @_;
    my $id = $option{id} // token(16);
    my $at = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($option{at} // time));
    return (
        'Content-Type' => 'application/json', 'PAYPAL-TRANSMISSION-ID' => $id, 'PAYPAL-TRANSMISSION-TIME' => $at,
        'PAYPAL-AUTH-ALGO' => $option{algo} // 'SHA256withRSA', 'PAYPAL-AUTH-VERSION' => 'v2',
        'PAYPAL-CERT-URL' => $option{url} // "$option{base}/v1/notifications/certs/" . ($option{cert} // 'CERT-good'),
        'PAYPAL-TRANSMISSION-SIG' => _sign($dir, join '|', $id, $at, $option{webhook} // $WEBHOOK, crc32($body)),
    );
}

# --- standard: the button, IPN, the way back ---

# The body of an IPN. Keys of `wish`: status, txn, amount (decimal), currency, order, try, and any field.
sub ipn {
    my (%wish) = @_;
    my $back = $wish{status} =~ /\A(?:refunded|chargeback)\z/;
    my %fields = (
        payment_status => $IPN{$wish{status}} // '', charset => 'windows-1252', first_name => "\xc9lodie", last_name => 'Lef' . "\xe8" . 'vre',
        payment_date => strftime('%H:%M:%S %b %d, %Y PST', gmtime), mc_gross => ($back ? '-' : '') . $wish{amount}, mc_fee => '1.00',
        mc_currency => $wish{currency}, invoice => $wish{order}, custom => $wish{try} // '', receiver_email => 'seller@example.org',
        business => 'seller@example.org', receiver_id => $MERCHANT, txn_id => $wish{txn}, txn_type => 'web_accept', test_ipn => 1,
        payer_email => 'zoe@example.org', notify_version => '3.9', ipn_track_id => token(6), %{$wish{fields} // {}},
    );
    @fields{qw(parent_txn_id txn_type)} = ($wish{parent}, undef) if $wish{parent};
    return encode({map { $_ => $fields{$_} } grep { defined $fields{$_} } keys %fields});
}

sub webscr {
    my ($self, $server, $request, $reply) = @_;
    my $text = sub { $reply->(200, {'Content-Type' => 'text/html'}, $_[0]) };
    if ($request->{body} =~ /\Acmd=_notify-validate&(.*)\z/s) {
        return $reply->($server->{behaviour}{answer}, {}, '<html>error</html>') if $server->{behaviour}{answer};
        return $text->($request->{headers}{'user-agent'} && $self->{genuine}{$1} ? 'VERIFIED' : 'INVALID');
    }
    my %form = map { @{$_} } @{decode($request->{body})};
    return $text->($self->_told($server, \%form)) if ($form{cmd} // '') eq '_notify-synch';
    for my $name (qw(cmd business item_name amount currency_code invoice custom charset notify_url return cancel_return)) {
        return $text->(Shop::Fake::Providers::html('Error', "<p>$name</p>")) if !length($form{$name} // '');
    }
    return $server->show($server->open_session(provider => $self, form => \%form, order => $form{invoice}, amount => $form{amount},
        currency => $form{currency_code}, txn => uc token(9)), $reply);
}

# Payment data transfer: what became of the payment whose number the returning browser brings. It names no mode.
sub _told {
    my ($self, $server, $form) = @_;
    my $payment = $server->payment(sub { $_[0]{form} && $_[0]{txn} eq ($form->{tx} // '') });
    return "FAIL\nError: 4002\n" if ($form->{at} // '') ne $IDENTITY || !$payment;
    my $fields = ipn(_wish($payment), fields => {test_ipn => undef, notify_version => undef, ipn_track_id => undef});
    return "SUCCESS\n" . ($fields =~ tr/&/\n/r) . "\n";
}

# --- rest: the API ---

sub _json { my ($reply, $status, $data) = @_; return $reply->($status, {'Content-Type' => 'application/json'}, $JSON->encode($data)) }

sub _issue { my ($reply, $issue) = @_; return _json($reply, 422, {name => 'UNPROCESSABLE_ENTITY', details => [{issue => $issue}]}) }

sub api_token {
    my ($self, $server, $request, $reply) = @_;
    return _json($reply, 401, {error => 'invalid_client'})
        if $request->{headers}{authorization} ne 'Basic ' . encode_base64("$self->{client}:$self->{secret}", '')
        || $request->{body} ne 'grant_type=client_credentials';
    my $token = token(16);
    $self->{tokens}{$token} = 1;
    return _json($reply, 200, {access_token => $token, token_type => 'Bearer', expires_in => 32400});
}

# False, and answered, without a token of ours.
sub _admitted {
    my ($self, $request, $reply) = @_;
    my ($token) = ($request->{headers}{authorization} // '') =~ /\ABearer (\w+)\z/;
    return 1 if $token && $self->{tokens}{$token};
    _json($reply, 401, {name => 'AUTHENTICATION_FAILURE'});
    return 0;
}

sub _money { my ($payment, $amount) = @_; return {currency_code => $payment->{currency}, value => $amount // $payment->{amount}} }

sub _capture {
    my ($payment) = @_;
    return {id => $payment->{payid}, status => $CAPTURE{$payment->{status}} // 'DREAMT', amount => _money($payment),
        custom_id => $payment->{order}, final_capture => JSON::PP::true};
}

sub _order {
    my ($payment) = @_;
    my $open = $payment->{status} =~ /\A(?:open|cancelled)\z/;
    my %payments = $payment->{captured} ? (payments => {captures => [_capture($payment)],
        refunds => [map { {id => $_->{id}, status => 'COMPLETED', amount => _money($payment, $_->{amount})} } @{$payment->{refunds} // []}]}) : ();
    return {
        id => $payment->{reference},
        status => $payment->{captured} ? 'COMPLETED' : $payment->{status} eq 'voided' ? 'VOIDED' : $open ? 'PAYER_ACTION_REQUIRED' : 'APPROVED',
        purchase_units => [{reference_id => 'default', custom_id => $payment->{order}, amount => _money($payment),
            payee => {merchant_id => $payment->{merchant} // $MERCHANT}, %payments}],
        links => [{rel => 'payer-action', method => 'GET', href => "$payment->{page}/checkoutnow?token=$payment->{reference}"}],
    };
}

sub api_create {
    my ($self, $server, $request, $reply) = @_;
    return if !$self->_admitted($request, $reply);
    my $key   = $request->{headers}{'paypal-request-id'} // return _issue($reply, 'NO_REQUEST_ID');
    my $wish  = $JSON->decode($request->{body});
    my $unit  = $wish->{purchase_units}[0];
    my $look  = $wish->{payment_source}{paypal}{experience_context};
    my $known = $server->payment(sub { ($_[0]{key} // '') eq $key });
    for ($unit->{custom_id}, $unit->{invoice_id}, $unit->{amount}{value}, $look->{return_url}, $look->{cancel_url}, $look->{locale}) {
        return _issue($reply, 'MISSING_REQUIRED_PARAMETER') if !length($_ // '');
    }
    $known //= $server->open_session(provider => $self, key => $key, reference => uc token(9), payid => uc token(9), look => $look,
        order => $unit->{custom_id}, amount => $unit->{amount}{value}, currency => $unit->{amount}{currency_code}, page => $server->{url});
    return _json($reply, 200, _order($known));
}

sub _by_reference { my ($server, $id) = @_; return $server->payment(sub { ($_[0]{reference} // '') eq $id && $_[0]{order} }) }

sub page {
    my ($self, $server, $request, $reply) = @_;
    my ($id) = $request->{query} =~ /\Atoken=(\w+)\z/;
    my $payment = _by_reference($server, $id // '');
    return $payment ? $server->show($payment, $reply) : $reply->(404, {}, '');
}

sub api_order {
    my ($self, $server, $request, $reply) = @_;
    return if !$self->_admitted($request, $reply);
    my ($id) = $request->{path} =~ m{/(\w+)\z};
    my $payment = _by_reference($server, $id);
    return $payment ? _json($reply, 200, _order($payment)) : _json($reply, 404, {name => 'RESOURCE_NOT_FOUND'});
}

sub api_capture {
    my ($self, $server, $request, $reply) = @_;
    return if !$self->_admitted($request, $reply);
    my ($id) = $request->{path} =~ m{/(\w+)/capture\z};
    my $payment = _by_reference($server, $id) // return _json($reply, 404, {name => 'RESOURCE_NOT_FOUND'});
    return _issue($reply, 'ORDER_NOT_APPROVED') if $payment->{status} =~ /\A(?:open|cancelled)\z/;
    my $key = $request->{headers}{'paypal-request-id'} // '';
    return _issue($reply, 'ORDER_ALREADY_CAPTURED') if $payment->{captured} && $payment->{captured} ne $key;
    $payment->{captured} = $key;
    return _json($reply, 201, _order($payment));
}

sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    return if !$self->_admitted($request, $reply);
    my ($id) = $request->{path} =~ m{/(\w+)/refund\z};
    my $payment = $server->payment(sub { ($_[0]{payid} // '') eq $id && $_[0]{captured} })
        // return _json($reply, 404, {name => 'RESOURCE_NOT_FOUND', details => [{issue => 'INVALID_RESOURCE_ID'}]});
    my $key   = $request->{headers}{'paypal-request-id'} // return _issue($reply, 'NO_REQUEST_ID');
    my $value = $JSON->decode($request->{body} || '{}')->{amount}{value} // $payment->{amount};
    my ($done) = grep { $_->{key} eq $key } @{$payment->{refunds}};
    my $sum = $value;
    $sum += $_->{amount} for @{$payment->{refunds}};
    return _issue($reply, 'REFUND_AMOUNT_EXCEEDED')
        if !$done && $sum > $payment->{amount} + 0.001 || $server->{behaviour}{refund} eq 'refuse';
    push @{$payment->{refunds}}, $done = {key => $key, id => uc token(9), amount => $value} if !$done;
    return _json($reply, 201, {id => $done->{id}, status => 'COMPLETED', amount => _money($payment, $done->{amount})});
}

# --- what is told ---

# The same words for every repetition.
sub notice {
    my ($self, $payment) = @_;
    my $told = $payment->{told}{$payment->{status}} //= [$self->_notice($payment)];
    return @{$told};
}

sub _wish {
    my ($payment) = @_;
    return ((map { $_ => $payment->{$_} } qw(status txn amount currency order)), try => $payment->{form}{custom});
}

sub _notice {
    my ($self, $payment) = @_;
    if ($payment->{form}) {
        my $body = ipn(_wish($payment));
        $self->{genuine}{$body} = 1;
        return ($payment->{form}{notify_url}, $body);
    }
    return if $payment->{status} eq 'cancelled' || !$self->{notify};
    my $body = $JSON->encode({id => 'WH-' . uc token(9), event_type => 'CHECKOUT.ORDER.APPROVED', resource_type => 'checkout-order',
        create_time => strftime('%Y-%m-%dT%H:%M:%SZ', gmtime), resource => _order($payment)});
    return ($self->{notify}, $body, {webhook($self->{dir}, $body, base => $payment->{page})});
}

sub send_back {
    my ($self, $payment, $reply) = @_;
    my $cancelled = $payment->{status} eq 'cancelled';
    my $look = $payment->{look};
    my $url  = $look ? $look->{$cancelled ? 'cancel_url' : 'return_url'} : $payment->{form}{$cancelled ? 'cancel_return' : 'return'};
    $url .= $look ? "&token=$payment->{reference}&PayerID=QYR5Z8XDVJNXQ" : $cancelled ? '' : "&tx=$payment->{txn}&st=Completed&amt=0.01";
    return $reply->(302, {Location => $url}, '');
}

1;
