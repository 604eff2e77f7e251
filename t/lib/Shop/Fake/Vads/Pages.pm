package Shop::Fake::Vads::Pages;

# The pages of the platform: card, challenge, receipt, error. Plain HTML, English or French.

use strict;
use warnings;

use Exporter qw(import);

use Shop::Fake::Vads::Form qw(%EXPONENT);

our @EXPORT_OK = qw(card_page challenge_page receipt_page error_page expired_page);

my %TEXT = (
    en => {
        title => 'Secure payment', demo => 'Simulated bank page: no money moves.', shop => 'Shop',
        order => 'Order', amount => 'Amount', number => 'Card number', expiry => 'Expiry date (MM/YY)',
        cvv => 'Security code', pay => 'Pay', cancel => 'Cancel and return to the shop',
        cards => 'Test cards (any future date, any code)', ok => 'accepted', no => 'refused',
        sms => 'accepted after a challenge', smsno => 'refused after a challenge',
        wrong => 'Check the card number, the date and the code.',
        challenge => 'Your bank wants to be sure that it is you', confirm => 'Confirm the payment',
        deny => 'This is not me', paid => 'Payment accepted', refused => 'Payment refused',
        cancelled => 'Payment cancelled', back => 'Return to the shop', error => 'Error',
        rejected => 'The payment request was rejected.', expired => 'The time for this payment has passed.',
    },
    fr => {
        title => 'Paiement sécurisé', demo => 'Page de banque simulée : aucun argent ne circule.',
        shop => 'Boutique', order => 'Commande', amount => 'Montant', number => 'Numéro de carte',
        expiry => 'Date d’expiration (MM/AA)', cvv => 'Code de sécurité', pay => 'Payer',
        cancel => 'Annuler et revenir à la boutique',
        cards => 'Cartes de test (date future et code quelconques)', ok => 'acceptée', no => 'refusée',
        sms => 'acceptée après authentification', smsno => 'refusée après authentification',
        wrong => 'Vérifiez le numéro de carte, la date et le code.',
        challenge => 'Votre banque veut s’assurer que c’est bien vous', confirm => 'Confirmer le paiement',
        deny => 'Ce n’est pas moi', paid => 'Paiement accepté', refused => 'Paiement refusé',
        cancelled => 'Paiement annulé', back => 'Retour à la boutique', error => 'Erreur',
        rejected => 'La demande de paiement a été rejetée.', expired => 'Le délai de ce paiement est dépassé.',
    },
);

sub _escape {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "'" => '&#39;');
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

sub _lang { my ($payment) = @_; return ($payment->{form}{vads_language} // '') eq 'fr' ? 'fr' : 'en' }

sub _page {
    my ($lang, $content, $head) = @_;
    my $t = $TEXT{$lang};
    $head //= '';
    return <<"HTML";
<!DOCTYPE html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$t->{title}</title>
<link rel="icon" href="data:,">
$head
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 0; background: #eef1f5; color: #1b2430; }
main { max-width: 26rem; margin: 1.5rem auto; padding: 1.25rem; background: #fff; border-radius: .5rem; }
h1 { font-size: 1.4rem; margin-top: 0; }
label { display: block; margin: .75rem 0; }
input[type=text] { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
button, a.button { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .7rem;
  margin: .75rem 0; border: 1px solid #1b4f9c; border-radius: .4rem; background: #fff; color: #1b4f9c;
  text-align: center; text-decoration: none; cursor: pointer; }
button.main, a.main { background: #1b4f9c; color: #fff; }
.demo { background: #fff4d6; padding: .5rem .75rem; border-radius: .4rem; }
.error { color: #a11; font-weight: bold; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; } dd { margin: 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; font-size: .9rem; }
</style>
</head>
<body><main>
<h1>$t->{title}</h1>
<p class="demo">$t->{demo}</p>
$content
</main></body>
</html>
HTML
}

sub _amount {
    my ($form) = @_;
    my ($code, $decimals) = @{ $EXPONENT{ $form->{vads_currency} } };
    my $amount = $form->{vads_amount};
    if ($decimals) {
        $amount = sprintf '%0*s', $decimals + 1, $amount;
        substr $amount, -$decimals, 0, '.';
    }
    return "$amount $code";
}

sub _summary {
    my ($payment, $t) = @_;
    my $form = $payment->{form};
    my %show = map { $_ => _escape($form->{$_} // '') } qw(vads_shop_name vads_order_id);
    return "<dl><dt>$t->{shop}</dt><dd>$show{vads_shop_name}</dd><dt>$t->{order}</dt>"
        . "<dd>$show{vads_order_id}</dd><dt>$t->{amount}</dt><dd><strong>" . _amount($form) . '</strong></dd></dl>';
}

sub card_page {
    my ($payment, $failed) = @_;
    my $lang  = _lang($payment);
    my $t     = $TEXT{$lang};
    my $error = $failed ? qq(<p class="error" role="alert">$t->{wrong}</p>) : '';
    return _page($lang, _summary($payment, $t) . <<"HTML");
$error
<form method="post" action="/vads-payment/pay">
<input type="hidden" name="session" value="$payment->{session}">
<label>$t->{number} <input type="text" name="number" inputmode="numeric" autocomplete="cc-number"></label>
<label>$t->{expiry} <input type="text" name="expiry" autocomplete="cc-exp" placeholder="12/30"></label>
<label>$t->{cvv} <input type="text" name="cvv" inputmode="numeric" autocomplete="cc-csc"></label>
<button class="main" name="action" value="pay">$t->{pay}</button>
<button name="action" value="cancel">$t->{cancel}</button>
</form>
<p>$t->{cards}</p>
<ul><li>4970100000000000: $t->{ok}</li><li>4970100000000055: $t->{ok}</li>
<li>5970100300000067: $t->{ok}</li><li>4970100000000113: $t->{no}</li>
<li>4970110000001003: $t->{sms}</li><li>4970110000000039: $t->{smsno}</li></ul>
HTML
}

sub challenge_page {
    my ($payment) = @_;
    my $lang = _lang($payment);
    my $t    = $TEXT{$lang};
    return _page($lang, "<h2>3-D Secure</h2><p>$t->{challenge}</p>" . _summary($payment, $t) . <<"HTML");
<form method="post" action="/vads-payment/challenge">
<input type="hidden" name="session" value="$payment->{session}">
<button class="main" name="action" value="confirm">$t->{confirm}</button>
<button name="action" value="deny">$t->{deny}</button>
</form>
HTML
}

# $to: { url, fields (POST) or undef }
sub receipt_page {
    my ($payment, $to) = @_;
    my $lang = _lang($payment);
    my $t    = $TEXT{$lang};
    my %word = (REFUSED => 'refused', ABANDONED => 'cancelled');
    my $said = $t->{ $word{ $payment->{status} } // 'paid' };
    my $url  = _escape($to->{url});
    my $wait = $payment->{form}{ $payment->{status} =~ /\A(?:REFUSED|ABANDONED)\z/
        ? 'vads_redirect_error_timeout' : 'vads_redirect_success_timeout' };
    my $head = defined $wait && !$to->{fields} ? qq(<meta http-equiv="refresh" content="$wait; url=$url">) : '';
    my $back = $to->{fields}
        ? qq(<form method="post" action="$url">)
            . join('', map { sprintf '<input type="hidden" name="%s" value="%s">', _escape($_), _escape($to->{fields}{$_}) }
                sort keys %{ $to->{fields} }) . qq(<button class="main">$t->{back}</button></form>)
        : qq(<a class="button main" id="back" href="$url">$t->{back}</a>);
    return _page($lang, qq(<h2 data-status="$payment->{status}">$said</h2>) . _summary($payment, $t) . $back, $head);
}

sub error_page {
    my ($code) = @_;
    my $t = $TEXT{en};
    return _page('en', qq(<p class="error" data-code="$code">$t->{error} $code</p><p>$t->{rejected}</p>));
}

sub expired_page {
    my ($payment) = @_;
    my $lang = $payment ? _lang($payment) : 'en';
    return _page($lang, qq(<p class="error" data-code="expired">$TEXT{$lang}{expired}</p>));
}

1;
