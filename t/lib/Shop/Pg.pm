package Shop::Pg;

# A private PostgreSQL cluster with the shop in it: only a socket in its own directory, no TCP.
# initdb and the installation happen once per state of sql/: the result is kept below build/ and copied.

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use DBI;
use Digest::SHA;
use Fcntl qw(:flock);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

my $TOP = abs_path(dirname(__FILE__) . '/../../..');
my ($BIN) = sort { version_of($b) <=> version_of($a) } glob '/usr/lib/postgresql/*/bin';


sub version_of { my ($path) = @_; return $path =~ m{/([\d.]+)/bin\z} ? $1 : 0 }

# PostgreSQL refuses to run as root.
sub as_postgres { return $> == 0 ? qw(setpriv --reuid=postgres --regid=postgres --clear-groups) : () }


sub run {
    my (@command) = @_;
    my $pid = open my $out, '-|' // croak "fork: $!";
    if ($pid == 0) {
        chdir '/';
        open STDERR, '>&', \*STDOUT or exit 126;
        exec { $command[0] } @command or exit 127;
    }
    local $/ = undef;
    my $text = <$out> // '';
    close $out;
    croak "@command: $text" if $? != 0;
    return $text;
}


# What the template depends on.
sub fingerprint {
    my ($demo) = @_;
    my $sha = Digest::SHA->new(256)->add($BIN, $demo ? 'demo' : 'bare');
    for my $file (sort glob("$TOP/sql/*.sql"), abs_path(__FILE__)) {
        $sha->add($file)->addfile($file);
    }
    return substr $sha->hexdigest, 0, 16;
}


sub write_conf {
    my ($dir, @lines) = @_;
    open my $fh, '>>', "$dir/data/postgresql.conf" or croak "$dir/data/postgresql.conf: $!";
    print {$fh} map {"$_\n"} @lines;
    close $fh or croak "postgresql.conf: $!";
    return;
}


sub give_to_postgres {
    my ($dir) = @_;
    if ($> == 0) {
        my ($uid, $gid) = (getpwnam 'postgres')[2, 3];
        chown $uid, $gid, $dir or croak "$dir: $!";
    }
    chmod 0755, $dir;
    return;
}


sub launch {
    my ($dir, @options) = @_;
    return run(as_postgres(), "$BIN/pg_ctl", '-D', "$dir/data", '-s', '-w', '-t', 60, '-l', "$dir/log",
        @options, 'start');
}


sub make_template {
    my ($template, $demo) = @_;
    my $work = tempdir('shop-pg-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
    give_to_postgres($work);

    run(as_postgres(), "$BIN/initdb", '-D', "$work/data", '-U', 'postgres', '-A', 'trust', '-E', 'UTF8',
        '--no-locale', '-N', '--wal-segsize=1');
    write_conf($work, 'listen_addresses = \'\'', 'fsync = off', "unix_socket_directories = '$work'");
    launch($work);
    # the user postgres may not reach this folder: give the files by a copy
    run('cp', '-r', "$TOP/sql", "$work/sql");
    run('chmod', '-R', 'a+rX', "$work/sql");
    my @psql = (as_postgres(), "$BIN/psql", '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $work, '-U', 'postgres');
    my $done = eval {
        run(@psql, '-d', 'postgres', '-c', 'create database shop');
        run(@psql, '-d', 'shop', '-f', "$work/sql/install.sql");
        run(@psql, '-d', 'shop', '-f', "$work/sql/demo.sql") if $demo;
        1;
    };
    my $error = $@;
    run(as_postgres(), "$BIN/pg_ctl", '-D', "$work/data", '-s', '-w', '-m', 'fast', 'stop');
    croak $error if !$done;

    run('rm', '-rf', "$template.new");
    run('cp', '-a', "$work/data", "$template.new");
    rename "$template.new", $template or croak "$template: $!";
    return;
}


# Several tests may want it at once: one makes it, the others wait.
sub template {
    my ($demo) = @_;
    my $template = "$TOP/build/pg/" . fingerprint($demo);
    return $template if -f "$template/PG_VERSION";

    make_path("$TOP/build/pg");
    open my $lock, '>', "$TOP/build/pg/lock" or croak "build/pg/lock: $!";
    flock $lock, LOCK_EX or croak "flock: $!";
    if (!-f "$template/PG_VERSION") {
        # what earlier states of sql/ have left; a younger one may be in use
        remove_tree(grep { -d $_ && -M $_ > 0.1 } glob "$TOP/build/pg/*");
        make_template($template, $demo);
    }
    close $lock or croak "lock: $!";
    return $template;
}


# Options: dir (made when missing; holds the socket), demo (the demo's data), conf (lines of
# postgresql.conf; what is written to disk may be lost unless they say otherwise), start (true).
sub new {
    my ($class, %option) = @_;
    my $dir = $option{dir} // tempdir('shop-pg-XXXXXXXX', TMPDIR => 1, CLEANUP => 0);
    my $self = bless {dir => $dir, owner => $$, temporary => !defined $option{dir}}, $class;

    make_path($dir);
    give_to_postgres($dir);
    run('cp', '-a', '--reflink=auto', template($option{demo}), "$dir/data");
    write_conf($dir, 'fsync = off', 'full_page_writes = off', 'max_connections = 60',
        'unix_socket_permissions = 0777', "unix_socket_directories = '$dir'", @{$option{conf} // []});
    $self->start if $option{start} // 1;
    return $self;
}


sub dir      { return $_[0]{dir} }
sub log_file { return "$_[0]{dir}/log" }
sub conninfo { my ($self) = @_; return "host=$self->{dir} dbname=shop user=shop_web" }


sub start {
    my ($self) = @_;
    launch($self->{dir});
    $self->{running} = 1;
    return;
}


sub pid {
    my ($self) = @_;
    open my $fh, '<', "$self->{dir}/data/postmaster.pid" or return;
    my $line = <$fh>;
    close $fh;
    return $line =~ /^(\d+)/ ? $1 : undef;
}


# Modes: fast (default), smart, immediate (like a crash, but with its children).
sub stop {
    my ($self, $mode) = @_;
    $self->forget;
    return if !delete $self->{running};
    my @stop = ("$BIN/pg_ctl", '-D', "$self->{dir}/data", '-s', '-w', '-m', $mode // 'fast', 'stop');
    my $stopped = eval { run(as_postgres(), @stop); 1 };
    if (!$stopped && $self->pid) {
        kill 'QUIT', $self->pid;
    }
    return;
}


# The machine dies: no word to anybody. `start` recovers.
sub kill {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self) = @_;
    my $master = $self->pid or return;
    my @all = grep {/^\d+$/} split /\s+/, `pgrep -P $master`;
    CORE::kill('KILL', $master, @all);
    for (1 .. 200) {
        last if !CORE::kill(0, $master);
        sleep 0.02;
    }
    unlink "$self->{dir}/data/postmaster.pid";
    $self->forget;
    delete $self->{running};
    return;
}


sub forget {
    my ($self) = @_;
    my $dbh = delete $self->{dbh};
    $dbh->disconnect if $dbh && $self->{owner} == $$;
    return;
}


# A connection of one's own: connect('shop_web').
sub connect {    ## no critic (ProhibitBuiltinHomonyms)
    my ($self, $user) = @_;
    return DBI->connect("dbi:Pg:dbname=shop;host=$self->{dir}", $user // 'postgres', '',
        {RaiseError => 1, PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 1, AutoInactiveDestroy => 1});
}


# The superuser's connection.
sub dbh {
    my ($self) = @_;
    if ($self->{dbh} && !$self->{dbh}->ping) {
        $self->forget;
    }
    $self->{dbh} //= $self->connect;
    return $self->{dbh};
}


# The first column of the first row.
sub value {
    my ($self, $query, @bind) = @_;
    my ($value) = $self->dbh->selectrow_array($query, undef, @bind);
    return $value;
}


sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local ($?, $@, $!);
    $self->stop('immediate');
    remove_tree($self->{dir}) if $self->{temporary};
    return;
}

1;
