#!/usr/bin/perl

# What was sold for a time comes to its end: the owner is told 7, 5, 3 and 1 days before, once each, with the way
# to renew; the sales team gets lists, once a day and never empty; the end is noted in the life of the product.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(wait_for);

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base);

$b->add('excel_basics');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->order('card');
$b->pay_card;
ok(Shop::Order->last_of($t)->comes_to('COMPLETE'), 'a course is sold for a time');

# Noon where the shop is, whatever the hour of this test.
my ($hour) = (gmtime)[2];
$t->dbh->do('update shop.shops set timezone = ?', undef, sprintf 'Etc/GMT%+d', $hour - 12);
$t->dbh->do('update shop.items set renewable = true where shortname = ?', undef, 'excel_basics');


sub ends {
    my ($interval) = @_;
    $t->dbh->do('update shop.product_instances set startdate = now() - interval $$1 year$$, enddate = now() + ?::interval, test = false',
        undef, $interval);
    $t->sql(q{select shop.housekeeping('{}')}) for 1, 2;
    return;
}


sub queued {
    my ($template) = @_;
    return $t->sql('select count(*) from shop.mails where template = ?', $template);
}


sub events { my ($type) = @_; return $t->sql('select count(*) from shop.product_events where eventtype = ?', $type) }


ends('8 days');
is(queued('expiry_notice') + queued('expiry_soon') + events('expired'), 0, 'eight days before: too early');
my $told = 0;
for my $case (['6 days', 7], ['4 days 1 hour', 5], ['2 days 1 hour', 3], ['20 hours', 1]) {
    my ($before, $days) = @{$case};
    ends($before);
    is(queued('expiry_notice'), ++$told, "$before before: told once");
    like($t->sql('select key from shop.mails where template = ? order by id desc limit 1', 'expiry_notice'), qr/:$days$/,
        "as the notice of $days days");
}
is(events('notified'), 4, 'which is noted each time');
is(queued('expiry_soon'), 1, 'oddity 12: the sales team got one list today');

my $mail = $t->mail_to('ada.martin@example.org', qr/ends on/);
ok($mail, 'the owner has a mail');
like($mail->{text}, qr/Hello Ada, your access to “Excel[^”]*” ends on \d+ \w+ \d{4}/, 'that says what ends and when');
my ($link) = $mail->{text} =~ m{(http://\S+/p/\S+)};
is($b->open($link =~ s{^http://[^/]+}{}r)->status, 200, 'its link leads to the product');
my ($sales) = $t->sql('select toaddress from shop.mails where template = ?', 'expiry_soon');
my $reference = $t->sql('select reference from shop.product_instances');
like($t->mail_to($sales, qr/end soon|prennent bientôt fin/)->{text}, qr/Excel.*\Q$reference\E.*Ada Martin/,
    'the list names product, reference and owner');

ends('-2 days');
is(queued('expiry_notice'), 4, 'afterwards the owner is left alone');
is(events('expired'), 1, 'the end is noted once');
is(queued('expiry_recent'), 1, 'oddity 12: and in a list of what has just ended');
ends('-9 days');
$t->sql(q{select shop.expiry_list(s, 'expiry_past', current_date, '-infinity', now() - interval '7 days')
    from shop.shops s order by id limit 1}) for 1, 2;
is(queued('expiry_past'), 1, 'oddity 12: what ended long ago is listed once a day');
is(queued('expiry_recent'), 1, 'and no more as just ended');

$t->dbh->do('update shop.items set renewable = false where shortname = ?', undef, 'excel_basics');
ends('3 days');
is(queued('expiry_notice'), 4, 'what cannot be renewed is not announced');
$t->dbh->do('update shop.product_instances set deleted = true');
ends('-1 day');
is(events('expired'), 2, 'nor noted when it was deleted before');

# The mail loop reads its state elsewhere: nothing is left to be sent.
ok(wait_for(sub { !$t->sql(q{select count(*) from shop.mails where state <> 'sent'}) }), 'every mail could be written');

$t->finish;
done_testing;
