package Bench::Sizes;

# A catalogue of 100, 1,000 and 10,000 products: the page of a category, a change of the cart, and what a reload
# of the catalogue costs the worker that goes on serving. Page and cart are to cost the same for all of them.

use strict;
use warnings;

use List::Util qw(max);
use Time::HiRes qw(sleep);

use Shop::Buyer;
use Shop::Test qw(spew wait_for);

use Bench;
use Bench::Sessions;

my @SIZES    = (100, 1_000, 10_000);
my $VISITORS = 256;
my $RELOADS  = 7;


# All sizes at the same time, each in a shop of its own: what is compared is the worker's own time.
sub run {
    my %shop = map { ($_ => Bench::shop(log => 'info')) } @SIZES;
    fill($shop{$_}, $_) for @SIZES;

    for my $what (['page of a category', \&page], ['change of a cart', \&cart]) {
        my ($name, $side) = @{$what};
        my $result = Bench::interleave(map { ($_ => $side->($shop{$_})) } @SIZES);
        my $least = $result->{$SIZES[0]};
        for my $size (@SIZES) {
            my $this = $result->{$size};
            Bench::row(what => "$name, $size products", rate => $this->{rate}, floor => $least->{rate},
                ratio => $least->{cpu_us} / $this->{cpu_us}, goal => 0.9, cpu_us => $this->{cpu_us},
                note => "the worker's time, beside $SIZES[0] products");
        }
    }
    for my $size (@SIZES) {
        my $this = reload($shop{$size});
        Bench::row(what => "reload, ms, $size products", rate => $this->{load},
            note => sprintf 'holds the loop %.1f ms at most, in the worst of %d %.1f ms; goal 5',
                $this->{held} / 1000, $RELOADS, $this->{worst} / 1000);
    }
    $_->cleanup for values %shop;
    return;
}


# Fifty products in a category, texts as long as the demo's. The tree is always the same: pages are as long.
sub fill {
    my ($t, $size) = @_;
    $t->catalog(q{with c as (select id from shop.catalogs limit 1), roots as (
        insert into shop.categories (catalogid, name, seoalias, sortorder, visible)
        select c.id, 'Shelf ' || n, 'shelf-' || n, 100 + n, true from c, generate_series(0, 9) as n
        returning id, sortorder - 100 as n), leaves as (
        insert into shop.categories (catalogid, parentid, name, seoalias, sortorder, visible)
        select c.id, r.id, 'Board ' || g, 'board-' || g, g, true
        from c, generate_series(0, 199) as g join roots r on r.n = g / 20
        returning id, sortorder as n)
        insert into shop.items (catalogid, categoryid, code, shortname, name, description, status, price1, range1, price2,
            taxcode, translations)
        select c.id, l.id, 'ITEM_' || g, 'item_' || g, 'Product number ' || g,
            '<p>' || repeat('What one should know of it. ', 12) || '</p>', 'AVAILABLE', 10 + g % 90, 10, 9 + g % 90, x.id,
            jsonb_build_object('fr', jsonb_build_object('name', 'Produit numéro ' || g,
                'description', '<p>' || repeat('Ce qu’il faut en savoir. ', 12) || '</p>'))
        from c, generate_series(0, $1::int - 1) as g join leaves l on l.n = g / 50,
            (select id from shop.taxes order by id limit 1) as x}, $size);
    return;
}


sub page {
    my ($t) = @_;
    return sub { return Bench::wrk($t, $t->base . '/shop/ac/c/board-0') };
}


sub cart {
    my ($t) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('item_42', 2);

    my $visitors = Bench::Sessions::copies($t, $buyer, $VISITORS);
    my @line;
    for my $path (qw(add remove)) {
        push @line, map { "POST\t/shop/ac/cart/$path\tshopsid=$_->[0]\tcsrf=$_->[1]&p=item_42" } @{$visitors};
    }
    my $file = spew($t->dir . '/cart.requests', join('', map {"$_\n"} @line), 0644);
    return sub {
        return Bench::wrk($t, $t->base . '/', script => Shop::Test::top() . '/t/bench/requests.lua',
            arguments => [$file, 'around']);
    };
}


# The figures of the last load are complete when the catalogue before has gone, too.
sub reload {
    my ($t) = @_;
    my (@load, @held);

    for (1 .. $RELOADS) {
        my $loads = loads($t);
        $t->dbh->do('notify shop_catalog');
        wait_for(sub { loads($t) > $loads }, 60) or die "the catalogue does not come\n";
        my $before;
        my $told = wait_for(sub {
            my $now = $t->status->{catalogue};
            my $same = $before && $now->{held_us} == $before->{held_us};
            $before = $now;
            return $same && $now;
        }, 60, 0.3);
        push @load, $told->{load_ms};
        push @held, $told->{held_us};
    }
    return {load => Bench::median(@load), held => Bench::median(@held), worst => max(@held)};
}


sub loads { my ($t) = @_; return scalar(() = $t->error_log =~ /shop: catalogue of \d+ products/g) }

1;
