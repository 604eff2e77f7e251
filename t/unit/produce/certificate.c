/* Certificate release in its three ways, waiting for completion, numbers. */

#include "drive.h"

#define INPUTS(params)                                                                             \
    "{\"phase\":\"postpay\",\"handler\":\"std_unlockpdcertificate\","                              \
    "\"paid_at\":\"2026-11-20T10:00:00Z\",\"transid\":\"T\",\"ordering\":1,\"quantity\":1,"        \
    "\"product\":{\"code\":\"CERT\",\"name\":\"Certificate\"},\"shop\":{\"id\":1},\"params\":{"    \
    "\"coursename\":\"MOOC\"," params "},\"customer\":{\"id\":8,\"email\":\"jd@x.org\","           \
    "\"firstname\":\"John\",\"lastname\":\"Doe\",\"identity\":\"moodle\"}}"


static drive_t start(const char *inputs)
{
    drive_t drive;

    drive_open(&drive, "std_unlockpdcertificate", inputs);
    site_user(&drive.site, "jd", "jd@x.org");
    json_object_set_new(drive.site.enrolments, "100/12", json_object());
    return drive;
}


static void check_group(void)
{
    drive_t drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"certificateid\":\"77\""));

    ok(drive_run(&drive, 0), "group: released");
    is_str(shop_json_text(json_array_get(drive.site.groups, 0), "name"), "cert-ok",
           "the missing group is made");
    is_int(json_object_size(drive.site.members), 1, "and joined");
    is_int(shop_json_int(json_array_get(drive.instances, 0), "instanceid"), 77,
           "the instance names the activity");
    ok(json_is_null(json_object_get(json_array_get(drive.instances, 0), "enddate")), "without end");
    ok(drive.issues == NULL, "no document of ours");
    drive_close(&drive);

    drive = start(INPUTS("\"releasegroup\":\"cert-ok\""));
    json_array_append_new(drive.site.groups, json_pack("{s:i, s:s, s:s}", "id", 7, "name",
                                                       "Released", "idnumber", "cert-ok"));
    ok(drive_run(&drive, 0), "group: found by its idnumber");
    ok(json_object_get(drive.site.members, "7/100") != NULL, "that one is joined");
    is_int(drive.site.creations, 0, "and none is made");
    drive_close(&drive);
}


static void check_enrol(void)
{
    drive_t drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"enrol\":\"1\""));
    const json_t *entry;

    json_object_clear(drive.site.enrolments);
    ok(drive_run(&drive, 0), "enrol: a stranger is taken in and served");
    entry = json_object_get(drive.site.enrolments, "100/12");
    is_int(shop_json_int(entry, "roleid"), 5, "as a student");
    is_int(shop_json_int(entry, "timestart"), 1795168800, "from the payment");
    ok(json_object_get(entry, "timeend") == NULL, "without end");
    is_int(json_object_size(drive.site.members), 1, "and joins the group");
    ok(shop_json_bool(json_object_get(json_array_get(drive.instances, 0), "productiondata"),
                      "enrolled"),
       "the instance tells that the enrolment is ours");
    drive_close(&drive);

    drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"enrol\":\"1\""));
    ok(drive_run(&drive, 0), "enrol: somebody who follows the course already");
    is_int(json_object_size(json_object_get(drive.site.enrolments, "100/12")), 0,
           "keeps his own enrolment");
    drive_close(&drive);

    drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"enrol\":\"1\""));
    json_object_clear(drive.site.enrolments);
    drive.settings.role_count = 4;
    ok(!drive_run(&drive, 0), "enrol: without a student in the role map");
    is_int(drive.last.kind, SHOP_ACT_BLOCKED, "it blocks");
    is_str(shop_str(drive.last.reason), "role_unknown", "and says why");
    drive_close(&drive);
}


static void check_waiting(void)
{
    drive_t drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"requirecompletion\":\"1\""));

    ok(!drive_run(&drive, 0), "not completed yet");
    is_int(drive.last.kind, SHOP_ACT_WAIT, "waits");
    is_int(drive.last.until - drive.now, 3600, "for an hour");
    is_str(shop_str(drive.last.reason), "not_completed", "and says why");

    drive.site.completed = true;
    ok(drive_run(&drive, 0), "completed meanwhile: released");
    is_int(json_object_size(drive.site.members), 1, "member of the group");
    drive_close(&drive);

    drive = start(INPUTS("\"releasegroup\":\"cert-ok\",\"requirecompletion\":\"1\""));
    drive.now += 366 * 86400LL;
    ok(!drive_run(&drive, 0), "a year later");
    is_int(drive.last.kind, SHOP_ACT_MANUAL, "a person looks");
    drive_close(&drive);
}


static void check_shop(void)
{
    drive_t drive = start(INPUTS("\"release_mode\":\"shop\""));
    shop_str_t number;

    drive.site.completed = true;
    ok(drive_run(&drive, 0), "shop: issued");
    is_int(json_array_size(drive.issues), 1, "one document");
    number = shop_json_text(json_array_get(drive.issues, 0), "number");
    ok(shop_certificate_number_valid(number), "with a valid number");
    is_str(shop_json_text(json_array_get(drive.issues, 0), "holder"), "Full Name",
           "on the name that Moodle knows");
    is_str(shop_json_text(json_array_get(drive.issues, 0), "completed_at"), "2026-11-06T21:20:00Z",
           "with the day of the last criterion");
    is_str(shop_json_text(json_array_get(drive.issues, 0), "reference"), "AAAA-BBBB-CCCC-DDEE",
           "and the product's reference");
    drive_close(&drive);

    drive = start(INPUTS("\"release_mode\":\"shop\""));
    drive.site.completed = true;
    drive.taken = 2;
    ok(drive_run(&drive, 0), "shop: a number that somebody has is drawn again");
    is_int(json_array_size(drive.issues), 1, "until one is free");
    drive_close(&drive);

    drive = start(INPUTS("\"release_mode\":\"shop\""));
    ok(!drive_run(&drive, 0) && drive.last.kind == SHOP_ACT_WAIT, "shop: waits for completion");
    drive_close(&drive);
}


static void check_function(void)
{
    drive_t drive =
        start(INPUTS("\"release_mode\":\"function\",\"ws_function\":\"local_x_release\","
                     "\"certificateid\":\"77\",\"ws_ok\":\"result.status\""));
    shop_job_t job;
    shop_act_t act = {0};

    while (json_object_get(drive.outputs, "instance") == NULL && drive_once(&drive)) {
    }
    job = drive_job(&drive);
    shop_job_next(drive.handler, &job)->build(&job, &act);
    is_str(shop_str(act.function), "local_x_release", "the configured function");
    is_str(shop_json_text(act.arguments, "userid"), "100", "gets the user");
    is_str(shop_json_text(act.arguments, "cmid"), "77", "the activity");
    is_str(shop_json_text(act.arguments, "reference"), "AAAA-BBBB-CCCC-DDEE", "the reference");
    shop_act_free(&act);
    ok(drive_run(&drive, 0), "and its answer is accepted");
    drive_close(&drive);

    drive = start(INPUTS("\"release_mode\":\"function\",\"ws_function\":\"local_x_release\","
                         "\"ws_idempotent\":\"0\""));
    while (json_object_get(drive.outputs, "instance") == NULL && drive_once(&drive)) {
    }
    drive.unknown = true;
    ok(!drive_run(&drive, 0), "a function that may not be repeated");
    is_str(shop_str(drive.last.reason), "outcome_unknown", "is left to a person");
    drive_close(&drive);
}


static void check_refusals(void)
{
    static const struct {
        const char *inputs;
        shop_act_e kind;
        const char *reason;
    } cases[] = {
        {INPUTS("\"a\":\"\""), SHOP_ACT_BLOCKED, "releasegroup_parameter"},
        {INPUTS("\"release_mode\":\"magic\""), SHOP_ACT_BLOCKED, "release_mode_parameter"},
        {INPUTS("\"release_mode\":\"function\""), SHOP_ACT_BLOCKED, "ws_function_parameter"},
        {INPUTS("\"release_mode\":\"function\",\"ws_function\":\"f\",\"ws_args\":\"{\""),
         SHOP_ACT_BLOCKED, "ws_args_parameter"},
    };
    drive_t drive;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        drive = start(cases[i].inputs);
        ok(!drive_run(&drive, 0), "stops: %s", cases[i].reason);
        is_int(drive.last.kind, cases[i].kind, "with the right act");
        is_str(shop_str(drive.last.reason), cases[i].reason, "and the reason");
        drive_close(&drive);
    }

    drive = start(INPUTS("\"releasegroup\":\"g\""));
    json_object_clear(drive.site.enrolments);
    ok(!drive_run(&drive, 0), "somebody who does not follow the course");
    is_str(shop_str(drive.last.reason), "not_enrolled", "is left to a person");
    drive_close(&drive);

    drive = start(INPUTS("\"release_mode\":\"shop\""));
    drive.site.error = "nocriteriaset";
    drive.site.error_function = "core_completion_get_course_completion_status";
    ok(!drive_run(&drive, 0), "a course without criteria");
    is_str(shop_str(drive.last.reason), "no_completion_criteria", "is a misconfiguration");
    is_int(drive.last.kind, SHOP_ACT_BLOCKED, "so it blocks");
    drive_close(&drive);
}


static void check_faults(const char *mode, const char *inputs, bool stranger)
{
    bool right = true;
    int acts = 0;

    for (int fault = FAULT_LOST; fault < FAULTS; fault++) {
        for (int at = 1; at <= 9; at++) {
            drive_t drive = start(inputs);

            drive.site.completed = true;
            if (stranger) {
                json_object_clear(drive.site.enrolments);
            }
            drive.fault = (fault_e) fault;
            drive.fault_at = at;
            right = drive_run(&drive, 1) && right && json_array_size(drive.instances) == 1 &&
                    json_array_size(drive.site.groups) <= 1 && json_array_size(drive.issues) <= 1 &&
                    json_array_size(drive.site.users) == 1 &&
                    json_object_size(drive.site.enrolments) == 1;
            acts = drive.acts;
            drive_close(&drive);
        }
    }
    ok(right, "%s: every fault at every act (%d) ends the same", mode, acts);
}


static void check_none(void)
{
    drive_t drive;

    drive_open(&drive, "", INPUTS("\"a\":\"\""));
    ok(drive_run(&drive, 0), "a product without handler");
    is_int(drive.site.calls, 0, "asks nothing of Moodle");
    ok(drive.instances == NULL, "and records nothing");
    drive_close(&drive);

    drive_open(&drive, "", INPUTS("\"track_instance\":\"1\",\"duration\":\"10\""));
    ok(drive_run(&drive, 0), "unless it asks for an instance");
    is_str(shop_json_text(json_array_get(drive.instances, 0), "enddate"), "2026-11-30T10:00:00Z",
           "with its period");
    drive_close(&drive);
}


int main(void)
{
    check_group();
    check_enrol();
    check_waiting();
    check_shop();
    check_function();
    check_refusals();
    check_faults("group", INPUTS("\"releasegroup\":\"g\",\"requirecompletion\":\"1\""), false);
    check_faults("enrol", INPUTS("\"releasegroup\":\"g\",\"enrol\":\"1\""), true);
    check_faults("shop", INPUTS("\"release_mode\":\"shop\""), false);
    check_faults("function", INPUTS("\"release_mode\":\"function\",\"ws_function\":\"f\""), false);
    check_none();
    return done_testing();
}
