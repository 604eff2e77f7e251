package Shop::Fake::Moodle::State;

# What the double knows: users, courses, roles, enrolments, groups, completion, sent mails.

use strict;
use warnings;

use JSON::PP ();

our $VERSION = 1;

my %default_roles = (
    1 => 'manager',
    2 => 'coursecreator',
    3 => 'editingteacher',
    4 => 'teacher',
    5 => 'student',
    9 => 'customer',
);

sub new {
    my ( $class, $seed ) = @_;
    my $self = bless { seed => $seed || {} }, $class;
    $self->reset;
    return $self;
}

sub reset {
    my ($self) = @_;
    my $seed = JSON::PP->new->decode( JSON::PP->new->encode( $self->{seed} ) );
    %{$self} = (
        seed        => $self->{seed},
        site        => $seed->{site} || { name => 'Example Moodle' },
        users       => {},
        courses     => {},
        enrolments  => {},    # "user/course" => {...}
        groups      => {},
        completions => {},    # "user/course" => Unix time
        lastaccess  => {},    # the same
        assignments => {},    # "level/instance/role/user" => 1
        categories  => {},
        quizzes     => {},
        overrides   => {},
        roles       => {%default_roles},
        assignable  => { map { $_ => 1 } 3, 4, 5, 9 },
        removed     => {},    # capabilities taken away
        mails       => [],
        next_id     => { user => 1, course => 1, group => 10, category => 1, quiz => 1, override => 173 },
    );
    $self->add_user( { username => 'guest', firstname => 'Guest', lastname => 'user', email => 'root@localhost' } );
    $self->add_user( { username => 'admin', firstname => 'Admin', lastname => 'User', email => 'admin@moodle.example', admin => 1 } );
    $self->add_user(
        { username => 'shopservice', firstname => 'Shop', lastname => 'Service', email => 'shop@moodle.example' } );
    $self->add_course( { shortname => 'site', fullname => $self->{site}{name}, manual => 0 } );
    $self->add_category( { name => 'Category 1' } );
    $self->_seed($seed);
    return;
}

sub _seed {
    my ( $self, $seed ) = @_;
    $self->{roles}{ $seed->{roles}{$_} } = $_ for keys %{ $seed->{roles} || {} };
    $self->{assignable}{$_} = 1 for values %{ $seed->{roles} || {} };
    $self->add_user($_)   for @{ $seed->{users}   || [] };
    $self->add_category($_) for @{ $seed->{categories} || [] };
    $self->add_course($_)   for @{ $seed->{courses}    || [] };
    for my $course ( @{ $seed->{courses} || [] } ) {
        my $id = $self->course_by( shortname => $course->{shortname} )->{id};
        $self->add_group( { courseid => $id, %{$_} } ) for @{ $course->{groups} || [] };
        $self->add_quiz( { course => $id, %{$_} } ) for @{ $course->{quizzes} || [] };
        for my $participant ( @{ $course->{participants} || [] } ) {
            my $user = $self->user_by( username => $participant->{username} );
            $self->enrol( $user->{id}, $id, { roleid => $participant->{roleid} || 5, mail => 0 } );
            $self->{completions}{"$user->{id}/$id"} = $participant->{completed} if $participant->{completed};
        }
    }
    return;
}

# The next free one, or the wanted one (seeds), after which the count goes on.
sub take_id {
    my ( $self, $kind, $wanted ) = @_;
    my $id = defined $wanted ? $wanted + 0 : $self->{next_id}{$kind};
    $self->{next_id}{$kind} = $id + 1 if $id >= $self->{next_id}{$kind};
    return $id;
}

sub add_user {
    my ( $self, $user ) = @_;
    my $id = $self->take_id( user => $user->{id} );
    $self->{users}{$id} = {
        city => q{}, country => q{}, lang => 'en', auth => 'manual', suspended => 0, idnumber => q{},
        hide_email => 0, created => time, %{$user}, id => $id,
    };
    return $self->{users}{$id};
}

sub add_course {
    my ( $self, $course ) = @_;
    my $id = $self->take_id( course => $course->{id} );
    $self->{courses}{$id} = {
        idnumber => q{}, summary => q{}, startdate => 0, visible => 1, manual => 1, welcome => 1, criteria => 0,
        category => 'Courses', certificate => undef, %{$course}, id => $id,
    };
    return $self->{courses}{$id};
}

sub add_category {
    my ( $self, $category ) = @_;
    my $id = $self->take_id( category => $category->{id} );
    $self->{categories}{$id} = { idnumber => q{}, description => q{}, parent => 0, %{$category}, id => $id };
    return $self->{categories}{$id};
}

# `used`: user -> attempts that were made.
sub add_quiz {
    my ( $self, $quiz ) = @_;
    my $id = $self->take_id( quiz => $quiz->{id} );
    $self->{quizzes}{$id} = { cmid => 4 + $id, idnumber => q{}, attempts => 1, used => {}, name => 'Quiz', %{$quiz}, id => $id };
    return $self->{quizzes}{$id};
}

# The quiz that is this course module.
sub module {
    my ( $self, $cmid ) = @_;
    my ($found) = grep { $_->{cmid} == $cmid } values %{ $self->{quizzes} };
    return $found;
}

sub add_group {
    my ( $self, $group ) = @_;
    my $id = $self->take_id( group => $group->{id} );
    $self->{groups}{$id} = { description => q{}, idnumber => q{}, members => {}, %{$group}, id => $id };
    $self->{groups}{$id}{members} = {};
    return $self->{groups}{$id};
}

sub user_by {
    my ( $self, $field, $value ) = @_;
    my ($found) = grep { $_->{$field} eq $value } $self->users;
    return $found;
}

sub users {
    my ($self) = @_;
    return map { $self->{users}{$_} } sort { $a <=> $b } keys %{ $self->{users} };
}

sub courses {
    my ($self) = @_;
    return map { $self->{courses}{$_} } sort { $a <=> $b } keys %{ $self->{courses} };
}

sub groups_of {
    my ( $self, $course ) = @_;
    return grep { $_->{courseid} == $course } map { $self->{groups}{$_} } sort { $a <=> $b } keys %{ $self->{groups} };
}

sub course_by {
    my ( $self, $field, $value ) = @_;
    my ($found) = grep { $_->{$field} eq $value } $self->courses;
    return $found;
}

sub enrolment {
    my ( $self, $user, $course ) = @_;
    return $self->{enrolments}{"$user/$course"};
}

sub is_active {
    my ( $self, $user, $course ) = @_;
    my $enrolment = $self->enrolment( $user, $course ) or return 0;
    return !$enrolment->{suspended} && ( !$enrolment->{timeend} || $enrolment->{timeend} > time );
}

# Every call replaces both dates and the status; a role is added to those that are there.
sub enrol {
    my ( $self, $user, $course, $what ) = @_;
    my $old = $self->enrolment( $user, $course );
    $self->{enrolments}{"$user/$course"} = {
        timestart => $what->{timestart} || 0,
        timeend   => $what->{timeend}   || 0,
        suspended => $what->{suspend}   || 0,
        roles     => { %{ $old ? $old->{roles} : {} }, $what->{roleid} => 1 },
    };
    my $record = $self->{courses}{$course};
    if ( ( !exists $what->{mail} || $what->{mail} ) && $record->{welcome} && $record->{contact} ) {
        push @{ $self->{mails} },
            { to => $self->{users}{$user}{email}, subject => "Welcome to $record->{fullname}" };
    }
    return;
}

sub unenrol {
    my ( $self, $user, $course ) = @_;
    delete $self->{enrolments}{"$user/$course"};
    delete $_->{members}{$user} for $self->groups_of($course);
    return;
}

# Whether this person can open the certificate activity of the course.
sub certificate_open {
    my ( $self, $user, $course ) = @_;
    my $certificate = $self->{courses}{$course}{certificate} or return 0;
    return 0 if !$self->is_active( $user, $course );
    my ($group) = grep { $_->{idnumber} eq $certificate->{group} || $_->{name} eq $certificate->{group} }
        $self->groups_of($course);
    return $group && $group->{members}{$user} ? 1 : 0;
}

sub can {
    my ( $self, $capability ) = @_;
    return !$self->{removed}{$capability};
}

1;
