package Shop::Fake::Moodle::Authoring;

# Making categories and courses.

use strict;
use warnings;

use Shop::Fake::Moodle::Params qw(refuse);

our $VERSION = 1;

my %course = (
    fullname => 'text', shortname => 'text', categoryid => 'int', idnumber => 'raw', summary => 'raw',
    summaryformat => 'int', format => 'alpha', startdate => 'int', enddate => 'int', visible => 'int',
    numsections => 'int', groupmode => 'int', lang => 'raw', enablecompletion => 'int',
    customfields => [ { 'shortname*' => 'raw', 'value*' => 'raw' } ],
);

sub functions {
    my %new = %course;
    delete @new{qw(fullname shortname categoryid)};
    return (
        core_course_create_courses => [
            { 'courses*' => [ { %new, 'fullname*' => 'text', 'shortname*' => 'text', 'categoryid*' => 'int' } ] },
            \&create_courses
        ],
        core_course_update_courses    => [ { 'courses*' => [ { %course, 'id*' => 'int' } ] }, \&update_courses ],
        core_course_delete_courses    => [ { 'courseids*' => ['int'] }, \&delete_courses ],
        core_course_duplicate_course  => [
            {
                'courseid*' => 'int', 'fullname*' => 'text', 'shortname*' => 'text', 'categoryid*' => 'int',
                visible => 'int', options => [ { 'name*' => 'raw', 'value*' => 'raw' } ],
            },
            \&duplicate_course
        ],
        core_course_get_categories =>
            [ { criteria => [ { 'key*' => 'alpha', 'value*' => 'raw' } ], addsubcategories => 'bool' }, \&categories ],
        core_course_delete_categories =>
            [ { 'categories*' => [ { 'id*' => 'int', newparent => 'int', recursive => 'bool' } ] }, \&delete_categories ],
        core_course_create_categories => [
            {
                'categories*' => [
                    { 'name*' => 'text', parent => 'int', idnumber => 'raw', description => 'raw', descriptionformat => 'int', theme => 'raw' }
                ]
            },
            \&create_categories
        ],
    );
}

sub taken {
    my ( $state, $field, $value, $except ) = @_;
    return if !defined $value || $value eq q{};
    my ($other) = grep { $_->{$field} eq $value && ( !$except || $_->{id} != $except ) } $state->courses;
    return $other;
}

sub check_course {
    my ( $state, $in, $except ) = @_;
    if ( my $other = taken( $state, 'shortname', $in->{shortname}, $except ) ) {
        refuse( 'shortnametaken', "Short name is already used for another course ($other->{shortname})" );
    }
    if ( taken( $state, 'idnumber', $in->{idnumber}, $except ) ) {
        refuse( 'courseidnumbertaken', "ID number is already used for another course ($in->{idnumber})" );
    }
    if ( $in->{enddate} && ( $in->{startdate} || 0 ) >= $in->{enddate} ) {
        refuse( 'enddatebeforestartdate', 'The course end date must be after the start date.' );
    }
    return;
}

sub create_courses {
    my ( $state, $in ) = @_;
    my @fresh;
    for my $wanted ( @{ $in->{courses} } ) {
        refuse( 'errorcatcontextnotvalid', "You cannot execute functions in the category context (category id:$wanted->{categoryid})." )
            if !$state->{categories}{ $wanted->{categoryid} };
        refuse('nopermissions') if !$state->can('moodle/course:create');
        check_course( $state, $wanted );
        refuse( 'shortnametaken', 'Short name is already used for another course' )
            if grep { $_->{shortname} eq $wanted->{shortname} } @fresh;
        push @fresh, $wanted;
    }
    my @made;
    for my $wanted (@fresh) {
        my %record = %{$wanted};
        delete @record{qw(customfields)};
        my $made = $state->add_course( \%record );
        push @made, { id => $made->{id}, shortname => $made->{shortname} };
    }
    return \@made;
}

# The row comes early: what breaks off later leaves an empty course with that short name behind.
sub duplicate_course {
    my ( $state, $in ) = @_;
    my $model = $state->{courses}{ $in->{courseid} } or refuse( 'invalidcourseid', 'You are trying to use an invalid course ID' );
    refuse( 'invalidrecord', q{Can't find data record in database table course_categories.} )
        if !$state->{categories}{ $in->{categoryid} };
    refuse('requireloginerror') if !$state->can('moodle/backup:backupcourse');
    for my $option ( @{ $in->{options} || [] } ) {
        refuse( 'invalidextparam', "Invalid external api parameter: $option->{name}" ) if $option->{name} !~ /^[a-z_]+$/ || $option->{name} eq 'nosuch';
        refuse( 'setting_locked_by_permission', 'error/setting_locked_by_permission', 'base_setting_exception' );
    }
    if ( my $other = taken( $state, 'shortname', $in->{shortname} ) ) {
        refuse( 'shortnametaken', "Short name is already used for another course ($other->{fullname})" );
    }
    my $made = $state->add_course(
        {
            shortname => $in->{shortname}, fullname => $in->{fullname}, categoryid => $in->{categoryid},
            visible   => defined $in->{visible} ? $in->{visible} : 1, manual => $model->{manual},
        }
    );
    refuse( 'backupprecheckerrors', 'webservice/backupprecheckerrors' )
        if !$state->can('moodle/question:add') && grep { $_->{course} == $model->{id} } values %{ $state->{quizzes} };
    $made->{copied} = $model->{id};
    return { id => $made->{id}, shortname => $made->{shortname} };
}

sub update_courses {
    my ( $state, $in ) = @_;
    my @warnings;
    for my $change ( @{ $in->{courses} } ) {
        my $course = $state->{courses}{ $change->{id} };
        my $code   = $course ? undef : 'invalidrecord';
        if ( $course && !eval { check_course( $state, { startdate => $course->{startdate}, %{$change} }, $course->{id} ); 1 } ) {
            $code = $@->{errorcode};
        }
        if ($code) {
            push @warnings, { item => 'course', itemid => $change->{id}, warningcode => $code,
                message => $course ? $code : q{Can't find data record in database table course.} };
            next;
        }
        $course->{$_} = $change->{$_} for keys %{$change};
    }
    return { warnings => \@warnings };
}

sub delete_courses {
    my ( $state, $in ) = @_;
    my @warnings;
    for my $id ( @{ $in->{courseids} } ) {
        if ( !delete $state->{courses}{$id} ) {
            push @warnings, { item => 'course', itemid => $id, warningcode => 'unknowncourseidnumber', message => "Unknown course ID $id" };
            next;
        }
        delete @{ $state->{enrolments} }{ grep { m{/\Q$id\E$} } keys %{ $state->{enrolments} } };
    }
    return { warnings => \@warnings };
}

sub category_view {
    my ( $state, $category ) = @_;
    my %view = (
        id => $category->{id}, name => $category->{name}, description => $category->{description},
        descriptionformat => 1, parent => $category->{parent}, sortorder => 10_000 * $category->{id},
        coursecount => scalar( grep { ( $_->{categoryid} || 0 ) == $category->{id} } $state->courses ),
        depth => 1, path => "/$category->{id}",
    );
    return \%view if !$state->can('moodle/category:manage');
    return {
        %view, idnumber => length $category->{idnumber} ? $category->{idnumber} : undef, visible => 1,
        visibleold => 1, timemodified => 1_795_419_808, theme => q{},
    };
}

sub categories {
    my ( $state, $in ) = @_;
    my @found = map { $state->{categories}{$_} } sort { $a <=> $b } keys %{ $state->{categories} };
    for my $criterion ( @{ $in->{criteria} || [] } ) {
        my ( $key, $value ) = @{$criterion}{qw(key value)};
        refuse( 'criteriaerror', 'Missing permissions to search on a criterion.' )
            if $key !~ /^(?:id|name|parent|idnumber)$/ || ( $key eq 'idnumber' && !$state->can('moodle/category:manage') );
        @found = grep { $_->{$key} eq $value } @found;
    }
    push @found, below( $state, @found ) if $in->{addsubcategories} && @found;
    return [ map { category_view( $state, $_ ) } @found ];
}

sub below {
    my ( $state, @above ) = @_;
    my %above = map { $_->{id} => 1 } @above;
    my @next = grep { $above{ $_->{parent} || 0 } } map { $state->{categories}{$_} } sort { $a <=> $b } keys %{ $state->{categories} };
    return @next ? ( @next, below( $state, @next ) ) : ();
}

sub delete_categories {
    my ( $state, $in ) = @_;
    for my $entry ( @{ $in->{categories} } ) {
        my $category = $state->{categories}{ $entry->{id} } or refuse( 'unknowcategory', 'Category not known!' );
        my @all = ( $category, below( $state, $category ) );
        my %gone = map { $_->{id} => 1 } @all;
        refuse('notempty') if !$entry->{recursive} && grep { $gone{ $_->{categoryid} || 0 } } $state->courses;
        delete $state->{categories}{ $_->{id} } for @all;
        delete $state->{courses}{ $_->{id} } for grep { $gone{ $_->{categoryid} || 0 } } $state->courses;
    }
    return;
}

sub create_categories {
    my ( $state, $in ) = @_;
    refuse('nopermissions') if !$state->can('moodle/category:manage');
    my @made;
    for my $wanted ( @{ $in->{categories} } ) {
        my $parent = $wanted->{parent} || 0;
        refuse( 'unknowcategory', 'Category not known!' ) if $parent && !$state->{categories}{$parent};
        my $idnumber = defined $wanted->{idnumber} ? $wanted->{idnumber} : q{};
        refuse( 'categoryidnumbertaken', 'ID number is already used for another category' )
            if length $idnumber && grep { $_->{idnumber} eq $idnumber } values %{ $state->{categories} };
        push @made, $state->add_category($wanted);
    }
    return [ map { { id => $_->{id}, name => $_->{name} } } @made ];
}

1;
