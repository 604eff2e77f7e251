#!/usr/bin/perl
# Mail: accepted, refused now, refused for good, servers that hang; a worker is never held up.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Fake;
use File::Temp qw(tempdir);
use Link qw(wait_for slurp free_port);
use Test::More;

my $dir = tempdir(CLEANUP => 1);

sub with {
    my ($name, $port, $code) = @_;
    my $t = Link->new(conf => "link_smtp smtp://127.0.0.1:$port;");
    note($name);
    $code->($t);
    ok(wait_for(sub { $t->status->{live} == 0 }), 'no operation is alive when idle');
    is($t->end('nginx', 'QUIT'), 0, 'nginx left with status 0');
    is_deeply([grep { /\[(?:alert|emerg|crit)\]|Sanitizer|open socket/ } split /\n/, $t->error_log], [],
        'the error log is quiet');
    return;
}

with('accepted', Fake::smtp("$dir/ok"), sub {
    my ($t) = @_;
    my $r = $t->get('/smtp');
    like($r->{line} . $r->{body}, qr/^OK  status 250 sent 1/, '250');
    wait_for(sub { slurp("$dir/ok") =~ /QUIT/ });
    my $log = slurp("$dir/ok");
    like($log, qr/MAIL FROM:<shop\@example.org>.*RCPT TO:<buyer\@example.org>.*Hello\r\n\.\.dot\r\n/s,
        'envelope and message, dots doubled');
    like($log, qr/QUIT/, 'a last word');
    is($t->get('/smtp?to=a%3E%0D%0AX')->{word}, 'ERROR', 'no command in an address');
    my @answers = $t->many([map {'/smtp'} 1 .. 20]);
    is(scalar(grep { $_->{word} eq 'OK' } @answers), 20, 'twenty at once');
    is($t->status->{smtp_done}, 21, 'counted');
});

for my $case (['RCPT', '450 4.2.1 later', 450], ['RCPT', '550 5.1.1 nobody', 550], ['MAIL', '452 full', 452],
    ['BODY', '554 spam', 554], ['GREETING', '554 no', 554], ['DATA', '451 not now', 451]) {
    my ($command, $say, $code) = @$case;
    with("$command: $say", Fake::smtp("$dir/$command$code", $command => $say, QUIT => 'HANG'), sub {
        my ($t) = @_;
        my ($r, $s) = $t->many(['/smtp', '/status']);
        like("$r->{line} $r->{body}", qr/^ERROR  \Q$say\E status $code/, "$command: $code");
        cmp_ok($r->{time}, '<', 0.8, '… at once, though QUIT is never answered');
        cmp_ok($s->{time}, '<', 0.3, '… and nobody else waits');
    });
}

for my $command (qw(GREETING EHLO BODY)) {
    with("$command hangs", Fake::smtp("$dir/hang", $command => 'HANG', QUIT => 'HANG'), sub {
        my ($t) = @_;
        my ($r, $s) = $t->many(['/smtp?deadline=400', '/status']);
        is($r->{word}, 'TIMEOUT', "$command hangs: our deadline");
        like($r->{body}, $command eq 'BODY' ? qr/sent 1/ : qr/sent 0/, '… whether the mail had left');
        cmp_ok($r->{time}, '<', 0.8, '… in time');
        cmp_ok($t->get('/status')->{time}, '<', 0.2, 'the worker is not held up afterwards');
    });
}

with('accepted, then silence', Fake::smtp("$dir/quiet", QUIT => 'HANG'), sub {
    my ($t) = @_;
    is($t->get('/smtp')->{word}, 'OK', 'accepted by a server that never answers QUIT');
});

with('absent', free_port(), sub {
    my ($t) = @_;
    is($t->get('/smtp')->{word}, 'DOWN', 'nobody there');
});

done_testing();
