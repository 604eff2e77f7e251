package Bench::Cart;

# A change of the cart beside the raw Redis commands that it needs, 64 clients each.

use strict;
use warnings;

use Carp qw(croak);
use Redis;

use Shop::Buyer;
use Shop::Test qw(spew slurp);

use Bench;
use Bench::Sessions;

my $VISITORS = 1024;


sub run {
    my $t     = Bench::shop();
    my $buyer = Shop::Buyer->new(base => $t->base);
    $buyer->add('exam_voucher', 2);

    my $visitors = Bench::Sessions::copies($t, $buyer, $VISITORS);
    my @line;
    for my $path (qw(add remove)) {
        push @line, map {
            "POST\t/shop/ac/cart/$path\tshopsid=$_->[0]\tcsrf=$_->[1]&p=exam_voucher"
        } @{$visitors};
    }
    my $file = spew($t->dir . '/cart.requests', join('', map {"$_\n"} @line), 0644);

    my ($read, $write) = commands($t, $buyer);
    my $result = Bench::interleave(
        redis => sub { return {rate => 1 / (1 / raw($t, @{$read}) + 1 / raw($t, @{$write}))} },
        shop  => sub {
            return Bench::wrk($t, $t->base . '/', script => Shop::Test::top() . '/t/bench/requests.lua',
                arguments => [$file, 'around']);
        },
    );
    my ($shop, $floor) = @{$result}{qw(shop redis)};

    Bench::row(what => 'cart change / raw Redis commands', rate => $shop->{rate}, floor => $floor->{rate},
        ratio => $shop->{rate} / $floor->{rate}, goal => 0.6, cpu_us => $shop->{cpu_us},
        note => 'MGET and EVALSHA, 64 clients');
    $t->cleanup;
    return;
}


# The two commands as the module sends them, with its own arguments, from Redis' monitor.
sub commands {
    my ($t, $buyer) = @_;
    my $log = $t->dir . '/monitor';
    my $pid = Shop::Test::spawn($log, 'redis-cli', '-s', $t->{redis_socket}, 'monitor');
    Shop::Test::wait_for(sub { slurp($log) =~ /OK/ });
    $buyer->add('exam_voucher', 1);
    Shop::Test::wait_for(sub { slurp($log) =~ /evalsha" "\w+" "2"/i });
    Shop::Test::stop_process($pid, 'TERM');

    my (%seen);
    for my $line (split /\n/, slurp($log)) {
        next if $line =~ /\[0 lua\]/;
        my @word = map { s/\\(x[0-9a-f]{2}|.)/unescape($1)/ger } $line =~ /"((?:[^"\\]|\\.)*)"/g;
        # the script that saves is the one with two keys, the session's and the cart's
        $seen{uc $word[0]} = \@word if @word && (uc $word[0] ne 'EVALSHA' || $word[2] == 2);
    }
    croak 'no MGET or EVALSHA in the log' if !$seen{MGET} || !$seen{EVALSHA};

    # the revision would be refused the second time: the script's work is the same with the one that is there
    my @write = @{$seen{EVALSHA}};
    my $redis = Redis->new(sock => $t->{redis_socket});
    my ($rev) = $redis->get($write[4]) =~ /"rev":\s*(\d+)/;
    $write[7] =~ s/"rev":\s*\d+/"rev":$rev/;
    $write[8] = $rev;
    # a session that has told its messages already is kept, as nearly all of the visitors' are
    $write[5] = '';
    my ($verb, @rest) = @write;
    $redis->evalsha(@rest) == 1 or croak 'the script does not save';
    return ($seen{MGET}, \@write);
}


sub unescape { my ($c) = @_; return $c =~ /^x(..)$/ ? chr hex $1 : $c eq 'n' ? "\n" : $c }


sub raw {
    my ($t, @command) = @_;
    open my $out, '-|', 'redis-benchmark', '-s', $t->{redis_socket}, '-c', 64, '-n', 40_000 * Bench::seconds(),
        '--csv', @command or croak "redis-benchmark: $!";
    my $text = do { local $/ = undef; <$out> };
    close $out;
    my ($rate) = (split /\n/, $text)[-1] =~ /,"([\d.]+)"/ or croak "redis-benchmark: $text";
    return $rate;
}

1;
