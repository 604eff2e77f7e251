/*
 * Writes an event as the JSON that shop.payments_apply takes (sql/README.md).
 *
 * Texts of a provider are bytes until here: what is not UTF-8, or too long for its column, is left
 * out, so that no message can make the database call fail.
 */

#include "pay/pay_internal.h"

#include <stdio.h>

#define TEXT_MAX 128
#define KEY_MAX 200


static bool set_text(json_t *object, const char *name, shop_str_t value)
{
    bool fits = value.len > 0 && value.len <= TEXT_MAX && shop_utf8_valid(value);

    if (!fits) {
        return json_object_set_new(object, name, json_null()) == 0;
    }

    return shop_json_set_text(object, name, value);
}


/* A key always exists: one that cannot be stored as it is stands for itself by its digest. */
static shop_status_t storable_key(shop_arena_t *arena, shop_str_t key, shop_str_t *out)
{
    shop_str_t hex;

    *out = key;
    if (key.len <= KEY_MAX && shop_utf8_valid(key)) {
        return SHOP_OK;
    }

    shop_status_t status = shop_sha256_hex(arena, key, &hex);

    return status == SHOP_OK ? shop_arena_printf(arena, out, "sha256:%.*s", (int) hex.len,
                                                 (const char *) hex.data)
                             : status;
}


static bool set_details(json_t *object, const shop_pay_event_t *event)
{
    json_t *details = json_object();
    bool ok = details != NULL;

    for (size_t i = 0; ok && i < event->detail_count; i++) {
        const char *name = (const char *) event->details[i].name.data;
        ok = set_text(details, name, event->details[i].value);
    }
    if (!ok) {
        json_decref(details);
        return false;
    }

    return json_object_set_new(object, "details", details) == 0;
}


/* The verdict of steps 4 and 5; null leaves it to the database. */
static bool set_verdict(json_t *object, const shop_pay_event_t *event)
{
    if (event->unrelated) {
        return set_text(object, "verdict", SHOP_STR("ignore-type")) &&
               set_text(object, "reason", event->provider_status);
    }

    if (event->noted && event->foreign.len == 0) {
        return set_text(object, "verdict", SHOP_STR("apply")) &&
               set_text(object, "reason", event->provider_status);
    }

    if (event->doubt.len > 0) {
        return set_text(object, "verdict", SHOP_STR("quarantine")) &&
               set_text(object, "reason", event->doubt);
    }

    if (event->foreign.len > 0) {
        return set_text(object, "verdict", SHOP_STR("mismatch")) &&
               set_text(object, "reason", event->foreign);
    }

    return set_text(object, "verdict", SHOP_STR_NULL) && set_text(object, "reason", SHOP_STR_NULL);
}


/* Decimal text, exact: money never travels as a JSON number. */
static shop_status_t set_amount(shop_arena_t *arena, json_t *object, const shop_pay_event_t *event)
{
    const shop_currency_t *currency = shop_currency_find(event->currency);
    shop_str_t text = SHOP_STR_NULL;
    shop_money_t money;

    if (event->has_amount && currency != NULL &&
        shop_money_from_minor(event->amount_minor, currency->exponent, &money) == SHOP_OK) {
        shop_status_t status = shop_money_print(arena, money, currency->exponent, &text);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return set_text(object, "amount", text) ? SHOP_OK : SHOP_NO_MEMORY;
}


static bool set_attempt(json_t *object, const shop_pay_event_t *event)
{
    json_t *id = event->attempt > 0 ? json_integer(event->attempt) : json_null();

    return json_object_set_new(object, "attempt", id) == 0;
}


/* Only a notification is to be confirmed by the provider's API; what the API says is its word. */
static bool set_ask(json_t *object, const shop_pay_config_t *config, const shop_pay_event_t *event)
{
    bool ask =
        config->api_url.len > 0 && shop_str_eq(shop_str(event->channel), SHOP_STR("notification"));

    return json_object_set_new(object, "ask", json_boolean(ask)) == 0;
}


static bool set_facts(json_t *object, const shop_pay_config_t *config,
                      const shop_pay_event_t *event, shop_str_t key, int64_t now)
{
    char received[21];

    shop_time_iso(now, received);

    return set_text(object, "interface", shop_str(config->interface->name)) &&
           set_text(object, "config", config->name) &&
           set_text(object, "mode",
                    config->mode == SHOP_PAY_LIVE ? SHOP_STR("live") : SHOP_STR("test")) &&
           set_text(object, "channel", shop_str(event->channel)) &&
           shop_json_set_text(object, "event_key", key) &&
           set_text(object, "state", shop_str(shop_pay_state_name(event->state))) &&
           json_object_set_new(object, "sum", json_boolean(event->sum)) == 0 &&
           set_text(object, "currency", event->currency) &&
           set_text(object, "transid", event->transid) &&
           set_text(object, "provider_ref", event->provider_ref) &&
           set_text(object, "provider_txn", event->provider_txn) &&
           set_text(object, "provider_status", event->provider_status) &&
           set_text(object, "received", shop_str(received));
}


/* To the millisecond: the database tells from it which of two messages was the first. */
static bool set_arrival(json_t *object, const shop_pay_request_t *request)
{
    char second[21];
    char received[32];

    shop_time_iso(request->now, second);
    (void) snprintf(received, sizeof(received), "%.19s.%03uZ", second, request->msec % 1000);

    return set_text(object, "received", shop_str(received)) &&
           json_object_set_new(object, "delayed", json_boolean(request->delayed)) == 0;
}


/* The message itself: its digest proves it, its sealed body shows it (payments.md 1.12). */
static shop_status_t set_message(shop_arena_t *arena, json_t *object,
                                 const shop_pay_request_t *request)
{
    shop_str_t hex, sealed, text;
    shop_status_t status = shop_sha256_hex(arena, request->body, &hex);

    if (status != SHOP_OK || !set_arrival(object, request) ||
        !shop_json_set_text(object, "digest", hex)) {
        return SHOP_NO_MEMORY;
    }
    if (request->seal_key.len == 0) {
        return SHOP_OK;
    }

    status = shop_seal(arena, request->seal_key, request->seal_iv, request->body, &sealed);
    if (status == SHOP_OK) {
        status = shop_base64_encode(arena, sealed, &text);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_json_set_text(object, "raw", text) ? SHOP_OK : SHOP_NO_MEMORY;
}


/* `request`: the notification that it came by; NULL: none. */
static shop_status_t write_event(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_event_t *event, const shop_pay_request_t *request,
                                 int64_t now, shop_str_t *json)
{
    shop_str_t key;
    json_t *object = json_object();

    if (object == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_status_t status = storable_key(arena, event->key, &key);
    if (status == SHOP_OK) {
        bool set = set_facts(object, config, event, key, now) && set_attempt(object, event) &&
                   set_ask(object, config, event) && set_verdict(object, event) &&
                   set_details(object, event);
        status = set ? set_amount(arena, object, event) : SHOP_NO_MEMORY;
    }
    if (status == SHOP_OK && request != NULL) {
        status = set_message(arena, object, request);
    }
    if (status == SHOP_OK) {
        status = shop_json_dump(arena, object, json);
    }
    json_decref(object);

    return status;
}


shop_status_t shop_pay_event_json(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_event_t *event, int64_t now, shop_str_t *json)
{
    return write_event(arena, config, event, NULL, now, json);
}


shop_status_t shop_pay_message_json(shop_arena_t *arena, const shop_pay_config_t *config,
                                    const shop_pay_event_t *event,
                                    const shop_pay_request_t *request, shop_str_t *json)
{
    return write_event(arena, config, event, request, request->now, json);
}
