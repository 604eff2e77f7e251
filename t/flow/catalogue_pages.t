#!/usr/bin/perl

# The catalogue: in tabs and in one piece, what is listed and what is not, what a product tells before it is
# bought, for people and for search engines.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use JSON::PP qw(decode_json);

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new(patient => 1, moodle => 0, mail => 0, bank => 0);
my $b = Shop::Buyer->new(base => $t->base);


sub products { return join ' ', $b->page->{answer}{body} =~ /<article class="product-card[^"]*" id="p-([^"]+)"/g }


sub listed { my ($shortname) = @_; return scalar grep { $_ eq $shortname } split / /, products() }

$t->catalog('update shop.shops set printtabbedcategories = true');
$b->open('');
is(products(), 'excel_advanced excel_basics', 'the first category that has something');
like($b->page->text, qr/Office software.*Computing and data.*Working together.*Certificates/, 'a tab for each root');
$b->open('c/spreadsheets');
is(products(), 'excel_advanced excel_basics', 'the products of one category, by name');
like($b->page->{answer}{body}, qr{href="/shop/ac/c/documents"}, 'beside its sisters');
like($b->page->{answer}{body}, qr{aria-current="[^"]+"[^>]*>Spreadsheets|Spreadsheets</a>}, 'and where one is');
is($b->open('c/nothing')->status, 404, 'a category that does not exist');
$t->catalog(q{update shop.categories set visible = false where seoalias = 'spreadsheets'});
is($b->open('c/spreadsheets')->status, 404, 'one that is hidden');

$t->catalog(q{update shop.categories set visible = true});
$t->catalog('update shop.shops set printtabbedcategories = false');
$b->open('');
cmp_ok(scalar(split / /, products()), '>', 15, 'all in one piece');
ok(listed('excel_basics') && listed('mooc_certificate') && listed('office_set'), 'of every category');
ok(!listed('word_basics') && !listed('workbook'), 'elements stand inside their set or pack');
like($b->page->{answer}{body}, qr{<h2[^>]*>\s*(?:<[^>]+>)?\s*Office software.*<h3}s, 'under headings');

my %shown = (AVAILABLE => 1, PROVIDING => 1, PREVIEW => 0, AVAILABLEINTERNAL => 0, ASCOMPLEMENT => 0, SUSPENDED => 0, ABANDONNED => 0);
for my $status (sort keys %shown) {
    $t->catalog(q{update shop.items set status = ? where shortname = 'gdpr_essentials'}, $status);
    $b->open('c/safety');
    is(listed('gdpr_essentials'), $shown{$status}, "$status: " . ($shown{$status} ? 'listed' : 'not listed'));
    is($b->open('p/gdpr_essentials')->status, $shown{$status} ? 200 : 404, 'as is its page');
    my $answer = $b->http->post('/shop/ac/cart/add', [csrf => '', p => 'gdpr_essentials'], headers => {Accept => 'application/json'});
    is($answer->{status}, $status eq 'AVAILABLE' ? 200 : 422, 'sold or not');
    $b = Shop::Buyer->new(base => $t->base);
}

my ($leaflet) = $b->open('p/python_start')->{answer}{body} =~ /<a href="([^"]+[.]pdf)" download /;
is($leaflet, '/shop-media/python_start.pdf', 'a product may have a leaflet');
is($b->http->get($leaflet)->{status}, 200, 'it is there');
$b->open('c/computing');
like($b->page->{answer}{body}, qr{href="\Q$leaflet\E" download}, 'the catalogue leads to it as well');
$t->catalog('update shop.shops set forcedownloadleaflet = false');
$b->open('p/python_start');
like($b->page->{answer}{body}, qr{href="\Q$leaflet\E" aria-label}, 'a shop may have it opened instead of saved');

$b->open('p/excel-first-steps');
like($b->page->text, qr/Excel: first steps.*EXCEL_BASICS.*€108\.00.*Good to know.*No previous knowledge/, 'everything about a product');
like($b->page->{answer}{body}, qr{<title>Excel for beginners}, 'its title for search engines');
like($b->page->{answer}{body}, qr{<meta name="description" content="A twelve-lesson Excel course}, 'and what it is');
my ($json) = $b->page->{answer}{body} =~ m{<script type="application/ld\+json">(.*?)</script>}s;
my $facts = decode_json($json);
is("$facts->{sku} $facts->{offers}{price} $facts->{offers}{priceCurrency}", 'EXCEL_BASICS 108.00 EUR', 'and what it costs');
$b->open('p/python_start');
like($b->page->text, qr/exercises may be used freely/, 'the terms of a product can be read before');
$t->catalog(q{update shop.items set name = '</script><x id=c1>', description = '<p>Fine &amp; good</p>' where shortname = 'python_start'});
$b->open('p/python_start');
unlike($b->page->{answer}{body}, qr/<x id/, 'a name is text, in the data for machines, too');
like($b->page->text, qr/Fine & good/, 'a description is what its author wrote');
$t->catalog('update shop.categories set visible = false');
$b->open('');
is($b->page->status, 200, 'a shop with nothing to show');
ok($b->says('catalog.nothing') || $b->says('catalog.empty'), 'says so') or diag $b->page->text;

$t->finish;
done_testing;
