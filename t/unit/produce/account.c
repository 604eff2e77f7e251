/* The buyer's account: names, collisions, unknown outcomes, what may be used. */

#include "drive.h"

#define INPUTS(more)                                                                               \
    "{\"phase\":\"prepay\",\"params\":{},\"customer\":{\"id\":8,\"email\":\"john_doe@x.org\","     \
    "\"firstname\":\"John\",\"lastname\":\"Doe\",\"city\":\"Lyon\"" more "}}"


static drive_t start(const char *inputs)
{
    drive_t drive;

    drive_open(&drive, "std_enrolonecourse", inputs);
    return drive;
}


static const json_t *user_of(const drive_t *drive)
{
    return json_object_get(drive->outputs, "user");
}


static void check_taken_names(void)
{
    drive_t drive = start(INPUTS(""));

    site_user(&drive.site, "john.doe", "other@x.org");
    ok(drive_run(&drive, 0), "john.doe is somebody else");
    is_str(shop_json_text(user_of(&drive), "username"), "john.doe1", "john.doe1 is made");
    ok(shop_json_bool(user_of(&drive), "created"), "and known as created");
    drive_close(&drive);

    drive = start(INPUTS(""));
    for (int i = 0; i < 25; i++) {
        char name[32];
        char mail[32];

        snprintf(name, sizeof(name), i == 0 ? "john.doe" : "john.doe%d", i);
        snprintf(mail, sizeof(mail), "a%d@x.org", i);
        site_user(&drive.site, name, mail);
    }
    ok(drive_run(&drive, 0), "twenty-five namesakes");
    is_str(shop_json_text(user_of(&drive), "username"), "john.doe25", "john.doe25 is made");
    drive_close(&drive);
}


static void check_existing(void)
{
    drive_t drive = start(INPUTS(",\"identity\":\"mail\""));

    site_user(&drive.site, "jd", "JOHN_DOE@x.org");
    site_user(&drive.site, "johnxdoe", "johnxdoe@x.org"); /* `_` is no pattern */
    ok(drive_run(&drive, 0), "a proven mailbox");
    is_str(shop_json_text(user_of(&drive), "username"), "jd", "uses the account with that e-mail");
    ok(!shop_json_bool(user_of(&drive), "created"), "as it is");
    is_int(drive.site.creations, 0, "nothing is created");
    drive_close(&drive);

    drive = start(INPUTS(",\"moodle_user_id\":101"));
    site_user(&drive.site, "jd", "john_doe@x.org");
    site_user(&drive.site, "jd2", "john_doe@x.org");
    ok(drive_run(&drive, 0), "two accounts, one bound");
    is_int(shop_json_int(user_of(&drive), "id"), 101, "the bound one is used");
    is_int(drive.site.calls, 1, "with one call");
    drive_close(&drive);

    drive = start(INPUTS(",\"moodle_user_id\":100"));
    site_user(&drive.site, "jd", "moved@x.org");
    ok(drive_run(&drive, 0), "the bound account has another e-mail now");
    is_str(shop_json_text(user_of(&drive), "username"), "john.doe", "a new one is opened");
    drive_close(&drive);
}


static void check_suspended(void)
{
    drive_t drive = start(INPUTS(",\"identity\":\"moodle\""));
    json_t *user = site_user(&drive.site, "jd", "john_doe@x.org");

    json_object_set_new(user, "suspended", json_true());
    drive.settings.resume_suspended = true;
    ok(drive_run(&drive, 0), "a suspended account is woken where the site allows it");
    ok(!shop_json_bool(json_array_get(drive.site.users, 0), "suspended"), "in Moodle");
    is_str(shop_json_text(user_of(&drive), "username"), "jd", "and used");
    drive_close(&drive);
}


static void check_optional(void)
{
    drive_t drive = start(INPUTS(""));

    drive.site.refuse_optional = true;
    ok(drive_run(&drive, 0), "an optional field displeases");
    is_str(shop_json_text(user_of(&drive), "username"), "john.doe", "the account is made without");
    is_str(shop_json_text(json_array_get(drive.site.users, 0), "city"), "Lyon", "then completed");
    is_int(drive.site.creations, 2, "two creations were tried");
    drive_close(&drive);

    drive = start(INPUTS(""));
    drive.site.error = "invalidparameter";
    drive.site.error_function = "core_user_create_users";
    ok(!drive_run(&drive, 0), "refused for no visible reason");
    is_int(drive.last.kind, SHOP_ACT_MANUAL, "a person decides");
    is_str(shop_str(drive.last.reason), "account_refused", "and is told why");
    ok(drive.site.calls < 12, "after a few tries (%d calls)", drive.site.calls);
    drive_close(&drive);
}


static void check_unknown_outcome(void)
{
    static const char *const names[] = {"none", "answer lost", "refused", "crash before",
                                        "crash after"};

    for (int fault = FAULT_LOST; fault < FAULTS; fault++) {
        for (int at = 1; at <= 4; at++) {
            drive_t drive = start(INPUTS(""));

            drive.fault = (fault_e) fault;
            drive.fault_at = at;
            ok(drive_run(&drive, 1), "%s at act %d", names[fault], at);
            is_int(json_array_size(drive.site.users), 1, "one account");
            is_str(shop_json_text(user_of(&drive), "username"), "john.doe", "the one wanted");
            drive_close(&drive);
        }
    }
}


static void check_no_password(void)
{
    drive_t drive = start(INPUTS(""));
    shop_job_t job;
    shop_act_t act = {0};
    const json_t *user;

    drive.settings.account_auth = SHOP_STR("userkey");
    drive.settings.account_password = false;
    drive.progress =
        json_pack("{s:s, s:s, s:b}", "phase", "create", "username", "john.doe", "minimal", 0);
    job = drive_job(&drive);
    shop_job_next(drive.handler, &job)->build(&job, &act);
    user = json_array_get(json_object_get(act.arguments, "users"), 0);
    is_str(shop_json_text(user, "auth"), "userkey", "the method of the site");
    ok(json_object_get(user, "createpassword") == NULL, "no password is asked for");
    is_str(shop_json_text(user, "username"), "john.doe", "under the stored name");
    shop_act_free(&act);
    drive_close(&drive);
}


int main(void)
{
    check_taken_names();
    check_existing();
    check_suspended();
    check_optional();
    check_unknown_outcome();
    check_no_password();
    return done_testing();
}
