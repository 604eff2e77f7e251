/*
 * The product instance that a job records at its end (handlers.md 3.5).
 */

#include "produce/produce_internal.h"


static bool set_time(json_t *json, const char *name, int64_t moment)
{
    char text[21];

    if (moment == 0) {
        return json_object_set_new(json, name, json_null()) == 0;
    }
    shop_time_iso(moment, text);
    return shop_json_set_text(json, name, shop_str(text));
}


/* What is needed to produce, suspend or restore again. */
static bool set_common_facts(const shop_job_t *job, json_t *facts)
{
    return shop_json_set_text(facts, "handler", shop_json_text(job->inputs, "handler")) &&
           json_object_set_new(facts, "userid", json_integer(shop_job_output_id(job, "user"))) ==
               0 &&
           shop_json_set_text(facts, "username",
                              shop_json_text(shop_job_output(job, "user"), "username")) &&
           json_object_set_new(facts, "courseid",
                               json_integer(shop_job_output_id(job, "course"))) == 0;
}


json_t *shop_instance_make(const shop_job_t *job, const char *context, int64_t context_id,
                           const shop_dates_t *dates, json_t *facts)
{
    json_t *instance;

    if (facts == NULL || !set_common_facts(job, facts)) {
        json_decref(facts);
        return NULL;
    }
    instance = json_pack("{s:s, s:I, s:o}", "contexttype", context, "instanceid",
                         (json_int_t) context_id, "productiondata", facts);
    if (instance == NULL || !set_time(instance, "startdate", dates->start) ||
        !set_time(instance, "enddate", dates->end)) {
        json_decref(instance);
        return NULL;
    }
    return instance;
}
