#!/usr/bin/perl

# Many certificates are paid at once; Moodle answers slowly, stops in the middle and comes again: nothing is lost and
# nothing is doubled.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Rush;
use Shop::Test qw(wait_for);

my $COUNT = 60;
my $t = Shop::Test->new(workers => 2, mail => 0, bank => 0, moodle_conf => <<'CONF');
        concurrency 8;
        retry_delays 500ms 500ms 1s 1s 1s;
        breaker_probe 1s;
CONF
$t->control('moodle', {action => 'fault', kind => 'slow', delay => 0.02});

Shop::Rush::sell($t, $COUNT);
ok(wait_for(sub { Shop::Rush::left($t) < $COUNT - 5 }, 120), 'production has begun');
$t->control('moodle', {action => 'fault', kind => 'down', delay => 4});
ok(wait_for(sub { $t->status->{work}{moodle}{gate} ne 'open' }, 60) || !Shop::Rush::left($t), 'Moodle stops in the middle');
ok(Shop::Rush::drained($t, 240), 'and when it is there again, everything is produced')
    or diag explain $t->dbh->selectall_arrayref('select state, step, reason, count(*) from shop.jobs group by 1, 2, 3', {Slice => {}});
Shop::Rush::is_right($t, $COUNT);

$t->finish;
done_testing();
