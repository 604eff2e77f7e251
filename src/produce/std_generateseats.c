/*
 * Handler std_generateseats: places that the buyer gives to people later (handlers.md 9.7). Each is
 * an instance without target; who gets it, and in which course, is decided when it is given.
 */

#include "produce/seat.h"

#include <stdio.h>

#define PACK_MAX 1000
#define SEATS_MAX 5000
#define VALIDITY_MAX 36600


/* --- step `dates`: how many, until when they may be given --- */

static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t start = shop_job_moment(job, "paid_at");
    int64_t quantity = shop_json_int(job->inputs, "quantity");
    shop_str_t supervisor = shop_param_text(job, "supervisor");
    int64_t pack;
    int64_t days;
    int64_t duration;

    if (!shop_param_int(job, "packsize", 1, PACK_MAX, &pack) || pack == 0 ||
        pack * quantity > SEATS_MAX) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "packsize_parameter");
    } else if (!shop_param_int(job, "seat_validity", 0, VALIDITY_MAX, &days)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "seat_validity_parameter");
    } else if (!shop_param_int(job, "duration", 0, VALIDITY_MAX, &duration)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (shop_role_find(job->site, supervisor.len != 0 ? supervisor : SHOP_STR("teacher")) ==
               0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) start, "end",
                                     (json_int_t) (days != 0 ? start + days * SHOP_DAY : 0),
                                     "count", (json_int_t) pack * quantity));
    }
}


/* --- step `seats`: all in one transaction --- */

static json_t *seats_question(const shop_job_t *job)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    int64_t count = shop_json_int(shop_job_output(job, "dates"), "count");
    json_t *facts = json_pack("{s:o, s:o, s:o}", "courselist",
                              shop_json_str(shop_param_text(job, "courselist")), "duration",
                              shop_json_str(shop_param_text(job, "duration")), "supervisor",
                              shop_json_str(shop_param_text(job, "supervisor")));
    json_t *question = shop_instance_make(job, "seat", 0, &dates, facts);

    if (question != NULL && (json_object_set_new(question, "what", json_string("seats")) != 0 ||
                             json_object_set_new(question, "count", json_integer(count)) != 0)) {
        json_decref(question);
        return NULL;
    }
    return question;
}


static void seats_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_ask(act, seats_question(job));
}


/* --- action "assign": the buyer supervises, and both are in the group of the order --- */

static int64_t buyer_of(const shop_job_t *job)
{
    return shop_json_int(shop_job_customer(job), "moodle_user_id");
}


static void manager_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t supervisor = shop_param_text(job, "supervisor");
    shop_enrolment_t enrolment = {
        .role = shop_role_find(job->site, supervisor.len != 0 ? supervisor : SHOP_STR("teacher")),
        .user = buyer_of(job),
        .course = shop_job_output_id(job, "course"),
        .dates = {.start = shop_job_stored_dates(job).start},
    };

    if (enrolment.user == 0 || enrolment.user == shop_job_output_id(job, "user")) {
        shop_act_skip(act);
    } else if (shop_str_eq(shop_job_phase(job), SHOP_STR("enrol"))) {
        shop_enrolment_build(&enrolment, act);
    } else {
        shop_act_call(
            act, "core_enrol_get_users_courses",
            json_pack("{s:I, s:b}", "userid", (json_int_t) enrolment.user, "returnusercount", 0));
    }
}


static void manager_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool entering = shop_str_eq(shop_job_phase(job), SHOP_STR("enrol"));

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (entering || shop_course_in_list(answer->json, shop_job_output_id(job, "course"))) {
        shop_act_done(act, json_pack("{s:b}", "inside", 1));
    } else {
        shop_act_more(act, shop_job_progress(job, "enrol"));
    }
}


static shop_group_t bill_group(const shop_job_t *job, char name[32], char idnumber[64])
{
    shop_str_t transid = shop_json_text(job->inputs, "transid");

    snprintf(name, 32, "B%010lld", (long long) shop_json_int(job->inputs, "ordering"));
    snprintf(idnumber, 64, "shop-bill-%.*s", (int) transid.len, (const char *) transid.data);
    return (shop_group_t){.name = shop_str(name), .idnumber = shop_str(idnumber)};
}


static void group_build(const shop_job_t *job, shop_act_t *act)
{
    char name[32];
    char idnumber[64];
    shop_group_t group = bill_group(job, name, idnumber);

    shop_group_build(job, &group, act);
}


static void group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    char name[32];
    char idnumber[64];
    shop_group_t group = bill_group(job, name, idnumber);

    shop_group_read(job, &group, answer, act);
}


static void member_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t group = shop_job_output_id(job, "group");
    bool both = shop_json_bool(shop_job_output(job, "manager"), "inside");

    shop_act_call(act, "core_group_add_group_members",
                  json_pack("{s:[{s:I, s:I}, o*]}", "members", "groupid", (json_int_t) group,
                            "userid", (json_int_t) shop_job_output_id(job, "user"),
                            both ? json_pack("{s:I, s:I}", "groupid", (json_int_t) group, "userid",
                                             (json_int_t) buyer_of(job))
                                 : NULL));
}


static void regroup_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_align_is_in(job)) {
        shop_act_skip(act);
        return;
    }
    group_build(job, act);
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *seats = shop_job_output(job, "seats");

    json_object_set_new(vars, "seats",
                        json_integer(shop_json_int(shop_job_output(job, "dates"), "count")));
    (void) shop_json_set_text(vars, "reference", shop_json_text(seats, "reference"));
}


static const shop_param_t params[] = {
    {.name = "courselist",
     .type = SHOP_PARAM_TEXT,
     .noted = "all_courses",
     .refers = SHOP_REFERS_PATTERNS,
     .help = "Courses where seats may be given: short names, #ids, % for any text; empty: all"},
    {.name = "packsize",
     .type = SHOP_PARAM_INT,
     .fallback = "1",
     .min = 1,
     .noted = "param_default",
     .help = "Seats in each unit"},
    {.name = "supervisor",
     .type = SHOP_PARAM_ROLE,
     .fallback = "teacher",
     .help = "Role of the buyer in the courses where seats are given"},
    {.name = "duration",
     .type = SHOP_PARAM_DAYS,
     .help = "Days of access, from the day when a seat is given"},
    {.name = "delegation",
     .type = SHOP_PARAM_ROLE,
     .help = "Role of the buyer over each person; absent: none"},
    {.name = "seat_validity",
     .type = SHOP_PARAM_DAYS,
     .help = "Days in which seats must be given; absent: no limit"},
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"seats", seats_build, NULL, NULL},
    {"courses", shop_seat_courses_build, shop_seat_courses_read, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t action[] = {
    SHOP_STEPS_SEAT_GIVE,
    {"manager", manager_build, manager_read, "assign"},
    {"group", group_build, group_read, "assign"},
    {"member", member_build, NULL, "assign"},
    SHOP_STEPS_SEAT_TELL,
    SHOP_STEPS_SEAT_BACK,
    {"regroup", regroup_build, group_read, "resume refresh"},
    {"rejoin", shop_rejoin_build, NULL, "resume refresh"},
    {"offer", shop_seat_offer_build, shop_seat_offer_read, "refresh"},
    {.name = NULL},
};

const shop_handler_t shop_handler_generateseats = {
    .name = "std_generateseats",
    .buyers = SHOP_BUYERS_BOTH,
    .units = SHOP_JOB_PER_LINE,
    .params = params,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = action,
    .feedback = feedback,
};
