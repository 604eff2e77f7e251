#!/usr/bin/perl
# Helper processes of nginx (the manager and the loader of a proxy cache) open no connection of ours.

use strict;
use warnings;
use IO::Socket::UNIX;
use Test::More;
use Shop::Sale;
use Shop::Test qw(slurp wait_for);

my $t = Shop::Test->new(workers => 2, mail => 0, bank => 0, http => <<'CONF');
proxy_cache_path cache keys_zone=c:1m;
CONF

my @helpers;
ok(wait_for(sub { @helpers = grep { slurp("/proc/$_/cmdline") =~ /cache manager/ } $t->workers; @helpers == 1 }),
    'the cache manager runs');
Shop::Sale::healed($t) if @helpers;
my $count = $t->sql(q{select count(*) from pg_stat_activity where application_name like 'shop:%'});
is($count, 16, 'two workers are connected to PostgreSQL');

my $redis = IO::Socket::UNIX->new(Peer => "$t->{dir}/redis.sock") or die "redis: $!";
print {$redis} "CLIENT LIST\r\nQUIT\r\n";
my $list = do { local $/ = undef; <$redis> };
is(scalar(() = $list =~ /^id=/mg), 2 + 1, 'and to Redis, beside this test');

$t->finish;
done_testing();
