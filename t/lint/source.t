#!/usr/bin/perl

# The length of files and functions, banned functions, comparisons of secrets, unfinished work, secrets.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(code files functions slurp);
use Test::More;

my $banned = qr{\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atof|system|popen|sleep|usleep
    |nanosleep|getaddrinfo|gethostbyname|PQexec|PQexecParams|PQexecPrepared|PQcancel|PQconnectdb|PQsetdb
    |redisCommand|redisConnect|curl_easy_perform|curl_multi_wait|curl_multi_poll)\s*\(}x;

# Their time would tell how much of a guess is right: CRYPTO_memcmp() and what uses it.
my $compared = qr{\b((?:ngx_)?(?:mem|str|strn|strcase|strncase)cmp|shop_str_eq)\s*\(
    [^;\{]*?\b(?:mac|digest|secret|signature|\w+_token|csrf|password)(?:\.\w+)?\s*[,)]}x;
my $secret = qr{-----BEGIN[ ](?:RSA[ ]|EC[ ])?PRIVATE[ ]KEY|\bsk_live_\w{8}|\bAKIA[0-9A-Z]{16}\b
    |\bgh[po]_\w{30}|://[^\s/:@"']+:[^\s/@"'\$\{%]{6,}@}x;
my $unfinished = join q{|}, 'TO' . 'DO', 'FIX' . 'ME';
my ($files, $functions) = (0, 0);

for my $file (files(qr{^(?:src|t|sql|conf-examples)/.*\.(?:[ch]|pm|t|sql|sh|css|js|mjs|mustache)$})) {
    my $lines = () = slurp($file) =~ /\n/g;
    $files++;

    if ($lines > 800) {
        fail("$file has $lines lines");
    } elsif ($lines > 600) {
        diag("$file has $lines lines");
    }

    next if $file !~ /\.[ch]$/;
    my $code = code($file);

    for my $function (functions($file)) {
        my ($name, $line, $length) = @{$function};
        $functions++;
        if ($length > 100) {
            fail("$file:$line $name has $length lines");
        } elsif ($length > 60) {
            diag("$file:$line $name has $length lines");
        }
    }

    next if $file !~ m{^src/};
    while ($code =~ /$banned/g) {
        my $line = 1 + (() = substr($code, 0, $-[1]) =~ /\n/g);
        fail("$file:$line calls $1");
    }
    fail("$file compares a secret with $1") while $code =~ /$compared/g;
}

for my $file (files(qr{^(?:src|t|sql|conf-examples)/|^[^/]+$})) {
    next if $file =~ m{\.(?:png|jpe?g|ico|woff2?|pem|key)$|^t/fuzz/corpus/|package-lock};
    my $text = slurp($file);
    if ($text =~ /\b($unfinished)\b/) {
        fail("$file says $1");
    }
    if ($text =~ /($secret)/) {
        fail("$file holds what looks like a secret: " . substr $1, 0, 24);
    }
}

cmp_ok($files, '>', 20, 'files were read');
cmp_ok($functions, '>', 100, 'functions were measured');
done_testing();
