/*
 * Handler std_prorogate: any instance that was bought earlier gets a later end, and Moodle follows
 * as its kind asks (handlers.md 9.4).
 */

#include "produce/produce_internal.h"

#define DAYS_MAX 36600


static void target_build(const shop_job_t *job, shop_act_t *act)
{
    shop_extension_t extension = {.from_end = shop_param_bool(job, "from_old_end")};

    if (!shop_param_int(job, "timeshift", 0, DAYS_MAX, &extension.days)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "timeshift_parameter");
        return;
    }
    shop_target_build(job, &extension, act);
}


/* --- step `align` --- */

static const json_t *facts_of(const shop_job_t *job)
{
    return json_object_get(shop_job_output(job, "target"), "facts");
}


static bool is_kind(const shop_job_t *job, const char *kind)
{
    return shop_str_eq(shop_json_text(shop_job_output(job, "target"), "contexttype"),
                       shop_str(kind));
}


static void align_course(const shop_job_t *job, shop_act_t *act)
{
    const json_t *target = shop_job_output(job, "target");

    shop_act_call(act, "core_course_update_courses",
                  json_pack("{s:[{s:I, s:I, s:b}]}", "courses", "id",
                            (json_int_t) shop_json_int(target, "instanceid"), "enddate",
                            (json_int_t) shop_json_int(target, "end"), "visible", 1));
}


static void align_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *target = shop_job_output(job, "target");
    shop_enrolment_t enrolment = shop_enrolment_of_instance(target);
    shop_dates_t dates = shop_job_stored_dates(job);

    if (is_kind(job, "userenrol")) {
        shop_span_build(job, &enrolment, act);
    } else if (is_kind(job, "roleassign")) {
        shop_act_call(act, "core_role_assign_roles", shop_assignment("assignments", facts_of(job)));
    } else if (is_kind(job, "course")) {
        align_course(job, act);
    } else if (is_kind(job, "registered_product") &&
               json_array_size(json_object_get(facts_of(job), "courses")) > 0) {
        shop_act_call(act, "enrol_manual_enrol_users",
                      shop_extra_enrolments(facts_of(job), &dates));
    } else {
        shop_act_skip(act); /* licences, seats, categories: the date says it all */
    }
}


static void align_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (is_kind(job, "userenrol")) {
        shop_span_read(job, answer, act);
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else {
        shop_act_done(act, json_object());
    }
}


static const shop_param_t params[] = {
    {.name = "timeshift",
     .type = SHOP_PARAM_DAYS,
     .noted = "no_effect",
     .help = "Days by which the end moves, for each unit"},
    {.name = "from_old_end",
     .type = SHOP_PARAM_BOOL,
     .fallback = "0",
     .help = "Count from the old end even when it has passed"},
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"target", target_build, shop_target_read, NULL},
    {"align", align_build, align_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_prorogate = {
    .name = "std_prorogate",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .params = params,
    .asks = "productcode?",
    .prepay = shop_steps_none,
    .postpay = postpay,
    .feedback = shop_target_feedback,
};
