#!/usr/bin/perl

# Every template of the theme parses, and renders without data in every language: no partial and no
# text is missing on the way.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp;
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files top);
use Test::More;

my $theme     = top() . '/src/view/theme';
my $render    = top() . '/build/t/render';
my @languages = map { m{/(\w+)\.json$} } files(qr{^src/view/theme/lang/\w+\.json$});
my @templates = map { m{/templates/(.+)\.mustache$} } files(qr{^src/view/theme/templates/.*\.mustache$});
my $data      = File::Temp->new(SUFFIX => '.json');

print {$data} "{}\n";
close $data or die "$data: $!\n";

ok(-x $render, 'the renderer is built') or die "make unit first\n";
cmp_ok(scalar @templates, '>', 20, 'templates were found');

for my $language (@languages) {
    for my $template (@templates) {
        my $said = qx($render $theme $language $template $data 2>&1 >/dev/null);
        is($? . $said, '0', "$template renders in $language");
    }
}

done_testing();
