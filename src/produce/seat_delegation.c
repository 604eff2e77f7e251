/*
 * The buyer's role over a person who has a seat (handlers.md 4.4): given with the seat, there as
 * long as one of his seats is held by this person, and handed over with it.
 */

#include "produce/seat.h"


/* Whose role it is, over whom. */
typedef struct {
    int64_t role;
    int64_t buyer;
    int64_t person;
} delegation_t;


/* After a change of owner the new one. */
static int64_t buyer_of(const shop_job_t *job)
{
    return shop_action_is(job, "owner") ? shop_job_output_id(job, "user")
                                        : shop_json_int(shop_job_customer(job), "moodle_user_id");
}


/* Nothing to do without the parameter; or the role has another name in the site. */
static bool role_known(const shop_job_t *job, delegation_t *delegation, shop_act_t *act)
{
    shop_str_t name = shop_param_text(job, "delegation");

    if (name.len == 0) {
        shop_act_skip(act);
        return false;
    }
    delegation->role = shop_role_find(job->site, name);
    if (delegation->role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
        return false;
    }
    return true;
}


static void role_call(const delegation_t *delegation, bool give, shop_act_t *act)
{
    json_t *facts = json_pack("{s:I, s:I, s:s, s:I}", "roleid", (json_int_t) delegation->role,
                              "userid", (json_int_t) delegation->buyer, "level", "user",
                              "instanceid", (json_int_t) delegation->person);

    shop_act_call(act, give ? "core_role_assign_roles" : "core_role_unassign_roles",
                  shop_assignment(give ? "assignments" : "unassignments", facts));
    json_decref(facts);
}


/* --- step `delegation`: with the seat --- */

void shop_delegation_build(const shop_job_t *job, shop_act_t *act)
{
    delegation_t delegation = {
        .buyer = shop_json_int(shop_job_customer(job), "moodle_user_id"),
        .person = shop_job_output_id(job, "user"),
    };

    if (!shop_job_is_seat(job) || delegation.buyer == 0 || delegation.buyer == delegation.person) {
        shop_act_skip(act);
    } else if (role_known(job, &delegation, act)) {
        role_call(&delegation, true, act);
    }
}


/* --- steps `delegated` and `undelegated` of actions: {give, buyer} is what the database says ---
 */

static void align_build(const shop_job_t *job, bool former, shop_act_t *act)
{
    const json_t *freed = shop_job_output(job, "freed");
    delegation_t delegation = {
        .buyer = shop_json_int(job->progress, "buyer"),
        .person = shop_json_int(freed != NULL ? freed : shop_instance_facts(job), "userid"),
    };

    if (delegation.person == 0) {
        shop_act_skip(act); /* a free seat is nobody's */
        return;
    }
    if (!role_known(job, &delegation, act)) {
        return;
    }
    if (!shop_is_fresh(job, "write")) {
        shop_act_ask(act, json_pack("{s:s, s:I, s:I, s:I, s:b}", "what", "delegation", "roleid",
                                    (json_int_t) delegation.role, "person",
                                    (json_int_t) delegation.person, "buyer",
                                    (json_int_t) buyer_of(job), "former", (int) former));
    } else if (delegation.buyer == 0 || delegation.buyer == delegation.person) {
        shop_act_skip(act);
    } else {
        role_call(&delegation, shop_json_bool(job->progress, "give"), act);
    }
}


void shop_delegated_build(const shop_job_t *job, shop_act_t *act)
{
    align_build(job, false, act);
}


void shop_undelegated_build(const shop_job_t *job, shop_act_t *act)
{
    align_build(job, true, act);
}


/* Over whoever is not there any more nobody has a role. */
void shop_delegated_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool written = shop_is_fresh(job, "write");
    bool gone = written && answer->answer_class == SHOP_ANSWER_MISSING &&
                !shop_json_bool(job->progress, "give");

    if (answer->answer_class != SHOP_ANSWER_OK && !gone) {
        shop_act_by_class(job, answer, act);
    } else if (written) {
        shop_act_done(act, json_object());
    } else {
        shop_act_more(act, json_pack("{s:s, s:O?, s:O?}", "phase", "write", "give",
                                     json_object_get(answer->json, "give"), "buyer",
                                     json_object_get(answer->json, "buyer")));
    }
}
