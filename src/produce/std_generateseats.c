/*
 * Handler std_generateseats: places that the buyer gives to people later (handlers.md 9.7). Each is
 * an instance without target; who gets it, and in which course, is decided when it is given.
 */

#include "produce/operate.h"

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
     .help = "Courses where seats may be given: short names, #ids, % for any text; empty: all"},
    {.name = "packsize", .type = SHOP_PARAM_INT, .fallback = "1", .help = "Seats in each unit"},
    {.name = "supervisor",
     .type = SHOP_PARAM_ROLE,
     .fallback = "teacher",
     .help = "Role of the buyer in the courses where seats are given"},
    {.name = "duration",
     .type = SHOP_PARAM_INT,
     .help = "Days of access, from the day when a seat is given"},
    {.name = "seat_validity",
     .type = SHOP_PARAM_INT,
     .help = "Days in which seats must be given; absent: no limit"},
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"seats", seats_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_generateseats = {
    .name = "std_generateseats",
    .buyers = SHOP_BUYERS_BOTH,
    .units = SHOP_JOB_PER_LINE,
    .params = params,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = shop_enrol_action,
    .feedback = feedback,
};
