/*
 * The mirror of the database's decision for the vectors: order, duplicate, amount, transition.
 */

#include "decide.h"

#include <string.h>


static bool is(shop_str_t text, const char *word)
{
    return shop_str_eq(text, shop_str(word));
}


static bool is_refund(shop_pay_state_t state)
{
    return state == SHOP_PAY_STATE_REFUNDED || state == SHOP_PAY_STATE_PARTIALLY_REFUNDED;
}


/* "systempay:<transaction>:<status>": does the key speak of this transaction? */
static bool key_names(shop_str_t key, shop_str_t transaction)
{
    shop_str_t interface;
    shop_str_t named;

    if (transaction.len == 0 || !shop_str_split(&key, ':', &interface)) {
        return false;
    }

    return shop_str_split(&key, ':', &named) && shop_str_eq(named, transaction);
}


/* Step 7. SHOP_PAY_DECIDE: the event is new. */
static shop_pay_verdict_t find_duplicate(const shop_pay_event_t *event, const decide_in_t *in)
{
    size_t i;
    json_t *entry;

    json_array_foreach(in->processed, i, entry)
    {
        shop_str_t key = shop_json_text(entry, "key");
        bool same_order = shop_str_eq(shop_json_text(entry, "order_id"), in->order->id);

        if (same_order && shop_str_eq(key, event->key)) {
            return SHOP_PAY_IGNORE_DUPLICATE;
        }
        if (!same_order && key_names(key, event->provider_txn)) {
            return SHOP_PAY_MISMATCH;
        }
    }

    return SHOP_PAY_DECIDE;
}


/* Step 8. */
static bool amount_fits(const shop_pay_event_t *event, const decide_order_t *order)
{
    if (!event->has_amount || !shop_str_eq(event->currency, order->currency)) {
        return false;
    }

    return is_refund(event->state) ? event->amount_minor <= order->amount_minor
                                   : event->amount_minor == order->amount_minor;
}


static bool is_one_of(shop_pay_state_t state, const shop_pay_state_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == state) {
            return true;
        }
    }

    return false;
}


/* Step 9 before any money came. */
static shop_pay_verdict_t before_payment(shop_pay_state_t state)
{
    return is_refund(state) || state == SHOP_PAY_STATE_CHARGEBACK ? SHOP_PAY_DEFER : SHOP_PAY_APPLY;
}


/* Step 9 for a paid order; the state after is the event's but for a cancelled own transaction. */
static shop_pay_verdict_t after_payment(const shop_pay_event_t *event, const decide_order_t *order,
                                        shop_pay_state_t *state)
{
    bool same = order->paid_by.len == 0 || shop_str_eq(event->provider_txn, order->paid_by);

    if (is_refund(*state) || *state == SHOP_PAY_STATE_CHARGEBACK) {
        return SHOP_PAY_APPLY;
    }

    if (*state == SHOP_PAY_STATE_PAID) {
        return same ? SHOP_PAY_APPLY : SHOP_PAY_DUPLICATE_PAYMENT;
    }

    if (!same) {
        return SHOP_PAY_IGNORE_STALE;
    }

    if (*state == SHOP_PAY_STATE_CANCELLED) {
        *state = SHOP_PAY_STATE_REFUNDED;
        return SHOP_PAY_APPLY;
    }

    return *state == SHOP_PAY_STATE_ERROR ? SHOP_PAY_APPLY : SHOP_PAY_IGNORE_STALE;
}


static shop_pay_verdict_t transition(const shop_pay_event_t *event, const decide_order_t *order,
                                     shop_pay_state_t *state)
{
    static const shop_pay_state_t partially[] = {
        SHOP_PAY_STATE_PARTIALLY_REFUNDED, SHOP_PAY_STATE_REFUNDED, SHOP_PAY_STATE_CHARGEBACK};
    static const shop_pay_state_t chargeback[] = {SHOP_PAY_STATE_PAID, SHOP_PAY_STATE_REFUNDED};

    if (is(order->state, "paid")) {
        return after_payment(event, order, state);
    }
    if (is(order->state, "partially_refunded")) {
        return is_one_of(*state, partially, 3) ? SHOP_PAY_APPLY : SHOP_PAY_IGNORE_STALE;
    }
    if (is(order->state, "chargeback")) {
        return is_one_of(*state, chargeback, 2) ? SHOP_PAY_APPLY : SHOP_PAY_IGNORE_STALE;
    }
    if (is(order->state, "refunded")) {
        return SHOP_PAY_IGNORE_STALE;
    }

    return before_payment(*state);
}


shop_pay_verdict_t decide(const shop_pay_event_t *event, const decide_in_t *in, shop_str_t *after)
{
    const decide_order_t *order = in->order;
    shop_pay_state_t state = event->state;

    *after = order->state;
    if (!order->known || !shop_str_eq(event->transid, order->id)) {
        return SHOP_PAY_UNKNOWN_ORDER;
    }

    shop_pay_verdict_t verdict = find_duplicate(event, in);
    if (verdict != SHOP_PAY_DECIDE) {
        return verdict;
    }

    if (!amount_fits(event, order)) {
        return SHOP_PAY_MISMATCH;
    }

    if (state == SHOP_PAY_STATE_REFUNDED && event->amount_minor < order->amount_minor) {
        state = SHOP_PAY_STATE_PARTIALLY_REFUNDED;
    }

    verdict = transition(event, order, &state);
    if (verdict == SHOP_PAY_APPLY) {
        *after = shop_str(shop_pay_state_name(state));
    }

    return verdict;
}
