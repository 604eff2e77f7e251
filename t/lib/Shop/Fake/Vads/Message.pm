package Shop::Fake::Vads::Message;

# The notification that the platform sends about a payment, and the ways in which tests spoil it.

use strict;
use warnings;

use Exporter qw(import);
use POSIX qw(strftime);

use Shop::Fake::Vads::Form qw(sign encode);

our @EXPORT_OK = qw(fields body token);

sub token {
    my ($length) = @_;
    open my $random, '<:raw', '/dev/urandom' or die "no random bytes: $!\n";
    read($random, my $bytes, $length) == $length or die "no random bytes\n";
    close $random;
    return unpack 'H*', $bytes;
}

# What a payment's notification says, not signed yet. $src: PAY, BO, RETRY, BATCH ...
sub fields {
    my ($payment, $src) = @_;
    my %sent = map { $_ => $payment->{form}{$_} } grep { /\Avads_/ } keys %{ $payment->{form} };
    my %fields = (
        %sent,
        vads_trans_status            => $payment->{status},
        vads_result                  => $payment->{result},
        vads_auth_result             => $payment->{auth_result},
        vads_extra_result            => '',
        vads_effective_creation_date => strftime('%Y%m%d%H%M%S', gmtime $payment->{time}),
        vads_url_check_src           => $src,
        vads_hash                    => token(32),
    );
    # A message that is sent again no longer knows how the page was opened.
    delete @fields{qw(vads_page_action vads_payment_config vads_action_mode)} if $src =~ /\A(?:BO|BATCH)/;
    return \%fields if !$payment->{uuid};

    %fields = (
        %fields,
        vads_trans_uuid         => $payment->{uuid},
        vads_operation_type     => $payment->{operation},
        vads_auth_mode          => 'FULL',
        vads_auth_number        => $payment->{auth_number},
        vads_amount             => $payment->{amount},
        vads_effective_amount   => $payment->{amount},
        vads_effective_currency => $sent{vads_currency},
        vads_trans_id           => $payment->{trans_id},
        vads_sequence_number    => 1,
        vads_card_brand         => $payment->{brand},
        vads_card_number        => $payment->{masked},
        vads_expiry_month       => $payment->{expiry_month},
        vads_expiry_year        => $payment->{expiry_year},
        vads_card_country       => 'FR',
        vads_bank_label         => "Banque de d\xc3\xa9mo et de l'innovation",
        vads_bank_product       => 'F',
        vads_payment_src        => 'EC',
        vads_contract_used      => '2334410',
        vads_payment_certificate => $payment->{certificate},
        vads_presentation_date  => strftime('%Y%m%d%H%M%S', gmtime $payment->{time} + 1),
        vads_warranty_result    => $payment->{challenge} ? 'YES' : 'NO',
        vads_threeds_enrolled   => 'Y',
        vads_threeds_auth_type  => $payment->{challenge} ? 'CHALLENGE' : 'FRICTIONLESS',
        vads_threeds_status     => $payment->{threeds_status},
        vads_threeds_eci        => '05',
        vads_threeds_cavv       => 'Q2F2dkNhdnZDYXZ2Q2F2dkNhdnY=',
        vads_threeds_cavvAlgorithm => '2',
        vads_risk_control       => '',
        vads_brand_management   => '{"userChoice":false,"brandList":"CB|VISA","brand":"CB"}',
    );
    $fields{vads_payment_error} = $payment->{payment_error} if $payment->{payment_error};
    return \%fields;
}

# The other order of a "wrong order" test.
my $OTHER_ORDER = 'ANOTHERORDER2345';

my %SPOIL = (
    amount => sub { $_[0]{vads_amount} += 1; $_[0]{vads_effective_amount} = $_[0]{vads_amount} },
    order  => sub { $_[0]{vads_order_id} = $OTHER_ORDER },
    mode   => sub { $_[0]{vads_ctx_mode} = $_[0]{vads_ctx_mode} eq 'TEST' ? 'PRODUCTION' : 'TEST' },
    site   => sub { $_[0]{vads_site_id} = '99999999' },
    extra  => sub { $_[0]{vads_zz_unheard_of} = '1' },
);

# The body to send. $tamper: { kind, signed }: spoilt before it is signed, or after.
sub body {
    my ($fields, $key, $algorithm, $tamper) = @_;
    my %fields = %$fields;
    my $kind   = $tamper ? $tamper->{kind} : '';
    my $spoil  = $SPOIL{$kind};

    return encode(_renamed(\%fields, $key, $algorithm)) if $kind eq 'rename';
    $spoil->(\%fields) if $spoil && $tamper->{signed};
    $fields{signature} = sign(\%fields, $key, $algorithm);
    $spoil->(\%fields) if $spoil && !$tamper->{signed};
    $fields{signature} =~ tr/A-Za-y/B-Zb-zA/ if $kind eq 'signature';
    return encode(\%fields);
}

# A genuine message of 1.00 whose e-mail holds the forged values; cut anew, its signature stays.
sub _renamed {
    my ($fields, $key, $algorithm) = @_;
    my %forged  = (%$fields, vads_cust_email => 'x@example.org');
    my @before  = sort grep { $_ lt 'vads_cust_email' } grep { /\Avads_/ } keys %forged;
    my %genuine = (%forged, vads_amount => '100',
        vads_cust_email => join '+', (map { $forged{$_} } @before), 'x@example.org');
    $forged{signature} = sign(\%genuine, $key, $algorithm);
    my $n = 0;
    $forged{ sprintf 'vads_aa%02d', $n++ } = $genuine{$_} for @before;
    return \%forged;
}

1;
