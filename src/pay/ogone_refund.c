/*
 * Has the platform give back a payment, all or a part (DirectLink maintenance, payments.md 8.6).
 *
 * It knows no idempotency key, and a query tells of the last operation only: after a lost answer
 * a part that is not found there is left to a person.
 */

#include "pay/ogone.h"


/* Beside the query: ".../querydirect.asp" becomes ".../maintenancedirect.asp". */
static shop_status_t address(shop_arena_t *arena, shop_str_t query, shop_str_t *url)
{
    size_t folder = query.len;

    while (folder > 0 && query.data[folder - 1] != '/') {
        folder--;
    }

    return shop_arena_printf(arena, url, "%.*smaintenancedirect.asp", (int) folder,
                             (const char *) query.data);
}


shop_status_t shop_ogone_ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                    const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_ogone_t *ogone = config->data;
    const shop_currency_t *currency = shop_currency_find(talk->refund.currency);
    const bool whole = talk->refund.amount_minor == talk->refund.paid_minor;
    shop_pay_amount_t amount;
    shop_str_t url;

    if (currency == NULL || talk->asked.provider_txn.len == 0 || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_amount_print(arena, SHOP_STR("ogone"),
                                                 talk->refund.amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = address(arena, config->api_url, &url);
    }
    if (status != SHOP_OK) {
        return status;
    }

    shop_pair_t fields[] = {
        {SHOP_STR("PSPID"), ogone->pspid},
        {SHOP_STR("USERID"), shop_pay_value(config, "api_user")},
        {SHOP_STR("PSWD"), shop_pay_value(config, "api_password_file")},
        {SHOP_STR("PAYID"), talk->asked.provider_txn},
        {SHOP_STR("AMOUNT"), amount.amount},
        {SHOP_STR("CURRENCY"), amount.currency},
        {SHOP_STR("OPERATION"), whole ? SHOP_STR("RFS") : SHOP_STR("RFD")},
        {SHOP_STR("SHASIGN"), SHOP_STR_NULL},
    };
    const size_t count = sizeof(fields) / sizeof(fields[0]);

    status = shop_ogone_sign_in(arena, ogone->hash, ogone->sha_in, fields, count - 1,
                                &fields[count - 1].value);

    return status == SHOP_OK ? shop_pay_call_form(arena, url, fields, count, call) : status;
}


/* 2000xxxx: uncertain; 5000xxxx and 3000xxxx: refused. */
static shop_status_t hear_error(shop_arena_t *arena, shop_str_t code, shop_pay_heard_t *heard)
{
    shop_status_t status = shop_arena_copy(arena, code, &heard->code);

    if (status != SHOP_OK) {
        return status;
    }
    if (shop_str_eq(code, SHOP_STR("50001118"))) {
        return SHOP_REFUSED; /* signed with another passphrase */
    }
    if (!shop_str_starts(code, SHOP_STR("5000")) && !shop_str_starts(code, SHOP_STR("3000"))) {
        return SHOP_MALFORMED;
    }

    heard->refunded.state = SHOP_PAY_STATE_REFUSED;
    heard->refunded.reason = heard->code;

    return SHOP_OK;
}


static shop_pay_state_t state_of(shop_str_t status)
{
    if (shop_pay_list_has(SHOP_STR("81 82"), status)) {
        return SHOP_PAY_STATE_PENDING;
    }
    if (shop_pay_list_has(SHOP_STR("83 84 94"), status)) {
        return SHOP_PAY_STATE_REFUSED;
    }

    return shop_pay_list_has(SHOP_STR("8 85 7 74 6 64"), status) ? SHOP_PAY_STATE_REFUNDED
                                                                 : SHOP_PAY_STATE_UNKNOWN;
}


shop_status_t shop_ogone_hear_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_form_t *attributes, shop_pay_heard_t *heard)
{
    shop_str_t error = shop_pay_field_nocase(attributes, "NCERROR");
    shop_str_t word = shop_pay_field_nocase(attributes, "STATUS");

    if (error.len > 0 && !shop_str_eq(error, SHOP_STR("0"))) {
        return hear_error(arena, error, heard);
    }

    heard->refunded.state = state_of(word);
    if (heard->refunded.state == SHOP_PAY_STATE_UNKNOWN) {
        return SHOP_MALFORMED;
    }

    shop_status_t status =
        shop_arena_copy(arena, shop_pay_field_nocase(attributes, "PAYIDSUB"), &heard->refunded.id);
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, word, &heard->refunded.reason);
    }

    return status == SHOP_OK ? shop_ogone_transaction(arena, config->data, attributes, true,
                                                      &heard->refunded.provider_txn)
                             : status;
}
