/*
 * A Checkout session as Stripe writes it, in an event and in an answer of the API: whose it is, how
 * much, which payment (payments.md 10.3).
 */

#include "pay/stripe.h"


shop_pay_state_t shop_stripe_paid(shop_str_t payment_status)
{
    if (shop_str_eq(payment_status, SHOP_STR("paid"))) {
        return SHOP_PAY_STATE_PAID;
    }

    /* "no_payment_required": nothing is sold for nothing there */
    return shop_str_eq(payment_status, SHOP_STR("unpaid")) ? SHOP_PAY_STATE_PENDING
                                                           : SHOP_PAY_STATE_UNKNOWN;
}


shop_str_t shop_stripe_member_id(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);

    return json_is_object(member) ? shop_json_text(member, "id") : shop_json_text(object, name);
}


/* Units of Stripe's to minor units: the reverse of shop_pay_amount_print(). */
static bool to_minor(int64_t amount, const shop_currency_t *currency, int64_t *minor)
{
    if (shop_pay_list_has(SHOP_STR("ISK UGX"), shop_str(currency->code))) {
        *minor = amount / 100;
        return amount % 100 == 0;
    }

    if (shop_pay_list_has(SHOP_STR("MGA"), shop_str(currency->code))) {
        *minor = amount * 100;
        return amount <= INT64_MAX / 100;
    }

    *minor = amount;
    return true;
}


void shop_stripe_amount(const json_t *amount, shop_str_t currency, shop_pay_event_t *event)
{
    char code[4] = {0};

    if (currency.len != 3 || !json_is_integer(amount) || json_integer_value(amount) < 0) {
        return;
    }

    for (size_t i = 0; i < 3; i++) {
        unsigned char c = currency.data[i];
        code[i] = (char) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }

    const shop_currency_t *found = shop_currency_find(shop_str(code));
    if (found != NULL) {
        event->currency = shop_str(found->code);
        event->has_amount = to_minor(json_integer_value(amount), found, &event->amount_minor);
    }
}


shop_status_t shop_stripe_session(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const json_t *session, shop_pay_event_t *event)
{
    const json_t *metadata = json_object_get(session, "metadata");
    const json_t *livemode = json_object_get(session, "livemode");
    int64_t attempt;

    if (shop_str_to_int(shop_json_text(metadata, "attempt"), &attempt) == SHOP_OK && attempt > 0) {
        event->attempt = attempt;
    }

    if (livemode != NULL && json_is_true(livemode) != (config->mode == SHOP_PAY_LIVE)) {
        event->foreign = SHOP_STR("mode");
    }

    shop_status_t status =
        shop_arena_copy(arena, shop_json_text(session, "client_reference_id"), &event->transid);
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(session, "id"), &event->provider_ref);
    }
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_stripe_member_id(session, "payment_intent"),
                                 &event->provider_txn);
    }
    shop_stripe_amount(json_object_get(session, "amount_total"),
                       shop_json_text(session, "currency"), event);

    return status;
}
