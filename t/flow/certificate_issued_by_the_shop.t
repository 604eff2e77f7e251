#!/usr/bin/perl

# A certificate that the shop itself issues: it is printed as PDF by its buyer, the same each time; anybody
# can check its number; nobody else gets the document; a revoked one is not printed.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Buyer;
use Shop::Order;
use Shop::Test qw(spew);

my $t = Shop::Test->new(patient => 1);
my $b = Shop::Buyer->new(base => $t->base,
    person => {firstname => 'Camille', lastname => 'Martin', email => 'camille.martin@example.org'});

$b->add('mooc_attestation');
$b->open('cart');
$b->follow(qr{/step/});
$b->fill_customer;
$b->submit(qr{/login$}, {});
my ($link) = $t->mail_to('camille.martin@example.org', qr/./)->{text} =~ m{(http://\S+/login/complete\?\S+)};
$b->open($link);
$b->submit(qr{step/customer$}, {}, go => 1);
$b->order('card');
$b->pay_card;
my $order = Shop::Order->of($t, $b);
ok($order->comes_to('COMPLETE'), 'paid and issued');

my ($number, $holder, $course) = $t->dbh->selectrow_array('select number, holder, course from shop.certificates');
like($number, qr/^C-\d{4}-/, 'it has a number');
is($holder, 'Camille Martin', 'the name is the one that Moodle knows');

$b->open($b->path);
my ($print) = grep { $_->{href} =~ /\Q$number\E/ } $b->page->links;
ok($print, 'the order offers to print it') or BAIL_OUT('no link');


sub text_of {
    my ($pdf) = @_;
    my $file = spew($t->dir . '/certificate.pdf', $pdf);
    open my $out, '-|:encoding(UTF-8)', 'pdftotext', '-layout', $file, '-' or die "pdftotext: $!";
    local $/ = undef;
    my $text = <$out>;
    close $out;
    $text =~ s/\s+/ /g;
    return $text;
}


my $answer = $b->http->get($print->{href});
is($answer->{status}, 200, 'it is printed');
is($answer->{headers}{'content-type'}, 'application/pdf', 'as PDF');
like($answer->{headers}{'cache-control'}, qr/no-store/, 'which no cache keeps');
like($answer->{headers}{'content-disposition'}, qr/inline; filename="\Q$number\E\.pdf"/, 'with its number as name');
my $text = text_of($answer->{body});
like($text, qr/Camille Martin/,  'the holder');
like($text, qr/\Q$course\E/,     'the course');
like($text, qr/\Q$number\E/,     'the number');
like($text, qr/Atelier Campus/,  'who issued it');
like($text, qr/completed on /,   'when it was completed');
is($b->http->get($print->{href})->{body}, $answer->{body}, 'printed again it is the same');

my $stranger = Shop::Buyer->new(base => $t->base);
(my $bare = $print->{href}) =~ s/\?.*//;
is($stranger->http->get($bare)->{status}, 404, 'nobody else gets it');
is($b->http->get($bare =~ s/\Q$number\E/C-2026-UNKNOWN/r)->{status}, 404, 'another number is none of this order');

$stranger->open("certificate/$number");
like($stranger->page->text, qr/authentic and valid.*Camille Martin.*\Q$course\E/, 'anybody can check the number');

$t->dbh->do('update shop.certificates set revokedat = now()');
$stranger->open("certificate/$number");
like($stranger->page->text, qr/has been revoked/, 'a revoked one is told');
is($b->http->get($print->{href})->{status}, 404, 'and not printed any more');

$t->finish;
done_testing();
