package Shop::Test;

# The harness of the tests against real servers: a private directory with PostgreSQL, Redis, nginx
# with our module and the doubles, all on unix sockets or free ports of 127.0.0.1, all ended with the
# test. After every file: nginx left cleanly and its error log holds nothing alarming (testing.md
# TH-4); a test that expects a line declares it with `expect_log`.

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);

use Shop::Http;
use Shop::Pg;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);

our @EXPORT_OK = qw(check_conf top free_port wait_for slurp spew spawn stop_process);

my $TOP = abs_path(dirname(__FILE__) . '/../../..');

# For an nginx with sanitizers (t/tools/asan.sh).
$ENV{LSAN_OPTIONS} //= "suppressions=$TOP/t/tools/lsan.supp:print_suppressions=0";


sub top { return $TOP }


# Below the range from which the system gives outgoing connections their ports: what is free now is free
# a moment later, too.
# Each process has ports of its own, since what is free now may be somebody else's before it is used.
my %given;

sub free_port {
    my $first = 10_000 + 200 * ($$ % 100);
    for (1 .. 5000) {
        my $port = $first + int rand 200;
        next if $given{$port}++ && keys %given < 150;
        my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => $port) or next;
        close $socket;
        return $port;
    }
    croak "no free port: $!";
}


# Waits until the code gives something true, and gives that back; undef after the limit.
sub wait_for {
    my ($code, $seconds, $pause) = @_;
    my $end = time + ($seconds // 60);
    while (1) {
        my $value = $code->();
        return $value if $value;
        return if time > $end;
        sleep($pause // 0.02);
    }
}


sub slurp {
    my ($file) = @_;
    open my $fh, '<:raw', $file or return '';
    local $/ = undef;
    my $content = <$fh>;
    close $fh;
    return $content // '';
}


sub spew {
    my ($file, $content, $mode) = @_;
    open my $fh, '>:raw', $file or croak "$file: $!";
    print {$fh} $content;
    close $fh or croak "$file: $!";
    chmod $mode, $file if defined $mode;
    return $file;
}


sub spawn {
    my ($log, @command) = @_;
    my $pid = fork // croak "fork: $!";
    if ($pid == 0) {
        open STDIN,  '<',  '/dev/null' or POSIX::_exit(126);
        open STDOUT, '>>', $log        or POSIX::_exit(126);
        open STDERR, '>&', \*STDOUT    or POSIX::_exit(126);
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    return $pid;
}


# The signal, then KILL when it takes too long. Gives the wait status, -1 when it was gone already.
sub stop_process {
    my ($pid, $signal, $seconds) = @_;
    return -1 if !$pid;
    kill $signal // 'TERM', $pid;
    my $status;
    my $gone = wait_for(sub { my $w = waitpid $pid, WNOHANG; $status = $?; $w != 0 }, $seconds // 8);
    if (!$gone) {
        kill 'KILL', $pid;
        waitpid $pid, 0;
        $status = $?;
    }
    return $status;
}


# Options: workers, moodle, mail, bank (doubles: true by default), site and token (a real Moodle),
# globals, http, server (pieces of configuration), pg (postgresql.conf pieces), demo (load the demo shop: true), start (true),
# patient (long deadlines, for tests that are not about time).
sub new {
    my ($class, %option) = @_;
    my $self = bless {
        option => {moodle => 1, mail => 1, bank => 1, demo => 1, start => 1, workers => 1, %option},
        pids     => {},
        expected => [],
        owner    => $$,
    }, $class;

    $self->{dir} = tempdir('shop-t-XXXXXXXX', TMPDIR => 1, CLEANUP => 0);
    chmod 0755, $self->{dir};
    make_path("$self->{dir}/logs", "$self->{dir}/spool", "$self->{dir}/secrets");
    $self->{port} = free_port();

    $self->{pg} = Shop::Pg->new(dir => "$self->{dir}/pg", demo => $self->{option}{demo},
        conf => $self->{option}{pg});
    $self->start_redis;
    $self->start_moodle if $self->{option}{moodle};
    $self->start_mail   if $self->{option}{mail};
    $self->start_bank   if $self->{option}{bank};
    $self->write_conf;
    $self->start_nginx if $self->{option}{start};

    return $self;
}


sub dir  { return $_[0]{dir} }
sub port { return $_[0]{port} }
sub base { return "http://127.0.0.1:$_[0]{port}" }
sub pg   { return $_[0]{pg} }
sub dbh  { return $_[0]{pg}->dbh }


sub start_redis {
    my ($self) = @_;
    my $socket = "$self->{dir}/redis.sock";
    $self->{pids}{redis} = spawn("$self->{dir}/logs/redis.log", 'redis-server', '--port', 0,
        '--unixsocket', $socket, '--unixsocketperm', 777, '--save', '', '--appendonly', 'no',
        '--dir', $self->{dir});
    wait_for(sub { IO::Socket::UNIX->new(Peer => $socket) }) or croak 'redis did not start';
    return $self->{redis_socket} = $socket;
}


sub start_double {
    my ($self, $name, @arguments) = @_;
    my $port = free_port();
    $self->{pids}{$name} = spawn("$self->{dir}/logs/$name.log", $^X, "-I$TOP/t/lib",
        "$TOP/t/bin/fake-$name", '--port', $port, @arguments);
    wait_for(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) })
        or croak "fake-$name did not start: " . slurp("$self->{dir}/logs/$name.log");
    return $port;
}


sub start_moodle {
    my ($self) = @_;
    my $secret = spew("$self->{dir}/secrets/lti", "shared secret & more\n", 0600);
    $self->{moodle_port} = $self->start_double('moodle', '--seed', "$TOP/conf-examples/demo/moodle-seed.json",
        '--tool', $self->base . '/shop/ac/lti', '--tool-key', 'campus', '--tool-secret-file', $secret);
    return;
}


sub start_mail {
    my ($self) = @_;
    $self->{mail_web_port} = free_port();
    $self->{mail_port} = $self->start_double('smtp', '--web-port', $self->{mail_web_port});
    return;
}


# The double of the providers with hosted pages; tests that need it start it, and name its port in a block.
sub start_providers {
    my ($self, @arguments) = @_;
    return $self->{providers_port} = $self->start_double('providers', @arguments);
}


sub start_bank {
    my ($self) = @_;
    $self->{bank_port} = $self->start_double('vads', '--ipn-url',
        "http://127.0.0.1:$self->{port}/shop/pay/card/notify");
    return;
}


# Asks a double's control interface; gives the decoded answer.
sub control {
    my ($self, $name, $command) = @_;
    my $port = $name eq 'smtp' ? $self->{mail_web_port} : $self->{"${name}_port"} // $self->{bank_port};
    my $answer = Shop::Http->new(base => "http://127.0.0.1:$port")->request('POST', '/control',
        headers => {'Content-Type' => 'application/json'}, body => encode_json($command // {}));
    return $answer->{body} =~ /^\s*[\[{]/ ? decode_json($answer->{body}) : $answer->{body};
}


# What the double of the providers was asked to let pay: [{provider, order, status, notices, ...}].
sub payments {
    my ($self) = @_;
    my $http = Shop::Http->new(base => "http://127.0.0.1:$self->{providers_port}");
    return @{decode_json($http->get('/control/payments')->{body})->{payments}};
}


# nginx -t: the exit code and what it says. It leaves its pools to the end of the process, so a build
# with sanitizers is not asked for leaks then.
sub check_conf {
    my ($prefix, $conf, $log) = @_;
    local $ENV{ASAN_OPTIONS} = join ':', grep { defined } $ENV{ASAN_OPTIONS}, 'detect_leaks=0';
    my $output = `@{[binary()]} -t -p $prefix -c $conf -e $log 2>&1`;
    return ($? >> 8, $output);
}


sub module { return $ENV{SHOP_MODULE} // "$TOP/build/nginx/ngx_http_shop_module.so" }
sub binary { return $ENV{SHOP_NGINX} // '/usr/sbin/nginx' }


sub write_conf {
    my ($self) = @_;
    my $dir = $self->{dir};

    spew("$dir/secrets/shop",   'a' x 48,             0600);
    spew("$dir/secrets/messages", '0f' x 32,           0600);
    spew("$dir/secrets/card",     '1122334455667788',   0600);
    spew("$dir/secrets/test",   'test-mode-secret-of-this-run', 0600);
    spew("$dir/secrets/moodle", $self->{option}{token} // 'TOKEN', 0600);
    chmod 0777, "$dir/spool", "$dir/logs";

    spew("$dir/nginx.conf", $self->conf);
    return;
}


sub conf {
    my ($self) = @_;
    my $o   = $self->{option};
    my $dir = $self->{dir};
    my $load = $ENV{SHOP_STATIC} ? '' : 'load_module ' . $self->module . ';';
    my $user = $> == 0 ? 'user nobody nogroup;' : '';
    my %port = (moodle => 1, bank => 1, mail => 1, %{$self}{grep {/_port$/} keys %{$self}});
    my $site   = $o->{site} // ($self->{moodle_port} ? "http://127.0.0.1:$self->{moodle_port}" : undef);
    my $moodle = defined $site ? <<"MOODLE" : '';
    shop_moodle {
        url $site;
        token_file $dir/secrets/moodle;
        @{[$o->{moodle_conf} // '']}
    }
MOODLE
    my $mail = $self->{mail_port} ? <<"MAIL" : '';
    shop_mail {
        url smtp://127.0.0.1:$self->{mail_port};
        sender shop\@atelier.example;
        sender_name "Atelier";
        @{[$o->{mail_conf} // '']}
    }
MAIL
    my $bank = $self->{bank_port} ? <<"BANK" : '';
    shop_payment card {
        interface systempay;
        mode test;
        site_id 12345678;
        key_file $dir/secrets/card;
        form_url http://127.0.0.1:$self->{bank_port}/vads-payment/;
        ipn_networks 127.0.0.0/8;
        @{[$o->{bank_conf} // '']}
    }
BANK

    return <<"CONF";
$load
$user
daemon off;
worker_processes $o->{workers};
error_log $dir/logs/error.log @{[$o->{log} // 'info']};
pid $dir/nginx.pid;
@{[$ENV{SHOP_GLOBALS} // '']}
@{[$o->{globals} // '']}

events {
    worker_connections 1024;
    @{[$o->{events} // '']}
}

http {
    access_log $dir/logs/access.log;
    client_body_temp_path $dir/body;
    proxy_temp_path $dir/proxy;
    fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi;
    scgi_temp_path $dir/scgi;
    types { text/html html; image/svg+xml svg; application/pdf pdf; text/css css; application/javascript js; }

    shop_zone shop:1m;
    shop_postgres "host=$dir/pg dbname=shop user=shop_web" @{[$o->{pg_options} // '']};
    shop_redis unix:$dir/redis.sock;
    shop_spool $dir/spool;
    shop_secret_file $dir/secrets/shop;
    shop_message_key $dir/secrets/messages;
    shop_base_url http://127.0.0.1:$self->{port};
    shop_theme $TOP/src/view/theme;
    shop_media_url /shop-media/;

$moodle$mail$bank
    shop_payment test {
        interface test;
        mode test;
        key_file $dir/secrets/test;
    }
    shop_payment transfer {
        interface transfer;
        mode test;
        beneficiary "Atelier";
        iban FR7630006000011234567890189;
        bic AGRIFRPP;
    }
    shop_payment check {
        interface check;
        mode test;
        payee "Atelier";
        address "12 rue des Tanneurs";
        zip 44000;
        city Nantes;
        country FR;
    }

    @{[$o->{patient} ? patience() : '']}
    @{[$o->{http} // '']}

    server {
        listen 127.0.0.1:$self->{port};
        server_name localhost;
        @{[$o->{server} // '']}

        location /shop/ac/ { shop ac; }
        location /shop/pay/ { shop_pay; }
        location = /shop/status { shop_status; }
        location /shop-media/ { alias $TOP/conf-examples/demo/media/; }
    }
}
CONF
}


# On a machine that is busy with something else nothing is too late.
sub patience {
    return 'shop_redis_timeout 10s; shop_page_timeout 20s; shop_change_timeout 25s; shop_postgres_timeout 20s;'
        . ' shop_outside_timeout 20s;';
}


sub start_nginx {
    my ($self) = @_;
    $self->{pids}{nginx} = spawn("$self->{dir}/logs/nginx.out", $self->binary, '-p', $self->{dir},
        '-c', "$self->{dir}/nginx.conf", '-e', "$self->{dir}/logs/error.log");
    wait_for(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) })
        or croak "nginx did not start:\n" . slurp("$self->{dir}/logs/nginx.out")
        . $self->error_log;
    # The master listens before its workers are there.
    wait_for(sub { $self->workers >= $self->{option}{workers} });
    return;
}


sub reload { my ($self) = @_; kill 'HUP', $self->{pids}{nginx}; return }


sub workers {
    my ($self) = @_;
    my $master = $self->{pids}{nginx};
    return grep { /^\d+$/ } split /\s+/, `pgrep -P $master`;
}


sub stop_nginx {
    my ($self) = @_;
    return stop_process(delete $self->{pids}{nginx}, 'QUIT', 20);
}


sub http { my ($self, %o) = @_; return Shop::Http->new(base => $self->base, %o) }

sub error_log  { my ($self) = @_; return slurp("$self->{dir}/logs/error.log") }
sub access_log { my ($self) = @_; return slurp("$self->{dir}/logs/access.log") }
sub expect_log { my ($self, @patterns) = @_; push @{$self->{expected}}, @patterns; return }


sub status {
    my ($self) = @_;
    my $answer = $self->http->get('/shop/status', headers => {Accept => 'application/json'});
    return decode_json($answer->{body});
}


# One column of the first row.
sub sql { my ($self, $query, @bind) = @_; return $self->{pg}->value($query, @bind) }


# Changes what is sold, and waits until every worker sells that: with the change comes one more
# product that nobody sees, and a worker logs how many it has.
sub catalog {
    my ($self, $statement, @bind) = @_;
    my $dbh  = $self->dbh;
    my $mark = 'mark' . ++$self->{marks};
    my $sold = sub { return $self->error_log =~ /shop: catalogue of (\d+) products/g };

    wait_for(sub { my @n = $sold->(); return @n >= $self->{option}{workers} }) or croak 'no worker has a catalogue';
    my %before = map { $_ => 1 } $sold->();
    $dbh->begin_work;
    $dbh->do($statement, undef, @bind);
    $dbh->do('insert into shop.items (catalogid, categoryid, code, shortname, name, status)'
        . ' select catalogid, id, ?, ?, ?, ? from shop.categories order by id limit 1',
        undef, $mark, $mark, $mark, 'PREVIEW');
    $dbh->commit;

    wait_for(sub { return grep({ !$before{$_} } $sold->()) >= $self->{option}{workers} })
        or croak "no worker took over: $statement";
    return;
}


sub mails {
    my ($self) = @_;
    my $answer = Shop::Http->new(base => "http://127.0.0.1:$self->{mail_web_port}")
        ->get('/messages.json');
    return @{decode_json($answer->{body})};
}


# The first mail to this address with such a subject, as soon as it is there.
sub mail_to {
    my ($self, $address, $subject, $seconds) = @_;
    my $mail;
    wait_for(sub {
        ($mail) = grep { $_->{subject} =~ $subject && grep { $_ eq $address } @{$_->{to}} } $self->mails;
        return $mail;
    }, $seconds, 0.05);
    return $mail;
}


# The site as the double of Moodle keeps it.
sub moodle { my ($self) = @_; return $self->control('moodle', {action => 'state'}) }


# Nothing waits any more. A server that cannot tell (its workers are at their limit) is not blamed.
sub idle {
    my ($self) = @_;
    return wait_for(sub {
        my $answer = $self->http->get('/shop/status', headers => {Accept => 'application/json'});
        return $answer->{status} != 200 || decode_json($answer->{body})->{this_worker}{operations} == 0;
    }, 10, 0.05);
}


# Ends everything and judges the log; called by END for a test that forgot.
sub finish {
    my ($self) = @_;
    return if $self->{finished}++;

    if ($self->{pids}{nginx}) {
        ok($self->idle, 'no operation is left');
        is($self->stop_nginx, 0, 'nginx left with status 0');
    }

    my @bad = grep {
        my $line = $_;
        !grep { $line =~ $_ } @{$self->{expected}}
    } grep { /\[(?:alert|emerg|crit)\]|Sanitizer|runtime error|open socket|exited on signal/ }
        split /\n/, $self->error_log;
    is(scalar @bad, 0, 'nothing alarming in the error log') or diag join "\n", @bad[0 .. min($#bad, 20)];

    $self->cleanup;
    return;
}


sub min { my ($a, $b) = @_; return $a < $b ? $a : $b }


sub cleanup {
    my ($self) = @_;
    return if $self->{cleaned}++;
    stop_process(delete $self->{pids}{nginx}, 'QUIT', 20) if $self->{pids}{nginx};
    for my $name (keys %{$self->{pids}}) {
        kill 'CONT', $self->{pids}{$name};
        stop_process($self->{pids}{$name}, 'TERM', 5);
    }
    $self->{pg}->stop if $self->{pg};
    my $failed = !Test::More->builder->is_passing;
    if ($ENV{SHOP_TEST_KEEP} || $failed) {
        diag "kept $self->{dir}";
        my @log = split /\n/, $self->error_log;
        diag join "\n", @log[($#log > 30 ? $#log - 30 : 0) .. $#log] if $failed;
    }
    else {
        remove_tree($self->{dir});
    }
    return;
}


sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local ($?, $@);
    $self->cleanup;
    return;
}

1;
