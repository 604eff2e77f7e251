package Shop::Fake::Moodle::Quiz;

# Quizzes: their attempts, and the overrides of users and groups.

use strict;
use warnings;

use JSON::PP ();

use Shop::Fake::Moodle::Params qw(refuse);

our $VERSION = 1;

my $true  = JSON::PP::true;
my @settings = qw(timeopen timeclose timelimit attempts password);

sub functions {
    return (
        mod_quiz_get_quizzes_by_courses => [ { courseids => ['int'] }, \&quizzes ],
        mod_quiz_get_user_attempts      =>
            [ { 'quizid*' => 'int', userid => 'int', status => 'alpha', includepreviews => 'bool' }, \&attempts ],
        mod_quiz_get_overrides  => [ { 'quizid*' => 'int' }, \&overrides ],
        mod_quiz_save_overrides => [
            {
                'data*' => {
                    'quizid*'    => 'int',
                    'overrides*' => [
                        {
                            id => 'int', userid => 'int', groupid => 'int', timeopen => 'int', timeclose => 'int',
                            timelimit => 'int', attempts => 'int', password => 'raw',
                        }
                    ],
                }
            },
            \&save_overrides
        ],
        mod_quiz_delete_overrides      => [ { 'data*' => { 'quizid*' => 'int', 'ids*' => ['int'] } }, \&delete_overrides ],
        core_course_get_course_module  => [ { 'cmid*' => 'int' }, \&course_module ],
        core_group_get_course_user_groups => [ { courseid => 'int', userid => 'int' }, \&user_groups ],
    );
}

sub sorted {
    my ($of) = @_;
    return map { $of->{$_} } sort { $a <=> $b } keys %{$of};
}

sub quizzes {
    my ( $state, $in ) = @_;
    my ( @quizzes, @warnings );
    for my $course ( @{ $in->{courseids} || [] } ) {
        if ( !$state->{courses}{$course} || !$state->can('moodle/course:view') ) {
            push @warnings,
                { item => 'course', itemid => $course, warningcode => '1', message => 'No access rights in course context' };
            next;
        }
        push @quizzes, map { quiz_view($_) } grep { $_->{course} == $course } sorted( $state->{quizzes} );
    }
    return { quizzes => \@quizzes, warnings => \@warnings };
}

sub quiz_view {
    my ($quiz) = @_;
    return {
        id => $quiz->{id}, coursemodule => $quiz->{cmid}, course => $quiz->{course}, name => $quiz->{name},
        intro => q{}, introformat => 1, introfiles => [], section => 0, visible => $true, groupmode => 0,
        groupingid => 0, lang => q{}, timeopen => 0, timeclose => 0, timelimit => 1800,
        overduehandling => 'autosubmit', graceperiod => 86_400, preferredbehaviour => 'deferredfeedback',
        canredoquestions => 0, attempts => $quiz->{attempts}, attemptonlast => 0, grademethod => 1,
        decimalpoints => 2, questiondecimalpoints => -1, reviewattempt => 69904, reviewcorrectness => 69904,
        reviewmaxmarks => 69904, reviewmarks => 69904, reviewspecificfeedback => 69904, reviewgeneralfeedback =>
        69904, reviewrightanswer => 69904, reviewoverallfeedback => 4368, questionsperpage => 1, navmethod =>
        'free', sumgrades => 3, grade => 100, browsersecurity => q{}, delay1 => 0, delay2 => 0, showuserpicture =>
        0, showblocks => 0, completionattemptsexhausted => 0, completionpass => 0, allowofflineattempts => 0,
        autosaveperiod => 60, hasfeedback => 0, hasquestions => 1,
    };
}

sub quiz_of {
    my ( $state, $id, $capability ) = @_;
    my $quiz = $state->{quizzes}{$id} or refuse( 'invalidrecordunknown', q{Can't find data record in database.}, 'dml_missing_record_exception' );
    refuse('requireloginerror') if !$state->can($capability) || !$state->can('moodle/course:view');
    return $quiz;
}

sub attempts {
    my ( $state, $in ) = @_;
    my $quiz  = quiz_of( $state, $in->{quizid}, 'mod/quiz:viewreports' );
    my $count = $quiz->{used}{ $in->{userid} } || 0;
    return {
        attempts => [
            map { { id => 1000 + $_, quiz => $quiz->{id}, userid => $in->{userid}, attempt => $_, state => 'finished' } } 1 .. $count
        ],
        warnings => [],
    };
}

sub override_view {
    my ($override) = @_;
    return { map { $_ => $override->{$_} } qw(id quiz userid groupid), @settings };
}

sub overrides {
    my ( $state, $in ) = @_;
    my $quiz = quiz_of( $state, $in->{quizid}, 'mod/quiz:manageoverrides' );
    return { overrides => [ map { override_view($_) } grep { $_->{quiz} == $quiz->{id} } sorted( $state->{overrides} ) ] };
}

sub save_overrides {
    my ( $state, $in ) = @_;
    my $quiz = quiz_of( $state, $in->{data}{quizid}, 'mod/quiz:manageoverrides' );
    my @ids;
    for my $wanted ( @{ $in->{data}{overrides} } ) {
        push @ids, save_override( $state, $quiz, $wanted );
    }
    return { ids => \@ids };
}

# What is not sent is erased; a value equal to the quiz's own is none.
sub save_override {
    my ( $state, $quiz, $wanted ) = @_;
    my $old = defined $wanted->{id} ? $state->{overrides}{ $wanted->{id} } || refuse() : undef;
    refuse() if !defined $wanted->{userid} && !defined $wanted->{groupid};
    refuse() if defined $wanted->{userid} && !$state->{users}{ $wanted->{userid} };
    my %new = map { $_ => $wanted->{$_} } qw(userid groupid), @settings;
    $new{attempts} = undef if defined $new{attempts} && $new{attempts} == $quiz->{attempts};
    refuse() if !grep { defined $new{$_} } @settings;
    my ($twin) = grep { $_->{quiz} == $quiz->{id} && defined $_->{userid} && defined $new{userid} && $_->{userid} == $new{userid} }
        sorted( $state->{overrides} );
    refuse() if $twin && ( !$old || $twin->{id} != $old->{id} );
    my $id = $old ? $old->{id} : $state->take_id('override');
    $state->{overrides}{$id} = { %new, id => $id + 0, quiz => $quiz->{id} };
    return $id + 0;
}

sub delete_overrides {
    my ( $state, $in ) = @_;
    quiz_of( $state, $in->{data}{quizid}, 'mod/quiz:manageoverrides' );
    refuse() if grep { !$state->{overrides}{$_} } @{ $in->{data}{ids} };
    delete @{ $state->{overrides} }{ @{ $in->{data}{ids} } };
    return { ids => $in->{data}{ids} };
}

sub course_module {
    my ( $state, $in ) = @_;
    my $quiz = $state->module( $in->{cmid} ) or refuse( 'invalidrecordunknown', q{Can't find data record in database.}, 'dml_missing_record_exception' );
    refuse('requireloginerror') if !$state->can('moodle/course:view');
    return {
        cm => {
            id => $quiz->{cmid}, course => $quiz->{course}, module => 17, name => $quiz->{name}, modname => 'quiz',
            instance => $quiz->{id}, section => 1, sectionnum => 0, groupmode => 0, groupingid => 0, completion => 0,
            downloadcontent => 1,
            $state->can('moodle/course:manageactivities') ? ( idnumber => $quiz->{idnumber}, visible => 1 ) : (),
        },
        warnings => [],
    };
}

sub user_groups {
    my ( $state, $in ) = @_;
    return {
        groups => [
            map { { id => $_->{id}, name => $_->{name}, idnumber => $_->{idnumber}, courseid => $_->{courseid} } }
            grep { $_->{members}{ $in->{userid} } } $state->groups_of( $in->{courseid} )
        ],
        warnings => [],
    };
}

1;
