package Shop::Fake::Vads::Form;

# The rules of the payment form, with the error codes that the platform shows, and the signature.
# Everything is bytes; text is UTF-8.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256 sha1_hex);
use Exporter qw(import);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Time::Local qw(timegm);

our @EXPORT_OK = qw(decode encode sign check %EXPONENT);

# ISO number => letters, decimals; what the platform takes
our %EXPONENT = (
    978 => ['EUR', 2], 840 => ['USD', 2], 826 => ['GBP', 2], 756 => ['CHF', 2], 124 => ['CAD', 2],
    '036' => ['AUD', 2], 752 => ['SEK', 2], 578 => ['NOK', 2], 208 => ['DKK', 2], 985 => ['PLN', 2],
    392 => ['JPY', 0], 953 => ['XPF', 0], 952 => ['XOF', 0], 950 => ['XAF', 0], 788 => ['TND', 3],
);

my $CLOCK_TOLERANCE = 1800;

# Pairs in order: [[name, value], ...]
sub decode {
    my ($text) = @_;
    return [map {
        my ($name, $value) = split /=/, $_, 2;
        [map { my $s = $_ // ''; $s =~ tr/+/ /; $s =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge; $s } $name, $value]
    } grep { length } split /&/, $text];
}

sub encode {
    my ($fields) = @_;
    return join '&', map {
        my $value = $fields->{$_};
        $value =~ s/([^A-Za-z0-9_.~ -])/sprintf '%%%02X', ord $1/ge;
        $value =~ tr/ /+/;
        "$_=$value"
    } sort keys %$fields;
}

sub sign {
    my ($fields, $key, $algorithm) = @_;
    my $text = join '+', (map { $fields->{$_} } sort grep { /\Avads_/ } keys %$fields), $key;
    return sha1_hex($text) if $algorithm eq 'SHA-1';
    return encode_base64(hmac_sha256($text, $key), '');
}

# name, what it must look like, must be there, error code
my @RULES = (
    ['vads_version',         qr/\AV2\z/,                         1, '01'],
    ['vads_site_id',         qr/\A\d{8}\z/,                      1, '02'],
    ['vads_trans_id',        qr/\A[0-8][0-9]{5}\z/,              1, '03'],
    ['vads_trans_date',      qr/\A\d{14}\z/,                     1, '04'],
    ['vads_validation_mode', qr/\A[01]?\z/,                      0, '05'],
    ['vads_capture_delay',   qr/\A\d{0,3}\z/,                    0, '06'],
    ['vads_payment_config',  qr/\ASINGLE\z/,                     1, '07'],
    ['vads_payment_cards',   qr/\A(?!ALL\z)[A-Z0-9_;-]{0,127}\z/, 0, '08'],
    ['vads_amount',          qr/\A[1-9]\d{0,11}\z/,              1, '09'],
    ['vads_currency',        qr/\A\d{3}\z/,                      1, '10'],
    ['vads_ctx_mode',        qr/\A(?:TEST|PRODUCTION)\z/,        1, '11'],
    ['vads_language',        qr/\A(?:de|en|zh|es|fr|it|ja|nl|pl|pt|ru|sv|tr)\z/, 0, '12'],
    ['vads_order_id',        qr/\A[A-Za-z0-9-]{0,64}\z/,         0, '13'],
    ['vads_order_info',      qr/\A.{0,255}\z/s,                  0, '14'],
    ['vads_cust_email',      qr/\A[^\s@]{1,80}@[^\s@]{1,80}\z/,  0, '15'],
    ['vads_cust_id',         qr/\A.{0,63}\z/s,                   0, '16'],
    ['vads_cust_first_name', qr/\A.{0,126}\z/s,                  0, '18'],
    ['vads_cust_last_name',  qr/\A.{0,126}\z/s,                  0, '18'],
    ['vads_cust_address',    qr/\A.{0,510}\z/s,                  0, '19'],
    ['vads_cust_zip',        qr/\A.{0,64}\z/s,                   0, '20'],
    ['vads_cust_city',       qr/\A.{0,256}\z/s,                  0, '21'],
    ['vads_cust_country',    qr/\A[A-Z]{2}\z/,                   0, '22'],
    ['vads_cust_phone',      qr/\A.{0,32}\z/s,                   0, '23'],
    ['vads_cust_status',     qr/\A(?:PRIVATE|COMPANY)?\z/,       0, '17'],
    ['vads_url_return',      qr{\Ahttps?://\S{1,1016}\z},        0, '28'],
    ['vads_url_success',     qr{\Ahttps?://\S{1,1016}\z},        0, '24'],
    ['vads_url_refused',     qr{\Ahttps?://\S{1,1016}\z},        0, '25'],
    ['vads_url_cancel',      qr{\Ahttps?://\S{1,1016}\z},        0, '27'],
    ['vads_url_error',       qr{\Ahttps?://\S{1,1016}\z},        0, '29'],
    ['vads_url_check',       qr{\Ahttps?://\S{1,1016}\z},        0, '33'],
    ['vads_redirect_success_timeout', qr/\A(?:[0-5]?\d{1,2}|600)\z/, 0, '34'],
    ['vads_redirect_error_timeout',   qr/\A(?:[0-5]?\d{1,2}|600)\z/, 0, '34'],
    ['vads_page_action',     qr/\APAYMENT\z/,                    1, '46'],
    ['vads_action_mode',     qr/\AINTERACTIVE\z/,                1, '47'],
    ['vads_return_mode',     qr/\A(?:NONE|GET|POST)\z/,          0, '48'],
    ['vads_shop_name',       qr/\A.{0,254}\z/s,                  0, '72'],
);

my %CODE = map { ($_->[0] => $_->[3]) } @RULES;

# The first error code, or undef. $platform: site_id, keys, algorithm, used, now.
sub check {
    my ($pairs, $platform) = @_;
    my %fields;
    for my $pair (@$pairs) {
        return ($CODE{ $pair->[0] } // '99') if exists $fields{ $pair->[0] };
        $fields{ $pair->[0] } = $pair->[1];
    }

    for my $rule (@RULES) {
        my ($name, $shape, $mandatory, $code) = @$rule;
        my $value = $fields{$name};
        return $code if $mandatory && !defined $value;
        return '70'  if $mandatory && $value eq '';
        return $code if defined $value && $value ne '' && $value !~ $shape;
    }
    for my $name (sort keys %fields) {
        return ($CODE{$name} // '99') if $fields{$name} =~ /["\r\n]/;
        return '91' if $name =~ /\Avads_ext_info_/ && length $fields{$name} > 255;
        return '999' if $name ne 'signature' && $fields{$name} =~ /\A[345][0-9]{12,15}\z/;
    }

    return '02' if $fields{vads_site_id} ne $platform->{site_id};
    return '10' if !$EXPONENT{ $fields{vads_currency} };
    my $key = $platform->{keys}{ $fields{vads_ctx_mode} } // return '11';
    my $signature = $fields{signature} // '';
    return '00' if $signature eq '' || $signature ne sign(\%fields, $key, $platform->{algorithm});
    return '04' if !_is_now($fields{vads_trans_date}, $platform->{now});
    return '03' if $platform->{used}{ use_key(\%fields) };
    return;
}

# A number is used up for its site, mode and UTC day, also by a payment that nobody finishes.
sub use_key {
    my ($fields) = @_;
    return join '|', $fields->{vads_site_id}, $fields->{vads_ctx_mode},
        substr($fields->{vads_trans_date}, 0, 8), lc $fields->{vads_trans_id};
}

sub _is_now {
    my ($date, $now) = @_;
    my @part = $date =~ /\A(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\z/;
    my $seconds = eval { timegm($part[5], $part[4], $part[3], $part[2], $part[1] - 1, $part[0]) };
    return defined $seconds && abs($seconds - $now) <= $CLOCK_TOLERANCE;
}

1;
