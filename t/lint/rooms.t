#!/usr/bin/perl

# Rooms know only the rooms below them; pure rooms know nothing of the world: no nginx, no client
# library, no clock, no randomness, no file, no socket.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(code files slurp);
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
my %pure    = map { $_ => 1 } qw(base shop pay produce view);
my $clients = qr{^(?:libpq-fe|libpq/|hiredis|curl/)};

# What a pure room may include beside rooms: the language, and libraries that turn values into values.
my $values = qr{^(?:(?:ctype|errno|math|regex|stdarg|stdbool|stddef|stdint|stdio|stdlib|string)\.h
    |arpa/inet\.h|jansson\.h|openssl/(?:core_names|crypto|evp|params|pem|provider|x509|x509_vfy)\.h|qrencode\.h|cairo-pdf\.h|pango/pangocairo\.h)$}x;
my $world = qr{(?<![>.\w])(?:time|clock|clock_gettime|gettimeofday|localtime(?:_r)?|mktime|rand|random|RAND_\w+
    |f?open|fdopen|read|f?write|socket|connect|getenv|setlocale|v?f?printf|puts|exit|abort|assert)\s*\(}x;
my (%seen, %objects);

for my $file (files(qr{^src/.*\.[ch]$})) {
    my ($room) = $file =~ m{^src/(\w+)/};
    my @includes = slurp($file) =~ m{^\s*\#\s*include\s*[<"]([^>"]+)[>"]}mg;

    for my $header (@includes) {
        my ($from) = $header =~ m{^(\w+)/};
        if ($from && $may{$from} ? !grep { $_ eq $from } @{ $may{$room} } : $pure{$room} && $header !~ $values) {
            fail("$file includes $header: $room may not");
        }
        if ($room ne 'link' && $header =~ $clients) {
            fail("$file includes $header: only link may");
        }
    }

    if ($pure{$room}) {
        my $code = code($file);
        fail("$file calls $1: the room is pure") while $code =~ /($world)/g;
    }

    if ($file =~ m{([^/]+/[^/]+)\.c$}) {
        push @{ $objects{$1} }, $file;
    }
    $seen{$room}++;
}

is(join(q{ }, sort keys %seen), join(q{ }, sort keys %may), 'every room was seen, and no other');

for my $name (grep { @{ $objects{$_} } > 1 } sort keys %objects) {
    fail("two files are named $name: @{ $objects{$name} }");
}

done_testing();
