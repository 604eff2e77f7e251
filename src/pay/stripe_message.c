/*
 * Reads a webhook event of Stripe: which types speak of a payment, and what they say in our terms
 * (payments.md 10.4, 10.5).
 *
 * The endpoint hears of everything in the account. What carries no reference of ours is of somebody
 * else who sells there, and says nothing.
 */

#include "pay/stripe.h"


static const struct {
    const char *type;
    const char *qualifier; /* NULL: any */
    shop_pay_state_t state;
} states[] = {
    {"checkout.session.completed", "paid", SHOP_PAY_STATE_PAID},
    {"checkout.session.completed", "unpaid", SHOP_PAY_STATE_PENDING},
    {"checkout.session.completed", NULL, SHOP_PAY_STATE_UNKNOWN},
    {"checkout.session.async_payment_succeeded", NULL, SHOP_PAY_STATE_PAID},
    {"checkout.session.async_payment_failed", NULL, SHOP_PAY_STATE_REFUSED},
    {"checkout.session.expired", NULL, SHOP_PAY_STATE_CANCELLED},
    {"charge.refunded", NULL, SHOP_PAY_STATE_REFUNDED},
    {"charge.dispute.created", NULL, SHOP_PAY_STATE_CHARGEBACK},
    {"charge.dispute.closed", "won", SHOP_PAY_STATE_PAID},
    {"charge.dispute.closed", "lost", SHOP_PAY_STATE_CHARGEBACK},
    {"charge.dispute.closed", NULL, SHOP_PAY_STATE_UNKNOWN},
    {"charge.dispute.funds_reinstated", NULL, SHOP_PAY_STATE_PAID},
};


shop_pay_state_t shop_stripe_state(shop_str_t type, shop_str_t qualifier, bool *known)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_str_eq(type, shop_str(states[i].type)) &&
            (states[i].qualifier == NULL ||
             shop_str_eq(qualifier, shop_str(states[i].qualifier)))) {
            *known = true;
            return states[i].state;
        }
    }

    *known = false;
    return SHOP_PAY_STATE_UNKNOWN;
}


shop_status_t shop_stripe_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                shop_pay_message_t *message)
{
    (void) arena;

    shop_status_t status = shop_pay_parse_json(request, message);
    if (status != SHOP_OK) {
        return status;
    }

    const json_t *data = json_object_get(message->json, "data");
    bool whole = shop_stripe_is_id(shop_json_text(message->json, "id"), "evt_") &&
                 shop_json_text(message->json, "type").len > 0 &&
                 json_is_boolean(json_object_get(message->json, "livemode")) &&
                 json_is_object(json_object_get(data, "object"));

    return whole ? SHOP_OK : SHOP_MALFORMED;
}


shop_status_t shop_stripe_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                       const shop_pay_request_t *request,
                                       const shop_pay_message_t *message)
{
    const shop_str_t *header = shop_pay_header(request, "stripe-signature");

    (void) message;
    if (header == NULL) {
        return SHOP_REFUSED;
    }

    return shop_pay_stamp_check(arena, shop_pay_value(config, "webhook_secret_file"), request->body,
                                *header, request->now);
}


/* `amount_refunded` is the sum so far: what this event gives back is what it added. Every sum is
 * another transaction, the same for the call that gave back and for its notification. */
static shop_status_t read_refund(shop_arena_t *arena, const json_t *event, const json_t *charge,
                                 shop_pay_event_t *out)
{
    const json_t *before = json_object_get(json_object_get(event, "data"), "previous_attributes");
    int64_t sum = shop_json_int(charge, "amount_refunded");
    json_t *part = json_integer(sum - shop_json_int(before, "amount_refunded"));
    shop_str_t intent = shop_stripe_member_id(charge, "payment_intent");

    shop_stripe_amount(part, shop_json_text(charge, "currency"), out);
    json_decref(part);

    shop_status_t status = shop_arena_copy(
        arena, shop_json_text(json_object_get(charge, "metadata"), "transid"), &out->transid);
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &out->provider_txn, "%.*s:%lld", (int) intent.len,
                                   (const char *) intent.data, (long long) sum);
    }

    return status;
}


/* An inquiry ("warning_…") takes no money. */
static shop_status_t read_dispute(shop_arena_t *arena, const json_t *dispute, shop_pay_event_t *out)
{
    out->unrelated = shop_str_starts(shop_json_text(dispute, "status"), SHOP_STR("warning_"));
    shop_stripe_amount(json_object_get(dispute, "amount"), shop_json_text(dispute, "currency"),
                       out);

    return shop_arena_copy(arena, shop_stripe_member_id(dispute, "payment_intent"),
                           &out->provider_txn);
}


/* A refund that was promised has failed: the money is still here, and the buyer waits for it. */
static shop_status_t read_failure(shop_arena_t *arena, const json_t *refund, shop_pay_event_t *out)
{
    shop_stripe_amount(json_object_get(refund, "amount"), shop_json_text(refund, "currency"), out);

    return shop_arena_copy(arena, shop_stripe_member_id(refund, "payment_intent"),
                           &out->provider_txn);
}


static shop_status_t read_object(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const json_t *event, shop_str_t type, shop_pay_event_t *out)
{
    const json_t *object = json_object_get(json_object_get(event, "data"), "object");
    shop_status_t status;

    if (shop_str_starts(type, SHOP_STR("charge.dispute."))) {
        return read_dispute(arena, object, out);
    }
    if (out->noted) {
        return read_failure(arena, object, out);
    }

    status = shop_str_starts(type, SHOP_STR("charge."))
                 ? read_refund(arena, event, object, out)
                 : shop_stripe_session(arena, config, object, out);
    if (status == SHOP_OK && out->transid.len == 0) {
        out->unrelated = true;
    }

    return status;
}


static shop_str_t qualifier(const json_t *event)
{
    const json_t *object = json_object_get(json_object_get(event, "data"), "object");
    shop_str_t paid = shop_json_text(object, "payment_status");

    return paid.len > 0 ? paid : shop_json_text(object, "status");
}


shop_status_t shop_stripe_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t id = shop_json_text(message->json, "id");
    shop_str_t type = shop_json_text(message->json, "type");
    bool known;

    *event = (shop_pay_event_t){.state = shop_stripe_state(type, qualifier(message->json), &known)};
    event->noted = shop_str_eq(type, SHOP_STR("refund.failed"));
    event->unrelated = !known && !event->noted;
    if (event->state == SHOP_PAY_STATE_UNKNOWN && !event->noted) {
        event->doubt = SHOP_STR("status not known");
    }

    shop_status_t status = shop_arena_copy(arena, type, &event->provider_status);
    if (status == SHOP_OK && !event->unrelated) {
        status = read_object(arena, config, message->json, type, event);
    }
    if (shop_json_bool(message->json, "livemode") != (config->mode == SHOP_PAY_LIVE)) {
        event->foreign = SHOP_STR("mode");
    }

    return status == SHOP_OK ? shop_arena_printf(arena, &event->key, "stripe:%.*s", (int) id.len,
                                                 (const char *) id.data)
                             : status;
}
