package Shop::Fake::Moodle::Roles;

# Roles given in a context, beside those that come with an enrolment.

use strict;
use warnings;

use Shop::Fake::Moodle::Params qw(refuse);

our $VERSION = 1;

my %entry = ( 'roleid*' => 'int', 'userid*' => 'int', contextid => 'int', contextlevel => 'alpha', instanceid => 'int' );

sub functions {
    return (
        core_role_assign_roles   => [ { 'assignments*'   => [ {%entry} ] }, \&assign ],
        core_role_unassign_roles => [ { 'unassignments*' => [ {%entry} ] }, \&unassign ],
    );
}

my %context = (
    system    => sub { 1 },
    coursecat => sub { $_[0]{categories}{ $_[1] } },
    course    => sub { $_[0]{courses}{ $_[1] } },
    module    => sub { $_[0]->module( $_[1] ) },
    user      => sub { $_[0]{users}{ $_[1] } },
    block     => sub { 0 },
);

# "level/instance/role/user"; a bare context id is taken as that of a course that is its number less 13,
# as on the recorded site.
sub key_of {
    my ( $state, $in ) = @_;
    my ( $level, $instance ) = ( $in->{contextlevel}, $in->{instanceid} );
    if ( defined $in->{contextid} ) {
        ( $level, $instance ) = ( 'course', $in->{contextid} - 13 );
    }
    refuse() if !defined $level || !defined $instance;
    my $exists = $context{$level} or refuse();
    refuse() if !$exists->( $state, $instance );
    refuse('requireloginerror') if !$state->can('moodle/course:view') || !$state->can('moodle/role:assign');
    return "$level/$instance/$in->{roleid}/$in->{userid}";
}

sub assign {
    my ( $state, $in ) = @_;
    my @keys;
    for my $entry ( @{ $in->{assignments} } ) {
        push @keys, key_of( $state, $entry );
        refuse() if !$state->{assignable}{ $entry->{roleid} };
        refuse( 'codingerror', 'Coding error detected, it must be fixed by a programmer: User ID does not exist or is deleted!' )
            if !$state->{users}{ $entry->{userid} };
    }
    $state->{assignments}{$_} = 1 for @keys;
    return;
}

sub unassign {
    my ( $state, $in ) = @_;
    delete $state->{assignments}{ key_of( $state, $_ ) } for @{ $in->{unassignments} };
    return;
}

1;
