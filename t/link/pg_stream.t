#!/usr/bin/perl
# 50,000 rows one by one, while others stay fast.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;
use Time::HiRes qw(sleep);

my $t = Link->new(pg => 1, conf => 'link_connections 1;');

my $r = $t->get('/stream?p=50000');
is($r->{line}, 'OK  ', 'it ends well');
is($r->{body}, "rows 50000 bytes 2238894\n", 'every row once');
is($t->get('/stream?p=0')->{body}, "rows 0 bytes 0\n", 'no row at all');

my $load = $t->load(2, 3, '/stream?p=50000&deadline=20000');
sleep 0.3;
my @times;
push @times, $t->get('/call?s=one&p=a')->{time} for 1 .. 60;
@times = sort { $a <=> $b } @times;
my $count = $load->();
is_deeply([keys %$count], ['200 OK'], 'streams under way all end well');
cmp_ok($times[54], '<', 0.06, sprintf 'another request is served meanwhile (90%%: %.1f ms)', 1000 * $times[54]);

# Several on one connection, other calls of the lane between them.
my @answers = $t->many([map { ("/stream?p=${_}000", "/call?s=one&p=$_&lane=2") } 1 .. 8]);
is_deeply([map { $_->{body} =~ /^(rows \d+|one:\d+)/ } @answers],
    [map { ("rows ${_}000", "one:$_") } 1 .. 8], 'streams and calls in one pipeline');

is($t->get('/stream?p=x')->{word}, 'ERROR', 'an error in place of rows');
is($t->get('/stream?p=3000000&deadline=100')->{word}, 'TIMEOUT', 'a deadline in the middle');
is($t->get('/call?s=one&p=z&lane=2&deadline=15000')->{body}, "one:z\n", 'the lane goes on behind it');

$t->finish;
