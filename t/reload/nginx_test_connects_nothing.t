#!/usr/bin/perl
# `nginx -t` opens no connection, with its backends up or down, and does not depend on them.

use strict;
use warnings;
use Test::More;
use Shop::Test qw(slurp stop_process);

my $t   = Shop::Test->new(start => 0);
my $dir = $t->dir;
my @test = ($t->binary, '-t', '-p', $dir, '-c', "$dir/nginx.conf", '-e', "$dir/logs/error.log");


sub traced {
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDERR, '>', "$dir/said";
        local $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (), 'detect_leaks=0';    # it cannot be traced
        exec 'strace', '-f', '-e', 'trace=network', '-o', "$dir/trace", @test or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    return $?;
}


# The lookup of the user's name asks the system's cache of names, if there is one.
sub asked { return grep { !m{/nscd/} } slurp("$dir/trace") =~ /^.*\b(?:connect|sendto|sendmsg)\(.*$/mg }


plan skip_all => 'strace cannot be used here' if traced() != 0 && slurp("$dir/said") !~ /syntax is ok/;

like(slurp("$dir/said"), qr/test is successful/, 'with all backends up the configuration is good');
is_deeply([asked()], [], 'and nobody was asked');

$t->pg->stop;
stop_process(delete $t->{pids}{$_}) for qw(redis moodle smtp vads);
is(traced(), 0, 'with all of them down it is good as well');
is_deeply([asked()], [], 'and nobody was asked');

$t->finish;
done_testing();
