#!/usr/bin/perl

# The language: what was chosen, else what the browser asks for, else English; the choice is kept in a cookie and
# leads back to the page.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, bank => 0);


sub language {
    my (%headers) = @_;
    my $answer = $t->http->get('/shop/ac/cart', headers => \%headers);
    return $answer->{body} =~ /<html lang="(\w+)"/ ? $1 : $answer->{status};
}

my %accept = (
    '' => 'en', 'fr' => 'fr', 'FR' => 'fr', 'fr-FR' => 'fr', 'fr-CA,fr;q=0.8,en;q=0.5' => 'fr', 'en' => 'en', 'en-GB,fr;q=0.9' => 'en',
    'de' => 'en', 'de,fr;q=0.5' => 'fr', 'de,fr;q=0.5,en;q=0.7' => 'en', 'en;q=0.1,fr;q=0.9' => 'fr', 'fr;q=0,en' => 'en', '*' => 'en',
    'fr;q=0' => 'en', 'xx-fr' => 'en', ',,,' => 'en', 'fr;q=abc' => 'en|fr', 'x' x 5000 => 'en', 'fr' . ',de' x 500 => 'fr',
);
for my $header (sort keys %accept) {
    like(language('Accept-Language' => $header), qr/^(?:$accept{$header})$/, 'asked for "' . substr($header, 0, 30) . '"');
}
is(language('Accept-Language' => 'en', Cookie => 'shoplang=fr'), 'fr', 'what was chosen counts more');
is(language('Accept-Language' => 'fr', Cookie => 'shoplang=de'), 'fr', 'what does not exist was not chosen');
is(language(Cookie => 'a=b; shoplang=fr; c=d'), 'fr', 'among other cookies');
is(language(Cookie => 'xshoplang=fr'), 'en', 'a cookie of another name is not ours');

my $h = $t->http(headers => {'Accept-Language' => 'en'});
my $page = $h->get('/shop/ac/p/gdpr_essentials?x=1');
my ($link) = $page->{body} =~ m{href="(/shop/ac/lang/fr\?next=[^"]*)"};
my $answer = $h->get($link =~ s/&amp;/&/gr);
is($answer->{status}, 303, 'choosing leads back');
like($answer->{headers}{location}, qr{/shop/ac/p/gdpr_essentials}, 'to the page');
my ($cookie) = @{$answer->{set_cookie}};
like($cookie, qr{^shoplang=fr; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000$}, 'and is kept for a year');
is(scalar @{$answer->{set_cookie}}, 1, 'without a session');
like($h->get('/shop/ac/')->{body}, qr/<html lang="fr"/, 'French it is');
like($h->get('/shop/ac/nothing')->{body}, qr/<html lang="fr"/, 'on errors, too');
like($h->get('/shop/ac/cart', headers => {Accept => 'application/json'})->{body}, qr/€|panier/i, 'and for the script');
is($h->get('/shop/ac/lang/xx')->{status}, 404, 'a language that is not there');

$t->finish;
done_testing;
