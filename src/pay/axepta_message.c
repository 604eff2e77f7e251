/*
 * Reads the platform's notification: encryption, MAC, and what it means for the shop (payments.md
 * 6).
 *
 * The MAC covers the payment, the try, the merchant and the outcome, but no amount. So no
 * notification is more than a hint: what it says counts once the platform's inquiry says it too,
 * with the amount.
 */

#include "pay/axepta.h"


static const char *const details[] = {"Code",    "Description", "XID",   "PCNr",
                                      "CCBrand", "Type",        "RefNr", NULL};


/* What needs no key: two fields, hexadecimal digits. */
shop_status_t shop_axepta_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                shop_pay_message_t *message)
{
    static const char *const mandatory[] = {"Len", "Data", NULL};
    shop_str_t bytes;

    shop_status_t status = shop_pay_parse_form(arena, request, mandatory, message);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_hex_decode(arena, shop_pay_field(&message->form, "Data"), &bytes);
}


static shop_status_t open_message(shop_arena_t *arena, const shop_axepta_t *axepta,
                                  const shop_pay_message_t *message, shop_form_t *fields)
{
    return shop_axepta_open(arena, axepta->blowfish_key, shop_pay_field(&message->form, "Data"),
                            shop_pay_field(&message->form, "Len"), fields);
}


shop_str_t shop_axepta_merchant(const shop_form_t *fields)
{
    shop_str_t mid = shop_pay_field_nocase(fields, "mid");

    return mid.data != NULL ? mid : shop_pay_field_nocase(fields, "MerchantID");
}


shop_status_t shop_axepta_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                       const shop_pay_request_t *request,
                                       const shop_pay_message_t *message)
{
    const shop_axepta_t *axepta = config->data;
    shop_form_t fields;

    (void) request;
    shop_status_t status = open_message(arena, axepta, message, &fields);
    if (status != SHOP_OK) {
        /* another key opens to noise */
        return status == SHOP_MALFORMED ? SHOP_REFUSED : status;
    }
    if (shop_pay_repeats_a_name(&fields)) {
        return SHOP_REFUSED;
    }

    const shop_str_t payment = shop_pay_field_nocase(&fields, "PayID");
    const shop_str_t transaction = shop_pay_field_nocase(&fields, "TransID");
    const shop_str_t who = shop_axepta_merchant(&fields);
    const shop_str_t outcome = shop_pay_field_nocase(&fields, "Status");
    const shop_str_t code = shop_pay_field_nocase(&fields, "Code");
    const shop_str_t *const covered[] = {&payment, &transaction, &who, &outcome, &code, NULL};

    return shop_axepta_verify(arena, axepta->hmac_key, covered,
                              shop_pay_field_nocase(&fields, "MAC"));
}


/* The last four of the eight digits are the reason: here those of a customer who gave up. */
static bool was_given_up(shop_str_t code)
{
    static const char reasons[] = "0053 0321 0703";

    return code.len == 8 &&
           shop_pay_list_has(SHOP_STR(reasons), (shop_str_t){4, code.data + code.len - 4});
}


shop_pay_state_t shop_axepta_state(shop_str_t status, shop_str_t code)
{
    if (shop_pay_list_has(SHOP_STR("OK AUTHORIZED"), status)) {
        return SHOP_PAY_STATE_PAID;
    }

    if (shop_pay_list_has(SHOP_STR("AUTHORIZE_REQUEST PENDING"), status)) {
        return SHOP_PAY_STATE_PENDING;
    }

    if (shop_str_eq(status, SHOP_STR("FAILED"))) {
        return was_given_up(code) ? SHOP_PAY_STATE_CANCELLED : SHOP_PAY_STATE_REFUSED;
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


shop_status_t shop_axepta_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const shop_pay_message_t *message, shop_pay_event_t *event)
{
    const shop_axepta_t *axepta = config->data;
    shop_form_t fields;

    shop_status_t status = open_message(arena, axepta, message, &fields);
    if (status != SHOP_OK) {
        return status;
    }

    shop_str_t code = shop_pay_field_nocase(&fields, "Code");

    *event = (shop_pay_event_t){
        .provider_status = shop_pay_field_nocase(&fields, "Status"),
        .provider_txn = shop_pay_field_nocase(&fields, "PayID"),
        .provider_ref = shop_pay_field_nocase(&fields, "TransID"),
        .doubt = SHOP_STR("the amount is not signed"),
    };
    event->state = shop_axepta_state(event->provider_status, code);
    if (!shop_str_eq(shop_axepta_merchant(&fields), axepta->merchant_id)) {
        event->doubt = SHOP_STR_NULL;
        event->foreign = SHOP_STR("merchant");
    }

    status = shop_arena_printf(
        arena, &event->key, "axepta:%.*s:%.*s:%.*s", (int) event->provider_txn.len,
        (const char *) event->provider_txn.data, (int) event->provider_status.len,
        (const char *) event->provider_status.data, (int) code.len, (const char *) code.data);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_pay_keep_details(arena, &fields, shop_pay_field_nocase, details, event);
}
