#!/usr/bin/perl
# Moodle does not answer in time, or the connection breaks, at each call of a production: whether the
# work was done or not, it is done once in the end.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(workers => 2, moodle_conf => <<'CONF');
        read_timeout 700ms;
        write_timeout 700ms;
        retry_delays 200ms 200ms 500ms 500ms 500ms;
        breaker_failures 50;
CONF

my @faults = (
    [slow  => 'done, but the answer comes too late'],
    [lost  => 'done, but the connection breaks'],
    [stuck => 'not done, and no answer'],
    [close => 'not done, and the connection breaks'],
);
my @calls = qw(core_user_create_users enrol_manual_enrol_users core_group_add_group_members);

for my $call (@calls) {
    for my $fault (@faults) {
        my ($kind, $what) = @{$fault};
        my $buyer = Shop::Sale::at_payment($t);
        $t->control('moodle', {action => 'fault', kind => $kind, function => $call, times => 1, delay => 3});
        $buyer->pay_card;
        note "$call: $what";
        Shop::Sale::sold_once($t, $buyer);
        my $failed = () = $t->error_log =~ /shop moodle: \Q$call\E: transport/g;
        my $number = $call eq 'core_user_create_users' && $what =~ /^done/ ? 'scenario 2: one account, though ' : q{};
        cmp_ok($failed, '>=', 1, "$number$call failed: $what");
    }
}

# Everything at once, twice: reads too.
my @buyers = map { Shop::Sale::at_payment($t) } 1 .. 3;
$t->control('moodle', {action => 'fault', kind => 'lost', times => 8});
$_->pay_card for @buyers;
Shop::Sale::sold_once($t, $_) for @buyers;

$t->finish;
done_testing();
