/*
 * Webhooks of PayPal's rest dialect: who signed one, and what it is about (payments.md 4.5).
 *
 * The signature covers the body by a CRC-32 only: whoever holds one genuine message can make
 * another of the same checksum. So no amount of a webhook is believed. It says what to look at;
 * PayPal's API then says what is there.
 */

#include "pay/paypal.h"

#include <string.h>

#define ALGORITHM "SHA256withRSA"
#define OLDEST ((int64_t) 4 * 86400)
#define EARLIEST 300
#define NAME_MAX_BYTES 128


bool shop_paypal_cert_url_valid(shop_str_t prefix, shop_str_t url)
{
    if (!shop_str_starts(url, prefix) || url.len <= prefix.len ||
        url.len > prefix.len + NAME_MAX_BYTES) {
        return false;
    }

    for (size_t i = prefix.len; i < url.len; i++) {
        unsigned char c = url.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && (c < '0' || c > '9') && c != '-') {
            return false;
        }
    }

    return true;
}


static shop_str_t header(const shop_pay_request_t *request, const char *name)
{
    const shop_str_t *value = shop_pay_header(request, name);

    return value != NULL ? *value : SHOP_STR_NULL;
}


shop_status_t shop_paypal_signed_text(shop_arena_t *arena, const shop_pay_request_t *request,
                                      shop_str_t webhook_id, shop_str_t *text)
{
    shop_str_t id = header(request, "paypal-transmission-id");
    shop_str_t time = header(request, "paypal-transmission-time");

    return shop_arena_printf(arena, text, "%.*s|%.*s|%.*s|%lu", (int) id.len,
                             (const char *) id.data, (int) time.len, (const char *) time.data,
                             (int) webhook_id.len, (const char *) webhook_id.data,
                             (unsigned long) shop_crc32(request->body));
}


static bool is_of_now(const shop_pay_request_t *request)
{
    int64_t sent;

    return shop_time_parse(header(request, "paypal-transmission-time"), &sent) == SHOP_OK &&
           sent >= request->now - OLDEST && sent <= request->now + EARLIEST;
}


shop_status_t shop_paypal_webhook_verify(shop_arena_t *arena, const shop_pay_request_t *request,
                                         shop_str_t webhook_id, shop_str_t public_key)
{
    shop_str_t text, signature;

    if (header(request, "paypal-transmission-id").len == 0 || !is_of_now(request) ||
        !shop_str_eq(header(request, "paypal-auth-algo"), SHOP_STR(ALGORITHM))) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_base64_decode(arena, header(request, "paypal-transmission-sig"), &signature);
    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? status : SHOP_REFUSED;
    }

    status = shop_paypal_signed_text(arena, request, webhook_id, &text);

    return status == SHOP_OK ? shop_rsa_sha256_verify(public_key, text, signature) : status;
}


/* "messageverificationcerts.paypal.com", with or without the sandbox between. */
static bool is_signer(shop_str_t name)
{
    static const char end[] = ".paypal.com";
    const size_t len = sizeof(end) - 1;

    return shop_str_starts(name, SHOP_STR("messageverificationcerts")) && name.len > len &&
           memcmp(name.data + name.len - len, end, len) == 0;
}


shop_status_t shop_paypal_webhook_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                               const shop_pay_request_t *request)
{
    const shop_paypal_t *paypal = config->data;
    shop_x509_t certificate;

    if (header(request, "paypal-transmission-id").len == 0 || !is_of_now(request) ||
        !shop_str_eq(header(request, "paypal-auth-algo"), SHOP_STR(ALGORITHM)) ||
        !shop_paypal_cert_url_valid(paypal->cert_url, header(request, "paypal-cert-url"))) {
        return SHOP_REFUSED;
    }

    if (request->proof.len == 0) {
        return SHOP_NOT_FOUND;
    }

    shop_status_t status =
        shop_x509_read(arena, request->proof, paypal->roots, request->now, &certificate);
    if (status == SHOP_MALFORMED) {
        return SHOP_NOT_FOUND; /* no certificate at all: perhaps a page of a proxy */
    }
    if (status != SHOP_OK) {
        return status;
    }

    return is_signer(certificate.common_name)
               ? shop_paypal_webhook_verify(arena, request, shop_pay_value(config, "webhook_id"),
                                            certificate.public_key)
               : SHOP_REFUSED;
}


/* What a type of event claims. A reversal is believed at once: it gives nobody anything. */
static const struct {
    const char *type;
    shop_pay_state_t state;
    const char *doubt;
} types[] = {
    {"CHECKOUT.ORDER.APPROVED", SHOP_PAY_STATE_PENDING, "the order is to be captured"},
    {"PAYMENT.CAPTURE.COMPLETED", SHOP_PAY_STATE_PAID, "the capture is to be read"},
    {"PAYMENT.CAPTURE.PENDING", SHOP_PAY_STATE_PENDING, "the capture is to be read"},
    {"PAYMENT.CAPTURE.DENIED", SHOP_PAY_STATE_REFUSED, "the capture is to be read"},
    {"PAYMENT.CAPTURE.DECLINED", SHOP_PAY_STATE_REFUSED, "the capture is to be read"},
    {"PAYMENT.CAPTURE.REFUNDED", SHOP_PAY_STATE_REFUNDED, "the refund is to be read"},
    {"PAYMENT.CAPTURE.REVERSED", SHOP_PAY_STATE_CHARGEBACK, ""},
};


static void take_type(shop_str_t type, shop_pay_event_t *event)
{
    event->noted = shop_str_starts(type, SHOP_STR("CUSTOMER.DISPUTE."));
    event->unrelated = !event->noted;

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (shop_str_eq(type, shop_str(types[i].type))) {
            event->state = types[i].state;
            event->doubt = shop_str(types[i].doubt);
            event->unrelated = false;
        }
    }
}


/* The capture that a refund or a reversal speaks of is in its link "up": the last part of it. */
static shop_str_t linked_capture(const json_t *resource)
{
    const json_t *link;
    size_t i;

    json_array_foreach(json_object_get(resource, "links"), i, link)
    {
        shop_str_t href = shop_json_text(link, "href");

        if (shop_str_eq(shop_json_text(link, "rel"), SHOP_STR("up"))) {
            size_t from = href.len;
            while (from > 0 && href.data[from - 1] != '/') {
                from--;
            }
            return (shop_str_t){href.len - from, href.data + from};
        }
    }

    return SHOP_STR_NULL;
}


/* Where the order's own references stand differs by the kind of resource. */
static void take_references(const json_t *resource, shop_pay_event_t *event)
{
    const json_t *unit = json_array_get(json_object_get(resource, "purchase_units"), 0);
    const json_t *dispute = json_array_get(json_object_get(resource, "disputed_transactions"), 0);
    const json_t *related =
        json_object_get(json_object_get(resource, "supplementary_data"), "related_ids");
    shop_str_t up = linked_capture(resource);

    event->transid = shop_json_text(unit != NULL ? unit : resource, "custom_id");
    event->provider_ref =
        unit != NULL ? shop_json_text(resource, "id") : shop_json_text(related, "order_id");
    event->provider_txn = shop_json_text(resource, "id");
    if (dispute != NULL) {
        event->provider_txn = shop_json_text(dispute, "seller_transaction_id");
    } else if (unit != NULL) {
        event->provider_txn = SHOP_STR_NULL;
    } else if (event->state == SHOP_PAY_STATE_CHARGEBACK && up.len > 0) {
        event->provider_txn = up;
    }
}


static shop_status_t copy(shop_arena_t *arena, shop_str_t *text)
{
    return text->len > 0 ? shop_arena_copy(arena, *text, text) : SHOP_OK;
}


/* The JSON dies before the event. */
static shop_status_t keep(shop_arena_t *arena, shop_pay_event_t *event)
{
    shop_status_t status = copy(arena, &event->transid);

    if (status == SHOP_OK) {
        status = copy(arena, &event->provider_ref);
    }
    if (status == SHOP_OK) {
        status = copy(arena, &event->provider_txn);
    }

    return status == SHOP_OK ? copy(arena, &event->provider_status) : status;
}


shop_status_t shop_paypal_webhook_describe(shop_arena_t *arena, const json_t *json,
                                           shop_pay_event_t *event)
{
    const json_t *resource = json_object_get(json, "resource");
    shop_str_t id = shop_json_text(json, "id");

    *event = (shop_pay_event_t){.provider_status = shop_json_text(json, "event_type")};
    take_type(event->provider_status, event);
    take_references(resource, event);
    shop_paypal_amount(json_object_get(resource, "amount"), event);

    shop_status_t status = shop_arena_printf(arena, &event->key, "paypal-rest:%.*s", (int) id.len,
                                             (const char *) id.data);

    return status == SHOP_OK ? keep(arena, event) : status;
}
