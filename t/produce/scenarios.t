#!/usr/bin/perl

# Acceptance scenarios of production that are about more than one order, one person or one moment; and
# what other shops got wrong. Numbers: handlers.md 13 and 15; README.md here says where each of them is.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use JSON::PP ();
use Test::More;

use Cases;
use Orders ();
use Shop::Pg;
use Shop::Production;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->begin_work;
my $p    = Shop::Production->new(dbh => $dbh, seed => Cases::seed());
my $DAY  = 86_400;
my $PAID = Cases::paid_at();


sub scenario {
    my ($name, $code) = @_;
    my $mark = $p->mark;
    subtest $name => $code;
    $p->back($mark);
    return;
}


sub sell { my (%case) = @_; return Cases::sell($p, {name => $case{handler}, %case}) }
sub run  { my ($job) = @_; my @back = $p->finish($p->claim($job)); return (grep { $_ ne 'wait' } @back) ? fail("job ends: @back") : () }


# Until the job is handed back, without mending anything. Gives the reason.
sub stop {
    my ($job) = @_;
    my $act = $p->drive(my $run = $p->claim($job));
    $p->hand_back($run, step => $act->{step}, state => $act->{kind} eq 'wait' ? 'waiting' : $act->{kind}, reason => $act->{reason},
        feedback => JSON::PP->new->decode($p->step->line($p->question($run, 'feedback', '"event":"failed"'))));
    return "$act->{kind} $act->{reason}";
}


sub enrolment { my ($user, $course) = @_; return $p->state->enrolment($user, $course) }


scenario 'scenarios 3, 4, 6, 7: two items of a new buyer whose name is taken, a course of the future, a late production' => sub {
    $p->state->add_user({username => 'zoe.martin', firstname => 'Zoe', lastname => 'Martin', email => 'other@new.example'});
    $p->state->{courses}{22}{startdate} = $PAID + 10 * $DAY;
    local $p->{now} = $PAID + 2 * $DAY;
    run($_) for map { sell(handler => 'std_enrolonecourse', params => {coursename => $_, duration => '30'}) } qw(EXCEL-1 MODEL);
    my @own = grep { $_->{email} eq 'zoe@new.example' } $p->state->users;
    is(scalar @own, 1, 'scenario 3: one account');
    is($own[0]{username}, 'zoe.martin1', 'scenario 4: under the next free name');
    is(enrolment($own[0]{id}, 20)->{timestart}, $PAID, 'scenario 7: the period begins with the payment, however late production is');
    is(enrolment($own[0]{id}, 22)->{timestart}, $PAID + 10 * $DAY, 'scenario 6: with the course, when that begins later');
    is(enrolment($own[0]{id}, 22)->{timeend}, $PAID + 40 * $DAY, 'scenario 6: and its length is counted from there');
};

scenario 'scenario 15: a certificate that is bought before the course is completed' => sub {
    $p->state->{courses}{20}{criteria} = 1;
    my ($job) = sell(handler => 'std_unlockpdcertificate', Cases::known(), params => {coursename => 'EXCEL-1',
        releasegroup => 'cert', enrol => '1', requirecompletion => '1'});
    is(stop($job), 'wait not_completed', 'waits');
    is(scalar(grep { $_->{idnumber} eq 'cert' && $_->{members}{50} } values %{$p->state->{groups}}), 0, 'and is not released');
    $p->state->{completions}{'50/20'} = $p->{now};
    run($job);
    is(scalar(grep { $_->{idnumber} eq 'cert' && $_->{members}{50} } values %{$p->state->{groups}}), 1, 'until it is completed');
};

scenario 'scenario 8: two extensions, the first of them late' => sub {
    run($_) for sell(handler => 'std_enrolonecourse', params => {coursename => 'EXCEL-1', duration => '30'});
    my %more = (handler => 'std_extendenrolperiod', params => {coursename => 'EXCEL-1', extension => '10'}, answers => {productcode => [q{}]});
    my ($first) = sell(%more);
    my ($second) = sell(%more);
    my $late = $p->claim($first);
    eval { $p->drive($late, each => sub { die "late\n" if $_[1]{kind} eq 'call' && $_[1]{step} eq 'enrol' }); 1 };
    is($@, "late\n", 'the first one has its target, and waits');
    $p->hand_back($late, state => 'pending', step => 'enrol');
    run($second);
    my ($user) = map { $_->{id} } grep { $_->{email} eq 'zoe@new.example' } $p->state->users;
    is(enrolment($user, 20)->{timeend}, $PAID + 50 * $DAY, 'the second one counts both');
    run($first);
    is(enrolment($user, 20)->{timeend}, $PAID + 50 * $DAY, 'and the late one shortens nothing');
};

scenario 'scenario 9: a session of three, one account is suspended' => sub {
    $p->state->{users}{51}{suspended} = 1;
    my @jobs = sell(handler => 'std_setuponecoursesession', quantity => 3, params => {coursename => 'EXCEL-1'},
        users => {student => [map { {firstname => $_, lastname => 'Noir', email => lc "$_\@" . ($_ eq 'Lea' ? 'known' : 'new') . '.example'} } qw(Ann Lea Bob)]});
    is(scalar @jobs, 4, 'the buyer and three people');
    run($_) for @jobs[0, 1, 3];
    is(stop($jobs[2]), 'manual account_suspended', 'one is for a person to decide');
    my ($status) = $dbh->selectrow_array('select status from shop.bills order by id desc limit 1');
    is($status, 'SOLDOUT', 'the order is not complete');
    is(scalar @{$p->world->{instances}}, 2, 'two seats are done');
    my ($transid) = $dbh->selectrow_array('select transid from shop.bills order by id desc limit 1');
    is_deeply([map { "$_->{event} $_->{reason}" } grep { $_->{event} eq 'failed' } @{$p->sql('order_read', {transid => $transid})->{feedback}}],
        ['failed account_suspended'], 'the sales mail says so');
    is($dbh->selectrow_array(q{select count(*) from shop.mails m join shop.bills b on b.id = m.billid
        where b.transid = ? and m.template = 'sales_feedback' and m.nexttry <= now()}, undef, $transid), 1, 'and may go');
    $p->state->{users}{51}{suspended} = 0;
    $dbh->do('update shop.jobs set state = ? where id = ?', undef, 'pending', $jobs[2]);
    run($jobs[2]);
    ($status) = $dbh->selectrow_array('select status from shop.bills order by id desc limit 1');
    is($status, 'COMPLETE', 'once it is decided the order is complete');
};

scenario 'two orders for the same quiz, the first of them late' => sub {
    my %sale = (handler => 'std_addquizattempts', Cases::known(), params => {coursename => 'EXCEL-1', quizid => '7'}, quantity => 2);
    my ($first)  = sell(%sale);
    my ($second) = sell(%sale);
    my $late = $p->claim($first);
    eval { $p->drive($late, each => sub { die "late\n" if $_[1]{function} eq 'mod_quiz_save_overrides' }); 1 };
    $p->hand_back($late, state => 'pending', step => 'save');
    run($second);
    run($first);
    my ($override) = values %{$p->state->{overrides}};
    is($override->{attempts}, 7, 'three of the quiz and twice two');
};

scenario 'scenario 13: the end of a role' => sub {
    my %sale = (handler => 'std_assignroleoncontext', params => {contextlevel => 'course', instance => '20', role => 'teacher', endtime => '+5D'});
    run($_) for sell(%sale);
    my ($role) = keys %{$p->state->{assignments}};
    my $pass = sub {
        $dbh->do(q{update shop.schedules set dueat = now() - interval '1 s' where doneat is null});
        $dbh->do(q{update shop.product_instances set startdate = now() - interval '9 days', enddate = now() - interval '1 s' where id = ?}, undef, $_[0]);
        $dbh->do('select shop.schedules_run()');
        run($_) for @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = 'schedule' and state = 'pending'})};
    };
    my ($first) = $dbh->selectrow_array('select id from shop.product_instances');
    run($_) for sell(%sale, params => {%{$sale{params}}, endtime => '+90D'});
    $dbh->do('delete from shop.schedules where productid <> ?', undef, $first);
    $pass->($first);
    ok($p->state->{assignments}{$role}, 'another order still needs it: it stays');
    my ($second) = $dbh->selectrow_array('select max(id) from shop.product_instances');
    $dbh->do(q{insert into shop.schedules (productid, action, dueat, params) values (?, 'unassign', now(), '{"action": "unassign", "at": "end"}')}, undef, $second);
    $pass->($second);
    is_deeply($p->state->{assignments}, {}, 'oddity 17: then it is taken away');
};

scenario 'a role that begins later' => sub {
    run($_) for sell(handler => 'std_assignroleoncontext', params => {contextlevel => 'course', instance => '20', role => 'teacher', starttime => '2099-01-01'});
    is_deeply($p->state->{assignments}, {}, 'is not given yet');
    $dbh->do(q{update shop.schedules set dueat = now()});
    $dbh->do(q{update shop.product_instances set startdate = now() - interval '1 s'});
    $dbh->do('select shop.schedules_run()');
    run($_) for @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = 'schedule'})};
    is(scalar keys %{$p->state->{assignments}}, 1, 'but at its date');
};

scenario 'scenario 14: a copy that broke off' => sub {
    my ($job) = sell(handler => 'std_createcourse', params => {coursecategory => '30', template => 'MODEL'}, answers => {fullname => ['Copy']});
    $p->state->{quizzes}{9} = {id => 9, course => 22, cmid => 90, name => 'Q', attempts => 1, used => {}, idnumber => q{}};
    $p->state->{removed}{'moodle/question:add'} = 1;
    is(stop($job), 'blocked moodle_rights', 'Moodle stops in the middle');
    is(scalar(grep { $_->{fullname} eq 'Copy' } $p->state->courses), 1, 'and leaves an empty course behind');
    delete $p->state->{removed}{'moodle/question:add'};
    run($job);
    my @made = grep { $_->{fullname} eq 'Copy' } $p->state->courses;
    is(scalar @made, 1, 'one course in the end');
    is($made[0]{copied}, 22, 'a whole one');
};

scenario 'oddity 18, oddity 19: references that cannot be extended' => sub {
    run($_) for sell(handler => 'std_enrolonecourse', params => {coursename => 'EXCEL-1'});
    my ($unlimited) = $dbh->selectrow_array('select reference from shop.product_instances');
    my %more = (handler => 'std_extendenrolperiod', params => {coursename => 'EXCEL-1', extension => '10'});
    my $try = sub { my ($code, %change) = @_; return stop((sell(%more, answers => {productcode => [$code]}, %change))[0]) };
    is($try->($unlimited), 'manual ref_unlimited', 'an unlimited one stays unlimited');
    $dbh->do(q{update shop.product_instances set enddate = now() + interval '9 days'});
    is($try->('AAAA-BBBB-CCCC-DDDD'), 'manual ref_unknown', 'one that does not exist');
    is($try->($unlimited, email => 'thief@new.example'), 'manual ref_not_yours', 'somebody else\'s');
    is($try->($unlimited, params => {coursename => 'MODEL', extension => '10'}), 'manual ref_other_product', 'one of another course');
    $dbh->do('update shop.product_instances set deleted = true');
    is($try->($unlimited), 'manual ref_deleted', 'one that is suspended');
};

scenario 'oddity 20: a shorter purchase after a longer one, and a deleted unit' => sub {
    my %sale = (handler => 'std_enrolonecoursemultiple');
    run($_) for sell(%sale, params => {coursename => 'EXCEL-1', duration => '60'});
    $dbh->do('update shop.product_instances set deleted = true');
    $p->state->{enrolments} = {};
    run($_) for sell(%sale, params => {coursename => 'EXCEL-1', duration => '5'});
    my ($user) = map { $_->{id} } grep { $_->{email} eq 'zoe@new.example' } $p->state->users;
    is(enrolment($user, 20)->{timeend}, $PAID + 5 * $DAY, 'what was deleted does not count');
};

scenario 'oddity 26: credits come once, and go with a refund' => sub {
    my ($job) = sell(handler => 'std_addtrainingcredits', params => {creditsamount => '7'});
    run($job);
    $dbh->do(q{update shop.jobs set state = 'pending', doneat = null, progress = null});
    $dbh->do('delete from shop.job_steps');
    run($job);
    is($p->world->{balances}[0]{balance}, 7, 'run again, credited once');
    my ($transid) = $dbh->selectrow_array('select transid from shop.bills order by id desc limit 1');
    is($p->sql('bill_flow', {transid => $transid, to => 'PAYBACK', actor => 'test'})->{verdict}, 'ok', 'the order is given back');
    is($p->world->{balances}[0]{balance}, 0, 'and the credits with it');
    is(join(q{ }, map { $_->{kind} } @{$p->world->{credits}}), 'bought refunded', 'both are written down');
};

scenario 'credits that were not spent in time' => sub {
    run($_) for sell(handler => 'std_addtrainingcredits', params => {creditsamount => '7', credits_validity => '1'});
    $dbh->do(q{update shop.credit_entries set expires = now() - interval '1 s'});
    $dbh->do('select shop.credits_expire()');
    $dbh->do('select shop.credits_expire()');
    is($p->world->{balances}[0]{balance}, 0, 'are gone, once');
};

scenario 'oddity 16, oddity 29: parameters that say nothing' => sub {
    my %expected = (
        std_assignroleoncontext => 'blocked contextlevel_parameter', std_extendenrolperiod => 'blocked course_parameter',
        std_createcategory => 'blocked parentcategory_parameter', std_createcourse => 'blocked coursecategory_parameter',
        std_setuponecoursesession => 'blocked course_parameter', std_enrolonecoursemultiple => 'blocked course_parameter',
        std_addquizattempts => 'blocked course_parameter',
    );
    is(stop((sell(handler => $_))[0]), $expected{$_}, $_) for sort keys %expected;
    is(stop((sell(handler => 'std_createcourse', params => {coursecategory => '30'}, answers => {fullname => [q{}]}))[0]),
        'manual coursename_empty', 'a course needs a name');
    is(stop((sell(handler => 'std_createcourse', params => {coursecategory => '30'}, answers => {fullname => ['X'], idnumber => ['excel-1']}))[0]),
        'manual courseidnumber_taken', 'and a free ID number');
    is(stop((sell(handler => 'std_assignroleoncontext', params => {contextlevel => 'system', role => 'student'}, answers => {foruser => ['nobody']}))[0]),
        'manual user_unknown', 'a person must exist');
};

scenario 'a function that the service lacks stops one job, not the site' => sub {
    $p->state->{removed}{core_role_assign_roles} = 1;
    my ($job) = sell(handler => 'std_assignroleoncontext', params => {contextlevel => 'course', instance => '20', role => 'teacher'});
    is(stop($job), 'blocked moodle_rights', 'the job is blocked');
};

scenario 'oddity 27: a licence is in force from its begin to its end, and not when it is suspended' => sub {
    run($_) for sell(handler => 'std_registeredproduct', params => {endtime => '2099-01-01', customersupport => q{}});
    my ($key) = $dbh->selectrow_array('select reference from shop.product_instances');
    my $valid = sub { return $p->sql('licence_verify', {reference => $_[0] // $key})->{valid} ? 1 : 0 };
    is($valid->(), 1, 'in force');
    is($valid->(lc $key =~ tr/-/ /r), 1, 'also as people write it');
    for my $change (q{deleted = true}, q{deleted = false, startdate = now() + interval '1 day'},
        q{startdate = now() - interval '9 days', enddate = now() - interval '1 s'}) {
        $dbh->do("update shop.product_instances set $change");
        is($valid->(), 0, "not with $change");
    }
    $dbh->do(q{update shop.product_instances set enddate = null, contexttype = 'userenrol'});
    is($valid->(), 0, 'and an enrolment is no licence');
};

scenario 'oddity 30: a site that a person makes, names that cannot be' => sub {
    my %sale = (handler => 'std_createvinstance', params => {template => 'base45', customersupport => q{}},
        answers => {shortname => ['acme'], name => ['ACME']});
    is(stop((sell(%sale, answers => {shortname => ['www'], name => ['ACME']}))[0]), 'manual host_reserved', 'a reserved name');
    is(stop((sell(%sale, answers => {shortname => ['-acme'], name => ['ACME']}))[0]), 'manual host_malformed', 'no name at all');
    is(stop((sell(%sale, params => {}))[0]), 'blocked template_parameter', 'a model is needed');
    local $p->{alone} = 'true';
    my ($job) = sell(%sale);
    is(stop($job), 'manual provisioner_none', 'without a provisioner a person makes it');
    is(stop((sell(%sale))[0]), 'manual host_taken', 'nobody else gets its name');
    is_deeply($p->sql('hosts_taken', {hosts => ['acme', 'other']}), {taken => ['acme']}, 'and is told so before he orders');
    my %made = (job => $job, url => 'https://acme.campus.example', actor => 'Ann');
    for my $wrong ({url => 'javascript:alert(1)'}, {actor => q{}}, {job => $job + 100}) {
        is($p->sql('site_made', {%made, %{$wrong}})->{verdict}, 'refused', join q{ }, 'refused:', %{$wrong});
    }
    is($p->sql('site_made', \%made)->{verdict}, 'ok', 'the person says where it is');
    is($p->sql('site_made', \%made)->{verdict}, 'refused', 'once');
    run($job);
    my ($instance) = @{$p->world->{instances}};
    is("$instance->{contexttype} $instance->{productiondata}{url}", "vmoodle $made{url}", 'and the sale goes on');
    is_deeply($p->world->{told}, [{template => 'site_made', toaddress => 'zoe@new.example'}], 'the buyer is told');
};

scenario 'scenario 17: a bundle of two courses, one of which is in error' => sub {
    $p->state->{courses}{22}{manual} = 0;
    my @elements = map { {code => "E-$_", shortname => lc "e-$_", name => $_, quantity => 1, handler => 'std_enrolonecourse', params => {coursename => $_, duration => '30'}} } qw(MODEL EXCEL-1);
    my ($broken, $good) = sell(handler => q{}, elements => \@elements);
    like(stop($broken), qr/^blocked /, 'the element in error is for a person');
    run($good);
    is(scalar @{$p->world->{instances}}, 1, 'oddity 2: it does not stop the other');
    is($dbh->selectrow_array('select status from shop.bills order by id desc limit 1'), 'SOLDOUT', 'the order is not complete');
    $p->state->{courses}{22}{manual} = 1;
    $dbh->do('update shop.jobs set state = ? where id = ?', undef, 'pending', $broken);
    run($broken);
    is(scalar @{$p->world->{instances}}, 2, 'two instances, when it is mended');
    is($dbh->selectrow_array('select status from shop.bills order by id desc limit 1'), 'COMPLETE', 'and the order is complete');
};

scenario 'scenario 18: launches of an access by LTI' => sub {
    run($_) for sell(handler => 'std_openltiaccess', Cases::known(), params => {coursename => 'EXCEL-1', maxenrolled => '20',
        enrolperiod => '86400', allow_instructors => '1'});
    my ($key) = $dbh->selectrow_array('select reference from shop.product_instances');
    my %who = (key => $key, firstname => 'Ann', lastname => 'Other', email => 'ann@platform.example', instructor => JSON::PP::false,
        outcome_url => 'https://platform.example/grades', sourcedid => 'x');
    my $launch = sub { my ($n, %more) = @_; return $p->sql('lti_launch', {%who, subject => "s$n", email => "ann$n\@platform.example", %more}) };
    my $jobs = sub { return @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = 'action' and state = 'pending' order by id})} };
    my $state = sub { return $p->sql('lti_state', {learner => $_[0]{learner}}) };

    my $first = $launch->(1);
    is($state->($first)->{state}, 'preparing', 'the place is being prepared');
    run($_) for $jobs->();
    my $ready = $state->($first);
    is($ready->{state}, 'ready', 'and ready');
    my ($learner) = grep { $_->{username} eq $ready->{username} } $p->state->users;
    is("@{$learner}{qw(firstname lastname email auth)}", 'Ann Other ann1@platform.example userkey', 'an account that no password opens');
    is(enrolment($learner->{id}, 20)->{timeend}, $p->{now} + $DAY, 'in the course, for his day');
    is(join(q{ }, grep { $_ eq "LTI $key" } map { $_->{name} } grep { $_->{members}{$learner->{id}} } values %{$p->state->{groups}}), "LTI $key", 'in the group of the access');
    is($p->sql('customer_find', {email => 'zoe@known.example'})->{hasaccount}, 50, 'the buyer stays who he is');
    is($launch->(1)->{learner}, $first->{learner}, 'he comes again');
    is(scalar $jobs->(), 0, 'and nothing is to be done');

    my %came = map { $_ => $launch->($_, $_ == 3 ? (email => q{}, firstname => q{}, lastname => q{}, instructor => JSON::PP::true) : ()) } 2 .. 20;
    $dbh->do(q{update shop.lti_learners set email = 'zoe@known.example' where subject = 's2'});
    run($_) for $jobs->();
    my $third = $state->($came{3});
    my ($nameless) = grep { $_->{username} eq $third->{username} } $p->state->users;
    is("$nameless->{firstname} $nameless->{lastname} $nameless->{email}", "Learner 3 $third->{username}\@campus.invalid", 'who shares nothing has a name all the same');
    is(join(q{ }, keys %{enrolment($nameless->{id}, 20)->{roles}}), '4', 'and teaches, if he does so there');
    my ($second) = grep { $_->{username} eq $state->($came{2})->{username} } $p->state->users;
    is($second->{email}, "$second->{username}\@campus.invalid", 'an address that somebody has is not taken from him');
    is($launch->(21)->{verdict}, 'full', 'scenario 18: the 21st finds no place');
    is($launch->(7)->{verdict}, 'ok', 'who has one comes in');

    $dbh->do(q{update shop.lti_learners set until = now() - interval '1 s' where id = ?}, undef, $first->{learner});
    $launch->(1);
    is(scalar(my @again = $jobs->()), 1, 'whose time was over');
    { local $p->{now} = $p->{now} + 3 * $DAY; run($_) for @again; }
    is(enrolment($learner->{id}, 20)->{timeend}, $p->{now} + 4 * $DAY, 'is let in again');

    my ($transid) = $dbh->selectrow_array('select transid from shop.bills order by id desc limit 1');
    my %tool = (transid => $transid, reference => $key);
    my $before = $p->sql('lti_secret', {key => lc $key})->{secret};
    is_deeply([@{$p->sql('lti_tool', \%tool)}{qw(mode key secret max used)}], ['proxy', $key, $before, 20, 20], 'the buyer sees what to enter');
    is($p->sql('lti_tool', {%tool, transid => 'OTHER'})->{error}, 'unknown', 'by his own order alone');
    is($p->sql('lti_renew', {%tool, secret => 'short'})->{verdict}, 'refused', 'a new secret is a long one');
    is($p->sql('lti_renew', {%tool, secret => 'x' x 24})->{verdict}, 'ok', 'he takes a new one');
    is($p->sql('lti_secret', {key => $key})->{secret}, 'x' x 24, 'which counts from now on');
    is($p->sql('lti_secret', {key => 'AAAA-BBBB-CCCC-DDDD'})->{secret}, undef, 'an unknown key has none');

    my $operate = sub { my $said = $p->sql('instance_operate', {reference => $key, actor => 'Ann', action => $_[0]}); run($said->{job}); return };
    $operate->('suspend');
    is($launch->(1)->{verdict}, 'closed', 'a suspended access lets nobody in');
    is($state->($first)->{state}, 'closed', 'nor who was on his way');
    $operate->('delete');
    is($launch->(1)->{verdict}, 'unknown', 'a deleted one is not there');
    ok(!enrolment($learner->{id}, 20), 'and who came by it is no longer in the course');
};

scenario 'a site some days after its end, and one that takes too long' => sub {
    my %sale = (handler => 'std_createvinstance', params => {template => 'base45', duration => '30', customersupport => q{}},
        answers => {shortname => ['acme'], name => ['ACME']});
    $p->finish($p->claim($_)) for sell(%sale);
    $dbh->do(q{update shop.schedules set dueat = now() - interval '1 s'});
    $dbh->do(q{update shop.product_instances set startdate = now() - interval '99 days', enddate = now() - interval '8 days'});
    $dbh->do('select shop.schedules_run()');
    run($_) for @{$dbh->selectcol_arrayref(q{select id from shop.jobs where phase = 'schedule'})};
    my ($site) = values %{$p->state->{sites}};
    is($site->{state}, 'suspended', 'is suspended');
    my ($reference) = keys %{$p->state->{sites}};
    my $operate = sub {
        my (%asked) = @_;
        my $said = $p->sql('instance_operate', {reference => $reference, actor => 'Ann', %asked});
        is($said->{verdict}, 'ok', "$asked{action}: done") or return;
        run($said->{job});
        return $site->{state};
    };
    is($operate->(action => 'update', enddate => '2030-01-01T00:00:00Z'), 'ready', 'prolonged, it is open again');
    is($site->{end}, 1_893_456_000, 'until the new end');
    is($operate->(action => 'suspend'), 'suspended', 'staff suspend it');
    is($operate->(action => 'resume'), 'ready', 'and open it again');
    $operate->(action => 'suspend');
    is($operate->(action => 'delete'), 'deleted', 'or delete it');
    $p->state->{slow_sites} = 1;
    my ($job) = sell(%sale, answers => {shortname => ['other'], name => ['Other']});
    is(stop($job), 'wait site_creating', 'one that is being made is waited for');
    local $p->{now} = $p->{now} + 7300;
    is(stop($job), 'manual provisioner_slow', 'for two hours');
};

scenario 'an unlimited quiz has nothing to sell' => sub {
    $p->state->{quizzes}{7}{attempts} = 0;
    is(stop((sell(handler => 'std_addquizattempts', Cases::known(), params => {coursename => 'EXCEL-1', quizid => '7'}))[0]),
        'manual quiz_unlimited', 'a person decides');
};

scenario 'attempts by groups: two orders, the first of them late, and more than the groups have' => sub {
    my %params = (coursename => 'EXCEL-1', quizid => '7', attempts_mode => 'group');
    my %sale = (handler => 'std_addquizattempts', Cases::known(), params => {%params, attemptgroups => 'more-1,more-2,more-3'});
    Cases::attempt_groups($p);
    my ($first)  = sell(%sale);
    my ($second) = sell(%sale);
    my $late = $p->claim($first);
    eval { $p->drive($late, each => sub { die "late\n" if $_[1]{function} eq 'core_group_add_group_members' }); 1 };
    $p->hand_back($late, state => 'pending', step => 'move');
    run($second);
    is(Cases::attempts_by_group($p->state), 'more-2', 'each counts');
    run($first);
    is(Cases::attempts_by_group($p->state), 'more-2', 'who was slower takes nothing away');
    is(stop((sell(%sale, params => {%params, attemptgroups => 'more-1,more-2,gone'}))[0]), 'blocked attemptgroup_missing', 'a group must be there');
    is(stop((sell(%sale, quantity => 2))[0]), 'manual attemptgroups_used_up', 'and there must be enough of them');
    is(Cases::attempts_by_group($p->state), 'more-2', 'neither has moved him');
    is(stop((sell(%sale, params => {%params}))[0]), 'blocked attemptgroups_parameter', 'they must be named');
};

$dbh->rollback;
done_testing();
