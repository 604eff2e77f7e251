/*
 * Claims jobs: as many as this worker has places for, none while it leaves (JB-1 … JB-5).
 *
 * While the site's gate is closed only jobs that need no Moodle are asked for. The jobs that are
 * here are named, so that those of a claim whose answer was lost are free again at once.
 */

#include "work/work_internal.h"


static void claim_on_answer(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    shop_work_t *work = loop->work;
    json_t *answer = shop_ask_answer(op);
    const json_t *jobs = json_object_get(answer, "jobs");
    size_t count = json_array_size(jobs);
    shop_round_e round = answer == NULL ? SHOP_ROUND_TROUBLE
                         : count == 0   ? SHOP_ROUND_NOTHING
                                        : SHOP_ROUND_SOME;

    for (size_t i = 0; i < count; i++) {
        shop_run_start(work, json_incref(json_array_get(jobs, i)));
    }
    json_decref(answer);
    shop_loop_ended(loop, round);
}


void shop_claim_round(shop_work_t *work, shop_loop_t *loop)
{
    ngx_uint_t places = work->conf.jobs_max - ngx_min(work->running_count, work->conf.jobs_max);
    bool moodle =
        work->conf.http != NULL && work->conf.moodle->url.len != 0 && shop_gate_is_open(work);
    json_t *argument;

    if (places == 0) {
        shop_loop_ended(loop, SHOP_ROUND_SOME); /* a job that ends wakes us */
        return;
    }
    argument = json_pack("{s:s%, s:o, s:I, s:i, s:b}", "owner", (const char *) work->owner.data,
                         work->owner.len, "held", shop_run_ids(work), "limit", (json_int_t) places,
                         "lease_seconds", SHOP_JOB_LEASE, "moodle", (int) moodle);
    if (shop_ask(work, SHOP_SQL_JOBS_CLAIM, argument, claim_on_answer, loop) != NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}
