#!/usr/bin/perl

# Every handler, every act, every fault: what is left in Moodle and in the database is what a calm run
# leaves. Handlers, steps and parameters come from the declarations; a handler without a case of its
# own runs with what its parameters ask for.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use JSON::PP ();
use Test::More;

use Asked;
use Cases;
use Orders ();
use Shop::Pg;
use Shop::Production;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->begin_work;
my $p = Shop::Production->new(dbh => $dbh, seed => Cases::seed());

my $handlers = $p->step->ask({do => 'handlers'});
my $known = $dbh->selectall_hashref('select name, maxquantity, units, credits from shop.handlers', 'name');
my $words = do {
    open my $file, '<:raw', "$FindBin::Bin/../../src/view/theme/lang/en.json" or die "en.json: $!\n";
    local $/ = undef;
    JSON::PP->new->utf8->decode(scalar <$file>);
};
my @faults = map { {kind => $_} } qw(crash_before crash_after lost not_done);
my @refusals = map { {kind => 'refused', code => $_} } 'http503', sort values %Shop::Production::CLASSES;
my %named = map { $_->{handler} => 1 } Cases::all();
# A fault strikes each call of a handler once, however many cases and units there are; a refusal of what
# handlers have in common strikes at one of them.
my %struck;
my %shared = map { $_ => 1 } qw(course user support group member group2 member2 guard);
my ($runs, $bad) = (0, 0);
my $asked = Asked->new($p);


# What a fault may lead to, before it is mended.
sub allowed {
    my ($act, $fault, $first) = @_;
    return $first eq 'crash' if $fault->{kind} =~ /^crash/;
    return $first eq 'retry' if $fault->{kind} =~ /^(?:lost|not_done)$/ || $fault->{code} =~ /^(?:http503|sitemaintenance)$/;
    return $first eq ($act->{function} =~ /^provisioner_/ ? 'blocked' : 'gate') if $fault->{code} eq 'invalidtoken';
    return $first =~ /^(?:none|retry|blocked|manual)$/;
}


# The support course never fails a job: a refusal there ends as a warning.
sub forgiven { my ($act, $fault) = @_; return $act->{step} eq 'support' && $fault->{kind} eq 'refused' }


sub fault_at {
    my ($case, $run, $act, $fault, $rest, $calm) = @_;
    return if $act->{kind} ne 'call' && $fault->{kind} !~ /^crash/;
    return if forgiven($act, $fault);
    my $whose = $fault->{kind} eq 'refused' && $shared{$act->{step}} ? 'all' : $case->{handler};
    return if $act->{kind} eq 'call' && $struck{join q{ }, $whose, $run->{seat}, @{$act}{qw(step function)},
        $fault->{kind}, $fault->{code} // q{}}++;
    my $mark = $p->mark;
    my @back = $p->finish({%{$run}}, fault => $fault);
    $p->finish($p->claim($_)) for @{$rest};
    my $world = $p->world_text;
    my $name = join q{ }, $case->{name}, @{$act}{qw(step kind function)}, grep { defined } @{$fault}{qw(kind code)};
    $runs++;
    if (!allowed($act, $fault, $back[0] // 'none') || ($back[-1] // q{}) eq 'never' || $world ne $calm) {
        $bad++;
        fail($name);
        diag("handed back: @back");
        diag("calm:  $calm\nfault: $world") if $world ne $calm && $bad < 4;
    }
    $p->back($mark);
    return;
}


sub play {
    my ($case) = @_;
    my $start = $p->mark;
    my @jobs = Cases::sell($p, $case);
    my $sold = $p->mark;
    for my $job (@jobs) {
        my @back = $p->finish($p->claim($job));
        if (grep { $_ ne 'wait' } @back) {
            fail("$case->{name}: a calm run ends");
            diag("handed back: @back: " . join q{ }, map { $_ // q{} } $dbh->selectrow_array('select step, reason, code from shop.jobs where id = ?', undef, $job));
            $p->back($start);
            return;
        }
    }
    my $calm = $p->world_text;
    subtest "$case->{name}: what a calm run leaves" => sub { $case->{right}->($p, $p->world) }
        if $case->{right};
    $p->back($sold);

    while (defined(my $job = shift @jobs)) {
        my @rest = @jobs;
        $p->finish($p->claim($job), each => sub {
            my ($run, $act) = @_;
            $asked->see($run, $act);
            fault_at($case, $run, $act, $_, \@rest, $calm) for @faults, @refusals;
        });
    }
    is($p->world_text, $calm, "$case->{name}: the same world");
    $p->back($start);
    return;
}


for my $handler (@{$handlers}) {
    my $name = $handler->{name};
    ok($known->{$name}, "'$name' may be sold") or next;
    is($known->{$name}{maxquantity}, $handler->{max_quantity}, "$name: the database knows the maximum");
    is($known->{$name}{units}, $handler->{units}, "$name: and what a job is about");
    is($known->{$name}{credits}, scalar(grep { $_->{name} eq 'credit_price' } @{$handler->{params}}), "$name: and whether credits pay it");
    is(join(q{ }, map { $_->{name} } grep { !length($_->{help} // q{}) } @{$handler->{params}}), q{},
        "$name: every parameter has its help");
    my $prefix = length $name ? $name : 'none';
    ok($words->{"$prefix.done.$_"}, "oddity 11: $name: $_ words") for qw(public private sales);
    my @cases = grep { $_->{handler} eq $name } Cases::all();
    play($_) for @cases ? @cases : Cases::derived($handler);
}
is($bad, 0, "$runs runs with a fault");
is($asked->unasked, q{}, 'the check of the site asks for every function that they call');
cmp_ok($runs, '>', 100 * @{$handlers} / 4, 'faults struck everywhere');

$dbh->rollback;
done_testing();
