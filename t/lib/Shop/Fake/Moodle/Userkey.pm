package Shop::Fake::Moodle::Userkey;

# The plugin auth_userkey: an address that logs one person in, once.

use strict;
use warnings;

use Shop::Fake::Moodle::Params qw(refuse);

our $VERSION = 1;

my $count = 0;

sub functions {
    return ( auth_userkey_request_login_url => [ { 'user*' => { 'username*' => 'username' } }, \&request_login_url ] );
}

sub request_login_url {
    my ( $state, $parameters, $moodle ) = @_;
    my ($user) = grep { $_->{username} eq $parameters->{user}{username} } $state->users;
    refuse( 'invalidparameter', 'Invalid parameter value detected' ) if !$user;
    my $key = sprintf '%08x%08x%04x', rand 2**32, rand 2**32, ++$count;
    $state->{userkeys}{$key} = $user->{id};
    return { loginurl => "$moodle->{url}/auth/userkey/login.php?key=$key" };
}

# Whom the key of this query lets in, or undef; it serves once.
sub enter {
    my ( $state, $query ) = @_;
    my ($key) = $query =~ /\bkey=(\w+)/ or return;
    return $state->{users}{ delete $state->{userkeys}{$key} // return };
}

1;
