#!/usr/bin/perl
# Natural batching: each gets its own row, one bad element fails alone.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;

my $t = Link->new(pg => 1, conf => 'link_batch 16; link_queue 200;');

sub element { my ($v, $more) = @_; return "/batch?p=%7B%22v%22:%22$v%22" . ($more // '') . '%7D' }

is($t->get(element('a'))->{body}, "batch:a\n", 'one alone');

my @answers = $t->many([map { element($_, ',%22ms%22:1') } 1 .. 640], at_once => 64);
is(scalar(grep { $answers[$_ - 1]{body} eq "batch:$_\n" } 1 .. 640), 640, 'each got its own row');
my $s = $t->status;
is($s->{changes_batched}, 641, 'every element was sent once');
cmp_ok($s->{changes_batches}, '<', 200, "in fewer calls ($s->{changes_batches})");

# The first holds the line, the others make one batch with the bad one in it.
@answers = $t->many([element('first', ',%22ms%22:2000') . '&deadline=20000', map { element($_) } qw(b c poison d e)]);
is_deeply([map {"$_->{word} $_->{body}"} @answers[0, 1, 2, 4, 5]],
    [map {"OK batch:$_\n"} qw(first b c d e)], 'the good ones of a failed batch get their rows');
like($answers[3]{line}, qr/^ERROR P0001 ERROR:  poison/, 'the bad one gets its error');

# A deadline in the queue; and clients that leave.
@answers = $t->many([element('slow', ',%22ms%22:2000') . '&deadline=20000', element('late') . '&deadline=100',
    element('ok') . '&deadline=20000']);
is_deeply([map { $_->{word} } @answers], [qw(OK TIMEOUT OK)], 'who cannot wait leaves alone');

# The connection dies under a batch: asked once more.
my $kill = $t->load(5, 32, map { element($_) . '&deadline=30000' } 1 .. 7);
for (1 .. 3) {
    my $before = $t->status;
    $t->psql(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name LIKE 'shop:%'});
    # All are back, and what was asked again is answered.
    wait_for(sub {
        my $s = $t->status;
        $s->{pg} eq 'UP' && $s->{changes_reconnects} >= $before->{changes_reconnects} + 2
            && $s->{changes_done} > $before->{changes_done} + 128;
    });
}
my $count = $kill->();
my $all = 0;
$all += $_ for values %$count;
is($count->{'200 OK'}, $all, "terminated under load: $count->{'200 OK'} of $all");
diag(explain($count)) if $count->{'200 OK'} < $all;

$t->finish;
