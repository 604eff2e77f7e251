/*
 * What actions on instances have in common: the instance as it is now, and its change of owner
 * (handlers.md 10).
 */

#include "produce/operate.h"


const json_t *shop_instance_now(const shop_job_t *job)
{
    return json_object_get(job->inputs, "instance");
}


const json_t *shop_instance_facts(const shop_job_t *job)
{
    return json_object_get(shop_instance_now(job), "productiondata");
}


bool shop_action_is(const shop_job_t *job, const char *action)
{
    return shop_str_eq(shop_json_text(job->inputs, "action"), shop_str(action));
}


int64_t shop_instance_user(const shop_job_t *job)
{
    const json_t *freed = shop_job_output(job, "freed");

    if (shop_action_is(job, "owner")) {
        return shop_job_output_id(job, "user");
    }
    return shop_json_int(freed != NULL ? freed : shop_instance_facts(job), "userid");
}


int64_t shop_instance_former(const shop_job_t *job)
{
    return shop_json_int(shop_job_output(job, "moved"), "previous");
}


void shop_moved_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *user = shop_job_output(job, "user");

    shop_act_ask(act, json_pack("{s:s, s:I, s:o}", "what", "moved", "userid",
                                (json_int_t) shop_json_int(user, "id"), "username",
                                shop_json_str(shop_json_text(user, "username"))));
}


bool shop_is_fresh(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase)) && !job->unknown && job->tries == 0;
}
