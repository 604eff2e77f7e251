#!/usr/bin/perl
# The check of the Moodle site at the start and every hour: the status page says what is wrong, a refused
# account holds production until it is let in again.

use strict;
use warnings;
use Test::More;
use Shop::Sale;
use Shop::Test qw(spew wait_for);

my $t = Shop::Test->new(workers => 2, moodle_conf => <<'CONF');
        canary lea.canari@example.org;
        check_interval 1s;
        gate_probe 1s;
        breaker_probe 1s;
        retry_delays 500ms 500ms 1s 1s 1s;
CONF


sub moodle { return $t->status->{work}{moodle} }
sub check  { return join ' ', @{moodle()->{check}} }


ok(wait_for(sub { moodle()->{checked_at} }), 'the site is checked');
is(check(), '', 'nothing is wrong');
is(moodle()->{gate}, 'open', 'the gate is open');

# Each thing that may be missing, and that is found again.
for my $wrong (
    [functions => {action => 'capability', name => 'core_group_create_groups'}],
    [canary    => {action => 'capability', name => 'moodle/site:viewuseridentity'}],
) {
    my ($name, $command) = @{$wrong};
    $t->control('moodle', $command);
    ok(wait_for(sub { check() eq $name }), "$name: the check says so") or diag check();
    $t->control('moodle', {%{$command}, present => 1});
    ok(wait_for(sub { check() eq '' }), "$name: and when it is mended") or diag check();
}

# What is sold says what is needed: a handler its functions, its parameters their roles.
$t->dbh->do(q{update shop.items set enablehandler = '', handlerparams = '{}' where enablehandler = 'std_addquizattempts'});
$t->control('moodle', {action => 'capability', name => 'mod_quiz_save_overrides'});
$t->dbh->do(q{update shop.items set handlerparams = handlerparams || '{"role": "captain"}' where enablehandler = 'std_enrolonecourse'});
ok(wait_for(sub { check() eq 'roles' }), 'a role that the map lacks is missed, a function that nobody sells is not') or diag check();
$t->dbh->do(q{update shop.items set handlerparams = handlerparams || '{"role": "student"}' where enablehandler = 'std_enrolonecourse'});
ok(wait_for(sub { check() eq '' }), 'until it is named no more') or diag check();
$t->dbh->do(q{update shop.items set enablehandler = 'std_addquizattempts' where id = (
    select min(id) from shop.items where isset = 0 and enablehandler = '')});
ok(wait_for(sub { check() eq 'functions' }), 'a function is missed when its handler is sold') or diag check();
$t->control('moodle', {action => 'capability', name => 'mod_quiz_save_overrides', present => 1});
ok(wait_for(sub { check() eq '' }), 'until the service has it') or diag check();

# What is done to instances later counts as well, and a function that a product itself names; another way of the same
# handler does not.
$t->control('moodle', {action => 'capability', name => 'enrol_manual_unenrol_users'});
ok(wait_for(sub { check() eq 'functions' }), 'a function is missed that takes an access back') or diag check();
$t->control('moodle', {action => 'capability', name => 'enrol_manual_unenrol_users', present => 1});
ok(wait_for(sub { check() eq '' }), 'until the service has it') or diag check();
$t->control('moodle', {action => 'capability', name => 'mod_quiz_save_overrides'});
ok(wait_for(sub { check() eq 'functions' }), 'attempts by overrides need them') or diag check();
my $attempts = sub { $t->dbh->do(q{update shop.items set handlerparams = ? where enablehandler = 'std_addquizattempts'}, undef, $_[0]) };
$attempts->('{"attempts_mode": "function", "ws_function": "core_user_get_users"}');
ok(wait_for(sub { check() eq '' }), 'those by a function do not') or diag check();
$attempts->('{"attempts_mode": "function", "ws_function": "local_nosuch_give"}');
ok(wait_for(sub { check() eq 'functions' }), 'but that one') or diag check();
$attempts->('{}');
$t->control('moodle', {action => 'capability', name => 'mod_quiz_save_overrides', present => 1});
ok(wait_for(sub { check() eq '' }), 'all is well again') or diag check();

# The database says so: an absent parameter has its usual role, what is suspended needs nothing.
my $needs = sub {
    return $t->sql(q{select shop.site_needs('{"roles": [{"handler": "std_addquizattempts", "param": "guide", "role": "pilot"}]}')});
};
like($needs->(), qr/"roles": \["pilot"\].*"std_addquizattempts"/, 'the usual role of a parameter');
$t->dbh->do(q{update shop.items set status = 'SUSPENDED' where enablehandler = 'std_addquizattempts'});
unlike($needs->(), qr/pilot|std_addquizattempts/, 'and none of what is suspended');

# The account is refused: what is sold meanwhile waits and is produced then.
$t->control('moodle', {action => 'fault', kind => 'invalidtoken'});
ok(wait_for(sub { moodle()->{gate} eq 'refused' }), 'scenario 16: a refused account closes the gate');
my $buyer = Shop::Sale::at_payment($t);
$buyer->pay_card;
like($buyer->page->text, qr/your payment has been received/, 'people buy all the same');
my $told = sub { $t->sql(q{select count(*) from shop.alerts where message like 'Moodle refuses the account%'}) };
ok(wait_for(sub { $told->() > 0 }), 'scenario 16: staff are told');
my $calls = moodle()->{calls};
is(check(), 'refused', 'the status page says why');
$t->control('moodle', {action => 'fault', kind => 'none'});
ok(wait_for(sub { moodle()->{gate} eq 'open' && check() eq '' }), 'scenario 16: it opens by itself');
Shop::Sale::sold_once($t, $buyer);
$t->sql(q{select shop.site_refused('{}')});
is($told->(), 1, 'scenario 16: by one alert');

# People are hidden: whoever buys would get a second account.
$t->control('moodle', {action => 'capability', name => 'moodle/site:viewuseridentity'});
ok(wait_for(sub { check() eq 'canary' }), 'scenario 5: the check is red when e-mails are hidden') or diag check();
my $accounts = sub { scalar keys %{$t->control('moodle', {action => 'state'})->{users}} };
my $before = $accounts->();
my $hidden = Shop::Sale::at_payment($t);
$hidden->pay_card;
my $held = q{select count(*) from shop.jobs where state = 'blocked' and reason = 'people_hidden'};
ok(wait_for(sub { $t->sql($held) > 0 }), 'scenario 5: production is blocked')
    or diag join q{ }, $t->sql(q{select string_agg(state || ' ' || coalesce(reason, ''), ', ') from shop.jobs});
is($accounts->(), $before, 'scenario 5: nobody is made in Moodle');
is($t->sql(q{select count(*) from shop.alerts where message like 'Moodle does not show people%'}), 1, 'scenario 5: one alert');
$t->control('moodle', {action => 'capability', name => 'moodle/site:viewuseridentity', present => 1});
ok(wait_for(sub { check() eq '' && $t->sql(q{select count(*) from shop.jobs where state <> 'done'}) == 0 }),
    'scenario 5: production goes on when the check is green') or diag check();
is($accounts->(), $before + 1, 'scenario 5: with one account');

# The other service, which lets people into Moodle: its troubles do not hold production.
sub with_login { my ($token) = @_; spew("$t->{dir}/secrets/login", $token, 0600); return $t->reload }
$t->{option}{moodle_conf} .= "login_token_file $t->{dir}/secrets/login;";
spew("$t->{dir}/secrets/login", 'TOKEN-LOGIN', 0600);
$t->write_conf;
with_login('WRONG');
ok(wait_for(sub { check() eq 'login' }), 'a token that lets nobody in is said to be wrong') or diag check();
is(moodle()->{gate}, 'open', 'and holds nothing');
with_login('TOKEN-LOGIN');
ok(wait_for(sub { check() eq '' }), 'that of the service is right') or diag check();
$t->control('moodle', {action => 'capability', name => 'auth_userkey_request_login_url'});
ok(wait_for(sub { check() eq 'login' }), 'but not without its function') or diag check();
$t->control('moodle', {action => 'capability', name => 'auth_userkey_request_login_url', present => 1});
ok(wait_for(sub { check() eq '' }), 'which it has again') or diag check();

# A wrong token in the configuration, mended by a reload.
spew("$t->{dir}/secrets/moodle", 'WRONG', 0600);
$t->{option}{moodle_conf} =~ s/gate_probe 1s/gate_probe 1h/;
$t->write_conf;
spew("$t->{dir}/secrets/moodle", 'WRONG', 0600);
$t->reload;
ok(wait_for(sub { moodle()->{gate} eq 'refused' }), 'a wrong token is refused');
spew("$t->{dir}/secrets/moodle", 'TOKEN', 0600);
$t->reload;
ok(wait_for(sub { moodle()->{gate} eq 'open' }), 'the right one opens the gate at once');

# Away for longer.
$t->control('moodle', {action => 'fault', kind => 'down', delay => 5});
ok(wait_for(sub { check() eq 'unreachable' }), 'a site that is away is said to be');
ok(wait_for(sub { check() eq '' }), 'until it is back');

$t->finish;
done_testing();
