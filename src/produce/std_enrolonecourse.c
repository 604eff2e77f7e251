/*
 * Handler std_enrolonecourse: the buyer is enrolled in one course for a period (handlers.md 9.1).
 */

#include "produce/operate.h"


static const shop_param_t params[] = {
    SHOP_PARAMS_COURSE, SHOP_PARAMS_ENROLMENT, SHOP_PARAMS_PERIOD,
    SHOP_PARAM_CREDITS, SHOP_PARAM_SUPPORT,    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"dates", shop_enrol_dates_build, NULL, NULL},
    {"guard", shop_guard_build, shop_guard_read, NULL},
    {"enrol", shop_enrol_build, NULL, NULL},
    {"group", shop_customer_group_build, shop_customer_group_read, NULL},
    {"member", shop_customer_member_build, NULL, NULL},
    {"group2", shop_extra_group_build, shop_extra_group_read, NULL},
    {"member2", shop_extra_member_build, NULL, NULL},
    {"instance", shop_enrol_instance_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t available[] = {
    {"course", shop_course_build, shop_course_read, NULL},
    {"stranger", shop_courses_build, shop_stranger_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_enrolonecourse = {
    .name = "std_enrolonecourse",
    .buyers = SHOP_BUYERS_BOTH,
    .max_quantity = 1,
    .params = params,
    .checks = SHOP_CHECK_COURSE | SHOP_CHECK_MANUAL,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = shop_enrol_action,
    .available = available,
    .feedback = shop_course_feedback,
};
