/*
 * Has the platform's Office service give back a payment, all or a part (payments.md 5.8).
 *
 *   getTransactionData -> cashManagement/cancel before the capture, cashManagement/refund after it
 *
 * There is no idempotency key and no list of refunds: after a lost answer the status tells of a
 * whole refund, and a person must look for a part.
 */

#include "pay/sips.h"


shop_status_t shop_sips_ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_currency_t *currency = shop_currency_find(talk->refund.currency);
    const bool cancel = shop_str_eq(talk->memo, SHOP_STR("cancel"));
    shop_pay_amount_t amount;
    json_t *json;

    if (currency == NULL || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_amount_print(arena, SHOP_STR("sips2"),
                                                 talk->refund.amount_minor, currency, &amount);
    if (status != SHOP_OK) {
        return status;
    }

    json = json_object();
    status = SHOP_NO_MEMORY;
    if (json != NULL &&
        shop_json_set_text(json, "interfaceVersion", shop_pay_value(config, "cash_version")) &&
        shop_json_set_text(json, "transactionReference", talk->asked.provider_ref) &&
        shop_json_set_text(json, "operationAmount", amount.amount) &&
        shop_json_set_text(json, "currencyCode", amount.currency)) {
        status = shop_sips_call(
            arena, config, cancel ? "cashManagement/cancel" : "cashManagement/refund", json, call);
    }
    json_decref(json);

    return status;
}


static shop_status_t refuse(shop_arena_t *arena, shop_str_t word, shop_pay_heard_t *heard)
{
    heard->refunded.state = SHOP_PAY_STATE_REFUSED;

    return shop_arena_copy(arena, word, &heard->refunded.reason);
}


/* What has been credited in part can be credited again. */
static shop_status_t hear_status(shop_arena_t *arena, shop_pay_talk_t *talk, const json_t *answer,
                                 shop_pay_heard_t *heard)
{
    shop_str_t word = shop_json_text(answer, "transactionStatus");

    if (shop_str_eq(word, SHOP_STR("TO_CAPTURE"))) {
        talk->memo = SHOP_STR("cancel");
    } else if (shop_pay_list_has(SHOP_STR("CAPTURED ENDED TO_CREDIT CREDITED"), word)) {
        talk->memo = SHOP_STR("refund");
    } else {
        return word.len > 0 ? refuse(arena, word, heard) : SHOP_MALFORMED;
    }
    heard->again = true;

    return SHOP_OK;
}


shop_status_t shop_sips_hear_refund(shop_arena_t *arena, shop_pay_talk_t *talk,
                                    const json_t *answer, shop_pay_heard_t *heard)
{
    shop_str_t code = shop_json_text(answer, "responseCode");
    shop_status_t status;

    if (shop_str_eq(code, SHOP_STR("00"))) {
        if (talk->step == 0) {
            return hear_status(arena, talk, answer, heard);
        }
        heard->refunded.state = SHOP_PAY_STATE_REFUNDED;
        return SHOP_OK;
    }

    status = shop_arena_copy(arena, code, &heard->code);
    if (status != SHOP_OK) {
        return status;
    }

    /* our account, the platform in trouble, or no answer at all */
    if (code.len == 0 || shop_pay_list_has(SHOP_STR("03 34 90 99"), code)) {
        return shop_sips_code(code);
    }

    return refuse(arena, code, heard);
}
