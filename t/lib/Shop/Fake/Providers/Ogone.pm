package Shop::Fake::Providers::Ogone;

# The hosted page of Ogone (Ingenico e-Commerce): SHA-IN, feedback with SHA-OUT, DirectLink query and refund.
# payments.md 8. Hash sha512, in both directions.

use strict;
use warnings;

use Digest::SHA qw(sha512_hex);
use Exporter qw(import);
use POSIX qw(strftime);

use Shop::Fake::Vads::Form qw(decode encode);
use Shop::Fake::Vads::Message qw(token);

our @EXPORT_OK = qw(sha);

my %STATUS = (paid => 9, refused => 2, cancelled => 1, pending => 91, refunded => 8, error => 0);
my %NCERROR = (refused => 30001001);
my %ADDRESS = (paid => 'ACCEPTURL', pending => 'ACCEPTURL', refused => 'DECLINEURL', cancelled => 'CANCELURL');

sub new {
    my ($class, %option) = @_;
    return bless {
        pspid => $option{ogone_pspid} // 'ATELIER', in => $option{ogone_in} // 'Demo-In-Passphrase!1',
        out => $option{ogone_out} // 'Demo-Out-Passphrase!1', notify => $option{ogone_notify} // '',
        user => $option{ogone_user} // 'api', password => $option{ogone_password} // 'api-password',
    }, $class;
}

sub outcomes { return [qw(paid refused pending cancelled)] }

sub routes {
    return ('POST /ncol/test/orderstandard_utf8.asp' => 'form', 'POST /ncol/test/querydirect.asp' => 'api_query',
        'POST /ncol/test/maintenancedirect.asp' => 'api_refund');
}

# Over every field that is not empty, but the signature itself.
sub sha {
    my ($fields, $passphrase) = @_;
    my %upper = map { uc $_ => $fields->{$_} } keys %{$fields};
    return uc sha512_hex(join '', map { "$_=$upper{$_}$passphrase" } grep { $_ ne 'SHASIGN' && length $upper{$_} } sort keys %upper);
}

sub form {
    my ($self, $server, $request, $reply) = @_;
    my %form = map { @{$_} } @{decode($request->{body})};
    delete $form{go};    # the button
    my $bad = sub { $reply->(200, undef, Shop::Fake::Providers::html('Error', "<p>$_[0]</p>")) };
    return $bad->('unknown order/1/r') if ($form{SHASIGN} // '') ne sha(\%form, $self->{in});
    for my $name (qw(PSPID ORDERID AMOUNT CURRENCY LANGUAGE ACCEPTURL DECLINEURL EXCEPTIONURL CANCELURL)) {
        return $bad->($name) if !length($form{$name} // '');
    }
    return $bad->('PSPID') if $form{PSPID} ne $self->{pspid};
    return $bad->('50001113 order already processed')
        if $server->payment(sub { $_[0]{provider} == $self && $_[0]{order} eq $form{ORDERID} && $_[0]{status} eq 'paid' });
    return $server->show($server->open_session(provider => $self, form => \%form, order => $form{ORDERID},
        amount => $form{AMOUNT}, currency => $form{CURRENCY}, payid => 3_000_000_000 + hex substr token(4), 0, 7), $reply);
}

# 4990 is "49.9" in feedback.
sub amount { my ($minor) = @_; return 0 + sprintf '%.2f', $minor / 100 }

sub _feedback {
    my ($self, $payment) = @_;
    my $status = $payment->{status};
    my %fields = (
        orderID => $payment->{order}, currency => $payment->{currency}, amount => amount($payment->{amount}),
        PM => 'CreditCard', ACCEPTANCE => 'test123', STATUS => $STATUS{$status}, CARDNO => 'XXXXXXXXXXXX1111', ED => '0130',
        CN => $payment->{form}{CN} // '', TRXDATE => strftime('%m/%d/%y', gmtime), PAYID => $payment->{payid},
        NCERROR => $NCERROR{$status} // 0, BRAND => 'VISA', COMPLUS => '',
    );
    return {%fields, SHASIGN => sha(\%fields, $self->{out})};
}

sub notice {
    my ($self, $payment) = @_;
    return ($self->{notify}, encode($self->_feedback($payment)));
}

sub send_back {
    my ($self, $payment, $reply) = @_;
    my $url = $payment->{form}{$ADDRESS{$payment->{status}} // 'EXCEPTIONURL'};
    return $reply->(302, {Location => $url . ($url =~ /\?/ ? '&' : '?') . encode($self->_feedback($payment))}, '');
}

sub _answers {
    my ($reply) = @_;
    return sub {
        my (%attribute) = @_;
        my $list = join ' ', map { qq{$_="$attribute{$_}"} } sort keys %attribute;
        return $reply->(200, {'Content-Type' => 'text/xml'}, qq{<?xml version="1.0"?>\n<ncresponse $list>\n</ncresponse>\n});
    };
}

sub _knows { my ($self, $asked) = @_; return $asked->{PSPID} eq $self->{pspid} && $asked->{USERID} eq $self->{user} && $asked->{PSWD} eq $self->{password} }

# The last operation.
sub api_query {
    my ($self, $server, $request, $reply) = @_;
    my %asked  = map { @{$_} } @{decode($request->{body})};
    my $answer = _answers($reply);
    return $answer->(STATUS => 0, NCERROR => 50001111, PAYID => '') if !$self->_knows(\%asked);
    my $payment = $server->payment(sub { $_[0]{provider} == $self && $_[0]{order} eq $asked{ORDERID} && $_[0]{status} ne 'open' });
    return $answer->(orderID => $asked{ORDERID}, STATUS => 0, NCERROR => 50001130, PAYID => '') if !$payment;
    my $last = $payment->{last};
    return $answer->(orderID => $payment->{order}, PAYID => $payment->{payid}, STATUS => $last ? 8 : $STATUS{$payment->{status}},
        PAYIDSUB => $payment->{operation} // 0, NCERROR => $NCERROR{$payment->{status}} // 0,
        amount => amount($last // $payment->{amount}), currency => $payment->{currency}, PM => 'CreditCard', BRAND => 'VISA');
}

sub api_refund {
    my ($self, $server, $request, $reply) = @_;
    my %asked  = map { @{$_} } @{decode($request->{body})};
    my $answer = _answers($reply);
    return $answer->(STATUS => 0, NCERROR => 50001118, PAYID => '')
        if !$self->_knows(\%asked) || ($asked{SHASIGN} // '') ne sha(\%asked, $self->{in});
    my $payment = $server->payment(sub { ($_[0]{payid} // '') eq $asked{PAYID} });
    my $left = $payment ? $payment->{amount} - ($payment->{refunded} // 0) : 0;
    return $answer->(STATUS => 0, NCERROR => 50001046, PAYID => $asked{PAYID})
        if $asked{OPERATION} !~ /\ARF[DS]\z/ || $asked{AMOUNT} > $left || $server->{behaviour}{refund} eq 'refuse';
    $payment->{refunded} += $asked{AMOUNT};
    $payment->{last} = $asked{AMOUNT};
    return $answer->(orderID => $payment->{order}, PAYID => $payment->{payid}, PAYIDSUB => ++$payment->{operation},
        STATUS => 8, NCERROR => 0, amount => amount($asked{AMOUNT}), currency => $payment->{currency});
}

1;
