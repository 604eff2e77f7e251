#!/usr/bin/perl

# The double of Moodle, held against what a real site answered to the same calls: same shapes, same
# exceptions, same errorcodes.

use strict;
use warnings;

use File::Basename qw(dirname);
use HTTP::Tiny;
use JSON::PP ();
use Test::More;

use lib dirname(__FILE__) . '/../lib';
use Shop::Fake::Moodle;

my $top  = dirname(__FILE__) . '/..';
my $json = JSON::PP->new->utf8->allow_nonref;

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/ = undef;
    return scalar <$file>;
}

# The site on which the recordings were made, as far as they show it.
my %seed = (
    site  => { name => 'Example Moodle' },
    users => [
        { id => 555, username => 'before',  firstname => 'B',    lastname => 'B',      email => 'b@buyer.example' },
        { id => 566, username => 'idle',    firstname => 'I',    lastname => 'I',      email => 'i@buyer.example' },
        { id => 921, username => 'cred1',   firstname => 'Iris', lastname => 'Martin', email => 'cred1@buyer.example' },
    ],
    categories => [ { id => 2, name => 'Languages', idnumber => 'cat-lang' } ],
    courses    => [
        { id => 2,  quizzes => [ { id => 1, cmid => 5, name => 'Final test', attempts => 1 } ],  shortname => 'C01',   fullname => 'French A1',       idnumber => 'sku-C01', groups => [ { id => 10, name => 'Default group' }, { id => 96, name => 'Later' } ] },
        { id => 3,   shortname => 'C02',   fullname => 'French A2',       idnumber => 'sku-C02' },
        { id => 5,   shortname => 'C04',   fullname => 'Without manual',  manual   => 0 },
        { id => 12,  shortname => 'TPL1',  fullname => 'Course template', visible  => 0 },
    ],
);

my $moodle = Shop::Fake::Moodle->new( seed => \%seed );
$moodle->{state}{next_id}{user}  = 556;
$moodle->{state}{next_id}{group} = 95;
$moodle->{state}{next_id}{category} = 97;
$moodle->{state}{next_id}{course} = 236;
my $child = fork;
die "fork: $!\n" if !defined $child;
if ( !$child ) {
    $moodle->run;
    exit 0;
}
END {
    if ($child) {
        my $status = $?;
        kill TERM => $child;
        waitpid $child, 0;
        $? = $status;
    }
}

my $http = HTTP::Tiny->new( timeout => 5, keep_alive => 0 );

sub control {
    my ( $what, $value ) = @_;
    my $answer = $http->post( "$moodle->{url}/control", { content => $json->encode( { action => $what, %{$value} } ) } );
    die "control $what: $answer->{content}\n" if !$answer->{success};
    return $json->decode( $answer->{content} );
}

sub encode {
    my ($text) = @_;
    utf8::encode($text);
    $text =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

sub call {
    my ($entry) = @_;
    my $request = $entry->{request};
    my $answer;
    if ( $request->{_headers} ) {
        my %headers = %{ $request->{_headers} };
        $answer = $http->post( "$moodle->{url}$request->{_path}", { headers => \%headers, content => $request->{_body} } );
    }
    else {
        my $form = join q{&}, map { encode($_) . q{=} . encode( $request->{$_} ) } sort keys %{$request};
        my $url  = "$moodle->{url}/webservice/rest/server.php";
        $answer = ( $entry->{method} || 'POST' ) eq 'GET' ? $http->get("$url?$form") : $http->post(
            $url, { headers => { 'Content-Type' => 'application/x-www-form-urlencoded' }, content => $form } );
    }
    return $answer;
}

# What differs in kind; an empty list when the shapes agree.
sub differences {
    my ( $got, $expected, $where ) = @_;
    my ( $mine, $theirs ) = map { kind($_) } $got, $expected;
    return if $mine eq 'null' || $theirs eq 'null';
    return "$where: $mine instead of $theirs" if $mine ne $theirs;
    if ( $theirs eq 'object' ) {
        my @missing = grep { !exists $got->{$_} } keys %{$expected};
        my @extra   = grep { !exists $expected->{$_} } keys %{$got};
        my @inside  = map { differences( $got->{$_}, $expected->{$_}, "$where.$_" ) } grep { exists $got->{$_} } keys %{$expected};
        return ( ( map { "$where.$_ is missing" } @missing ), ( map { "$where.$_ is not recorded" } @extra ), @inside );
    }
    if ( $theirs eq 'list' && @{$got} && @{$expected} ) {
        return differences( $got->[0], $expected->[0], "$where\[0]" );
    }
    return;
}

sub kind {
    my ($value) = @_;
    return
          !defined $value           ? 'null'
        : JSON::PP::is_bool($value) ? 'boolean'
        : ref $value eq 'HASH'      ? 'object'
        : ref $value eq 'ARRAY'     ? 'list'
        : $json->encode($value) =~ /^"/ ? 'text'
        :                             'number';
}

# How the site was changed for a recording: name of the case -> fault or capabilities.
my @without_rights = qw(
    moodle/user:viewdetails moodle/user:update moodle/user:create moodle/course:view moodle/course:viewhiddencourses
    moodle/course:viewparticipants moodle/course:managegroups moodle/course:create moodle/backup:backupcourse
    moodle/category:manage
);
my @situations = (
    [ qr/^account without the capability/ => { removed => \@without_rights } ],
    [ qr/^account without (moodle\S+)/    => { removed => ['*'] } ],
    [ qr/account without (moodle\S+)/     => { removed => ['*'] } ],
    [ qr/^(?:token has expired|token restricted|service disabled|account no longer|role without)/ => { removed => ['webservice/rest:use'] } ],
    [ qr/^(?:REST protocol|web services) disabled/ => { fault => { kind => 'http403' } } ],
    [ qr/^CLI maintenance/                => { fault => { kind => 'html503' } } ],
    [ qr/^maintenance mode/               => { fault => { kind => 'maintenance' } } ],
    [ qr/^(?:upgrade running|session and cache)/ => { fault => { kind => 'upgrade' } } ],
    [ qr/^PHP is down/                    => { fault => { kind => 'html502' } } ],
    [ qr/^service account suspended/      => { fault => { kind => 'error', code => 'wsaccessusersuspended' } } ],
    [ qr/^service account unconfirmed/    => { fault => { kind => 'error', code => 'wsaccessuserunconfirmed' } } ],
);

# Not reproduced, each with its reason.
my @skipped = (
    qr/site allows/             => 'a site setting that the double does not have',
    qr/debugging on/            => 'the double is a site without debugging',
    qr/database is down/        => 'same treatment as an upgrade',
    qr/manual enrolment is disabled on the site/ => 'a site setting that the double does not have',
    qr/duplicat(?:ed with no|e of the template|ion left)|participants, users=|of the duplicate|userinfo|:configure/ => 'copies of participants are not played',
    qr/of a deleted user/       => 'deletion is not played',
    qr/custom profile field/    => 'profile fields are not kept',
    qr/code is newer|must change its password/ => 'no effect on the answer',
    qr/moodlewsrestformat|answer is XML|^JSON body$/ => 'XML has no shape to compare',
);

sub situation {
    my ($case) = @_;
    for my $entry (@situations) {
        next if $case !~ $entry->[0];
        my %found = %{ $entry->[1] };
        if ( $found{removed} && $found{removed}[0] eq q{*} ) {
            $case =~ m{(moodle/\S+)};
            $found{removed} = [$1];
        }
        return \%found;
    }
    return {};
}

sub compare {
    my ( $entry, $answer ) = @_;
    my $name = "$entry->{function}: $entry->{case}";
    is( $answer->{status}, $entry->{http_status}, "$name: status" );
    return if !ref $entry->{response} && defined $entry->{response};
    my $got      = $json->decode( $answer->{content} );
    my $expected = $entry->{response};
    if ( ref $expected eq 'HASH' && $expected->{exception} ) {
        is( ref $got eq 'HASH' ? $got->{errorcode} : 'none', $expected->{errorcode}, "$name: errorcode" )
            if ( $expected->{errorcode} || q{} ) !~ /^</;
        is( ref $got eq 'HASH' ? $got->{exception} : 'none', $expected->{exception}, "$name: exception" );
        return;
    }
    my @differences = grep { !/[.](?:customfields|preferences|filters|contacts|overviewfiles|summaryfiles|courseformatoptions|advancedfeatures)\b/ }
        differences( $got, $expected, 'answer' );
    is( "@differences", q{}, "$name: shape" ) or diag $answer->{content};
    if ( ref $expected eq 'ARRAY' && $entry->{function} =~ /^core_user_get/ ) {
        is( scalar @{$got}, scalar @{$expected}, "$name: count" );
    }
    return;
}

my $played = 0;
for my $entry ( @{ $json->decode( slurp("$top/data/moodle-ws-recorded.json") ) } ) {
    my ($reason) = map { $entry->{case} =~ $skipped[ 2 * $_ ] ? $skipped[ 2 * $_ + 1 ] : () } 0 .. $#skipped / 2;
    next if $reason;
    my $situation = situation( $entry->{case} );
    control( capability => { name => $_, present => 0 } ) for @{ $situation->{removed} || [] };
    control( fault => $situation->{fault} ) if $situation->{fault};
    compare( $entry, call($entry) );
    control( capability => { name => $_, present => 1 } ) for @{ $situation->{removed} || [] };
    control( fault => { kind => 'none' } ) if $situation->{fault};
    $played++;
}
cmp_ok( $played, '>', 120, 'most of the recordings were played' );

done_testing();
