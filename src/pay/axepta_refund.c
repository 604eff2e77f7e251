/*
 * Has the platform give money back (credit.aspx), a part or all of a payment (payments.md 6).
 *
 * The request's own number makes a repetition harmless: the platform tells what became of the
 * first.
 */

#include "pay/axepta.h"

#define NUMBER_MAX 32


shop_status_t shop_axepta_ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_axepta_t *axepta = config->data;
    const shop_pay_question_t *asked = &talk->asked;
    const shop_currency_t *currency = shop_currency_find(talk->refund.currency);
    shop_pay_amount_t amount;
    shop_str_t number, mac;

    if (asked->provider_txn.len == 0 || asked->provider_ref.len == 0) {
        return SHOP_NOT_FOUND;
    }
    if (currency == NULL || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_amount_print(arena, SHOP_STR("axepta"),
                                                 talk->refund.amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = shop_sha256_hex(arena, talk->refund.key, &number);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_str_t *const covered[] = {&asked->provider_txn, &asked->provider_ref,
                                         &axepta->merchant_id, &amount.amount,
                                         &amount.currency,     NULL};
    status = shop_axepta_mac(arena, axepta->hmac_key, covered, &mac);
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t pairs[] = {
        {SHOP_STR("MerchantID"), axepta->merchant_id},
        {SHOP_STR("PayID"), asked->provider_txn},
        {SHOP_STR("TransID"), asked->provider_ref},
        {SHOP_STR("Amount"), amount.amount},
        {SHOP_STR("Currency"), amount.currency},
        {SHOP_STR("ReqId"), (shop_str_t){NUMBER_MAX, number.data}},
        {SHOP_STR("MAC"), mac},
    };

    return shop_axepta_call(arena, axepta, axepta->refund_url, pairs,
                            sizeof(pairs) / sizeof(pairs[0]), call);
}


shop_status_t shop_axepta_hear_refund(const shop_form_t *fields, shop_pay_heard_t *heard)
{
    shop_str_t word = shop_pay_field_nocase(fields, "Status");

    if (shop_str_eq(word, SHOP_STR("FAILED"))) {
        heard->refunded.state = SHOP_PAY_STATE_REFUSED;
        heard->refunded.reason = shop_pay_field_nocase(fields, "Code");
        return SHOP_OK;
    }

    heard->refunded.id = shop_pay_field_nocase(fields, "XID");
    heard->refunded.provider_txn = heard->refunded.id;
    heard->refunded.state =
        shop_str_eq(word, SHOP_STR("PENDING")) ? SHOP_PAY_STATE_PENDING : SHOP_PAY_STATE_REFUNDED;

    return heard->refunded.id.len > 0 && shop_pay_list_has(SHOP_STR("OK PENDING"), word)
               ? SHOP_OK
               : SHOP_MALFORMED;
}
