#!/usr/bin/perl
# The spool: durable, in order, exclusive; bounded; a directory that cannot be written.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fcntl qw(LOCK_EX);
use Link qw(wait_for slurp);
use Test::More;

my $t = Link->new(conf => 'link_spool_files 5;', main => '');
my $dir = "$t->{dir}/spool";
my @files;
my $all  = sub { opendir my $d, $dir or die $!; my @names = sort readdir $d; return @names };
my $list = sub { return grep { !/^\./ } $all->() };

is($t->get('/spool?do=take')->{body}, '', 'empty: no row');
is($t->get("/spool?do=write&text=$_")->{word}, 'OK', "written: $_") for qw(first second third);
@files = $list->();
is_deeply([map { slurp("$dir/$_") } @files], [qw(first second third)], 'names sort in order of arrival');
is((stat "$dir/$files[0]")[2] & 0777, 0600, 'for the worker only');

my ($name, $text) = split /\n/, $t->get('/spool?do=take')->{body};
is($text, 'first', 'the oldest is taken');
like($name, qr/\.msg\.taken\.\d+$/, '… by renaming it');
my ($name2, $text2) = split /\n/, $t->get('/spool?do=take')->{body};
is($text2, 'second', 'the next one while the first is being worked on');
is($t->get("/spool?do=return&name=$name")->{word}, 'OK', 'put back');
is($t->get("/spool?do=d&name=$name2")->{word}, 'OK', 'removed');
($name, $text) = split /\n/, $t->get('/spool?do=take')->{body};
is($text, 'first', 'what was put back is the oldest again');
$t->get("/spool?do=d&name=$name");

# An orphan: taken by a process that is gone.
my $gone = fork // die $!;
POSIX::_exit(0) if !$gone;
waitpid $gone, 0;
($name) = $list->();
rename "$dir/$name", "$dir/$name.taken.$gone" or die $!;
($name, $text) = split /\n/, $t->get('/spool?do=take')->{body};
is($text, 'third', 'an orphan is taken again');
like($name, qr/\.msg\.taken\.\d+$/, '… under a clean name');
unlike($name, qr/taken.*taken/, '… once');

# A number that another process has now says nothing; the lock of its owner does.
my ($free) = $name =~ /(.*\.msg)/;
rename "$dir/$name", "$dir/$free.taken.$$" or die $!;
open my $lock, '>', "$dir/.owner.$$" or die $!;
flock $lock, LOCK_EX or die $!;
is($t->get('/spool?do=take')->{body}, '', 'taken by a process that lives');
close $lock;
($name, $text) = split /\n/, $t->get('/spool?do=take')->{body};
is($text, 'third', '… which has lost its lock: an orphan, though somebody has its number');
ok(!-e "$dir/.owner.$$", '… whose traces are removed');

# Whoever asked and left does not keep the file. Some are answered before they leave: these give it back.
$t->get("/spool?do=return&name=$name");
my $left = 0;
for my $round (1 .. 20) {
    my @answers = $t->many([map {'/spool?do=take&deadline=0'} 1 .. 3]);
    $left += grep { $_->{word} eq 'TIMEOUT' } @answers;
    $t->get('/spool?do=return&name=' . (split /\n/)[0]) for grep { $_ ne '' } map { $_->{body} } @answers;
    wait_for(sub { my @f = $list->(); @f == 1 && $f[0] =~ /\.msg$/ }) or last;
}
cmp_ok($left, '>', 0, "$left left before an answer");
is(scalar(grep {/\.msg$/} $list->()), 1, '… and the file is there again') or diag($list->());

is($t->get('/spool?do=d&name=../error.log')->{word}, 'ERROR', 'no way out of the directory');
$t->get("/spool?do=write&text=$_") for 1 .. 4;
is($t->get('/spool?do=write&text=6')->{word}, 'BUSY', 'full');
my @answers = $t->many([map {'/spool?do=take'} 1 .. 10]);
is(scalar(grep { $_->{body} ne '' } @answers), 5, 'ten at once: five files, each once');
my %seen;
$seen{(split /\n/, $_->{body})[1] // ''}++ for @answers;
is_deeply(\%seen, {third => 1, 1 => 1, 2 => 1, 3 => 1, 4 => 1, '' => 5}, '… all of them');

rename $dir, "$dir.away" or die $!;
my $r = $t->get('/spool?do=write&text=lost');
is("$r->{code} $r->{line}", '500 ERROR  open directory', 'a directory that is not there');
like($t->error_log, qr/\[error\].*spool \S+ open directory failed \(2: No such file/, '… in the log');
rename "$dir.away", $dir or die $!;

# A restart of the worker puts back what its number had taken.
{
    my ($pid) = $t->worker_pids;
    is(scalar(grep { /\.taken\.$pid$/ } $list->()), 5, 'all are taken');
    open $lock, '>', "$dir/.owner.$$" or die $!;
    flock $lock, LOCK_EX or die $!;
    for my $partial (".00001700000000000.$$.00000001.msg", ".00001700000000000.$gone.00000001.msg", ".owner.$gone") {
        open my $fh, '>', "$dir/$partial" or die $!;
    }
    kill 'HUP', $t->{pids}{nginx};
    ok(wait_for(sub { my @w = $t->worker_pids; @w == 1 && $w[0] != $pid }), 'another worker');
    is((split /\n/, $t->get('/spool?do=take')->{body})[1], 'third', 'takes the orphans of the old one');
    ($pid) = $t->worker_pids;
    is_deeply([grep { /^\.\w/ } $all->()], [sort ".00001700000000000.$$.00000001.msg", ".owner.$$", ".owner.$pid"],
        'what dead ones left half written is gone');
}

$t->finish;
