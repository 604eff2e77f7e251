package Bench::Catalog;

# The catalogue page beside nginx serving the same bytes as a static file with open_file_cache, both
# from the same worker.

use strict;
use warnings;

use Shop::Test qw(spew);

use Bench;


sub run {
    my $t    = Bench::shop(server => 'location /floor/ { open_file_cache max=16; open_file_cache_valid 1h; }');
    my $page = $t->http->get('/shop/ac/')->{body};

    mkdir $t->dir . '/html';
    mkdir $t->dir . '/html/floor';
    spew($t->dir . '/html/floor/page.html', $page, 0644);

    my $result = Bench::interleave(
        floor => sub { return Bench::wrk($t, $t->base . '/floor/page.html') },
        shop  => sub { return Bench::wrk($t, $t->base . '/shop/ac/') },
    );
    my ($shop, $floor) = @{$result}{qw(shop floor)};

    Bench::row(what => 'catalogue page / static file', rate => $shop->{rate}, floor => $floor->{rate},
        ratio => $shop->{rate} / $floor->{rate}, goal => 0.9, cpu_us => $shop->{cpu_us},
        note => sprintf 'static file: %.1f us; %d bytes', $floor->{cpu_us}, length $page);
    Bench::row(what => 'resident memory of a worker, KB', rate => Bench::resident_kb(($t->workers)[0]));
    $t->cleanup;
    return;
}

1;
