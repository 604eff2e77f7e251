/*
 * Drives one claimed job through the steps of its handler.
 *
 *   step: build -> act -> (Moodle, the provisioner or SQL -> read -> act) -> store -> next step
 *
 * What a step decided is stored before anything else is sent (JB-3); every store names the token of
 * the claim and ends the run when somebody else has the job by now (JB-2). A run that meets trouble
 * hands the job back with the state and the delay of handlers.md 2.4.
 */

#include <openssl/rand.h>

#include "work/job.h"


static void run_step(shop_running_t *run); /* 1 */
static void run_act(shop_running_t *run);  /* 2 */
static void run_on_answer(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response);     /* 3a */
static void run_on_recorded(shop_op_t *op);                          /* 3b */
static void run_store(shop_running_t *run);                          /* 4 */
static void run_on_stored(shop_op_t *op);                            /* 5 */
static void run_end(shop_running_t *run, const shop_job_end_t *end); /* 6 */
static void run_on_ended(shop_op_t *op);                             /* 7 */


static void run_free(shop_running_t *run)
{
    ngx_queue_remove(&run->queue);
    run->work->running_count--;
    shop_act_free(&run->act);
    json_decref(run->outputs);
    json_decref(run->progress);
    json_decref(run->claim);
    ngx_free(run);
}


/* The lease ends by itself and the job is taken again. */
static void run_drop(shop_running_t *run, const char *why)
{
    ngx_log_error(NGX_LOG_WARN, run->work->log, 0, "shop job %L: given up here: %s",
                  (int64_t) run->id, why);
    run_free(run);
}


static shop_job_t run_job(const shop_running_t *run)
{
    return (shop_job_t){
        .inputs = run->inputs,
        .outputs = run->outputs,
        .progress = run->progress,
        .unknown = run->unknown,
        .tries = run->tries,
        .now = ngx_time(),
        .random = run->random,
        .site = &run->work->conf.moodle->site,
    };
}


void shop_run_start(shop_work_t *work, json_t *claim)
{
    shop_running_t *run = ngx_calloc(sizeof(*run), work->log);

    if (run == NULL) {
        json_decref(claim);
        return;
    }
    run->work = work;
    run->claim = claim;
    ngx_queue_insert_tail(&work->running, &run->queue);
    work->running_count++;

    if (!shop_job_read_claim(run)) {
        run_drop(run, "unreadable claim");
        return;
    }
    if (run->handler == NULL) {
        run_end(run, &(shop_job_end_t){.state = "blocked",
                                       .reason = "handler_unknown",
                                       .delay = work->conf.moodle->blocked_retry});
        return;
    }
    run_step(run);
}


json_t *shop_run_ids(const shop_work_t *work)
{
    json_t *ids = json_array();
    ngx_queue_t *q;

    for (q = ngx_queue_head(&work->running); q != ngx_queue_sentinel(&work->running);
         q = ngx_queue_next(q)) {
        const shop_running_t *run = ngx_queue_data(q, shop_running_t, queue);

        json_array_append_new(ids, json_integer((json_int_t) run->id));
    }
    return ids;
}


static void run_step(shop_running_t *run)
{
    shop_job_t job = run_job(run);

    run->step = shop_job_next(run->handler, &job);
    if (run->step == NULL) {
        run_end(run, &(shop_job_end_t){.state = "done", .event = "done"});
        return;
    }
    if (RAND_bytes(run->random, sizeof(run->random)) != 1) {
        run_drop(run, "no random bytes");
        return;
    }
    shop_act_free(&run->act);
    run->step->build(&job, &run->act);
    run_act(run);
}


/* What was done outside is written down even when PostgreSQL must be waited for. */
static void run_ask(shop_running_t *run, ngx_uint_t statement, json_t *argument, shop_op_pt done)
{
    if (shop_ask_firmly(run->work, statement, argument, SHOP_JOB_LEASE * 1000, done, run) !=
        NGX_OK) {
        run_drop(run, "no memory");
    }
}


static void run_record(shop_running_t *run, ngx_uint_t statement)
{
    run_ask(run, statement, shop_job_record_argument(run), run_on_recorded);
}


/* Whoever is not found would get a second account (handlers.md 7.3). */
static bool run_would_double(const shop_running_t *run)
{
    shop_str_t function = shop_str(run->act.function);

    return shop_check_hides_people(run->work) &&
           (shop_str_eq(function, SHOP_STR("core_user_get_users")) ||
            shop_str_eq(function, SHOP_STR("core_user_create_users")));
}


static void run_call(shop_running_t *run)
{
    if (run_would_double(run)) {
        run_end(run, &(shop_job_end_t){.state = "blocked",
                                       .event = "failed",
                                       .reason = "people_hidden",
                                       .delay = run->work->conf.moodle->check_interval});
    } else if (shop_provisioner_verb(run->act.function) != NULL) {
        shop_provisioner_call(run->work, run->act.function, run->act.arguments, run_on_answer, run);
    } else {
        shop_moodle_call(run->work, run->act.function, run->act.arguments, run_on_answer, run);
    }
}


static void run_act(shop_running_t *run)
{
    shop_job_end_t end;

    switch (run->act.kind) {
    case SHOP_ACT_CALL:
        run_call(run);
        return;
    case SHOP_ACT_INSTANCE:
        run_record(run, SHOP_SQL_INSTANCE_RECORD);
        return;
    case SHOP_ACT_ISSUE:
        run_record(run, SHOP_SQL_CERTIFICATE_ISSUE);
        return;
    case SHOP_ACT_ASK:
        run_record(run, SHOP_SQL_JOB_ASK);
        return;
    case SHOP_ACT_DONE:
    case SHOP_ACT_MORE:
        run_store(run);
        return;
    default:
        shop_job_end_by_act(run, &end);
        run_end(run, &end);
    }
}


static void run_read(shop_running_t *run, const shop_answer_t *answer)
{
    shop_job_t job = run_job(run);
    shop_act_t act = {0};

    shop_job_read(run->step, &job, answer, &act);
    shop_act_free(&run->act);
    run->act = act;
    run_act(run);
}


static void run_on_answer(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response)
{
    (void) response;
    run_read(data, answer);
}


static void run_on_recorded(shop_op_t *op)
{
    shop_running_t *run = op->data;
    shop_answer_t answer = {.json = shop_ask_answer(op)};

    if (answer.json == NULL) {
        run_drop(run, "record not stored");
        return;
    }
    run_read(run, &answer);
    shop_answer_free(&answer);
}


static void run_store(shop_running_t *run)
{
    run_ask(run, SHOP_SQL_JOB_STEP, shop_job_step_argument(run), run_on_stored);
}


static bool has_more(const shop_running_t *run)
{
    shop_job_t job = run_job(run);

    return shop_job_next(run->handler, &job) != NULL;
}


static void run_on_stored(shop_op_t *op)
{
    shop_running_t *run = op->data;
    json_t *answer = shop_ask_answer(op);

    if (answer == NULL) {
        run_drop(run, "step not stored");
    } else if (!shop_job_is_ours(answer)) {
        run_drop(run, "taken by another worker");
    } else if (!shop_job_keep(run)) {
        run_drop(run, "no memory");
    } else if (run->work->leaving && has_more(run)) {
        run_end(run, &(shop_job_end_t){.state = "pending"}); /* JB-5: others go on at once */
    } else {
        run_step(run);
    }
    json_decref(answer);
}


static void run_end(shop_running_t *run, const shop_job_end_t *end)
{
    shop_job_t job = run_job(run);
    json_t *argument = shop_job_end_argument(run, &job, end);

    shop_job_log_end(run, end);
    shop_job_count_end(run->work->shared, end);
    run_ask(run, SHOP_SQL_JOB_END, argument, run_on_ended);
}


static void run_on_ended(shop_op_t *op)
{
    shop_running_t *run = op->data;
    shop_work_t *work = run->work;

    json_decref(shop_ask_answer(op));
    run_free(run);
    shop_work_wake(work); /* the end of a job frees a place and may have queued mails */
}
