/*
 * Handler std_unlockpdcertificate: free course, paid certificate (handlers.md 9.9).
 *
 * `release_mode` says how the certificate is released: `group` (the activity is restricted to a
 * group that the buyer joins), `shop` (the shop issues the document), `function` (a configured
 * function of the site). Steps of the other ways have nothing to do.
 */

#include "produce/operate.h"
#include "produce/test_internal.h"

#define CHECK_INTERVAL 3600
#define WAIT_MAX (365 * (int64_t) SHOP_DAY)


/* --- step `enrolled`: whoever does not follow the course has bought by mistake, unless the product
 * takes him in (`enrol`). The period is stored before the enrolment that uses it. --- */

static bool is_entering(const shop_job_t *job)
{
    return shop_str_eq(shop_job_phase(job), SHOP_STR("enrol"));
}


static void enrolled_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = {
        .role = shop_json_int(job->progress, "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = {.start = shop_json_int(job->progress, "start")},
    };

    if (is_entering(job)) {
        shop_enrolment_build(&enrolment, act);
        return;
    }
    shop_act_call(act, "core_enrol_get_users_courses",
                  json_pack("{s:I, s:b}", "userid", (json_int_t) shop_job_output_id(job, "user"),
                            "returnusercount", 0));
}


/* Without end, as the certificate itself, and not before the course begins. */
static void enter_course(const shop_job_t *job, shop_act_t *act)
{
    int64_t begin = shop_json_int(shop_job_output(job, "course"), "startdate");
    int64_t paid = shop_job_moment(job, "paid_at");
    int64_t role = shop_enrolment_role(job, SHOP_STR_NULL);

    if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
        return;
    }
    shop_act_more(act, json_pack("{s:s, s:I, s:I}", "phase", "enrol", "start",
                                 (json_int_t) (paid > begin ? paid : begin), "roleid",
                                 (json_int_t) role));
}


static void enrolled_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (is_entering(job)) {
        shop_act_done(act, json_pack("{s:b}", "enrolled", 1));
    } else if (shop_course_in_list(answer->json, shop_job_output_id(job, "course"))) {
        shop_act_done(act, json_object());
    } else if (shop_param_bool(job, "enrol")) {
        enter_course(job, act);
    } else {
        shop_act_stop(act, SHOP_ACT_MANUAL, "not_enrolled");
    }
}


/* --- step `complete`: waiting is not an error --- */

/* The parameter decides; without it only who completed the course gets the shop's document. */
static bool completion_required(shop_str_t param, bool yes, bool issued)
{
    return param.len != 0 ? yes : issued;
}


static void complete_call(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "core_completion_get_course_completion_status",
                  json_pack("{s:I, s:I}", "courseid",
                            (json_int_t) shop_job_output_id(job, "course"), "userid",
                            (json_int_t) shop_job_output_id(job, "user")));
}


static void complete_build(const shop_job_t *job, shop_act_t *act)
{
    if (!completion_required(shop_param_text(job, "requirecompletion"),
                             shop_param_bool(job, "requirecompletion"),
                             shop_job_mode_is(job, "shop"))) {
        shop_act_skip(act);
        return;
    }
    complete_call(job, act);
}


/* The latest of the criteria. */
static int64_t completed_at(const json_t *status)
{
    const json_t *criteria = json_object_get(status, "completions");
    int64_t latest = 0;

    for (size_t i = 0; i < json_array_size(criteria); i++) {
        int64_t moment = shop_json_int(json_array_get(criteria, i), "timecompleted");

        latest = moment > latest ? moment : latest;
    }
    return latest;
}


static void complete_refused(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_str_t code = shop_str(answer->code);

    shop_act_by_class(job, answer, act);
    if (shop_str_eq(code, SHOP_STR("nocriteriaset"))) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "no_completion_criteria");
    } else if (shop_str_eq(code, SHOP_STR("notenroled")) ||
               shop_str_eq(code, SHOP_STR("usernotenroled"))) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "not_enrolled");
    }
}


static void complete_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *status = json_object_get(answer->json, "completionstatus");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        complete_refused(job, answer, act);
    } else if (shop_json_bool(status, "completed")) {
        int64_t moment = completed_at(status);

        shop_act_done(act, json_pack("{s:I}", "completed_at",
                                     (json_int_t) (moment != 0 ? moment : job->now)));
    } else if (job->now - shop_job_moment(job, "paid_at") > WAIT_MAX) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "never_completed");
    } else {
        shop_act_wait(act, job->now + CHECK_INTERVAL, "not_completed");
    }
}


/* --- whether it may be had: once, and with `refuse_if_incomplete` only by who has completed --- */

static bool completion_first(const shop_job_t *job)
{
    return shop_param_bool(job, "refuse_if_incomplete") && shop_job_output_id(job, "user") != 0;
}


static void course_first_build(const shop_job_t *job, shop_act_t *act)
{
    if (!completion_first(job)) {
        shop_act_skip(act);
        return;
    }
    shop_course_build(job, act);
}


static void complete_first_build(const shop_job_t *job, shop_act_t *act)
{
    if (!completion_first(job)) {
        shop_act_skip(act);
        return;
    }
    complete_call(job, act);
}


/* --- steps `group`, `member` (mode group) --- */

static shop_group_t release_group(const shop_job_t *job)
{
    shop_str_t name = shop_param_text(job, "releasegroup");

    return (shop_group_t){.name = name, .idnumber = name};
}


static void group_build(const shop_job_t *job, shop_act_t *act)
{
    shop_group_t group = release_group(job);

    if (group.name.len == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "releasegroup_parameter");
    } else {
        shop_group_build(job, &group, act);
    }
}


static void group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_group_t group = release_group(job);

    shop_group_read(job, &group, answer, act);
}


static void member_build(const shop_job_t *job, shop_act_t *act)
{
    shop_member_build(job, "group", act);
}


/* --- step `instance` --- */

static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = {.start = shop_job_moment(job, "paid_at")};
    int64_t module = 0;
    json_t *facts =
        json_pack("{s:I, s:o, s:o, s:b}", "group", (json_int_t) shop_job_output_id(job, "group"),
                  "release_mode", shop_json_str(shop_job_mode(job)), "certificate",
                  shop_json_str(shop_param_text(job, "certificate")), "enrolled",
                  shop_json_bool(shop_job_output(job, "enrolled"), "enrolled"));

    if (shop_str_to_int(shop_param_text(job, "certificateid"), &module) != SHOP_OK) {
        module = 0;
    }
    shop_act_record(act, SHOP_ACT_INSTANCE,
                    shop_instance_make(job, "course_module", module, &dates, facts));
}


/* --- step `issue` (mode shop): the number is stored before the document is recorded --- */

static void issue_record(const shop_job_t *job, shop_act_t *act)
{
    const json_t *user = shop_job_output(job, "user");
    const json_t *course = shop_job_output(job, "course");
    int64_t moment = shop_json_int(shop_job_output(job, "complete"), "completed_at");
    char iso[21];

    shop_time_iso(moment != 0 ? moment : shop_json_int(job->progress, "issued_at"), iso);
    shop_act_record(
        act, SHOP_ACT_ISSUE,
        json_pack(
            "{s:O?, s:o, s:o, s:s, s:o, s:i}", "number", json_object_get(job->progress, "number"),
            "holder", shop_json_str(shop_json_text(user, "fullname")), "course",
            shop_json_str(shop_json_text(course, "fullname")), "completed_at", iso, "reference",
            shop_json_str(shop_json_text(shop_job_output(job, "instance"), "reference")),
            "template", 1));
}


static void issue_build(const shop_job_t *job, shop_act_t *act)
{
    char number[SHOP_CERTIFICATE_NUMBER_SIZE];

    if (shop_json_text(job->progress, "number").len != 0) {
        issue_record(job, act);
    } else {
        shop_certificate_number(job->now, job->random, number);
        shop_act_more(
            act, json_pack("{s:s, s:I}", "number", number, "issued_at", (json_int_t) job->now));
    }
}


/* A number that somebody else has already is drawn again. */
static void issue_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (shop_str_eq(shop_json_text(answer->json, "verdict"), SHOP_STR("taken"))) {
        shop_act_more(act, json_object());
    } else {
        shop_act_done(act, json_incref(answer->json));
    }
}


/* --- actions: who may open the activity is in the group --- */

static void align_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *facts = shop_instance_facts(job);

    shop_act_call(act,
                  shop_instance_is_live(job) ? "core_group_add_group_members"
                                             : "core_group_delete_group_members",
                  json_pack("{s:[{s:I, s:I}]}", "members", "groupid",
                            (json_int_t) shop_json_int(facts, "group"), "userid",
                            (json_int_t) shop_json_int(facts, "userid")));
}


static void member_align_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_json_int(shop_instance_facts(job), "group") == 0) {
        shop_act_skip(act); /* a document of the shop is revoked in the database */
        return;
    }
    align_build(job, act);
}


static void member_align_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (shop_instance_is_live(job) && answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    shop_gone_read(job, answer, act);
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *issue = shop_job_output(job, "issue");

    shop_course_feedback(job, vars);
    (void) shop_json_set_text(vars, "number", shop_json_text(issue, "number"));
}


static void test_release(const shop_test_t *test, json_t *run)
{
    bool issued =
        shop_str_eq(shop_test_mode(test, &shop_handler_unlockpdcertificate), SHOP_STR("shop"));

    if (!issued && shop_test_value(test, "certificate").len == 0 &&
        shop_test_value(test, "certificateid").len == 0) {
        shop_test_say(run, "error", "activity_parameter", "certificate", SHOP_STR_NULL);
    }
    if (completion_required(shop_test_value(test, "requirecompletion"),
                            shop_test_flag(test, "requirecompletion"), issued)) {
        shop_test_want_criteria(run);
    }
}


static const shop_param_t params[] = {
    {.name = "certificate", .type = SHOP_PARAM_TEXT, .help = "ID number of the activity"},
    {.name = "certificateid",
     .type = SHOP_PARAM_INT,
     .refers = SHOP_REFERS_MODULE,
     .help = "Id of the activity's course module"},
    {.name = "release_mode",
     .type = SHOP_PARAM_TEXT,
     .fallback = "group",
     .help = "group: a group opens the activity; shop: the shop issues; function: ws_function"},
    SHOP_PARAMS_COURSE,
    {.name = "releasegroup",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .modes = "group",
     .refers = SHOP_REFERS_GROUP,
     .help = "ID number or name of the group that sees the activity"},
    {.name = "enrol",
     .type = SHOP_PARAM_BOOL,
     .fallback = "0",
     .help = "Who is not in the course is enrolled"},
    {.name = "requirecompletion",
     .type = SHOP_PARAM_BOOL,
     .help = "Wait until the course is completed"},
    {.name = "refuse_if_incomplete",
     .type = SHOP_PARAM_BOOL,
     .fallback = "0",
     .help = "Only who has completed the course may buy it"},
    SHOP_PARAMS_FUNCTION,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"enrolled", enrolled_build, enrolled_read, NULL},
    {"complete", complete_build, complete_read, NULL},
    {"group", group_build, group_read, "group"},
    {"member", member_build, NULL, "group"},
    {"instance", instance_build, NULL, NULL},
    {"issue", issue_build, issue_read, "shop"},
    {"function", shop_wsfunction_build, shop_wsfunction_read, "function"},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t action[] = {
    {"align", member_align_build, member_align_read, NULL},
    SHOP_STEP_WITHDRAWAL,
    {.name = NULL},
};

static const shop_step_t available[] = {
    {"owned", shop_owned_build, shop_owned_read, NULL},
    {"course", course_first_build, shop_course_read, NULL},
    {"complete", complete_first_build, complete_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_unlockpdcertificate = {
    .name = "std_unlockpdcertificate",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .max_quantity = 1,
    .params = params,
    .checks = SHOP_CHECK_COURSE,
    .modes = {"release_mode", "group shop function", "release_mode_parameter"},
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = action,
    .available = available,
    .feedback = feedback,
    .test = test_release,
};
