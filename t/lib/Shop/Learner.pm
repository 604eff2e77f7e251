package Shop::Learner;

# A person in Moodle, as its double tells: account, courses, groups.

use strict;
use warnings;

use Shop::Test qw(wait_for);


sub new {
    my ($class, $t, $email) = @_;
    return bless {t => $t, email => lc $email}, $class;
}


sub account {
    my ($self, $site) = @_;
    $site //= $self->{t}->moodle;
    my ($user) = grep { lc $_->{email} eq $self->{email} } values %{$site->{users}};
    return $user;
}


sub course {
    my ($site, $shortname) = @_;
    my ($course) = grep { $_->{shortname} eq $shortname } values %{$site->{courses}};
    return $course;
}


# The enrolment in the course, or undef.
sub enrolment {
    my ($self, $shortname) = @_;
    my $site   = $self->{t}->moodle;
    my $user   = $self->account($site) // return;
    my $course = course($site, $shortname);
    return $site->{enrolments}{"$user->{id}/$course->{id}"};
}


# Is the person a member of the group with this idnumber?
sub in_group {
    my ($self, $idnumber) = @_;
    my $site = $self->{t}->moodle;
    my $user = $self->account($site) // return;
    return scalar grep { $_->{idnumber} eq $idnumber && $_->{members}{$user->{id}} } values %{$site->{groups}};
}


sub comes_into {
    my ($self, $shortname, $seconds) = @_;
    return wait_for(sub { $self->enrolment($shortname) }, $seconds // 15, 0.05);
}


sub joins {
    my ($self, $idnumber, $seconds) = @_;
    return wait_for(sub { $self->in_group($idnumber) }, $seconds // 15, 0.05);
}

1;
