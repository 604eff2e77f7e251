#!/usr/bin/perl

# 100,000 random carts, priced by the module's rules and again here: in exact rationals, with the
# stack of discounts written from objects.md 14 and not from the code.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use JSON::PP qw(decode_json);
use Math::BigRat;
use Shop::Source qw(top);
use Test::More;

my $SEED    = $ENV{SHOP_PRICE_SEED}  // 20260101;
my $COUNT   = $ENV{SHOP_PRICE_CARTS} // 100_000;
my $program = top() . '/build/t/price-random';
my %decimals = (EUR => 2, JPY => 0, TND => 3);

if (!-x $program) {
    plan skip_all => 'not built: make unit' if $ENV{SHOP_UNIT_OPTIONAL};
    BAIL_OUT("$program is not built: make unit");
}

open my $carts, '-|', $program, $SEED, $COUNT or BAIL_OUT("$program: $!");
my $world = decode_json(scalar <$carts>);
my %stack;    # shop -> its discounts in order
my @names = discount_names($world);
for my $id (1 .. @names) {
    my $d = $world->{discounts}{$names[$id - 1]};
    my %scope = map { $_ => 1 } grep { length } split /[,\s]+/, $d->{items} // '';
    push @{$stack{$d->{shop}}}, {%{$d}, id => $id, scope => %scope ? \%scope : undef,
        type => $d->{type} // 'unconditional', hundredths => ($d->{rule} // '') =~ tr/.//dr,
        ten_thousandths => sprintf '%.0f', $d->{rate} * 10_000};
}

my ($read, @wrong) = (0);
while (my $line = <$carts>) {
    chomp $line;
    $read++;
    my $expected = expected($line);
    push @wrong, "line $read: $line\n  expected: $expected" if $expected ne $line && @wrong < 5;
    push @wrong, "line $read: laws: $line" if $line =~ /^\S+ \S+ \S+ [a-z]/ && @wrong < 5;
}
ok(close($carts), 'the program ended well');
is($read, $COUNT, "$COUNT carts");
is(scalar @wrong, 0, 'each as computed in exact rationals, and no law broken') or diag(join "\n", @wrong);
monotone();
done_testing();


# The order of a JSON object is lost in Perl: names end in their place.
sub discount_names {
    my ($description) = @_;
    my @names = sort keys %{$description->{discounts}};
    return @names;
}


# --- exact numbers: amounts are whole numbers of the currency's smallest part ---

my (%line_cache, %share_cache, %tax_cache);


sub half_up {
    my ($rational) = @_;
    return ($rational + Math::BigRat->new('1/2'))->bfloor->numify;
}


sub taxed {
    my ($name, $untaxed) = @_;
    return $untaxed if $name eq '';
    return $untaxed * Math::BigRat->new('11/10') + Math::BigRat->new('1/20') if $name eq 'eco';
    return $untaxed > 50 ? $untaxed * Math::BigRat->new('11/10') : $untaxed if $name eq 'step';
    return $untaxed + $untaxed * Math::BigRat->new($name) / 100;
}


sub unit_of {
    my ($item, $quantity) = @_;
    for my $tier (1 .. 4) {
        my $bound = $item->{"range$tier"} // 0;
        return price($item, $tier) if $bound == 0 || $quantity <= $bound;
    }
    return price($item, 5);
}


# A tier without a price has that of the one before.
sub price {
    my ($item, $tier) = @_;
    my $price = Math::BigRat->new($item->{"price$tier"} // 0);
    return $price == 0 && $tier > 1 ? price($item, $tier - 1) : $price;
}


sub line_of {
    my ($shop, $code, $quantity) = @_;
    my $scale = 10**$decimals{$shop->{currency}};
    my $key   = "$code $quantity $scale " . ($shop->{allowtax} ? 1 : 0);
    return $line_cache{$key} //= do {
        my $item = $world->{items}{$code};
        my $unit = unit_of($item, $quantity);
        my $with = $shop->{allowtax} ? taxed($item->{tax}, $unit) : $unit;
        [half_up($unit * $quantity * $scale), half_up($with * $quantity * $scale)];
    };
}


sub share_of {
    my ($amount, $rate) = @_;
    return $share_cache{"$amount $rate"}
        //= half_up(Math::BigRat->new($amount) * Math::BigRat->new("$rate/1000000"));
}


# --- the stack, in the words of the specification ---

sub agreed {
    my ($shop_name, $code, $lines, $total, $scale) = @_;
    my @agreed;
    for my $d (@{$stack{$shop_name}}) {
        my $touches = grep { $_->{untaxed} + $_->{taxed} > 0 && (!$d->{scope} || $d->{scope}{$_->{code}}) }
            @{$lines};
        my $applies = $touches
            && ( $d->{type} eq 'orderamount' ? $total * 100 >= $d->{hundredths} * $scale
               : $d->{type} eq 'offercode'   ? $code eq $d->{rule}
               :                               1);
        if (!$applies) {
            last if $d->{operator} eq 'stopchainifnotapplies';
            next;
        }
        @agreed = () if $d->{operator} eq 'takeover';
        push @agreed, $d;
        last if $d->{operator} =~ /^(?:takeover|stopchainifapplies)$/;
    }
    return @agreed;
}


# Rates in ten-thousandths of a percent, so that their sum is exact.
sub landed {
    my ($lines, @agreed) = @_;
    my @out;
    for my $line (@{$lines}) {
        @{$line}{qw(left left_untaxed left_taxed)} = (1_000_000, @{$line}{qw(untaxed taxed)});
    }
    for my $d (@agreed) {
        my $rate = $d->{ten_thousandths};
        for my $n (0 .. $#{$lines}) {
            my $line = $lines->[$n];
            next if $d->{scope} && !$d->{scope}{$line->{code}};
            my $own = $rate < $line->{left} ? $rate : $line->{left};
            $line->{left} -= $own;
            my $untaxed = least(share_of($line->{untaxed}, $own), $line->{left_untaxed});
            my $taxed   = least(share_of($line->{taxed},   $own), $line->{left_taxed});
            next if $untaxed == 0 && $taxed == 0;
            $line->{left_untaxed} -= $untaxed;
            $line->{left_taxed}   -= $taxed;
            push @out, [$d->{id}, $n, -$untaxed, -$taxed];
        }
    }
    return @out;
}


sub least { my ($a, $b) = @_; return $a < $b ? $a : $b }


# --- shipping ---

sub shipped {
    my ($shop, $country, $lines, $discounted) = @_;
    return if !$shop->{useshipping};
    my $zone = $world->{zones}{$country} // $world->{zones}{'00'};
    my $scale = 10**$decimals{$shop->{currency}};
    my $items = $zone->{items};
    my $known = join ' ', map {"$_->{code}:$_->{quantity}"} grep { $items && $items->{$_->{code}} } @{$lines};
    return if $items && $known eq '';
    my $untaxed = $tax_cache{"$country $scale $known"} //= half_up(shipping_of($zone, $known) * $scale);
    return if $untaxed == 0;
    return if exists $zone->{freeabove} && $discounted >= $zone->{freeabove} * $scale;
    my $tax = $shop->{allowtax} ? $zone->{tax} // '' : '';
    my $key = "$tax $untaxed $scale";
    $tax_cache{$key} //= half_up(taxed($tax, Math::BigRat->new("$untaxed/$scale")) * $scale);
    return ($untaxed, $tax_cache{$key});
}


sub shipping_of {
    my ($zone, $known) = @_;
    my $sum = Math::BigRat->new($zone->{flat} // 0);
    for my $line (split / /, $known) {
        my ($code, $quantity) = split /:/, $line;
        my $entry = $zone->{items}{$code};
        $sum += exists $entry->{value} ? Math::BigRat->new($entry->{value})
            : Math::BigRat->new($entry->{a}) * $quantity + Math::BigRat->new($entry->{b});
    }
    return $sum;
}


# --- a whole cart: the line that the program should have printed ---

sub expected {
    my ($line) = @_;
    my ($shop_name, $country, $code, $laws, @parts) = split / /, $line;
    my $shop = $world->{shops}{$shop_name};
    my $unit = 10**(4 - $decimals{$shop->{currency}});
    my (@lines, @out);

    for my $part (grep {/^l:/} @parts) {
        my (undef, $item, $quantity) = split /:/, $part;
        my ($untaxed, $taxed) = @{line_of($shop, $item, $quantity)};
        push @lines, {code => $item, quantity => $quantity, untaxed => $untaxed, taxed => $taxed};
        push @out, join ':', 'l', $item, $quantity, $untaxed * $unit, $taxed * $unit;
    }
    my ($untaxed, $taxed) = (0, 0);
    for my $l (@lines) { $untaxed += $l->{untaxed}; $taxed += $l->{taxed} }

    my $scale = 10**$decimals{$shop->{currency}};
    for my $d (landed(\@lines, agreed($shop_name, $code, \@lines, $taxed, $scale))) {
        $untaxed += $d->[2];
        $taxed   += $d->[3];
        push @out, join ':', 'd', @{$d}[0, 1], $d->[2] * $unit, $d->[3] * $unit;
    }
    if (my ($ship, $with) = shipped($shop, $country, \@lines, $taxed)) {
        $untaxed += $ship;
        $taxed   += $with;
        push @out, join ':', 's', $ship * $unit, $with * $unit;
    }
    push @out, join ':', 't', $untaxed * $unit, ($taxed - $untaxed) * $unit, $taxed * $unit;
    return join ' ', $shop_name, $country, $code, $laws, @out;
}


# Where the prices of the tiers do not rise, more units are never dearer by the unit.
sub monotone {
    my @bad;
    for my $name (sort keys %{$world->{items}}) {
        my $item = $world->{items}{$name};
        my @prices = map { price($item, $_)->numify } 1 .. 5;
        next if grep { $prices[$_] > $prices[$_ - 1] } 1 .. 4;
        my @units = map { unit_of($item, $_) } 1 .. 60;
        push @bad, $name if grep { $units[$_] > $units[$_ - 1] } 1 .. $#units;
    }
    is("@bad", '', 'tier prices fall where the prices of the tiers do');
    return;
}
