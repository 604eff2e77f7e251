#!/usr/bin/perl
# Moodle is away for some seconds while people buy: orders are taken and paid, production waits behind the
# circuit breaker without hammering, and goes on by itself.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, moodle_conf => <<'CONF');
        retry_delays 500ms 500ms 1s 1s 1s;
        breaker_failures 3;
        breaker_probe 1s;
CONF


sub moodle { return $t->status->{work}{moodle} }


my @buyers = map { Shop::Sale::at_payment($t) } 1 .. 3;
ok(wait_for(sub { moodle()->{checked_at} }), 'the site was checked');
$t->control('moodle', {action => 'fault', kind => 'down', delay => 12});

for my $buyer (@buyers) {
    $buyer->pay_card;
    like($buyer->page->text, qr/your payment has been received/, 'an order is paid');
    like($buyer->page->text, qr/In progress/, 'and waits to be produced');
}
ok(wait_for(sub { moodle()->{gate} eq 'breaker' }), 'the breaker opens');

# An order from the first page on, while Moodle is away.
my $during = Shop::Sale::at_payment($t);
$during->pay_card;
like($during->page->text, qr/your payment has been received/, 'people can still buy');

# The calls of the time in which the breaker was seen open: afterwards jobs make theirs.
my ($first, $last);
ok(wait_for(sub {
    my $moodle = moodle();
    return 1 if $moodle->{gate} eq 'open';
    $first //= $moodle->{calls};
    $last = $moodle->{calls};
    return 0;
}, 40), 'the breaker closes when Moodle is back');
cmp_ok($last - $first, '<', 20, 'meanwhile Moodle was only probed');

Shop::Sale::sold_once($t, $_) for @buyers, $during;
is($t->sql(q{select max(tries) from shop.jobs}), 0, 'no job has kept a failure');

$t->finish;
done_testing();
