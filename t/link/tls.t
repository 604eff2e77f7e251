#!/usr/bin/perl
# TLS: HTTPS, SMTP with STARTTLS and from the first byte, logins; certificates of somebody else.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp qw(tempdir);    # before Fake, whose servers end first
use Fake;
use IO::Socket::SSL;
use Link qw(wait_for slurp);
use Test::More;

my $dir = tempdir(CLEANUP => 1);

# A certificate that vouches for itself.
sub certificate {
    my ($name, $san) = @_;
    system("openssl req -x509 -newkey rsa:2048 -nodes -keyout $dir/$name.key -out $dir/$name.crt -days 2"
        . " -subj /CN=$name -addext subjectAltName=$san >/dev/null 2>&1") == 0
        or die 'openssl';
    return (SSL_cert_file => "$dir/$name.crt", SSL_key_file => "$dir/$name.key");
}

my %good  = certificate('good',  'IP:127.0.0.1,DNS:shop.test');
my %wrong = certificate('wrong', 'DNS:other.test');
system("cat $dir/good.crt $dir/wrong.crt > $dir/ca.crt") == 0 or die 'cat';

my $https = Fake::http(%good);
my $other = Fake::http(%wrong);
my $dns   = Fake::dns('shop.test' => '127.0.0.1');
my $t     = Link->new(conf => "link_ca_file $dir/ca.crt; resolver 127.0.0.1:$dns ipv6=off;");

is($t->get("/http?url=https://127.0.0.1:$https/ok")->{word}, 'OK', 'a certificate for the number');
is($t->get("/http?url=https://shop.test:$https/ok")->{word}, 'OK', '… for the name');
is($t->get("/http?url=https://shop.test:$https/long/9000")->{word}, 'OK', '… on a connection that is there already');
my $r = $t->get("/http?url=https://127.0.0.1:$other/ok");
like("$r->{line} $r->{body}", qr/^DOWN  SSL: .* sent 0/, 'a certificate for somebody else');
my $load = $t->load(2, 8, "/http?url=https://shop.test:$https/ok", "/http?url=https://127.0.0.1:$https/ok");
my $count = $load->();
is_deeply([keys %$count], ['200 OK'], 'under load: ' . ($count->{'200 OK'} // 0) . ' answers') or diag(explain($count));
$t->quiet;

$t = Link->new(conf => '');
like($t->get("/http?url=https://127.0.0.1:$https/ok")->{line}, qr/^DOWN  SSL certificate problem/,
    'a certificate that nobody vouches for');
$t->quiet;

my $smtp = Fake::smtp("$dir/starttls", tls => {%good});
$t = Link->new(conf => "link_ca_file $dir/ca.crt; link_smtp smtp://127.0.0.1:$smtp; link_smtp_starttls on;
    link_smtp_user postman;");
is($t->get('/smtp?deadline=30000&size=3000000')->{word}, 'OK', 'STARTTLS: a long mail');
like(slurp("$dir/starttls"),
    qr/^EHLO [^\n]+\nSTARTTLS\r\n\(encrypted\)\nEHLO [^\n]+\nAUTH PLAIN[^\n]+\n(?:[^\n]+\n)?MAIL FROM.*\(complete\)/s,
    '… login and envelope only when encrypted');
my @answers = $t->many([map {'/smtp?deadline=30000'} 1 .. 12]);
is(scalar(grep { $_->{word} eq 'OK' } @answers), 12, 'twelve at once');
$t->quiet;

$smtp = Fake::smtp("$dir/plain");
$t = Link->new(conf => "link_ca_file $dir/ca.crt; link_smtp smtp://127.0.0.1:$smtp; link_smtp_starttls on;
    link_smtp_user postman;");
like($t->get('/smtp')->{line}, qr/^DOWN /, 'STARTTLS is wanted and not offered');
unlike(slurp("$dir/plain"), qr/AUTH|MAIL/, '… nothing is told to it');
$t->quiet;

$smtp = Fake::smtp("$dir/wrong", tls => {%wrong});
$t = Link->new(conf => "link_ca_file $dir/ca.crt; link_smtp smtp://127.0.0.1:$smtp; link_smtp_starttls on;");
like($t->get('/smtp')->{line}, qr/^DOWN /, 'STARTTLS with somebody else');
unlike(slurp("$dir/wrong"), qr/MAIL/, '… nothing is told to them');
$t->quiet;

$smtp = Fake::smtp("$dir/refused", tls => {%good}, AUTH => '535 5.7.8 who are you');
$t = Link->new(conf => "link_ca_file $dir/ca.crt; link_smtp smtp://127.0.0.1:$smtp; link_smtp_starttls on;
    link_smtp_user postman;");
$r = $t->get('/smtp');
like("$r->{line} $r->{body}", qr/^ERROR  535 5.7.8 who are you status 535/, 'a login that is refused');
$t->quiet;

$smtp = Fake::smtp("$dir/smtps", tls => {%good}, at_once => 1);
$t = Link->new(conf => "link_ca_file $dir/ca.crt; link_smtp smtps://127.0.0.1:$smtp; link_smtp_user postman;");
is($t->get('/smtp?deadline=30000')->{word}, 'OK', 'TLS from the first byte');
like(slurp("$dir/smtps"), qr/^EHLO.*AUTH PLAIN.*\(complete\)/s, '… login and mail');
$t->finish;
