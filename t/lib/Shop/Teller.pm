package Shop::Teller;

# Providers speak without their page: an order placed through SQL, an attempt to pay it, and the message
# that the provider would post about it, as genuine or as spoilt as a test wants.
#
#   my $teller = Shop::Teller->new(server => $t, interface => 'mercanet');
#   my $order  = $teller->placed;
#   $teller->tell($order, say => 'paid', amount => 100);
#
# say: paid refused cancelled pending unheard; of ogone also authorised uncertain refunded deleted. Changes: amount (minor units), currency (alpha-3), transid,
# merchant, key, and what an interface alone has; api: changes of what the provider's API says, secretly: it says nothing.

use strict;
use warnings;

use parent -norequire, 'Shop::Notice';

use JSON::PP;

use Shop::Fake::Providers::Axepta;
use Shop::Fake::Providers::Ogone;
use Shop::Fake::Providers::Paypal;
use Shop::Fake::Providers::Sips;
use Shop::Fake::Providers::Stripe;
use Shop::Fake::Providers::Worldline;
use Shop::Fake::Vads::Form qw(encode);
use Shop::Http;
use Shop::Notice;
use Shop::Test qw(wait_for);
use Orders qw(call);

my $JSON = JSON::PP->new->canonical->utf8;

# Of an API that opens the page: what it is opened as (provider_ref, secret).
my %OPENED = (
    stripe => sub { return ("cs_test_$_[0]", '') },
    worldline => sub { return (4_000_000_000 + $_[0], "mac-of-$_[0]") },
    paypal => sub { return ("PAYPAL$_[0]", '') },
);

my %NUMERIC = (EUR => '978', USD => '840');

my %MESSAGE = (
    mercanet => sub {
        my ($self, $order, %case) = @_;
        my %code = (paid => '00', refused => '05', cancelled => '17', pending => '60', unheard => '77');
        return encode(Shop::Fake::Providers::Sips::response({
            captureMode => 'AUTHOR_CAPTURE', captureDay => 0, keyVersion => $case{version} // 1, orderChannel => 'INTERNET',
            amount => $case{amount}, currencyCode => $NUMERIC{$case{currency}}, responseCode => $code{$case{say}},
            merchantId => $case{merchant} // $self->{merchant}, transactionReference => $case{reference} // $order->{provider_ref},
            orderId => $case{transid}, acquirerResponseCode => '00', maskedPan => '4100############00',
            'customerContact.email' => 'zoe@example.org', transactionPlatform => $case{platform},
        }, $case{key}, encode => $case{encode}));
    },
    axepta => sub {
        my ($self, $order, %case) = @_;
        return encode(Shop::Fake::Providers::Axepta::notification(status => $case{say}, hmac => $case{key}, payid => $case{payid},
            blowfish => $case{blowfish} // $self->{blowfish} // $Shop::Fake::Providers::Axepta::BLOWFISH,
            merchant => $case{merchant} // $self->{merchant}, reference => $case{reference} // $order->{provider_ref}));
    },
    ogone => sub {
        my ($self, $order, %case) = @_;
        my %status = (paid => 9, authorised => 5, refused => 2, cancelled => 1, pending => 91, uncertain => 92, refunded => 8,
            deleted => 7, unheard => 84);
        my %fields = (
            orderID => $case{transid}, amount => Shop::Fake::Providers::Ogone::amount($case{amount}), currency => $case{currency},
            PM => 'CreditCard', ACCEPTANCE => 'test123', STATUS => $status{$case{say}}, CARDNO => 'XXXXXXXXXXXX1111',
            CN => 'Zo\xe9', PAYID => $case{payid} // $order->{payid} // 3_300_000_000 + $order->{attempt}, NCERROR => 0,
            PAYIDSUB => $case{operation} // '', BRAND => 'VISA', COMPLUS => '',
        );
        $fields{SHASIGN} = Shop::Fake::Providers::Ogone::sha(\%fields, $case{key});
        return encode(\%fields);
    },
    worldline => sub {
        my ($self, $order, %case) = @_;
        my %status = (paid => 'CAPTURED', refused => 'REJECTED', cancelled => 'CANCELLED', pending => 'PENDING_CAPTURE',
            unheard => 'ACCOUNT_VERIFIED', refunded => 'REFUNDED', requested => 'REFUND_REQUESTED', disputed => 'CHARGEBACKED',
            failed => 'REJECTED_CAPTURE', other => 'OTHER', returned => 'REFUNDED');
        my $kind = $case{say} =~ /\A(?:refunded|requested)\z/ ? 'refund' : $case{say} eq 'other' ? 'paymentlink' : 'payment';
        my $number = $case{payid} // $order->{provider_ref};
        my $body = $JSON->encode({apiVersion => $case{version} // 'v1', merchantId => $case{merchant} // $self->{merchant},
            id => "e$order->{attempt}$case{say}" . ($case{operation} // ''), type => "$kind." . lc $status{$case{say}},
            $kind => {id => "${number}_" . ($kind eq 'refund' ? $case{operation} // 1 : 0), status => $status{$case{say}},
                "${kind}Output" => {amountOfMoney => {amount => 0 + $case{amount}, currencyCode => $case{currency}},
                    references => {merchantReference => $case{transid}}, customer => {email => 'zoe@example.org'}},
                hostedCheckoutSpecificOutput => {hostedCheckoutId => '' . ($case{reference} // $order->{provider_ref})}}});
        return ($body, Shop::Fake::Providers::Worldline::signed($body, $case{hook} // $self->{hook}, $case{key}));
    },
    stripe => sub {
        my ($self, $order, %case) = @_;
        my %type = (paid => 'checkout.session.completed', pending => 'checkout.session.completed',
            unheard => 'checkout.session.completed', succeeded => 'checkout.session.async_payment_succeeded',
            refused => 'checkout.session.async_payment_failed', cancelled => 'checkout.session.expired',
            refunded => 'charge.refunded', disputed => 'charge.dispute.created', won => 'charge.dispute.closed',
            lost => 'charge.dispute.closed', inquiry => 'charge.dispute.created', failed => 'refund.failed', other => 'payment_intent.created');
        my $intent = $case{payid} // "pi_$order->{attempt}";
        my %object = (currency => lc $case{currency}, payment_intent => $intent);
        if ($type{$case{say}} =~ /dispute/) {
            %object = (%object, id => 'dp_1', amount => 0 + $case{amount},
                status => {won => 'won', lost => 'lost', inquiry => 'warning_needs_response'}->{$case{say}} // 'needs_response');
        }
        elsif ($case{say} eq 'failed') {
            %object = (%object, id => 're_1', object => 'refund', amount => 0 + $case{amount}, status => 'failed', failure_reason => 'lost_or_stolen_card');
        }
        elsif ($case{say} eq 'refunded') {
            %object = (%object, id => 'ch_1', amount => 0 + $case{paid}, amount_refunded => $case{amount} + ($case{before} // 0),
                metadata => {transid => $case{transid}});
        }
        else {
            %object = (%object, id => $case{reference} // $order->{provider_ref}, amount_total => 0 + $case{amount},
                client_reference_id => $case{transid}, metadata => {attempt => "$order->{attempt}"}, status => 'complete',
                payment_status => {paid => 'paid', succeeded => 'paid', unheard => 'no_payment_required'}->{$case{say}} // 'unpaid',
                customer_details => {email => 'zoe@example.org'});
        }
        delete $object{client_reference_id} if $case{stranger};
        my $body = $JSON->encode({id => "evt_$order->{attempt}$case{say}" . ($case{operation} // ''), object => 'event',
            type => $type{$case{say}}, livemode => ($case{live} // ($self->{mode} // '') eq 'live') ? JSON::PP::true : JSON::PP::false,
            data => {object => \%object, previous_attributes => {amount_refunded => $case{before} // 0}}});
        return ($body, Shop::Fake::Providers::Stripe::signed($body, $case{key}, time - ($case{age} // 0)));
    },
);

sub _decimal { return sprintf '%.2f', $_[0] / 100 }

# An IPN is genuine when PayPal knows it: it is told so first, unless the case is secret.
$MESSAGE{paypal_standard} = sub {
    my ($self, $order, %case) = @_;
    my $txn  = $case{payid} // "TXN$order->{attempt}";
    my $body = Shop::Fake::Providers::Paypal::ipn(status => $case{say}, order => $case{transid}, try => $order->{provider_ref},
        amount => $case{text} // _decimal($case{amount}), currency => $case{currency},
        txn => $case{operation} ? "$txn/$case{operation}" : $txn, parent => $case{operation} ? $txn : undef,
        fields => {test_ipn => ($self->{mode} // '') eq 'live' ? undef : 1, %{$case{fields} // {}}});
    $self->_known({provider => 'Paypal', genuine => $body}) if !$case{secretly};
    return $body;
};

my %WEBHOOK = (
    paid => 'PAYMENT.CAPTURE.COMPLETED', pending => 'PAYMENT.CAPTURE.PENDING', refused => 'PAYMENT.CAPTURE.DENIED',
    refunded => 'PAYMENT.CAPTURE.REFUNDED', chargeback => 'PAYMENT.CAPTURE.REVERSED', approved => 'CHECKOUT.ORDER.APPROVED',
    disputed => 'CUSTOMER.DISPUTE.CREATED', other => 'BILLING.PLAN.CREATED',
);

$MESSAGE{paypal} = sub {
    my ($self, $order, %case) = @_;
    my %money = (currency_code => $case{currency}, value => _decimal($case{amount}));
    my %resource = (id => $case{payid}, custom_id => $case{transid}, amount => \%money, payer => {email_address => 'zoe@example.org'},
        supplementary_data => {related_ids => {order_id => $case{reference} // $order->{provider_ref}}});
    my $up = {rel => 'up', href => "https://api.sandbox.paypal.com/v2/payments/captures/$case{payid}"};
    if ($case{say} eq 'approved') {
        %resource = (id => $order->{provider_ref}, purchase_units => [{custom_id => $case{transid}, amount => \%money}]);
    }
    elsif ($case{say} eq 'refunded') { %resource = (%resource, id => "R$case{operation}$order->{attempt}", links => [$up]) }
    elsif ($case{say} eq 'chargeback') { %resource = (%resource, id => "V$order->{attempt}", links => [$up]) }
    elsif ($case{say} eq 'disputed') {
        %resource = (dispute_id => 'PP-D-1', disputed_transactions => [{seller_transaction_id => $case{payid}}]);
    }
    my $body = $JSON->encode({id => $case{event} // "WH-$order->{attempt}-$case{say}" . ($case{operation} // ''),
        event_type => $WEBHOOK{$case{say}}, resource => \%resource});
    return ($body, Shop::Fake::Providers::Paypal::webhook($self->{dir}, $body,
        base => "http://127.0.0.1:$self->{server}{providers_port}", %{$case{headers} // {}}));
};

# What the provider's API would say of the same payment, of the interfaces that believe it alone.
my %KNOWN = (
    axepta => sub {
        my ($self, $order, %case) = @_;
        return {provider => 'Axepta', reference => $case{reference} // $order->{provider_ref}, status => $case{say},
            payid => $case{payid}, amount => $case{amount}, currency => $case{currency}};
    },
    paypal => sub {
        my ($self, $order, %case) = @_;
        my %word = (refunded => 'paid', chargeback => 'paid', disputed => 'paid', approved => 'paid', other => 'open');
        return {provider => 'Paypal', reference => $case{reference} // $order->{provider_ref}, order => $case{transid},
            payid => $case{payid}, status => $word{$case{say}} // $case{say}, merchant => $case{merchant}, currency => $case{currency},
            captured => $case{say} =~ /\A(?:approved|other)\z/ ? undef : 'known', amount => _decimal($case{paid} // $case{amount}),
            $case{say} eq 'refunded' ? (refunds => [map { {id => "R$_->[0]$order->{attempt}", amount => _decimal($_->[1])} }
                @{$case{before} // []}, [$case{operation}, $case{amount}]]) : ()};
    },
);

# Options: server, interface, block (the interface's name), speaks (the same, or a dialect), mode, key, merchant,
# dir (PayPal's certificates).
sub new {
    my ($class, %option) = @_;
    my %known = (mercanet => {key => '002001000000001_KEY1', merchant => '002001000000001'},
        ogone => {key => 'Demo-Out-Passphrase!1'},
        axepta => {key => $Shop::Fake::Providers::Axepta::HMAC, merchant => 'BNP_DEMO_AXEPTA'},
        stripe => {key => 'whsec_demo_of_the_double'}, paypal => {key => ''},
        worldline => {key => 'demo-hook-secret', merchant => 'ATELIER', hook => 'demo-hook-key'});
    return $class->SUPER::new(block => $option{interface}, speaks => $option{interface}, %{$known{$option{interface}}}, %option);
}

# Does the shop believe the provider's API alone?
sub asks { my ($self) = @_; return exists $KNOWN{$self->{speaks}} }

# A try; where an API opens the page, it has done so.
sub attempt {
    my ($self, $order) = @_;
    my $open = $OPENED{$self->{speaks}} or return $self->SUPER::attempt($order);
    my $attempt = $self->SUPER::attempt($order, opens => JSON::PP::true);
    my ($reference, $secret) = $open->($attempt->{attempt});
    call($self->web, 'attempt_opened', {attempt => $attempt->{attempt}, provider_ref => $reference, secret => $secret,
        url => 'https://provider.example/page'});
    return {%{$attempt}, provider_ref => $reference};
}

# The message, before anything is spoilt: (body, headers).
sub message {
    my ($self, $order, %case) = @_;
    (my $amount = $order->{amount}) =~ tr/.//d;
    %case = (say => 'paid', amount => $amount, paid => $amount, currency => 'EUR', transid => $order->{transid}, key => $self->{key}, %case);
    $case{payid} //= sprintf '%032x', $order->{attempt} if $self->asks;
    $self->_known($KNOWN{$self->{speaks}}->($self, $order, %case, %{$case{api} // {}})) if $self->asks && !$case{secretly};
    return $MESSAGE{$self->{speaks}}->($self, $order, %case);
}

sub _known {
    my ($self, $payment) = @_;
    return Shop::Http->new(base => "http://127.0.0.1:$self->{server}{providers_port}")->request('POST', '/control/known',
        headers => {'Content-Type' => 'application/json'}, body => encode_json($payment));
}

sub tell {
    my ($self, $order, %case) = @_;
    my $tamper = delete $case{tamper};
    my ($body, %headers) = $self->message($order, %case);
    $body = $tamper->($body) if $tamper;
    my $answer = $self->post($body, headers => \%headers);
    $self->_proved if $self->{interface} eq 'paypal';
    $self->_asked($order) if $self->asks;
    return $answer;
}

# Waits until every message of the block is judged.
sub _proved {
    my ($self) = @_;
    wait_for(sub { !$self->{server}->sql('select count(*) from shop.payment_messages where config = ? and verdict is null',
        $self->{block}) }, 60, 0.05) or die "messages of $self->{block} are not proved\n";
    return;
}

# Waits until the provider's API was asked about all that is due.
sub _asked {
    my ($self, $order) = @_;
    wait_for(sub { !$self->{server}->sql(q{select count(*) from shop.payment_attempts a join shop.bills b on b.id = a.billid
        where b.transid = ? and (a.askat <= now() or a.unheard > 0)}, $order->{transid}) }, 60, 0.05)
        or die "nobody was asked about $order->{transid}\n";
    return;
}

1;
