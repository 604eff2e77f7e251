package Faults;

# One job of an instance, driven with every fault at every act that is new: what is left is what a calm
# run leaves.

use strict;
use warnings;

use Test::More;

use Asked;

my @faults = map { {kind => $_} } qw(crash_before crash_after lost not_done);


sub new { my ($class, $production) = @_; return bless {p => $production, asked => Asked->new($production), runs => 0, bad => 0, struck => {}}, $class }
sub unasked { return $_[0]{asked}->unasked }
sub runs { return $_[0]{runs} }
sub bad  { return $_[0]{bad} }


sub strike {
    my ($self, $name, $run, $act, $fault, $calm) = @_;
    my $p      = $self->{p};
    my $before = $p->mark;
    my @tries  = $p->finish({%{$run}}, fault => $fault);
    my $world  = $p->world_text;
    $p->back($before);
    $self->{runs}++;
    return if ($tries[-1] // q{}) ne 'never' && $world eq $calm;
    fail("$name: @{$act}{qw(step function)} $fault->{kind}: the same in the end");
    diag("handed back: @tries\ncalm:  $calm\nfault: $world") if $self->{bad}++ < 2;
    return;
}


# `said`: the answer of the function that ordered it.
sub drive {
    my ($self, $name, $said) = @_;
    my $p    = $self->{p};
    my $job  = $said->{job} or return;
    my $mark = $p->mark;
    my @back = $p->finish($p->claim($job));
    is("@back", q{}, "$name: runs to its end");
    my $calm = $p->world_text;
    $p->back($mark);
    my ($action) = $p->dbh->selectrow_array(q{select inputs ->> 'action' from shop.jobs where id = ?}, undef, $job);
    $p->finish($p->claim($job), each => sub {
        my ($run, $act) = @_;
        $self->{asked}->see($run, $act);
        for my $fault (grep { $act->{kind} eq 'call' || $_->{kind} =~ /^crash/ } @faults) {
            next if $self->{struck}{join q{ }, $run->{handler}, $action, @{$act}{qw(step kind function)}, $fault->{kind}}++;
            $self->strike($name, $run, $act, $fault, $calm);
        }
    });
    is($p->world_text, $calm, "$name: the same world");
    return;
}

1;
