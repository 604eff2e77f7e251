package Cases;

# What the matrix sells: for each handler the parameters, answers and people of one order, and what is
# right afterwards.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use Orders ();

my $PAID = 1_795_168_800;    # 2026-11-20T10:00:00Z
my $DAY  = 86_400;


sub seed {
    return {
        roles => {customer => 9, studentplus => 11, coursecreator => 2},
        users => [
            {id => 50, username => 'zoe.known', firstname => 'Zoé', lastname => 'Martin', email => 'zoe@known.example'},
            {id => 51, username => 'lea', firstname => 'Léa', lastname => 'Blanc', email => 'lea@known.example', idnumber => 'emp-7'},
        ],
        categories => [{id => 30, name => 'Sold areas'}],
        courses    => [
            {
                id => 20, shortname => 'EXCEL-1', fullname => 'Excel', idnumber => 'excel-1',
                quizzes => [
                    {id => 7, cmid => 70, name => 'Final test', attempts => 3, idnumber => 'final', used => {50 => 1}},
                    {id => 8, cmid => 80, name => 'Second test', attempts => 2, used => {50 => 2}},
                ],
                groups => [{id => 60, name => 'Generous'}],
            },
            {id => 21, shortname => 'CUSTOMERS', fullname => 'Customers', idnumber => 'customers'},
            {id => 22, shortname => 'MODEL', fullname => 'Model course', visible => 1},
        ],
    };
}


# --- selling ---

sub paid_at { return $PAID }


sub set_paid { my ($p, $bill) = @_;
    $p->dbh->do(q{update shop.jobs set inputs = inputs || jsonb_build_object('paid_at', shop.utc(to_timestamp(?)),
        'ordered_at', shop.utc(to_timestamp(?))) where billid = ?}, undef, $PAID, $PAID - $DAY, $bill);
    return;
}


# Sells one line and gives the ids of its jobs after payment; what must be there before is sold first.
sub sell {
    my ($p, $case) = @_;
    my @before = @{$case->{before} // []};
    for my $earlier (@before) {
        $p->finish($p->claim($_)) for sell($p, $earlier);
    }
    $case->{prepare}->($p, $case) if $case->{prepare};
    my $quantity = $case->{quantity} // 1;
    my $line = Orders::line($p->dbh, 'free_taster', $quantity, handler => $case->{handler},
        params => $case->{params} // {}, abstract => 'Product', unitcost => '10.00', 
        untaxed => sprintf('%.2f', 10 * $quantity), taxed => sprintf('%.2f', 12 * $quantity),
        customerdata => $case->{answers}, users => $case->{users}, elements => $case->{elements} // []);
    my $order = Orders::order([$line], customer => {lastname => 'Martin', firstname => 'Zoe', organisation => 'ACME',
        address => '1 rue Haute', zip => '44000', city => 'Nantes', country => 'FR', email => $case->{email} // 'zoe@new.example',
        phone => ''}, %{$case->{order} // {}});
    my ($placed) = Orders::call($p->dbh, 'place_orders', [$order]);
    die "$case->{name}: " . JSON::PP->new->encode($placed) . "\n" if $placed->{verdict} ne 'placed';
    my $attempt = Orders::started($p->dbh, $order);
    Orders::call($p->dbh, 'payments_apply', [Orders::event($order, $attempt, 'paid')]);
    set_paid($p, $placed->{bill});
    return @{$p->dbh->selectcol_arrayref(q{select id from shop.jobs where billid = ? and phase = 'postpay' order by id},
        undef, $placed->{bill})};
}


# The parameters that a declaration asks for, with values of their type.
sub derived {
    my ($handler) = @_;
    my %value = (text => 'x', int => 1, bool => 1, days => 1, time => '+1D', role => 'student', course => 'EXCEL-1');
    my %params = map { $_->{name} => $_->{fallback} // $value{$_->{type}} } grep { $_->{mandatory} } @{$handler->{params}};
    $params{coursename} = 'EXCEL-1' if grep { $_->{name} eq 'coursename' } @{$handler->{params}};
    return {handler => $handler->{name}, name => $handler->{name} || 'none', params => \%params};
}


# --- what is right ---

sub instances { my ($world, $type) = @_; return grep { !defined $type || $_->{contexttype} eq $type } @{$world->{instances}} }


sub buyer { my ($world, $email) = @_;
    my @found = grep { $_->{email} eq ($email // 'zoe@new.example') } values %{$world->{moodle}{users}};
    is(scalar @found, 1, 'one account of the buyer');
    return $found[0]{id};
}


sub enrolled {
    my ($world, $user, $course, $start, $end, @roles) = @_;
    my $enrolment = $world->{moodle}{enrolments}{"$user/$course"};
    ok($enrolment, "user $user is in course $course") or return;
    is($enrolment->{timestart}, $start, 'from when');
    is($enrolment->{timeend}, $end, 'until when');
    is(join(q{ }, sort keys %{$enrolment->{roles}}), join(q{ }, @roles), 'in which roles');
    return;
}


sub known { return (email => 'zoe@known.example', order => {user => 50, proven => 'moodle'}) }


sub attempts { my ($world, $quiz) = @_;
    my @own = grep { $_->{quiz} == $quiz && ($_->{userid} // 0) == 50 } values %{$world->{moodle}{overrides}};
    is(scalar @own, 1, "one override of quiz $quiz");
    return $own[0];
}


# Groups that a teacher has prepared in the course of the quizzes, and those that Zoe is in.
sub attempt_groups { my ($p) = @_;
    $p->state->enrol(50, 20, {roleid => 5});
    $p->state->add_group({id => 60 + $_, courseid => 20, name => "$_ more", idnumber => "more-$_"}) for 1 .. 3;
    return;
}


sub attempts_by_group { my ($moodle) = @_;
    return join q{ }, sort map { $_->{idnumber} } grep { $_->{members}{50} && $_->{idnumber} =~ /^more-/ } values %{$moodle->{groups}};
}


sub person { my ($first, $email) = @_; return {firstname => $first, lastname => 'Noir', email => $email, city => 'Nantes', country => 'FR'} }


my @cases = (
    {
        handler => q{}, name => 'none', params => {track_instance => '1', duration => '10'},
        right => sub { my ($p, $world) = @_; is(scalar instances($world), 1, 'one instance') },
    },
    {
        handler => 'std_enrolonecourse', name => 'enrolonecourse',
        params  => {coursename => 'EXCEL-1', duration => '30', groupname => 'Autumn', customersupport => 'CUSTOMERS'},
        right   => sub {
            my ($p, $world) = @_;
            my $user = buyer($world);
            enrolled($world, $user, 20, $PAID, $PAID + 30 * $DAY, 5);
            enrolled($world, $user, 21, $PAID - $DAY, 0, 5, 9);
            is(join(q{ }, map { $_->{name} } grep { $_->{members}{$user} } values %{$world->{moodle}{groups}}) =~ /Autumn/, 1, 'in the group');
            is(scalar instances($world, 'userenrol'), 1, 'one instance');
        },
    },
    {
        handler  => 'std_enrolonecoursemultiple', name => 'enrolonecoursemultiple: overlapping', quantity => 2,
        params   => {coursename => 'EXCEL-1', duration => '30'},
        right    => sub {
            my ($p, $world) = @_;
            enrolled($world, buyer($world), 20, $PAID, $PAID + 30 * $DAY, 5);
            is(scalar instances($world, 'userenrol'), 2, 'two instances');
        },
    },
    {
        handler => 'std_enrolonecoursemultiple', name => 'enrolonecoursemultiple: a shorter one shortens nothing',
        params  => {coursename => 'EXCEL-1', duration => '5'},
        before  => [{handler => 'std_enrolonecoursemultiple', name => 'before', params => {coursename => 'EXCEL-1', duration => '60'}}],
        right   => sub {
            my ($p, $world) = @_;
            enrolled($world, buyer($world), 20, $PAID, $PAID + 60 * $DAY, 5);
        },
    },
    {
        handler => 'std_enrolonecoursemultiple', name => 'enrolonecoursemultiple: one after the other', quantity => 3,
        params  => {coursename => 'EXCEL-1', duration => '30', cumulate => '1'},
        right   => sub {
            my ($p, $world) = @_;
            enrolled($world, buyer($world), 20, $PAID, $PAID + 90 * $DAY, 5);
        },
    },
    {
        handler => 'std_assignroleoncontext', name => 'assignroleoncontext: the buyer',
        params  => {contextlevel => 'category', instance => '30', role => 'studentplus', duration => '30'},
        right   => sub {
            my ($p, $world) = @_;
            my $user = buyer($world);
            is(join(q{ }, keys %{$world->{moodle}{assignments}}), "coursecat/30/11/$user", 'the role is there');
            is(scalar instances($world, 'roleassign'), 1, 'one instance');
            is(join(q{ }, map { $_->{action} } @{$world->{schedules}}), 'unassign', 'its end is foreseen');
        },
    },
    {
        handler => 'std_assignroleoncontext', name => 'assignroleoncontext: somebody else',
        params  => {contextlevel => '50', instance => '20', role => 'teacher'}, answers => {foruser => ['emp-7']},
        right   => sub {
            my ($p, $world) = @_;
            is(join(q{ }, keys %{$world->{moodle}{assignments}}), 'course/20/4/51', 'the named person has the role');
            is((instances($world))[0]{productiondata}{userid}, 51, 'the instance names him');
            isnt($p->sql('customer_find', {email => 'zoe@new.example'})->{hasaccount}, 51, 'but he is not the customer');
        },
    },
    {
        handler => 'std_extendenrolperiod', name => 'extendenrolperiod: twice quickly, both counted', quantity => 2,
        params  => {coursename => 'EXCEL-1', extension => '15'},
        before  => [{handler => 'std_enrolonecourse', name => 'before', params => {coursename => 'EXCEL-1', duration => '30'}}],
        prepare => sub {
            my ($p, $case) = @_;
            my ($reference) = $p->dbh->selectrow_array('select reference from shop.product_instances');
            $case->{answers} = {productcode => [lc $reference, $reference =~ tr/-//dr]};
        },
        right => sub {
            my ($p, $world) = @_;
            enrolled($world, buyer($world), 20, $PAID, $PAID + 60 * $DAY, 5);
            is(scalar instances($world), 1, 'no new instance');
            is(scalar(grep { $_->{eventtype} eq 'billed' } @{$world->{events}}), 3, 'sold once, extended twice');
        },
    },
    {
        handler => 'std_prorogate', name => 'prorogate: a role that had ended',
        params  => {timeshift => '10'}, answers => {productcode => [q{}]},
        before  => [{handler => 'std_assignroleoncontext', name => 'before',
            params => {contextlevel => 'course', instance => '20', role => 'teacher', endtime => '+1D'}}],
        prepare => sub {
            my ($p) = @_;
            $p->dbh->do(q{update shop.product_instances set startdate = startdate - interval '90 days',
                enddate = enddate - interval '90 days'});
            $p->dbh->do('update shop.schedules set doneat = now()');
            $p->state->{assignments} = {};
        },
        right => sub {
            my ($p, $world) = @_;
            my $user = buyer($world);
            is(join(q{ }, keys %{$world->{moodle}{assignments}}), "course/20/4/$user", 'the role is back');
            like((instances($world))[0]{enddate}, qr/^2026-11-30 /, 'ten days from the payment');
            is(scalar(grep { !$_->{done} } @{$world->{schedules}}), 1, 'its new end is foreseen');
        },
    },
    {
        handler => 'std_prorogate', name => 'prorogate: an enrolment, from its old end',
        params  => {timeshift => '10', from_old_end => '1'}, answers => {productcode => [q{}]},
        before  => [{handler => 'std_enrolonecourse', name => 'before', params => {coursename => 'EXCEL-1', duration => '30'}}],
        right   => sub { my ($p, $world) = @_; enrolled($world, buyer($world), 20, $PAID, $PAID + 40 * $DAY, 5) },
    },
    {
        handler => 'std_addquizattempts', name => 'addquizattempts: an override with a closing date', known(), quantity => 2,
        params  => {coursename => 'EXCEL-1', quizid => '7'},
        prepare => sub {
            my ($p) = @_;
            $p->state->{overrides}{3} = {id => 3, quiz => 7, userid => 50, timeclose => 1_780_000_000, attempts => 4};
        },
        right => sub {
            my ($p, $world) = @_;
            my $override = attempts($world, 7);
            is($override->{attempts}, 6, 'scenario 12: two more than four');
            is($override->{timeclose}, 1_780_000_000, 'scenario 12: the closing date stays');
            is(scalar instances($world, 'attempt'), 1, 'one instance');
        },
    },
    {
        handler => 'std_addquizattempts', name => 'addquizattempts: two quizzes, a generous group', known(),
        params  => {quizcmid => '70, 80', attemptsamount => '3'},
        prepare => sub {
            my ($p) = @_;
            $p->state->{groups}{60}{members}{50} = 1;
            $p->state->{overrides}{4} = {id => 4, quiz => 8, groupid => 60, attempts => 5};
        },
        right => sub {
            my ($p, $world) = @_;
            is(attempts($world, 7)->{attempts}, 6, 'three more than the quiz allows');
            is(attempts($world, 8)->{attempts}, 8, 'three more than the group has');
        },
    },
    {
        handler => 'std_addquizattempts', name => 'addquizattempts: by ID number', known(),
        params  => {coursename => 'EXCEL-1', quizidnumber => 'other,final'},
        right   => sub { my ($p, $world) = @_; is(attempts($world, 7)->{attempts}, 4, 'one more') },
    },
    {
        handler => 'std_addquizattempts', name => 'addquizattempts: groups', known(), quantity => 2,
        params  => {coursename => 'EXCEL-1', quizid => '7', attempts_mode => 'group', attemptgroups => 'more-1, more-2,more-3'},
        prepare => sub { my ($p) = @_; attempt_groups($p); $p->state->{groups}{61}{members}{50} = 1 },
        right   => sub {
            my ($p, $world) = @_;
            is(attempts_by_group($world->{moodle}), 'more-3', 'two groups further, and out of the first');
            is(scalar keys %{$world->{moodle}{overrides}}, 0, 'no override of his own');
            is(scalar instances($world, 'attempt'), 1, 'one instance');
        },
    },
    {
        handler => 'std_setuponecoursesession', name => 'setuponecoursesession', quantity => 3,
        params  => {coursename => 'EXCEL-1', duration => '30', delegation => 'studentplus', customersupport => 'CUSTOMERS'},
        users   => {student => [person('Paul', 'paul@new.example'), person('Léa', 'lea@known.example')],
            _supervisor => [person('Rose', 'rose@new.example')]},
        right => sub {
            my ($p, $world) = @_;
            my $buyer = buyer($world);
            my ($group) = values %{{map { $_->{idnumber} => $_ } grep { $_->{idnumber} =~ /^shop-cust-/ } values %{$world->{moodle}{groups}}}};
            enrolled($world, $buyer, 20, $PAID, $PAID + 30 * $DAY, 4);
            for (['paul@new.example', 5], ['lea@known.example', 5], ['rose@new.example', 4]) {
                my $user = buyer($world, $_->[0]);
                enrolled($world, $user, 20, $PAID, $PAID + 30 * $DAY, $_->[1]);
                ok($group->{members}{$user}, 'in the group of the buyer');
                ok($world->{moodle}{assignments}{"user/$user/11/$buyer"}, 'the buyer looks after him');
            }
            is(scalar instances($world, 'userenrol'), 3, 'an instance for each seat');
            is(scalar @{$world->{told}}, 3, 'each was told');
            is($p->sql('customer_find', {email => 'zoe@new.example'})->{hasaccount}, $buyer, 'the buyer stays who he is');
        },
    },
    {
        handler => 'std_generateseats', name => 'generateseats', quantity => 2,
        params  => {courselist => 'EXCEL-%', packsize => '3', duration => '30', seat_validity => '365'},
        right   => sub {
            my ($p, $world) = @_;
            is(scalar instances($world, 'seat'), 6, 'six free seats');
            is(join(q{ }, map { $_->{unit} } instances($world)), '1 2 3 4 5 6', 'each its own');
        },
    },
    {
        handler => 'std_addtrainingcredits', name => 'addtrainingcredits: mirrored', quantity => 2,
        params  => {creditsamount => '10', credits_mode => 'mirror', credits_field => 'credits', credits_validity => '90'},
        before  => [{handler => 'std_addtrainingcredits', name => 'before', params => {creditsamount => '5'}}],
        right   => sub {
            my ($p, $world) = @_;
            is($world->{balances}[0]{balance}, 25, 'the balance');
            is($world->{moodle}{users}{buyer($world)}{fields}{credits}, 25, 'shown in Moodle');
            is(scalar @{$world->{credits}}, 2, 'two entries');
        },
    },
    {
        handler => 'std_registeredproduct', name => 'registeredproduct: with courses',
        params  => {duration => '365', extrasupport => 'EXCEL-1, MODEL'}, answers => {site => ['acme.example']},
        right   => sub {
            my ($p, $world) = @_;
            my $user = buyer($world);
            enrolled($world, $user, $_, $PAID, $PAID + 365 * $DAY, 5) for 20, 22;
            is((instances($world, 'registered_product'))[0]{productiondata}{answers}{site}[0], 'acme.example', 'the answers are kept');
        },
    },
    {
        handler => 'std_registeredproduct', name => 'registeredproduct: a licence alone',
        params  => {duration => '365', customersupport => q{}},
        right   => sub {
            my ($p, $world) = @_;
            is(scalar(grep { $_->{email} eq 'zoe@new.example' } values %{$world->{moodle}{users}}), 0, 'needs no account');
            is(scalar instances($world, 'registered_product'), 1, 'one licence');
        },
    },
    {
        handler => 'std_createcategory', name => 'createcategory', params => {parentcategory => '30', duration => '100'},
        answers => {catname => ['Area of Zoé']},
        right   => sub {
            my ($p, $world) = @_;
            my ($made) = grep { $_->{parent} == 30 } values %{$world->{moodle}{categories}};
            is($made->{name}, 'Area of Zoé', 'named as asked');
            is($made->{idnumber}, $p->dbh->selectrow_array('select reference from shop.product_instances'), 'marked with the reference');
            ok($world->{moodle}{assignments}{"coursecat/$made->{id}/2/" . buyer($world)}, 'owned by the buyer');
        },
    },
    {
        handler => 'std_createcategory', name => 'createcategory: without a name', quantity => 2,
        params  => {parentcategory => '30', catname_pattern => 'Customer {catname}'},
        right   => sub {
            my ($p, $world) = @_;
            is(join(q{, }, sort map { $_->{name} } grep { $_->{parent} == 30 } values %{$world->{moodle}{categories}}),
                'Customer ACME 1, Customer ACME 2', 'numbered');
        },
    },
    {
        handler => 'std_createcourse', name => 'createcourse: empty', params => {coursecategory => '30', duration => '100'},
        answers => {fullname => ['Space of ACME'], idnumber => ['MS-01']},
        prepare => sub {
            my ($p) = @_;
            $p->state->add_course({shortname => 'ZOEMARTI_1', fullname => 'Somebody else', categoryid => 30});
        },
        right => sub {
            my ($p, $world) = @_;
            my ($made) = grep { $_->{idnumber} eq 'MS-01' } values %{$world->{moodle}{courses}};
            is($made->{shortname}, 'ZOEMARTI_2', 'under the next free name');
            is($made->{enddate}, $PAID + 100 * $DAY, 'until the end');
            enrolled($world, buyer($world), $made->{id}, $PAID, 0, 3);
            is(join(q{ }, map { $_->{action} } @{$world->{schedules}}), 'suspend', 'hidden some days later');
        },
    },
    {
        handler => 'std_createcourse', name => 'createcourse: from a model', params => {coursecategory => '30', template => 'MODEL'},
        answers => {fullname => ['Copy for ACME']},
        right   => sub {
            my ($p, $world) = @_;
            my @made = grep { $_->{fullname} eq 'Copy for ACME' } values %{$world->{moodle}{courses}};
            is(scalar @made, 1, 'one course');
            is($made[0]{copied}, 22, 'a whole copy');
            is($made[0]{idnumber}, $p->dbh->selectrow_array('select reference from shop.product_instances'), 'marked');
        },
    },
    {
        handler => 'std_openltiaccess', name => 'openltiaccess: the shop is the tool', known(),
        params  => {coursename => 'EXCEL-1', maxenrolled => '20', enrolperiod => '86400', duration => '100', allow_instructors => '1'},
        answers => {enrolstartdate => ['2026-11-25'], sendgrades => ['0']},
        right   => sub {
            my ($p, $world) = @_;
            my ($access) = instances($world, 'ltiprovider');
            like($access->{startdate}, qr/^2026-11-25 /, 'from the date that was asked for');
            my $facts = $access->{productiondata};
            is("@{$facts}{qw(lti_mode max period courseid)}", 'proxy 20 86400 20', 'what was sold');
            ok(!$facts->{grades}, 'without grades');
            like($facts->{secret}, qr/^(?:[A-Z2-9]{4}-){5}[A-Z2-9]{4}$/, 'with a secret');
        },
    },
    {
        handler => 'std_openltiaccess', name => 'openltiaccess: a published course', known(),
        params  => {coursename => 'EXCEL-1', lti_mode => 'published', ltiurl => 'https://campus.example/enrol/lti/tool.php?id=3', ltikey => 'k', ltisecret => 's'},
        right   => sub {
            my ($p, $world) = @_;
            my ($access) = instances($world, 'ltiprovider');
            is("@{$access->{productiondata}}{qw(url key secret)}", 'https://campus.example/enrol/lti/tool.php?id=3 k s', 'its credentials are handed over');
        },
    },
    {
        handler => 'std_openltiaccess', name => 'openltiaccess: by a function', known(),
        params  => {coursename => 'EXCEL-1', lti_mode => 'function', maxenrolled => '5', endtime => '2027-06-01', ws_function => 'core_course_update_courses',
            ws_args => '{"courses":[{"id":"{courseid}","summary":"{reference} {secret} {max} {start} {end}"}]}',
            ws_withdraw => 'core_course_update_courses', ws_withdraw_args => '{"courses":[{"id":"{courseid}","summary":"closed {jobkey}"}]}'},
        right   => sub {
            my ($p, $world) = @_;
            my ($access) = instances($world, 'ltiprovider');
            my ($reference) = $p->dbh->selectrow_array('select reference from shop.product_instances');
            is($world->{moodle}{courses}{20}{summary}, "$reference $access->{productiondata}{secret} 5 $PAID 1811808000", 'is told all it needs');
        },
    },
    {
        handler => 'std_createvinstance', name => 'createvinstance', params => {template => 'base45', duration => '365', customersupport => 'CUSTOMERS'},
        answers => {shortname => ['acme'], name => ['ACME Academy']},
        right   => sub {
            my ($p, $world) = @_;
            my ($reference) = keys %{$world->{moodle}{sites}};
            my $site = $world->{moodle}{sites}{$reference};
            is(scalar keys %{$world->{moodle}{sites}}, 1, 'one site');
            is("$site->{host}.$site->{domain} $site->{template} $site->{name}", 'acme.campus.example base45 ACME Academy', 'as it was ordered');
            is($site->{manager}{email}, 'zoe@new.example', 'for its first manager');
            is($site->{end}, $PAID + 365 * $DAY, 'until the end');
            my ($instance) = instances($world, 'vmoodle');
            is($instance->{productiondata}{url}, 'https://acme.campus.example', 'its address is known');
            is(scalar @{$world->{told}}, 1, 'the buyer was told');
            enrolled($world, buyer($world), 21, $PAID - $DAY, 0, 5, 9);
            is(join(q{ }, map { $_->{action} } @{$world->{schedules}}), 'suspend', 'suspended some days after its end');
        },
    },
    {
        handler => 'std_unlockpdcertificate', name => 'unlockpdcertificate: group',
        params  => {coursename => 'EXCEL-1', releasegroup => 'cert', enrol => '1'},
        right   => sub {
            my ($p, $world) = @_;
            my $user = buyer($world);
            is(scalar(grep { $_->{members}{$user} && $_->{idnumber} eq 'cert' } values %{$world->{moodle}{groups}}), 1, 'in the group');
        },
    },
    {
        handler => 'std_unlockpdcertificate', name => 'unlockpdcertificate: shop',
        params  => {coursename => 'EXCEL-1', release_mode => 'shop', enrol => '1', requirecompletion => '0'},
        right   => sub { my ($p, $world) = @_; is(scalar @{$world->{certificates}}, 1, 'one certificate') },
    },
);


sub all { return @cases }

1;
