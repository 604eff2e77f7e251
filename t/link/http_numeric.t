#!/usr/bin/perl
# Without a resolver only numeric hosts are reached, and addresses are checked at configuration time.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use Link qw(slurp);
use Test::More;

my $http = Fake::http();
my $t = Link->new;

is($t->get("/http?url=http://127.0.0.1:$http/ok")->{word}, 'OK', 'a number');
is($t->get("/http?url=http://localhost:$http/ok")->{line}, 'DOWN  host name without a resolver', 'a name');

my %refused = (
    q{link_pg 'host=db.example.org'}         => qr/names a host/,
    q{link_pg 'host=/run,db'}                => qr/names a host/,
    q{link_pg 'hostaddr=db'}                 => qr/hostaddr that is not/,
    q{link_pg 'host=/run password=x'}        => qr/passfile/,
    q{link_pg 'service=x'}                   => qr/service file/,
    q{link_pg 'host'}                        => qr/not a libpq connection string/,
    q{link_redis localhost:6379}             => qr/neither unix:/,
    q{link_redis 127.0.0.1}                  => qr/neither unix:/,
    q{link_redis 127.0.0.1:0}                => qr/neither unix:/,
    q{link_redis unix:redis.sock}            => qr/absolute path/,
    'link_redis unix:/' . 'x' x 107          => qr/longer than 107/,
    q{link_smtp http://127.0.0.1}            => qr/scheme/,
    q{link_smtp smtp://mail.example.org}     => qr/resolver/,
    q{link_smtp 127.0.0.1}                   => qr/not an address|scheme/,
);
my @accepted = (
    q{link_pg 'host=/run/postgresql'},          q{link_pg 'host=db hostaddr=10.0.0.1'},
    q{link_pg 'host=10.0.0.1,10.0.0.2'},        q{link_pg 'host=::1 dbname=a'},
    q{link_pg 'postgresql:///shop'},            q{link_redis 127.0.0.1:6379},
    q{link_redis [::1]:6379},                   'link_redis unix:/' . 'x' x 106,
    q{link_smtp smtps://127.0.0.1:465},
    q{resolver 127.0.0.1; link_smtp smtp://mail.example.org},
);

my $try = sub {
    my ($line) = @_;
    my $conf = slurp("$t->{dir}/nginx.conf");
    $conf =~ s/(link_spool [^;]+;)/$1 $line;/;
    open my $fh, '>', "$t->{dir}/try.conf" or die $!;
    print {$fh} $conf;
    close $fh;
    return $t->check_conf("$t->{dir}/try.conf");
};

for my $line (sort keys %refused) {
    my ($ok, $out) = $try->($line);
    ok(!$ok, "refused: $line");
    like($out, $refused{$line}, '… with the reason');
}
for my $line (@accepted) {
    my ($ok, $out) = $try->($line);
    ok($ok, "accepted: $line") or diag($out);
}

$t->finish;
