#!/usr/bin/perl

# The installation: twice without harm, everything commented, nothing open to the module's role but calls.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib";
use Shop::Pg;
use Test::More;
use Time::HiRes qw(sleep);

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;

is($pg->value('select shop.check_version(5)'), undef, 'the version fits');
like($pg->value('select shop.check_version(6)'), qr/version 5 .* needs version 6/, 'another does not');

my @before = counts();
for my $file (qw(install.sql demo.sql)) {
    my $dir = $pg->dir;
    system('cp', '-r', "$Bin/../../sql", "$dir/sql") if !-d "$dir/sql";
    system('chmod', '-R', 'a+rX', "$dir/sql");
    is(eval { Shop::Pg::run(Shop::Pg::as_postgres(), 'psql', '-X', '-q', '-h', $dir, '-d', 'shop', '-U',
        'postgres', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/sql/$file") } // $@, '', "$file again, without a word");
}
is_deeply([counts()], \@before, 'nothing was added');


sub counts {
    return map { $pg->value("select count(*) from shop.$_") }
        qw(shops items categories taxes bill_flows handlers settings shipping_zones shippings discounts partners);
}


my $bare = $dbh->selectcol_arrayref(<<'SQL');
select c.relname || coalesce('.' || a.attname, '')
from pg_class c
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'shop'::regnamespace and c.relkind = 'r'
  and (obj_description(c.oid) is null or col_description(c.oid, a.attnum) is null)
SQL
is_deeply($bare, [], 'every table and column has a comment');

my $silent = $dbh->selectcol_arrayref(<<'SQL');
select oid::regprocedure::text from pg_proc
where pronamespace = 'shop'::regnamespace and obj_description(oid) is null
SQL
is_deeply($silent, [], 'every function has a comment');

my $open = $dbh->selectcol_arrayref(<<'SQL');
select oid::regprocedure::text from pg_proc
where pronamespace = 'shop'::regnamespace and has_function_privilege('shop_web', oid, 'execute')
  and not (prosecdef and proconfig::text like '%search_path%') and proname <> 'check_version'
SQL
is_deeply($open, [], 'what the module may call has its own rights and search path');

my $web = $pg->connect('shop_web');
for my $table (qw(shops bills customers mails staff_rights payment_events)) {
    ok(!eval { $web->do("select * from shop.$table"); 1 }, "the module cannot read $table");
    ok(!eval { $web->do("delete from shop.$table"); 1 }, "nor change it");
}
ok(!eval { $web->do('select shop.bill_move(null, null, null, null)'); 1 }, 'nor call what is inside');
ok(!eval { $web->do('create table shop.mine (a int)'); 1 }, 'nor make tables');

my $rows = $web->selectall_arrayref(q{select kind, doc ->> 'id' from shop.snapshot('{}')});
my %count;
$count{$_->[0]}++ for @{$rows};
my @kinds = qw(shop catalog tax category item zone shipping discount partner);
is_deeply([map { $count{$_} } @kinds], [1, 1, 2, 10, 26, 2, 2, 3, 1], 'the snapshot is whole');
my @order = grep { !$count{"seen $_"}++ } map { $_->[0] } @{$rows};
is_deeply(\@order, \@kinds, 'and in its order');

$web->do('listen shop_catalog');
$dbh->do(q{update shop.items set sold = sold + 1, stock = stock where shortname = 'exam_voucher'});
is($web->pg_notifies, undef, 'sales are not told to everybody');
$dbh->do(q{update shop.items set price1 = price1 where shortname = 'exam_voucher'});
my $told;
for (1 .. 100) {
    last if $told = $web->pg_notifies;
    sleep 0.02;
}
ok($told, 'prices are');

$web->disconnect;
done_testing();
