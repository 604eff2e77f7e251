#!/usr/bin/perl

# What is done to instances after they were sold: for every handler, the whole life of one of its
# instances, with a fault at every act. What is left is what a calm life leaves.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use Test::More;

use Cases;
use Faults;
use Shop::Pg;
use Shop::Production;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->begin_work;
my $p    = Shop::Production->new(dbh => $dbh, seed => Cases::seed(), now => Cases::paid_at() + 86_400);
my $day  = 86_400;
my $paid = Cases::paid_at();
my $faults = Faults->new($p);
my $moodle = $p->state;


sub heir {
    return scalar $dbh->selectrow_array(q{insert into shop.customers (firstname, lastname, email, country) values
        ('Heir', 'New', 'heir@new.example', 'FR') on conflict do nothing returning id})
        // scalar $dbh->selectrow_array(q{select id from shop.customers where email = 'heir@new.example'});
}


sub at { return scalar $dbh->selectrow_array('select shop.utc(to_timestamp(?))', undef, $_[0]) }


# One operation, its job driven with every fault at every act.
sub operate {
    my ($name, $id, %what) = @_;
    my $said = $p->sql('instance_operate', {id => $id, actor => 'tester', %what});
    is($said->{verdict}, 'ok', "$name: $what{action}") or return diag($said->{reason});
    $faults->drive("$name: $what{action}", $said);
    return;
}


sub instance {
    my ($id) = @_;
    my $row = $dbh->selectrow_hashref('select * from shop.product_instances where id = ?', undef, $id);
    $row->{facts} = JSON::PP::decode_json($row->{productiondata});
    return $row;
}


# --- what is right, by kind ---

sub enrolment { my ($i) = @_; return $moodle->enrolment($i->{facts}{userid}, $i->{facts}{courseid}) }

my $kept;

sub members { my ($i) = @_; return $moodle->{groups}{$i->{facts}{group}}{members}{$i->{facts}{userid}} ? 1 : 0 }


sub certificates {
    my ($reason) = @_;
    is($dbh->selectrow_array('select revokedreason from shop.certificates where revokedat is not null'), $reason,
        'the certificate is ' . ($reason ? 'revoked' : 'valid'));
    return;
}

my %right = (
    userenrol => {
        suspend => sub { is(enrolment($_[0])->{suspended}, 1, 'the enrolment is suspended') },
        resume  => sub { is(enrolment($_[0])->{suspended}, 0, 'and is not any more') },
        update  => sub { is(enrolment($_[0])->{timeend}, $paid + 300 * $day, 'Moodle has the new end') },
        damage  => sub {
            my ($i) = @_;
            $moodle->unenrol($i->{facts}{userid}, $i->{facts}{courseid});
            delete $moodle->{groups}{$i->{facts}{group}};
        },
        refresh => sub {
            my ($i) = @_;
            is(enrolment($i)->{timeend}, $paid + 300 * $day, 'who was thrown out is in again');
            ok((grep { $_->{members}{$i->{facts}{userid}} } $moodle->groups_of($i->{facts}{courseid})), 'and in a group');
        },
        delete => sub { is(enrolment($_[0]), undef, 'nothing is left') },
    },
    roleassign => {
        suspend => sub { is(join(q{ }, keys %{$moodle->{assignments}}), q{}, 'oddity 17: the role is gone') },
        resume  => sub { like(join(q{ }, keys %{$moodle->{assignments}}), qr{/$_[0]{facts}{userid}$}, 'and is back') },
        damage  => sub { $moodle->{assignments} = {} },
        refresh => sub { like(join(q{ }, keys %{$moodle->{assignments}}), qr{/$_[0]{facts}{userid}$}, 'given again') },
        delete  => sub { is(join(q{ }, keys %{$moodle->{assignments}}), q{}, 'taken away for good') },
    },
    course => {
        suspend => sub {
            my ($i) = @_;
            is($moodle->{courses}{$i->{instanceid}}{visible}, 0, 'the course is hidden');
            is($moodle->enrolment($i->{facts}{userid}, $i->{instanceid})->{suspended}, 1, 'its owner is suspended');
        },
        resume => sub { is($moodle->{courses}{$_[0]{instanceid}}{visible}, 1, 'the course is shown again') },
        update => sub { is($moodle->{courses}{$_[0]{instanceid}}{enddate}, $paid + 300 * $day, 'it has the new end') },
        delete => sub { is($moodle->{courses}{$_[0]{instanceid}}, undef, 'the course is gone') },
    },
    coursecat => {
        sold => sub {
            my ($i) = @_;
            my $below = $moodle->add_category({name => 'Below', parent => $i->{instanceid}});
            $moodle->add_course({shortname => "IN-$_->[0]", fullname => 'In it', categoryid => $_->[1], visible => $_->[2]})
                for ['a', $i->{instanceid}, 1], ['b', $i->{instanceid}, 0], ['c', $below->{id}, 1];
        },
        suspend => sub {
            is(join(q{ }, map { $_->{visible} } grep { $_->{shortname} =~ /^IN-/ } $moodle->courses), '0 0 0', 'all its courses are hidden');
            is((grep { m{^coursecat/$_[0]{instanceid}/} } keys %{$moodle->{assignments}}), 0, 'oddity 28: it has no owner');
        },
        resume => sub {
            is(join(q{ }, map { $_->{visible} } grep { $_->{shortname} =~ /^IN-/ } $moodle->courses), '1 0 1', 'those that were visible are shown');
            is((grep { m{^coursecat/$_[0]{instanceid}/} } keys %{$moodle->{assignments}}), 1, 'it has its owner');
        },
        delete => sub {
            is($moodle->{categories}{$_[0]{instanceid}}, undef, 'oddity 28: the category is gone');
            is(scalar(grep { $_->{shortname} =~ /^IN-/ } $moodle->courses), 0, 'with all that was in it');
        },
    },
    course_module => {
        suspend => sub { is(members($_[0]), 0, 'oddity 24: out of the group of the certificate') if $_[0]{facts}{group}; certificates('suspend') if !$_[0]{facts}{group} },
        resume  => sub { is(members($_[0]), 1, 'oddity 24: in it again') if $_[0]{facts}{group}; certificates(undef) if !$_[0]{facts}{group} },
        delete  => sub { is(members($_[0]), 0, 'out of it for good') if $_[0]{facts}{group}; certificates('delete') if !$_[0]{facts}{group} },
    },
    attempt => {
        sold    => sub {
            my ($i) = @_;
            $kept = {map { $_->{quiz} => $_->{attempts} }
                grep { ($_->{userid} // 0) == $i->{facts}{userid} } values %{$moodle->{overrides}}};
        },
        suspend => sub {
            my ($i) = @_;
            return is(Cases::attempts_by_group($moodle), 'more-1', 'back in the group he was in') if $i->{facts}{attemptgroups};
            for my $quiz (@{$i->{facts}{quizzes}}) {
                my ($left) = grep { $_->{quiz} == $quiz->{id} && ($_->{userid} // 0) == $i->{facts}{userid} } values %{$moodle->{overrides}};
                my $now = $left ? $left->{attempts} // $quiz->{base} : $quiz->{base};
                is($now, $kept->{$quiz->{id}} - $i->{facts}{amount}, "quiz $quiz->{id}: what was sold is taken back");
            }
        },
        resume => sub {
            my ($i) = @_;
            return is(Cases::attempts_by_group($moodle), 'more-3', 'in the better one again') if $i->{facts}{attemptgroups};
            for my $quiz (@{$i->{facts}{quizzes}}) {
                my ($own) = grep { $_->{quiz} == $quiz->{id} && ($_->{userid} // 0) == $i->{facts}{userid} } values %{$moodle->{overrides}};
                is($own->{attempts}, $kept->{$quiz->{id}}, "quiz $quiz->{id}: and given again");
            }
        },
        damage => sub {
            my ($i) = @_;
            for my $group (grep { $_->{idnumber} =~ /^more-/ } values %{$moodle->{groups}}) {
                delete $group->{members}{$i->{facts}{userid}};
            }
            for my $id (grep { ($moodle->{overrides}{$_}{userid} // 0) == $i->{facts}{userid} } keys %{$moodle->{overrides}}) {
                delete $moodle->{overrides}{$id};
            }
        },
        refresh => sub {
            my ($i) = @_;
            return is(Cases::attempts_by_group($moodle), 'more-3', 'back in the group he was thrown out of') if $i->{facts}{attemptgroups};
            for my $quiz (@{$i->{facts}{quizzes}}) {
                my ($own) = grep { $_->{quiz} == $quiz->{id} && ($_->{userid} // 0) == $i->{facts}{userid} } values %{$moodle->{overrides}};
                is($own->{attempts}, $kept->{$quiz->{id}}, "quiz $quiz->{id}: what was lost is there again");
            }
        },
    },
    ltiprovider => {
        suspend => sub {
            my ($i) = @_;
            return if $i->{facts}{lti_mode} ne 'function';
            like($moodle->{courses}{20}{summary}, qr/^closed \Q$i->{reference}\E[.]\d+$/, 'the function that takes it back is called, under a key of its own');
        },
        resume => sub {
            my ($i) = @_;
            like($moodle->{courses}{20}{summary}, qr/^\Q$i->{reference}\E /, 'and the one that gives it') if $i->{facts}{lti_mode} eq 'function';
        },
    },
    registered_product => {
        suspend => sub {
            my ($i) = @_;
            is($moodle->enrolment($i->{facts}{userid}, $_)->{suspended}, 1, "oddity 27: course $_ is closed") for @{$i->{facts}{courses}};
            is($p->sql('licence_verify', {reference => $i->{reference}})->{valid}, JSON::PP::false, 'the licence is not valid');
        },
        resume => sub { ok($p->sql('licence_verify', {reference => $_[0]{reference}})->{valid}, 'the licence is valid again') },
        delete => sub { my ($i) = @_; is($moodle->enrolment($i->{facts}{userid}, $_), undef, 'oddity 27: out') for @{$i->{facts}{courses}} },
    },
);


sub live {
    my ($case) = @_;
    my $start = $p->mark;
    $p->finish($p->claim($_)) for Cases::sell($p, $case);
    my ($id) = $dbh->selectrow_array('select id from shop.product_instances where not deleted order by id desc limit 1');
    if (!$id) {
        $p->back($start);
        return;
    }
    my $right = $right{instance($id)->{contexttype}} // {};
    my $check = sub { my ($what) = @_; $right->{$what}->(instance($id)) if $right->{$what} };
    $check->('sold');
    # nobody else shares what it stands for
    $dbh->do('delete from shop.product_instances where id <> ?', undef, $id);
    for my $action (qw(suspend resume)) {
        operate($case->{name}, $id, action => $action);
        $check->($action);
    }
    operate($case->{name}, $id, action => 'update', enddate => at($paid + 300 * $day));
    $check->('update');
    $check->('damage');
    operate($case->{name}, $id, action => 'refresh');
    $check->('refresh');
    if (instance($id)->{contexttype} !~ /^(?:credits|attempt|course_module)$/) {
        operate($case->{name}, $id, action => 'owner', customer => heir());
    }
    operate($case->{name}, $id, action => 'suspend');
    $dbh->do(q{update shop.product_events set datecreated = datecreated - interval '40 days' where productid = ?}, undef, $id);
    operate($case->{name}, $id, action => 'delete', confirm => JSON::PP::true);
    $check->('delete');
    my $said = $p->sql('instance_operate', {id => $id, action => 'resume'});
    is("@{$said}{qw(verdict reason)}", 'refused archived', 'what was deleted never comes back');
    $p->back($start);
    return;
}


my %lived;
for my $case (grep { !$_->{before} } Cases::all()) {
    live($case);
    $lived{$case->{handler}} = 1;
}
is($faults->bad, 0, $faults->runs . ' runs with a fault');
cmp_ok($faults->runs, '>', 50, 'faults struck');
is($faults->unasked, q{}, 'the check of the site asks for every function that they call');


# --- the same person twice in a course ---

{
    my $start = $p->mark;
    my %sold = (handler => 'std_enrolonecoursemultiple', email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    for my $days (60, 30) {
        $p->finish($p->claim($_)) for Cases::sell($p, {%sold, name => 'twice', params => {coursename => 'EXCEL-1', duration => "$days"}});
    }
    my ($long, $short) = @{$dbh->selectcol_arrayref('select id from shop.product_instances order by id')};
    is($moodle->enrolment(50, 20)->{timeend}, $paid + 60 * $day, 'as long as the longer one');
    operate('twice', $long, action => 'suspend');
    is($moodle->enrolment(50, 20)->{timeend}, $paid + 30 * $day, 'oddity 20: the shorter one keeps the person in');
    is($moodle->enrolment(50, 20)->{suspended}, 0, 'not suspended');
    operate('twice', $short, action => 'suspend');
    is($moodle->enrolment(50, 20)->{suspended}, 1, 'oddity 20: with neither, suspended');
    operate('twice', $short, action => 'delete');
    is($moodle->enrolment(50, 20)->{suspended}, 1, 'still there: the other one may come back');
    operate('twice', $long, action => 'delete');
    is($moodle->enrolment(50, 20), undef, 'unenrolled with the last one');
    $p->back($start);
}


# --- what a function gave and none takes back: a person does, once ---

for my $sold (['std_unlockpdcertificate', release_mode => 'function', enrol => '1', certificateid => '5'], ['std_addquizattempts', attempts_mode => 'function', quizid => '7'],
    ['std_openltiaccess', lti_mode => 'function'], ['std_addtrainingcredits', credits_mode => 'function', creditsamount => '3']) {
    my $start = $p->mark;
    my ($handler, %params) = @{$sold};
    $p->finish($p->claim($_)) for Cases::sell($p, {handler => $handler, name => 'by hand', email => 'zoe@known.example', order => {user => 50, proven => 'moodle'},
        params => {coursename => 'EXCEL-1', %params, ws_function => 'core_course_update_courses', ws_args => '{"courses":[{"id":"20","summary":"{userid} {amount}"}]}'}});
    my ($id, $reference) = $dbh->selectrow_array('select id, reference from shop.product_instances');
    for (['suspend', 'withdraw_by_hand', qr/^Suspended: \Q$reference\E[.] Take back .* core_course_update_courses gave/], ['resume', 'give_by_hand', qr/^Resumed: \Q$reference\E[.] Give again/]) {
        my ($action, $reason, $sentence) = @{$_};
        my $job = $p->sql('instance_operate', {id => $id, action => $action})->{job};
        my $run = $p->claim($job);
        my $act = $p->drive($run);
        is("@{$act}{qw(kind reason)}", "manual $reason", "$handler: $reason");
        $p->hand_back($run, step => $act->{step}, reason => $act->{reason}, state => $act->{kind});
        like($dbh->selectrow_array('select message from shop.alerts order by id desc limit 1'), $sentence, 'staff are told so');
        is($p->sql('job_by_hand', {job => $job})->{reason}, 'actor', 'by somebody');
        is($p->sql('job_by_hand', {job => $job, actor => 'Ann'})->{verdict}, 'ok', 'who says when it is done');
        is($p->sql('job_by_hand', {job => $job, actor => 'Ann'})->{reason}, 'job', 'once');
        is(join(q{ }, $p->finish($p->claim($job))), q{}, 'and the job is over');
    }
    $p->back($start);
}


# --- attempts of two orders: nothing is given twice, whatever was used, lost or comes late ---

for my $way (q{}, 'group') {
    my $start = $p->mark;
    my %sold = (handler => 'std_addquizattempts', name => 'attempts', email => 'zoe@known.example', order => {user => 50, proven => 'moodle'});
    my %params = (coursename => 'EXCEL-1', quizid => '7', $way ? (attempts_mode => 'group', attemptgroups => 'more-1,more-2,more-3') : ());
    Cases::attempt_groups($p);
    for my $amount (1, 2) {
        $p->finish($p->claim($_)) for Cases::sell($p, {%sold, params => {%params, attemptsamount => "$amount"}});
    }
    my ($first, $second) = @{$dbh->selectcol_arrayref('select id from shop.product_instances order by id')};
    my $has = sub {
        my ($own) = grep { ($_->{userid} // 0) == 50 } values %{$moodle->{overrides}};
        my %more = map { substr($_->{idnumber}, 5) => 1 } grep { $_->{idnumber} =~ /^more-/ && $_->{members}{50} } values %{$moodle->{groups}};
        return $way ? 3 + ((keys %more)[0] // 0) : $own ? $own->{attempts} : 3;
    };
    my $lose = sub { $right{attempt}{damage}->(instance($first)) };
    is($has->(), 6, "$way: three of the quiz and three");
    operate("attempts $way", $first, action => 'suspend');
    is($has->(), 5, 'less those of the first order');
    $lose->();
    operate("attempts $way", $second, action => 'refresh');
    is($has->(), 5, 'repaired: the first one stays out');
    operate("attempts $way", $second, action => 'refresh');
    is($has->(), 5, 'a second time adds nothing');
    $moodle->{quizzes}{7}{used}{50} = 5;
    operate("attempts $way", $second, action => 'suspend');
    is($has->(), 5, 'what was used is not taken');
    operate("attempts $way", $second, action => 'resume');
    is($has->(), 5, 'nor given a second time');
    $moodle->{quizzes}{7}{used}{50} = 1;
    # the job of the suspension comes after it was taken back
    my $late = $p->sql('instance_operate', {id => $second, action => 'suspend'});
    operate("attempts $way", $second, action => 'resume');
    $p->finish($p->claim($late->{job}));
    is($has->(), 5, 'a late suspension finds nothing to do');
    operate("attempts $way", $first, action => 'resume');
    is($has->(), 6, 'all of both');
    $p->back($start);
}


# --- a category some days after its end; prolonged meanwhile, it stays ---

for my $prolonged (0, 1) {
    my $start = $p->mark;
    my ($case) = grep { $_->{name} eq 'createcategory' } Cases::all();
    $p->finish($p->claim($_)) for Cases::sell($p, $case);
    $dbh->do(q{update shop.product_instances set startdate = now() - interval '200 days', enddate = now() - interval '8 days'});
    $dbh->do(q{update shop.schedules set dueat = now()});
    $p->sql('housekeeping', {});
    my ($job) = $dbh->selectrow_array(q{select id from shop.jobs where phase = 'schedule'});
    $dbh->do(q{update shop.product_instances set enddate = now() + interval '8 days'}) if $prolonged;
    $faults->drive("a category that has ended, prolonged: $prolonged", {job => $job});
    is(scalar keys %{$moodle->{assignments}}, $prolonged, $prolonged ? 'keeps its owner' : 'has no owner any more');
    $p->back($start);
}


# --- what one has once ---

{
    my $start = $p->mark;
    my %certificate = (handler => 'std_unlockpdcertificate', name => 'once', email => 'zoe@known.example',
        order => {user => 50, proven => 'moodle'}, params => {coursename => 'EXCEL-1', releasegroup => 'cert', enrol => '1'});
    $p->finish($p->claim($_)) for Cases::sell($p, {%certificate});
    ok(!eval { Cases::sell($p, {%certificate}); 1 } && $@ =~ /"reason":"owned"/, 'a second certificate is not sold');
    my ($id, $item) = $dbh->selectrow_array('select id, catalogitemid from shop.product_instances');
    my $owned = sub {
        my ($user) = @_;
        return $dbh->selectrow_array(q{select (shop.availability_ask(jsonb_build_object('what', 'owned', 'user', ?::bigint,
            'item', ?::bigint, 'handler', 'std_unlockpdcertificate')) ->> 'owned')::boolean::int}, undef, $user, $item);
    };
    is($owned->(50), 1, 'nor offered to who has one');
    is($owned->(51), 0, 'it is to others');
    operate('once', $id, action => 'suspend');
    is($owned->(50), 0, 'and to him when the first one is suspended');
    ok(eval { Cases::sell($p, {%certificate}); 1 }, 'unless the first one is suspended');
    $p->back($start);
}


# --- an order as a whole; keys; refusals; what the log says ---

{
    my $start = $p->mark;
    $p->finish($p->claim($_)) for Cases::sell($p, {handler => 'std_enrolonecoursemultiple', name => 'whole', quantity => 2,
        params => {coursename => 'EXCEL-1', duration => '30'}});
    my ($bill) = $dbh->selectrow_array('select max(id) from shop.bills');
    my ($id) = $dbh->selectrow_array('select min(id) from shop.product_instances');
    is($dbh->selectrow_array('select shop.bill_suspend(?, ?, ?)', undef, $bill, 'staff', 'refund'), 2, 'both units are suspended');
    is($dbh->selectrow_array('select shop.bill_suspend(?, ?, ?)', undef, $bill, 'staff', 'refund'), 0, 'once');
    is($dbh->selectrow_array('select shop.bill_resume(?, ?, ?)', undef, $bill, 'staff', 'mistake'), 2, 'and resumed');
    is_deeply($dbh->selectall_arrayref('select eventtype, actor from shop.product_events where productid = ? order by id', undef, $id),
        [['billed', q{}], ['delete', 'staff'], ['restore', 'staff']], 'the log says who did what');
    my %update = (id => $id, action => 'update', enddate => at($paid + 90 * $day), key => 'k1');
    my $first = $p->sql('instance_operate', \%update);
    is($p->sql('instance_operate', \%update)->{verdict}, 'exists', 'the same key again does nothing');
    is($p->sql('instance_operate', \%update)->{event}, $first->{event}, 'and says what was done');
    my @refused = ([{action => 'resume'}, 'not_suspended'], [{action => 'delete'}, 'not_suspended'], [{action => 'update'}, 'argument'],
        [{action => 'update', enddate => at($paid - $day)}, 'dates'], [{action => 'owner', customer => 999_999}, 'customer'],
        [{action => 'explode'}, 'action'], [{action => 'owner', customer => heir()}, 'busy']);
    is($p->sql('instance_operate', {id => $id, %{$_->[0]}})->{reason}, $_->[1], "$_->[0]{action}: $_->[1]") for @refused;
    is($p->sql('instance_operate', {reference => 'AAAA-BBBB-CCCC-DDDD', action => 'suspend'})->{reason}, 'unknown', 'an unknown reference');
    $moodle->{removed}{'enrol/manual:enrol'} = 1;
    my ($stuck) = $dbh->selectrow_array(q{select id from shop.jobs where actionid = ?}, undef, $first->{event});
    my $run = $p->claim($stuck);
    my $act = $p->drive($run);
    $p->hand_back($run, step => $act->{step}, reason => $act->{reason}, state => 'blocked');
    is($dbh->selectrow_array(q{select eventdata ->> 'reason' from shop.product_events where productid = ? and eventtype = 'error'},
        undef, $id), 'moodle_rights', 'a job that is stuck is in the log');
    $p->back($start);
}

$dbh->rollback;
done_testing();
