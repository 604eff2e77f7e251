/*
 * Step `target`: an instance that was bought earlier gets a later end (handlers.md 9.3, 9.4).
 *
 * The database finds the instance, checks whose it is, moves its end and keeps which job did so, in
 * one transaction: asked again it gives the same answer, and whoever extends next adds to it.
 */

#include "produce/produce_internal.h"


static json_t *question(const shop_job_t *job, const shop_extension_t *extension)
{
    json_t *asked = json_pack(
        "{s:s, s:o, s:I, s:b, s:I, s:s*}", "what", "extend", "reference",
        shop_json_str(shop_job_answer(job, "productcode")), "seconds",
        (json_int_t) extension->days * SHOP_DAY, "from_end", (int) extension->from_end, "moment",
        (json_int_t) shop_job_moment(job, "paid_at"), "contexttype", extension->context);

    if (asked != NULL && extension->course != 0 &&
        json_object_set_new(asked, "courseid", json_integer(extension->course)) != 0) {
        json_decref(asked);
        return NULL;
    }
    return asked;
}


void shop_target_build(const shop_job_t *job, const shop_extension_t *extension, shop_act_t *act)
{
    shop_act_ask(act, question(job, extension));
}


void shop_target_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    static const char *const problems[] = {"ref_unknown", "ref_not_yours", "ref_other_product",
                                           "ref_unlimited", "ref_deleted"};
    shop_str_t verdict = shop_json_text(answer->json, "verdict");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
        if (shop_str_eq(verdict, shop_str(problems[i]))) {
            shop_act_stop(act, SHOP_ACT_MANUAL, problems[i]);
            return;
        }
    }
    shop_act_done(act, json_incref(answer->json));
}


void shop_target_feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *target = shop_job_output(job, "target");
    const json_t *facts = json_object_get(target, "facts");

    shop_course_feedback(job, vars);
    (void) shop_json_set_text(vars, "reference", shop_json_text(target, "reference"));
    (void) shop_json_set_text(vars, "username", shop_json_text(facts, "username"));
}
