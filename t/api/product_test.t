#!/usr/bin/perl

# The test of products: what is wrong with each is told before it is sold, in JSON and in lines; Moodle is
# only read.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";
use JSON::PP ();
use Test::More;

use Shop::Test qw(wait_for);

my $t = Shop::Test->new(bank => 0, server => 'location = /product-test { shop_product_test ac; }');


sub look {
    my ($code) = @_;
    my $answer = JSON::PP::decode_json($t->http->get("/product-test?product=$code")->{body});
    return {map { join(q{ }, @{$_}{qw(level check param)}) => $_ } @{$answer->{products}[0]{messages}}};
}


sub set_up {
    my ($handler, $params, $more) = @_;
    $t->catalog(sprintf q{update shop.items set enablehandler = '%s', handlerparams = '%s' %s where shortname = 'exam_voucher'},
        $handler, JSON::PP::encode_json($params), $more // q{});
    my $seen;
    wait_for(sub { $seen = look('EXAM_VOUCHER'); exists $seen->{$handler eq q{} ? 'notice no_handler enablehandler' : 'notice handler enablehandler'}
        || exists $seen->{'error handler_unknown enablehandler'} }) or diag explain $seen;
    return $seen;
}


sub says { my ($seen, @wanted) = @_; is_deeply([grep { !$seen->{$_} } @wanted], [], "says: @wanted") or diag explain [sort keys %{$seen}]; return }


my $all = JSON::PP::decode_json($t->http->get('/product-test')->{body});
is($all->{shop}, 'ac', 'all products of the shop');
cmp_ok(scalar @{$all->{products}}, '>', 10, 'are looked at');
is($t->http->get('/product-test?product=NOSUCH')->{status}, 404, 'one that is not there is none');
is((grep { $_->{code} eq 'EXCEL_BASICS' } @{$all->{products}})[0]{handler}, 'std_enrolonecourse', 'each with its handler');
my @errors = map { my $code = $_->{code}; map { "$code: $_->{text}" } grep { $_->{level} eq 'error' } @{$_->{messages}} } @{$all->{products}};
is_deeply(\@errors, [], 'the demo has no error');
my ($writes) = grep { /create|update|enrol_manual|add_|assign/ } keys %{$t->control('moodle', {action => 'calls'})->{calls}};
is($writes, undef, 'nothing is written in Moodle');

$t->dbh->do(q{insert into shop.handlers (name, about) values ('std_nosuch', 'of another version')});
says(set_up('std_nosuch', {}), 'error handler_unknown enablehandler');
says(set_up('std_enrolonecourse', {}), 'error course_parameter coursename', 'warning param_default role', 'warning support_none customersupport');
my $seen = set_up('std_enrolonecourse', {coursename => 'NOSUCH', role => 'wizard', duration => 'long', enddate => '3', customersupport => '99'});
says($seen, 'error course_missing coursename', 'error role_unknown role', 'error param_malformed duration', 'warning param_unknown enddate',
    'error course_missing customersupport');
like($seen->{'error course_missing coursename'}{text}, qr/no course .NOSUCH./, 'in words');
says(set_up('std_enrolonecourse', {coursename => 'EXCEL-1', groupname => 'Spring', starttime => '2026-01-02', endtime => '2026-01-01'}),
    'warning group_missing groupname', 'error period_ends_early endtime');
says(set_up('std_createcourse', {coursecategory => '999', template => 'NOSUCH'}), 'error category_missing coursecategory',
    'error course_missing template', 'error field_not_asked requireddata');
says(set_up('std_unlockpdcertificate', {coursename => 'EXCEL-1', release_mode => 'magic'}), 'error mode_unknown release_mode',
    'warning needs_login onlyforloggedin');
says(set_up('std_setuponecoursesession', {coursename => 'EXCEL-1'}, ', quantaddressesusers = 0'), 'error seats_missing quantaddressesusers');
says(set_up('std_addquizattempts', {coursename => 'EXCEL-1', quizid => '700', attempts_mode => 'function', ws_function => 'local_nosuch_give'}),
    'error function_missing ws_function');
says(set_up('std_addtrainingcredits', {credits_mode => 'function'}), 'error param_missing ws_function');
is_deeply([grep { /ws_function/ } keys %{set_up('std_openltiaccess', {coursename => 'EXCEL-1', lti_mode => 'function',
    ws_function => 'core_user_get_users'})}], [], 'a function that is there');
says(set_up('std_enrolonecourse', {coursename => 'EXCEL-1', credit_price => $_}), 'error param_no_count credit_price') for qw(0 -3 2.5 many 007);
is_deeply([grep { /credit/ } keys %{set_up('std_enrolonecourse', {coursename => 'EXCEL-1', credit_price => '12'})}], [], 'a price in credits');
says(set_up('std_createcourse', {coursecategory => '30', credit_price => '12'}), 'warning param_unknown credit_price');
says(set_up('std_addquizattempts', {coursename => 'EXCEL-1', quizidnumber => 'excel-final,nosuch'}), 'error quiz_missing quizidnumber');
says(set_up('std_unlockpdcertificate', {coursename => 'EXCEL-1', certificateid => '9999', releasegroup => 'x', requirecompletion => '1'}),
    'error module_missing certificateid', 'warning no_criteria requirecompletion', 'warning group_missing releasegroup');
says(set_up('std_generateseats', {courselist => 'EXCEL-%,NOSUCH'}), 'warning courses_none courselist', 'warning param_default packsize');
says(set_up(q{}, {}), 'notice no_handler enablehandler');

$t->control('moodle', {action => 'fault', kind => 'error', code => 'nopermissions', function => 'core_course_get_courses_by_field'});
says(set_up('std_enrolonecourse', {coursename => 'EXCEL-1'}), 'error moodle coursename');
$t->control('moodle', {action => 'fault', kind => 'none'});

my $lines = $t->http->get('/product-test?product=EXAM_VOUCHER&format=text')->{body};
like($lines, qr/^notice EXAM_VOUCHER enablehandler: Handler: std_enrolonecourse[.]$/m, 'a line for each, for a terminal');
my $french = $t->http->get('/product-test?product=EXAM_VOUCHER&format=text', headers => {'Accept-Language' => 'fr'})->{body};
like($french, qr/enablehandler: Gestionnaire : std_enrolonecourse/, 'also in French');

# What nobody finds is looked at, too.
$t->catalog(q{update shop.categories set visible = false where id = (select categoryid from shop.items where shortname = 'exam_voucher')});
ok(wait_for(sub { look('EXAM_VOUCHER')->{'warning category_hidden categoryid'} }), 'for sale in a hidden category');

$t->finish;
done_testing;
