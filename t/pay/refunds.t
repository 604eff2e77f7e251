#!/usr/bin/perl

# Staff give money back, and every provider that can carries it out: a part, the rest, with lost answers, refused. What
# the provider has given back is what the shop believes, once; each refund has its credit note, its mail and its line.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql";
use JSON::PP qw(decode_json);
use Orders qw(call);
use Shop::Buyer;
use Shop::Http;
use Shop::Providers;
use Shop::Source qw(files slurp);
use Shop::Test qw(wait_for);
use Test::More;

my $LIMIT = 90;
my $t = Shop::Test->new(moodle => 0, start => 0, patient => 1);
my @able = Shop::Providers::registered();
is_deeply([grep { slurp("src/pay/$_.c") !~ /\.talks = [^,]*SHOP_PAY_REFUND/ } @able], [], "who can give back: each of @able");
my $all = Shop::Providers->new(server => $t);
my %kind = map { $_ => slurp("src/pay/$_.c") =~ /\.refunds = SHOP_PAY_REFUNDS_(\w+)/ ? $1 : 'BLIND' } @able;
$t->start_nginx;
$t->dbh->do(q{insert into shop.staff_rights (source, subject, permission) values ('name', 'anne', 'payments')});
my $key = 0;


sub bought {
    my ($name) = @_;
    my $buyer = Shop::Buyer->new(base => $t->base, person => {email => "$name$key\@example.org"});
    $buyer->add('excel_basics');
    $buyer->checkout;
    $buyer->order($all->block($name));
    $all->pay($buyer, $name);
    my ($transid) = $buyer->path =~ m{order/(\w+)/done} or die $buyer->path;
    comes($transid, 'SOLDOUT') or die "$name: not paid\n";
    return $transid;
}


sub comes { my ($transid, $status) = @_; return wait_for(sub { $t->sql('select status in (?, ?) from shop.bills where transid = ?', $status,
    $status eq 'SOLDOUT' ? 'COMPLETE' : $status, $transid) }, $LIMIT, 0.1) }
sub refund { my ($transid, %more) = @_; return call($t->dbh, 'refund_order', {transid => $transid, actor => 'anne', reason => 'a test', key => ++$key, %more}) }
sub state_of { my ($id) = @_; return $t->sql('select state from shop.refund_requests where id = ?', $id) }
sub ends { my ($answer, $state) = @_; return wait_for(sub { state_of($answer->{refund}) eq $state }, $LIMIT, 0.1) || diag state_of($answer->{refund}) }
sub hurry { my ($answer) = @_; $t->dbh->do(q{update shop.refund_requests set nexttry = now() where id = ? and state <> 'sending'}, undef, $answer->{refund}); return }

# What the provider has given back, in minor units.
sub given {
    my ($name, $transid) = @_;
    my $port = $name eq 'systempay' ? $t->{bank_port} : $t->{providers_port};
    my $seen = decode_json(Shop::Http->new(base => "http://127.0.0.1:$port")->get($name eq 'systempay' ? '/control/transactions' : '/control/payments')->{body});
    my $sum = 0;
    $sum += $name ne 'systempay' ? $_->{refunded} : $_->{operation} eq 'CREDIT' || $_->{status} eq 'CANCELLED' ? $_->{amount} : 0
        for grep { ($_->{order} // $_->{order_id}) eq $transid } @{$seen->{payments} // $seen->{transactions}};
    return $sum;
}

sub books { my ($transid) = @_; return join ' ', map { $t->sql($_, $transid) } 'select (refundedamount * 100)::integer from shop.bills where transid = ?',
    'select count(*) from shop.refunds r join shop.bills b on b.id = r.billid where transid = ?' }


for my $name (@able) {
    $all->control('systempay', status => 'CAPTURED') if $name eq 'systempay';
    my $transid = bought($name);
    my $told = refund($transid, amount => '10.00');
    ok(ends($told, 'done'), "$name, a part");
    is(given($name, $transid) . ' ' . books($transid), '1000 1000 1', '… is back, once');

    $t->dbh->do(q{update shop.payment_attempts set askat = now(), askedat = null where paying and billid = (select id from shop.bills where transid = ?)}, undef, $transid);
    ok(wait_for(sub { $t->sql('select askedat is not null and unheard = 0 from shop.payment_attempts a join shop.bills b on b.id = a.billid
        where transid = ? and paying', $transid) }, $LIMIT, 0.1), '… asked again');
    is(books($transid) . ' ' . $t->sql('select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where transid = ?', $transid), '1000 1 0', '… nothing new, nobody is alarmed');

    $all->control($name, refund => 'lose');
    $told = refund($transid);
    ok(wait_for(sub { given($name, $transid) == 10_800 }, $LIMIT, 0.1), "$name, the rest");
    ok(wait_for(sub { $t->sql('select tries > 0 or state = ? from shop.refund_requests where id = ?', 'done', $told->{refund}) }, $LIMIT, 0.1), '… but the answer is lost');
    $all->control($name, refund => '');
    ok(wait_for(sub { hurry($told); state_of($told->{refund}) =~ /done|manual/ }, $LIMIT, 0.3), '… and looked for') || diag state_of($told->{refund});
    if ($kind{$name} eq 'BLIND' && state_of($told->{refund}) eq 'manual') {
        is(call($t->dbh, 'refund_settle', {refund => $told->{refund}, actor => 'anne', done => JSON::PP::true})->{state}, 'done', '… by a person');
    }
    is(given($name, $transid) . ' ' . books($transid), '10800 10800 2', '… nothing twice');
    ok(comes($transid, 'PAYBACK'), '… all is back');

    $transid = bought($name);
    $all->control($name, refund => 'refuse');
    $told = refund($transid, amount => '3.00');
    ok(ends($told, 'refused'), "$name, refused");
    is(given($name, $transid) . ' ' . books($transid), '0 0 0', '… nothing moved');
    is($t->sql(q{select count(*) from shop.alerts a join shop.bills b on b.id = a.billid where kind = 'refund' and transid = ?}, $transid), 1, '… staff are told');
    $all->control($name, refund => '');
}

# Before the capture the bank cancels instead of giving back: as a whole, or by making the payment smaller.
$all->control('systempay', status => 'AUTHORISED');
my $whole = bought('systempay');
ok(ends(refund($whole), 'done'), 'systempay, cancelled before the capture');
is(books($whole), '10800 1', '… a refund like any other');
my $part = bought('systempay');
ok(ends(refund($part, amount => '8.00'), 'done') && ends(refund($part, amount => '8.00'), 'done'), 'made smaller, twice');
is(books($part), '1600 2', '… two refunds');

# Given back in the provider's own back office, of which its API tells the sum alone.
my $office = bought('axepta');
my $payid  = sub { $t->sql('select providertxn from shop.payment_attempts a join shop.bills b on b.id = a.billid where transid = ? and paying', $office) };
my $gives  = sub {
    my ($sum) = @_;
    Shop::Http->new(base => "http://127.0.0.1:$t->{providers_port}")->request('POST', '/control/known',
        headers => {'Content-Type' => 'application/json'}, body => JSON::PP::encode_json({payid => $payid->(), refunded => $sum}));
    $t->dbh->do('update shop.payment_attempts set askat = now(), askedat = null where providertxn = ?', undef, $payid->());
    return wait_for(sub { $t->sql('select askedat is not null and unheard = 0 from shop.payment_attempts where providertxn = ?', $payid->()) }, $LIMIT, 0.1);
};
ok($gives->(500), 'axepta, a part in the back office');
is(books($office), '500 1', '… is learnt by asking');
ok($gives->(1200) && $gives->(1200), '… and another part');
is(books($office), '1200 2', '… once');
ok(ends(refund($office), 'done'), '… the rest by the shop');
ok($gives->(given('axepta', $office)), '… and asked again');
is(given('axepta', $office) . ' ' . books($office), '10800 10800 3', '… nothing twice');

# The buyer reads of it.
my $email = $t->sql(q{select customer ->> 'email' from shop.bills where transid = ?}, $part);
my @numbers = ();
ok(wait_for(sub { @numbers = @{$t->dbh->selectcol_arrayref(q{select v.number from shop.invoices v join shop.bills b on b.id = v.billid
    where transid = ? and v.refundid is not null order by v.seq}, undef, $part)}; @numbers == 2 }, $LIMIT, 0.2), 'two credit notes');
for my $number (@numbers) {
    my $mail = $t->mail_to($email, qr/\Q$number\E/);
    ok($mail, "credit note $number is mailed");
    like($mail->{text}, qr/8\.00/, '… with its amount');
}
my $buyer = Shop::Buyer->new(base => $t->base, person => {email => $email});
my $mail = $t->mail_to($email, qr/\Q$numbers[0]\E/);
my ($link) = $mail->{text} =~ m{(/shop/ac/order/\S+)};
$buyer->{http}->get($link);
my $page = Shop::Page->new($buyer->{http}->get($link));
like($page->text, qr/\Q$numbers[0]\E.*8\.00.*\Q$numbers[1]\E.*8\.00/s, 'and listed on the document');

cmp_ok($t->status->{work}{refunds_done}, '>=', 2 * @able - 1, 'counted');
is_deeply(call($t->dbh, 'invoices_verify', {})->{broken}, [], 'the chains hold');
unlike($t->error_log, qr/testpassword|_KEY1|Passphrase|api-password|sk_test|whsec/, 'no secret in the log');
$t->finish;
done_testing();
