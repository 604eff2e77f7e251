/*
 * Has the platform give back a payment (Transaction/CancelOrRefund), all or a part.
 * payments.md 7.8.
 *
 * What is not captured yet is cancelled: the platform brings the payment back as cancelled, or with
 * a smaller amount. Else it makes a credit, a transaction of its own. It knows no idempotency key:
 * after a lost answer the order is asked about, whose credits are listed one by one.
 */

#include "pay/vads.h"


shop_status_t shop_lyra_ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    json_t *json;
    shop_status_t status;

    if (talk->asked.provider_txn.len == 0 || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    status = shop_lyra_call(arena, config, "Transaction/CancelOrRefund", call);
    if (status != SHOP_OK) {
        return status;
    }

    json = json_pack("{s:I}", "amount", (json_int_t) talk->refund.amount_minor);
    status = json != NULL && shop_json_set_text(json, "uuid", talk->asked.provider_txn) &&
                     shop_json_set_text(json, "currency", talk->refund.currency) &&
                     shop_json_set_text(json, "resolutionMode", SHOP_STR("AUTO"))
                 ? shop_json_dump(arena, json, &call->body)
                 : SHOP_NO_MEMORY;
    json_decref(json);

    return status;
}


/* The answer of a platform in trouble says nothing about the refund. */
static shop_status_t refused(shop_arena_t *arena, const json_t *answer, shop_pay_heard_t *heard)
{
    shop_str_t code = shop_json_text(answer, "errorCode");
    shop_status_t status = shop_arena_copy(arena, code, &heard->code);

    if (status != SHOP_OK) {
        return status;
    }
    if (shop_str_eq(code, SHOP_STR("INT_905"))) {
        return SHOP_REFUSED;
    }
    if (code.len == 0 || shop_pay_list_has(SHOP_STR("PSP_099 PSP_999 PSP_1000 INT_999"), code)) {
        return SHOP_MALFORMED;
    }

    heard->refunded.state = SHOP_PAY_STATE_REFUSED;
    heard->refunded.reason = heard->code;

    return SHOP_OK;
}


/* A payment that was made smaller keeps its number: each sum that is left is one refund. */
static shop_status_t reduced(shop_arena_t *arena, const shop_pay_talk_t *talk, const json_t *answer,
                             shop_pay_heard_t *heard)
{
    int64_t left = shop_json_int(answer, "amount");

    if (left >= talk->refund.paid_minor) {
        return SHOP_MALFORMED;
    }
    heard->refunded.state = SHOP_PAY_STATE_REFUNDED;

    return shop_arena_printf(arena, &heard->refunded.provider_txn, "%.*s:%lld",
                             (int) heard->refunded.id.len, (const char *) heard->refunded.id.data,
                             (long long) left);
}


shop_status_t shop_lyra_hear_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                    const shop_pay_talk_t *talk, bool success, const json_t *answer,
                                    shop_pay_heard_t *heard)
{
    const shop_vads_t *vads = config->data;
    shop_str_t site = shop_json_text(answer, "shopId");
    shop_pay_state_t state = shop_vads_state(shop_json_text(answer, "operationType"),
                                             shop_json_text(answer, "detailedStatus"));

    if (!success) {
        return refused(arena, answer, heard);
    }

    if (shop_json_text(answer, "uuid").len == 0 ||
        (site.len > 0 && !shop_str_eq(site, vads->site_id))) {
        return SHOP_MALFORMED;
    }

    shop_status_t status =
        shop_arena_copy(arena, shop_json_text(answer, "uuid"), &heard->refunded.id);
    if (status != SHOP_OK) {
        return status;
    }

    heard->refunded.provider_txn = heard->refunded.id;
    switch (state) {
    case SHOP_PAY_STATE_REFUNDED:
    case SHOP_PAY_STATE_CANCELLED:
        heard->refunded.state = SHOP_PAY_STATE_REFUNDED;
        return SHOP_OK;

    case SHOP_PAY_STATE_PENDING:
        heard->refunded.state = SHOP_PAY_STATE_PENDING;
        return SHOP_OK;

    case SHOP_PAY_STATE_PAID:
        return reduced(arena, talk, answer, heard);

    default:
        return SHOP_MALFORMED;
    }
}
