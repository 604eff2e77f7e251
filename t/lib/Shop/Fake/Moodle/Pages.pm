package Shop::Fake::Moodle::Pages;

# Small pages of the double: courses with their participants and groups, a person's page with the
# certificates. They exist so that a person can see what a purchase has done.

use strict;
use warnings;
use utf8;

use Shop::Fake::Lti;
use Shop::Fake::Moodle::Userkey;
use Shop::Fake::Web;

our $VERSION = 1;

my %texts = (
    en => {
        courses => 'Courses', people => 'People', participants => 'Participants', groups => 'Groups',
        certificate => 'Certificate', released => 'Certificate released', locked => 'Not released yet',
        nobody => 'Nobody yet.', until => 'until', unlimited => 'no end', course => 'Course', status => 'Status',
        completed => 'completed', running => 'in progress', members => 'members', hidden => 'hidden',
        email => 'E-mail', username => 'User name', nocourse => 'No course yet.', enrolled => 'Enrolled',
        logged_in => 'Logged in as', no_key => 'This address has been used. Moodle would ask who you are.',
        shop => 'Shop', who => 'Moodle would ask who you are. Go to the shop as:',
        double => 'This is a stand-in for Moodle, made for the demonstration and the tests of the shop.',
    },
    fr => {
        courses => 'Cours', people => 'Personnes', participants => 'Participants', groups => 'Groupes',
        certificate => 'Certificat', released => 'Certificat délivré', locked => 'Pas encore délivré',
        nobody => 'Personne pour le moment.', until => 'jusqu’au', unlimited => 'sans fin', course => 'Cours',
        status => 'État', completed => 'terminé', running => 'en cours', members => 'membres', hidden => 'caché',
        email => 'Courriel', username => 'Identifiant', nocourse => 'Aucun cours pour le moment.',
        enrolled => 'Inscription',
        logged_in => 'Connecté en tant que', no_key => 'Cette adresse a déjà servi. Moodle demanderait qui vous êtes.',
        shop => 'Boutique', who => 'Moodle demanderait qui vous êtes. Aller à la boutique en tant que :',
        double => 'Ceci est une doublure de Moodle, faite pour la démonstration et les tests de la boutique.',
    },
);

my $style = <<'CSS';
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f6f8;color:#1d2125}
header{background:#0f6cbf;color:#fff;padding:.8rem 1.2rem}header a{color:#fff;margin-right:1rem}
main{max-width:60rem;margin:1.2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.card{background:#fff;border:1px solid #dee2e6;border-radius:.5rem;padding:1rem 1.2rem;margin:.8rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:#fff}
td,th{border-bottom:1px solid #dee2e6;padding:.5rem .7rem;text-align:left}
.ok{background:#d7f0dd;color:#0b5a1e}.no{background:#eceff2;color:#495057}
.ok,.no{border-radius:1rem;padding:.15rem .7rem;font-size:.9rem;white-space:nowrap}
.muted{color:#5f6b76;font-size:.9rem}footer{color:#5f6b76;text-align:center;margin:2rem;font-size:.85rem}
CSS

# The page of a path, or undef.
sub page {
    my ( $state, $path, $request, $tool ) = @_;
    my $language = language($request);
    my $text     = $texts{$language};
    my $body =
          $path eq q{/}                                       ? courses_page( $state, $text )
        : $path eq '/user'                                    ? people_page( $state, $text )
        : $path =~ m{^/user/(\d+)$}                           ? user_page( $state, $text, $1 )
        : $path =~ m{^/course/(\d+)$}                         ? course_page( $state, $text, $1 )
        : "$path?$request->{query}" =~ m{^/course/view[.]php[?]id=(\d+)} ? course_page( $state, $text, $1 )
        : $path eq '/auth/userkey/login.php'                  ? login_page( $state, $text, $request )
        : $path eq '/mod/lti/launch.php' && $tool->{address}  ? launch_page( $state, $text, $tool )
        :                                                       undef;
    return if !defined $body;
    my $site = escape( $state->{site}{name} );
    return <<"HTML";
<!DOCTYPE html>
<html lang="$language"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$site</title><style>$style</style></head>
<body><header><strong>$site</strong> &nbsp; <a href="/">$text->{courses}</a><a href="/user">$text->{people}</a></header>
<main>$body</main><footer>$text->{double}</footer></body></html>
HTML
}

sub language {
    my ($request) = @_;
    return ( $request->{headers}{'accept-language'} || q{} ) =~ /^\s*fr/i ? 'fr' : 'en';
}

sub escape { return Shop::Fake::Web::escape( $_[0] ) }

sub day {
    my ($moment) = @_;
    my @t = gmtime $moment;
    return sprintf '%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3];
}

sub badge {
    my ( $good, $words ) = @_;
    return sprintf '<span class="%s">%s</span>', $good ? 'ok' : 'no', $words;
}

sub participants {
    my ( $state, $course ) = @_;
    return grep { $state->enrolment( $_->{id}, $course->{id} ) } $state->users;
}

sub courses_page {
    my ( $state, $text ) = @_;
    my $html = "<h1>$text->{courses}</h1>";
    for my $course ( grep { $_->{shortname} ne 'site' } $state->courses ) {
        my $count = participants( $state, $course );
        my $mark  = $course->{visible} ? q{} : ' ' . badge( 0, $text->{hidden} );
        $html .= sprintf '<div class="card"><a href="/course/%d"><strong>%s</strong></a>%s'
            . '<div class="muted">%s · %s · %d %s</div></div>', $course->{id}, escape( $course->{fullname} ), $mark,
            escape( $course->{shortname} ), escape( $course->{category} ), $count, lc $text->{participants};
    }
    return $html;
}

# Where a one-time address leads: Moodle would go on to the wanted page at once.
sub login_page {
    my ( $state, $text, $request ) = @_;
    my $user = Shop::Fake::Moodle::Userkey::enter( $state, $request->{query} ) or return "<h1>$text->{no_key}</h1>";
    my ($course) = $request->{query} =~ /wantsurl=\S*course%2Fview[.]php%3Fid%3D(\d+)/;
    return "<p>$text->{logged_in} " . escape("$user->{firstname} $user->{lastname}") . '</p>'
        . ( $course ? course_page( $state, $text, $course ) // q{} : q{} );
}

# One form for each person, signed: what Moodle posts by itself once it knows who is there.
sub launch_page {
    my ( $state, $text, $tool ) = @_;
    my $html = "<h1>$text->{shop}</h1><p>$text->{who}</p>";
    for my $user ( grep { !$_->{deleted} && $_->{email} } $state->users ) {
        my $name   = "$user->{firstname} $user->{lastname}";
        my $launch = Shop::Fake::Lti::launch( $tool, { %{$user}, fullname => $name } );
        $html .= sprintf '<form class="card" method="post" action="%s">%s<button>%s</button></form>',
            escape( $tool->{address} ),
            join( q{}, map { sprintf '<input type="hidden" name="%s" value="%s">', $_, escape( $launch->{$_} ) } sort keys %{$launch} ),
            escape($name);
    }
    return $html;
}

sub period {
    my ( $text, $enrolment ) = @_;
    my $start = $enrolment->{timestart} ? day( $enrolment->{timestart} ) . q{ } : q{};
    my $end   = $enrolment->{timeend} ? "$text->{until} " . day( $enrolment->{timeend} ) : $text->{unlimited};
    return $start . $end;
}

sub certificate_badge {
    my ( $state, $text, $user, $course ) = @_;
    return q{} if !$course->{certificate};
    my $open = $state->certificate_open( $user->{id}, $course->{id} );
    return badge( $open, $open ? $text->{released} : $text->{locked} );
}

sub table {
    my ( $empty, $heads, @rows ) = @_;
    return "<p>$empty</p>" if !@rows;
    return
          '<div class="scroll"><table><tr>'
        . join( q{}, map { "<th>$_</th>" } @{$heads} ) . '</tr>'
        . join( q{}, map { '<tr>' . join( q{}, map { "<td>$_</td>" } @{$_} ) . '</tr>' } @rows )
        . '</table></div>';
}

sub user_link {
    my ($user) = @_;
    return sprintf '<a href="/user/%d">%s</a>', $user->{id}, escape("$user->{firstname} $user->{lastname}");
}

sub progress {
    my ( $state, $text, $user, $course ) = @_;
    my $at = $state->{completions}{"$user->{id}/$course->{id}"};
    return $at ? badge( 1, "$text->{completed} " . day($at) ) : badge( 0, $text->{running} );
}

sub course_page {
    my ( $state, $text, $id ) = @_;
    my $course = $state->{courses}{$id} or return;
    my @rows   = map {
        [
            user_link($_), escape( $_->{email} ), period( $text, $state->enrolment( $_->{id}, $id ) ),
            progress( $state, $text, $_, $course ), certificate_badge( $state, $text, $_, $course )
        ]
    } participants( $state, $course );
    my $html = sprintf '<h1>%s</h1><p class="muted">%s</p><p>%s</p><h2>%s</h2>', escape( $course->{fullname} ),
        escape( $course->{shortname} ), escape( $course->{summary} ), $text->{participants};
    $html .= table( $text->{nobody},
        [ $text->{people}, $text->{email}, $text->{enrolled}, $text->{status}, $text->{certificate} ], @rows );
    $html .= "<h2>$text->{groups}</h2>";
    $html .= table(
        $text->{nobody},
        [ $text->{groups}, 'idnumber', $text->{members} ],
        map {
            my $group = $_;
            [
                escape( $group->{name} ), escape( $group->{idnumber} ),
                join ', ', map { user_link( $state->{users}{$_} ) } sort { $a <=> $b } keys %{ $group->{members} }
            ]
        } $state->groups_of($id)
    );
    return $html;
}

sub people_page {
    my ( $state, $text ) = @_;
    return "<h1>$text->{people}</h1>"
        . table(
        $text->{nobody},
        [ $text->{people}, $text->{username}, $text->{email} ],
        map { [ user_link($_), escape( $_->{username} ), escape( $_->{email} ) ] } grep { $_->{id} > 3 } $state->users
        );
}

sub user_page {
    my ( $state, $text, $id ) = @_;
    my $user = $state->{users}{$id} or return;
    my @rows = map {
        [
            sprintf( '<a href="/course/%d">%s</a>', $_->{id}, escape( $_->{fullname} ) ),
            period( $text, $state->enrolment( $id, $_->{id} ) ),
            progress( $state, $text, $user, $_ ), certificate_badge( $state, $text, $user, $_ )
        ]
    } grep { $state->enrolment( $id, $_->{id} ) } $state->courses;
    return sprintf( '<h1>%s</h1><p class="muted">%s · %s</p>', escape("$user->{firstname} $user->{lastname}"),
        escape( $user->{username} ), escape( $user->{email} ) )
        . table( $text->{nocourse}, [ $text->{course}, $text->{enrolled}, $text->{status}, $text->{certificate} ], @rows );
}

1;
