/*
 * Handler std_extendenrolperiod: the end of an enrolment that was bought earlier is pushed
 * (handlers.md 9.3).
 */

#include "produce/produce_internal.h"

#define DAYS_MAX 36600


/* --- step `target` --- */

static bool method_is_manual(const shop_job_t *job)
{
    shop_str_t type = shop_param_text(job, "enroltype");

    return type.len == 0 || shop_str_eq(type, SHOP_STR("manual"));
}


static void target_build(const shop_job_t *job, shop_act_t *act)
{
    shop_extension_t extension = {
        .context = "userenrol",
        .course = shop_job_output_id(job, "course"),
    };

    if (!method_is_manual(job)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "enrol_method");
    } else if (!shop_param_int(job, "extension", 0, DAYS_MAX, &extension.days) ||
               extension.days == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "extension_parameter");
    } else {
        shop_target_build(job, &extension, act);
    }
}


/* --- step `enrol`: of whom the instance enrols, who need not be the buyer --- */

static void enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = shop_enrolment_of_instance(shop_job_output(job, "target"));

    shop_span_build(job, &enrolment, act);
}


static const shop_param_t params[] = {
    SHOP_PARAMS_COURSE,
    {.name = "enroltype",
     .type = SHOP_PARAM_TEXT,
     .fallback = "manual",
     .values = "manual",
     .noted = "param_default",
     .help = "Enrolment method; only \"manual\" can be done"},
    {.name = "extension",
     .type = SHOP_PARAM_DAYS,
     .mandatory = true,
     .min = 1,
     .help = "Days by which the end moves, for each unit"},
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"target", target_build, shop_target_read, NULL},
    {"enrol", enrol_build, shop_span_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_extendenrolperiod = {
    .name = "std_extendenrolperiod",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .params = params,
    .checks = SHOP_CHECK_COURSE | SHOP_CHECK_MANUAL | SHOP_CHECK_EXTENDS,
    .asks = "productcode?",
    .prepay = shop_steps_none,
    .postpay = postpay,
    .feedback = shop_target_feedback,
};
