/*
 * Parameters of a job as its handler reads them; frozen with the order (handlers.md 3.1).
 */

#include "produce/produce_internal.h"


shop_str_t shop_param_text(const shop_job_t *job, const char *name)
{
    return shop_str_trim(shop_json_text(json_object_get(job->inputs, "params"), name));
}


bool shop_param_bool(const shop_job_t *job, const char *name)
{
    shop_str_t text = shop_param_text(job, name);

    return shop_str_eq(text, SHOP_STR("1")) || shop_str_eq_nocase(text, SHOP_STR("yes")) ||
           shop_str_eq_nocase(text, SHOP_STR("true"));
}


bool shop_param_int(const shop_job_t *job, const char *name, int64_t fallback, int64_t max,
                    int64_t *value)
{
    shop_str_t text = shop_param_text(job, name);

    *value = fallback;
    if (text.len == 0) {
        return true;
    }
    return shop_str_to_int(text, value) == SHOP_OK && *value >= 0 && *value <= max;
}


shop_status_t shop_job_dates(const shop_job_t *job, int64_t course_start, shop_dates_t *dates)
{
    shop_dates_in_t in = {
        .starttime = shop_param_text(job, "starttime"),
        .endtime = shop_param_text(job, "endtime"),
        .duration = shop_param_text(job, "duration"),
        .calendar_days = shop_param_bool(job, "calendar_days"),
        .utc_offset = (int32_t) shop_json_int(json_object_get(job->inputs, "shop"), "utc_offset"),
        .renewable = shop_json_bool(json_object_get(job->inputs, "product"), "renewable"),
        .moment = shop_job_moment(job, "paid_at"),
        .course_start = course_start,
    };

    return shop_dates_compute(&in, dates);
}
