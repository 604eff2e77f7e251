package Asked;

# The check of the site asks for what handlers call. Not for what a product or an earlier purchase names: a configured
# function, what a prorogation finds.

use strict;
use warnings;

use JSON::PP ();


sub new {
    my ($class, $production) = @_;
    my $step = $production->step;
    return bless {
        p        => $production,
        special  => {map { $_->{name} => [split q{ }, $_->{sold}] } grep { $_->{special} } @{$step->ask({do => 'functions'})}},
        handlers => {map { $_->{name} => $_ } @{$step->ask({do => 'handlers'})}},
        unasked  => {},
    }, $class;
}


sub see {
    my ($self, $run, $act) = @_;
    my $sold = $act->{kind} eq 'call' && $act->{step} !~ /^(?:function|withdrawal)$/ ? $self->{special}{$act->{function}} : undef;
    return if !$sold;
    my ($name, $json) = $self->{p}->dbh->selectrow_array(q{select handler, coalesce(inputs -> 'params', '{}') from shop.jobs where id = ?}, undef, $run->{id});
    return if $name eq 'std_prorogate';
    my ($handler, $params) = ($self->{handlers}{$name}, JSON::PP::decode_json($json));
    my ($usual) = split q{ }, $handler->{modes} // q{};
    my $mode = defined $handler->{mode_param} ? $params->{$handler->{mode_param}} // $usual : q{};
    my %word = map { $_ => 1 } $name, "$name/$mode", keys %{$params};
    $self->{unasked}{"$name: $act->{function}"} = 1 if !grep { $word{$_} } @{$sold};
    return;
}


sub unasked { my ($self) = @_; return join q{, }, sort keys %{$self->{unasked}} }

1;
