#!/usr/bin/perl
# One caller, one statement, one answer: values, errors, time-outs, lanes, the bounded queue.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;

my $t = Link->new(pg => 1, conf => 'link_queue 20; link_in_flight 4; link_connections 1;
    link_statement_timeout 3s;');

my $r = $t->get('/call?s=one&p=a');
is("$r->{code} $r->{word} $r->{body}", "200 OK one:a\n", 'a first call waits for its connection');
is($t->get("/call?s=one&p=%E2%82%AC'%22")->{body}, "one:\xE2\x82\xAC'\"\n", 'any text goes through');

$r = $t->get('/call?s=table&p=1');
is($r->{body}, "1\nfirst\n", 'several columns');
is($t->get('/call?s=table&p=99')->{body}, '', 'no row');

$r = $t->get('/call?s=table&p=x');
is("$r->{code} $r->{line}" =~ /^500 ERROR 22P02 / ? 1 : 0, 1, 'an error has its SQLSTATE');
like($t->get('/call?s=missing&p=x')->{line}, qr/^ERROR 26000 /, 'a statement that cannot be prepared');
is($t->get('/call?s=one&p=b')->{body}, "one:b\n", 'and the connection goes on');
$t->psql(q{CREATE FUNCTION test.missing(v text) RETURNS text LANGUAGE sql AS $$SELECT 'found'$$});
is($t->get('/call?s=missing&p=x')->{body}, "found\n", 'prepared again when its function has come');

$t->psql('ALTER TABLE test.plain ADD COLUMN more int DEFAULT 7');
is($t->get('/call?s=table&p=1')->{body}, "1\nfirst\n7\n", 'a changed table: prepared again, no error');

$r = $t->get('/call?s=slow&p=60000&deadline=60000');
like($r->{line}, qr/^ERROR 57014 /, "the server's own time-out comes first");
cmp_ok($r->{time}, '<', 30, '… in time');
$r = $t->get('/call?s=slow&p=2500&deadline=200');
is("$r->{code} $r->{word}", '504 TIMEOUT', 'our deadline');
ok(wait_for(sub { $t->status->{live} == 0 }), 'the late answer frees the operation');

# Head of line: the slow one holds its own lane only (PG-16).
my @answers = $t->many(['/call?s=slow&p=2500&lane=2&deadline=20000', map {"/call?s=one&p=$_&lane=0"} 1 .. 10]);
cmp_ok((sort { $b <=> $a } map { $_->{time} } @answers[1 .. 10])[0], '<', $answers[0]{time} / 2,
    'nothing fast waits behind another lane');

# 4 in flight and 20 waiting; the rest is refused at once.
@answers = $t->many(['/call?s=slow&p=2500&lane=1&deadline=30000',
    map {"/call?s=one&p=$_&lane=1&deadline=30000"} 2 .. 40]);
my %count;
$count{$_->{word}}++ for @answers;
is_deeply(\%count, {OK => 24, BUSY => 16}, 'a full queue refuses, the others are served');
cmp_ok((grep { $_->{word} eq 'BUSY' } @answers)[0]{time}, '<', $answers[0]{time} / 2, '… at once');

# A deadline while waiting gives the place back.
@answers = $t->many([(map {'/call?s=slow&p=800&lane=1&deadline=20000'} 1 .. 4),
    map {'/call?s=write&p=never&lane=1&deadline=150'} 1 .. 10]);
is(scalar(grep { $_->{word} eq 'TIMEOUT' } @answers), 10, 'who waits too long leaves the queue');
ok(wait_for(sub { $t->status->{live} == 0 }), 'nothing is left behind');
is($t->psql('SELECT count(*) FROM test.written'), '0', '… and is never sent');
is($t->status->{pg_waiting}, 0, '… and nobody is counted as waiting');

$t->finish;
