#!/usr/bin/perl

# Bugs of handlers not to repeat, by their numbers in handlers.md 15, as far as no other test has them. The table
# in README.md says which test has which number: here it is checked that each of them does.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use Test::More;

use Cases;
use JSON::PP ();
use Orders ();
use Shop::Pg;
use Shop::Production;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->begin_work;
my $p      = Shop::Production->new(dbh => $dbh, seed => Cases::seed());
my $moodle = $p->state;
my $paid   = Cases::paid_at();
my $day    = 86_400;


# Sells and drives; gives what the jobs were handed back with.
sub sell {
    my ($handler, $params, %more) = @_;
    return map { $p->finish($p->claim($_)) } Cases::sell($p, {handler => $handler, name => $handler, params => $params, %more});
}


# Sells what cannot be produced; gives how it was handed back.
sub stuck {
    my ($handler, $params, %more) = @_;
    my ($job) = Cases::sell($p, {handler => $handler, name => $handler, params => $params, %more});
    my $run = $p->claim($job);
    my $act = $p->drive($run);
    $p->hand_back($run, step => $act->{step}, reason => $act->{reason}, state => $act->{kind});
    return "$act->{kind} $act->{reason}";
}


sub user { my ($email) = @_; return (map { $_->{id} } grep { $_->{email} eq ($email // 'zoe@new.example') } $moodle->users)[0] }
sub enrolment { return $moodle->enrolment(user(), 20) }


sub bug {
    my ($name, $code) = @_;
    my $mark = $p->mark;
    subtest $name => $code;
    $p->back($mark);
    return;
}


bug 'oddity 1: relative ends and durations work, renewable or not' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', endtime => '+10D'});
    is(enrolment()->{timeend}, $paid + 10 * $day, '+10D');
    sell('std_enrolonecourse', {coursename => 'CUSTOMERS', endtime => '+12H'});
    is($moodle->enrolment(user(), 21)->{timeend}, $paid + 12 * 3600, '+12H');
    sell('std_enrolonecourse', {coursename => 'MODEL', duration => '3'});
    is($moodle->enrolment(user(), 22)->{timeend}, $paid + 3 * $day, 'duration');
};

bug 'oddity 3: what is done before a payment is done once' => sub {
    my $line  = Orders::line($dbh, 'free_taster', 1, handler => 'std_enrolonecourse', params => {coursename => 'EXCEL-1'}, unitcost => '10.00', untaxed => '10.00', taxed => '12.00');
    my $order = Orders::order([$line], paymode => 'check', interface => 'check');
    Orders::call($dbh, 'place_orders', [$order]);
    my %which = (transid => $order->{transid}, shop => 1);
    $p->sql('order_confirm', \%which);
    my $jobs = sub { return @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = ? and state = 'pending'}, undef, $_[0])} };
    my $made = 0;
    my $run  = sub { $p->finish($p->claim($_), each => sub { $made++ if $_[1]{function} eq 'core_user_create_users' }) for $jobs->($_[0]) };
    $run->('prepay');
    is($made, 1, 'the account, when the order is confirmed');
    $p->sql('mark_paid', {%which, actor => 'staff'});
    is(scalar $jobs->('prepay'), 0, 'nothing of it is left when it is paid');
    $run->('postpay');
    is($made, 1, 'nor done again');
    ok($moodle->enrolment(user($order->{customer}{email}), 20), 'and the course');
};

bug 'oddity 4: who has bought has it, whoever is at the screen' => sub {
    my %known = (email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    for (['std_unlockpdcertificate', coursename => 'EXCEL-1', releasegroup => 'c', enrol => '1'], ['std_enrolonecoursemultiple', coursename => 'EXCEL-1', duration => '30'], ['std_extendenrolperiod', coursename => 'EXCEL-1', extension => '1'],
        ['std_addquizattempts', coursename => 'EXCEL-1', quizid => '7'], ['std_addtrainingcredits'],
        ['std_assignroleoncontext', contextlevel => 'course', instance => '20', role => 'teacher']) {
        my ($handler, %params) = @{$_};
        sell($handler, \%params, %known, answers => $handler =~ /extend/ ? {productcode => [q{}]} : undef);
        is($dbh->selectrow_array(q{select productiondata ->> 'userid' from shop.product_instances order by id desc limit 1}), 50, $handler);
    }
};

bug 'oddity 6: an address is the same in capitals' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1'}, email => 'ZOE@Known.example', order => {proven => 'mail'});
    ok($moodle->enrolment(50, 20), 'the account that is there');
    is((grep { lc $_->{email} eq 'zoe@known.example' } $moodle->users), 1, 'and no second one');
};

bug 'oddity 7: a failure is in the job, the order and an alert, without any mail' => sub {
    is(stuck('std_enrolonecourse', {}), 'blocked course_parameter', 'a customer without an account');
    my ($transid) = $dbh->selectrow_array('select transid from shop.bills order by id desc limit 1');
    my $read = $p->sql('order_read', {transid => $transid});
    is("$read->{production} $read->{items}[0]{reason}", 'trouble course_parameter', 'the order says it');
    like($dbh->selectrow_array('select message from shop.alerts order by id desc limit 1'), qr/^Job \d+ is blocked: course_parameter/, 'staff are told');
};

bug 'oddity 8: elements of a bundle have their own answers, and their own instances' => sub {
    sell(q{}, {}, elements => [map { {code => "E-$_", shortname => lc "e-$_", name => $_, quantity => 1, handler => 'std_createcourse',
        params => {coursecategory => '30'}, customerdata => {fullname => ["Space $_"]}} } qw(A B)]);
    is_deeply([sort grep { /^Space/ } map { $_->{fullname} } $moodle->courses], ['Space A', 'Space B'], 'the answers');
    is_deeply($dbh->selectcol_arrayref('select element from shop.product_instances order by 1'), ['E-A', 'E-B'], 'the instances');
};

bug 'oddity 10: support and more courses come with a licence, for the buyer' => sub {
    sell('std_registeredproduct', {duration => '10', extrasupport => 'EXCEL-1', customersupport => 'CUSTOMERS'});
    ok($moodle->enrolment(user(), $_), "course $_") for 20, 21;
};

bug 'oddity 13: an enrolment that was made again by hand is still ours' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', duration => '30'});
    $moodle->unenrol(user(), 20);
    $moodle->enrol(user(), 20, {roleid => 5});
    $p->finish($p->claim($p->sql('instance_operate', {id => scalar $dbh->selectrow_array('select id from shop.product_instances'), action => 'suspend'})->{job}));
    is(enrolment()->{suspended}, 1, 'suspended');
};

bug 'oddity 15: short names of courses are counted on' => sub {
    sell('std_createcourse', {coursecategory => '30'}, answers => {fullname => ["Course $_"]}) for 1 .. 3;
    my @names = sort map { $_->{shortname} } grep { ($_->{categoryid} // 0) == 30 } $moodle->courses;
    is(join(q{ }, map { s/^.*_//r } @names), '1 2 3', "@names");
};

bug 'oddity 5: an account that is there is not changed, and gets no new password' => sub {
    my %before = %{$moodle->{users}{50}};
    sell('std_enrolonecourse', {coursename => 'EXCEL-1'}, email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    is_deeply($moodle->{users}{50}, \%before, 'Zoe is as she was');
    my $new;
    my ($job) = Cases::sell($p, {handler => 'std_enrolonecourse', name => 'new', params => {coursename => 'CUSTOMERS'}});
    $p->finish($p->claim($job), each => sub { $new = $_[1]{document} if $_[1]{function} eq 'core_user_create_users' });
    like($new, qr/"createpassword":(?:true|1)\b/, 'Moodle makes the password of a new one, and has it changed');
    unlike($new, qr/"password"/, 'which the shop never knows');
    $moodle->{mails} = [];
    is((grep { $_->{subject} =~ /account/i } @{$moodle->{mails}}), 0, 'no mail about an account');
};

bug 'oddity 9: a support course is found by its name or by its id' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', customersupport => '21'});
    ok($moodle->enrolment(user(), 21), 'by its id');
};

bug 'oddity 14: units of one order have references of their own' => sub {
    sell('std_registeredproduct', {duration => '10', customersupport => q{}}, quantity => 5);
    is($dbh->selectrow_array('select count(distinct reference) from shop.product_instances'), 5, 'five');
};

bug 'oddity 16: each way of naming a course works, none is a message' => sub {
    sell('std_enrolonecourse', {courseid => '20'});
    ok(enrolment(), 'by id');
    sell('std_enrolonecourse', {courseidnumber => 'customers'});
    ok($moodle->enrolment(user(), 21), 'by ID number');
    is(stuck('std_enrolonecourse', {}), 'blocked course_parameter', 'none: blocked, with its reason');
    $moodle->{courses}{22}{manual} = 0;
    like(stuck('std_enrolonecourse', {coursename => 'MODEL'}), qr/^blocked /, 'no manual enrolment: blocked, not broken');
};

bug 'oddity 18: an unlimited enrolment does not become limited' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1'});
    is(stuck('std_extendenrolperiod', {coursename => 'EXCEL-1', extension => '10'}, answers => {productcode => [
        scalar $dbh->selectrow_array('select reference from shop.product_instances')]}), 'manual ref_unlimited', 'it is refused');
    is(enrolment()->{timeend}, 0, 'and unlimited');
};

bug 'oddity 19: a late prorogation counts from now, an unlimited one is refused' => sub {
    sell('std_registeredproduct', {customersupport => q{}});
    is(stuck('std_prorogate', {timeshift => '10'}, answers => {productcode => [
        scalar $dbh->selectrow_array('select reference from shop.product_instances')]}), 'manual ref_unlimited', 'unlimited');
};

bug 'oddity 19: an end that has passed counts from now, in Moodle, too' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', duration => '30'});
    $dbh->do(q{update shop.product_instances set startdate = startdate - interval '90 days', enddate = enddate - interval '90 days'});
    sell('std_prorogate', {timeshift => '10'}, answers => {productcode => [q{}]});
    is($dbh->selectrow_array('select shop.epoch(enddate) from shop.product_instances where enddate is not null'), $paid + 10 * $day, 'ten days from the payment');
    is(enrolment()->{timeend}, $paid + 10 * $day, 'in Moodle as well');
};

bug 'oddity 21: the buyer of a session supervises it, unless the product says that he does not' => sub {
    my %one = (quantity => 1, users => {student => [{firstname => 'Ann', lastname => 'Vert', email => 'ann@new.example'}]});
    sell('std_setuponecoursesession', {coursename => 'EXCEL-1', autoenrolsupervisor => '0'}, %one);
    is(enrolment(), undef, 'not here');
    sell('std_setuponecoursesession', {coursename => 'MODEL'}, %one);
    is(join(q{ }, keys %{$moodle->enrolment(user(), 22)->{roles}}), 4, 'but here');
    is(join(q{ }, keys %{$moodle->enrolment(user('ann@new.example'), 22)->{roles}}), 5, 'who learns, learns');
};

bug 'oddity 23: without a number everybody may come, as a learner' => sub {
    sell('std_openltiaccess', {coursename => 'EXCEL-1'}, email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    my ($key, $max) = $dbh->selectrow_array(q{select reference, productiondata ->> 'max' from shop.product_instances});
    is($max, 0, 'no limit');
    $p->sql('lti_launch', {key => $key, subject => 's', firstname => 'Ann', lastname => 'Vert', email => 'ann@new.example',
        instructor => JSON::PP::true, outcome_url => q{}, sourcedid => q{}});
    $p->finish($p->claim($_)) for @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = 'action'})};
    is(join(q{ }, keys %{$moodle->enrolment(user('ann@new.example'), 20)->{roles}}), 5, 'a learner, even who teaches there');
};

bug 'oddity 25: the quantity counts for attempts' => sub {
    sell('std_addquizattempts', {coursename => 'EXCEL-1', quizid => '7', attemptsamount => '2'}, quantity => 3,
        email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    is((map { $_->{attempts} } values %{$moodle->{overrides}})[0], 9, 'three of the quiz and six');
};

bug 'oddity 26: credits come once, however often the job runs' => sub {
    my ($job) = Cases::sell($p, {handler => 'std_addtrainingcredits', name => 'credits', params => {creditsamount => '5'}});
    my $run = $p->claim($job);
    eval { $p->drive($run, each => sub { die "died\n" if $_[1]{step} eq 'support' || $_[1]{kind} eq 'ask' && $_[0]{asked}++ }) };
    $p->finish($p->crash($run));
    $p->finish($p->claim($job)) if $dbh->selectrow_array('select state from shop.jobs where id = ?', undef, $job) ne 'done';
    is($dbh->selectrow_array('select balance from shop.credit_accounts'), 5, 'five');
};

bug 'oddity 29: answers are those of the unit, the quantity counts, teachers stay as they were' => sub {
    sell('std_createcourse', {coursecategory => '30'}, quantity => 2, answers => {fullname => ['First', 'Second']});
    is_deeply([sort map { $_->{fullname} } grep { ($_->{categoryid} // 0) == 30 } $moodle->courses], ['First', 'Second'], 'two courses, two names');
    my ($id, $course) = $dbh->selectrow_array('select id, instanceid from shop.product_instances order by id limit 1');
    $moodle->enrol(51, $course, {roleid => 5, suspend => 1, mail => 0});
    for my $action (qw(suspend resume)) {
        $p->finish($p->claim($p->sql('instance_operate', {id => $id, action => $action})->{job}));
    }
    is($moodle->enrolment(51, $course)->{suspended}, 1, 'who was suspended by the teacher stays so');
};

$dbh->rollback;


# --- the table: every number has its test, which has it in a name ---

sub text_of { my ($path) = @_; open my $file, '<', $path or return q{}; local $/ = undef; return scalar <$file> }

my %where = text_of("$FindBin::Bin/README.md") =~ /^\| ((?:scenario|oddity) \d+) \| `([^`]+)` \|$/mg;
my @all = ((map { "scenario $_" } 3, 4, 6 .. 15, 17 .. 20), (map { "oddity $_" } 1 .. 32));
for my $number (sort keys %{{map { $_ => 1 } @all, keys %where}}) {
    my $path = $where{$number} // 'nowhere';
    ok(text_of("$FindBin::Bin/../$path") =~ /['"][^'"\n]*\b\Q$number\E[:,]/, "the table: $number is in $path");
}

done_testing();
