package Shop::Fake::Moodle::Functions;

# The web service functions: parameters, effects and answers as recorded on a real site.

use strict;
use warnings;

use JSON::PP ();
use List::Util qw(max);

use Shop::Fake::Moodle::Authoring;
use Shop::Fake::Moodle::Params qw(check refuse);
use Shop::Fake::Moodle::Quiz;
use Shop::Fake::Moodle::Roles;
use Shop::Fake::Moodle::Userkey;

our $VERSION = 1;

my $true  = JSON::PP::true;
my $false = JSON::PP::false;

my %user_fields = map { $_ => 'raw' } qw(
    password auth lang theme timezone calendartype description interests institution department phone1
    phone2 address city country idnumber middlename alternatename firstnamephonetic lastnamephonetic
);
my $pairs = [ { 'type*' => 'raw', 'value*' => 'raw' } ];

my %functions = (
    core_webservice_get_site_info => [ {}, \&site_info ],
    core_user_create_users        => [
        {
            'users*' => [
                {
                    %user_fields,
                    'username*'  => 'username', 'firstname*' => 'text', 'lastname*' => 'text', 'email*' => 'raw',
                    createpassword => 'bool', maildisplay => 'int', mailformat => 'int',
                    customfields => $pairs, preferences => $pairs,
                }
            ]
        },
        \&create_users
    ],
    core_user_update_users => [
        {
            'users*' => [
                {
                    %user_fields,
                    'id*' => 'int', username => 'username', firstname => 'text', lastname => 'text', email => 'raw',
                    suspended => 'bool', customfields => $pairs, preferences => $pairs,
                }
            ]
        },
        \&update_users
    ],
    core_user_get_users_by_field => [ { 'field*' => 'alpha', 'values*' => ['raw'] }, \&users_by_field ],
    core_user_get_users          => [ { 'criteria*' => [ { 'key*' => 'alpha', 'value*' => 'raw' } ] }, \&find_users ],
    core_course_get_courses_by_field => [ { field => 'alpha', value => 'raw' }, \&courses_by_field ],
    core_enrol_get_users_courses     => [ { 'userid*' => 'int', returnusercount => 'bool' }, \&users_courses ],
    core_enrol_get_enrolled_users    =>
        [ { 'courseid*' => 'int', options => [ { 'name*' => 'alpha', 'value*' => 'raw' } ] }, \&enrolled_users ],
    core_enrol_get_course_enrolment_methods => [ { 'courseid*' => 'int' }, sub { [] } ],
    enrol_manual_enrol_users                => [
        {
            'enrolments*' => [
                {
                    'roleid*' => 'int', 'userid*' => 'int', 'courseid*' => 'int',
                    timestart => 'int', timeend => 'int', suspend => 'int',
                }
            ]
        },
        \&enrol_users
    ],
    enrol_manual_unenrol_users =>
        [ { 'enrolments*' => [ { 'userid*' => 'int', 'courseid*' => 'int', roleid => 'int' } ] }, \&unenrol_users ],
    core_group_get_course_groups => [ { 'courseid*' => 'int' }, \&course_groups ],
    core_group_create_groups     => [
        {
            'groups*' => [
                {
                    'courseid*' => 'int', 'name*' => 'text', 'description*' => 'raw', descriptionformat => 'int',
                    enrolmentkey => 'raw', idnumber => 'raw', visibility => 'int', participation => 'bool',
                }
            ]
        },
        \&create_groups
    ],
    core_group_add_group_members =>
        [ { 'members*' => [ { 'groupid*' => 'int', 'userid*' => 'int' } ] }, \&add_members ],
    core_group_delete_group_members =>
        [ { 'members*' => [ { 'groupid*' => 'int', 'userid*' => 'int' } ] }, \&delete_members ],
    core_group_get_group_members                => [ { 'groupids*' => ['int'] }, \&group_members ],
    core_completion_get_course_completion_status => [ { 'courseid*' => 'int', 'userid*' => 'int' }, \&completion ],
    Shop::Fake::Moodle::Authoring::functions(),
    Shop::Fake::Moodle::Quiz::functions(),
    Shop::Fake::Moodle::Roles::functions(),
    Shop::Fake::Moodle::Userkey::functions(),
);

sub names {
    my @names = sort keys %functions;

    return @names;
}

sub call {
    my ( $moodle, $name, $parameters ) = @_;
    my $function = $functions{$name} or refuse( 'invalidrecord', q{Can't find data record in database table external_functions.} );
    return $function->[1]->( $moodle->{state}, check( $function->[0], $parameters ), $moodle );
}

# --- the site ---

sub site_info {
    my ( $state, undef, $moodle ) = @_;
    return {
        sitename => $state->{site}{name}, username => 'shopservice', firstname => 'Shop', lastname => 'Service',
        fullname => 'Shop Service', lang => 'en', userid => 3, siteurl => $moodle->{url},
        userpictureurl => "$moodle->{url}/theme/image.php/boost/core/1/u/f1",
        functions      => [
            map { { name => $_, version => '2024100705.01' } }
            grep { !$state->{removed}{$_} } names()
        ],
        downloadfiles => 0, uploadfiles => 0, release => '4.5.5+ (Build: 20250613)', version => '2024100705.01',
        mobilecssurl => q{}, advancedfeatures => [], usercanmanageownfiles => $true, userquota => 0,
        usermaxuploadfilesize => -1, userhomepage => 1, userprivateaccesskey => 'secret-of-the-double', siteid => 1,
        sitecalendartype => 'gregorian', usercalendartype => 'gregorian', userissiteadmin => $false, theme => 'boost',
        limitconcurrentlogins => 0, policyagreed => 1,
    };
}

# --- users ---

sub user_view {
    my ( $state, $user ) = @_;
    my %view = (
        id => $user->{id}, username => $user->{username}, firstname => $user->{firstname},
        lastname => $user->{lastname}, fullname => "$user->{firstname} $user->{lastname}", email => $user->{email},
        department => q{}, firstaccess => $user->{firstaccess} // 0, lastaccess => 0, auth => $user->{auth},
        suspended => $user->{suspended} ? $true : $false, confirmed => $true, lang => $user->{lang}, theme => q{},
        timezone => '99', mailformat => 1, trackforums => 0,
    );
    $view{$_} = $user->{$_} for grep { length( $user->{$_} // q{} ) } qw(idnumber institution city country);
    $view{profileimageurlsmall} = $view{profileimageurl} = 'http://moodle.example/theme/image.php/boost/core/1/u/f1';
    return \%view;
}

# Who may not see people gets an empty list, not an error.
sub visible_users {
    my ( $state, $field ) = @_;
    return if !$state->can('moodle/user:viewdetails');
    my $sees_all = $state->can('moodle/site:viewuseridentity');
    return grep { $field ne 'email' || $sees_all || !$_->{hide_email} } $state->users;
}

sub users_by_field {
    my ( $state, $in ) = @_;
    my $field = $in->{field};
    refuse() if $field !~ /^(?:id|idnumber|username|email)$/;
    refuse() if $field eq 'id' && grep { !/^\d+$/ } @{ $in->{values} };
    my %wanted = map { $_ => 1 } @{ $in->{values} };
    return [ map { user_view( $state, $_ ) } grep { $wanted{ $_->{$field} } } visible_users( $state, $field ) ];
}

# SQL LIKE with `\` as escape, without regard to case.
sub like {
    my ($pattern) = @_;
    my $regex = q{};
    while ( $pattern =~ /\G(\\.|.)/gs ) {
        my $part = $1;
        $regex .= $part eq q{%} ? '.*' : $part eq '_' ? q{.} : quotemeta( $part =~ /^\\(.)/s ? $1 : $part );
    }
    return qr/^$regex$/is;
}

sub find_users {
    my ( $state, $in ) = @_;
    my @found = visible_users( $state, $in->{criteria}[0]{key} );
    for my $criterion ( @{ $in->{criteria} } ) {
        my ( $key, $value ) = @{$criterion}{qw(key value)};
        if ( $key =~ /^(?:email|firstname|lastname)$/ ) {
            my $regex = like($value);
            @found = grep { $_->{$key} =~ $regex } @found;
        }
        elsif ( $key =~ /^(?:id|idnumber|username|auth)$/ ) {
            @found = grep { $_->{$key} eq $value } @found;
        }
        else {
            refuse();
        }
    }
    return { users => [ map { user_view( $state, $_ ) } @found ], warnings => [] };
}

sub check_new_user {
    my ( $state, $user, $batch ) = @_;
    refuse('dmlwriteexception') if length $user->{username} > 100;
    refuse() if $user->{email} !~ /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/;
    refuse() if grep { $_->{username} eq $user->{username} || lc $_->{email} eq lc $user->{email} } $state->users, @{$batch};
    refuse() if ( $user->{auth} || 'manual' ) !~ /^(?:manual|userkey|oauth2|ldap|webservice)$/;
    refuse() if defined $user->{lang} && $user->{lang} !~ /^(?:en|fr|)$/;
    my $internal = ( $user->{auth} || 'manual' ) eq 'manual';
    refuse() if $internal && !$user->{createpassword} && !length( defined $user->{password} ? $user->{password} : q{} );
    if ( defined $user->{password} && ( length $user->{password} < 8 || $user->{password} !~ /\d/ ) ) {
        my $policy = '<div>Passwords must be at least 8 characters long.</div>';
        refuse( $policy, "error/$policy" );
    }
    return;
}

sub create_users {
    my ( $state, $in ) = @_;
    refuse('nopermissions') if !$state->can('moodle/user:create');
    my @batch;
    for my $user ( @{ $in->{users} } ) {
        check_new_user( $state, $user, \@batch );
        push @batch, $user;
    }
    my @answer;
    for my $user (@batch) {
        my %record = %{$user};
        my $mailed = delete $record{createpassword};
        delete @record{qw(password customfields preferences)};
        my $added = $state->add_user( \%record );
        push @{ $state->{mails} }, { to => $added->{email}, subject => 'New user account' } if $mailed;
        push @answer, { id => $added->{id}, username => $added->{username} };
    }
    return \@answer;
}

sub update_users {
    my ( $state, $in ) = @_;
    refuse('nopermissions') if !$state->can('moodle/user:update');
    my @warnings;
    for my $change ( @{ $in->{users} } ) {
        my $user = $state->{users}{ $change->{id} };
        my $code =
              !$user          ? 'invaliduserid'
            : $user->{admin}  ? 'usernotupdatedadmin'
            : taken( $state, $user, $change, 'email' )    ? 'useremailduplicate'
            : taken( $state, $user, $change, 'username' ) ? 'dmlwriteexception'
            :                                               undef;
        if ($code) {
            push @warnings, { item => 'user', itemid => $change->{id}, warningcode => $code, message => $code };
            next;
        }
        $user->{fields}{ $_->{type} } = $_->{value} for @{ $change->{customfields} || [] };
        delete @{$change}{qw(customfields preferences password)};
        $user->{$_} = $change->{$_} for keys %{$change};
    }
    return { warnings => \@warnings };
}

sub taken {
    my ( $state, $user, $change, $field ) = @_;
    return 0 if !defined $change->{$field};
    return scalar grep { $_->{id} != $user->{id} && lc $_->{$field} eq lc $change->{$field} } $state->users;
}

# --- courses ---

sub course_view {
    my ( $state, $course ) = @_;
    return {
        id => $course->{id}, fullname => $course->{fullname}, displayname => $course->{fullname},
        shortname => $course->{shortname}, courseimage => 'http://moodle.example/course.svg', categoryid => $course->{categoryid} || 2,
        categoryname => $course->{category}, sortorder => 20000 + $course->{id}, summary => $course->{summary},
        summaryformat => 1, summaryfiles => [], overviewfiles => [], showactivitydates => $false,
        showcompletionconditions => $true, contacts => [], enrollmentmethods => [ $course->{manual} ? 'manual' : () ],
        $state->can('moodle/course:view')
        ? (
            idnumber => $course->{idnumber}, format => 'topics', showgrades => 1, newsitems => 0,
            startdate => $course->{startdate}, enddate => $course->{enddate} || 0, maxbytes => 0, showreports => 0,
            visible => $course->{visible}, groupmode => 0, groupmodeforce => 0, defaultgroupingid => 0,
            enablecompletion => 1, completionnotify => 0, lang => q{}, theme => q{}, marker => 0, legacyfiles => 0,
            calendartype => q{}, timecreated => 1795419982, timemodified => 1795419982, requested => 0,
            cacherev => 1795421113, filters => [], courseformatoptions => [],
            )
        : (),
    };
}

sub courses_by_field {
    my ( $state, $in ) = @_;
    my ( $field, $value ) = ( $in->{field} || q{}, defined $in->{value} ? $in->{value} : q{} );
    refuse() if $field !~ /^(?:id|ids|shortname|idnumber|category|)$/;
    my @found = grep { $_->{visible} || $state->can('moodle/course:viewhiddencourses') } $state->courses;
    if ( $field eq 'ids' ) {
        my @ids = split /,/, $value;
        if ( grep { !$state->{courses}{$_} } @ids ) {
            die { exception => 'Error', message => 'Attempt to assign property "contextvalidated" on null' };
        }
        my %wanted = map { $_ => 1 } @ids;
        @found = grep { $wanted{ $_->{id} } } @found;
    }
    elsif ( length $field ) {
        my $member = $field eq 'category' ? 'categoryid' : $field;
        @found = grep { ( $_->{$member} // q{} ) eq $value } @found;
    }
    return { courses => [ map { course_view( $state, $_ ) } @found ], warnings => [] };
}

sub users_courses {
    my ( $state, $in ) = @_;
    return [] if !$state->can('moodle/course:viewparticipants');
    my @answer;
    for my $course ( grep { $state->is_active( $in->{userid}, $_->{id} ) } $state->courses ) {
        my %count =
            !exists $in->{returnusercount} || $in->{returnusercount}
            ? ( enrolledusercount => scalar( grep { $state->is_active( $_->{id}, $course->{id} ) } $state->users ) )
            : ();
        push @answer, {
            id => $course->{id}, shortname => $course->{shortname}, fullname => $course->{fullname},
            displayname => $course->{fullname}, %count, idnumber => $course->{idnumber},
            visible => $course->{visible}, summary => $course->{summary}, summaryformat => 1, format => 'topics',
            courseimage => 'http://moodle.example/course.svg', showgrades => $true, lang => q{},
            enablecompletion => $true, completionhascriteria => $course->{criteria} ? $true : $false,
            completionusertracked => $false, category => 2, progress => undef, completed => undef,
            startdate => $course->{startdate}, enddate => 0, marker => 0,
            lastaccess => $state->{lastaccess}{"$in->{userid}/$course->{id}"}, isfavourite => $false,
            hidden => $false, overviewfiles => [], showactivitydates => $false, showcompletionconditions => $true,
            timemodified => 1795419982,
        };
    }
    return \@answer;
}

# --- enrolments ---

sub enrolled_users {
    my ( $state, $in ) = @_;
    my $course = $in->{courseid};
    refuse( 'invalidrecord', q{Can't find data record in database table course.} ) if !$state->{courses}{$course};
    refuse('errorcoursecontextnotvalid') if !$state->can('moodle/course:view');
    my %option = map { $_->{name} => $_->{value} } @{ $in->{options} || [] };
    my @users  = grep { $state->enrolment( $_->{id}, $course ) } $state->users;
    @users = grep { $state->is_active( $_->{id}, $course ) } @users if $option{onlyactive};
    splice @users, $option{limitnumber} if $option{limitnumber} && @users > $option{limitnumber};
    my %wanted = map { $_ => 1 } split /,/, $option{userfields} || q{};
    return [ map { enrolled_view( $state, $_, $course, \%wanted ) } @users ];
}

sub enrolled_view {
    my ( $state, $user, $course, $wanted ) = @_;
    my $view = user_view( $state, $user );
    delete @{$view}{qw(auth suspended confirmed lang theme timezone mailformat trackforums)};
    $view->{lastcourseaccess} = 0;
    $view->{roles} = [
        map { { roleid => $_ + 0, name => q{}, shortname => $state->{roles}{$_}, sortorder => 0 } }
        sort { $a <=> $b } keys %{ $state->enrolment( $user->{id}, $course )->{roles} }
    ];
    $view->{enrolledcourses} = [
        map { { id => $_->{id}, fullname => $_->{fullname}, shortname => $_->{shortname} } }
        grep { $state->is_active( $user->{id}, $_->{id} ) } $state->courses
    ];
    if ( %{$wanted} ) {
        delete @{$view}{ grep { !$wanted->{$_} && !/^(?:id|fullname)$/ } keys %{$view} };
    }
    return $view;
}

sub check_enrolment {
    my ( $state, $in ) = @_;
    my $course = $state->{courses}{ $in->{courseid} };
    my $user   = $state->{users}{ $in->{userid} };
    refuse()                    if !$course;
    refuse('requireloginerror') if !$state->can('moodle/course:view');
    refuse('requireloginerror') if !$course->{visible} && !$state->can('moodle/course:viewhiddencourses');
    refuse('nopermissions')     if !$state->can('enrol/manual:enrol');
    refuse('wsusercannotassign')
        if !$state->can('moodle/role:assign') || !$state->{assignable}{ $in->{roleid} };
    refuse('wsnoinstance') if !$course->{manual};
    refuse('invaliduser')  if !$user;
    refuse('guestsarenotallowed') if $user->{id} == 1;
    return;
}

sub enrol_users {
    my ( $state, $in ) = @_;
    check_enrolment( $state, $_ ) for @{ $in->{enrolments} };
    $state->enrol( $_->{userid}, $_->{courseid}, $_ ) for @{ $in->{enrolments} };
    return;
}

sub unenrol_users {
    my ( $state, $in ) = @_;
    for my $entry ( @{ $in->{enrolments} } ) {
        refuse('requireloginerror') if !$state->can('moodle/course:view');
        refuse('invalidrecord')     if !$state->{courses}{ $entry->{courseid} };
        refuse('invaliduser')       if !$state->{users}{ $entry->{userid} };
    }
    $state->unenrol( $_->{userid}, $_->{courseid} ) for @{ $in->{enrolments} };
    return;
}

# --- groups ---

sub group_view {
    my ($group) = @_;
    return {
        id => $group->{id}, courseid => $group->{courseid}, name => $group->{name},
        description => $group->{description}, descriptionformat => 1, enrolmentkey => q{},
        idnumber => $group->{idnumber}, visibility => 0, participation => $true,
    };
}

sub check_groups_allowed {
    my ( $state, $course ) = @_;
    refuse('errorcoursecontextnotvalid') if !$state->{courses}{$course} || !$state->can('moodle/course:view');
    refuse('nopermissions') if !$state->can('moodle/course:managegroups');
    return;
}

sub course_groups {
    my ( $state, $in ) = @_;
    check_groups_allowed( $state, $in->{courseid} );
    return [ map { group_view($_) } $state->groups_of( $in->{courseid} ) ];
}

sub create_groups {
    my ( $state, $in ) = @_;
    for my $group ( @{ $in->{groups} } ) {
        check_groups_allowed( $state, $group->{courseid} );
        my @there = $state->groups_of( $group->{courseid} );
        refuse() if grep { $_->{name} eq $group->{name} } @there;
        my $idnumber = defined $group->{idnumber} ? $group->{idnumber} : q{};
        refuse( 'idnumbertaken', 'This ID number is already in use' )
            if length $idnumber && grep { $_->{idnumber} eq $idnumber } @there;
    }
    return [ map { group_view( $state->add_group($_) ) } @{ $in->{groups} } ];
}

sub check_member {
    my ( $state, $member ) = @_;
    my $group = $state->{groups}{ $member->{groupid} }
        or refuse( 'invalidrecord', q{Can't find data record in database table groups.} );
    check_groups_allowed( $state, $group->{courseid} );
    refuse('invaliduser') if !$state->{users}{ $member->{userid} };
    return $group;
}

sub add_members {
    my ( $state, $in ) = @_;
    for my $member ( @{ $in->{members} } ) {
        my $group = check_member( $state, $member );
        refuse() if !$state->enrolment( $member->{userid}, $group->{courseid} );
    }
    $state->{groups}{ $_->{groupid} }{members}{ $_->{userid} } = 1 for @{ $in->{members} };
    return;
}

sub delete_members {
    my ( $state, $in ) = @_;
    check_member( $state, $_ ) for @{ $in->{members} };
    delete $state->{groups}{ $_->{groupid} }{members}{ $_->{userid} } for @{ $in->{members} };
    return;
}

sub group_members {
    my ( $state, $in ) = @_;
    return [
        map { { groupid => $_, userids => [ map { $_ + 0 } sort { $a <=> $b } keys %{ $state->{groups}{$_}{members} } ] } }
        grep { $state->{groups}{$_} } @{ $in->{groupids} }
    ];
}

# --- completion ---

sub completion {
    my ( $state, $in ) = @_;
    my ( $course, $user ) = ( $state->{courses}{ $in->{courseid} }, $in->{userid} );
    refuse('invalidrecord')  if !$course;
    refuse('invaliduser')    if !$state->{users}{$user};
    refuse('cannotviewreport') if !$state->can('report/completion:view');
    refuse('nocriteriaset')  if !$course->{criteria};
    refuse('notenroled')     if !$state->enrolment( $user, $course->{id} );
    my $at = $state->{completions}{"$user/$course->{id}"};
    return {
        completionstatus => {
            completed   => $at ? $true : $false,
            aggregation => 1,
            completions => [
                {
                    type => 4, title => 'Activity completion', status => $at ? 'Yes' : 'No',
                    complete => $at ? $true : $false, timecompleted => $at ? $at + 0 : undef,
                    details => { type => 'Activity completion', criteria => 'Final quiz', requirement => q{}, status => q{} },
                }
            ],
        },
        warnings => [],
    };
}

1;
