package Shop::Teller;

# Providers speak without their page: an order placed through SQL, an attempt to pay it, and the message
# that the provider would post about it, as genuine or as spoilt as a test wants.
#
#   my $teller = Shop::Teller->new(server => $t, interface => 'mercanet');
#   my $order  = $teller->placed;
#   $teller->tell($order, say => 'paid', amount => 100);
#
# say: paid refused cancelled pending unheard; of ogone also authorised uncertain refunded deleted. Changes: amount (minor units), currency (alpha-3), transid,
# merchant, key, and what an interface alone has.

use strict;
use warnings;

use parent -norequire, 'Shop::Notice';

use JSON::PP;

use Shop::Fake::Providers::Ogone;
use Shop::Fake::Providers::Sips;
use Shop::Fake::Vads::Form qw(encode);
use Shop::Notice;

my %NUMERIC = (EUR => '978', USD => '840');

my %MESSAGE = (
    mercanet => sub {
        my ($self, $order, %case) = @_;
        my %code = (paid => '00', refused => '05', cancelled => '17', pending => '60', unheard => '77');
        return encode(Shop::Fake::Providers::Sips::response({
            captureMode => 'AUTHOR_CAPTURE', captureDay => 0, keyVersion => 1, orderChannel => 'INTERNET',
            amount => $case{amount}, currencyCode => $NUMERIC{$case{currency}}, responseCode => $code{$case{say}},
            merchantId => $case{merchant} // $self->{merchant}, transactionReference => $case{reference} // $order->{provider_ref},
            orderId => $case{transid}, acquirerResponseCode => '00', maskedPan => '4100############00',
            'customerContact.email' => 'zoe@example.org', transactionPlatform => $case{platform},
        }, $case{key}, encode => $case{encode}));
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
);

# Options: server, interface, block (the interface's name), mode, key, merchant.
sub new {
    my ($class, %option) = @_;
    my %known = (mercanet => {key => '002001000000001_KEY1', merchant => '002001000000001'},
        ogone => {key => 'Demo-Out-Passphrase!1'});
    return $class->SUPER::new(block => $option{interface}, %{$known{$option{interface}}}, %option);
}

# The message, before anything is spoilt: (body, headers).
sub message {
    my ($self, $order, %case) = @_;
    (my $amount = $order->{amount}) =~ tr/.//d;
    %case = (say => 'paid', amount => $amount, currency => 'EUR', transid => $order->{transid}, key => $self->{key}, %case);
    return $MESSAGE{$self->{interface}}->($self, $order, %case);
}

sub tell {
    my ($self, $order, %case) = @_;
    my $tamper = delete $case{tamper};
    my ($body, %headers) = $self->message($order, %case);
    $body = $tamper->($body) if $tamper;
    return $self->post($body, headers => \%headers);
}

1;
