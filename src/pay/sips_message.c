/*
 * Reads the platform's automatic response: syntax, seal, and what it means for the shop
 * (payments.md 5.6). The manual response, which passes the browser, has the same content and the
 * same key: posted here it is a duplicate.
 */

#include "pay/sips.h"

#define AMOUNT_DIGITS_MAX 12


static const char *const details[] = {
    "acquirerResponseCode", "authorisationId",     "captureMode",      "captureDay",
    "guaranteeIndicator",   "holderAuthentStatus", "maskedPan",        "paymentMeanBrand",
    "paymentMeanType",      "transactionDateTime", "scoreColor",       "scoreValue",
    "transactionOrigin",    "transactionPlatform", "s10TransactionId", NULL};


shop_status_t shop_sips_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                              shop_pay_message_t *message)
{
    /* a missing Seal is a matter of authenticity */
    static const char *const outer[] = {"Data", NULL};
    static const char *const inner[] = {"merchantId", "transactionReference", "responseCode",
                                        "amount", "currencyCode"};

    shop_status_t status = shop_pay_parse_form(arena, request, outer, message);
    if (status == SHOP_OK) {
        status =
            shop_sips_split(arena, shop_form_text(&message->form, "Encode"),
                            *shop_form_find(&message->form, SHOP_STR("Data")), &message->fields);
    }

    for (size_t i = 0; status == SHOP_OK && i < sizeof(inner) / sizeof(inner[0]); i++) {
        if (shop_pay_field(&message->fields, inner[i]).len == 0) {
            return SHOP_MALFORMED;
        }
    }

    return status;
}


/* A payment that was begun with the other key is told under that one. */
shop_status_t shop_sips_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_pay_request_t *request,
                                     const shop_pay_message_t *message)
{
    const shop_sips_t *sips = config->data;
    const shop_str_t keys[] = {sips->key, sips->other_key};
    const shop_str_t *received = shop_form_find(&message->form, SHOP_STR("Seal"));
    shop_str_t expected;

    (void) request;
    if (received == NULL || received->len == 0) {
        return SHOP_REFUSED;
    }

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && keys[i].len > 0; i++) {
        shop_status_t status =
            shop_sips_seal(arena, sips->algorithm, keys[i],
                           *shop_form_find(&message->form, SHOP_STR("Data")), &expected);
        if (status != SHOP_OK) {
            return status;
        }
        if (shop_secret_eq(*received, expected)) {
            return SHOP_OK;
        }
    }

    return SHOP_REFUSED;
}


static void take_amount(const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t amount = shop_pay_field(&message->fields, "amount");
    const shop_currency_t *currency =
        shop_pay_currency_numeric(shop_pay_field(&message->fields, "currencyCode"));

    event->has_amount =
        amount.len <= AMOUNT_DIGITS_MAX && shop_str_to_int(amount, &event->amount_minor) == SHOP_OK;
    if (currency != NULL) {
        event->currency = shop_str(currency->code);
    }
}


/* Money that waits for a person's validation is promised, not paid. */
static void take_state(const shop_sips_t *sips, const shop_pay_message_t *message,
                       shop_pay_event_t *event)
{
    shop_str_t mode = shop_pay_field(&message->fields, "captureMode");

    event->state = shop_sips_response_state(event->provider_status);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("response code not known");
    } else if (event->state == SHOP_PAY_STATE_PAID && mode.len > 0 &&
               !shop_str_eq(mode, sips->capture_mode)) {
        event->doubt = SHOP_STR("capture mode that was not sent");
    } else if (event->state == SHOP_PAY_STATE_PAID &&
               shop_str_eq(sips->capture_mode, SHOP_STR("VALIDATION"))) {
        event->state = SHOP_PAY_STATE_PENDING;
    }
}


static void take_merchant(const shop_pay_config_t *config, const shop_pay_message_t *message,
                          shop_pay_event_t *event)
{
    const shop_sips_t *sips = config->data;
    shop_str_t version = shop_pay_field(&message->fields, "keyVersion");
    shop_str_t platform = shop_pay_field(&message->fields, "transactionPlatform");
    shop_str_t wanted = config->mode == SHOP_PAY_LIVE ? SHOP_STR("PROD") : SHOP_STR("SIMU");

    if (!shop_str_eq(shop_pay_field(&message->fields, "merchantId"), sips->merchant_id)) {
        event->foreign = SHOP_STR("merchant");
    } else if (version.len > 0 && !shop_str_eq(version, sips->key_version) &&
               !shop_str_eq(version, sips->other_version)) {
        event->foreign = SHOP_STR("key version");
    } else if (platform.len > 0 && !shop_str_eq(platform, wanted)) {
        event->foreign = SHOP_STR("mode");
    }
}


shop_status_t shop_sips_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_message_t *message, shop_pay_event_t *event)
{
    *event = (shop_pay_event_t){
        .provider_status = shop_pay_field(&message->fields, "responseCode"),
        .provider_txn = shop_pay_field(&message->fields, "transactionReference"),
        .provider_ref = shop_pay_field(&message->fields, "transactionReference"),
        .transid = shop_pay_field(&message->fields, "orderId"),
    };

    take_state(config->data, message, event);
    take_merchant(config, message, event);
    take_amount(message, event);

    shop_status_t status =
        shop_arena_printf(arena, &event->key, "sips2:%.*s:%.*s", (int) event->provider_txn.len,
                          (const char *) event->provider_txn.data, (int) event->provider_status.len,
                          (const char *) event->provider_status.data);

    if (status != SHOP_OK) {
        return status;
    }

    return shop_pay_keep_details(arena, &message->fields, shop_pay_field, details, event);
}
