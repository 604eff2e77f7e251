#!/usr/bin/perl

# Sessions and their cookies: who only looks gets none; attributes on plain and on encrypted connections;
# a new identifier at log-in and log-out, never one that was handed in; links for logging in; the cart that
# an account finds again.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Digest::SHA qw(sha256_base64);
use IO::Socket::SSL qw(SSL_VERIFY_NONE);
use POSIX ();

use Shop::Buyer;
use Shop::Test qw(free_port spew);

my $tls = free_port();
my $dir = File::Temp::tempdir(CLEANUP => 1);
my @make = qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch -subj /CN=localhost -days 2);
qx(@make -keyout $dir/key -out $dir/crt 2>&1);
chmod 0755, $dir;
chmod 0644, "$dir/key", "$dir/crt";
my $t = Shop::Test->new(patient => 1, server => "listen 127.0.0.1:$tls ssl; ssl_certificate $dir/crt; ssl_certificate_key $dir/key;");
my $oliver = {firstname => 'Oliver', lastname => 'Smith', email => 'oliver.smith@example.org'};


sub redis { my (@words) = @_; return split /\n/, qx(redis-cli -s $t->{redis_socket} @words) }


# One request on a connection of its own.
sub encrypted {
    my ($text) = @_;
    my $socket = IO::Socket::SSL->new(PeerAddr => "127.0.0.1:$tls", SSL_verify_mode => SSL_VERIFY_NONE) or return '';
    print {$socket} $text;
    local $/ = undef;
    return <$socket>;
}

my $b = Shop::Buyer->new(base => $t->base, person => $oliver);
$b->open('');
$b->open('cart');
is(join('', %{$b->http->{cookies}}), '', 'who only looks gets no cookie');
is(scalar redis('--raw keys "sess:*"'), 0, 'and takes no room in Redis');

my $answer = $b->http->post('/shop/ac/cart/add', [p => 'gdpr_essentials']);
my ($cookie) = @{$answer->{set_cookie}};
like($cookie, qr{^shopsid=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax$}, 'the cookie of a plain connection');
my ($sid) = $cookie =~ /=([\w-]+)/;
my @keys = redis('--raw keys "*"');
ok(!grep({ /\Q$sid\E/ } @keys), 'Redis does not know the identifier');
my ($tag) = $keys[0] =~ /(\{.+?\})/;
is(scalar(grep { /\Q$tag\E/ } @keys), scalar @keys, 'all keys of a visitor lie together');
my ($lives) = redis("ttl 'sess:$tag'");
ok($lives > 14000 && $lives <= 14400, 'a guest\'s session lives four hours');

my $body = 'p=gdpr_essentials';
my $secure = encrypted("POST /shop/ac/cart/add HTTP/1.1\r\nHost: localhost:$tls\r\nOrigin: https://localhost:$tls\r\n"
    . "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: @{[length $body]}\r\n\r\n$body");
like($secure, qr{Set-Cookie: __Host-shopsid=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure\r\n}, 'the cookie of an encrypted one');
like(encrypted("GET /shop/ac/cart HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: shopsid=$sid\r\n\r\n"),
    qr/cart-count>0</, 'which does not take the plain one');

my $thief = Shop::Buyer->new(base => $t->base, person => $oliver);
$thief->http->{cookies}{shopsid} = 'A' x 43;
$thief->http->post('/shop/ac/cart/add', [p => 'gdpr_essentials']);
isnt($thief->http->{cookies}{shopsid}, 'A' x 43, 'an identifier that nobody gave out is not taken over');
for my $bad ('', 'x', 'A' x 44, ('A' x 42) . '*', "A\tB") {
    my $odd = $t->http(cookies => {shopsid => $bad});
    is($odd->get('/shop/ac/cart')->{status}, 200, 'a cookie that is none is nobody');
}

my $before = $b->http->{cookies}{shopsid};
$b->log_in($t, 'cart');
my $after = $b->http->{cookies}{shopsid};
isnt($after, $before, 'a new identifier with the name');
like($b->page->text, qr/articles: 1/, 'the cart came along');
like($b->page->text, qr/Oliver Smith/, 'the page knows the visitor');
my $old = $t->http(cookies => {shopsid => $before});
unlike($old->get('/shop/ac/cart')->{body}, qr/Oliver/, 'the old identifier is nobody');
ok((grep { $_ > 14400 } map { redis("ttl '$_'") } redis('--raw keys "sess:*"')) > 0, 'who is known is known longer');

# a link that was asked for here and is opened elsewhere
my $asker = Shop::Buyer->new(base => $t->base, person => $oliver);
my $had = $t->mails;
$asker->open('login');
$asker->submit(qr{/login$}, {email => $oliver->{email}});
like($asker->path, qr{/login/sent$}, 'asking leads to a page that can be reloaded');
Shop::Test::wait_for(sub { $t->mails > $had });
my ($link) = ($t->mails)[-1]{text} =~ m{(http://\S+login/complete\S+)};
my $scanner = $t->http;
$scanner->head($link);
$scanner->get($link);
my $phone = Shop::Buyer->new(base => $t->base, person => $oliver);
$phone->open($link);
like($phone->page->text, qr/oliver\.smith\@example\.org/, 'another browser is told who it would be');
unlike($phone->page->text, qr/Log out/, 'and is not logged in by following a link');
my $sneaked = $t->http->post('/shop/ac/login/complete', [code => $phone->value_of(qr{login/complete$}, 'code')],
    headers => {Origin => 'http://evil.example'});
is($sneaked->{status}, 403, 'nor by a page from elsewhere');
$phone->submit(qr{login/complete$}, {});
like($phone->page->text, qr/Oliver Smith/, 'but by pressing the button');
like($phone->page->text, qr/articles: 1/, 'and finds the cart of the account');
$asker->open($link);
ok($asker->says('login.link_expired'), 'the link has been used');

$phone->add('excel_advanced');
my $last = $phone->http->{cookies}{shopsid};
$phone->open('cart');
$phone->submit(qr{/logout$}, {});
isnt($phone->http->{cookies}{shopsid}, $last, 'logging out changes the identifier');
like($phone->page->text, qr/articles: 0/, 'and leaves no cart behind');
unlike($t->http(cookies => {shopsid => $last})->get('/shop/ac/cart')->{body}, qr/Oliver/, 'the old one is nobody');
$phone->log_in($t);
like($phone->page->text, qr/articles: 2/, 'at the next log-in the cart is there again');

# pages that are being made while their visitor leaves do not bring him back
my $raced = 0;
for my $round (1 .. 5) {
    my $leaver = Shop::Buyer->new(base => $t->base, person => {email => "leaver$round\@example.org"});
    $leaver->log_in($t);
    my $csrf = $leaver->page->form(qr{/logout$})->{fields}[0]{value};
    my $gone = $leaver->http->{cookies}{shopsid};
    my @children;
    for my $n (1 .. 6) {
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            if    ($n == 3)     { $leaver->http->post('/shop/ac/logout', [csrf => $csrf]) }
            elsif ($n % 2 == 0) { $leaver->http->post('/shop/ac/cart/add', [csrf => $csrf, p => 'gdpr_essentials']) }
            else                { $leaver->http->get('/shop/ac/cart') }
            POSIX::_exit(0);
        }
        push @children, $pid;
    }
    waitpid $_, 0 for @children;
    my $key = sha256_base64($gone) =~ tr{+/}{-_}r;
    $raced += (redis("exists 'sess:{$key}'"))[0];
}
is($raced, 0, 'who has logged out is out, whatever else was under way');

my $many = Shop::Buyer->new(base => $t->base, person => $oliver);
$many->open('login');
$many->submit(qr{/login$}, {email => "m$_\@example.org"}), $many->open('login') for 1 .. 10;
$many->submit(qr{/login$}, {email => 'm11@example.org'});
is($many->page->status, 429, 'nobody has the shop write to many mailboxes');
for (1 .. 8) {
    my $bully = $t->http;
    $bully->post('/shop/ac/login', [email => 'Victim@example.org']);
}
is($t->sql(q{select count(*) from shop.mails where lower(toaddress) = 'victim@example.org'}), 5,
    'nor often to one, under whatever name');

$t->finish;
done_testing;
