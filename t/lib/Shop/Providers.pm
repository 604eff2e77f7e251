package Shop::Providers;

# All payment interfaces at once, each with its test block and its double: what tests that go through every interface
# share. The list is that of the registry (src/pay/registry.c): an interface that has no block here is a failure.
#
#   my $t = Shop::Test->new(start => 0, …);
#   my $all = Shop::Providers->new(server => $t);    # doubles, secrets, configuration; then $t->start_nginx
#   for my $name ($all->names) { $all->block($name); $all->teller($name); $all->pay($buyer, $name) }

use strict;
use warnings;

use Shop::Notice;
use Shop::Source qw(files slurp);
use Shop::Teller;
use Shop::Test qw(spew);

# The providers' own numbers of the published test accounts; DIR, PORT and BANK are filled in.
my %BLOCK = (
    systempay => {block => 'card', secrets => {rest => 'testpassword_DEMO'}},
    mercanet  => {secrets => {sips => '002001000000001_KEY1'}, conf => <<'CONF'},
        merchant_id 002001000000001;
        key_file DIR/secrets/sips;
        pay_url http://127.0.0.1:PORT;
        office_url http://127.0.0.1:PORT;
CONF
    ogone => {secrets => {ogone_in => 'Demo-In-Passphrase!1', ogone_out => 'Demo-Out-Passphrase!1', ogone_api => 'api-password'},
        conf => <<'CONF'},
        pspid ATELIER;
        sha_in_file DIR/secrets/ogone_in;
        sha_out_file DIR/secrets/ogone_out;
        page_url http://127.0.0.1:PORT/ncol/test/orderstandard_utf8.asp;
        query_url http://127.0.0.1:PORT/ncol/test/querydirect.asp;
        api_user api;
        api_password_file DIR/secrets/ogone_api;
CONF
    axepta => {secrets => {axepta_blowfish => 'Tc5*2D_xs7B[6E?w', axepta_hmac => '4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8'}, conf => <<'CONF'},
        merchant_id BNP_DEMO_AXEPTA;
        blowfish_key_file DIR/secrets/axepta_blowfish;
        hmac_key_file DIR/secrets/axepta_hmac;
        page_url http://127.0.0.1:PORT/paymentPage.aspx;
        inquire_url http://127.0.0.1:PORT/inquire.aspx;
CONF
    stripe => {secrets => {stripe => 'sk_test_demo', stripe_hook => 'whsec_demo_of_the_double'}, conf => <<'CONF'},
        secret_key_file DIR/secrets/stripe;
        webhook_secret_file DIR/secrets/stripe_hook;
        api_url http://127.0.0.1:PORT;
        page_url http://127.0.0.1:PORT;
CONF
    worldline => {secrets => {worldline => 'demo-api-secret', worldline_hook => 'demo-hook-secret'}, conf => <<'CONF'},
        merchant_id ATELIER;
        api_key_id demo-api-key;
        api_secret_file DIR/secrets/worldline;
        webhook_key_id demo-hook-key;
        webhook_secret_file DIR/secrets/worldline_hook;
        api_url http://127.0.0.1:PORT;
CONF
    paypal => {secrets => {paypal => 'client-secret'}, speaker => sub { return (dir => $_[0]->dir . '/paypal') },
        double => sub { return ('--paypal-dir', $_[0]->dir . '/paypal') }, conf => <<'CONF'},
        client_id client;
        client_secret_file DIR/secrets/paypal;
        webhook_id 4JH86294D6297924G;
        merchant_id ABCDEFGHJKLMN;
        api_url http://127.0.0.1:PORT;
        page_url http://127.0.0.1:PORT;
        cert_url http://127.0.0.1:PORT/v1/notifications/certs/;
        cert_root_file DIR/paypal/ca.pem;
CONF
);


my %LYRA = (paid => 'AUTHORISED', pending => 'WAITING_AUTHORISATION', refused => 'REFUSED');


# The interfaces that are told of payments by a provider, as the registry lists them.
sub registered {
    my %file = map { my ($name) = slurp($_) =~ /shop_pay_interface_t shop_pay_\w+ = \{\s*\.name = "(\w+)",\s*\.kind = SHOP_PAY_INSTANT,/;
        $name ? ($name => 1) : () } files(qr{^src/pay/\w+\.c$});
    delete $file{test};
    return grep { $file{$_} } slurp('src/pay/registry.c') =~ /&shop_pay_(\w+)/g;
}


# Options: server, not yet started; only (names).
sub new {
    my ($class, %option) = @_;
    my $t     = $option{server};
    my @names = $option{only} ? @{$option{only}} : registered();
    my @unknown = grep { !$BLOCK{$_} } @names;
    die "no test block of @unknown: write it into t/lib/Shop/Providers.pm\n" if @unknown;

    my $dir  = $t->dir;
    my $port = $t->start_providers((map { ("--$_-notify", $t->base . "/shop/pay/$_/notify") } grep { /^(?:ogone|stripe|paypal)$/ } @names),
        map { $BLOCK{$_}{double} ? $BLOCK{$_}{double}->($t) : () } @names);
    my ($conf, $modes) = ('', '');
    for my $name (@names) {
        my $known = $BLOCK{$name};
        spew("$dir/secrets/$_", $known->{secrets}{$_}, 0600) for keys %{$known->{secrets}};
        next if !$known->{conf};
        $conf .= "shop_payment $name {\n    interface $name;\n    mode test;\n$known->{conf}}\n" =~ s/DIR/$dir/gr =~ s/PORT/$port/gr;
        $modes .= ", \"$name\": true";
    }
    $t->{option}{http}      = ($t->{option}{http} // '') . $conf;
    $t->{option}{bank_conf} = "rest_url http://127.0.0.1:$t->{bank_port}; rest_password_file $dir/secrets/rest;" if $t->{bank_port};
    $t->write_conf;
    $t->dbh->do(q{update shop.shops set paymodes = paymodes || ?::jsonb}, undef, '{' . substr($modes, 2) . '}') if $modes;
    return bless {server => $t, names => \@names}, $class;
}


sub names { my ($self) = @_; return @{$self->{names}} }
sub block { my ($self, $name) = @_; return $BLOCK{$name}{block} // $name }


# Who speaks for the provider without its page.
sub teller {
    my ($self, $name) = @_;
    return $self->{teller}{$name} //= $name eq 'systempay' ? Shop::Notice->new(server => $self->{server})
        : Shop::Teller->new(server => $self->{server}, interface => $name,
            $BLOCK{$name}{speaker} ? $BLOCK{$name}{speaker}->($self->{server}) : ());
}


# From the payment step through the provider's page, paid, and back.
sub pay {
    my ($self, $buyer, $name) = @_;
    return $name eq 'systempay' ? $buyer->pay_card : $buyer->pay_hosted('paid');
}


# A message about an order as it is to be posted: {path, body, headers}; say: paid, pending or refused. Another key: a forged one.
sub prepared {
    my ($self, $name, $order, $say, %key) = @_;
    my $teller = $self->teller($name);
    my ($body, %headers) = $name eq 'systempay'
        ? $teller->body($teller->message($order, status => $LYRA{$say}), %key)
        : $teller->message($order, say => $say, %key);
    return {path => '/shop/pay/' . $self->block($name) . '/notify', body => $body,
        headers => {'Content-Type' => 'application/x-www-form-urlencoded', %headers}};
}


# Behaviour of the provider's double.
sub control { my ($self, $name, %wish) = @_; return $self->{server}->control($name eq 'systempay' ? 'bank' : 'providers', \%wish) }

1;
