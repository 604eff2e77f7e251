#!/usr/bin/perl

# Rooms know only the rooms below them; pure rooms know no nginx, libpq, hiredis or curl.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp);
use Test::More;

my %may = (
    base    => [qw(base)],
    shop    => [qw(base shop)],
    pay     => [qw(base shop pay)],
    produce => [qw(base shop produce)],
    view    => [qw(base shop view)],
    link    => [qw(base link)],
    work    => [qw(base shop pay produce view link work)],
    web     => [qw(base shop pay produce view link work web)],
);
my %pure    = map { $_ => 1 } qw(base shop pay produce);
my $outside = qr{^(?:ngx_|libpq-fe|libpq/|hiredis|curl/)};
my $clients = qr{^(?:libpq-fe|libpq/|hiredis|curl/)};
my (%seen, %objects);

for my $file (files(qr{^src/.*\.[ch]$})) {
    my ($room) = $file =~ m{^src/(\w+)/};
    my @includes = slurp($file) =~ m{^\s*\#\s*include\s*[<"]([^>"]+)[>"]}mg;

    for my $header (@includes) {
        if ($header =~ m{^(\w+)/} && $may{$1} && !grep { $_ eq $1 } @{ $may{$room} }) {
            fail("$file includes $header: $room may not call " . (split m{/}, $header)[0]);
        }
        if (($pure{$room} || $file =~ m{/view/(?:mustache|lang|qr|mime)}) && $header =~ $outside) {
            fail("$file includes $header: the room is pure");
        }
        if ($room ne 'link' && $header =~ $clients) {
            fail("$file includes $header: only link may");
        }
    }

    if ($file =~ m{([^/]+/[^/]+)\.c$}) {
        push @{ $objects{$1} }, $file;
    }
    $seen{$room}++;
}

ok($seen{base}, 'sources were found');
ok(!grep({ !$may{$_} } keys %seen), 'every room is known') or diag(join ' ', sort keys %seen);

for my $name (grep { @{ $objects{$_} } > 1 } sort keys %objects) {
    fail("two files are named $name: @{ $objects{$name} }");
}

done_testing();
