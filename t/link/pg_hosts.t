#!/usr/bin/perl
# Several hosts: one that refuses, one that never answers, one that would be asked without TLS.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use Link qw(wait_for free_port);
use Test::More;

my $port   = free_port();
my $nobody = free_port();
my $silent = Fake::tcp(sub { sleep 3600 });

sub connects {
    my ($name, $host, $code) = @_;
    my $t = Link->new(pg => 1, pg_port => $port, pg_host => $host);
    note($name);
    $code->($t);
    $t->quiet;
    $t->cleanup;
    return;
}

sub up { my ($t) = @_; return wait_for(sub { $t->status->{pg} eq 'UP' }, 40) }

connects('one', "host=127.0.0.1 port=$port", sub {
    my ($t) = @_;
    ok(up($t), 'a numeric address of this machine');
    is($t->get('/call?s=one&p=a')->{body}, "one:a\n", '… answers');
});

connects('the first refuses', "host=127.0.0.1,127.0.0.1 port=$nobody,$port", sub {
    my ($t) = @_;
    ok(up($t), 'the first host refuses: the second is taken');
    is($t->psql(q{SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'shop:%'}), 7,
        '… by all connections');
});

connects('the first is silent', "host=127.0.0.1,127.0.0.1 port=$silent,$port", sub {
    my ($t) = @_;
    ok(up($t), 'the first host never answers: the next attempt begins with the second');
    like($t->error_log, qr/no answer to the connection attempt/, '… the log says why');
});

connects('a remote one among them', "host=127.0.0.1,192.0.2.1 port=$port", sub {
    my ($t) = @_;
    ok(wait_for(sub { $t->error_log =~ /does not support SSL/ }, 40), 'a remote host among them: TLS is wanted of all');
    is($t->status->{pages_reconnects}, 0, '… no connection without it');
});

connects('… as the operator wishes', "host=127.0.0.1,192.0.2.1 port=$port sslmode=disable", sub {
    my ($t) = @_;
    ok(up($t), 'unless the operator says that none is needed');
});

done_testing();
