/*
 * What PayPal's API replies: an order with its captures and refunds, as events (payments.md 4.3 to
 * 4.6).
 *
 * An order that is COMPLETED is not yet money: its captures say what there is.
 */

#include "pay/paypal.h"


shop_pay_state_t shop_paypal_capture_state(shop_str_t status)
{
    static const struct {
        const char *word;
        shop_pay_state_t state;
    } states[] = {
        {"COMPLETED", SHOP_PAY_STATE_PAID},
        {"PENDING", SHOP_PAY_STATE_PENDING},
        {"DECLINED", SHOP_PAY_STATE_REFUSED},
        {"FAILED", SHOP_PAY_STATE_ERROR},
        {"REFUNDED", SHOP_PAY_STATE_REFUNDED},
        {"PARTIALLY_REFUNDED", SHOP_PAY_STATE_PARTIALLY_REFUNDED},
    };

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_str_eq(status, shop_str(states[i].word))) {
            return states[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


void shop_paypal_amount(const json_t *amount, shop_pay_event_t *event)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(amount, "currency_code"));

    if (currency == NULL) {
        return;
    }

    event->currency = shop_str(currency->code);
    event->has_amount = shop_pay_amount_parse(shop_json_text(amount, "value"), currency,
                                              &event->amount_minor) == SHOP_OK;
}


/* --- events --- */

typedef struct {
    shop_arena_t *arena;
    const shop_pay_config_t *config;
    const shop_pay_talk_t *talk;
    const json_t *unit; /* the purchase unit; NULL: none */
    shop_pay_heard_t *heard;
} reader_t;


static shop_status_t add_event(const reader_t *r, const json_t *about, shop_pay_state_t state,
                               const char *kind)
{
    shop_pay_event_t *event = &r->heard->events.list[r->heard->events.count];
    shop_str_t id = shop_json_text(about, "id");
    shop_str_t merchant = shop_json_text(json_object_get(r->unit, "payee"), "merchant_id");
    shop_str_t ours = shop_pay_value(r->config, "merchant_id");

    *event = (shop_pay_event_t){
        .channel = "poll",
        .state = state,
        .transid = shop_json_text(r->unit, "custom_id"),
        .provider_ref = r->talk->asked.provider_ref,
    };
    if (state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }
    if (ours.len > 0 && merchant.len > 0 && !shop_str_eq(merchant, ours)) {
        event->foreign = SHOP_STR("merchant");
    }
    shop_paypal_amount(json_object_get(about, "amount"), event);

    shop_status_t status = shop_arena_copy(r->arena, event->transid, &event->transid);
    if (status == SHOP_OK) {
        status = shop_arena_copy(r->arena, id, &event->provider_txn);
    }
    if (status == SHOP_OK) {
        status =
            shop_arena_copy(r->arena, shop_json_text(about, "status"), &event->provider_status);
    }
    if (status == SHOP_OK) {
        status =
            shop_arena_printf(r->arena, &event->key, "poll:paypal:%s:%.*s:%s", kind, (int) id.len,
                              (const char *) id.data, shop_pay_state_name(state));
    }
    r->heard->events.count += status == SHOP_OK;

    return status;
}


/* What was given back was paid before: the refunds say how much of it went. */
static shop_status_t add_capture(const reader_t *r, const json_t *capture)
{
    shop_pay_state_t state = shop_paypal_capture_state(shop_json_text(capture, "status"));

    if (state == SHOP_PAY_STATE_REFUNDED || state == SHOP_PAY_STATE_PARTIALLY_REFUNDED) {
        state = SHOP_PAY_STATE_PAID;
    }

    return add_event(r, capture, state, "capture");
}


static shop_status_t add_refund(const reader_t *r, const json_t *refund)
{
    if (!shop_str_eq(shop_json_text(refund, "status"), SHOP_STR("COMPLETED"))) {
        return SHOP_OK;
    }

    return add_event(r, refund, SHOP_PAY_STATE_REFUNDED, "refund");
}


static shop_status_t add_payments(const reader_t *r)
{
    const json_t *payments = json_object_get(r->unit, "payments");
    const json_t *captures = json_object_get(payments, "captures");
    const json_t *refunds = json_object_get(payments, "refunds");
    shop_status_t status = SHOP_OK;
    const json_t *item;
    size_t i;

    r->heard->events.list =
        shop_arena_calloc(r->arena, (json_array_size(captures) + json_array_size(refunds) + 1) *
                                        sizeof(*r->heard->events.list));
    if (r->heard->events.list == NULL) {
        return SHOP_NO_MEMORY;
    }

    json_array_foreach(captures, i, item)
    {
        status = status == SHOP_OK ? add_capture(r, item) : status;
    }
    json_array_foreach(refunds, i, item)
    {
        status = status == SHOP_OK ? add_refund(r, item) : status;
    }

    return status;
}


/* An order without captures: waiting for the customer, to be captured, or given up. */
static shop_status_t hear_order(const reader_t *r, const json_t *order)
{
    shop_str_t word = shop_json_text(order, "status");

    if (!shop_str_eq(shop_json_text(order, "id"), r->talk->asked.provider_ref)) {
        return SHOP_MALFORMED;
    }

    if (shop_str_eq(word, SHOP_STR("APPROVED"))) {
        r->heard->again = true;
        return SHOP_OK;
    }

    shop_status_t status = add_payments(r);
    if (status == SHOP_OK && shop_str_eq(word, SHOP_STR("VOIDED"))) {
        status = add_event(r, r->unit, SHOP_PAY_STATE_CANCELLED, "order");
    }

    return status;
}


/* --- replies --- */

static shop_str_t issue(const json_t *reply)
{
    return shop_json_text(json_array_get(json_object_get(reply, "details"), 0), "issue");
}


/* The capture that PayPal did not make. */
static shop_status_t hear_no_capture(const reader_t *r, shop_pay_talk_t *talk, const json_t *reply)
{
    shop_str_t why = issue(reply);

    if (shop_str_eq(why, SHOP_STR("ORDER_ALREADY_CAPTURED"))) {
        talk->memo = SHOP_STR("captured");
        r->heard->again = true;
        return SHOP_OK;
    }

    /* the customer has to do something more: to approve, to choose another card */
    return shop_pay_list_has(
               SHOP_STR("ORDER_NOT_APPROVED INSTRUMENT_DECLINED PAYER_ACTION_REQUIRED"), why)
               ? SHOP_OK
               : SHOP_MALFORMED;
}


static shop_status_t hear_ask(const reader_t *r, shop_pay_talk_t *talk, unsigned status,
                              const json_t *reply)
{
    bool captures = shop_str_eq(talk->memo, SHOP_STR("capture"));

    if (status == 404) {
        return SHOP_OK; /* nobody approved it, and it is gone */
    }
    if (captures && status == 422) {
        return hear_no_capture(r, talk, reply);
    }
    if (status != 200 && status != 201) {
        return SHOP_MALFORMED;
    }

    shop_status_t heard = hear_order(r, reply);
    if (r->heard->again) {
        talk->memo = SHOP_STR("capture");
        /* just captured, and still to be captured: the next question will tell */
        r->heard->again = !captures;
    }

    return heard;
}


static shop_status_t hear_open(const reader_t *r, unsigned status, const json_t *order)
{
    const json_t *link;
    size_t i;

    if (status != 200 && status != 201) {
        return shop_arena_copy(r->arena, issue(order), &r->heard->code) == SHOP_OK ? SHOP_MALFORMED
                                                                                   : SHOP_NO_MEMORY;
    }

    json_array_foreach(json_object_get(order, "links"), i, link)
    {
        if (shop_pay_list_has(SHOP_STR("payer-action approve"), shop_json_text(link, "rel"))) {
            shop_status_t copied = shop_arena_copy(r->arena, shop_json_text(order, "id"),
                                                   &r->heard->opened.provider_ref);

            return copied == SHOP_OK ? shop_arena_copy(r->arena, shop_json_text(link, "href"),
                                                       &r->heard->opened.url)
                                     : copied;
        }
    }

    return SHOP_MALFORMED;
}


static shop_status_t hear_refund(const reader_t *r, unsigned status, const json_t *refund)
{
    shop_str_t word = shop_json_text(refund, "status");
    shop_str_t id = shop_json_text(refund, "id");

    if (status == 422 || status == 404) {
        r->heard->refunded.state = SHOP_PAY_STATE_REFUSED;
        return shop_arena_copy(r->arena, issue(refund), &r->heard->refunded.reason);
    }
    if ((status != 200 && status != 201) || id.len == 0) {
        return SHOP_MALFORMED;
    }

    r->heard->refunded.state = SHOP_PAY_STATE_REFUSED;
    if (shop_str_eq(word, SHOP_STR("COMPLETED"))) {
        r->heard->refunded.state = SHOP_PAY_STATE_REFUNDED;
    } else if (shop_str_eq(word, SHOP_STR("PENDING"))) {
        r->heard->refunded.state = SHOP_PAY_STATE_PENDING;
    }

    shop_status_t copied = shop_arena_copy(r->arena, id, &r->heard->refunded.id);
    if (copied == SHOP_OK) {
        copied = shop_arena_copy(r->arena, word, &r->heard->refunded.reason);
    }
    r->heard->refunded.provider_txn = r->heard->refunded.id;

    return copied;
}


shop_status_t shop_paypal_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                               shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                               shop_pay_heard_t *heard)
{
    json_t *json;

    if (reply->status == 401 || reply->status == 403) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_json(reply->body, &json);
    if (status != SHOP_OK) {
        return status;
    }

    const reader_t r = {
        .arena = arena,
        .config = config,
        .talk = talk,
        .unit = json_array_get(json_object_get(json, "purchase_units"), 0),
        .heard = heard,
    };

    switch (talk->purpose) {
    case SHOP_PAY_OPEN:
        status = hear_open(&r, reply->status, json);
        break;
    case SHOP_PAY_REFUND:
        status = hear_refund(&r, reply->status, json);
        break;
    default:
        status = hear_ask(&r, talk, reply->status, json);
    }
    json_decref(json);

    return status;
}
