#!/usr/bin/perl

# All languages have the same keys and placeholders; every key of a template and of the code exists.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use JSON::PP qw(decode_json);
use Shop::Source qw(files slurp);
use Test::More;

my @files = files(qr{^src/view/theme/lang/\w+\.json$});

if (!@files) {
    plan skip_all => 'no language files yet';
}

my %texts = map { m{(\w+)\.json$} ? ($1 => decode_json(slurp($_))) : () } @files;

ok($texts{en} && $texts{fr}, 'English and French are there');

for my $language (sort keys %texts) {
    my @missing = grep { !exists $texts{$language}{$_} } sort keys %{ $texts{en} };
    my @extra   = grep { !exists $texts{en}{$_} } sort keys %{ $texts{$language} };
    is("@missing", q{}, "$language lacks no key");
    is("@extra",   q{}, "$language has no key that English lacks");

    my @differ = grep {
        placeholders($texts{$language}{$_} // q{}) ne placeholders($texts{en}{$_})
    } sort keys %{ $texts{en} };
    is("@differ", q{}, "$language has the placeholders of English");
}

for my $file (files(qr{^src/view/theme/templates/.*\.mustache$})) {
    my @unknown = grep { !exists $texts{en}{$_} }
        slurp($file) =~ m/\{\{\#\s*str\s*\}\}\s*([\w.:-]+)\s*(?:,|\{\{\/)/g;
    is("@unknown", q{}, "$file uses known keys");
}

# In the code: texts asked for by name, and refusals, whose key follows "refusal.".
my $asked   = qr{\bngx_http_shop_(?:text|text_with|page)\([^,;]+,\s*"([\w.]+)"};
my $refused = qr{[.>]key\s*=(?!=)([^;,\}]+)|\b(?:shop_refusals_add|require)\([^;"]+,\s*("\w+")};
my $keys    = 0;
for my $file (files(qr{^src/(?:shop|web)/.*\.c$})) {
    next if $file eq 'src/shop/discount_build.c';    # defects of a discount are for staff
    my $code     = slurp($file);
    my @refusals = map { /"(\w+)"/g } grep { defined } $code =~ /$refused/g;
    my @used     = ($code =~ /$asked/g, map { "refusal.$_" } @refusals);
    my @unknown  = grep { !exists $texts{en}{$_} } @used;
    is("@unknown", q{}, "$file uses known keys") if @used;
    $keys += @used;
}
cmp_ok($keys, '>', 50, 'keys were found in the code');

done_testing();


sub placeholders
{
    my ($text) = @_;
    my %names = map { $_ => 1 } $text =~ /(\{\$a(?:->\w+)?\})/g;

    return join q{ }, sort keys %names;
}
