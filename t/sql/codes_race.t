#!/usr/bin/perl

# Five hundred buyers want a code that may be used a hundred times: a hundred get it, whoever they are and
# however their orders come together. What comes to nothing gives its use back.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call calls line order);
use Shop::Pg;
use Test::More;

my $BUYERS  = 500;
my $MAX     = 100;
my $TELLERS = 10;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;

my $discount = $pg->value(q{insert into shop.discounts (shopid, name, type, ruledata, rate, ordering)
    values (1, 'Race', 'offercode', 'RACE;max=100', 10, 900) returning id});
my $stamp = $pg->value('select shop.discount_stamp(d) from shop.discounts d where id = ?', $discount);
my $course = line($dbh, 'excel_basics', 1);


sub with_code {
    my ($transid, $email, %change) = @_;
    my $less = {type => 'DISCOUNT', code => "DISCOUNT_$discount", abstract => 'Race -10 %', description => '',
        quantity => 1, unitcost => '-9.00', untaxed => '-9.00', taxed => '-10.80', tax => $course->{tax},
        productiondata => {discountid => $discount, rate => '10', itemcode => $course->{code}, line => 1,
            code => 'RACE'}};
    my $order = order([$course, $less], transid => $transid,
        discounts => [{id => $discount, stamp => $stamp}],
        codes => [{discount => $discount, code => 'RACE', max => $MAX, percustomer => 0, %change}]);
    $order->{customer}{email} = $email;
    return $order;
}


# Each teller takes fifty buyers, in calls of one to seven orders.
my @readers;
for my $teller (1 .. $TELLERS) {
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        close $read;
        my $web   = $pg->connect('shop_web');
        my @todo  = map { with_code(sprintf('R%02d%03dAAAAAAAAAAAAAAAAAAAAAAAA', $teller, $_), "r$teller.$_\@example.org") }
            1 .. $BUYERS / $TELLERS;
        my %verdict;
        my $size = $teller;
        while (my @batch = splice @todo, 0, 1 + $size++ % 7) {
            $verdict{$_->{verdict}}++ for calls($web, 'place_orders', \@batch);
        }
        $web->disconnect;
        print {$write} encode_json(\%verdict);
        close $write;
        exec 'true';    # no destructor of the parent's runs here
    }
    close $write;
    push @readers, [$pid, $read];
}

my %verdict;
for my $reader (@readers) {
    my ($pid, $fh) = @{$reader};
    my $told = do { local $/; <$fh> };
    waitpid $pid, 0;
    my $one = decode_json($told || '{}');
    $verdict{$_} += $one->{$_} for keys %{$one};
}

is($verdict{placed}, $MAX, "granted exactly $MAX times");
is($verdict{code}, $BUYERS - $MAX, 'all others are told');
is(join(' ', sort keys %verdict), 'code placed', 'and nothing else was said');
is($pg->value('select used from shop.code_counts where discountid = ?', $discount), $MAX, 'the counter knows');
is($pg->value('select count(*) from shop.code_uses where discountid = ? and not released', $discount), $MAX,
    'so do the uses');
is($pg->value(q{select count(*) from shop.bills where discount = -10.80}), $MAX, 'as many bills have it');

my $web  = $pg->connect('shop_web');
my $late = with_code('LATEAAAAAAAAAAAAAAAAAAAAAAAAAA', 'late@example.org');
my $told = call($web, 'place_orders', [$late]);
is("$told->{verdict} $told->{discount}", "code $discount", 'a refusal names the discount');

my $given = $pg->value(q{select transid from shop.bills where discount <> 0 order by id limit 1});
call($web, 'bill_flow', {transid => $given, to => 'CANCELLED', actor => 'anne'});
is($pg->value('select used from shop.code_counts where discountid = ?', $discount), $MAX - 1,
    'a cancelled order gives its use back');
is(call($web, 'place_orders', [$late])->{verdict}, 'placed', 'the next buyer has it');
is(call($web, 'place_orders', [$late])->{verdict}, 'exists', 'once, however often he asks');
is($pg->value('select used from shop.code_counts where discountid = ?', $discount), $MAX, 'no more are left');
call($web, 'bill_flow', {transid => $given, to => 'SOLDOUT', actor => 'anne'});
is($pg->value('select used from shop.code_counts where discountid = ?', $discount), $MAX + 1,
    'one that is paid late all the same is honoured, and counted');

# Once for each customer, whatever the case of his address.
$dbh->do(q{update shop.discounts set ruledata = 'RACE;maxpercustomer=1' where id = ?}, undef, $discount);
is(call($web, 'place_orders', [with_code('STAMPAAAAAAAAAAAAAAAAAAAAAAAAA', 'a@example.org')])->{reason},
    'discount', 'a discount that was changed meanwhile is not granted');
$stamp = $pg->value('select shop.discount_stamp(d) from shop.discounts d where id = ?', $discount);
my %once = (max => 0, percustomer => 1);
my @mine = map { with_code("ONCE${_}AAAAAAAAAAAAAAAAAAAAAAAAA", $_ % 2 ? 'one@example.org' : 'One@Example.org', %once) }
    1 .. 3;
is(join(' ', map { $_->{verdict} } calls($web, 'place_orders', \@mine)), 'placed code code',
    'once for each customer, in one call too');

# The order that the same cart was before makes room for its successor.
my $first  = with_code('SUCCAAAAAAAAAAAAAAAAAAAAAAAAA1', 'succ@example.org', %once);
my $second = with_code('SUCCAAAAAAAAAAAAAAAAAAAAAAAAA2', 'succ@example.org', %once);
call($web, 'place_orders', [$first]);
is(call($web, 'place_orders', [$second])->{verdict}, 'code', 'not twice');
$second->{replaces} = $first->{transid};
is(call($web, 'place_orders', [$second])->{verdict}, 'placed', 'but instead of the first');
is($pg->value('select status from shop.bills where transid = ?', $first->{transid}), 'CANCELLED',
    'which is closed');
$web->disconnect;
done_testing();
