#!/usr/bin/perl
# The core sections of the public Mustache specification, run by the engine itself.

use strict;
use warnings;

use FindBin;

chdir "$FindBin::Bin/../.." or die "chdir: $!";

chomp(my $folder = `t/view/spec.sh`);
die "the specification could not be fetched\n" if $? != 0;

my @files = map { "$folder/$_.json" }
    qw(comments delimiters interpolation inverted partials sections);
for my $file (@files) {
    die "$file is missing\n" if !-s $file;
}

system('make', '-s', 'build/t/mustache-spec') == 0 or die "mustache-spec could not be built\n";
exec 'build/t/mustache-spec', @files or die "exec: $!";
