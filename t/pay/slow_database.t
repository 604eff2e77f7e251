#!/usr/bin/perl

# PostgreSQL answers, but not in time: somebody holds the order. The bank hears so within its limit, what
# it told is kept, other orders go on, and the end is as if nothing had been slow (payments.md 12.1).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Shop::Notice;
use Shop::Test qw(wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0);
my $n = Shop::Notice->new(server => $t);
my ($held, $free) = ($n->placed, $n->placed);

my $other = $t->pg->connect;
$other->begin_work;
$other->do('select from shop.bills where transid = ? for update', undef, $held->{transid});

my $answer = $n->tell($held);
is("$answer->{status}<$answer->{body}>", '503<>', 'an order that somebody holds: come back');
ok($answer->{headers}{'retry-after'}, '… in a moment');
cmp_ok($answer->{elapsed}, '<', 5, '… within five seconds');
is(scalar(my @kept = glob "$t->{dir}/spool/*.msg*"), 1, 'what was told is kept');
is($n->tell($free)->{status}, 200, 'another order does not wait');
is($n->status($free), 'SOLDOUT', '… and is paid');
is($n->status($held), 'PLACED', 'the first is not, yet');

$other->rollback;
is($n->tell($held)->{status}, 200, 'the bank comes back');
is($n->status($held), 'SOLDOUT', '… and pays');
ok(wait_for(sub { !(my @left = glob "$t->{dir}/spool/*.msg*") }, 60, 0.1), 'what was kept is replayed');
is($n->verdicts($held), 'apply:paid', '… as a repetition');
is($t->sql('select count(*) from shop.jobs j join shop.bills b on b.id = j.billid where transid = ?', $held->{transid}), 1,
    'produced once');

$other->disconnect;
$t->finish;
done_testing();
