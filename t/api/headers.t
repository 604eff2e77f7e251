#!/usr/bin/perl

# Headers and markup of every page, those of errors included: policy, type, referrer; no script or style in
# the page, every form that changes something carries the token.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use HTML::TokeParser;

use Shop::Buyer;
use Shop::Test;

my $t = Shop::Test->new;
my $b = Shop::Buyer->new(base => $t->base);
my %seen;


sub look {
    my ($answer, $name) = @_;
    my $h = $answer->{headers};
    my @wrong;
    push @wrong, 'policy' if ($h->{'content-security-policy'} // '') !~ /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/;
    push @wrong, 'policy allows inline' if ($h->{'content-security-policy'} // '') =~ /unsafe/;
    push @wrong, 'nosniff'  if ($h->{'x-content-type-options'} // '') ne 'nosniff';
    push @wrong, 'referrer' if ($h->{'referrer-policy'} // '') ne 'same-origin';
    push @wrong, 'cache'    if !$h->{'cache-control'};
    push @wrong, 'charset'  if ($h->{'content-type'} // '') =~ /html/ && $h->{'content-type'} !~ /utf-8/;
    push @wrong, markup($answer->{body}) if ($h->{'content-type'} // '') =~ /html/;
    is(join(', ', @wrong), '', "$name ($answer->{status})");
    $seen{$answer->{status}}++;
    return;
}


sub markup {
    my ($html) = @_;
    my $parser = HTML::TokeParser->new(\$html);
    my ($form, @wrong);
    while (my $token = $parser->get_token) {
        my ($type, $tag, $attr) = @{$token};
        if ($type eq 'E' && $tag eq 'form') {
            push @wrong, "form $form->{action} without token" if $form && !$form->{token};
            $form = undef;
        }
        next if $type ne 'S';
        push @wrong, "<$tag $_>" for grep { /^on/ || $_ eq 'style' } keys %{$attr};
        push @wrong, '<style>' if $tag eq 'style';
        push @wrong, '<script> in the page' if $tag eq 'script' && !$attr->{src} && ($attr->{type} // '') ne 'application/ld+json';
        push @wrong, "address $attr->{href}" if ($attr->{href} // '') =~ /^(?:javascript|data):/i;
        $form = {action => $attr->{action}, token => 0}
            if $tag eq 'form' && lc($attr->{method} // '') eq 'post' && ($attr->{action} // '') =~ m{^/shop/};
        $form->{token} = 1 if $form && $tag eq 'input' && ($attr->{name} // '') eq 'csrf';
    }
    return @wrong;
}


sub visit { my ($path) = @_; $b->open($path); return look($b->page->{answer}, $path) }

visit($_) for '', 'c/office', 'p/excel-first-steps', 'p/office_set', 'p/starter_bundle', 'cart', 'terms', 'login', 'nothing',
    'certificate/NOTHING', 'login/complete?code=x';
$b->add('session_safety');
$b->add('vip_masterclass');
look($b->page->{answer}, 'a refusal');
visit($_) for '', 'cart', 'step/purchaserequ';
$b->submit(qr{step/purchaserequ$}, {}, go => 1);
look($b->page->{answer}, 'an incomplete form');
$b->submit(qr{step/purchaserequ$}, {'session_safety/site0' => 'x'}, go => 1);
look($b->page->{answer}, 'people');
$b->submit(qr{participants/add$}, {firstname => 'A', lastname => 'B', email => 'ab@example.org'});
look($b->page->{answer}, 'a person');
$b->submit(qr{participants/assign$}, {});
$b->submit(qr{step/users$}, {}, go => 1);
look($b->page->{answer}, 'address');
$b->fill_customer;
look($b->page->{answer}, 'order');
for my $mode (qw(transfer check test card)) {
    $b->open('step/order');
    $b->order($mode);
    look($b->page->{answer}, "payment: $mode");
}
like($b->page->{answer}{headers}{'content-security-policy'}, qr{form-action 'self' http://127\.0\.0\.1:$t->{bank_port}},
    'the form of the bank may be sent to the bank');
$b->pay_card;
look($b->page->{answer}, 'paid');
visit($b->path =~ s{/done.*}{}r);
my $csrf = 'wrong';
look($b->http->post('/shop/ac/cart/clear', [csrf => $csrf]), 'a forged form');
look($b->http->request('DELETE', '/shop/ac/cart'), 'a wrong method');
look($b->http->request('POST', '/shop/ac/cart/add', body => 'x' x 9000, headers => {'Content-Type' => 'application/x-www-form-urlencoded'}),
    'too much');
look($b->http->request('POST', '/shop/ac/cart/add', body => '{}', headers => {'Content-Type' => 'application/json'}), 'not a form');
look($b->http->get('/shop/ac/cart?a=%ff'), 'parameters that are no text');
look($b->http->get('/shop/ac/cart', headers => {Accept => 'application/json'}), 'JSON');
look($b->http->get('/shop/ac/lang/fr'), 'a redirect');
Shop::Test::stop_process(delete $t->{pids}{redis}, 'KILL');
look($b->http->get('/shop/ac/step/customer'), 'no Redis');
$t->pg->stop('immediate');
look($b->http->get('/shop/ac/order/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), 'no PostgreSQL');
like(join(' ', sort keys %seen), qr/^200 303 400 403 404 405 413 415 422 503/, 'all kinds of answers were seen');

$t->finish;
done_testing;
