/*
 * Reads the platform's feedback: syntax, signature, and what it means for the shop (payments.md
 * 8.4, 8.5).
 *
 * Names come in any case. What is not in the list of signed names is never looked at.
 */

#include "pay/ogone.h"


static const char *const details[] = {"PM",      "BRAND",   "CARDNO",   "ACCEPTANCE", "NCERROR",
                                      "TRXDATE", "ECI",     "CVCCHECK", "AAVCHECK",   "CCCTY",
                                      "IPCTY",   "SCORING", NULL};


shop_status_t shop_ogone_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                               shop_pay_message_t *message)
{
    static const char *const any_case[] = {NULL};
    static const char *const mandatory[] = {"ORDERID", "STATUS", "PAYID", "AMOUNT", "CURRENCY"};

    shop_status_t status = shop_pay_parse_form(arena, request, any_case, message);
    if (status != SHOP_OK) {
        return status;
    }

    for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++) {
        if (shop_pay_field_nocase(&message->form, mandatory[i]).data == NULL) {
            return SHOP_MALFORMED;
        }
    }

    return shop_pay_repeats_a_name(&message->form) ? SHOP_MALFORMED : SHOP_OK;
}


shop_status_t shop_ogone_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                      const shop_pay_request_t *request,
                                      const shop_pay_message_t *message)
{
    (void) request;
    return shop_ogone_verify(arena, config->data, &message->form);
}


shop_pay_state_t shop_ogone_state(shop_str_t status)
{
    static const struct {
        const char *numbers;
        shop_pay_state_t state;
    } states[] = {
        {"9 95", SHOP_PAY_STATE_PAID},
        {"4 5 40 41 46 50 51 52 55 56 59 61 62 63 71 72 73 75 81 82 83 91 92 99",
         SHOP_PAY_STATE_PENDING},
        {"2 93", SHOP_PAY_STATE_REFUSED},
        {"1 6 7 64 74", SHOP_PAY_STATE_CANCELLED},
        {"0 57", SHOP_PAY_STATE_ERROR},
        {"8 85", SHOP_PAY_STATE_REFUNDED},
    };

    for (size_t i = 0; status.len > 0 && i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_pay_list_has(shop_str(states[i].numbers), status)) {
            return states[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


void shop_ogone_amount(shop_str_t amount, shop_str_t currency, shop_pay_event_t *event)
{
    const shop_currency_t *known = shop_currency_find(currency);

    /* the platform's scale of other currencies is not documented */
    if (known == NULL || known->exponent != 2) {
        return;
    }

    event->currency = shop_str(known->code);
    event->has_amount = shop_pay_amount_parse(amount, known, &event->amount_minor) == SHOP_OK;
}


shop_status_t shop_ogone_transaction(shop_arena_t *arena, const shop_ogone_t *ogone,
                                     const shop_form_t *fields, bool refund, shop_str_t *name)
{
    shop_str_t payment = shop_pay_field_nocase(fields, "PAYID");
    shop_str_t operation = shop_pay_field_nocase(fields, "PAYIDSUB");

    *name = shop_str_eq(payment, SHOP_STR("0")) ? SHOP_STR_NULL : payment;
    if (!refund || name->len == 0 || operation.len == 0 ||
        !shop_pay_list_has(ogone->extra, SHOP_STR("PAYIDSUB"))) {
        return SHOP_OK;
    }

    return shop_arena_printf(arena, name, "%.*s/%.*s", (int) payment.len,
                             (const char *) payment.data, (int) operation.len,
                             (const char *) operation.data);
}


static shop_status_t make_key(shop_arena_t *arena, const shop_ogone_t *ogone,
                              const shop_form_t *form, shop_pay_event_t *event)
{
    shop_str_t payment = shop_pay_field_nocase(form, "PAYID");
    shop_str_t operation = shop_pay_field_nocase(form, "PAYIDSUB");
    shop_str_t status = event->provider_status;

    if (!shop_pay_list_has(ogone->extra, SHOP_STR("PAYIDSUB"))) {
        operation = SHOP_STR_NULL;
    }

    if (event->provider_txn.len == 0) {
        return shop_arena_printf(arena, &event->key, "ogone:%.*s:%.*s", (int) event->transid.len,
                                 (const char *) event->transid.data, (int) status.len,
                                 (const char *) status.data);
    }

    return shop_arena_printf(arena, &event->key, "ogone:%.*s:%.*s%s%.*s", (int) payment.len,
                             (const char *) payment.data, (int) status.len,
                             (const char *) status.data, operation.len > 0 ? ":" : "",
                             (int) operation.len, (const char *) operation.data);
}


shop_status_t shop_ogone_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_message_t *message, shop_pay_event_t *event)
{
    const shop_form_t *form = &message->form;

    *event = (shop_pay_event_t){
        .provider_status = shop_pay_field_nocase(form, "STATUS"),
        .transid = shop_pay_field_nocase(form, "ORDERID"),
    };
    event->state = shop_ogone_state(event->provider_status);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }
    shop_ogone_amount(shop_pay_field_nocase(form, "AMOUNT"),
                      shop_pay_field_nocase(form, "CURRENCY"), event);

    shop_status_t status = shop_ogone_transaction(
        arena, config->data, form, event->state == SHOP_PAY_STATE_REFUNDED, &event->provider_txn);
    if (status == SHOP_OK) {
        status = make_key(arena, config->data, form, event);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_pay_keep_details(arena, form, shop_pay_field_nocase, details, event);
}
