/*
 * A job's JSON towards PostgreSQL: the claim read, the arguments of step, record and end made.
 */

#include "work/job.h"

bool shop_job_read_claim(shop_running_t *run)
{
    const json_t *steps = json_object_get(run->claim, "steps");
    const json_t *progress = json_object_get(run->claim, "progress");

    run->id = shop_json_int(run->claim, "id");
    run->token = shop_json_int(run->claim, "token");
    run->tries = (unsigned) shop_json_int(run->claim, "tries");
    run->inputs = json_object_get(run->claim, "inputs");
    run->outputs = json_is_object(steps) ? json_copy((json_t *) steps) : json_object();
    run->progress = json_is_object(progress) ? json_incref((json_t *) progress) : NULL;
    /* what was decided before the job was handed back may have been overtaken since */
    run->unknown = shop_json_bool(run->claim, "unknown") || run->progress != NULL;
    run->handler = shop_handler_find(shop_json_text(run->inputs, "handler"));

    if (shop_time_parse(shop_json_text(run->claim, "failing_since"), &run->failing_since) !=
        SHOP_OK) {
        run->failing_since = 0;
    }
    return run->id != 0 && run->inputs != NULL && run->outputs != NULL;
}


bool shop_job_is_ours(const json_t *answer)
{
    return shop_str_eq(shop_json_text(answer, "verdict"), SHOP_STR("ok"));
}


/* {job, token} and what the caller packed; `more` is taken over. */
static json_t *job_argument(const shop_running_t *run, json_t *more)
{
    json_t *argument =
        json_pack("{s:I, s:I}", "job", (json_int_t) run->id, "token", (json_int_t) run->token);

    if (more == NULL || json_object_update_missing(argument, more) != 0) {
        json_decref(argument);
        argument = NULL;
    }
    json_decref(more);
    return argument;
}


json_t *shop_job_step_argument(const shop_running_t *run)
{
    bool done = run->act.kind == SHOP_ACT_DONE;

    return job_argument(run, json_pack("{s:s, s:b, s:O, s:i}", "step", run->step->name, "done",
                                       done, "output", done ? run->act.output : run->act.progress,
                                       "lease_seconds", SHOP_JOB_LEASE));
}


json_t *shop_job_record_argument(const shop_running_t *run)
{
    return job_argument(run, json_copy(run->act.output));
}


static json_t *feedback(const shop_running_t *run, const shop_job_t *job, const shop_job_end_t *end)
{
    shop_str_t phase = shop_json_text(run->inputs, "phase");
    const char *event = end->event;

    /* what is due or done later is told by its own mails and events, not beside the order */
    if (event == NULL || run->handler == NULL || shop_str_eq(phase, SHOP_STR("schedule")) ||
        shop_str_eq(phase, SHOP_STR("action"))) {
        return json_null();
    }
    if (ngx_strcmp(event, "done") == 0 && !shop_str_eq(phase, SHOP_STR("postpay"))) {
        event = "prepay_account";
    }
    return shop_job_feedback(run->handler, job, event);
}


json_t *shop_job_end_argument(const shop_running_t *run, const shop_job_t *job,
                              const shop_job_end_t *end)
{
    return job_argument(
        run, json_pack("{s:s, s:s?, s:s?, s:s?, s:I, s:b, s:b, s:o}", "state", end->state, "step",
                       run->step != NULL ? run->step->name : NULL, "reason", end->reason, "code",
                       end->code != NULL && end->code[0] != '\0' ? end->code : NULL, "delay_ms",
                       (json_int_t) end->delay, "tried", (int) end->tried, "unknown",
                       (int) end->unknown, "feedback", feedback(run, job, end)));
}


bool shop_job_keep(shop_running_t *run)
{
    bool kept = true;

    json_decref(run->progress);
    run->progress = NULL;
    run->unknown = false;
    run->tries = 0;
    run->failing_since = 0;

    if (run->act.kind == SHOP_ACT_DONE) {
        kept = json_object_set(run->outputs, run->step->name, run->act.output) == 0;
    } else {
        run->progress = json_incref(run->act.progress);
    }
    return kept;
}
