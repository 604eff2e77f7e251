#!/usr/bin/perl

# Jobs and mails: claims, leases, tokens, steps, instances, certificates, the end of an order.

use strict;
use warnings;

use FindBin qw($Bin);
use lib "$Bin/../lib", $Bin;
use JSON::PP;
use Orders qw(call calls line order paid);
use Shop::Pg;
use Test::More;

my $pg  = Shop::Pg->new(demo => 1);
my $web = $pg->connect('shop_web');
my $dbh = $pg->dbh;
my %lease = (lease_seconds => 600);


sub claim { return @{call($web, 'jobs_claim', {owner => 'w', limit => 10, moodle => JSON::PP::true, %lease, @_})->{jobs}} }


sub finish {
    my ($job, %change) = @_;
    return call($web, 'job_end', {job => $job->{id}, token => $job->{token}, state => 'done', step => 'enrol',
        reason => undef, code => undef, delay_ms => 0, tried => JSON::PP::false, unknown => JSON::PP::false,
        feedback => {product => 'P', handler => 'std_enrolonecourse', event => 'done', vars => {}}, %change})->{verdict};
}


sub mails { return @{call($web, 'mails_claim', {owner => 'w', limit => 10, lease_seconds => 60})->{mails}} }


my @elements = (
    {code => 'STARTER_COURSE', itemid => 1, name => 'Course', handler => 'std_enrolonecourse',
     params => {coursename => 'EXCEL-1'}, customerdata => undef},
    {code => 'WORKBOOK', itemid => 2, name => 'Book', handler => '', params => {}, customerdata => undef});
my ($order) = paid($web, [line($dbh, 'excel_basics', 1), line($dbh, 'workbook', 3),
    line($dbh, 'starter_bundle', 2, elements => \@elements)]);
is($pg->value(q{select string_agg(handler || ':' || element || ':' || unit, ' ' order by id) from shop.jobs}),
    'std_enrolonecourse::1 ::0 std_enrolonecourse:STARTER_COURSE:1 std_enrolonecourse:STARTER_COURSE:2 :WORKBOOK:0',
    'a job per unit and element, one per line without handler');

my @jobs = claim();
is(scalar @jobs, 1, 'one customer, one job at a time');
my $job = $jobs[0];
is($job->{inputs}{params}{coursename}, 'EXCEL-1', 'it knows its parameters');
is($job->{inputs}{customer}{firstname}, 'Zoé', 'its customer');
is($job->{inputs}{shop}{utc_offset} % 3600, 0, 'its shop');
is($job->{inputs}{product}{code}, 'EXCEL_BASICS', 'its product');
is_deeply($job->{steps}, {}, 'and no step yet');
is(scalar claim(), 0, 'nothing else for anybody');

my %held = (job => $job->{id}, token => $job->{token}, %lease);
is(call($web, 'job_step', {%held, step => 'course', done => JSON::PP::true, output => {id => 5}})->{verdict}, 'ok', 'a step');
is(call($web, 'job_step', {%held, step => 'user', done => JSON::PP::false, output => {tried => 1}})->{verdict}, 'ok', 'progress');
is(call($web, 'job_step', {%held, token => 99, step => 'user', done => JSON::PP::true, output => {}})->{verdict}, 'lost',
    'an old claim changes nothing');

$dbh->do(q{update shop.jobs set nexttry = now() - interval '1 s' where id = ?}, undef, $job->{id});
my ($taken) = claim();
is($taken->{id}, $job->{id}, 'an expired lease is taken over');
ok($taken->{unknown}, 'its last act is unknown');
is_deeply([$taken->{steps}, $taken->{progress}], [{course => {id => 5}}, {tried => 1}], 'what was stored is there');
is(finish($job), 'lost', 'the late worker is told');

is(finish($taken, state => 'pending', delay_ms => 60_000, tried => JSON::PP::true), 'ok', 'a try failed');
my @next = claim();
isnt($next[0]{id}, $job->{id}, 'it waits, another goes on');
is($next[0]{inputs}{handler}, '', 'the next line');
finish($next[0]);
$dbh->do('update shop.jobs set nexttry = now() where state = ?', undef, 'pending');
is(scalar claim(moodle => JSON::PP::false), 1, 'without Moodle only what needs none');
my ($book) = map { {id => $_->[0], token => $_->[1]} } @{$dbh->selectall_arrayref(
    q{select id, token from shop.jobs where state = 'running'})};
finish($book);

my ($unheard) = claim(owner => 'deaf');
is(scalar claim(owner => 'deaf', held => [$unheard->{id}]), 0, 'what a worker has stays its own');
is(scalar claim(owner => 'other', held => []), 0, 'also from the sight of others');
my ($again) = claim(owner => 'deaf', held => []);
is($again->{id}, $unheard->{id}, 'a job whose claim was not heard of is free for the next one');
ok($again->{unknown}, 'as one of unknown outcome');
is($again->{tries}, 1, 'tries are counted');
ok($again->{failing_since}, 'since when');
my %hold = (job => $again->{id}, token => $again->{token});
my %instance = (%hold, contexttype => 'userenrol', instanceid => 5, startdate => '2026-11-01T00:00:00Z',
    enddate => undef, productiondata => {userid => 42, courseid => 5});
my $made = call($web, 'instance_record', \%instance);
like($made->{reference}, qr/^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$/, 'an instance with a reference');
is(call($web, 'instance_record', \%instance)->{reference}, $made->{reference}, 'recorded once');
is(call($web, 'customer_find', {email => $order->{customer}{email}})->{hasaccount}, 42, 'the customer has an account now');

my %certificate = (%hold, number => 'C-2026-AAAA-BBBB-CCCC-DDDD', holder => 'Zoé Martin', course => 'Excel',
    completed_at => '2026-11-01T00:00:00Z', reference => $made->{reference}, template => 1);
is(call($web, 'certificate_issue', \%certificate)->{number}, $certificate{number}, 'a certificate');
is(call($web, 'certificate_issue', {%certificate, number => 'C-2026-X'})->{number}, $certificate{number}, 'keeps its number');
is(call($web, 'certificate_verify', {number => 'c-2026-aaaa-bbbb-cccc-dddd'})->{holder}, 'Zoé Martin', 'anybody may check it');
is(call($web, 'certificate_verify', {number => 'C-2026-X'})->{error}, 'unknown', 'a false one is none');
finish($again);
ok($pg->value(q{select produced is not null from shop.bill_items order by id limit 1}), 'the line is produced');

is(join(' ', map { $_->{template} } mails()), 'transaction_input', 'the sales team is told of the launch, the other mails wait');
my ($course) = claim();
is_deeply($course->{inputs}{covered}, [{id => 5}], 'courses of other instances are known');
finish($course, state => 'blocked', reason => 'course_missing', delay_ms => 3_600_000);
is(call($web, 'order_read', {transid => $order->{transid}})->{production}, 'trouble', 'trouble shows');
finish((claim())[0]);
is(scalar mails(), 0, 'mails wait for the invoice');
call($web, 'registrar_run', {limit => 10});
my @sent = mails();
is(join(' ', map { $_->{template} } @sent), 'sales_feedback transaction_confirm', 'then they go, with what is done');
is($sent[0]{to}{address}, $order->{customer}{email}, 'to the buyer');
is($sent[0]{lang}, 'fr', 'in his language');
like($sent[0]{order}{invoice_number}, qr/^AC-TB-/, 'with the invoice');
is(scalar @{$sent[0]{feedback}}, 5, 'and what production said');
is(scalar mails(), 0, 'a claimed mail is not claimed twice');
my %mail = map { ($_ => {mail => $sent[$_]{id}, token => $sent[$_]{token}, error => undef, final => JSON::PP::false}) } 0, 1;
is(call($web, 'mail_done', $mail{0})->{verdict}, 'ok', 'sent');
is(call($web, 'mail_done', $mail{0})->{verdict}, 'lost', 'once');
is(call($web, 'mail_retry', {%{$mail{1}}, error => 'smtp 451'})->{given_up}, JSON::PP::false, 'not sent: later');
is($pg->value(q{select state || tries from shop.mails where id = ?}, $sent[1]{id}), 'queued1', 'it waits');

$dbh->do(q{update shop.jobs set nexttry = now() where state = 'blocked'});
finish((claim())[0]);
is(call($web, 'order_read', {transid => $order->{transid}})->{status}, 'COMPLETE', 'all is done');
is(join(' ', map { $_->{template} } mails()), 'sales_feedback', 'the buyer hears of the rest');

my $gone = $sent[1]{id};
for my $try (2 .. 6) {
    $dbh->do('update shop.mails set nexttry = now() where id = ?', undef, $gone);
    my ($one) = mails();
    my $end = call($web, 'mail_retry', {mail => $one->{id}, token => $one->{token}, error => 'smtp 550', final => JSON::PP::false});
    is($end->{given_up} ? 'failed' : 'queued', $try == 6 ? 'failed' : 'queued', "try $try of a mail that nobody takes");
}
is($pg->value('select state from shop.mails where id = ?', $gone), 'failed', 'it is given up');

my %login = (shop => 'ac', email => 'a@example.org', lang => 'en', key => 'k1', url => 'http://x/', minutes => 15);
is(call($web, 'login_request', \%login)->{verdict}, 'ok',     'a one-time link is queued');
is(call($web, 'login_request', \%login)->{verdict}, 'exists', 'once per key');
my ($link) = mails();
is($link->{data}{url}, 'http://x/', 'it carries the address');
call($web, 'mail_done', {mail => $link->{id}, token => $link->{token}});
is($pg->value('select data from shop.mails where id = ?', $link->{id}), undef, 'which is forgotten once sent');

is($pg->value(q{select bool_and(reference_make ~ '^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$')
    from (select shop.reference_make() from generate_series(1, 200)) as x}), 1, 'references are well formed');
$web->disconnect;
done_testing();
