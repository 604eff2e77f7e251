#!/usr/bin/perl
# Redis with a password and a database: the right ones, wrong ones, too many clients.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Link qw(wait_for);
use Test::More;

my $t = Link->new(redis => 1, conf => 'link_redis_password secret; link_redis_database 3;');
my @as = qw(-a secret --no-auth-warning);

ok(wait_for(sub { $t->error_log =~ /redis \S+ down: ERR AUTH/ }), 'a password that nobody wants: the log says why');
is($t->get('/redis?a=PING')->{word}, 'DOWN', '… and nothing is sent');
$t->redis_cli('CONFIG', 'SET', 'requirepass', 'secret');
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), 'the right password');
is($t->get('/redis?a=SET&b=k&c=v')->{body}, "OK\n", '… serves');
is($t->redis_cli(@as, '-n', 3, 'GET', 'k'), 'v', '… in its database');

$t->redis_cli(@as, 'CONFIG', 'SET', 'requirepass', 'other');
$t->redis_cli('-a', 'other', '--no-auth-warning', 'CLIENT', 'KILL', 'TYPE', 'normal');
ok(wait_for(sub { $t->error_log =~ /redis \S+ down: WRONGPASS/ }), 'a wrong password');
ok(wait_for(sub { $t->get('/redis?a=GET&b=k')->{line} eq 'DOWN  no connection' }), '… is as good as no server');
unlike($t->error_log, qr/secret/, '… and is not told to the log');
$t->redis_cli('-a', 'other', '--no-auth-warning', 'CONFIG', 'SET', 'requirepass', 'secret');
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), 'it heals');

# A server that refuses without being asked: the reply belongs to no command (RD-11).
my $holder = IO::Socket::UNIX->new(Peer => "$t->{dir}/redis.sock") or die $!;
syswrite $holder, "AUTH secret\r\nCONFIG SET maxclients 1\r\nCLIENT KILL TYPE normal\r\n";
ok(wait_for(sub { $t->error_log =~ /redis \S+ down: ERR max number of clients/ }), 'too many clients: the log says why');
close $holder;
ok(wait_for(sub { $t->status->{redis} eq 'UP' }), 'it heals as well');
is($t->get('/redis?a=GET&b=k')->{body}, "v\n", '… and serves');

$t->finish;
