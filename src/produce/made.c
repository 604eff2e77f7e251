/*
 * What categories and courses that are made for a buyer have in common: the reference that marks
 * them in Moodle is drawn and stored before anything is made (handlers.md 2.3, rule 3).
 */

#include "produce/produce_internal.h"


void shop_reference_build(const shop_job_t *job, shop_act_t *act)
{
    char reference[SHOP_REFERENCE_SIZE];

    shop_reference_draw(job->random, reference);
    shop_act_done(act, json_pack("{s:s}", "reference", reference));
}


shop_str_t shop_job_reference(const shop_job_t *job)
{
    return shop_json_text(shop_job_output(job, "reference"), "reference");
}


json_t *shop_instance_made(const shop_job_t *job, const char *context, int64_t id, json_t *facts)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    json_t *instance = shop_instance_make(job, context, id, &dates, facts);

    if (instance != NULL && !shop_json_set_text(instance, "reference", shop_job_reference(job))) {
        json_decref(instance);
        return NULL;
    }
    return instance;
}


json_t *shop_instance_due(json_t *instance, int days)
{
    json_t *due = json_pack("[{s:s, s:s, s:i}]", "action", "suspend", "at", "end", "days", days);

    if (instance == NULL || json_object_set_new(instance, "schedule", due) != 0) {
        json_decref(instance);
        return NULL;
    }
    return instance;
}


static int64_t role_owner(const shop_job_t *job, const char *name, const char *fallback)
{
    int64_t role = shop_role_find(job->site, shop_str(name));

    return role != 0 ? role : shop_role_find(job->site, shop_str(fallback));
}


void shop_made_dates_build(const shop_job_t *job, const shop_made_t *made, shop_act_t *act)
{
    int64_t role = role_owner(job, made->owner, made->fallback);
    shop_dates_t dates;
    int64_t place;

    if (!shop_param_int(job, made->place, 0, INT64_MAX, &place) || place == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, made->refusal);
    } else if (shop_job_dates(job, 0, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) dates.start, "end",
                                     (json_int_t) dates.end, "roleid", (json_int_t) role));
    }
}


void shop_needed_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *instance = json_object_get(job->inputs, "instance");

    shop_act_ask(act, json_pack("{s:s, s:I}", "what", "needed", "product",
                                (json_int_t) shop_json_int(instance, "id")));
}
