#!/usr/bin/perl
# Mail: accepted, refused now, refused for good, servers that hang, leave or stammer; a worker is
# never held up, and half a mail is never delivered.

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use File::Temp qw(tempdir);    # before Fake, whose servers end first
use Fake;
use Link qw(wait_for slurp free_port);
use Test::More;

my $dir = tempdir(CLEANUP => 1);

sub with {
    my ($name, $port, $code) = @_;
    my $t = Link->new(conf => "link_smtp smtp://127.0.0.1:$port;");
    note($name);
    $code->($t);
    $t->quiet;
    return;
}

# What follows from a server that hangs must come from others while it does.
sub not_held_up {
    my ($hanging, $other) = @_;
    return cmp_ok($other->{time}, '<', $hanging->{time} / 2, '… and nobody else waits for it');
}

with('accepted', Fake::smtp("$dir/ok"), sub {
    my ($t) = @_;
    my $r = $t->get('/smtp');
    like($r->{line} . $r->{body}, qr/^OK  status 250 sent 1/, 'accepted');
    wait_for(sub { slurp("$dir/ok") =~ /QUIT/ });
    my $log = slurp("$dir/ok");
    like($log, qr/MAIL FROM:<shop\@example.org>\r\nRCPT TO:<buyer\@example.org>\r\nDATA\r\nFrom: shop\r\n/,
        'envelope and message');
    like($log, qr/Hello\r\n\.\.dot\r\n\(complete\)\n/, 'dots doubled');
    like($log, qr/QUIT/, 'a last word');
    is($t->get('/smtp?to=a%3E%0D%0AX')->{line}, 'ERROR  malformed mail', 'no command in an address');
    is($t->get('/smtp?to=b%C3%A9@example.org')->{line}, 'ERROR  malformed mail', 'no other letters');
    is($t->get('/smtp?and=second@example.org')->{word}, 'OK', 'two recipients');
    like(slurp("$dir/ok"), qr/RCPT TO:<buyer\@example.org>\r\nRCPT TO:<second\@example.org>\r\nDATA/, '… each named');
    my @answers = $t->many([map {'/smtp?deadline=30000'} 1 .. 20]);
    is(scalar(grep { $_->{word} eq 'OK' } @answers), 20, 'twenty at once');
    is($t->status->{smtp_done}, 22, 'counted');
});

with('long', Fake::smtp("$dir/long"), sub {
    my ($t) = @_;
    is($t->get('/smtp?size=5000000&deadline=30000')->{word}, 'OK', 'a mail of 5 MB');
});

for my $case (['RCPT', '450 4.2.1 later', 450], ['RCPT', '550 5.1.1 nobody', 550], ['MAIL', '452 full', 452],
    ['BODY', '554 spam', 554], ['GREETING', '554 no', 554], ['DATA', '451 not now', 451]) {
    my ($command, $say, $code) = @$case;
    with("$command: $say", Fake::smtp("$dir/$command$code", $command => $say, QUIT => 'HANG'), sub {
        my ($t) = @_;
        my $r = $t->get('/smtp?deadline=30000');
        like("$r->{line} $r->{body}", qr/^ERROR  \Q$say\E status $code/, "$command: $code");
        cmp_ok($r->{time}, '<', 15, '… at once, though QUIT is never answered');
    });
}

for my $command (qw(GREETING EHLO RCPT BODY)) {
    with("$command hangs", Fake::smtp("$dir/hang", $command => 'HANG', QUIT => 'HANG'), sub {
        my ($t) = @_;
        my ($r, $s) = $t->many(['/smtp?deadline=3000', '/status']);
        is($r->{word}, 'TIMEOUT', "$command hangs: our deadline");
        like($r->{body}, $command eq 'BODY' ? qr/sent 1/ : qr/sent 0/, '… whether the mail had left');
        not_held_up($r, $s);
        my $begin = Time::HiRes::time();
        $t->get('/smtp?deadline=100');
        not_held_up($r, {time => Time::HiRes::time() - $begin});
    });
}

for my $case (['MAIL', 'CLOSE', 'DOWN  connection lost'], ['BODY', 'CLOSE', 'LOST  connection lost'],
    ['GREETING', 'CLOSE', 'DOWN  response reading failed'],
    ['RCPT', 'hello', 'DOWN  not a reply of SMTP'], ['BODY', 'hello', 'LOST  not a reply of SMTP'],
    ['MAIL', "250-one\r\n250-two\r\n250 three", 'OK  '],
    ['MAIL', '250-' . 'x' x 3000 . "\r\n250 " . 'y' x 3000, 'OK  ']) {
    my ($command, $say, $line) = @$case;
    my $name = substr($say, 0, 20) =~ s/\r\n/ /gr;
    with("$command: $name", Fake::smtp("$dir/other", $command => $say), sub {
        my ($t) = @_;
        like($t->get('/smtp?deadline=30000&size=3000')->{line}, qr/^\Q$line\E/, "$command: $name");
    });
}

with('refused before its end', Fake::smtp("$dir/early", EARLY => '552 too long', DEAF => 1), sub {
    my ($t) = @_;
    is($t->get('/smtp?size=30000000&deadline=30000')->{line}, 'ERROR  552 too long', 'refused before its end');
    open my $go, '>', "$dir/early.go" or die $!;
    ok(wait_for(sub { slurp("$dir/early") =~ /\(half\)/ }), '… and not ended by us');
});

with('deadline in the middle', Fake::smtp("$dir/deaf", DEAF => 1), sub {
    my ($t) = @_;
    my $r = $t->get('/smtp?size=30000000&deadline=1000');
    like($r->{line} . $r->{body}, qr/^TIMEOUT .*sent 0/, 'a deadline in the middle of the message');
    open my $go, '>', "$dir/deaf.go" or die $!;
    ok(wait_for(sub { slurp("$dir/deaf") =~ /\((half|complete)\)/ }), '… the server learns that we have gone');
    like(slurp("$dir/deaf"), qr/\(half\)/, '… and has no mail to deliver');
});

with('accepted, then silence', Fake::smtp("$dir/quiet", QUIT => 'HANG'), sub {
    my ($t) = @_;
    is($t->get('/smtp')->{word}, 'OK', 'accepted by a server that never answers QUIT');
});

with('absent', free_port(), sub {
    my ($t) = @_;
    is($t->get('/smtp')->{word}, 'DOWN', 'nobody there');
});

done_testing();
