/*
 * Reads the platform's instant notification: syntax, signature, and what it means for the shop
 * (payments.md 7.5). One of the other kind, with a JSON text, goes to lyra_told.c.
 */

#include "pay/vads.h"

#define AMOUNT_DIGITS_MAX 12


static const char *const details[] = {"vads_operation_type",    "vads_trans_id",
                                      "vads_trans_date",        "vads_result",
                                      "vads_auth_result",       "vads_auth_mode",
                                      "vads_extra_result",      "vads_payment_error",
                                      "vads_warranty_result",   "vads_sequence_number",
                                      "vads_payment_src",       "vads_url_check_src",
                                      "vads_card_brand",        "vads_card_number",
                                      "vads_card_country",      "vads_threeds_status",
                                      "vads_effective_amount",  "vads_effective_currency",
                                      "vads_presentation_date", NULL};


shop_status_t shop_vads_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                              shop_pay_message_t *message)
{
    /* the signature is mandatory as well, but its absence is a matter of authenticity */
    static const char *const mandatory[] = {"vads_site_id",
                                            "vads_ctx_mode",
                                            "vads_trans_status",
                                            "vads_order_id",
                                            "vads_amount",
                                            "vads_currency",
                                            NULL};
    static const char *const nothing[] = {NULL};

    shop_status_t status = shop_pay_parse_form(arena, request, nothing, message);
    if (status != SHOP_OK) {
        return status;
    }

    if (shop_lyra_is_told(&message->form)) {
        return shop_lyra_parse(message);
    }

    return shop_pay_has_names(&message->form, mandatory) ? SHOP_OK : SHOP_MALFORMED;
}


shop_status_t shop_vads_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_pay_request_t *request,
                                     const shop_pay_message_t *message)
{
    const shop_vads_t *vads = config->data;

    (void) request;
    if (message->json != NULL) {
        return shop_lyra_verify(arena, shop_pay_value(config, "rest_password_file"), "password",
                                &message->form);
    }

    return shop_vads_verify(arena, vads->algorithm, vads->key, &message->form);
}


/* Abandoned payments have no uuid: date and number identify the try. Without either, what was
 * signed must do; it is hashed since signatures are not stored. */
static shop_status_t make_key(shop_arena_t *arena, const shop_pay_message_t *message,
                              shop_pay_event_t *event)
{
    shop_str_t uuid = event->provider_txn;
    shop_str_t date = shop_pay_field(&message->form, "vads_trans_date");
    shop_str_t id = shop_pay_field(&message->form, "vads_trans_id");
    shop_str_t status = event->provider_status;

    if (uuid.len == 0 && (date.len == 0 || id.len == 0)) {
        shop_status_t failed =
            shop_sha256_hex(arena, shop_pay_field(&message->form, "signature"), &uuid);

        if (failed != SHOP_OK) {
            return failed;
        }
    }

    if (uuid.len > 0) {
        return shop_arena_printf(arena, &event->key, "systempay:%.*s:%.*s", (int) uuid.len,
                                 (const char *) uuid.data, (int) status.len,
                                 (const char *) status.data);
    }

    return shop_arena_printf(arena, &event->key, "systempay:%.*s%.*s:%.*s", (int) date.len,
                             (const char *) date.data, (int) id.len, (const char *) id.data,
                             (int) status.len, (const char *) status.data);
}


/* "20261123074500" and "000042" to the reference that the attempt was given. */
static shop_status_t make_reference(shop_arena_t *arena, const shop_pay_message_t *message,
                                    shop_str_t *reference)
{
    shop_str_t date = shop_pay_field(&message->form, "vads_trans_date");
    shop_str_t id = shop_pay_field(&message->form, "vads_trans_id");

    if (date.len != 14 || id.len != 6) {
        return SHOP_OK;
    }

    return shop_arena_printf(arena, reference, "%.8s-%.6s", (const char *) date.data,
                             (const char *) id.data);
}


static void take_amount(const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t amount = shop_pay_field(&message->form, "vads_amount");
    const shop_currency_t *currency =
        shop_pay_currency_numeric(shop_pay_field(&message->form, "vads_currency"));

    event->has_amount =
        amount.len <= AMOUNT_DIGITS_MAX && shop_str_to_int(amount, &event->amount_minor) == SHOP_OK;
    if (currency != NULL) {
        event->currency = shop_str(currency->code);
    }
}


/* Much money is believed when the platform's API says it too, before anything is produced. */
bool shop_vads_waits_for_api(const shop_vads_t *vads, const shop_pay_event_t *event)
{
    const shop_currency_t *currency = shop_currency_find(event->currency);
    shop_money_t amount;

    return vads->confirm_above.e4 > 0 && event->state == SHOP_PAY_STATE_PAID && currency != NULL &&
           shop_money_from_minor(event->amount_minor, currency->exponent, &amount) == SHOP_OK &&
           amount.e4 > vads->confirm_above.e4;
}


shop_status_t shop_vads_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_message_t *message, shop_pay_event_t *event)
{
    const shop_vads_t *vads = config->data;
    const char *suspicion = shop_vads_suspicion(&message->form);

    if (message->json != NULL) {
        return shop_lyra_describe(arena, config, message, event);
    }

    *event = (shop_pay_event_t){
        .provider_status = shop_pay_field(&message->form, "vads_trans_status"),
        .provider_txn = shop_pay_field(&message->form, "vads_trans_uuid"),
        .transid = shop_pay_field(&message->form, "vads_order_id"),
    };
    event->state = shop_vads_state(shop_pay_field(&message->form, "vads_operation_type"),
                                   event->provider_status);

    if (suspicion != NULL) {
        event->doubt = shop_str(suspicion);
    } else if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status or operation not known");
    }

    if (!shop_str_eq(shop_pay_field(&message->form, "vads_site_id"), vads->site_id)) {
        event->foreign = SHOP_STR("site");
    } else if (!shop_str_eq(shop_pay_field(&message->form, "vads_ctx_mode"), vads->ctx_mode)) {
        event->foreign = SHOP_STR("mode");
    }

    take_amount(message, event);
    if (event->doubt.len == 0 && shop_vads_waits_for_api(vads, event)) {
        event->doubt = SHOP_STR("amount above confirm_above");
    }

    shop_status_t status = make_key(arena, message, event);
    if (status == SHOP_OK) {
        status = make_reference(arena, message, &event->provider_ref);
    }

    if (status != SHOP_OK) {
        return status;
    }

    return shop_pay_keep_details(arena, &message->form, shop_pay_field, details, event);
}
