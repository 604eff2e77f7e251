#!/usr/bin/perl

# The doubles of Moodle and of the mail server as the other tests use them: faults, control, pages.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

my $top  = dirname(__FILE__) . '/..';
my $json = JSON::PP->new->utf8;
my $dir  = tempdir( 'shop-doubles-XXXX', TMPDIR => 1, CLEANUP => 1 );
my @children;

END {
    my $status = $?;
    for my $pid (@children) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }
    $? = $status;
}

# Starts a double and gives the ports that it took.
sub start {
    my ( $name, @arguments ) = @_;
    my $ports = "$dir/$name.ports";
    my $pid   = fork;
    die "fork: $!\n" if !defined $pid;
    if ( !$pid ) {
        open STDOUT, '>', "$dir/$name.log" or die "$!\n";
        exec $^X, "$top/bin/$name", '--port-file', $ports, @arguments or die "exec: $!\n";
    }
    push @children, $pid;
    for ( 1 .. 600 ) {
        last if -s $ports;
        sleep 0.05;
    }
    open my $file, '<', $ports or die "$name did not start\n";
    chomp( my @ports = <$file> );
    return @ports;
}

my $http = HTTP::Tiny->new( timeout => 3, keep_alive => 0 );

sub write_seed {
    my ($seed) = @_;
    open my $file, '>', "$dir/seed.json" or die "$!\n";
    print {$file} $json->encode($seed);
    close $file or die "$!\n";
    return "$dir/seed.json";
}

my ($port) = start(
    'fake-moodle', '--seed',
    write_seed(
        {
            users   => [ { username => 'ann', firstname => 'Ann', lastname => '<b>', email => 'ann@x.org' } ],
            courses => [
                {
                    shortname => 'MOOC', fullname => 'A course', criteria => 1,
                    certificate  => { group => 'cert-ok' },
                    participants => [ { username => 'ann', completed => 1795000000 } ],
                    groups       => [ { name => 'cert-ok' } ],
                }
            ],
        }
    )
);
my $moodle = "http://127.0.0.1:$port";

sub control {
    my ( $what, $value ) = @_;
    my $answer = $http->post( "$moodle/control", { content => $json->encode( { action => $what, %{ $value || {} } } ) } );
    return $json->decode( $answer->{content} );
}

sub call {
    my ( $function, %field ) = @_;
    return $http->post_form( "$moodle/webservice/rest/server.php",
        { wstoken => 'TOKEN', wsfunction => $function, moodlewsrestformat => 'json', %field } );
}

sub errorcode {
    my ($answer) = @_;
    my $value = eval { JSON::PP->new->utf8->allow_nonref->decode( $answer->{content} ) };
    return ref $value eq 'HASH' && $value->{errorcode} ? $value->{errorcode} : 'none';
}

subtest 'faults of Moodle' => sub {
    my %expected = ( html503 => 503, html502 => 502, http403 => 403, nonjson => 200, close => 599, lost => 599 );
    for my $kind ( sort keys %expected ) {
        control( fault => { kind => $kind, times => 1 } );
        is( call('core_webservice_get_site_info')->{status}, $expected{$kind}, $kind );
        is( call('core_webservice_get_site_info')->{status}, 200,              "$kind is over" );
    }
    my %codes = (
        maintenance => 'sitemaintenance', upgrade => 'upgraderunning', dmlwriteexception => 'dmlwriteexception',
        accessexception => 'accessexception', invalidtoken => 'invalidtoken',
    );
    for my $kind ( sort keys %codes ) {
        control( fault => { kind => $kind, times => 2 } );
        is( errorcode( call('core_webservice_get_site_info') ), $codes{$kind}, $kind );
        is( errorcode( call('core_webservice_get_site_info') ), $codes{$kind}, "$kind again" );
        is( errorcode( call('core_webservice_get_site_info') ), 'none',        "$kind is over" );
    }
};

subtest 'a fault of one function, a lost answer' => sub {
    my %new = map { ( "users[0][$_]" => 'bob' ) } qw(username firstname lastname);
    control( fault => { kind => 'lost', times => 1, function => 'core_user_create_users' } );
    is( call('core_webservice_get_site_info')->{status}, 200, 'other functions answer' );
    is( call( 'core_user_create_users', %new, 'users[0][email]' => 'bob@x.org', 'users[0][createpassword]' => 1 )->{status},
        599, 'the answer is lost' );
    like( call( 'core_user_get_users', 'criteria[0][key]' => 'email', 'criteria[0][value]' => 'BOB@x.org' )->{content},
        qr/"username":"bob"/, 'but the account is there' );
};

# Asks until the answer has this status.
sub answers {
    my ($status) = @_;
    for ( 1 .. 200 ) {
        return 1 if call('core_webservice_get_site_info')->{status} == $status;
        sleep 0.05;
    }
    return 0;
}

subtest 'slow for one, not for others' => sub {
    control( fault => { kind => 'slow', delay => 3, times => 1 } );
    my $slow = IO::Socket::INET->new("127.0.0.1:$port") or die "connect: $@\n";
    my $body = 'wstoken=TOKEN&wsfunction=core_webservice_get_site_info&moodlewsrestformat=json';
    print {$slow} "POST /webservice/rest/server.php HTTP/1.1\r\nHost: m\r\nConnection: close\r\n"
        . "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    sleep 0.1;
    is( call('core_webservice_get_site_info')->{status}, 200, 'another client is served' );
    ok( !IO::Select->new($slow)->can_read(0), 'meanwhile' );
    like( join( q{}, <$slow> ), qr/"userid":3/, 'the slow one as well, later' );
};

subtest 'down and up again' => sub {
    control( fault => { kind => 'down', delay => 2 } );
    ok( answers(599), 'refuses connections' );
    ok( answers(200), 'and comes back' );
};

subtest 'pages and certificates' => sub {
    my $course = $http->get("$moodle/course/2")->{content};
    like( $course, qr/Ann &lt;b&gt;/,      'names are escaped' );
    like( $course, qr/Not released yet/,   'the certificate is not there yet' );
    my $state = control('state');
    my ($group) = grep { $_->{name} eq 'cert-ok' } values %{ $state->{groups} };
    my ($ann)   = grep { $_->{username} eq 'ann' } values %{ $state->{users} };
    call( 'core_group_add_group_members', 'members[0][groupid]' => $group->{id}, 'members[0][userid]' => $ann->{id} );
    like( $http->get("$moodle/user/$ann->{id}")->{content}, qr/Certificate released/, 'it is, after joining the group' );
    is_deeply( control('state')->{certificates}, { MOOC => ['ann'] }, 'and the state says so' );
    like( $http->get( "$moodle/", { headers => { 'Accept-Language' => 'fr' } } )->{content}, qr/<h1>Cours/, 'in French' );
    control('reset');
    is_deeply( control('state')->{certificates}, { MOOC => [] }, 'a reset forgets' );
    is_deeply( control('calls')->{calls}, {}, 'the calls as well' );
};

my ( $smtp, $box ) = start('fake-smtp');

sub sink {
    my ( $action, %more ) = @_;
    $http->post( "http://127.0.0.1:$box/control", { content => $json->encode( { action => $action, %more } ) } );
    return;
}

# One SMTP dialogue; the replies.
sub dialogue {
    my (@commands) = @_;
    my $socket = IO::Socket::INET->new( PeerAddr => "127.0.0.1:$smtp", Timeout => 3 ) or return 'refused';
    my @replies = scalar <$socket>;
    for my $command (@commands) {
        print {$socket} "$command\r\n";
        my $line;
        do { $line = <$socket> } while ( defined $line && $line =~ /^\d{3}-/ );
        push @replies, defined $line ? $line : 'closed';
    }
    return join q{ }, map { /^(\d{3})/ ? $1 : 'closed' } @replies;
}

my @send = (
    'EHLO here', 'MAIL FROM:<a@x.org>', 'RCPT TO:<b@y.org>', 'DATA',
    "From: a\@x.org\r\nSubject: =?UTF-8?Q?Votre_re=C3=A7u?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        . "..a dot\r\nhttps://x.org/?a=1&b=<c>\r\n.", 'QUIT'
);

subtest 'mails' => sub {
    is( dialogue(@send), '220 250 250 250 354 250 221', 'a mail is taken' );
    my $mails = $json->decode( $http->get("http://127.0.0.1:$box/messages.json")->{content} );
    is( scalar @{$mails}, 1, 'and kept' );
    is( $mails->[0]{subject}, "Votre re\x{e7}u", 'its subject is readable' );
    like( $mails->[0]{text}, qr/^[.]a dot/, 'dots are unstuffed' );
    like( $http->get("http://127.0.0.1:$box/mail/1")->{content}, qr{href="https://x.org/[?]a=1&amp;b="}, 'links are links, the rest is escaped' );
    is( $http->get("http://127.0.0.1:$box/mail/9")->{status}, 404, 'an unknown mail' );
};

subtest 'faults of the mail server' => sub {
    my %expected = ( tempfail => '220 250 451 503 503', reject => '220 250 550 503 503' );
    for my $kind ( sort keys %expected ) {
        sink( fault => kind => $kind, times => 1 );
        is( dialogue( @send[ 0 .. 3 ] ), $expected{$kind}, $kind );
        is( dialogue(@send), '220 250 250 250 354 250 221', "$kind is over" );
    }
    sink( fault => kind => 'reject', at => 'RCPT' );
    is( dialogue( @send[ 0 .. 2 ] ), '220 250 250 550', 'at another command' );
    sink('reset');
    is( $http->get("http://127.0.0.1:$box/messages.json")->{content}, '[]', 'a reset forgets' );
};

done_testing();
