package Shop::Fake::Providers;

# A double of the payment providers with a hosted page, beside the one of systempay: one small server
# that takes their forms and API calls, shows one page with the possible outcomes, signs and posts the
# notification as documented, and sends the browser back. t/bin/fake-providers runs it alone.
#
#   POST /control {"notify":"never"}          the behaviour of the next payments
#   GET  /control/payments                    what was paid, and what the shop answered
#   POST /control/notify {"order":"…"}        tells about a payment again, with "outcome" another thing
#   POST /control/known {"provider":"Axepta","reference":"…",…}  a payment that no page made
#
# Behaviour: notify before|after|never (relative to the customer's return), delay_ms, repeat (so many
# notifications at once), refuse (whatever is chosen), tamper (one byte of the message after it was
# signed), answer (an HTTP status for the API instead of an answer), refund (refuse, or lose: carried out, but the answer
# does not arrive), certificates (PayPal's are not to be had).

use strict;
use warnings;

use JSON::PP qw(decode_json encode_json);
use List::Util qw(sum0);

use Shop::Fake::Providers::Axepta;
use Shop::Fake::Providers::Ogone;
use Shop::Fake::Providers::Paypal;
use Shop::Fake::Providers::Sips;
use Shop::Fake::Providers::Stripe;
use Shop::Fake::Providers::Worldline;
use Shop::Fake::Vads::Form qw(decode);
use Shop::Fake::Vads::Loop;
use Shop::Fake::Vads::Message qw(token);

my %CALM = (notify => 'before', delay_ms => 0, repeat => 1, refuse => 0, tamper => 0, answer => 0, refund => '', certificates => 0);
my %LABEL = (
    paid => 'Pay', refused => 'Pay with a card that is refused', pending => 'Pay later, by a delayed method',
    cancelled => 'Cancel and return to the shop',
);

sub new {
    my ($class, %option) = @_;
    my $self = bless {behaviour => {%CALM}, payments => [], sessions => {}, routes => {}}, $class;
    for my $provider (map { "Shop::Fake::Providers::$_"->new(%option) } qw(Sips Ogone Axepta Paypal Stripe Worldline)) {
        my %routes = $provider->routes;
        $self->{providers}{ref($provider) =~ s/.*:://r} = $provider;
        $self->{routes}{$_} = [$provider, $routes{$_}] for keys %routes;
    }
    my $listener = Shop::Fake::Vads::Loop->listen_on($option{host} // '127.0.0.1', $option{port} // 0);
    $self->{url}  = sprintf 'http://%s:%d', $listener->sockhost, $listener->sockport;
    $self->{loop} = Shop::Fake::Vads::Loop->new(listener => $listener, handler => sub { $self->_route(@_) });
    return $self;
}

sub run { my ($self) = @_; $self->{loop}->run; return }

my %ROUTE = (
    'GET /page'             => \&_page,
    'POST /page'            => \&_choose,
    'POST /control'         => \&_control,
    'GET /control'          => \&_control,
    'GET /control/payments' => \&_payments,
    'POST /control/notify'  => \&_again,
    'POST /control/known'   => \&_known,
);

sub _route {
    my ($self, $request, $reply) = @_;
    my $own = $ROUTE{"$request->{method} $request->{path}"};
    return $own->($self, $request, $reply) if $own;
    my ($route) = grep { "$request->{method} $request->{path}" =~ /\A$_\z/ } keys %{$self->{routes}};
    return $reply->(404, {'Content-Type' => 'text/plain'}, "no such page\n") if !defined $route;
    my ($provider, $method) = @{$self->{routes}{$route}};
    return $reply->($self->{behaviour}{answer}, {}, '{}')
        if $self->{behaviour}{answer} && $method =~ /\Aapi_/;
    my $lost = $method eq 'api_refund' && $self->{behaviour}{refund} eq 'lose';
    return $provider->$method($self, $request, $lost ? sub { $reply->(500, {}, '{}') } : $reply);
}

# A provider has accepted a request: the session of its page.
sub open_session {
    my ($self, %payment) = @_;
    my $payment = {session => token(16), status => 'open', notices => [], time => time, %payment};
    push @{$self->{payments}}, $payment;
    return $self->{sessions}{$payment->{session}} = $payment;
}

sub payment { my ($self, $code) = @_; return (grep { $code->($_) } reverse @{$self->{payments}})[0] }

# --- the page ---

sub escape {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;');
    $text =~ s/([&<>"])/$entity{$1}/g;
    return $text;
}

sub html {
    my ($title, $content) = @_;
    return <<"HTML";
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="data:,">
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 0; background: #eef1f5; color: #1b2430; }
main { max-width: 26rem; margin: 1.5rem auto; padding: 1.25rem; background: #fff; border-radius: .5rem;
  overflow-wrap: anywhere; }
button { display: block; width: 100%; font: inherit; padding: .7rem; margin: .75rem 0;
  border: 1px solid #1b4f9c; border-radius: .4rem; background: #fff; color: #1b4f9c; cursor: pointer; }
.demo { background: #fff4d6; padding: .5rem .75rem; border-radius: .4rem; }
</style>
</head>
<body><main>
<h1>$title</h1>
<p class="demo">Simulated payment page: no money moves.</p>
$content
</main></body>
</html>
HTML
}

sub show {
    my ($self, $payment, $reply) = @_;
    my $buttons = join "\n", map { qq{<button name="outcome" value="$_">$LABEL{$_}</button>} }
        @{$payment->{provider}->outcomes};
    return $reply->(200, undef, html(ref($payment->{provider}) =~ s/.*:://r, sprintf <<'HTML', map { escape($_) } @{$payment}{qw(order amount currency session)}) =~ s/BUTTONS/$buttons/r);
<p>Order %s: %s %s (minor units)</p>
<form method="post" action="/page"><input type="hidden" name="session" value="%s">
BUTTONS
</form>
HTML
}

sub _page {
    my ($self, $request, $reply) = @_;
    my ($session) = $request->{query} =~ /\Asession=(\w+)\z/;
    my $payment = $self->{sessions}{$session // ''};
    return $reply->(404, undef, html('Not found', '<p>No such payment.</p>')) if !$payment;
    return $self->show($payment, $reply);
}

sub _choose {
    my ($self, $request, $reply) = @_;
    my %typed   = map { @{$_} } @{decode($request->{body})};
    my $payment = $self->{sessions}{$typed{session} // ''};
    return $reply->(404, undef, html('Not found', '<p>No such payment.</p>'))
        if !$payment || $payment->{status} ne 'open' || !$LABEL{$typed{outcome} // ''};
    my $behaviour = $payment->{behaviour} = {%{$self->{behaviour}}};
    $payment->{status} = $behaviour->{refuse} && $typed{outcome} eq 'paid' ? 'refused' : $typed{outcome};
    my $back = sub { $payment->{provider}->send_back($payment, $reply) };
    return $self->tell($payment, $back) if $behaviour->{notify} eq 'before';
    $back->();
    return $self->tell($payment, sub { }) if $behaviour->{notify} eq 'after';
    return;
}

# --- notifications ---

sub tell {
    my ($self, $payment, $then) = @_;
    my $behaviour = $payment->{behaviour};
    my $left = $behaviour->{repeat};
    return $self->{loop}->after(0, $then) if !$payment->{provider}->notice($payment);    # nothing to tell
    $self->{loop}->after($behaviour->{delay_ms} / 1000, sub {
        for (1 .. $behaviour->{repeat}) {
            my ($url, $body, $headers) = $payment->{provider}->notice($payment);
            $body =~ s/(amount[^0-9]*)[0-9]/${1}7/i if $behaviour->{tamper};
            $self->{loop}->post($url, $body, 35, sub {
                push @{$payment->{notices}}, $_[0]{status};
                $then->() if --$left == 0;
            }, $headers);
        }
    });
    return;
}

# --- the control interface ---

sub _json { my ($reply, $data) = @_; return $reply->(200, {'Content-Type' => 'application/json'}, encode_json($data)) }

sub _control {
    my ($self, $request, $reply) = @_;
    my $wish = $request->{method} eq 'POST' ? decode_json($request->{body}) : {};
    my @unknown = grep { !exists $CALM{$_} } sort keys %{$wish};
    return $reply->(400, {'Content-Type' => 'text/plain'}, "not known: @unknown\n") if @unknown;
    %{$self->{behaviour}} = (%{$self->{behaviour}}, %{$wish});
    return _json($reply, $self->{behaviour});
}

# In minor units; some doubles keep each refund, as decimal text.
sub _refunded {
    my ($payment) = @_;
    return 0 + ($payment->{refunded} // sprintf '%.0f', 100 * sum0(map { $_->{amount} } @{$payment->{refunds} // []}));
}

sub _payments {
    my ($self, $request, $reply) = @_;
    return _json($reply, {certificates => $self->{fetched} // {}, payments => [map { {
        provider => ref($_->{provider}) =~ s/.*:://r, order => $_->{order}, status => $_->{status},
        amount => $_->{amount}, currency => $_->{currency}, notices => $_->{notices}, refunded => _refunded($_),
    } } @{$self->{payments}}]});
}

sub _again {
    my ($self, $request, $reply) = @_;
    my $wish = decode_json($request->{body});
    my $payment = $self->payment(sub { $_[0]{order} eq ($wish->{order} // '') });
    return $reply->(404, {'Content-Type' => 'text/plain'}, "no such payment\n") if !$payment;
    $payment->{status} = $wish->{outcome} if $wish->{outcome};
    $payment->{behaviour} = {%CALM, %{$self->{behaviour}}};
    return $self->tell($payment, sub { _json($reply, {notices => $payment->{notices}}) });
}

# The API knows this payment from now on, or knows it as it is now.
sub _known {
    my ($self, $request, $reply) = @_;
    my $wish = decode_json($request->{body});
    if (defined $wish->{genuine}) {    # a message whose way back is to be answered with "yes"
        $self->{providers}{$wish->{provider}}{genuine}{$wish->{genuine}} = 1;
        return _json($reply, {});
    }
    my $payment = $self->payment(sub { ($_[0]{payid} // '') eq $wish->{payid} });
    $payment //= $self->open_session(provider => $self->{providers}{delete $wish->{provider}});
    %{$payment} = (%{$payment}, %{$wish});
    return _json($reply, {});
}

1;
