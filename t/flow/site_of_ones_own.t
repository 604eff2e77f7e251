#!/usr/bin/perl

# A whole Moodle site is sold: its name is checked before it is ordered, the provisioner makes it once, over a
# signed connection and although it was away for a moment, and the buyer is told where it is. Names go once.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP qw(encode_json);
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(spew wait_for);
use Shop::Texts qw(pattern);

my $t = Shop::Test->new(patient => 1, start => 0, moodle_conf => 'retry_delays 200ms 200ms 1s 1s 1s;');
my $secret = spew("$t->{dir}/secrets/provisioner", "a secret of the provisioner\n", 0600);
$t->{provisioner_port} = $t->start_double('provisioner', '--secret-file', $secret);
$t->{option}{http} = "shop_provisioner http://127.0.0.1:$t->{provisioner_port} secret_file=$secret domain=campus.example;";
$t->write_conf;
$t->dbh->do(q{update shop.items set enablehandler = 'std_createvinstance', handlerparams = ?, requireddata = ?,
    translations = '{}' where shortname = 'course_space'}, undef,
    encode_json({template => 'base45', duration => '365'}), encode_json([
        {field => 'shortname', label => 'Address', type => 'textfield', pattern => '@host'},
        {field => 'name', label => 'Name', type => 'textfield', attrs => {maxlength => 80}}]));
$t->start_nginx;
my $form = qr{step/purchaserequ$};


sub order_site {
    my ($b, $host) = @_;
    $b->add('course_space');
    $b->open('step/purchaserequ');
    $b->submit($form, {'course_space/shortname0' => $host, 'course_space/name0' => 'ACME <Academy>'}, go => 1);
    return;
}


my $b = Shop::Buyer->new(base => $t->base);
order_site($b, 'ACME!');
is($b->page->status, 422, 'no name of a host');
like($b->page->error_of('course_space-shortname0'), pattern('en', 'refusal.host_malformed'), 'the reason is told');
$b->submit($form, {'course_space/shortname0' => 'www'}, go => 1);
like($b->page->error_of('course_space-shortname0'), pattern('en', 'refusal.host_reserved'), 'a reserved one neither');
$b->submit($form, {'course_space/shortname0' => 'acme'}, go => 1);
is($b->step, 'customer', 'a good one');
$t->control('provisioner', {action => 'fault', status => 503, times => 2});
$b->fill_customer;
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE', 90), 'made, although the provisioner was away for a moment')
    or diag explain $t->dbh->selectall_arrayref('select step, state, reason, code from shop.jobs', {Slice => {}});

my $state = $t->control('provisioner');
my @sites = values %{$state->{sites}};
is(scalar @sites, 1, 'one site');
is($sites[0]{name}, 'ACME <Academy>', 'named as asked');
is("$sites[0]{host}.$sites[0]{domain} $sites[0]{template}", 'acme.campus.example base45', 'where it was asked');
is($sites[0]{manager}{email}, $b->{person}{email}, 'the buyer is its first manager');
is($state->{unsigned}, 0, 'every request was signed');
my $told = sub { return grep { $_->{text} =~ m{https://acme\.campus\.example} && $_->{subject} =~ /is ready/ } $t->mails };
ok(wait_for($told, 60), 'he is told by mail');

my $second = Shop::Buyer->new(base => $t->base);
order_site($second, 'acme');
is($second->page->status, 422, 'nobody else orders the same name');
like($second->page->error_of('course_space-shortname0'), pattern('en', 'refusal.host_taken'), 'and is told why');
$second->open('step/customer');
is($second->step, 'purchaserequ', 'nor goes on without another one');

$t->finish;
done_testing;
