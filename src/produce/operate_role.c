/*
 * Actions on a role in a context: it is there as long as an instance gives it to this person
 * (handlers.md 9.2, 10).
 */

#include "produce/operate.h"


static void role_build(const shop_job_t *job, int64_t user, shop_act_t *act)
{
    bool known = shop_is_fresh(job, "write");
    bool give = shop_json_bool(job->progress, "give");
    json_t *facts;

    if (!known) {
        shop_act_ask(act, json_pack("{s:s, s:I}", "what", "role", "userid", (json_int_t) user));
        return;
    }
    facts = json_copy((json_t *) shop_instance_facts(job));
    if (facts != NULL && json_object_set_new(facts, "userid", json_integer(user)) != 0) {
        json_decref(facts);
        facts = NULL;
    }
    shop_act_call(act, give ? "core_role_assign_roles" : "core_role_unassign_roles",
                  shop_assignment(give ? "assignments" : "unassignments", facts));
    json_decref(facts);
}


static void align_build(const shop_job_t *job, shop_act_t *act)
{
    role_build(job, shop_instance_user(job), act);
}


static void withdraw_build(const shop_job_t *job, shop_act_t *act)
{
    role_build(job, shop_instance_former(job), act);
}


static void role_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *give = json_object_get(answer->json, "give");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (shop_is_fresh(job, "write")) {
        shop_act_done(act, json_object());
    } else {
        shop_act_more(act, json_pack("{s:s, s:O?}", "phase", "write", "give", give));
    }
}


const shop_step_t shop_role_action[] = {
    SHOP_STEPS_OWNER,
    {"withdraw", withdraw_build, role_read, "owner"},
    {"align", align_build, role_read, NULL},
    {.name = NULL},
};
