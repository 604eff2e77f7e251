/*
 * Handler std_setuponecoursesession: places in a session for people who are named
 * (handlers.md 9.6).
 *
 * Unit 0 is the buyer, who supervises; each other unit is one person. They share the customer's
 * group, which the first of them makes. One person in trouble does not stop the others.
 */

#include "produce/seat.h"


/* --- step `dates`: the period, and the role of this person --- */

static shop_str_t or_default(shop_str_t text, const char *fallback)
{
    return text.len != 0 ? text : shop_str(fallback);
}


/* The role that a seat was given, in the words of the site; an unknown one is a learner's. */
static int64_t role_of(const shop_job_t *job)
{
    shop_str_t supervisor = or_default(shop_param_text(job, "supervisor"), "teacher");
    shop_str_t role = shop_json_text(json_object_get(job->inputs, "seat"), "role");
    int64_t id = 0;

    if (!shop_job_is_seat(job) || shop_str_eq(role, SHOP_STR("supervisor")) ||
        shop_str_eq(role, SHOP_STR("_supervisor"))) {
        return shop_role_find(job->site, supervisor);
    }
    if (shop_str_eq(role, SHOP_STR("owner"))) {
        id = shop_role_find(job->site, SHOP_STR("courseowner"));
        role = SHOP_STR("editingteacher");
    }
    id = id != 0 ? id : shop_role_find(job->site, role);
    return id != 0 ? id : shop_enrolment_role(job, SHOP_STR_NULL);
}


static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t course_start = shop_json_int(shop_job_output(job, "course"), "startdate");
    int64_t role = role_of(job);
    shop_dates_t dates;

    if (shop_job_dates(job, course_start, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) dates.start, "end",
                                     (json_int_t) dates.end, "roleid", (json_int_t) role));
    }
}


/* --- step `guard`: a supervisor who is in the course already stays as he is --- */

static bool supervises(const shop_job_t *job)
{
    shop_str_t wanted = shop_param_text(job, "autoenrolsupervisor");

    return shop_job_is_seat(job) || wanted.len == 0 || shop_param_bool(job, "autoenrolsupervisor");
}


static void guard_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool inside = shop_course_in_list(answer->json, shop_job_output_id(job, "course"));

    if (!shop_job_is_seat(job) && answer->answer_class == SHOP_ANSWER_OK && inside) {
        shop_act_done(act, json_pack("{s:b}", "keep", 1));
        return;
    }
    shop_guard_read(job, answer, act);
}


/* --- step `instance`: seats only, before the enrolment that covers all of a person's --- */

static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_job_is_seat(job)) {
        shop_act_skip(act);
        return;
    }
    shop_enrol_instance_build(job, act);
}


static void enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    shop_enrolment_t enrolment = {
        .role = shop_json_int(shop_job_output(job, "dates"), "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = dates,
    };

    if (!supervises(job) || shop_json_bool(shop_job_output(job, "guard"), "keep")) {
        shop_act_skip(act);
    } else if (shop_job_is_seat(job)) {
        shop_span_build(job, &enrolment, act);
    } else {
        shop_enrolment_build(&enrolment, act);
    }
}


static void enrol_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (shop_job_is_seat(job)) {
        shop_span_read(job, answer, act);
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else {
        shop_act_done(act, json_object());
    }
}


static void member_build(const shop_job_t *job, shop_act_t *act)
{
    if (!supervises(job)) {
        shop_act_skip(act); /* only who is enrolled can be in a group */
        return;
    }
    shop_customer_member_build(job, act);
}


static void support_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_job_is_seat(job)) {
        shop_act_skip(act);
        return;
    }
    shop_support_build(job, act);
}


static const shop_param_t params[] = {
    SHOP_PARAMS_COURSE,
    {.name = "supervisor",
     .type = SHOP_PARAM_ROLE,
     .fallback = "teacher",
     .help = "Role of the buyer and of supervisors"},
    {.name = "requiredroles",
     .type = SHOP_PARAM_TEXT,
     .help = "Roles that people are named for, beside the learners"},
    {.name = "autoenrolsupervisor",
     .type = SHOP_PARAM_BOOL,
     .fallback = "1",
     .help = "The buyer is enrolled as supervisor"},
    {.name = "delegation",
     .type = SHOP_PARAM_ROLE,
     .help = "Role of the buyer over each person; absent: none"},
    SHOP_PARAMS_PERIOD,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"dates", dates_build, NULL, NULL},
    {"guard", shop_guard_build, guard_read, NULL},
    {"instance", instance_build, NULL, NULL},
    {"enrol", enrol_build, enrol_read, NULL},
    {"group", shop_customer_group_build, shop_customer_group_read, NULL},
    {"member", member_build, NULL, NULL},
    {"delegation", shop_delegation_build, NULL, NULL},
    {"mail", shop_seat_mail_build, NULL, NULL},
    {"support", support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t action[] = {
    SHOP_STEPS_SEAT_GIVE,
    {"group", shop_customer_group_build, shop_customer_group_read, "assign"},
    {"member", shop_customer_member_build, NULL, "assign"},
    SHOP_STEPS_SEAT_TELL,
    SHOP_STEPS_SEAT_BACK,
    {"regroup", shop_regroup_build, shop_customer_group_read, "resume refresh"},
    {"rejoin", shop_rejoin_build, NULL, "resume refresh"},
    {.name = NULL},
};

const shop_handler_t shop_handler_setuponecoursesession = {
    .name = "std_setuponecoursesession",
    .buyers = SHOP_BUYERS_BOTH,
    .units = SHOP_JOB_PER_SEAT,
    .params = params,
    .checks = SHOP_CHECK_COURSE | SHOP_CHECK_MANUAL,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = action,
    .feedback = shop_course_feedback,
};
