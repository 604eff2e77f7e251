package Bench::Money;

# Notifications (verified and committed) and orders beside pgbench's best figure over 1, 2, 8 and 32
# clients that call the same SQL function with the same arguments, on the same database.

use strict;
use warnings;

use List::Util qw(max);

use Shop::Test qw(spew wait_for);

use Bench;
use Bench::Orders;
use Bench::Sessions;

my @CLIENTS = (1, 2, 8, 32);
my $SHARE   = 1600 * Bench::seconds();    # requests of a side in a round, about
my $SCRIPT  = Shop::Test::top() . '/t/bench/requests.lua';


sub notifications {
    my $t      = Bench::shop(bank => 1);
    my $sample = Bench::Orders::sample($t);
    my $next   = \(my $from = 0);
    my $rounds = Bench::rounds() + 1;
    my %side   = (shop => sub { return notify($t, $sample, take($next, $SHARE)) });

    for my $clients (@CLIENTS) {
        $side{"pg$clients"} = sub {
            my $each = int($SHARE / $clients);
            my $from = take($next, $each * $clients);
            return {rate => Bench::pgbench($t, spew($t->dir . '/pay.sql',
                Bench::Orders::pgbench_payments($sample, $from, $each), 0644),
                clients => $clients, each => $each)};
        };
    }
    Bench::Orders::prepare($t, $sample, $$next, ($SHARE + @CLIENTS * $SHARE) * $rounds);
    settle($t);
    report('notification, verified+committed', 0.8, Bench::interleave(%side));
    $t->cleanup;
    return;
}


sub notify {
    my ($t, $sample, $from) = @_;
    my $file = spew($t->dir . '/notify.requests', join('', map {
        "POST\t/shop/pay/card/notify\t\t" . Bench::Orders::notification($sample, $_) . "\n"
    } $from + 1 .. $from + $SHARE), 0644);
    return Bench::wrk($t, $t->base . '/', seconds => 60, script => $SCRIPT, arguments => [$file]);
}


sub orders {
    my $t      = Bench::shop(bank => 1);
    my $sample = Bench::Orders::sample($t);
    my $next   = \(my $from = 0);
    my $buyer = Bench::Orders::buyer($t);
    my $form  = $buyer->page->form(qr{step/order$});
    my %have  = map { ($_->{name} => $_) } @{$form->{fields}};
    my $body  = Shop::Http::encode($buyer->page->filled($form,
        {agree => $have{agree}{value}, paymode => 'card', csrf => 'CSRF'}, ['go', 1]));

    my %side = (shop => sub { return place($t, $buyer, $body) });
    for my $clients (@CLIENTS) {
        $side{"pg$clients"} = sub {
            my $each = int($SHARE / $clients);
            my $from = take($next, $each * $clients);
            return {rate => Bench::pgbench($t, spew($t->dir . '/order.sql',
                Bench::Orders::pgbench_orders($sample, $from, $each), 0644),
                clients => $clients, each => $each)};
        };
    }
    settle($t);
    report('order placed', 0.7, Bench::interleave(%side));
    $t->cleanup;
    return;
}


sub place {
    my ($t, $buyer, $body) = @_;
    my $visitors = Bench::Sessions::copies($t, $buyer, $SHARE);
    my $file = spew($t->dir . '/order.requests', join('', map {
        "POST\t/shop/ac/step/order\tshopsid=$_->[0]\t" . ($body =~ s/CSRF/$_->[1]/r) . "\n"
    } @{$visitors}), 0644);
    my $before = $t->sql('select count(*) from shop.bills');
    my $result = Bench::wrk($t, $t->base . '/', seconds => 60, script => $SCRIPT, arguments => [$file]);
    # the last answers were not waited for
    my $all = wait_for(sub { $t->sql('select count(*) from shop.bills') - $before == $SHARE }, 5);
    die "not all of $SHARE orders were placed\n" if !$all;
    return $result;
}


sub take {
    my ($next, $count) = @_;
    my $from = $$next;
    $$next += $count;
    return $from;
}


sub settle {
    my ($t) = @_;
    $t->dbh->do('vacuum analyze');
    $t->dbh->do('checkpoint');
    return;
}


sub report {
    my ($what, $goal, $result) = @_;
    my ($best) = sort { $result->{$b}{rate} <=> $result->{$a}{rate} } grep {/^pg/} keys %{$result};
    Bench::row(what => "$what / pgbench", rate => $result->{shop}{rate}, floor => $result->{$best}{rate},
        ratio => $result->{shop}{rate} / $result->{$best}{rate}, goal => $goal,
        cpu_us => $result->{shop}{cpu_us},
        note => 'pgbench ' . join ', ', map { sprintf '%d: %.0f', $_, $result->{"pg$_"}{rate} } @CLIENTS);
    return;
}

1;
