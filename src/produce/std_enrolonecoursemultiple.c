/*
 * Handler std_enrolonecoursemultiple: the same course sold as often as one likes; each unit is an
 * instance, the enrolment covers them all (handlers.md 9.5).
 *
 * The instance is recorded before the enrolment, which covers all that live.
 */

#include "produce/operate.h"


static shop_enrolment_t enrolment_of(const shop_job_t *job)
{
    const json_t *dates = shop_job_output(job, "dates");

    return (shop_enrolment_t){
        .role = shop_json_int(dates, "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = {shop_json_int(dates, "start"), shop_json_int(dates, "end")},
    };
}


/* Step `period`: of this unit; with `cumulate` it begins where the others end. */
static void period_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = enrolment_of(job);

    if (shop_param_bool(job, "cumulate") && enrolment.dates.end != 0) {
        shop_act_ask(act, shop_span_question("period", &enrolment));
        return;
    }
    shop_act_done(act, json_copy((json_t *) shop_job_output(job, "dates")));
}


static void enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = enrolment_of(job);

    if (shop_json_bool(shop_job_output(job, "guard"), "keep")) {
        shop_act_skip(act);
        return;
    }
    shop_span_build(job, &enrolment, act);
}


static const shop_param_t params[] = {
    SHOP_PARAMS_COURSE,
    SHOP_PARAMS_ENROLMENT,
    SHOP_PARAMS_PERIOD,
    {.name = "cumulate",
     .type = SHOP_PARAM_BOOL,
     .fallback = "0",
     .help = "Units follow each other instead of overlapping"},
    SHOP_PARAM_CREDITS,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"dates", shop_enrol_dates_build, NULL, NULL},
    {"guard", shop_guard_build, shop_guard_read, NULL},
    {"period", period_build, NULL, NULL},
    {"instance", shop_enrol_instance_build, NULL, NULL},
    {"enrol", enrol_build, shop_span_read, NULL},
    {"group", shop_customer_group_build, shop_customer_group_read, NULL},
    {"member", shop_customer_member_build, NULL, NULL},
    {"group2", shop_extra_group_build, shop_extra_group_read, NULL},
    {"member2", shop_extra_member_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_enrolonecoursemultiple = {
    .name = "std_enrolonecoursemultiple",
    .buyers = SHOP_BUYERS_BOTH,
    .params = params,
    .checks = SHOP_CHECK_COURSE | SHOP_CHECK_MANUAL,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = shop_enrol_action,
    .feedback = shop_course_feedback,
};
