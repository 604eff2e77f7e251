#!/usr/bin/perl

# What the documents point to is there: files, and headings of the same page.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp top);
use Test::More;

my @documents = files(qr{\.md$});
my $top       = top();
my $links     = 0;

for my $document (@documents) {
    my $text = slurp($document);
    $text =~ s/^```.*?^```//msg;
    my %anchors = map { anchor($_) => 1 } $text =~ /^#+ (.+)$/mg;
    my $folder  = dirname($document);

    for my $link ($text =~ /\]\(([^)\s]+)\)/g) {
        next if $link =~ m{^\w+:};
        my ($file, $heading) = split /#/, $link, 2;
        $links++;
        fail("$document points to $link") if $file ne q{} ? !-e "$top/$folder/$file" : !$anchors{$heading};
    }
}

cmp_ok($links, '>', 5, 'links were found');
done_testing();


# As the usual renderers make it of a heading.
sub anchor
{
    my ($heading) = @_;
    my $anchor = lc $heading;
    $anchor =~ s/[^\w\s-]//g;

    return $anchor =~ s/\s/-/gr;
}
