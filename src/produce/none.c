/*
 * Products without handler: sold and thanked for; an instance only when one is asked for
 * (handlers.md 9.16).
 */

#include "produce/produce_internal.h"


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *product = json_object_get(job->inputs, "product");
    bool renewable = shop_json_bool(product, "renewable");
    shop_dates_t dates;

    if (!renewable && !shop_param_bool(job, "track_instance")) {
        shop_act_skip(act);
    } else if (shop_job_dates(job, 0, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else {
        shop_act_record(act, SHOP_ACT_INSTANCE,
                        shop_instance_make(job, "", 0, &dates, json_object()));
    }
}


static const shop_param_t params[] = {
    {.name = "track_instance",
     .type = SHOP_PARAM_BOOL,
     .help = "Keep what is sold as an instance with a period"},
    SHOP_PARAMS_PERIOD,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"instance", instance_build, NULL, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_none = {
    .name = "",
    .buyers = SHOP_BUYERS_BOTH,
    .units = SHOP_JOB_PER_LINE,
    .params = params,
    .prepay = shop_steps_none,
    .postpay = postpay,
};
