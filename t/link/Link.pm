package Link;

# The harness of t/link: a private PostgreSQL, Redis and nginx with the test module, all in one
# directory, on unix sockets; a client that asks many things at once.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Test::More;
use Time::HiRes qw(sleep time);

use lib dirname(__FILE__) . '/../lib';
use Shop::Test qw(free_port slurp stop_process wait_for);

our @EXPORT_OK = qw(wait_for free_port slurp);

my $TOP   = abs_path(dirname(__FILE__) . '/../..');
my $PGBIN = $ENV{PGBIN} // '/usr/lib/postgresql/15/bin';
my @AS_PG = $> == 0 ? qw(setpriv --reuid=postgres --regid=postgres --init-groups) : ();

my $SCHEMA = <<'SQL';
CREATE SCHEMA test;
CREATE TABLE test.plain (id int PRIMARY KEY, name text);
INSERT INTO test.plain VALUES (1, 'first');
CREATE TABLE test.written (k text PRIMARY KEY, n int NOT NULL DEFAULT 1);
CREATE FUNCTION test.check() RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
CREATE FUNCTION test.one(v text) RETURNS text LANGUAGE sql AS $$SELECT 'one:' || v$$;
CREATE FUNCTION test.slow(ms text) RETURNS text LANGUAGE plpgsql AS
$$BEGIN PERFORM pg_sleep(ms::float / 1000); RETURN 'slow:' || ms; END$$;
CREATE FUNCTION test.write(v text) RETURNS text LANGUAGE plpgsql AS
$$BEGIN INSERT INTO test.written (k) VALUES (v) ON CONFLICT (k) DO UPDATE SET n = test.written.n + 1;
RETURN 'written:' || v; END$$;
CREATE FUNCTION test.batch(list jsonb) RETURNS SETOF text LANGUAGE plpgsql AS
$$DECLARE e jsonb; BEGIN
FOR e IN SELECT * FROM jsonb_array_elements(list) LOOP
  IF e->>'v' = 'poison' THEN RAISE EXCEPTION 'poison' USING ERRCODE = 'P0001'; END IF;
  IF e ? 'ms' THEN PERFORM pg_sleep((e->>'ms')::float / 1000); END IF;
  RETURN NEXT 'batch:' || (e->>'v');
END LOOP; END$$;
SQL


# Options: pg, redis (start them; with 0 only their addresses are configured; default neither), pg_port
# (PostgreSQL on TCP as well), pg_host (where nginx looks for it), conf (http level), workers, main
# (main level), connections (of nginx).
sub new {
    my ($class, %option) = @_;
    my $dir = tempdir('shop-link-XXXXXXXX', TMPDIR => 1, CLEANUP => 0);
    my $self = bless {dir => $dir, port => free_port(), option => \%option, owner => $$,
        pids => {}, expected => []}, $class;
    chmod 0777, $dir;
    mkdir "$dir/spool" or die $!;
    chmod 0777, "$dir/spool";
    if (exists $option{pg}) {
        $self->pg_create;
        $self->pg_start if $option{pg};
    }
    $self->redis_start if $option{redis};
    $self->write_conf;
    $self->nginx_start;
    return $self;
}


sub write_conf {
    my ($self) = @_;
    my ($dir, $o) = @$self{qw(dir option)};
    my $host  = $o->{pg_host} // "host=$dir";
    my $pg    = exists $o->{pg}    ? "link_pg '$host user=postgres dbname=postgres';" : '';
    my $redis = exists $o->{redis} ? "link_redis unix:$dir/redis.sock;" : '';
    my $module = $ENV{LINK_NGINX} ? '' : "load_module $TOP/build/link/ngx_http_link_test_module.so;";
    my $user   = $> == 0 ? 'user root;' : '';
    open my $fh, '>', "$dir/nginx.conf" or die $!;
    print {$fh} <<"CONF";
$module
$user
daemon off;
worker_processes @{[$o->{workers} // 1]};
pid $dir/nginx.pid;
error_log $dir/error.log @{[$ENV{LINK_DEBUG} ? 'debug' : 'info']};
thread_pool default threads=4;
@{[$o->{main} // '']}
events { worker_connections @{[$o->{connections} // 1024]}; }
http {
    access_log off;
    client_body_temp_path $dir/body; proxy_temp_path $dir/proxy; fastcgi_temp_path $dir/fastcgi;
    uwsgi_temp_path $dir/uwsgi; scgi_temp_path $dir/scgi;
    keepalive_requests 1000000;
    $pg $redis
    link_spool $dir/spool;
    @{[$o->{conf} // '']}
    server { listen 127.0.0.1:$self->{port}; location / { link_test; }
             location = /floor { return 200 "floor\\n"; } }
}
CONF
    close $fh or die $!;
    return;
}


sub spawn {
    my ($self, $name, @command) = @_;
    return $self->{pids}{$name} = Shop::Test::spawn("$self->{dir}/$name.log", @command);
}


# Ends what we started; gives the wait status.
sub end {
    my ($self, $name, $signal, $seconds) = @_;
    my $pid = delete $self->{pids}{$name} or return;
    return stop_process($pid, $signal, $seconds // 30);
}


# LINK_NGINX: an nginx with the test module inside (t/tools/asan.sh).
sub binary { return $ENV{LINK_NGINX} // Shop::Test::binary() }


# nginx -t: whether it is content, and what it says.
sub check_conf {
    my ($self, $conf) = @_;
    local $ENV{SHOP_NGINX} = binary();
    my ($code, $output) = Shop::Test::check_conf($self->{dir}, $conf, "$self->{dir}/try.log");
    return ($code == 0, $output);
}


sub nginx_start {
    my ($self) = @_;
    my @runner = $ENV{LINK_RUNNER} ? split ' ', $ENV{LINK_RUNNER} : ();
    $self->spawn('nginx', @runner, binary(), '-e', "$self->{dir}/error.log", '-p', $self->{dir}, '-c',
        "$self->{dir}/nginx.conf");
    wait_for(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}) }, 60)
        or die 'nginx did not start: ' . $self->error_log . slurp("$self->{dir}/nginx.log");
    return;
}


sub error_log { return slurp("$_[0]{dir}/error.log") }


sub pg_create {
    my ($self) = @_;
    my $data = "$self->{dir}/data";
    mkdir $data or die $!;
    chown((getpwnam 'postgres')[2, 3], $data) if $> == 0;
    system(join ' ', @AS_PG, "$PGBIN/initdb -D $data -U postgres --no-sync -A trust --no-locale -E UTF8",
        "> $self->{dir}/initdb.log 2>&1") == 0
        or die 'initdb: ' . slurp("$self->{dir}/initdb.log");
    $self->pg_start;
    $self->psql($SCHEMA);
    $self->pg_stop;
    return;
}


sub pg_port { return $_[0]{option}{pg_port} // 5432 }


sub pg_start {
    my ($self) = @_;
    $self->spawn('postgres', @AS_PG, "$PGBIN/postgres", '-D', "$self->{dir}/data", '-k', $self->{dir},
        '-p', $self->pg_port,
        '-c', 'listen_addresses=' . ($self->{option}{pg_port} ? '127.0.0.1' : ''), '-c', 'fsync=off', '-c', 'max_connections=60');
    wait_for(sub { defined eval { $self->psql('SELECT 1') } }, 60) or die 'postgres did not start';
    return;
}


# smart: TERM, fast: INT, immediate: QUIT
sub pg_stop { my ($self, $signal) = @_; return $self->end('postgres', $signal // 'INT') }


sub psql {
    my ($self, $sql) = @_;
    open my $fh, '-|', 'sh', '-c', 'exec "$0" "$@" 2>&1', "$PGBIN/psql", '-h', $self->{dir}, '-p',
        $self->pg_port, '-U', 'postgres', '-d', 'postgres', '-Atq', '-v', 'ON_ERROR_STOP=1', '-c', $sql
        or die "psql: $!";
    my $out = do { local $/ = undef; <$fh> } // '';
    close $fh or die "psql: $out";
    chomp $out;
    return $out;
}


sub redis_start {
    my ($self) = @_;
    my $socket = "$self->{dir}/redis.sock";
    unlink $socket;
    $self->spawn('redis', 'redis-server', '--port', 0, '--unixsocket', $socket, '--unixsocketperm',
        777, '--save', '', '--appendonly', 'no', '--dir', $self->{dir});
    wait_for(sub { IO::Socket::UNIX->new(Peer => $socket) }, 60) or die 'redis did not start';
    return;
}


sub redis_cli {
    my ($self, @words) = @_;
    open my $fh, '-|', 'redis-cli', '-s', "$self->{dir}/redis.sock", @words or die $!;
    my $out = do { local $/ = undef; <$fh> } // '';
    close $fh;
    chomp $out;
    return $out;
}


# --- the client ---

sub get {
    my ($self, $uri, %o) = @_;
    my ($answer) = $self->many([$uri], %o);
    return $answer;
}


# Asks all at once (at most `at_once`, default all), each on its own connection. Answers in order:
# {code, word (OK, DOWN, …), first (line), body, time}; code 0 when the connection broke.
sub many {
    my ($self, $uris, %o) = @_;
    my @answers = map { {} } @$uris;
    my ($select, $next, $end) = (IO::Select->new, 0, time + ($o{limit} // 120));
    my (%index, %data, %begin);
    my $room = $o{at_once} // @$uris;

    while ($next < @$uris || $select->count) {
        while ($next < @$uris && $select->count < $room) {
            my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port},
                Type => SOCK_STREAM);
            if (!$socket) { $answers[$next++] = answer('', 0); next }
            $socket->syswrite("GET $uris->[$next] HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
            @index{$socket} = $next++;
            $data{$socket}  = '';
            $begin{$socket} = time;
            $select->add($socket);
        }
        last if time > $end;
        for my $socket ($select->can_read(1)) {
            next if sysread $socket, $data{$socket}, 65536, length $data{$socket};
            $answers[$index{$socket}] = answer($data{$socket}, time - $begin{$socket});
            $select->remove($socket);
            close $socket;
        }
    }
    return map { $_->{code} // 0 ? $_ : answer('', 0) } @answers;
}


sub answer {
    my ($text, $time) = @_;
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my ($code) = ($head // '') =~ m{^HTTP/1\.1 (\d+)};
    my ($first, $rest) = split /\n/, $body // '', 2;
    return {code => $code // 0, time => $time, line => $first // '', body => $rest // '',
        word => ($first // '') =~ /^(\S*)/ ? $1 : ''};
}


# Traffic in a process of its own: connection-per-request clients for some seconds. Who was refused
# pauses a little, as people do. Gives what waits for its end and tells how often it got which answer.
sub load {
    my ($self, $seconds, $at_once, @uris) = @_;
    my $end = time + $seconds;
    return in_background(sub {
        my @answers;
        while (time < $end) {
            my @new = $self->many([map { $uris[$_ % @uris] } 1 .. $at_once * 4], at_once => $at_once);
            sleep 0.1 if grep { $_->{code} != 200 } @new;
            push @answers, @new;
        }
        return @answers;
    });
}


# The same for some requests, each once, all at the same time.
sub ask {
    my ($self, @uris) = @_;
    return in_background(sub { return $self->many(\@uris) });
}


sub in_background {
    my ($code) = @_;
    pipe my $reader, my $writer or die $!;
    my $pid = fork // die $!;
    if ($pid == 0) {
        my %count;
        $count{"$_->{code} $_->{word}"}++ for $code->();
        print {$writer} "$_=$count{$_}\n" for sort keys %count;
        close $writer;
        POSIX::_exit(0);
    }
    close $writer;
    return sub {
        my %count = map { /^(.*)=(\d+)$/ ? ($1 => $2) : () } <$reader>;
        waitpid $pid, 0;
        return \%count;
    };
}


sub status {
    my ($self) = @_;
    my $text = '';
    my $a = $self->get('/status');
    return {map { /^(\S+) (\S+)$/ ? ($1 => $2) : () } split /\n/, "$a->{line}\n$a->{body}"};
}


sub worker_pids {
    my ($self) = @_;
    my $master = $self->{pids}{nginx};
    my $out = `ps -o pid= --ppid $master`;
    return $out =~ /(\d+)/g;
}


sub expect_log { my ($self, $pattern) = @_; push @{$self->{expected}}, $pattern; return }


# What holds for every server at its end: idle means no living operation; a clean exit; a quiet error
# log.
sub quiet {
    my ($self) = @_;
    ok(wait_for(sub { ($self->status->{live} // 1) eq '0' }, 30), 'no operation is alive when idle');
    is($self->end('nginx', 'QUIT', 30), 0, 'nginx left with status 0');
    my @bad = grep { /\[(?:alert|emerg|crit)\]|Sanitizer|runtime error|open socket|exited on signal/ } split /\n/,
        $self->error_log . slurp("$self->{dir}/nginx.log");
    for my $pattern (@{$self->{expected}}) { @bad = grep { !/$pattern/ } @bad }
    is_deeply(\@bad, [], 'the error log is quiet');
    return;
}


# The end of a file.
sub finish {
    my ($self) = @_;
    $self->quiet;
    $self->cleanup;
    done_testing();
    return;
}


# Ends all servers; what a failed test has left is kept.
sub cleanup {
    my ($self) = @_;
    return if $self->{cleaned}++;
    $self->end($_, $_ eq 'redis' ? 'KILL' : 'QUIT') for sort keys %{$self->{pids}};
    if (Test::More->builder->is_passing && !$ENV{SHOP_TEST_KEEP}) {
        remove_tree($self->{dir});
        return;
    }
    diag(join "\n", 'error log:', grep { defined } (split /\n/, $self->error_log)[-40 .. -1]);
    diag("kept: $self->{dir}");
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
