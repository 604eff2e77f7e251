package Shop::Fake::Lti;

# Launches as Moodle's external tool signs them: LTI 1.1, OAuth 1.0 with HMAC-SHA1 (RFC 5849).

use strict;
use warnings;

use Digest::SHA qw(hmac_sha1_base64);

our $VERSION = 1;

my $nonces = 0;

sub escape {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    $text =~ s/([^A-Za-z0-9\-_.~])/sprintf '%%%02X', ord $1/ge;
    return $text;
}

# The members of a signed launch of this user {id, fullname, firstname, lastname, email}; more replaces or, when undef, removes some.
sub launch {
    my ( $tool, $user, %more ) = @_;
    my %member = (
        lti_message_type                 => 'basic-lti-launch-request',
        lti_version                      => 'LTI-1p0',
        oauth_version                    => '1.0',
        oauth_signature_method           => 'HMAC-SHA1',
        oauth_consumer_key               => $tool->{key},
        oauth_timestamp                  => time,
        oauth_nonce                      => sprintf( '%x-%d-%d', time, $$, ++$nonces ),
        oauth_callback                   => 'about:blank',
        user_id                          => $user->{id},
        lis_person_name_full             => $user->{fullname},
        lis_person_name_given            => $user->{firstname},
        lis_person_name_family           => $user->{lastname},
        lis_person_contact_email_primary => $user->{email},
        roles                            => 'Learner',
        resource_link_id                 => 1,
        %more,
    );
    delete @member{ grep { !defined $member{$_} } keys %member };
    $member{oauth_signature} = signature( $tool, \%member );
    return \%member;
}

sub signature {
    my ( $tool, $member ) = @_;
    my $text = join q{&}, sort map { escape($_) . q{=} . escape( $member->{$_} ) } keys %{$member};
    my $base = join q{&}, 'POST', escape( $tool->{address} ), escape($text);
    return hmac_sha1_base64( $base, escape( $tool->{secret} ) . q{&} ) . q{=};
}

1;
