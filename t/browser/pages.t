#!/usr/bin/perl

# Every other page of the shop: products of all kinds, questions, places, access codes, log in, empty
# cart, terms, errors; on a telephone and on a desk, in both languages.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test;

my $t = Shop::Test->new;

tell($t, 'pages.mjs');

$t->finish;
done_testing();
