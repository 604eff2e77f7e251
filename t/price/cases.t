#!/usr/bin/perl

# The cases of this folder (README.md), and that the runner sees what is wrong.

use strict;
use warnings;

use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files slurp top);
use Test::More;

my $program = top() . '/build/t/price-cases';
my @files   = sort glob dirname(__FILE__) . '/cases/*.json';
my $total   = 0;

if (!-x $program) {
    plan skip_all => 'not built: make unit' if $ENV{SHOP_UNIT_OPTIONAL};
    BAIL_OUT("$program is not built: make unit");
}

for my $file (@files) {
    my @lines  = qx("$program" "$file" 2>&1);
    my $status = $?;
    my @bad    = grep { !/^(?:ok \d|1\.\.)/ } @lines;
    my $good   = grep {/^ok \d/} @lines;
    is($status, 0, basename($file) . ": $good cases") or diag(@bad);
    is(scalar @bad, 0, 'without a word more');
    $total += $good;
}
cmp_ok($total, '>=', 150, "$total cases in all");

# Every type that there is, in all its ways.
my $every = slurp('t/price/cases/every_type.json');
for my $file (files(qr{^src/shop/discount/\w+\.c$})) {
    my ($type) = slurp($file) =~ /^    \.name = "(\w+)"/m or next;
    my @missing = grep { $every !~ /"name": "$type: $_/ } qw(granted refused capped scoped combined);
    is("@missing", '', "$type is granted, refused, capped, scoped, combined");
}

# Each of these says something wrong of a cart that costs 120.00.
my $dir = tempdir(CLEANUP => 1);
my @lies = (
    ['an amount',     '"expect": {"amount": "120.01"}'],
    ['a line',        '"expect": {"lines": [["A", 1, "100", "100.00", "119.00"]]}'],
    ['a refusal',     '"expect": {"refusal": "max_reached"}'],
    ['a discount',    '"expect": {"discounts": [["D", "A", "10", "-10.00", "-12.00"]]}'],
    ['a tax',         '"expect": {"taxes": {}}'],
    ['a ladder',      '"expect": {"ladders": {"A": []}}'],
    ['nothing',       '"expect": {}'],
    ['unknown words', '"expect": {"amuont": "120.00"}'],
);
for my $lie (@lies) {
    my ($what, $expect) = @{$lie};
    open my $fh, '>', "$dir/lie.json" or BAIL_OUT("$dir/lie.json: $!");
    print {$fh} '{"world": {"shops": {"main": {}}, "catalogs": {"main": {}}, "taxes": {"20": {}},',
        '"items": {"A": {"price1": "100", "tax": "20"}}}, "cases": [',
        qq({"name": "lie", "cart": {"A": 1}, $expect}]});
    close $fh or BAIL_OUT("$dir/lie.json: $!");
    my $told = qx("$program" "$dir/lie.json");
    isnt($?, 0, "a case that lies about $what fails");
    like($told, qr/^not ok 1/m, 'and says so');
}

done_testing();
