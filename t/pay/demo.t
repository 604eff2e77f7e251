#!/usr/bin/perl

# The demonstration as `make demo` configures it: its shop offers every interface of the registry, and a buyer pays with each.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Providers;
use Shop::Test qw(slurp spew);

my $t   = Shop::Test->new(start => 0);
my $dir = $t->dir;
my $top = Shop::Test::top();
$t->start_providers(Shop::Providers::notified($t, qw(ogone stripe paypal)), '--paypal-dir', "$dir/paypal");

# The demonstration writes its own secrets and configuration.
unlink map { "$dir/secrets/$_" } qw(shop messages card test moodle);
mkdir "$dir/tmp" or die "$dir/tmp: $!";
symlink 'logs', "$dir/log" or die "$dir/log: $!";
my %value = (run => $dir, port => $t->port, moodle_port => $t->{moodle_port}, smtp_port => $t->{mail_port},
    bank_port => $t->{bank_port}, providers_port => $t->{providers_port});
is(system('bash', '-c', join "\n", ". $top/conf-examples/demo/demo.sh", (map { "$_=$value{$_}" } sort keys %value), 'write_conf'), 0,
    'the demonstration is configured');
my $conf = slurp("$dir/nginx.conf");
my %of;
push @{$of{$2}}, $1 while $conf =~ /^ *shop_payment (\w+) \{\s+interface (\w+);/gm;
my $load = $ENV{SHOP_STATIC} ? '' : 'load_module ' . $t->module . ';';
$conf =~ s/^load_module .*$/$load daemon off; @{[$ENV{SHOP_GLOBALS} \/\/ '']}/m;
$conf =~ s/^http \{\K/@{[Shop::Test::patience()]}/m;
spew("$dir/nginx.conf", $conf);
$t->start_nginx;


# A buyer at the choice of how to pay.
sub chooses {
    my ($product, $name) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base, person => {email => "$name\@example.org"});
    $buyer->add($product);
    $buyer->checkout;
    return $buyer;
}

my %pays = (
    systempay => sub { $_[0]->pay_card },
    test      => sub { $_[0]->submit(qr{step/payment$}, {}, action => 'pay') },
    map { $_ => sub { $_[0]->submit(qr{step/payment$}, {}, go => 1) } } qw(check transfer),
);

my @registered = slurp("$top/src/pay/registry.c") =~ /&shop_pay_(\w+)/g;
is_deeply([sort 'freeorder', keys %of], [sort @registered], 'every interface has its block; what is free needs none');
my $guest = chooses('excel_basics', 'guest');
is_deeply([sort map { $_->{value} } grep { ($_->{name} // '') eq 'paymode' } @{$guest->page->{fields}}], [sort map { @{$_} } values %of],
    '… and is offered');

for my $interface (sort keys %of) {
    for my $block (@{$of{$interface}}) {
        my $buyer = chooses('excel_basics', $block);
        $buyer->order($block);
        my $pay = $pays{$interface} // sub { $_[0]->pay_hosted('paid') };
        $pay->($buyer);
        my $comes = $interface =~ /\A(?:check|transfer)\z/ ? 'PENDING' : 'COMPLETE';
        ok(Shop::Order->of($t, $buyer)->comes_to($comes, 90), "$block: $comes");
    }
}
my $free = chooses('free_taster', 'free');
$free->order;
ok(Shop::Order->of($t, $free)->comes_to('COMPLETE', 90), 'what is free: COMPLETE');

$t->finish;
done_testing;
