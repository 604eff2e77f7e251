#!/usr/bin/perl
# PostgreSQL is away for a while under a steady stream of notifications from every interface of the registry: nothing is
# lost, nothing is doubled, and the news of an order come to the same end as without the fault, also when what waits in
# the spool is overtaken by a later message.

use strict;
use warnings;
use Test::More;
use Shop::Http;
use Shop::Providers;
use Shop::Sale;
use Shop::Test qw(wait_for);
use Time::HiRes qw(sleep time);

my $ORDERS = 10;
my $AWAY   = 6;    # seconds
my $t = Shop::Test->new(workers => 2, moodle => 0, mail => 0, start => 0);
$t->expect_log(qr/pg lane|pg listen|terminat|catalogue|shop work: question failed/);
my $all = Shop::Providers->new(server => $t);
$t->start_nginx;

my (%orders, %messages);
for my $name ($all->names) {
    $orders{$name} = [map { $all->teller($name)->placed } 1 .. $ORDERS];
    $messages{$name} = [map { my $order = $_; map { $all->prepared($name, $order, $_) } qw(pending paid) } @{$orders{$name}}];
}


# A provider that repeats what got no 200, in the order of its messages, a message every now and then.
sub speak {
    my ($messages) = @_;
    my $http = Shop::Http->new(base => $t->base);
    my $answer = sub { $http->request('POST', $_[0]{path}, body => $_[0]{body}, headers => $_[0]{headers})->{status} };
    my @open;
    for my $message (@{$messages}) {
        push @open, $message if $answer->($message) != 200;
        sleep $AWAY * 2 / @{$messages};
    }
    for my $round (1 .. 300) {
        @open = grep { $answer->($_) != 200 } @open or return 0;
        sleep 0.2;
    }
    return 1;
}


my %pid;
for my $name ($all->names) {
    $pid{$name} = fork // die "fork: $!";
    next if $pid{$name};
    POSIX::_exit(eval { speak($messages{$name}) } // 2);
}
my $begin = time;
sleep $AWAY / 2;
$t->pg->stop('immediate');
sleep $AWAY;
$t->pg->start;
for my $name ($all->names) {
    waitpid $pid{$name}, 0;
    is($?, 0, "$name: every message was accepted in the end");
}
cmp_ok(time - $begin, '>', $AWAY, 'all the while');
ok(wait_for(sub { !grep {/[.]msg/} glob "$t->{dir}/spool/*" }, 120, 0.2), 'nothing is left in the spool');
is(scalar(my @aside = glob "$t->{dir}/spool/*.aside"), 0, 'nor set aside');

my $done = sub { return $t->sql(q{select count(*) from shop.bills where interface = ? and status in ('SOLDOUT', 'COMPLETE') and paiedamount = amount}, $_[0]) };
for my $name ($all->names) {
    my $paid = sub { $t->sql("select count(*) from shop.$_[0] where $_[1]", $name) };
    # some interfaces believe the provider's API alone, which is asked a moment later
    ok(wait_for(sub { $t->dbh->do(q{update shop.payment_attempts set askat = now() where askat is not null and state <> 'paid'}); $done->($name) == $ORDERS }, 120, 0.5),
        "$name: every order is paid") or diag $done->($name);
    is($paid->('payment_attempts', 'interface = ? and paying'), $ORDERS, '… by one try');
    is($paid->('payment_events', q{interface = ? and verdict = 'apply' and state = 'paid'}), $ORDERS, '… by one event');
    is($paid->('payment_events', q{interface = ? and verdict in ('duplicate-payment', 'mismatch', 'unknown-order')}), 0, '… nothing that does not fit');
    is($paid->('bill_transitions', q{tostatus = 'SOLDOUT' and billid in (select id from shop.bills where interface = ?)}), $ORDERS, '… once');
    is($paid->('bill_transitions', q{tostatus <> 'COMPLETE' and billid in (select id from shop.bills where interface = ?)
        and exists (select from shop.bill_transitions s where s.billid = bill_transitions.billid and s.tostatus = 'SOLDOUT' and s.id < bill_transitions.id)}), 0,
        '… for good: no old news moved it afterwards');
    is($paid->('jobs', q{phase = 'postpay' and billid in (select id from shop.bills where interface = ?)}), $ORDERS, '… produced once');
}
ok(wait_for(sub { $t->sql('select count(*) from shop.invoices') == $ORDERS * $all->names }, 60, 0.2), 'one invoice each');
Shop::Sale::books_are_right($t);

# What waits is overtaken: it stays in the spool until a later message of the same order was answered.
my $spool = "$t->{dir}/spool";
my $news  = sub {
    my ($message) = @_;
    return $t->http->request('POST', $message->{path}, body => $message->{body}, headers => $message->{headers})->{status};
};
my $asked = sub { $t->dbh->do(q{update shop.payment_attempts set askat = now() where askat is not null}); return 1 };
$all->teller($_)->reconnect for $all->names;
my %story = map { my $order = $all->teller($_)->placed; $_ => {order => $order, waits => $all->prepared($_, $order, 'pending'),
    last => $all->prepared($_, $order, 'refused')} } $all->names;
$t->pg->stop('immediate');
$news->($story{$_}{waits}) for $all->names;
mkdir "$spool.held" or die "mkdir: $!";
for my $file (glob "$spool/*.msg") { rename $file, $file =~ s{/spool/}{/spool.held/}r or die "rename: $!" }
$t->pg->start;
for my $name ($all->names) {
    ok(wait_for(sub { $news->($story{$name}{last}) == 200 }, 120, 0.2), "$name: the later message is heard first");
}
my $ends = sub { my ($name) = @_; return $t->sql('select state from shop.payment_attempts where id = ?', $story{$name}{order}{attempt}) };
for my $name ($all->names) {
    ok(wait_for(sub { $asked->() && $ends->($name) eq 'refused' }, 120, 0.3), '… and believed') or diag "$name: " . $ends->($name);
}
my @held = glob "$spool.held/*.msg";
is(scalar @held, scalar $all->names, 'all of the earlier ones wait');
for my $file (@held) { rename $file, $file =~ s{/spool[.]held/}{/spool/}r or die "rename: $!" }
ok(wait_for(sub { !grep {/[.]msg/} glob "$spool/*" }, 120, 0.2), '… and are heard at last');
for my $name ($all->names) {
    is($ends->($name) . ' ' . $t->sql('select status from shop.bills where transid = ?', $story{$name}{order}{transid}), 'refused REFUSED',
        "$name: nothing is undone");
}

Shop::Sale::healed($t);
$t->finish;
done_testing();
