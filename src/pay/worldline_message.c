/*
 * Reads a webhook of Worldline Direct: whose payment, what became of it (payments.md 9.5).
 *
 * A payment's operations are numbered "<payment>_<n>": the payment itself is what comes before.
 */

#include "pay/worldline.h"

#include <string.h>


static const struct {
    const char *status;
    shop_pay_state_t state;
} states[] = {
    {"CREATED", SHOP_PAY_STATE_PENDING},
    {"REDIRECTED", SHOP_PAY_STATE_PENDING},
    {"PENDING_PAYMENT", SHOP_PAY_STATE_PENDING},
    {"PENDING_COMPLETION", SHOP_PAY_STATE_PENDING},
    {"PENDING_APPROVAL", SHOP_PAY_STATE_PENDING},
    {"PENDING_FRAUD_APPROVAL", SHOP_PAY_STATE_PENDING},
    {"PENDING_CAPTURE", SHOP_PAY_STATE_PENDING},
    {"AUTHORIZATION_REQUESTED", SHOP_PAY_STATE_PENDING},
    {"CAPTURE_REQUESTED", SHOP_PAY_STATE_PENDING},
    {"CAPTURED", SHOP_PAY_STATE_PAID},
    {"PAID", SHOP_PAY_STATE_PAID},
    {"REJECTED", SHOP_PAY_STATE_REFUSED},
    {"CANCELLED", SHOP_PAY_STATE_CANCELLED},
    {"REJECTED_CAPTURE", SHOP_PAY_STATE_ERROR},
    {"CHARGEBACK_NOTIFICATION", SHOP_PAY_STATE_CHARGEBACK},
    {"CHARGEBACKED", SHOP_PAY_STATE_CHARGEBACK},
    {"REVERSED", SHOP_PAY_STATE_CHARGEBACK},
    {"REFUNDED", SHOP_PAY_STATE_REFUNDED},
};


shop_pay_state_t shop_worldline_state(shop_str_t status)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_str_eq(status, shop_str(states[i].status))) {
            return states[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


shop_status_t shop_worldline_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                   shop_pay_message_t *message)
{
    (void) arena;

    shop_status_t status = shop_pay_parse_json(request, message);
    if (status != SHOP_OK) {
        return status;
    }

    bool whole = shop_json_text(message->json, "id").len > 0 &&
                 shop_json_text(message->json, "type").len > 0 &&
                 shop_json_text(message->json, "merchantId").len > 0;

    return whole ? SHOP_OK : SHOP_MALFORMED;
}


/* Two keys are good while one takes the place of the other; each signs under its own number. */
shop_status_t shop_worldline_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                          const shop_pay_request_t *request,
                                          const shop_pay_message_t *message)
{
    static const char *const keys[][2] = {
        {"webhook_key_id", "webhook_secret_file"},
        {"webhook_other_key_id", "webhook_other_secret_file"},
    };
    const shop_str_t *id = shop_pay_header(request, "x-gcs-keyid");

    (void) message;
    for (size_t i = 0; id != NULL && i < sizeof(keys) / sizeof(keys[0]); i++) {
        shop_str_t own = shop_pay_value(config, keys[i][0]);

        if (own.len > 0 && shop_str_eq(*id, own)) {
            return shop_worldline_verify(arena, shop_pay_value(config, keys[i][1]), request);
        }
    }

    return SHOP_REFUSED;
}


static void read_amount(const json_t *money, shop_pay_event_t *event)
{
    const json_t *amount = json_object_get(money, "amount");
    const shop_currency_t *currency = shop_currency_find(shop_json_text(money, "currencyCode"));

    if (json_is_integer(amount) && json_integer_value(amount) >= 0 && currency != NULL) {
        event->has_amount = true;
        event->amount_minor = json_integer_value(amount);
        event->currency = shop_str(currency->code);
    }
}


shop_str_t shop_worldline_payment_id(shop_str_t id)
{
    const unsigned char *end = id.len > 0 ? memchr(id.data, '_', id.len) : NULL;

    return end != NULL ? (shop_str_t){(size_t) (end - id.data), id.data} : id;
}


static shop_status_t read_operation(shop_arena_t *arena, const json_t *operation,
                                    const char *output_name, shop_pay_event_t *event)
{
    const json_t *output = json_object_get(operation, output_name);
    shop_str_t id = shop_json_text(operation, "id");

    event->state = shop_worldline_state(shop_json_text(operation, "status"));
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }
    read_amount(json_object_get(output, "amountOfMoney"), event);

    /* every refund is an operation of its own */
    shop_status_t status = shop_arena_copy(
        arena, event->state == SHOP_PAY_STATE_REFUNDED ? id : shop_worldline_payment_id(id),
        &event->provider_txn);
    if (status == SHOP_OK) {
        status =
            shop_arena_copy(arena, shop_json_text(operation, "status"), &event->provider_status);
    }

    return status == SHOP_OK ? shop_arena_copy(arena,
                                               shop_json_text(json_object_get(output, "references"),
                                                              "merchantReference"),
                                               &event->transid)
                             : status;
}


shop_status_t shop_worldline_payment(shop_arena_t *arena, const json_t *payment,
                                     shop_pay_event_t *event)
{
    const json_t *checkout = json_object_get(payment, "hostedCheckoutSpecificOutput");

    shop_status_t status = read_operation(arena, payment, "paymentOutput", event);

    return status == SHOP_OK ? shop_arena_copy(arena, shop_json_text(checkout, "hostedCheckoutId"),
                                               &event->provider_ref)
                             : status;
}


/* A refund that is only asked for moves nothing yet, one that failed moves nothing at all. */
shop_status_t shop_worldline_refund(shop_arena_t *arena, const json_t *refund,
                                    shop_pay_event_t *event)
{
    shop_status_t status = read_operation(arena, refund, "refundOutput", event);

    event->doubt = SHOP_STR_NULL;
    event->unrelated = event->state != SHOP_PAY_STATE_REFUNDED;

    return status;
}


shop_status_t shop_worldline_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                      const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t id = shop_json_text(message->json, "id");
    shop_str_t type = shop_json_text(message->json, "type");
    shop_status_t status = SHOP_OK;

    *event = (shop_pay_event_t){0};
    if (shop_str_starts(type, SHOP_STR("payment."))) {
        status = shop_worldline_payment(arena, json_object_get(message->json, "payment"), event);
        /* which refund, and of how much, "refund.refunded" tells */
        event->unrelated = event->state == SHOP_PAY_STATE_REFUNDED;
    } else if (shop_str_starts(type, SHOP_STR("refund."))) {
        status = shop_worldline_refund(arena, json_object_get(message->json, "refund"), event);
    } else {
        event->unrelated = true;
        status = shop_arena_copy(arena, type, &event->provider_status);
    }

    if (!shop_str_eq(shop_json_text(message->json, "apiVersion"), SHOP_STR("v1"))) {
        event->doubt = SHOP_STR("version of the API not known");
    }
    if (!shop_str_eq(shop_json_text(message->json, "merchantId"),
                     shop_pay_value(config, "merchant_id"))) {
        event->foreign = SHOP_STR("merchant");
    }

    return status == SHOP_OK ? shop_arena_printf(arena, &event->key, "worldline-direct:%.*s",
                                                 (int) id.len, (const char *) id.data)
                             : status;
}
