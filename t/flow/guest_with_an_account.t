#!/usr/bin/perl

# A stranger gives the address of an account: a shop sends the link to log in at once, another takes the order
# without giving the account away. Who is identified sees which of his people have an account; nobody else does.
# The sales team hears of an order when it is launched, once, if it wants to.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Test;

my $t    = Shop::Test->new(patient => 1);
my %ada  = (firstname => 'Ada', lastname => 'Martin', email => 'ada.martin@example.org');
my %marc = (firstname => 'Marc', lastname => 'Petit', email => 'marc.petit@example.org');
$t->control('moodle', {action => 'user', %$_, username => lc "$_->{firstname}.$_->{lastname}"}) for \%ada, \%marc;


sub customer { my ($email, $column) = @_; return $t->sql("select $column from shop.customers where email = ?", $email) }


sub last_bill { my ($column) = @_; return $t->sql("select $column from shop.bills order by id desc limit 1") }


sub told { return $t->sql(q{select count(*) from shop.mails where template = 'transaction_input' and billid = ?}, last_bill('id')) }

$t->catalog(q{update shop.shops set guestknownemail = 'send_link'});
my $b = Shop::Buyer->new(base => $t->base, person => \%ada);
$b->add('gdpr_essentials');
$b->open('step/customer');
$b->fill_customer;
is($b->path, '/shop/ac/login/sent', 'the link is sent without another question');
ok($b->says('refusal.email_known_sent'), 'and the page says why');
my ($link) = $t->mail_to($ada{email}, qr/./)->{text} =~ m{(http://\S+/login/complete\?\S+)};
$b->open($link);
is($b->step, 'customer', 'it leads back');
is($b->value_of(qr{step/customer$}, 'address'), '3 rue des Lilas', 'to what was typed');
$b->submit(qr{step/customer$}, {}, go => 1);
is($b->step, 'order', 'nothing is left to ask');
$b->order('transfer');
is(told(), 1, 'the sales team hears of the order when it is launched');
$b->submit(qr{step/payment$}, {}, go => 1);
is(last_bill('status'), 'PENDING', 'the transfer is promised');
is(told(), 1, 'and does not hear of it twice');
my $mail = $t->mail_to($t->sql(q{select seller ->> 'mail' from shop.shops}), qr/order entered|commande saisie/);
like($mail->{text}, qr/Ada.*Martin/s, 'the mail says who');

$b->add('first_aid', 2);
$b->open('step/users');
for my $person (\%marc, {firstname => 'Zoé', lastname => 'Neuve', email => 'zoe@example.org'}) {
    $b->submit(qr{participants/add$}, $person);
}
my @marks = $b->page->{answer}{body} =~ /badge-account/g;
is(scalar @marks, 1, 'who is identified sees who of his people has an account');
like($b->page->text, qr/marc\.petit\@example\.org has an account/, 'beside the name');

my $guest = Shop::Buyer->new(base => $t->base, person => \%marc);
$guest->add('first_aid', 1);
$guest->open('step/users');
$guest->submit(qr{participants/add$}, \%marc);
unlike($guest->page->text, qr/has an account/, 'a stranger is not told');

$t->catalog(q{update shop.shops set guestknownemail = 'allow', presalenotification = false});
my $stranger = Shop::Buyer->new(base => $t->base, person => \%marc);
$stranger->add('gdpr_essentials');
$stranger->checkout;
is($stranger->step, 'order', 'a shop may take the order of a known address');
$stranger->order('card');
is(last_bill('userid'), 0, 'the account is not his');
is(last_bill('identity'), '', 'before the mailbox is proven');
is(customer($marc{email}, 'hasaccount'), 0, 'neither is the customer bound to it');
is(told(), 0, 'a sales team that does not want to hear is left in peace');

$stranger->log_in($t, '');
$stranger->add('gdpr_essentials');
$stranger->checkout;
$stranger->order('card');
is(last_bill('identity'), 'moodle', 'the account is bound once the mailbox is proven');

$t->dbh->do('update shop.customers set email = ?, address = ? where email = ?', undef, 'before@example.org', '5 old street', $ada{email});
$b->open('cart');
$b->submit(qr{cart/clear$}, {});
$b->submit(qr{logout$}, {});
$b->log_in($t, '');
$b->add('gdpr_essentials');
$b->open('step/customer');
is($b->value_of(qr{step/customer$}, 'address'), '5 old street', 'who has another address in Moodle now is still known');
$b->submit(qr{step/customer$}, {}, go => 1);
is(customer($ada{email}, 'count(*)'), 1, 'and the record follows');

$t->finish;
done_testing;
