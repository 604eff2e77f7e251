package Shop::Site;

# A Moodle asked through its web services only, so that a test reads the double and a real site alike:
# MOODLE_URL and MOODLE_TOKEN name the real one, MOODLE_COURSE the short name of a course with manual
# enrolments on it. Its token needs, beside what the shop's needs, core_group_get_group_members.

use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP ();


sub real { return defined $ENV{MOODLE_URL} && defined $ENV{MOODLE_TOKEN} }


# What Shop::Test needs to sell into this site: the real one, else its double.
sub options {
    return () if !real();
    my ($resolver) = do { open my $fh, '<', '/etc/resolv.conf' or die "resolv.conf: $!"; local $/ = undef; <$fh> }
        =~ /^nameserver\s+(\S+)/m;
    return (moodle => 0, site => $ENV{MOODLE_URL}, token => $ENV{MOODLE_TOKEN},
        http => defined $resolver ? "resolver $resolver;" : '');
}


sub new {
    my ($class, $t) = @_;
    my $self = bless {
        url    => $ENV{MOODLE_URL}   // "http://127.0.0.1:$t->{moodle_port}",
        token  => $ENV{MOODLE_TOKEN} // 'TOKEN',
        course => $ENV{MOODLE_COURSE} // 'EXCEL-1',
    }, $class;
    return $self;
}


sub call {
    my ($self, $function, %argument) = @_;
    my $answer = HTTP::Tiny->new(timeout => 30)->post_form("$self->{url}/webservice/rest/server.php",
        {wstoken => $self->{token}, wsfunction => $function, moodlewsrestformat => 'json', %argument});
    die "$function: $answer->{status} $answer->{content}\n" if !$answer->{success};
    my $data = JSON::PP->new->utf8->allow_nonref->decode($answer->{content});
    die "$function: $data->{errorcode} $data->{message}\n" if ref $data eq 'HASH' && $data->{exception};
    return $data;
}


# The accounts with exactly this address.
sub users {
    my ($self, $email) = @_;
    return @{$self->call('core_user_get_users_by_field', field => 'email', 'values[0]' => $email)};
}


sub course_id {
    my ($self) = @_;
    return $self->{id} //= $self->call('core_course_get_courses_by_field', field => 'shortname',
        value => $self->{course})->{courses}[0]{id};
}


# Is this account in the course?
sub enrolled {
    my ($self, $user) = @_;
    my $courses = $self->call('core_enrol_get_users_courses', userid => $user);
    return scalar grep { $_->{id} == $self->course_id } @{$courses};
}


# How often the account stands in the groups of the course with this idnumber.
sub memberships {
    my ($self, $user, $idnumber) = @_;
    my @groups = grep { ($_->{idnumber} // '') eq $idnumber || $_->{name} eq $idnumber }
        @{$self->call('core_group_get_course_groups', courseid => $self->course_id)};
    my $count = 0;
    for my $group (@groups) {
        my $members = $self->call('core_group_get_group_members', 'groupids[0]' => $group->{id});
        $count += grep { $_ == $user } map { @{$_->{userids}} } @{$members};
    }
    return $count;
}

1;
