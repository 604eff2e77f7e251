/*
 * Refunds that staff have ordered, carried out by the payment providers.
 *
 *   claim -> conversation (talk.c) -> shop.refund_end
 *
 * One whose answer was lost is asked about before it is repeated, or repeated with its key where
 * the provider knows it by that. What the provider has done is written down firmly; should that
 * fail as well, the end of the claim has him asked again.
 */

#include "work/work_internal.h"

#define REFUNDS_MAX 4
#define RECORD_PATIENCE 90000 /* below the lease of shop.refund_claim */

/* One refund under way. */
typedef struct {
    shop_errand_t errand;
    shop_pay_talk_t talk;
    int64_t id;
    int64_t token;
} refund_t;

static bool take_refund(shop_errand_t *errand, const json_t *row); /* 1 */
static void refund_start(shop_errand_t *errand);                   /* 2 */
static void on_answered(shop_op_t *op);                            /* 3 */
static void on_recorded(shop_op_t *op);                            /* 4 */

static const shop_errand_kind_t refund_kind = {
    .claim = SHOP_SQL_REFUND_CLAIM,
    .rows = "refunds",
    .limit = REFUNDS_MAX,
    .size = sizeof(refund_t),
    .take = take_refund,
    .start = refund_start,
};


void shop_refund_round(shop_work_t *work, shop_loop_t *loop)
{
    shop_errands_claim(
        loop, &refund_kind,
        json_pack("{s:o}", "payments", shop_payments_for(&work->conf, SHOP_PAY_REFUND)));
}


/* A repetition that the provider would not know for one is never sent unasked. */
static shop_pay_purpose_t purpose_of(const shop_pay_interface_t *interface, const json_t *row)
{
    bool unknown = json_is_true(json_object_get(row, "unknown"));
    bool stale = json_is_true(json_object_get(row, "stale"));

    return unknown && (stale || interface->refunds != SHOP_PAY_REFUNDS_KEYED) ? SHOP_PAY_ASK
                                                                              : SHOP_PAY_REFUND;
}


static bool take_refund(shop_errand_t *errand, const json_t *row)
{
    refund_t *refund = (refund_t *) errand;
    shop_arena_t arena = shop_pool_arena(errand->pool);
    shop_pay_talk_t *talk = &refund->talk;

    refund->id = shop_json_int(row, "refund");
    refund->token = shop_json_int(row, "token");
    talk->purpose = purpose_of(errand->config->interface, row);

    if (!shop_payments_question(errand->pool, row, &talk->asked) ||
        !shop_payments_minor(row, "amount", &talk->refund.amount_minor) ||
        !shop_payments_minor(row, "paid", &talk->refund.paid_minor)) {
        return false;
    }
    talk->asked.amount_minor = talk->refund.paid_minor;
    talk->refund.currency = talk->asked.currency;
    return shop_arena_copy(&arena, shop_json_text(row, "key"), &talk->refund.key) == SHOP_OK;
}


/* `told`, which is taken over, says what came of it. */
static void refund_record(refund_t *refund, json_t *told)
{
    shop_work_t *work = refund->errand.work;
    shop_str_t config = refund->errand.config->name;
    shop_str_t outcome = shop_json_text(told, "outcome");
    shop_str_t reason = shop_json_text(told, "reason");

    ngx_log_error(NGX_LOG_NOTICE, work->log, 0,
                  "shop refund: %L config=%*s transid=%*s outcome=%*s reason=%*s", refund->id,
                  config.len, config.data, refund->talk.asked.transid.len,
                  refund->talk.asked.transid.data, outcome.len, outcome.data, reason.len,
                  reason.data);
    if (json_object_set_new(told, "refund", json_integer(refund->id)) != 0 ||
        json_object_set_new(told, "token", json_integer(refund->token)) != 0 ||
        shop_ask_firmly(work, SHOP_SQL_REFUND_END, json_incref(told), RECORD_PATIENCE, on_recorded,
                        refund) != NGX_OK) {
        shop_errand_end(&refund->errand); /* the claim ends, and the provider is asked */
    }
    json_decref(told);
}


static json_t *told(const char *outcome, shop_str_t reason)
{
    return json_pack("{s:s, s:o}", "outcome", outcome, "reason", shop_json_str(reason));
}


static void refund_start(shop_errand_t *errand)
{
    refund_t *refund = (refund_t *) errand;
    shop_op_t *op = shop_op_create(errand->work->log, SHOP_TALK_DEADLINE, on_answered, refund);

    if (op == NULL) {
        refund_record(refund, told("unsent", SHOP_STR("no memory")));
        return;
    }
    shop_talk(errand->work, op, errand->config, &refund->talk);
}


/* The answer to the refund itself. */
static json_t *refund_told(const shop_pay_heard_t *heard)
{
    const char *outcome = "unknown";

    switch (heard->refunded.state) {
    case SHOP_PAY_STATE_REFUNDED:
        outcome = "refunded";
        break;
    case SHOP_PAY_STATE_PENDING:
        outcome = "pending";
        break;
    case SHOP_PAY_STATE_REFUSED:
        outcome = "refused";
        break;
    default:
        break;
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "outcome", outcome, "id",
                     shop_json_str(heard->refunded.id), "provider_txn",
                     shop_json_str(heard->refunded.provider_txn), "reason",
                     shop_json_str(heard->refunded.reason));
}


static json_t *asked_told(const refund_t *refund, const shop_pay_heard_t *heard)
{
    bool listed = refund->errand.config->interface->refunds == SHOP_PAY_REFUNDS_LISTED;

    return json_pack(
        "{s:s, s:b, s:o}", "outcome", "asked", "listed", (int) listed, "events",
        shop_payments_events(refund->errand.pool, refund->errand.config, &heard->events));
}


static void on_answered(shop_op_t *op)
{
    refund_t *refund = op->data;
    const shop_talk_t *talk = op->reply.talk;
    bool refunds = refund->talk.purpose == SHOP_PAY_REFUND;
    json_t *outcome;

    if (op->status != SHOP_LINK_OK) {
        bool sent = refunds && (talk == NULL || talk->sent);

        outcome = told(sent ? "unknown" : "unsent", op->error);
    } else {
        outcome = refunds ? refund_told(talk->heard) : asked_told(refund, talk->heard);
    }
    if (outcome == NULL) { /* no memory: the claim ends, and the provider is asked */
        shop_errand_end(&refund->errand);
        return;
    }
    refund_record(refund, outcome);
}


static void on_recorded(shop_op_t *op)
{
    refund_t *refund = op->data;
    json_t *answer = shop_ask_answer(op);

    if (shop_str_eq(shop_json_text(answer, "state"), SHOP_STR("done"))) {
        (void) ngx_atomic_fetch_add(&refund->errand.work->shared->refunds_done, 1);
        shop_work_wake(refund->errand.work); /* a credit note and a mail */
    }
    json_decref(answer);
    shop_errand_end(&refund->errand);
}
