package Shop::Fake::Vads;

# A double of the "vads" payment platform (Systempay, PayZen ...): form, card pages, signed
# notifications, Order/Get, and a control interface for tests. t/bin/fake-vads runs it alone.
#
#   my $bank = Shop::Fake::Vads->spawn(ipn_url => 'http://127.0.0.1:8080/shop/pay/card/notify');
#   $bank->{url}                         # the form goes to "$bank->{url}/vads-payment/"
#   $bank->control({ notify => 'never' });        # the behaviour of the next payments
#   $bank->call('/control/replay', { order_id => '...', src => 'BO' });
#   $bank->call('/control/transactions');
#   $bank->stop;
#
# Behaviour: notify before|after|never (relative to the customer's return), delay_ms, repeat (so
# many notifications at once), refuse, status (instead of AUTHORISED), retries and retry_seconds (on
# failure), tamper { kind amount|order|mode|site|extra|signature|rename, signed true|false },
# abandoned (tell about cancelled payments), ipn_url.

use strict;
use warnings;

use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64);
use POSIX qw(strftime);

use Shop::Fake::Vads::Form qw(decode sign check %EXPONENT);
use Shop::Fake::Vads::Loop;
use Shop::Fake::Vads::Message qw(fields body token);
use Shop::Fake::Vads::Pages qw(card_page challenge_page receipt_page error_page expired_page);

my $PAGE_SECONDS = 600;
my $IPN_TIMEOUT  = 35;
my %ACCEPTED_ANSWER = map { $_ => 1 } 200 .. 206, 301, 302, 303, 307, 308;
my %CALM = (
    notify => 'before', delay_ms => 0, repeat => 1, refuse => JSON::PP::false, status => '',
    retries => 0, retry_seconds => 900, abandoned => JSON::PP::true, tamper => undef, ipn_url => undef, refund => '',
);
my %CARD = (
    '4970100000000000' => ['CB', 'pay'], '4970100000000055' => ['CB', 'pay'],
    '5970100300000067' => ['MASTERCARD', 'pay'], '4970100000000113' => ['CB', 'refuse'],
    '4970110000001003' => ['CB', 'challenge'], '4970110000000039' => ['CB', 'challenge_refuse'],
);

sub new {
    my ($class, %opt) = @_;
    my $self = bless {
        site_id   => $opt{site_id} // '12345678',
        keys      => $opt{keys} // { TEST => '1122334455667788', PRODUCTION => '8877665544332211' },
        algorithm => $opt{algorithm} // 'HMAC-SHA-256',
        password  => $opt{rest_password} // 'testpassword_DEMO',
        ipn_url   => $opt{ipn_url} // '',
        page_seconds => $opt{page_seconds} // $PAGE_SECONDS,
        behaviour => {%CALM},
        used      => {},
        sessions  => {},
        payments  => [],
    }, $class;
    my $listener = $opt{listener} // Shop::Fake::Vads::Loop->listen_on($opt{host} // '127.0.0.1', $opt{port} // 0);
    $self->{url}  = sprintf 'http://%s:%d', $listener->sockhost, $listener->sockport;
    $self->{loop} = Shop::Fake::Vads::Loop->new(listener => $listener, handler => sub { $self->_route(@_) });
    return $self;
}

sub run { my ($self) = @_; $self->{loop}->run; return }

# --- for tests: the double in a process of its own ---

sub spawn {
    my ($class, %opt) = @_;
    my $self = $class->new(%opt);
    my $pid  = fork // die "fork: $!\n";
    if (!$pid) {
        local $SIG{TERM} = sub { $self->{loop}->stop };
        $self->run;
        POSIX::_exit(0);
    }
    close $self->{loop}{listener};
    return bless { pid => $pid, owner => $$, url => $self->{url} }, $class;
}

sub call {
    my ($self, $path, $data) = @_;
    my $answer = HTTP::Tiny->new(timeout => 60)->request($data ? 'POST' : 'GET', $self->{url} . $path,
        { content => $data ? encode_json($data) : '', headers => { 'Content-Type' => 'application/json' } });
    die "$path: $answer->{status} $answer->{content}\n" if !$answer->{success};
    return decode_json($answer->{content});
}

sub control { my ($self, $data) = @_; return $self->call('/control', $data) }

sub stop {
    my ($self) = @_;
    return if !$self->{pid} || $self->{owner} != $$;
    kill 'TERM', $self->{pid};
    waitpid delete $self->{pid}, 0;
    return;
}

sub DESTROY { local ($?, $@, $!); $_[0]->stop; return }

# --- routes ---

my %ROUTE = (
    'POST /vads-payment/'             => \&_form,
    'POST /vads-payment/pay'          => \&_pay,
    'POST /vads-payment/challenge'    => \&_challenge,
    'GET /vads-payment/back'          => \&_back,
    'POST /api-payment/V4/Order/Get'  => \&_order_get,
    'POST /api-payment/V4/Transaction/CancelOrRefund' => \&_refund,
    'POST /control'                   => \&_control,
    'GET /control'                    => \&_control,
    'POST /control/reset'             => \&_reset,
    'POST /control/replay'            => \&_replay,
    'GET /control/transactions'       => \&_transactions,
);

sub _route {
    my ($self, $request, $reply) = @_;
    my $handler = $ROUTE{"$request->{method} $request->{path}"}
        or return $reply->(404, { 'Content-Type' => 'text/plain' }, "no such page\n");
    $self->_forget;
    return $handler->($self, $request, $reply);
}

sub _json { my ($reply, $data) = @_; return $reply->(200, { 'Content-Type' => 'application/json' }, encode_json($data)) }

# Customers who let the time pass have abandoned.
sub _forget {
    my ($self) = @_;
    for my $payment (grep { $_->{status} eq 'OPEN' && $_->{until} < time } @{ $self->{payments} }) {
        $self->_abandon($payment, sub { });
    }
    return;
}

# --- the customer's way ---

sub _form {
    my ($self, $request, $reply) = @_;
    my $pairs = decode($request->{body});
    my $code  = check($pairs, { %$self, now => time });
    return $reply->(200, undef, error_page($code)) if defined $code;

    my %form = map { @$_ } @$pairs;
    $self->{used}{ Shop::Fake::Vads::Form::use_key(\%form) } = 1;
    my $payment = {
        session => token(16), form => \%form, status => 'OPEN', time => time, notices => [],
        until => time + $self->{page_seconds}, amount => $form{vads_amount}, trans_id => $form{vads_trans_id},
        behaviour => { %{ $self->{behaviour} } },
    };
    $self->{sessions}{ $payment->{session} } = $payment;
    push @{ $self->{payments} }, $payment;
    return $reply->(200, undef, card_page($payment));
}

# The payment of a session that may still be paid, and what was typed.
sub _open {
    my ($self, $request, $reply) = @_;
    my %typed   = map { @$_ } @{ decode($request->{body}) };
    my $payment = $self->{sessions}{ $typed{session} // '' };
    return ($payment, \%typed) if $payment && $payment->{status} eq 'OPEN';
    $reply->(200, undef, expired_page($payment));
    return;
}

sub _pay {
    my ($self, $request, $reply) = @_;
    my ($payment, $typed) = $self->_open($request, $reply) or return;
    my $show = sub { $self->_receipt($payment, $reply) };
    return $self->_abandon($payment, $show) if ($typed->{action} // '') eq 'cancel';

    (my $number = $typed->{number} // '') =~ tr/ //d;
    my $card = $CARD{$number};
    my ($month, $year) = ($typed->{expiry} // '') =~ m{\A\s*(0?[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)\s*\z};
    if (!$card || !$month || ($typed->{cvv} // '') !~ /\A\d{3}\z/ || !_is_future($month, $year)) {
        return $reply->(200, undef, card_page($payment, 'failed'));
    }

    @$payment{qw(brand masked expiry_month expiry_year)} =
        ($card->[0], substr($number, 0, 6) . 'XXXXXX' . substr($number, -4), $month + 0, 2000 + $year);
    my $way = $payment->{behaviour}{refuse} ? 'refuse' : $card->[1];
    if ($way =~ /\Achallenge/) {
        $payment->{challenge} = $way;
        return $reply->(200, undef, challenge_page($payment));
    }
    return $self->_decide($payment, $way eq 'pay', $show);
}

sub _is_future {
    my ($month, $year) = @_;
    my (undef, undef, undef, undef, $now_month, $now_year) = gmtime;
    return (2000 + $year) * 12 + $month >= ($now_year + 1900) * 12 + $now_month + 1;
}

sub _challenge {
    my ($self, $request, $reply) = @_;
    my ($payment, $typed) = $self->_open($request, $reply) or return;
    my $ok = ($typed->{action} // '') eq 'confirm' && ($payment->{challenge} // '') eq 'challenge';
    return $self->_decide($payment, $ok, sub { $self->_receipt($payment, $reply) });
}

sub _decide {
    my ($self, $payment, $accepted, $then) = @_;
    my $wish = $payment->{behaviour}{status};
    %$payment = (
        %$payment, uuid => token(16), operation => 'DEBIT', time => time, auth_number => token(3),
        certificate => token(20), threeds_status => $accepted ? 'Y' : 'N',
        status => $accepted ? $wish || 'AUTHORISED' : 'REFUSED', result => $accepted ? '00' : '05',
        auth_result => $accepted ? '00' : '51', payment_error => $accepted ? '' : $payment->{challenge} ? 39 : 46,
    );
    return $self->_tell($payment, $then);
}

sub _abandon {
    my ($self, $payment, $then) = @_;
    %$payment = (%$payment, status => 'ABANDONED', result => '17', auth_result => '');
    return $payment->{behaviour}{abandoned} ? $self->_tell($payment, $then) : $then->();
}

# "before": the receipt waits for the notification's answer, so the shop knows before the return.
sub _tell {
    my ($self, $payment, $then) = @_;
    return $then->() if $payment->{behaviour}{notify} ne 'before';
    return $self->_notify($payment, $then);
}

sub _receipt {
    my ($self, $payment, $reply) = @_;
    my $form = $payment->{form};
    my %own  = (REFUSED => 'vads_url_refused', ABANDONED => 'vads_url_cancel');
    my $url  = $form->{ $own{ $payment->{status} } // 'vads_url_success' } || $form->{vads_url_return} || '/';
    my $mode = $form->{vads_return_mode} // 'NONE';
    $payment->{back} = $url;
    if ($mode ne 'NONE') {
        my $fields = fields($payment, 'PAY');
        delete @$fields{qw(vads_hash vads_url_check_src)};
        $fields->{signature} = sign($fields, $self->{keys}{ $form->{vads_ctx_mode} }, $self->{algorithm});
        return $reply->(200, undef, receipt_page($payment, { url => $url, fields => $fields })) if $mode eq 'POST';
        $payment->{back} .= ($url =~ /\?/ ? '&' : '?') . Shop::Fake::Vads::Form::encode($fields);
    }
    return $reply->(200, undef, receipt_page($payment, { url => "/vads-payment/back?session=$payment->{session}" }));
}

sub _back {
    my ($self, $request, $reply) = @_;
    my ($session) = $request->{query} =~ /\Asession=([0-9a-f]+)\z/;
    my $payment = $self->{sessions}{ $session // '' };
    return $reply->(404, undef, expired_page(undef)) if !$payment || !$payment->{back};
    $reply->(302, { Location => $payment->{back} }, '');
    my $told = $payment->{told_after}++;
    my $wanted = $payment->{status} ne 'ABANDONED' || $payment->{behaviour}{abandoned};
    $self->_notify($payment, sub { }) if !$told && $wanted && $payment->{behaviour}{notify} eq 'after';
    return;
}

# --- notifications ---

sub _notify {
    my ($self, $payment, $then) = @_;
    my $behaviour = $payment->{behaviour};
    my $left = $behaviour->{repeat};
    my $one  = sub { $then->() if --$left == 0 };
    return $then->() if $left < 1;
    $self->{loop}->after($behaviour->{delay_ms} / 1000, sub {
        $self->_send($payment, 'PAY', $behaviour->{retries}, $one) for 1 .. $behaviour->{repeat};
    });
    return;
}

sub _send {
    my ($self, $payment, $src, $retries, $then) = @_;
    my $behaviour = $payment->{behaviour};
    my $body = body(fields($payment, $src), $self->{keys}{ $payment->{form}{vads_ctx_mode} },
        $self->{algorithm}, $behaviour->{tamper});
    # The form's own address serves the first call only, as on the real platform.
    my $own = $src eq 'PAY' ? $payment->{form}{vads_url_check} : undef;
    my $url = $own || $behaviour->{ipn_url} || $self->{ipn_url};
    $self->{loop}->post($url, $body, $IPN_TIMEOUT, sub {
        my ($answer) = @_;
        push @{ $payment->{notices} }, { src => $src, status => $answer->{status}, error => $answer->{error},
            body => substr($answer->{body}, 0, 512) };
        if (!$ACCEPTED_ANSWER{ $answer->{status} } && $retries > 0) {
            $self->{loop}->after($behaviour->{retry_seconds},
                sub { $self->_send($payment, 'RETRY', $retries - 1, sub { }) });
        }
        $then->($answer);
    });
    return;
}

# --- the platform's API ---

sub _error_of { my ($reply) = @_; return sub { _json($reply, { status => 'ERROR',
    answer => { errorCode => $_[0], errorMessage => $_[1], _type => 'V4/WebService/WebServiceError' } }) } }

sub _knows {
    my ($self, $request) = @_;
    my ($basic) = ($request->{headers}{authorization} // '') =~ /\ABasic (\S+)\z/;
    return $basic && decode_base64($basic) eq "$self->{site_id}:$self->{password}";
}

# What is not captured is cancelled, or made smaller; what is, is credited by a transaction of its own. Behaviour:
# refund "refuse", or "lose": carried out, but the answer does not arrive.
sub _refund {
    my ($self, $request, $reply) = @_;
    my $error = _error_of($reply);
    return $error->('INT_905', 'invalid authentication') if !$self->_knows($request);
    my $wish = decode_json($request->{body});
    my ($payment) = grep { ($_->{uuid} // '') eq $wish->{uuid} } @{ $self->{payments} };
    return $error->('PSP_010', 'transaction not found') if !$payment;
    my $left = $payment->{amount} - ($payment->{credited} // 0);
    return $error->('PSP_083', 'amount too high') if $wish->{amount} > $left || $self->{behaviour}{refund} eq 'refuse';
    if ($payment->{status} eq 'CAPTURED') {
        $payment->{credited} += $wish->{amount};
        $payment = { %$payment, uuid => token(16), operation => 'CREDIT', notices => [], time => time, amount => $wish->{amount},
            trans_id => sprintf('%06d', 900000 + @{ $self->{payments} }), status => 'AUTHORISED' };
        push @{ $self->{payments} }, $payment;
    } elsif ($wish->{amount} == $left) {
        $payment->{status} = 'CANCELLED';
    } else {
        $payment->{amount} -= $wish->{amount};
    }
    return $reply->(500, {}, '') if $self->{behaviour}{refund} eq 'lose';
    return _json($reply, { status => 'SUCCESS', answer => _transaction($self, $payment) });
}

sub _order_get {
    my ($self, $request, $reply) = @_;
    my $error = _error_of($reply);
    return $error->('INT_905', 'invalid authentication') if !$self->_knows($request);
    my $order = (eval { decode_json($request->{body}) } // {})->{orderId} // '';
    my @found = grep { $_->{form}{vads_order_id} eq $order && $_->{uuid} } @{ $self->{payments} };
    return $error->('PSP_010', 'transaction not found') if !@found;
    return _json($reply, { status => 'SUCCESS', webService => 'Order/Get', version => 'V4',
        answer => { shopId => $self->{site_id}, orderDetails => { orderId => $order },
            transactions => [map { _transaction($self, $_) } @found], _type => 'V4/Order' } });
}

sub _transaction {
    my ($self, $payment) = @_;
    my $form  = $payment->{form};
    my %short = (AUTHORISED => 'PAID', CAPTURED => 'PAID', REFUSED => 'UNPAID', CANCELLED => 'UNPAID');
    return {
        shopId => $self->{site_id}, uuid => $payment->{uuid}, amount => $payment->{amount} + 0,
        currency => $EXPONENT{ $form->{vads_currency} }[0], operationType => $payment->{operation},
        status => $short{ $payment->{status} } // 'RUNNING', detailedStatus => $payment->{status},
        orderDetails => { orderId => $form->{vads_order_id}, mode => $form->{vads_ctx_mode} },
        creationDate => strftime('%Y-%m-%dT%H:%M:%S+00:00', gmtime $payment->{time}),
        transactionDetails => { cardDetails => {
            legacyTransId => $payment->{trans_id}, pan => $payment->{masked}, effectiveBrand => $payment->{brand},
            legacyTransDate => strftime('%Y-%m-%dT%H:%M:%S+00:00', gmtime $payment->{time}) } },
        _type => 'V4/PaymentTransaction',
    };
}

# --- the control interface ---

sub _control {
    my ($self, $request, $reply) = @_;
    my $wish = $request->{method} eq 'POST' ? decode_json($request->{body}) : {};
    my @unknown = grep { !exists $CALM{$_} } sort keys %$wish;
    return $reply->(400, { 'Content-Type' => 'text/plain' }, "not known: @unknown\n") if @unknown;
    $self->{ipn_url} = delete $wish->{ipn_url} if $wish->{ipn_url};
    %{ $self->{behaviour} } = (%{ $self->{behaviour} }, %$wish);
    return _json($reply, { %{ $self->{behaviour} }, ipn_url => $self->{ipn_url} });
}

sub _reset {
    my ($self, $request, $reply) = @_;
    $self->{behaviour} = {%CALM};
    return _json($reply, $self->{behaviour});
}

# Sends a notification again, or about a later change: { order_id or uuid, src, status, operation,
# amount, tamper, repeat }. A CREDIT is a new transaction. Answers with what the shop answered.
sub _replay {
    my ($self, $request, $reply) = @_;
    my $wish = decode_json($request->{body});
    my ($payment) = grep {
        $wish->{uuid} ? ($_->{uuid} // '') eq $wish->{uuid} : $_->{form}{vads_order_id} eq ($wish->{order_id} // '')
    } reverse @{ $self->{payments} };
    return $reply->(404, { 'Content-Type' => 'text/plain' }, "no such payment\n") if !$payment;

    if (($wish->{operation} // '') eq 'CREDIT') {
        $payment = { %$payment, uuid => token(16), operation => 'CREDIT', notices => [], time => time,
            trans_id => sprintf('%06d', 900000 + @{ $self->{payments} }), status => 'AUTHORISED' };
        push @{ $self->{payments} }, $payment;
    }
    $payment->{$_} = $wish->{$_} for grep { defined $wish->{$_} } qw(status amount);
    my %message = (%$payment, behaviour => { %{ $payment->{behaviour} }, ipn_url => $self->{ipn_url},
        tamper => $wish->{tamper} });
    my $left = $wish->{repeat} // 1;
    my @answers;
    for (1 .. $left) {
        $self->_send(\%message, $wish->{src} // 'BO', 0, sub {
            push @answers, $_[0];
            _json($reply, { answers => \@answers }) if --$left == 0;
        });
    }
    return;
}

sub _transactions {
    my ($self, $request, $reply) = @_;
    return _json($reply, { transactions => [map { {
        order_id => $_->{form}{vads_order_id}, trans_id => $_->{trans_id}, uuid => $_->{uuid},
        status => $_->{status}, operation => $_->{operation}, amount => $_->{amount} + 0,
        currency => $_->{form}{vads_currency}, ctx_mode => $_->{form}{vads_ctx_mode}, notices => $_->{notices},
    } } @{ $self->{payments} }] });
}

1;
