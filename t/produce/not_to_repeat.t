#!/usr/bin/perl

# Bugs of handlers not to repeat, by their numbers in handlers.md 15, as far as no other test has them in its
# name: scenarios.t (8, 9, 13, 14), seats.t (21, 22), operations.t (17, 20, 24, 27, 28).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use Test::More;

use Cases;
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


bug '15.1 relative ends and durations work, renewable or not' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', endtime => '+10D'});
    is(enrolment()->{timeend}, $paid + 10 * $day, '+10D');
    sell('std_enrolonecourse', {coursename => 'CUSTOMERS', endtime => '+12H'});
    is($moodle->enrolment(user(), 21)->{timeend}, $paid + 12 * 3600, '+12H');
    sell('std_enrolonecourse', {coursename => 'MODEL', duration => '3'});
    is($moodle->enrolment(user(), 22)->{timeend}, $paid + 3 * $day, 'duration');
};

bug '15.5 an account that is there is not changed, and gets no new password' => sub {
    my %before = %{$moodle->{users}{50}};
    sell('std_enrolonecourse', {coursename => 'EXCEL-1'}, email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    is_deeply($moodle->{users}{50}, \%before, 'Zoe is as she was');
    is((grep { $_->{subject} =~ /account/i } @{$moodle->{mails}}), 0, 'no mail about an account');
};

bug '15.9 a support course is found by its name or by its id' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1', customersupport => '21'});
    ok($moodle->enrolment(user(), 21), 'by its id');
};

bug '15.14 units of one order have references of their own' => sub {
    sell('std_registeredproduct', {duration => '10', customersupport => q{}}, quantity => 5);
    is($dbh->selectrow_array('select count(distinct reference) from shop.product_instances'), 5, 'five');
};

bug '15.16 each way of naming a course works, none is a message' => sub {
    sell('std_enrolonecourse', {courseid => '20'});
    ok(enrolment(), 'by id');
    sell('std_enrolonecourse', {courseidnumber => 'customers'});
    ok($moodle->enrolment(user(), 21), 'by ID number');
    is(stuck('std_enrolonecourse', {}), 'blocked course_parameter', 'none: blocked, with its reason');
    $moodle->{courses}{22}{manual} = 0;
    like(stuck('std_enrolonecourse', {coursename => 'MODEL'}), qr/^blocked /, 'no manual enrolment: blocked, not broken');
};

bug '15.18 an unlimited enrolment does not become limited' => sub {
    sell('std_enrolonecourse', {coursename => 'EXCEL-1'});
    is(stuck('std_extendenrolperiod', {coursename => 'EXCEL-1', extension => '10'}, answers => {productcode => [
        scalar $dbh->selectrow_array('select reference from shop.product_instances')]}), 'manual ref_unlimited', 'it is refused');
    is(enrolment()->{timeend}, 0, 'and unlimited');
};

bug '15.19 a late prorogation counts from now, an unlimited one is refused' => sub {
    sell('std_registeredproduct', {customersupport => q{}});
    is(stuck('std_prorogate', {timeshift => '10'}, answers => {productcode => [
        scalar $dbh->selectrow_array('select reference from shop.product_instances')]}), 'manual ref_unlimited', 'unlimited');
};

bug '15.25 the quantity counts for attempts' => sub {
    sell('std_addquizattempts', {coursename => 'EXCEL-1', quizid => '7', attemptsamount => '2'}, quantity => 3,
        email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    is((map { $_->{attempts} } values %{$moodle->{overrides}})[0], 9, 'three of the quiz and six');
};

bug '15.26 credits come once, however often the job runs' => sub {
    my ($job) = Cases::sell($p, {handler => 'std_addtrainingcredits', name => 'credits', params => {creditsamount => '5'}});
    my $run = $p->claim($job);
    eval { $p->drive($run, each => sub { die "died\n" if $_[1]{step} eq 'support' || $_[1]{kind} eq 'ask' && $_[0]{asked}++ }) };
    $p->finish($p->crash($run));
    $p->finish($p->claim($job)) if $dbh->selectrow_array('select state from shop.jobs where id = ?', undef, $job) ne 'done';
    is($dbh->selectrow_array('select balance from shop.credit_accounts'), 5, 'five');
};

bug '15.29 answers are those of the unit, the quantity counts, teachers stay as they were' => sub {
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
done_testing();
