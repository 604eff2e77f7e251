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
    shop_errand_t errand;
    shop_pay_talk_t talk;
    int64_t attempt;
} question_t;

static bool take_question(shop_errand_t *errand, const json_t *row); /* 1 */
static void question_start(shop_errand_t *errand);                   /* 2 */
static void on_heard(shop_op_t *op);                                 /* 3 */
static void on_recorded(shop_op_t *op);                              /* 4 */

static const shop_errand_kind_t question_kind = {
    .claim = SHOP_SQL_RECONCILE_CLAIM,
    .rows = "asked",
    .limit = QUESTIONS_MAX,
    .size = sizeof(question_t),
    .take = take_question,
    .start = question_start,
};


void shop_reconcile_round(shop_work_t *work, shop_loop_t *loop)
{
    shop_errands_claim(
        loop, &question_kind,
        json_pack("{s:o}", "payments", shop_payments_for(&work->conf, SHOP_PAY_ASK)));
}


static bool take_question(shop_errand_t *errand, const json_t *row)
{
    question_t *q = (question_t *) errand;

    q->attempt = shop_json_int(row, "attempt");
    q->talk.purpose = json_is_true(json_object_get(row, "closing")) ? SHOP_PAY_CLOSE : SHOP_PAY_ASK;

    return shop_payments_minor(row, "amount", &q->talk.asked.amount_minor) &&
           shop_payments_question(errand->pool, row, &q->talk.asked);
}


/* What came of a question. `events` is taken over; NULL: no answer, for this reason. */
static void question_record(question_t *q, json_t *events, shop_str_t reason)
{
    json_t *argument;

    if (events != NULL) {
        argument = json_pack("{s:I, s:b, s:o}", "attempt", (json_int_t) q->attempt, "heard", 1,
                             "events", events);
    } else {
        ngx_log_error(NGX_LOG_WARN, q->errand.work->log, 0,
                      "shop reconcile: config=%*s attempt=%L no answer: %*s",
                      q->errand.config->name.len, q->errand.config->name.data, q->attempt,
                      reason.len, reason.data);
        argument = json_pack("{s:I, s:b, s:o}", "attempt", (json_int_t) q->attempt, "heard", 0,
                             "reason", shop_json_str(reason));
    }
    if (shop_ask(q->errand.work, SHOP_SQL_RECONCILE_END, argument, on_recorded, q) != NGX_OK) {
        shop_errand_end(&q->errand);
    }
}


static void question_start(shop_errand_t *errand)
{
    question_t *q = (question_t *) errand;
    shop_op_t *op = shop_op_create(errand->work->log, SHOP_TALK_DEADLINE, on_heard, q);

    if (op == NULL) {
        question_record(q, NULL, SHOP_STR("no memory"));
        return;
    }
    shop_talk(errand->work, op, errand->config, &q->talk);
}


static void on_heard(shop_op_t *op)
{
    question_t *q = op->data;
    json_t *list = NULL;

    if (op->status == SHOP_LINK_OK) {
        list =
            shop_payments_events(q->errand.pool, q->errand.config, &op->reply.talk->heard->events);
    }
    question_record(q, list, op->error);
}


static void on_recorded(shop_op_t *op)
{
    question_t *q = op->data;
    json_t *answer = shop_ask_answer(op);

    int64_t paid = shop_json_int(answer, "paid");

    if (paid > 0) {
        (void) ngx_atomic_fetch_add(&q->errand.work->shared->payments_found,
                                    (ngx_atomic_int_t) paid);
        shop_work_wake(q->errand.work);
    }
    json_decref(answer);
    shop_errand_end(&q->errand);
}
