package Bench::Certificates;

# Thousands of paid certificates, Moodle answering in 80 ms: how fast the queue drains against what the configured
# concurrency allows, how much later a buyer's page comes meanwhile, and what the workers' memory does.

use strict;
use warnings;

use Carp qw(croak);
use List::Util qw(max sum0);
use Time::HiRes qw(time);

use Shop::Buyer;
use Shop::Rush;

use Bench;

my $COUNT       = $ENV{BENCH_CERTIFICATES} // 2000;
my $ANSWER      = 0.08;
my $CONCURRENCY = 16;
my $LIMIT       = 165;    # seconds


sub run {
    my $t = Bench::shop(moodle => 1, workers => 2, moodle_conf => "concurrency $CONCURRENCY;");
    $t->control('moodle', {action => 'fault', kind => 'slow', delay => $ANSWER});
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('exam_voucher', 2);
    my $calm  = page_times($buyer, 200);
    my $before = sum0(map { Bench::resident_kb($_) } $t->workers);

    my $calls = calls($t);
    my $began = time;
    Shop::Rush::sell($t, $COUNT);
    my $sold = time - $began;
    my (@busy, $most);
    while (Shop::Rush::left($t) > 0 && time - $began < $LIMIT) {
        push @busy, @{page_times($buyer, 20)};
        $most = max($most // 0, sum0(map { Bench::resident_kb($_) } $t->workers));
    }
    my $seconds = time - $began;
    my $done    = $COUNT - Shop::Rush::left($t);
    my $rate    = (calls($t) - $calls) / $seconds;
    croak 'nothing was produced' if !$done;

    Bench::row(what => 'certificates: calls / configured concurrency', rate => $rate, floor => $CONCURRENCY / $ANSWER,
        ratio => $rate / ($CONCURRENCY / $ANSWER), goal => 0.6,
        note => sprintf('%d of %d in %d s, sold in %d s; memory %+d kB', $done, $COUNT, $seconds, $sold, $most - $before));
    Bench::row(what => 'cart page meanwhile / in calm', rate => 1 / Bench::median(@busy), floor => 1 / Bench::median(@{$calm}),
        ratio => Bench::median(@{$calm}) / Bench::median(@busy), goal => 0.5, note => 'medians, one buyer at a time');
    $t->cleanup;
    return;
}


sub calls { my ($t) = @_; return sum0(values %{$t->control('moodle', {action => 'calls'})->{calls}}) }


sub page_times {
    my ($buyer, $count) = @_;
    return [map { my $at = time; $buyer->http->get('/shop/ac/cart')->{status} == 200 or croak 'no cart'; time - $at } 1 .. $count];
}

1;
