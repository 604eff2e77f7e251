#!/usr/bin/perl

# Authentic notifications are kept as they came, sealed, through the spool as well; nothing of them stands anywhere
# else; after 13 months only their digest is left (payments.md 1.12).

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/../lib";
use Shop::Notice;
use Shop::Test qw(slurp wait_for);
use Test::More;

my $t = Shop::Test->new(moodle => 0, mail => 0, bank => 1);
my $n = Shop::Notice->new(server => $t);
my $key = slurp("$t->{dir}/secrets/messages");
$t->expect_log(qr/pg lane|pg listen|terminat|catalogue/);


# What README.md (shop_message_key) does.
sub opened {
    my ($order) = @_;
    my ($iv, $text) = split / /, $t->sql(q{select encode(substr(v.raw, 1, 16), 'hex') || ' ' ||
        translate(encode(substr(v.raw, 17, octet_length(v.raw) - 48), 'base64'), e'\n', '')
        from shop.payment_events v join shop.bills b on b.id = v.billid where b.transid = ? order by v.id desc limit 1}, $order->{transid});
    return qx{echo "$text" | base64 -d | openssl enc -d -aes-256-ctr -K $key -iv $iv};
}


sub digest { my ($order) = @_; return $t->sql('select digest from shop.payment_events v join shop.bills b on b.id = v.billid where transid = ? order by v.id desc limit 1', $order->{transid}) }


my $order = $n->placed;
my $body = $n->body($n->message($order));
is($n->post($body)->{status}, 200, 'a notification');
is($n->status($order), 'SOLDOUT', 'is applied');
is(opened($order), $body, 'its body can be read with the key');
is(digest($order), sha256_hex($body), 'its digest is that of the body');
my $forged = $n->placed;
is($n->post($n->body($n->message($forged)) =~ s/vads_amount=\d+/vads_amount=1/r)->{status}, 403, 'one that is not authentic');
is(digest($forged), undef, 'is not kept');
my $doubtful = $n->placed;
$n->tell($doubtful, vads_zz_unheard_of => 'a+b');
like(opened($doubtful), qr/vads_zz_unheard_of/, 'one in doubt is');
is($t->sql(q{select count(*) from shop.payment_events where jsonb_exists_any(content, array['raw', 'digest'])})
    + $t->sql(q{select count(*) from shop.alerts where details::text ~ '"raw"'}), 0, 'the body stands in its column only');

my $late = $n->placed;
my $spooled = $n->body($n->message($late));
$t->pg->stop('immediate');
is($n->post($spooled)->{status}, 503, 'PostgreSQL is away');
$t->pg->start;
$n->reconnect;
ok(wait_for(sub { $n->status($late) eq 'SOLDOUT' }, 60, 0.2), 'replayed');
is(opened($late), $spooled, 'kept as it came');

$t->dbh->do(q{update shop.payment_events set received = received - interval '397 days' where billid = (select id from shop.bills where transid = ?)}, undef,
    $order->{transid});
$t->sql(q{select shop.housekeeping('{}')});
is($t->sql('select count(*) from shop.payment_events where raw is not null'), 2, 'after 13 months the body goes');
is(digest($order), sha256_hex($body), 'the digest stays');

$t->finish;
done_testing();
