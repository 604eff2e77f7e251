/*
 * Reads the platform's automatic response: syntax, seal, and what it means for the shop
 * (payments.md 5.6). The manual response, which passes the browser, has the same content and the
 * same key: posted here it is a duplicate.
 */

#include "pay/sips.h"

#define AMOUNT_DIGITS_MAX 12


static shop_str_t field(const shop_pay_message_t *message, const char *name)
{
    const shop_str_t *value = shop_form_find(&message->fields, shop_str(name));

    return value != NULL ? *value : SHOP_STR_NULL;
}


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
        if (field(message, inner[i]).len == 0) {
            return SHOP_MALFORMED;
        }
    }

    return status;
}


shop_status_t shop_sips_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_pay_request_t *request,
                                     const shop_pay_message_t *message)
{
    const shop_sips_t *sips = config->data;
    const shop_str_t *received = shop_form_find(&message->form, SHOP_STR("Seal"));
    shop_str_t expected;

    (void) request;
    if (received == NULL || received->len == 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_sips_seal(arena, sips->algorithm, sips->key,
                       *shop_form_find(&message->form, SHOP_STR("Data")), &expected);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_secret_eq(*received, expected) ? SHOP_OK : SHOP_REFUSED;
}


/* Codes that staff need; nothing of the person, no card but its brand and masked number. */
static shop_status_t take_details(shop_arena_t *arena, const shop_pay_message_t *message,
                                  shop_pay_event_t *event)
{
    static const char *const kept[] = {
        "acquirerResponseCode", "authorisationId",     "captureMode",      "captureDay",
        "guaranteeIndicator",   "holderAuthentStatus", "maskedPan",        "paymentMeanBrand",
        "paymentMeanType",      "transactionDateTime", "scoreColor",       "scoreValue",
        "transactionOrigin",    "transactionPlatform", "s10TransactionId",
    };
    const size_t most = sizeof(kept) / sizeof(kept[0]);

    event->details = shop_arena_calloc(arena, most * sizeof(*event->details));
    if (event->details == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < most; i++) {
        shop_str_t value = field(message, kept[i]);
        if (value.len > 0 && value.len <= 64 && !shop_has_card_number(value)) {
            event->details[event->detail_count++] = (shop_pair_t){shop_str(kept[i]), value};
        }
    }

    return SHOP_OK;
}


static void take_amount(const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t amount = field(message, "amount");
    const shop_currency_t *currency = shop_pay_currency_numeric(field(message, "currencyCode"));

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
    shop_str_t mode = field(message, "captureMode");

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
    shop_str_t version = field(message, "keyVersion");
    shop_str_t platform = field(message, "transactionPlatform");
    shop_str_t wanted = config->mode == SHOP_PAY_LIVE ? SHOP_STR("PROD") : SHOP_STR("SIMU");

    if (!shop_str_eq(field(message, "merchantId"), sips->merchant_id)) {
        event->foreign = SHOP_STR("merchant");
    } else if (version.len > 0 && !shop_str_eq(version, sips->key_version)) {
        event->foreign = SHOP_STR("key version");
    } else if (platform.len > 0 && !shop_str_eq(platform, wanted)) {
        event->foreign = SHOP_STR("mode");
    }
}


shop_status_t shop_sips_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_message_t *message, shop_pay_event_t *event)
{
    *event = (shop_pay_event_t){
        .provider_status = field(message, "responseCode"),
        .provider_txn = field(message, "transactionReference"),
        .provider_ref = field(message, "transactionReference"),
        .transid = field(message, "orderId"),
    };

    take_state(config->data, message, event);
    take_merchant(config, message, event);
    take_amount(message, event);

    shop_status_t status =
        shop_arena_printf(arena, &event->key, "sips2:%.*s:%.*s", (int) event->provider_txn.len,
                          (const char *) event->provider_txn.data, (int) event->provider_status.len,
                          (const char *) event->provider_status.data);

    return status == SHOP_OK ? take_details(arena, message, event) : status;
}
