#!/usr/bin/perl
# The database has another version of the schema than the module needs: one clear sentence in the log,
# pages ask to come back, and all heals when the schema is installed.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, start => 0);
my ($source) = $t->sql(q{select pg_get_functiondef('shop.check_version(integer)'::regprocedure)});
(my $other = $source) =~ s/wanted = (\d+)/wanted = 999/;
isnt($other, $source, 'another version');
$t->dbh->do($other);
$t->start_nginx;

my $page = $t->http->get('/shop/ac/');
is($page->{status}, 503, 'no page from a schema that does not fit');
like($page->{headers}{'retry-after'}, qr/^[2-5]$/, 'come back');
like($page->{body}, qr/Come back in a moment/, 'in words');
unlike($page->{body}, qr/schema|version/i, 'that are for visitors');
ok(wait_for(sub { $t->error_log =~ /\[(?:error|alert|crit)\][^\n]*this module needs version \d+[^\n]*install\.sql/ }),
    'the log says which versions and what to do');
ok(wait_for(sub { my $down = () = $t->error_log =~ /pg conn=\d+ down/g; $down > 4 }), 'it is tried again');
my $loud = () = $t->error_log =~ /\[(?:error|alert|crit)\][^\n]*this module needs version/g;
cmp_ok($loud, '<=', 4, 'but not said again and again');
is($t->http->get('/shop/ac/')->{status}, 503, 'pages stay closed');
is($t->sql(q{select count(*) from pg_stat_activity where usename = 'shop_web' and query not like 'LISTEN%'
             and state_change < now() - interval '5 s'}), 0, 'no connection is used or kept');

$t->dbh->do($source);
Shop::Sale::healed($t);
my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
Shop::Sale::sold_once($t, $buyer);

$t->finish;
done_testing();
