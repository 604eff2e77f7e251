package Shop::Browser;

# Has a story of t/browser told by Chromium against a shop of this test; its results become ours.

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use POSIX ();
use Test::More;

use Shop::Test qw(stop_process top);

our @EXPORT_OK = qw(tell);

my $LIMIT = 300; # seconds that a whole file may take on a busy machine


# tell($shop, 'purchase.mjs', NAME => value…): the story finds the values in its environment.
sub tell {
    my ($shop, $story, %environment) = @_;
    my $top = top();

    system("$top/t/tools/node.sh") == 0 or croak 'the packages of the browser tests are missing';

    %environment = (
        SHOP_URL  => $shop->base . '/shop/ac/',
        SHOP_BANK => "http://127.0.0.1:$shop->{bank_port}",
        SHOP_MAIL => "http://127.0.0.1:$shop->{mail_web_port}",
        %environment,
    );
    local @ENV{keys %environment} = values %environment;

    my $pid = open(my $told, '-|', 'node', "$top/t/browser/$story") // croak "node: $!";
    my ($count, $ended) = (0, 0);
    local $SIG{ALRM} = sub { fail("$story ends in time"); stop_process($pid, 'TERM') };
    alarm $LIMIT;
    while (my $line = <$told>) {
        chomp $line;
        if    ($line =~ /^(not )?ok - (.*)/) { ok(!$1, $2); $count++ }
        elsif ($line eq '# end')             { $ended = 1 }
        else                                 { $line =~ s/^# //; diag $line }
    }
    alarm 0;
    close $told;
    ok($ended && $count > 0, "$story was told to its end") or diag "node left with $?";
    return;
}

1;
