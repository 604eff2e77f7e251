#!/usr/bin/perl
# A new module is taken by an upgrade of the binary (USR2, then QUIT) under traffic, without a failing
# answer; a reload alone keeps the old one, and the status page tells which.

use strict;
use warnings;
use Test::More;
use Shop::Load;
use Shop::Sale;
use Shop::Test qw(slurp spew wait_for);

plan skip_all => 'the module is linked into nginx' if $ENV{SHOP_STATIC};

my $t    = Shop::Test->new(workers => 2, start => 0);
my $dir  = $t->dir;
my $copy = "$dir/module.so";
my $code = slurp($t->module);
spew($copy, $code, 0644);

# In the foreground nginx refuses USR2: its parent is not the first process.
(my $conf = $t->conf) =~ s/daemon off;//;
$conf =~ s/load_module [^;]+;/load_module $copy;/;
spew("$dir/nginx.conf", $conf);
is(system($t->binary, '-p', $dir, '-c', "$dir/nginx.conf", '-e', "$dir/logs/error.log"), 0, 'nginx starts');
END { kill 'TERM', grep {$_} map { slurp("$dir/$_") =~ /(\d+)/ } qw(nginx.pid nginx.pid.oldbin) if defined $dir && -d $dir }


sub master { my ($name) = @_; return slurp("$dir/" . ($name // 'nginx.pid')) =~ /(\d+)/ ? $1 : undef }

sub versions {
    my %seen = map { ($_->{version} => 1) } Shop::Sale::several_statuses($t);
    return join ' ', sort keys %seen;
}


ok(wait_for(sub { master() && versions() ne '' }), 'it answers');
my $version = versions();
my $buyer   = Shop::Sale::at_payment($t);
$buyer->submit(qr{vads-payment/$}, {}, go => 1);

my $next = join '.', (9) x (1 + $version =~ tr/.//);
(my $changed = $code) =~ s/\Q$version\E\0/$next\0/g;
isnt($changed, $code, 'a new version is installed');
spew("$copy.new", $changed, 0644);
rename "$copy.new", $copy or die "rename: $!";

my $load = Shop::Load->start($t, clients => 3, seconds => 12, paths => ['/shop/ac/', '/shop/ac/p/workbook', '/shop/status']);
my $old  = master();
kill 'HUP', $old;
ok(wait_for(sub { slurp("$dir/logs/error.log") =~ /gracefully shutting down/ }), 'a reload');
is(versions(), $version, 'keeps the old module');

kill 'USR2', $old;
ok(wait_for(sub { master('nginx.pid.oldbin') && master() && master() != $old }), 'a second master starts');
ok(wait_for(sub { versions() =~ /\Q$next\E/ }), 'with the new module');
kill 'QUIT', $old;
ok(wait_for(sub { !kill 0, $old }), 'the old master leaves');
is(versions(), $next, 'the new module answers alone');

my $result = $load->result;
is_deeply([keys %{$result->{status}}], [200], "all of $result->{total} pages were served") or diag explain $result;
ok(wait_for(sub { $t->sql(q{select count(*) from pg_stat_activity where application_name like 'shop:%'}) == 16 }),
    'and the connections are those of one generation');

$buyer->submit(qr{vads-payment/pay$}, {number => '4970100000000000', expiry => '12/30', cvv => '123'}, action => 'pay');
$buyer->back_from_bank;
Shop::Sale::sold_once($t, $buyer);

my $new = master();
kill 'QUIT', $new;
ok(wait_for(sub { !kill 0, $new }), 'nginx leaves');
undef $dir;
$t->finish;
done_testing();
