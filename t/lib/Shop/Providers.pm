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

# The providers' own numbers of the published test accounts. DIR and PORT are filled in; what a ..._file is to hold stands
# here, and is written into one.
my %BLOCK = (
    systempay => {block => 'card'},
    mercanet  => {lines => {merchant_id => '002001000000001', key_file => '002001000000001_KEY1', pay_url => 'http://127.0.0.1:PORT',
        office_url => 'http://127.0.0.1:PORT'}},
    ogone => {lines => {pspid => 'ATELIER', sha_in_file => 'Demo-In-Passphrase!1', sha_out_file => 'Demo-Out-Passphrase!1',
        page_url => 'http://127.0.0.1:PORT/ncol/test/orderstandard_utf8.asp',
        query_url => 'http://127.0.0.1:PORT/ncol/test/querydirect.asp', api_user => 'api', api_password_file => 'api-password'}},
    axepta => {lines => {merchant_id => 'BNP_DEMO_AXEPTA', blowfish_key_file => 'Tc5*2D_xs7B[6E?w',
        hmac_key_file => '4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8', page_url => 'http://127.0.0.1:PORT/paymentPage.aspx'}},
    stripe => {lines => {secret_key_file => 'sk_test_demo', webhook_secret_file => 'whsec_demo_of_the_double',
        api_url => 'http://127.0.0.1:PORT', page_url => 'http://127.0.0.1:PORT'}},
    worldline => {lines => {merchant_id => 'ATELIER', api_key_id => 'demo-api-key', api_secret_file => 'demo-api-secret',
        webhook_key_id => 'demo-hook-key', webhook_secret_file => 'demo-hook-secret', api_url => 'http://127.0.0.1:PORT'}},
    paypal => {speaker => sub { return (dir => $_[0]->dir . '/paypal') },
        double => sub { return ('--paypal-dir', $_[0]->dir . '/paypal') },
        lines => {client_id => 'client', client_secret_file => 'client-secret', webhook_id => '4JH86294D6297924G',
            merchant_id => 'ABCDEFGHJKLMN', api_url => 'http://127.0.0.1:PORT', page_url => 'http://127.0.0.1:PORT',
            cert_url => 'http://127.0.0.1:PORT/v1/notifications/certs/', cert_root_file => 'DIR/paypal/ca.pem'}},
);


my %LYRA = (paid => 'AUTHORISED', pending => 'WAITING_AUTHORISATION', refused => 'REFUSED');


# The interfaces that are told of payments by a provider, as the registry lists them.
sub registered {
    my %file = map { my ($name) = slurp($_) =~ /shop_pay_interface_t shop_pay_\w+ = \{\s*\.name = "(\w+)",\s*\.kind = SHOP_PAY_INSTANT,/;
        $name ? ($name => 1) : () } files(qr{^src/pay/\w+\.c$});
    delete $file{test};
    return grep { $file{$_} } slurp('src/pay/registry.c') =~ /&shop_pay_(\w+)/g;
}


# What the double is told of those whose messages name no address of the shop's.
sub notified { my ($t, @names) = @_; return map { ("--$_-notify", $t->base . "/shop/pay/$_/notify") } @names }


# The lines of an interface's test block, to make another of.
sub lines { my ($name) = @_; return %{$BLOCK{$name}{lines}} }


sub _text {
    my ($t, $block, $interface, $mode, %line) = @_;
    my $text = "shop_payment $block {\n    interface $interface;\n    mode $mode;\n";
    for my $name (sort keys %line) {
        my $value = $line{$name} =~ s/\bDIR\b/$t->dir/er =~ s/\bPORT\b/$t->{providers_port}/r;
        $value = spew($t->dir . "/secrets/${block}_$name", $value, 0600) if $name =~ /_file\z/ && $value !~ m{\A/};
        $text .= "    $name $value;\n";
    }
    return "$text}\n";
}


# Options: server, not yet started; only (names); lines (more of an interface's block: {name => {line => value}}); more
# (further blocks: {block => [interface, mode, line => value, ...]}).
sub new {
    my ($class, %option) = @_;
    my $t     = $option{server};
    my @names = $option{only} ? @{$option{only}} : registered();
    my @unknown = grep { !$BLOCK{$_} } @names;
    die "no test block of @unknown: write it into t/lib/Shop/Providers.pm\n" if @unknown;

    $t->start_providers(notified($t, grep { /^(?:ogone|stripe|paypal)$/ } @names),
        map { $BLOCK{$_}{double} ? $BLOCK{$_}{double}->($t) : () } @names);
    my %block = ((map { $_ => [$_, 'test', lines($_), %{$option{lines}{$_} // {}}] } grep { $BLOCK{$_}{lines} } @names), %{$option{more} // {}});
    $t->{option}{http} = join '', $t->{option}{http} // '', map { _text($t, $_, @{$block{$_}}) } sort keys %block;
    if ($t->{bank_port}) {
        my $password = spew($t->dir . '/secrets/rest', 'testpassword_DEMO', 0600);
        $t->{option}{bank_conf} = "rest_url http://127.0.0.1:$t->{bank_port}; rest_password_file $password;";
    }
    $t->write_conf;
    $t->dbh->do(q{update shop.shops set paymodes = paymodes || (select jsonb_object_agg(name, true) from unnest(?::text[]) as name)}, undef,
        [keys %block]) if %block;
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
