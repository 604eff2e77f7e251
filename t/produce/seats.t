#!/usr/bin/perl

# Seats of a pool and of a session: given, taken back while nobody used them, given again; whoever is
# in the course already burns none.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../sql", $FindBin::Bin;
use JSON::PP ();
use Test::More;

use Cases;
use Faults;
use Orders ();
use Shop::Pg;
use Shop::Production;

my $pg  = Shop::Pg->new(demo => 1);
my $dbh = $pg->dbh;
$dbh->begin_work;
my $paid   = Cases::paid_at();
my $day    = 86_400;
my $p      = Shop::Production->new(dbh => $dbh, seed => Cases::seed(), now => $paid + $day);
my $moodle = $p->state;
my $faults = Faults->new($p);

my ($pool) = grep { $_->{handler} eq 'std_generateseats' } Cases::all();
my ($session) = grep { $_->{handler} eq 'std_setuponecoursesession' } Cases::all();
my %paul = (firstname => 'Paul', lastname => 'Noir', email => 'paul@new.example');
my %lea  = (firstname => 'Lea', lastname => 'Blanc', email => 'lea@known.example');
my ($transid, $line);


sub sell {
    my ($case) = @_;
    $p->finish($p->claim($_)) for Cases::sell($p, $case);
    ($transid) = $dbh->selectrow_array('select transid from shop.bills order by id desc limit 1');
    ($line)    = $dbh->selectrow_array('select initialitemid from shop.product_instances order by id desc limit 1');
    return;
}


sub seats { return $p->sql('seats_read', {transid => $transid, shop => 1})->{lines}[0] }
sub given { return grep { $_->{state} eq 'assigned' } @{seats()->{seats} // []} }


sub assign {
    my ($person, %more) = @_;
    return $p->sql('seat_assign', {transid => $transid, shop => 1, line => $line, course => 20, person => $person, actor => 'buyer', %more});
}


sub release { my ($reference, %more) = @_; return $p->sql('seat_release', {transid => $transid, shop => 1, reference => $reference, %more}) }


sub user { my ($email) = @_; return (map { $_->{id} } grep { $_->{email} eq $email } $moodle->users)[0] }


{
    my $start = $p->mark;
    sell($pool);
    my $offer = seats();
    is($offer->{free}, 6, 'six free seats');
    is_deeply($offer->{courses}, [{id => 20, name => 'Excel'}], 'in the courses of the pattern');
    is(assign({%paul}, course => 21)->{reason}, 'course', 'in no other');
    is(assign({%paul, email => 'nobody'})->{reason}, 'person', 'for a person with an address');
    is(assign({%paul, lastname => q{ }})->{reason}, 'person', 'and a name');
    is(assign({%paul}, transid => 'T1')->{reason}, 'none_left', 'of this order');

    my $said = assign({%paul});
    is($said->{verdict}, 'ok', 'a seat is given');
    is((map { $_->{state} } @{seats()->{seats}})[0], 'giving', 'on its way');
    is(assign({%paul})->{verdict}, 'exists', 'the same form again gives no second one');
    $faults->drive('pool: assign', $said);
    my $paul = user('paul@new.example');
    is($moodle->enrolment($paul, 20)->{timestart}, $paid + $day, 'he is in from now on');
    is($moodle->enrolment($paul, 20)->{timeend}, $paid + 31 * $day, 'for as long as a seat lasts');
    my $buyer = user('zoe@new.example');
    is(join(q{ }, keys %{$moodle->enrolment($buyer, 20)->{roles}}), 4, 'oddity 22: the buyer supervises');
    my ($group) = grep { $_->{idnumber} eq "shop-bill-$transid" } $moodle->groups_of(20);
    like($group->{name}, qr/^B\d{10}$/, 'the group of the order');
    is_deeply([sort keys %{$group->{members}}], [sort $paul, $buyer], 'has both');
    my ($seat) = given();
    is("@{$seat}{qw(name email course)}", 'Paul Noir paul@new.example Excel', 'the page says whose it is');
    is(seats()->{free}, 5, 'five are left');

    # in the course already
    $moodle->enrol(51, 20, {roleid => 5, mail => 0});
    $said = assign({%lea});
    $faults->drive('pool: already enrolled', $said);
    is(seats()->{free}, 5, 'scenario 10: who is in the course already burns no seat');
    is((grep { ($_->{note} // q{}) eq 'already_enrolled' } @{seats()->{seats}}), 1, 'scenario 10: and the page says so');

    # taken back before he came, refused afterwards
    $said = release($seat->{reference});
    is($said->{verdict}, 'ok', 'it is taken back');
    is(release($seat->{reference})->{verdict}, 'exists', 'once');
    $faults->drive('pool: release', $said);
    is($moodle->enrolment($paul, 20), undef, 'scenario 11: he is out');
    ok(!$moodle->{groups}{$group->{id}}{members}{$paul}, 'of the group, too');
    is(seats()->{free}, 6, 'the seat is free');
    my $row = $dbh->selectrow_hashref('select * from shop.product_instances where reference = ?', undef, $seat->{reference});
    like($row->{enddate}, qr/^2027-11-20 /, 'oddity 22: until when it can be given, as before');
    unlike($row->{productiondata}, qr/paul/, 'nothing is left of who had it');

    $p->finish($p->claim(assign({%paul})->{job}));
    ($seat) = given();
    $moodle->{lastaccess}{"$paul/20"} = $paid + 2 * $day;
    $faults->drive('pool: release of a used one', release($seat->{reference}));
    ok($moodle->enrolment($paul, 20), 'scenario 11: who has been in the course keeps his place');
    is((given())[0]{note}, 'seat_used', 'the page says why');
    is_deeply($dbh->selectcol_arrayref(q{select e.eventtype from shop.product_events e join shop.product_instances p on p.id = e.productid
        where p.reference = ? order by e.id}, undef, $seat->{reference}),
        [qw(billed requested assigned requested released requested assigned requested error)], 'its whole life is in the log');
    is(release($seat->{reference}, transid => 'T2')->{reason}, 'unknown', 'nothing is taken back for another order');

    # a given seat is an enrolment like others
    $faults->drive('pool: suspend', $p->sql('instance_operate', {reference => $seat->{reference}, action => 'suspend'}));
    is($moodle->enrolment($paul, 20)->{suspended}, 1, 'oddity 22: suspended with its holder');
    $faults->drive('pool: resume', $p->sql('instance_operate', {reference => $seat->{reference}, action => 'resume'}));
    is($moodle->enrolment($paul, 20)->{suspended}, 0, 'and resumed');

    # courses that came later are found when somebody looks after an hour
    $moodle->add_course({id => 40, shortname => 'EXCEL-2', fullname => 'More Excel'});
    is(scalar @{seats()->{courses}}, 1, 'the list is what it was');
    $dbh->do(q{update shop.job_steps set doneat = now() - interval '2 hours' where name = 'courses'});
    seats();
    my ($job) = $dbh->selectrow_array(q{select id from shop.jobs where phase = 'action' and state = 'pending'});
    is(seats()->{free}, 5, 'meanwhile everything is shown');
    is($dbh->selectrow_array(q{select count(*) from shop.jobs where phase = 'action' and state = 'pending'}), 1, 'asked for once');
    $faults->drive('pool: the list of courses', {job => $job});
    is(scalar @{seats()->{courses}}, 2, 'the new course is in it');
    $p->back($start);
}

{
    my $start = $p->mark;
    sell($session);
    is(scalar(given()), 3, 'three places of a session are given');
    is(seats()->{free}, 0, 'none is free');
    is(assign({%paul, email => 'other@new.example'})->{reason}, 'none_left', 'nobody else gets one');
    my ($seat) = grep { $_->{email} eq 'paul@new.example' } given();
    my $paul = user('paul@new.example');
    my $over = sub { my ($who) = @_; return join q{ }, map { m{/(\d+)$} } sort grep { m{^user/$who/11/} } keys %{$moodle->{assignments}} };
    my $buyer = user('zoe@new.example');
    is($over->($paul), $buyer, 'the buyer looks after him');
    $faults->drive('session: release', release($seat->{reference}));
    is($over->($paul), q{}, 'and not any more when it is taken back');
    is($moodle->enrolment($paul, 20), undef, 'oddity 21: one is taken back');
    is(seats()->{free}, 1, 'and free');
    my %ann = (firstname => 'Ann', lastname => 'Vert', email => 'ann@new.example');
    $faults->drive('session: assign', assign(\%ann));
    my $ann = user('ann@new.example');
    is($moodle->enrolment($ann, 20)->{timeend}, $paid + 30 * $day, 'somebody else has it, for the session');
    ok((grep { $_->{idnumber} =~ /^shop-cust-/ && $_->{members}{$ann} } $moodle->groups_of(20)), 'in the group of the customer');
    ok($moodle->{assignments}{"user/$ann/11/" . user('zoe@new.example')}, 'the buyer looks after her');
    # a role that was sold over the same person is another reason to look after her
    my ($hers) = grep { $_->{email} eq 'ann@new.example' } given();
    my $mark = $p->mark;
    $p->finish($p->claim($_)) for Cases::sell($p, {handler => 'std_assignroleoncontext', name => 'also', email => 'zoe@new.example', order => {user => $buyer, proven => 'moodle'},
        params => {contextlevel => 'user', instance => "$ann", role => 'studentplus'}});
    $p->finish($p->claim($p->sql('seat_release', {transid => $transid, shop => 1, reference => $hers->{reference}})->{job}));
    is($over->($ann), $buyer, 'a role that another product gives stays');
    $p->back($mark);
    $mark = $p->mark;
    for (['suspend', q{}], ['resume', $buyer], ['suspend', q{}], ['resume', $buyer]) {
        $faults->drive("session: $_->[0]", $p->sql('instance_operate', {reference => $hers->{reference}, action => $_->[0]}));
        is($over->($ann), $_->[1], "$_->[0]: " . ($_->[1] ? 'he looks after her' : 'he does not'));
    }
    $moodle->{assignments} = {};
    $faults->drive('session: refresh', $p->sql('instance_operate', {reference => $hers->{reference}, action => 'refresh'}));
    is($over->($ann), $buyer, 'refreshed');
    my ($heir) = $dbh->selectrow_array(q{insert into shop.customers (firstname, lastname, email, country) values ('Heir', 'New', 'heir@new.example', 'FR') returning id});
    $faults->drive('session: owner', $p->sql('instance_operate', {reference => $hers->{reference}, action => 'owner', customer => $heir}));
    is($over->($ann), user('heir@new.example'), 'handed over: the new owner looks after her, the old one does not');
    is($moodle->enrolment($ann, 20)->{suspended}, 0, 'she keeps her place');
    $p->back($mark);
    is((grep { $_->{toaddress} eq 'ann@new.example' } @{$p->world->{told}}), 1, 'she is told');
    is(scalar(given()), 3, 'three places again');

    # somebody whose account is closed: the seat is not lost
    ($seat) = grep { $_->{email} eq 'rose@new.example' } given();
    $p->finish($p->claim(release($seat->{reference})->{job}));
    $moodle->{users}{50}{suspended} = 1;
    my $said = assign({firstname => 'Zoe', lastname => 'Martin', email => 'zoe@known.example'});
    my $run  = $p->claim($said->{job});
    my $act  = $p->drive($run);
    is("@{$act}{qw(kind reason)}", 'manual account_suspended', 'a closed account is for a person to decide');
    $p->hand_back($run, step => $act->{step}, reason => $act->{reason}, state => 'manual');
    my ($stuck) = grep { $_->{state} eq 'stuck' } @{seats()->{seats}};
    ok($stuck->{cancellable}, 'the buyer need not wait');
    is(release($stuck->{reference})->{verdict}, 'ok', 'he takes it back');
    is(seats()->{free}, 1, 'and it is free');
    $p->back($start);
}

is($faults->bad, 0, $faults->runs . ' runs with a fault');
cmp_ok($faults->runs, '>', 40, 'faults struck');
$dbh->rollback;
done_testing();
