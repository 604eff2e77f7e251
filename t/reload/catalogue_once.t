#!/usr/bin/perl
# A new worker loads the catalogue once, as soon as it listens for changes; a worker that cannot
# listen loads it all the same, and again when it can.

use strict;
use warnings;
use Test::More;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, moodle => 0, mail => 0, bank => 0);

sub loads { my $log = $t->error_log; return scalar(() = $log =~ /catalogue of \d+ products/g) }

sub listeners {
    return $t->sql(q{select count(*) from pg_stat_activity where usename = 'shop_web' and query like 'LISTEN%'});
}

ok(wait_for(sub { loads() == 2 && listeners() == 2 }), 'each worker loads the catalogue');
# 2 pages + 4 changes + 1 jobs + 1 listener: with the last of them nothing is left to ask for
ok(wait_for(sub { $t->sql(q{select count(*) from pg_stat_activity where usename = 'shop_web'}) == 16 }),
    'all connections are made');
is(loads(), 2, 'and loads it once');

$t->dbh->do('notify shop_catalog');
ok(wait_for(sub { loads() == 4 }), 'a change is heard by both');

my $figures = $t->status->{catalogue};
is($figures->{products}, $t->sql('select count(*) from shop.items'), 'the status page knows how many products there are');
cmp_ok($figures->{held_us}, '>', 0, 'and how long the load has held the worker');
like($t->http->get('/shop/status')->{body}, qr/^shop_catalogue_held_us \d+$/m, 'Prometheus, too');

# As many connections as there are lanes: nothing is left for the listener.
$t->stop_nginx;
$t->dbh->do('alter role shop_web connection limit 3');
$t->{option}{workers} = 1;
$t->write_conf;
$t->start_nginx;
ok(wait_for(sub { loads() == 5 }), 'without a listener the catalogue comes too');
is($t->http->get('/shop/ac/')->{status}, 200, 'and pages are shown');
is(listeners(), 0, 'although nobody listens');

$t->dbh->do('alter role shop_web connection limit -1');
ok(wait_for(sub { loads() == 6 && listeners() == 1 }), 'listening again, it looks at what it has missed');

$t->finish;
done_testing();
