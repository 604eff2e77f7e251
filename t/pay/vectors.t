#!/usr/bin/perl

# The published payment vectors against the interfaces of the shop; and the program itself: an
# interface or a kind that the shop does not have must fail, never pass in silence.

use strict;
use warnings;

use File::Temp qw(tempfile);
use FindBin;
use JSON::PP qw(decode_json encode_json);
use Test::More;

my $root    = "$FindBin::Bin/../..";
my $program = "$root/build/t/payment-vectors";
my $file    = "$root/t/data/payment-vectors.json";

is(system('make', '-s', '-C', $root, 'build/t/payment-vectors'), 0, 'the program builds')
    or BAIL_OUT('no program');

sub run {
    open my $out, '-|', @_ or die "run: $!";
    my @lines = <$out>;
    close $out;
    return ($? >> 8, @lines);
}

sub vectors_of { my ($name) = @_; open my $f, '<', $name or die "$name: $!"; local $/ = undef; return decode_json(<$f>) }

subtest 'vectors of all interfaces' => sub {
    my ($status, @lines) = run($program, $file);
    is($status, 0, 'all pass');
    my $wanted = @{ vectors_of($file) };
    is(scalar(grep { /\Aok / } @lines), $wanted, "$wanted of them");
    diag(join '', grep { !/\Aok / } @lines) if $status;
};

sub judged {
    my (@vectors) = @_;
    my ($handle, $name) = tempfile(UNLINK => 1);
    print {$handle} encode_json(\@vectors);
    close $handle;
    return run($program, $name);
}

subtest 'what must fail' => sub {
    my ($signed) = grep { $_->{id} eq 'vads-sign-01-hmac' } @{ vectors_of($file) };
    my @cases = (
        ['unknown interface', { %$signed, interface => 'nobody' }],
        ['unknown kind', { %$signed, kind => 'guess' }],
        ['unknown algorithm', { %$signed, algorithm => 'vads-md5' }],
        ['wrong expectation', { %$signed, expected => 'x' }],
        ['other key', { %$signed, key => '1122334455667789' }],
    );
    for my $case (@cases) {
        my ($status, @lines) = judged($case->[1]);
        is($status, 1, $case->[0]);
        like($lines[0], qr/\Anot ok 1 - vads-sign-01-hmac$/, "$case->[0]: not ok");
    }
    is((judged($signed))[0], 0, 'unchanged: passes');
    is((run($program, '/nowhere/vectors.json'))[0], 1, 'missing file');
    is((judged())[0], 1, 'a file without vectors proves nothing');
};

done_testing();
