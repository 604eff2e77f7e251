package Shop::Fake::Smtp::Pages;

# The pages of the mail box of the demonstration.

use strict;
use warnings;
use utf8;

use Shop::Fake::Web;

our $VERSION = 1;

my %texts = (
    en => {
        title => 'Mail box', empty => 'No mail yet. Mails of the shop appear here.', from => 'From', to => 'To',
        date => 'Date', back => 'All mails', plain => 'Text version', subject => 'Subject',
        note => 'Nothing leaves this machine: this box catches every mail of the demonstration.',
    },
    fr => {
        title => 'Boîte aux lettres', empty => 'Aucun courriel pour le moment. Ceux de la boutique arrivent ici.',
        from => 'De', to => 'À', date => 'Date', back => 'Tous les courriels', plain => 'Version texte',
        subject => 'Objet',
        note => 'Rien ne quitte cette machine : cette boîte retient tous les courriels de la démonstration.',
    },
);

my $style = <<'CSS';
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f6f8;color:#1d2125}
header{background:#343a40;color:#fff;padding:.8rem 1.2rem}header a{color:#fff}
main{max-width:56rem;margin:1.2rem auto;padding:0 1rem}
a.mail{display:block;background:#fff;border:1px solid #dee2e6;border-radius:.5rem;padding:.8rem 1rem;margin:.5rem 0;
color:inherit;text-decoration:none}a.mail:hover{border-color:#0f6cbf}
.muted{color:#5f6b76;font-size:.9rem;overflow-wrap:anywhere}h1{font-size:1.35rem}
iframe{width:100%;height:34rem;border:1px solid #dee2e6;border-radius:.5rem;background:#fff}
pre{white-space:pre-wrap;background:#fff;border:1px solid #dee2e6;border-radius:.5rem;padding:1rem;overflow-wrap:anywhere}
footer{color:#5f6b76;text-align:center;margin:2rem;font-size:.85rem}
CSS

sub frame {
    my ( $request, $title, $body ) = @_;
    my $language = language($request);
    my $text     = $texts{$language};
    return <<"HTML";
<!DOCTYPE html>
<html lang="$language"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>$style</style></head>
<body><header><a href="/"><strong>$text->{title}</strong></a></header><main>$body</main><footer>$text->{note}</footer></body></html>
HTML
}

sub language {
    my ($request) = @_;
    return ( $request->{headers}{'accept-language'} || q{} ) =~ /^\s*fr/i ? 'fr' : 'en';
}

sub escape { return Shop::Fake::Web::escape( $_[0] ) }

sub moment {
    my ($at) = @_;
    my @t = localtime $at;
    return sprintf '%04d-%02d-%02d %02d:%02d:%02d', $t[5] + 1900, $t[4] + 1, @t[ 3, 2, 1, 0 ];
}

sub list {
    my ( $mails, $request ) = @_;
    my $text = $texts{ language($request) };
    my $body = "<h1>$text->{title}</h1>";
    $body .= "<p>$text->{empty}</p>" if !@{$mails};
    for my $mail ( reverse @{$mails} ) {
        $body .= sprintf '<a class="mail" href="/mail/%d"><strong>%s</strong><div class="muted">%s: %s · %s</div></a>',
            $mail->{id}, escape( $mail->{subject} ), $text->{to}, escape( join ', ', @{ $mail->{to} } ),
            moment( $mail->{at} );
    }
    return frame( $request, $text->{title}, $body );
}

# Links become clickable, the rest is escaped.
sub linked {
    my ($plain) = @_;
    my $html = q{};
    while ( $plain =~ m{\G(.*?)(https?://[^\s<>"']+|\z)}gs ) {
        $html .= escape($1);
        last if !length $2;
        my $address = escape($2);
        $html .= qq{<a href="$address" target="_blank" rel="noopener">$address</a>};
    }
    return $html;
}

sub mail {
    my ( $mail, $request ) = @_;
    my $text = $texts{ language($request) };
    my $body = sprintf '<p><a href="/">← %s</a></p><h1>%s</h1><p class="muted">%s: %s<br>%s: %s<br>%s: %s</p>',
        $text->{back}, escape( $mail->{subject} ), $text->{from}, escape( $mail->{headers}{from} ), $text->{to},
        escape( $mail->{headers}{to} ), $text->{date}, moment( $mail->{at} );
    if ( length $mail->{html} ) {
        $body .= sprintf '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="%s" src="/mail/%d/html"></iframe>',
            escape( $mail->{subject} ), $mail->{id};
    }
    $body .= "<h2>$text->{plain}</h2><pre>" . linked( $mail->{text} ) . '</pre>';
    return frame( $request, escape( $mail->{subject} ), $body );
}

# Links of the message open beside the frame.
sub html_part {
    my ($mail) = @_;
    my $html = $mail->{html};
    $html =~ s/(<head[^>]*>)/$1<base target="_blank">/i or $html = "<base target=\"_blank\">$html";
    return $html;
}

1;
