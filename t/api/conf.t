#!/usr/bin/perl

# nginx -t: the example configurations pass, and every mistake is refused by a sentence that names the
# directive and the mend. No server runs; nothing is connected to.

use strict;
use warnings;

use File::Temp qw(tempdir);
use Test::More;

use Shop::Test qw(check_conf top slurp spew);

my $dir    = tempdir(CLEANUP => 1);
my $module = Shop::Test::module();
my $theme  = top() . '/src/view/theme';

mkdir "$dir/logs";
spew("$dir/secret", 'a' x 48,           0600);
spew("$dir/short",  'abc',              0600);
spew("$dir/empty",  "\n",               0600);
spew("$dir/open",   'a' x 48,           0644);
spew("$dir/key",    '1122334455667788', 0600);
spew("$dir/live",   '4433221188776655', 0600);
spew("$dir/messages", '0f' x 32,        0600);
for my $make ([signing => '-algorithm', 'ed25519'], [rsa => qw(-algorithm RSA -pkeyopt rsa_keygen_bits:1024)],
    [locked => qw(-algorithm ed25519 -aes256 -pass pass:secret)]) {
    my ($name, @how) = @{$make};
    system("openssl genpkey @how -out $dir/$name 2>/dev/null") == 0 && chmod 0600, "$dir/$name" or die "openssl: $?";
}


sub check {
    my ($conf) = @_;
    spew("$dir/nginx.conf", $conf);
    return check_conf($dir, "$dir/nginx.conf", "$dir/logs/error.log");
}


my %base = (
    zone     => 'shop_zone shop:1m;',
    postgres => 'shop_postgres "host=/tmp dbname=shop user=shop_web";',
    redis    => "shop_redis unix:$dir/redis.sock;",
    secret   => "shop_secret_file $dir/secret;",
    base     => 'shop_base_url http://127.0.0.1;',
    theme    => "shop_theme $theme;",
    http     => '',
    server   => 'location /shop/ac/ { shop ac; } location /shop/pay/ { shop_pay; }',
);


sub conf {
    my (%change) = @_;
    my %part = (%base, %change);
    my $load = $ENV{SHOP_STATIC} ? '' : "load_module $module;";
    return <<"CONF";
$load
pid $dir/nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path $dir/body; proxy_temp_path $dir/proxy; fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi; scgi_temp_path $dir/scgi;
    @part{qw(zone postgres redis secret base theme http)}
    server { listen 127.0.0.1:1; $part{server} }
}
CONF
}


my ($status, $output) = check(conf());
is($status, 0, 'a complete configuration passes') or diag $output;

for my $example (qw(minimal production)) {
    my $conf = slurp(top() . "/conf-examples/$example.conf");
    my $load = $ENV{SHOP_STATIC} ? '' : "load_module $module;";
    my $certificate = "$dir/cert.pem";
    if (!-e $certificate) {
        system qq{openssl req -x509 -newkey rsa:2048 -nodes -keyout $dir/privkey.pem -out $certificate }
            . q{-days 2 -subj /CN=shop.example.org >/dev/null 2>&1};
    }
    $conf =~ s/load_module [^;]+;/$load/;
    $conf =~ s/^user [^;]+;//m;
    $conf =~ s/listen 80;/listen 127.0.0.1:1;/g;
    $conf =~ s/listen 443/listen 127.0.0.1:2/g;
    $conf =~ s{/etc/nginx/shop/fullchain.pem}{$certificate};
    $conf =~ s{/etc/nginx/shop/privkey.pem}{$dir/privkey.pem};
    $conf =~ s{/etc/nginx/shop/systempay.key}{$dir/live}g;
    $conf =~ s{/etc/nginx/shop/messages.key}{$dir/messages}g;
    $conf =~ s{/etc/nginx/shop/signing.pem}{$dir/signing}g;
    $conf =~ s{/etc/nginx/shop/[a-z.]+}{$dir/secret}g;
    $conf =~ s{/usr/share/ngx_http_shop/theme}{$theme};
    $conf =~ s{include mime.types;}{};
    $conf =~ s{/var/log/nginx/}{$dir/logs/}g;
    $conf =~ s/^http \{/pid $dir\/nginx.pid;\nhttp {\n client_body_temp_path $dir\/body; proxy_temp_path $dir\/proxy; fastcgi_temp_path $dir\/fastcgi; uwsgi_temp_path $dir\/uwsgi; scgi_temp_path $dir\/scgi;/m;
    ($status, $output) = check($conf);
    is($status, 0, "$example.conf passes") or diag $output;
}

my $pays = 'shop_payment check { interface check; mode live; payee A; address B; zip 1; city C; country FR; }';
my $silence = qr/no "shop_message_key": .*only the SHA-256 is kept/;
unlike((check(conf()))[1], $silence, 'a shop without payments needs no message key');
like((check(conf(http => $pays)))[1], $silence, 'without a message key it is said that notifications are not kept');
unlike((check(conf(http => "$pays shop_message_key $dir/messages;")))[1], $silence, 'with one it is not');

my @wrong = (
    ['no database', {postgres => ''}, qr/directive .* missing: shop_postgres/],
    ['no redis',    {redis    => ''}, qr/missing: shop_redis/],
    ['no zone',     {zone     => ''}, qr/missing: shop_zone/],
    ['no secret',   {secret   => ''}, qr/missing: shop_secret_file/],
    ['no theme',    {theme    => ''}, qr/missing: shop_theme/],
    ['no address',  {base     => ''}, qr/missing: shop_base_url/],
    ['host name for PostgreSQL', {postgres => 'shop_postgres "host=db.example.org";'},
        qr/"shop_postgres".*(?:name|numeric|address)/],
    ['unreadable conninfo', {postgres => 'shop_postgres "nonsense";'}, qr/"shop_postgres"/],
    ['unknown pool option', {postgres => 'shop_postgres "host=/tmp" pool=3;'},
        qr/"shop_postgres": "pool=3" is not one of pages=/],
    ['pool too large', {postgres => 'shop_postgres "host=/tmp" pages=99;'}, qr/pages=99/],
    ['twice', {postgres => 'shop_postgres "host=/tmp"; shop_postgres "host=/tmp";'},
        qr/"shop_postgres" directive is duplicate/],
    ['host name for Redis', {redis => 'shop_redis cache.example.org:6379;'}, qr/"shop_redis"/],
    ['socket path too long', {redis => 'shop_redis unix:/' . 'x' x 120 . ';'}, qr/"shop_redis"/],
    ['unknown redis option', {redis => "shop_redis unix:$dir/r pool=3;"},
        qr/"shop_redis": "pool=3" is not one of/],
    ['zone without size', {zone => 'shop_zone shop;'}, qr/"shop_zone".*shop:1m/],
    ['zone too small',    {zone => 'shop_zone shop:8k;'}, qr/"shop_zone".*512k/],
    ['short secret', {secret => "shop_secret_file $dir/short;"}, qr/"shop_secret_file".*32 characters/],
    ['empty secret', {secret => "shop_secret_file $dir/empty;"}, qr/is empty/],
    ['message key that is none', {http => "shop_message_key $dir/secret;"}, qr/"shop_message_key".*64 hexadecimal digits/],
    ['short message key', {http => "shop_message_key $dir/key;"}, qr/"shop_message_key".*64 hexadecimal digits/],
    ['two message keys', {http => "shop_message_key $dir/messages; shop_message_key $dir/messages;"}, qr/"shop_message_key" directive is duplicate/],
    ['open secret',  {secret => "shop_secret_file $dir/open;"},  qr/readable by everybody: chmod o-r/],
    ['absent secret', {secret => "shop_secret_file $dir/nowhere;"}, qr/nowhere" cannot be opened/],
    ['no signing key', {http => "shop_signing_key $dir/key;"},
        qr/"shop_signing_key": "\S+key" is not an Ed25519 private key.*openssl genpkey/],
    ['a signing key of another kind', {http => "shop_signing_key $dir/rsa;"}, qr/is not an Ed25519 private key/],
    ['a signing key with a passphrase', {http => "shop_signing_key $dir/locked;"}, qr/without passphrase/],
    ['signing keys twice', {http => "shop_signing_key $dir/signing; shop_signing_key $dir/signing;"},
        qr/"shop_signing_key" directive is duplicate: name all files in one line/],
    ['launches without secret', {http => 'shop_lti key=campus;'}, qr/"shop_lti" directive needs key= and secret_file=/],
    ['launches twice', {http => "shop_lti key=campus secret_file=$dir/secret; shop_lti key=campus secret_file=$dir/secret;"},
        qr/"shop_lti" directive has a key that another one has/],
    ['unknown option of launches', {http => "shop_lti key=campus secret_file=$dir/secret trust_email=maybe;"},
        qr/"shop_lti": "trust_email=maybe" is not one of/],
    ['passwords without TLS', {base => 'shop_base_url http://a.example;',
        http => "shop_moodle { url http://127.0.0.1:1; token_file $dir/secret; password_service x; }"}, qr/"password_service" of "shop_moodle" needs https:/],
    ['platform without deployment', {http => 'shop_lti_platform issuer=http://127.0.0.1:1 client_id=x;'}, qr/"shop_lti_platform" directive needs issuer=, client_id= and deployment=/],
    ['platform twice', {http => 'shop_lti_platform issuer=http://127.0.0.1:1 client_id=x deployment=1; shop_lti_platform issuer=http://127.0.0.1:1 client_id=x deployment=2;'},
        qr/"shop_lti_platform" directive has an issuer and a client_id that another one has/],
    ['unknown option of a platform', {http => 'shop_lti_platform issuer=http://127.0.0.1:1 secret=x;'}, qr/"shop_lti_platform": "secret=x" is not one of/],
    ['address of a platform', {http => 'shop_lti_platform issuer=moodle client_id=x deployment=1;'}, qr/"shop_lti_platform" "moodle/],
    ['provisioner without secret', {http => 'shop_provisioner http://127.0.0.1:1 domain=a.example;'}, qr/"shop_provisioner" directive needs secret_file=/],
    ['provisioner with a slash', {http => "shop_provisioner http://127.0.0.1:1/ secret_file=$dir/secret;"}, qr/"shop_provisioner".*without a last slash/],
    ['unknown option of the provisioner', {http => "shop_provisioner http://127.0.0.1:1 secret=$dir/secret;"},
        qr/"shop_provisioner": "secret=.*" is not one of/],
    ['address of the provisioner', {http => "shop_provisioner sites.example.org secret_file=$dir/secret;"}, qr/"shop_provisioner" "sites.example.org"/],
    ['address with path', {base => 'shop_base_url https://a.example/shop/x;'}, qr/"shop_base_url".*origin only/],
    ['address without scheme', {base => 'shop_base_url a.example;'}, qr/"shop_base_url".*https:/],
    ['absent theme', {theme => "shop_theme $dir/nowhere;"}, qr/"shop_theme".*cannot be read/],
    ['absent bootstrap', {http => "shop_bootstrap $dir/nowhere.css;"}, qr/"shop_bootstrap": install/],
    ['alias', {server => 'location /s/ { shop Bad_Alias; }'}, qr/"shop".*lower-case/],
    ['no slash', {server => 'location /s { shop ac; }'}, qr/"shop".*ends with a slash/],
    ['regular expression', {server => 'location ~ ^/s/ { shop ac; }'}, qr/"shop".*(?:prefix location|slash)/],
    ['foreign prefix', {server => 'location /s/login/ { shop ac /t/; }'}, qr/"shop".*own path/],
    ['a product test without a shop', {server => 'location = /t { shop_product_test Ac; }'}, qr/"shop_product_test" directive needs the alias/],
    ['a product test in a front office', {server => 'location /s/ { shop ac; shop_product_test ac; }'}, qr/"shop_product_test" directive stands beside/],
    ['two handlers', {server => 'location /s/ { shop_status; shop ac; }'}, qr/"shop".*another content handler/],
    ['callbacks twice', {server => 'location /a/ { shop_pay; } location /b/ { shop_pay; }'},
        qr/"shop_pay".*two locations/],
    ['payment without callbacks',
        {server => 'location /shop/ac/ { shop ac; }',
         http   => 'shop_payment check { interface check; mode test; payee A; address B; zip 1; city C; country FR; }'},
        qr/location \/shop\/pay\/ \{ shop_pay; \}/],
    ['unknown interface', {http => 'shop_payment x { interface gold; mode test; }'}, qr/"shop_payment" "x".*gold/],
    ['no mode', {http => "shop_payment x { interface systempay; site_id 12345678; key_file $dir/key; form_url https://paiement.systempay.fr/vads-payment/; }"},
        qr/"shop_payment" "x".*"mode" is missing/],
    ['unknown parameter', {http => "shop_payment x { interface test; mode test; key_file $dir/secret; colour red; }"},
        qr/"shop_payment" "x".*colour/],
    ['missing key', {http => 'shop_payment x { interface systempay; mode test; site_id 12345678; form_url https://paiement.systempay.fr/vads-payment/; }'},
        qr/"shop_payment" "x".*key_file/],
    ['test key in live mode', {http => "shop_payment x { interface systempay; mode live; site_id 87654321; key_file $dir/key; form_url https://paiement.systempay.fr/vads-payment/; }"},
        qr/"shop_payment" "x".*(?:test|known)/],
    ['API without resolver', {http => "shop_payment x { interface systempay; mode test; site_id 12345678; key_file $dir/key; rest_password_file $dir/secret; }"},
        qr/"shop_payment".*resolver/],
    ['nobody to confirm', {http => "shop_payment x { interface systempay; mode test; site_id 12345678; key_file $dir/key; confirm_above 500; }"},
        qr/"confirm_above" needs the bank's API: add "rest_password_file/],
    ['bad IBAN', {http => 'shop_payment x { interface transfer; mode live; beneficiary A; iban FR7630006000011234567890188; }'},
        qr/"shop_payment" "x".*iban/i],
    ['block twice', {http => "shop_payment x { interface test; mode test; key_file $dir/secret; } shop_payment x { interface test; mode test; key_file $dir/secret; }"},
        qr/"shop_payment" "x" stands twice/],
    ['parameter without value', {http => 'shop_payment x { interface; }'}, qr/"interface" has no value/],
    ['Moodle without address', {http => "shop_moodle { token_file $dir/secret; }"}, qr/"shop_moodle".*"url"/],
    ['Moodle without token', {http => 'shop_moodle { url https://m.example; }'}, qr/"shop_moodle".*"token_file"/],
    ['bad role', {http => "shop_moodle { url https://m.example; token_file $dir/secret; role student; }"},
        qr/"shop_moodle" role: "student"/],
    ['bad delays', {http => "shop_moodle { url https://m.example; token_file $dir/secret; retry_delays 1s 2s; }"},
        qr/"shop_moodle".*five times/],
    ['unknown Moodle parameter', {http => "shop_moodle { url https://m.example; token_file $dir/secret; colour red; }"},
        qr/"shop_moodle" does not know the parameter "colour"/],
    ['mail without sender', {http => 'shop_mail { url smtp://127.0.0.1:25; }'}, qr/"shop_mail".*"sender"/],
    ['mail scheme', {http => 'shop_mail { url http://127.0.0.1; sender a@b.example; }'}, qr/"shop_mail" url/],
    ['spool option', {http => "shop_spool $dir/spool days=3;"}, qr/"shop_spool": "days=3"/],
);

for my $case (@wrong) {
    my ($name, $change, $message) = @{$case};
    ($status, $output) = check(conf(%{$change}));
    isnt($status, 0, "refused: $name");
    like($output, $message, "  with the sentence");
}

done_testing();
