/*
 * Asks payment providers what became of payments: those that nobody has told of, those whose
 * message is in doubt, and those that a message alone has paid (payments.md 7.9, 12.3).
 *
 *   claim -> conversation (talk.c) -> shop.reconcile_end
 *
 * The database says whom to ask when, and what an answer changes.
 */

#include "work/work_internal.h"

#define QUESTIONS_MAX 4

/* One question under way. */
typedef struct {
    shop_work_t *work;
    shop_loop_t *loop;
    ngx_pool_t *pool;
    const shop_pay_config_t *config;
    shop_pay_talk_t talk;
    int64_t attempt;
} question_t;

static void on_claimed(shop_op_t *op);     /* 1 */
static void question_start(question_t *q); /* 2 */
static void on_heard(shop_op_t *op);       /* 3 */
static void on_recorded(shop_op_t *op);    /* 4 */


void shop_reconcile_round(shop_work_t *work, shop_loop_t *loop)
{
    json_t *argument =
        json_pack("{s:o, s:i}", "payments", shop_payments_for(&work->conf, SHOP_PAY_ASK), "limit",
                  QUESTIONS_MAX);

    if (shop_ask(work, SHOP_SQL_RECONCILE_CLAIM, argument, on_claimed, loop) != NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}


/* The round ends with its last question. */
static void question_end(question_t *q)
{
    shop_work_t *work = q->work;
    shop_loop_t *loop = q->loop;

    ngx_destroy_pool(q->pool);
    if (--work->questions == 0) {
        shop_loop_ended(loop, SHOP_ROUND_SOME);
    }
}


static bool take_question(question_t *q, const json_t *row)
{
    q->talk.purpose = json_is_true(json_object_get(row, "closing")) ? SHOP_PAY_CLOSE : SHOP_PAY_ASK;

    return shop_payments_minor(row, "amount", &q->talk.asked.amount_minor) &&
           shop_payments_question(q->pool, row, &q->talk.asked);
}


static question_t *question_create(shop_work_t *work, shop_loop_t *loop, const json_t *row)
{
    const shop_pay_config_t *config =
        shop_payments_find(&work->conf, shop_json_text(row, "config"));
    ngx_pool_t *pool = config != NULL ? ngx_create_pool(4096, work->log) : NULL;
    question_t *q;

    if (pool == NULL) {
        return NULL;
    }
    q = ngx_pcalloc(pool, sizeof(*q));
    if (q == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }
    *q = (question_t){.work = work,
                      .loop = loop,
                      .pool = pool,
                      .config = config,
                      .attempt = shop_json_int(row, "attempt")};
    if (!take_question(q, row)) {
        ngx_destroy_pool(pool);
        return NULL;
    }
    return q;
}


static void on_claimed(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    shop_work_t *work = loop->work;
    json_t *answer = shop_ask_answer(op);
    json_t *rows = json_object_get(answer, "asked");
    json_t *row;
    size_t i;

    work->questions = 1; /* so that the round does not end while it begins */
    json_array_foreach(rows, i, row)
    {
        question_t *q = question_create(work, loop, row);

        if (q != NULL) {
            work->questions++;
            question_start(q);
        }
    }
    json_decref(answer);
    if (--work->questions == 0) {
        shop_loop_ended(loop, answer != NULL ? SHOP_ROUND_NOTHING : SHOP_ROUND_TROUBLE);
    }
}


/* What came of a question. `events` is taken over; NULL: no answer, for this reason. */
static void question_record(question_t *q, json_t *events, shop_str_t reason)
{
    json_t *argument;

    if (events != NULL) {
        argument = json_pack("{s:I, s:b, s:o}", "attempt", (json_int_t) q->attempt, "heard", 1,
                             "events", events);
    } else {
        ngx_log_error(NGX_LOG_WARN, q->work->log, 0,
                      "shop reconcile: config=%*s attempt=%L no answer: %*s", q->config->name.len,
                      q->config->name.data, q->attempt, reason.len, reason.data);
        argument = json_pack("{s:I, s:b, s:o}", "attempt", (json_int_t) q->attempt, "heard", 0,
                             "reason", shop_json_str(reason));
    }
    if (shop_ask(q->work, SHOP_SQL_RECONCILE_END, argument, on_recorded, q) != NGX_OK) {
        question_end(q);
    }
}


static void question_start(question_t *q)
{
    shop_op_t *op = shop_op_create(q->work->log, SHOP_TALK_DEADLINE, on_heard, q);

    if (op == NULL) {
        question_record(q, NULL, SHOP_STR("no memory"));
        return;
    }
    shop_talk(q->work, op, q->config, &q->talk);
}


static void on_heard(shop_op_t *op)
{
    question_t *q = op->data;
    json_t *list = NULL;

    if (op->status == SHOP_LINK_OK) {
        list = shop_payments_events(q->pool, q->config, &op->reply.talk->heard->events);
    }
    question_record(q, list, op->error);
}


static void on_recorded(shop_op_t *op)
{
    question_t *q = op->data;
    json_t *answer = shop_ask_answer(op);

    int64_t paid = shop_json_int(answer, "paid");

    if (paid > 0) {
        (void) ngx_atomic_fetch_add(&q->work->shared->payments_found, (ngx_atomic_int_t) paid);
        shop_work_wake(q->work);
    }
    json_decref(answer);
    question_end(q);
}
