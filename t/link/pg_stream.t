#!/usr/bin/perl
# 50,000 rows one by one, while others stay fast.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;

my $t = Link->new(pg => 1, conf => 'link_connections 1;');

my $r = $t->get('/stream?p=50000');
is($r->{line}, 'OK  ', 'it ends well');
is($r->{body}, "rows 50000 bytes 2238894\n", 'every row once');
is($t->get('/stream?p=0')->{body}, "rows 0 bytes 0\n", 'no row at all');

# A million rows: nothing is piled up, and others are served meanwhile.
my ($pid) = $t->worker_pids;
my $peak = sub { Link::slurp("/proc/$pid/status") =~ /VmHWM:\s+(\d+)/ ? $1 : 0 };
my $before = $peak->();
my @answers = $t->many(['/stream?p=1000000&deadline=60000', map {"/call?s=one&p=$_"} 1 .. 5]);
is($answers[0]{line}, 'OK  ', 'a million rows');
is(scalar(grep { $_->{time} < $answers[0]{time} } @answers[1 .. 5]), 5, '… and who came later is served first');
SKIP: {
    skip 'memory is the sanitizer\'s', 1 if $ENV{LINK_NGINX};
    cmp_ok($peak->() - $before, '<', 4000, '… in little memory');
}

# Several on one connection, other calls of the lane between them.
@answers = $t->many([map { ("/stream?p=${_}000&deadline=30000", "/call?s=one&p=$_&lane=2&deadline=30000") } 1 .. 8]);
is_deeply([map { $_->{body} =~ /^(rows \d+|one:\d+)/ } @answers],
    [map { ("rows ${_}000", "one:$_") } 1 .. 8], 'streams and calls in one pipeline');

is($t->get('/stream?p=x')->{word}, 'ERROR', 'an error in place of rows');
is($t->get('/stream?p=3000000&deadline=100')->{word}, 'TIMEOUT', 'a deadline in the middle');
is($t->get('/call?s=one&p=z&lane=2&deadline=60000')->{body}, "one:z\n", 'the lane goes on behind it');

$t->finish;
