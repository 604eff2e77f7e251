package Bench::Sessions;

# Many visitors at once: one real visitor's documents in Redis, copied under other identifiers.

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256 sha256);
use MIME::Base64 qw(encode_base64url);
use Redis;

my $visitor = 0;          # over all rounds: no two have the same code
my $SECRET = 'a' x 48;    # what Shop::Test writes into shop_secret_file


# Gives [cookie, csrf token] of `count` visitors like this buyer; an order begun has another code each.
sub copies {
    my ($t, $buyer, $count) = @_;
    my $redis = Redis->new(sock => $t->{redis_socket});
    my ($session, $cart) = map { $redis->get($_) } keys_of($buyer->http->{cookies}{shopsid});
    my @visitors;

    for my $n ($visitor + 1 .. $visitor + $count) {
        my $sid = encode_base64url(sha256("$n of $$ " . time));
        my ($session_key, $cart_key) = keys_of($sid);
        $redis->set($session_key, $session, sub { });
        $redis->set($cart_key, $cart =~ s/("transid":\s*"\w+?)\w{8}"/sprintf '%s%s"', $1, letters($n)/er, sub { })
            if defined $cart;
        $redis->wait_all_responses if $n % 500 == 0;
        push @visitors, [$sid, encode_base64url(hmac_sha256("csrf:$sid", $SECRET))];
    }
    $redis->wait_all_responses;
    $visitor += $count;
    return \@visitors;
}


sub letters { my ($n) = @_; return join '', map { chr(65 + ($n >> 4 * $_ & 15)) } 0 .. 7 }


sub keys_of {
    my ($sid) = @_;
    my $hash = encode_base64url(sha256($sid));
    return ("sess:{$hash}", "cart:{$hash}:ac");
}

1;
