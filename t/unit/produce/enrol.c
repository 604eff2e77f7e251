/* Course enrolment: every step, every refusal, and every fault at every call. */

#include "drive.h"

#define CUSTOMER                                                                                   \
    "\"customer\":{\"id\":8,\"email\":\"Zoe.Martin@Example.org\",\"firstname\":\"Zo\\u00e9\","     \
    "\"lastname\":\"d'Ormesson\",\"city\":\"Lyon\",\"country\":\"FR\",\"lang\":\"fr\"}"

#define INPUTS(params)                                                                             \
    "{\"phase\":\"postpay\",\"handler\":\"std_enrolonecourse\",\"paid_at\":\"2026-11-20T10:00:"    \
    "00Z\","                                                                                       \
    "\"ordered_at\":\"2026-11-19T10:00:00Z\",\"transid\":\"T\",\"ordering\":1,\"quantity\":1,"     \
    "\"product\":{\"code\":\"C\",\"name\":\"Course\",\"renewable\":false},\"shop\":{\"id\":1,"     \
    "\"support_course\":\"\"},\"params\":{" params "}," CUSTOMER "}"

#define PAID 1795168800 /* 2026-11-20T10:00:00Z */


static void check_first_sale(void)
{
    drive_t drive;
    const json_t *enrolment;
    const json_t *group;

    drive_open(&drive, "std_enrolonecourse",
               INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\",\"groupname\":\"Autumn\""));
    ok(drive_run(&drive, 0), "a new buyer is enrolled");

    is_int(json_array_size(drive.site.users), 1, "one account");
    is_str(shop_json_text(json_array_get(drive.site.users, 0), "username"), "zoe.dormesson",
           "with a name from the names");
    is_str(shop_json_text(json_array_get(drive.site.users, 0), "email"), "zoe.martin@example.org",
           "and the e-mail in lower case");
    enrolment = json_object_get(drive.site.enrolments, "100/12");
    is_int(shop_json_int(enrolment, "timestart"), PAID, "from the payment, not from now");
    is_int(shop_json_int(enrolment, "timeend"), PAID + 30 * 86400, "for thirty days");
    is_int(shop_json_int(enrolment, "roleid"), 5, "as a student");

    is_int(json_array_size(drive.site.groups), 2, "two groups");
    group = json_array_get(drive.site.groups, 0);
    is_str(shop_json_text(group, "idnumber"), "shop-cust-8", "the customer's group is marked");
    is_str(shop_json_text(group, "name"), "customer_zoe.dormesson", "and named");
    is_int(json_object_size(drive.site.members), 2, "member of both");

    is_int(json_array_size(drive.instances), 1, "one instance");
    is_str(shop_json_text(json_array_get(drive.instances, 0), "contexttype"), "userenrol",
           "of the right kind");
    is_str(shop_json_text(json_array_get(drive.instances, 0), "enddate"), "2026-12-20T10:00:00Z",
           "with the end");
    drive_close(&drive);
}


static void check_unlimited(void)
{
    drive_t drive;

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"courseid\":\"12\""));
    ok(drive_run(&drive, 0), "without duration");
    ok(json_object_get(json_object_get(drive.site.enrolments, "100/12"), "timeend") == NULL,
       "no end is sent");
    drive_close(&drive);
}


/* What every run must have done, whatever happened on the way. */
static bool world_is_right(const drive_t *drive)
{
    const json_t *enrolment = json_object_get(drive->site.enrolments, "100/12");

    return json_array_size(drive->site.users) == 1 && json_array_size(drive->site.groups) == 2 &&
           json_object_size(drive->site.members) == 2 &&
           json_object_size(drive->site.enrolments) == 1 &&
           shop_json_int(enrolment, "timestart") == PAID &&
           shop_json_int(enrolment, "timeend") == PAID + 30 * 86400 &&
           json_array_size(drive->instances) == 1;
}


static void check_faults(void)
{
    int total = 0;

    for (int fault = FAULT_NONE; fault < FAULTS; fault++) {
        for (int at = 1; at <= 12; at++) {
            drive_t drive;
            bool done;

            drive_open(
                &drive, "std_enrolonecourse",
                INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\",\"groupname\":\"Autumn\""));
            drive.fault = (fault_e) fault;
            drive.fault_at = at;
            done = drive_run(&drive, 1);
            total = drive.acts;
            if (!done || !world_is_right(&drive)) {
                ok(false, "fault %d at act %d", fault, at);
                diag("last act %d %s %s", (int) drive.last.kind,
                     drive.last.reason != NULL ? drive.last.reason : "", drive.last.code);
            }
            drive_close(&drive);
        }
    }
    ok(total >= 12, "every fault at each of %d acts ends in the same world", total);
}


/* All outputs up to any step were stored by a worker that died: the rest follows. */
static void check_resume(void)
{
    for (int stored = 0; stored < 14; stored++) {
        drive_t drive;
        int count = 0;

        drive_open(&drive, "std_enrolonecourse",
                   INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\",\"groupname\":\"Autumn\""));
        while (count++ < stored && drive_once(&drive)) {
        }
        drive.unknown = true; /* the lease ended: nobody knows */
        ok(drive_run(&drive, 0) && world_is_right(&drive), "resumed after %d stored acts", stored);
        drive_close(&drive);
    }
}


static void expect_stop(const char *params, void (*change)(drive_t *), shop_act_e kind,
                        const char *reason)
{
    drive_t drive;

    drive_open(&drive, "std_enrolonecourse", params);
    if (change != NULL) {
        change(&drive);
    }
    ok(!drive_run(&drive, 0), "stops: %s", reason);
    is_int(drive.last.kind, kind, "with the right act");
    is_str(shop_str(drive.last.reason), reason, "and the reason");
    drive_close(&drive);
}


static void hide(drive_t *drive)
{
    drive->site.hidden = true;
}
static void lose_course(drive_t *drive)
{
    drive->site.no_course = true;
}
static void known_mail(drive_t *drive)
{
    site_user(&drive->site, "zm", "zoe.martin@example.org");
}

static void two_accounts(drive_t *drive)
{
    known_mail(drive);
    site_user(&drive->site, "zm2", "ZOE.martin@example.org");
}

static void suspended(drive_t *drive)
{
    known_mail(drive);
    json_object_set_new(json_array_get(drive->site.users, 0), "suspended", json_true());
    json_object_set_new(json_object_get(drive->inputs, "customer"), "identity",
                        json_string("mail"));
}

static void foreign(drive_t *drive)
{
    json_t *user = site_user(&drive->site, "zm", "zoe.martin@example.org");

    json_object_set_new(json_object_get(drive->inputs, "customer"), "moodle_user_id",
                        json_integer(shop_json_int(user, "id")));
    json_object_set_new(drive->site.enrolments, "100/12", json_object());
}

static void no_manual(drive_t *drive)
{
    drive->site.error = "wsnoinstance";
    drive->site.error_function = "enrol_manual_enrol_users";
}

static void no_right(drive_t *drive)
{
    drive->site.error = "wsusercannotassign";
    drive->site.error_function = "enrol_manual_enrol_users";
}

static void bad_token(drive_t *drive)
{
    drive->site.error = "invalidtoken";
    drive->site.error_function = "enrol_manual_enrol_users";
}

static void maintenance(drive_t *drive)
{
    drive->site.error = "sitemaintenance";
    drive->site.error_function = "enrol_manual_enrol_users";
}


static void check_refusals(void)
{
    const char *plain = INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\"");

    expect_stop(INPUTS(""), NULL, SHOP_ACT_BLOCKED, "course_parameter");
    expect_stop(plain, lose_course, SHOP_ACT_BLOCKED, "course_missing");
    expect_stop(plain, hide, SHOP_ACT_BLOCKED, "course_hidden");
    expect_stop(plain, known_mail, SHOP_ACT_MANUAL, "account_not_proven");
    expect_stop(plain, two_accounts, SHOP_ACT_MANUAL, "several_accounts");
    expect_stop(plain, suspended, SHOP_ACT_MANUAL, "account_suspended");
    expect_stop(plain, foreign, SHOP_ACT_MANUAL, "foreign_enrolment");
    expect_stop(plain, no_manual, SHOP_ACT_BLOCKED, "moodle_missing");
    expect_stop(plain, no_right, SHOP_ACT_BLOCKED, "moodle_rights");
    expect_stop(plain, bad_token, SHOP_ACT_GATE, "moodle_refuses");
    expect_stop(plain, maintenance, SHOP_ACT_RETRY, "moodle_unavailable");
    expect_stop(INPUTS("\"coursename\":\"MOOC\",\"role\":\"owner\""), NULL, SHOP_ACT_BLOCKED,
                "role_unknown");
    expect_stop(INPUTS("\"coursename\":\"MOOC\",\"endtime\":\"1000\""), NULL, SHOP_ACT_BLOCKED,
                "dates_parameter");
    expect_stop(INPUTS("\"coursename\":\"MOOC\",\"enrol\":\"self\""), NULL, SHOP_ACT_BLOCKED,
                "enrol_method");
}


static void check_foreign_settings(void)
{
    drive_t drive;

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\""));
    foreign(&drive);
    drive.settings.on_foreign_enrolment = SHOP_FOREIGN_KEEP;
    ok(drive_run(&drive, 0), "keep: goes on");
    is_int(json_object_size(json_object_get(drive.site.enrolments, "100/12")), 0,
           "and leaves the foreign enrolment alone");
    drive_close(&drive);

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\""));
    foreign(&drive);
    drive.settings.on_foreign_enrolment = SHOP_FOREIGN_OVERWRITE;
    ok(drive_run(&drive, 0), "overwrite: goes on");
    is_int(shop_json_int(json_object_get(drive.site.enrolments, "100/12"), "timestart"), PAID,
           "and writes our dates");
    drive_close(&drive);

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\""));
    foreign(&drive);
    ok(drive_run(&drive, 0), "an unlimited product cannot shorten anything");
    drive_close(&drive);

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\",\"duration\":\"30\""));
    foreign(&drive);
    json_object_set_new(drive.inputs, "covered", json_pack("[{s:i}]", "id", 12));
    ok(drive_run(&drive, 0), "an enrolment of ours is no foreign one");
    drive_close(&drive);
}


static void check_prepay(void)
{
    drive_t drive;
    json_t *feedback;
    shop_job_t job;

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\""));
    json_object_set_new(drive.inputs, "phase", json_string("prepay"));
    ok(drive_run(&drive, 0), "before payment");
    is_int(json_array_size(drive.site.users), 1, "the account is opened");
    is_int(json_object_size(drive.site.enrolments), 0, "and nothing else happens");
    job = drive_job(&drive);
    feedback = shop_job_feedback(drive.handler, &job, "prepay_account");
    is_str(shop_json_text(json_object_get(feedback, "vars"), "username"), "zoe.dormesson",
           "the feedback knows the name");
    json_decref(feedback);
    drive_close(&drive);

    drive_open(&drive, "std_enrolonecourse", INPUTS("\"coursename\":\"MOOC\""));
    json_object_set_new(drive.inputs, "phase", json_string("prepay"));
    drive.settings.account_at_payment = true;
    ok(drive_run(&drive, 0), "before payment, accounts at payment");
    is_int(drive.site.calls, 0, "Moodle is not asked");
    drive_close(&drive);
}


static void check_support(void)
{
    drive_t drive;

    drive_open(&drive, "std_enrolonecourse",
               INPUTS("\"coursename\":\"MOOC\",\"customersupport\":\"HELP\""));
    ok(drive_run(&drive, 0), "with a support course");
    is_int(shop_json_int(json_object_get(drive.outputs, "support"), "course"), 12,
           "enrolled there");
    drive_close(&drive);

    drive_open(&drive, "std_enrolonecourse",
               INPUTS("\"coursename\":\"MOOC\",\"customersupport\":\"HELP\""));
    while (json_object_get(drive.outputs, "instance") == NULL && drive_once(&drive)) {
    }
    drive.site.no_course = true;
    ok(drive_run(&drive, 0), "a missing support course is no failure");
    is_str(shop_json_text(json_object_get(drive.outputs, "support"), "warning"), "course_missing",
           "but a warning");
    drive_close(&drive);
}


int main(void)
{
    check_first_sale();
    check_unlimited();
    check_faults();
    check_resume();
    check_refusals();
    check_foreign_settings();
    check_prepay();
    check_support();
    return done_testing();
}
