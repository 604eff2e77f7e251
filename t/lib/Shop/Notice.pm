package Shop::Notice;

# The bank speaks without its page: an order placed through SQL, an attempt to pay it, and the message
# that the platform would post about it, as genuine or as spoilt as a test wants.

use strict;
use warnings;

use File::Basename qw(dirname);
use POSIX qw(strftime);
use lib dirname(__FILE__) . '/../../sql';

use Orders qw(call event line order started);
use Shop::Fake::Vads::Form qw(encode sign);
use Shop::Fake::Vads::Message qw(fields token);

my $KEY = '1122334455667788';


# Options: server (a Shop::Test), block (card), interface, mode (test), key, site.
sub new {
    my ($class, %option) = @_;
    my $self = bless {block => 'card', interface => 'systempay', key => $KEY, site => '12345678', product => 'excel_basics', %option}, $class;
    $self->{web}  = $self->{server}->pg->connect('shop_web');
    $self->{line} = line($self->{server}->dbh, $self->{product}, 1);
    return $self;
}


# After PostgreSQL was stopped and started.
sub reconnect { my ($self) = @_; $self->{web} = $self->{server}->pg->connect('shop_web'); return }

sub web { return $_[0]{web} }


# An order with an attempt to pay it: {transid, attempt, token, provider_ref, amount, ...}.
sub placed {
    my ($self, %change) = @_;
    my $order = order([$self->{line}], paymode => $self->{block}, interface => $self->{interface}, %change);
    my $answer = call($self->{web}, 'place_orders', [$order]);
    die "not placed: $answer->{verdict} $answer->{reason}\n" if $answer->{verdict} ne 'placed';
    return $self->attempt($order);
}


sub attempt {
    my ($self, $order, %more) = @_;
    my $attempt = started($self->{web}, $order, config => $self->{block}, interface => $self->{interface},
        mode => $self->{mode} // 'test', %more);
    return {%{$attempt}, transid => $order->{transid}};
}


# What the shop's form said.
sub form {
    my ($self, $attempt) = @_;
    my ($day, $number) = split /-/, $attempt->{provider_ref};
    (my $amount = $attempt->{amount}) =~ tr/.//d;
    return {
        vads_version => 'V2', vads_site_id => $self->{site}, vads_ctx_mode => 'TEST', vads_amount => $amount,
        vads_currency => '978', vads_page_action => 'PAYMENT', vads_action_mode => 'INTERACTIVE',
        vads_payment_config => 'SINGLE', vads_return_mode => 'NONE', vads_language => 'fr',
        vads_trans_id => $number, vads_trans_date => $day . strftime('%H%M%S', gmtime),
        vads_order_id => $attempt->{transid}, vads_cust_email => 'zoe@example.org',
        vads_shop_name => 'Atelier', vads_url_return => 'http://shop.example/return?t=abc',
    };
}


# The platform's message; `status` and `operation` say which, other names change fields, undef drops one.
sub message {
    my ($self, $attempt, %change) = @_;
    my $status    = delete $change{status} // 'AUTHORISED';
    my $operation = delete $change{operation} // 'DEBIT';
    my $src       = delete $change{src} // 'PAY';
    my $form      = $self->form($attempt);
    my %payment   = (
        form => $form, status => $status, operation => $operation, uuid => $attempt->{uuid} //= token(16),
        time => time, result => $status eq 'REFUSED' ? '05' : '00', auth_result => '00', auth_number => 'abc123',
        amount => $form->{vads_amount}, trans_id => $form->{vads_trans_id}, brand => 'CB',
        masked => '497010XXXXXX0000', expiry_month => 12, expiry_year => 2099, certificate => token(20),
        threeds_status => 'Y',
    );
    if ($status eq 'ABANDONED') { delete @payment{qw(uuid operation)}; $payment{result} = '17' }
    if ($operation eq 'CREDIT') { @payment{qw(uuid trans_id)} = (token(16), '900001') }
    my %fields = (%{fields(\%payment, $src)}, %change);
    delete @fields{grep { !defined $fields{$_} } keys %fields};
    return \%fields;
}


# Signed, as the body of a request.
sub body {
    my ($self, $fields, %option) = @_;
    my %signed = (%{$fields},
        signature => sign($fields, $option{key} // $self->{key}, $option{algorithm} // 'HMAC-SHA-256'));
    return encode(\%signed);
}


sub post {
    my ($self, $body, %option) = @_;
    return $self->{server}->http->request('POST', '/shop/pay/' . ($option{block} // $self->{block}) . '/notify',
        body => $body, headers => {'Content-Type' => 'application/x-www-form-urlencoded', %{$option{headers} // {}}});
}


# The message about an attempt, signed and sent.
sub tell {
    my ($self, $attempt, %change) = @_;
    return $self->post($self->body($self->message($attempt, %change)));
}


sub status {
    my ($self, $attempt) = @_;
    return $self->{server}->sql('select status from shop.bills where transid = ?', $attempt->{transid});
}


# State of the attempt itself.
sub state {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self, $attempt) = @_;
    return $self->{server}->sql('select state from shop.payment_attempts where id = ?', $attempt->{attempt});
}


# The verdicts on an order, in the order of their arrival.
sub verdicts {
    my ($self, $attempt) = @_;
    return $self->{server}->sql(q{select coalesce(string_agg(v.verdict || coalesce(':' || v.state, ''), ' ' order by v.id), '')
        from shop.payment_events v where v.content ->> 'transid' = ? or v.billid = (select id from shop.bills where transid = ?)},
        ($attempt->{transid}) x 2);

}

1;
