#!/usr/bin/perl

# PostgreSQL is away: authentic notifications are kept on the disk, providers hear what is true, and
# everything is replayed in the order of its arrival, once (payments.md 12.2).

use strict;
use warnings;

use Digest::SHA qw(hmac_sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql";
use JSON::PP qw(decode_json encode_json);
use Orders qw(call);
use Shop::Notice;
use Shop::Sale;
use Shop::Test qw(slurp spew wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0, workers => 2);
my $n = Shop::Notice->new(server => $t);
my $spool = "$t->{dir}/spool";
my $LIMIT = 60;

# What the loss of PostgreSQL says by itself.
$t->expect_log(qr/pg lane|pg listen|terminat|catalogue/);

sub files { opendir my $d, $spool or die "$spool: $!"; my @names = sort grep {!/^\./} readdir $d; return @names }
sub waiting { return grep {/\.msg(?:\.taken\.\d+)?\z/} files() }
sub empty { return wait_for(sub { !waiting() }, $LIMIT, 0.1) }
sub down { $t->pg->stop('immediate'); return }
sub up { $t->pg->start; $n->reconnect; return }

# The message of a provider who never repeats by himself.
sub play {
    my ($attempt, $action, $state) = @_;
    my $body = "attempt=$attempt->{attempt}&action=$action&state=$state&amount=10800&currency=EUR"
        . "&transid=$attempt->{transid}&ref=$attempt->{provider_ref}";
    my $at = time;
    return $n->post($body, block => 'test', headers => {'X-Shop-Test-Signature' => "t=$at,v1="
        . hmac_sha256_hex("$at.$body", 'test-mode-secret-of-this-run')});
}

sub played { my $order = $n->placed(paymode => 'test', interface => 'test'); return {%{$order}, %{call($n->web, 'attempt_start', {transid => $order->{transid}, config => 'test', interface => 'test', mode => 'test'})}} }


my @orders = map { $n->placed } 1 .. 4;
my $play   = played();
down();

{
    my $answer = $n->tell($orders[0], status => 'WAITING_AUTHORISATION');
    is($answer->{status}, 503, 'PostgreSQL is away: the bank is asked to come back');
    is($answer->{body}, '', '… in no more words');
    like($answer->{headers}{'retry-after'}, qr/\A\d+\z/, '… in a moment');
    cmp_ok($answer->{elapsed}, '<', 5, '… within 5 seconds') or diag $answer->{elapsed};
    my @kept = files();
    is(scalar @kept, 1, 'the message is on the disk');
    is((stat "$spool/$kept[0]")[2] & 0777, 0600, '… for the worker only');
    my $frozen = decode_json(slurp("$spool/$kept[0]"));
    is($frozen->{config}, 'card', '… with its block');
    is($frozen->{peer}, '127.0.0.1', '… its sender');
}

is($n->tell($orders[0])->{status}, 503, 'paid');
is($n->tell($orders[0])->{status}, 503, '… told twice');
is($n->tell($orders[0], operation => 'CREDIT')->{status}, 503, '… and given back');
is($n->tell($_)->{status}, 503, 'others are paid too') for @orders[1, 2, 3];
my $kept = files();
is($kept, 7, 'all of them are kept');

is(play($play, 'notify', 'paid')->{status}, 200, 'a provider who never repeats is told that it was received');
is(scalar(files()), 8, '… since it is on the disk');

is($n->post($n->body($n->message($orders[3]), key => '8877665544332211'))->{status}, 403, 'an unauthentic message: 403');
is($n->post($n->body($n->message($orders[3])) . '&vads_amount=1')->{status}, 400, 'a malformed one: 400');
is(scalar(files()), 8, 'neither is kept');

# The shop is started anew with the messages of before, still without PostgreSQL.
is($t->stop_nginx, 0, 'nginx is stopped');
$t->start_nginx;
is(scalar(waiting()), 8, 'the messages have survived');
up();
ok(empty(), 'PostgreSQL is back: all are replayed') or diag join ' ', files();

is($n->verdicts($orders[0]), 'apply:pending apply:paid apply:refunded', 'in the order of their arrival');
is($n->status($orders[0]), 'PAYBACK', '… which is the order of the story');
is($t->sql('select repeats from shop.payment_events where content ->> $$transid$$ = ? and state = $$paid$$', $orders[0]{transid}), 1,
    'what was told twice counts once');
is($n->status($_), 'SOLDOUT', 'paid') for @orders[1, 2, 3], $play;
is($t->sql(q{select count(*) from (select received < lag(received) over (order by id) as back from shop.payment_events) as x where back}),
    0, 'no message overtook another');
is($t->sql('select count(*) from shop.jobs where phase = $$postpay$$'), 5, 'each sale is produced once');
Shop::Sale::healed($t);
is($n->tell($orders[1])->{status}, 200, 'the bank comes back as it was asked');
is($n->verdicts($orders[1]), 'apply:paid', '… and has told nothing new');
is($t->status->{work}{spool_replayed}, 8, 'replays are counted');
my @replays = $t->error_log =~ /shop spool: replayed (\d+)\.\d+\.\d+/g;
is_deeply(\@replays, [sort @replays], 'by one worker at a time, oldest first');

# What cannot be replayed stands in nobody's way.
my $late = $n->placed;
down();
my @before = files();
$n->tell($late);
my ($name) = grep { my $f = $_; !grep { $_ eq $f } @before } files();
my $frozen = decode_json(slurp("$spool/$name"));
spew("$spool/00000000000000001.1.00000000.msg", 'not a message', 0666);
spew("$spool/00000000000000002.1.00000000.msg", encode_json({%{$frozen}, config => 'gone'}), 0666);
spew("$spool/00000000000000003.1.00000000.msg", encode_json({%{$frozen}, peer => '198.51.100.7'}), 0666);
up();
ok(empty(), 'PostgreSQL is back again');
is($n->status($late), 'SOLDOUT', 'the good message is applied');
is(scalar(my @aside = grep {/\.aside\z/} files()), 3, 'unreadable, of a block that is gone, of a sender that is not allowed any more: set aside');
is($t->status->{work}{spool_aside}, 3, '… and counted');
rename "$spool/$aside[2]", "$spool/" . $aside[2] =~ s/\.aside\z//r or die "rename: $!";
ok(wait_for(sub { (grep {/\.aside\z/} files()) == 3 }, $LIMIT, 0.1), 'renamed back, one is tried again');

# The disk is of no use either.
my @poor = map { $n->placed } 1, 2;
my $poorest = played();
down();
chmod 0500, $spool;
chown 0, 0, $spool;
is($n->tell($poor[0])->{status}, 503, 'a directory that cannot be written: 503');
is(play($poorest, 'notify', 'paid')->{status}, 503, '… for those who never repeat as well');
chmod 0777, $spool;
is(scalar(waiting()), 0, 'nothing is half written');
up();
ok(wait_for(sub { $n->tell($poor[0])->{status} == 200 }, $LIMIT, 0.2), 'the bank comes back');
is($n->status($poor[0]), 'SOLDOUT', '… and nothing is lost');

# It is full.
is($t->stop_nginx, 0, 'nginx is stopped');
my $conf = slurp("$t->{dir}/nginx.conf");
unlink map {"$spool/$_"} files();
spew("$t->{dir}/nginx.conf", $conf =~ s/shop_spool \S+;/shop_spool $spool files=1;/r);
$t->start_nginx;
down();
is($n->tell($poor[1])->{status}, 503, 'kept');
is(play($poorest, 'notify', 'paid')->{status}, 503, 'a spool that is full: 503');
is(scalar(files()), 1, '… and nothing more is written');
up();
ok(empty(), 'replayed');
is($n->status($poor[1]), 'SOLDOUT', 'what was kept is applied');
is(play($poorest, 'notify', 'paid')->{status}, 200, 'and there is room again');

$t->finish;
done_testing();
