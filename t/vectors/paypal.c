/*
 * Vectors of PayPal: webhooks and what they are signed with, whole IPN messages and the way back,
 * PDT, states.
 */

#include "vectors.h"

#include "pay/paypal.h"

#include <string.h>

#define IPN_NOW 1795420054
#define HEADERS_MAX 8


/* --- webhooks --- */

/* The headers as nginx gives them: names in lower case. */
static size_t take_headers(vector_t *v, shop_pair_t *headers)
{
    shop_form_t form = vector_pairs(v, json_object_get(v->input, "headers"));

    for (size_t i = 0; i < form.count && i < HEADERS_MAX; i++) {
        for (size_t j = 0; j < form.pairs[i].name.len; j++) {
            unsigned char *c = &form.pairs[i].name.data[j];
            *c = *c >= 'A' && *c <= 'Z' ? (unsigned char) (*c | 0x20) : *c;
        }
        headers[i] = form.pairs[i];
    }

    return form.count < HEADERS_MAX ? form.count : HEADERS_MAX;
}


/* The key of the vector: PEM without its frame, in one line. */
static shop_status_t take_key(vector_t *v, shop_str_t *der)
{
    shop_str_t lines = v->key;
    shop_str_t line;
    shop_buf_t base64;

    shop_buf_init(&base64, v->arena, 0);
    while (shop_str_split(&lines, '\n', &line)) {
        if (!shop_str_starts(line, SHOP_STR("-----"))) {
            shop_buf_add(&base64, line);
        }
    }

    return base64.status == SHOP_OK ? shop_base64_decode(v->arena, shop_buf_str(&base64), der)
                                    : base64.status;
}


static bool same_text(vector_t *v, const shop_pay_request_t *request, shop_str_t webhook)
{
    shop_str_t expected = shop_json_text(v->input, "string_to_verify");
    shop_str_t text;

    if (shop_paypal_signed_text(v->arena, request, webhook, &text) != SHOP_OK) {
        return vector_fails(v, "no text");
    }

    return expected.len == 0 || vector_same(v, "what is signed", text, expected);
}


static bool check_webhook(vector_t *v)
{
    shop_str_t webhook = shop_json_text(v->input, "webhook_id");
    shop_pair_t headers[HEADERS_MAX];
    shop_str_t key;
    const shop_pay_request_t sent = {
        .body = shop_json_text(v->input, "body"),
        .headers = headers,
        .header_count = take_headers(v, headers),
    };
    const shop_str_t *time = shop_pay_header(&sent, "paypal-transmission-time");
    shop_pay_request_t request = sent;

    if (take_key(v, &key) != SHOP_OK || time == NULL ||
        shop_time_parse(*time, &request.now) != SHOP_OK) {
        return vector_fails(v, "the vector has no key or no time");
    }

    shop_status_t status = shop_paypal_webhook_verify(v->arena, &request, webhook, key);
    if (!vector_verdict(v, status == SHOP_OK        ? "authentic"
                           : status == SHOP_REFUSED ? "unauthentic"
                                                    : "trouble")) {
        return false;
    }

    return status != SHOP_OK || same_text(v, &request, webhook);
}


static bool check_cert_url(vector_t *v)
{
    bool live = shop_str_eq(shop_json_text(v->input, "mode"), SHOP_STR("live"));
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("client_id"), SHOP_STR("client")},
        {SHOP_STR("client_secret_file"), SHOP_STR("secret")},
        {SHOP_STR("webhook_id"), SHOP_STR("4JH86294D6297924G")},
        {SHOP_STR("merchant_id"), SHOP_STR("ABCDEFGHJKLMN")},
    };
    const shop_pay_config_t *config =
        vector_config_of(v, "paypal", live ? "live" : "test", settings, 4);

    if (config == NULL) {
        return false;
    }

    const shop_paypal_t *paypal = config->data;
    bool allowed = shop_paypal_cert_url_valid(paypal->cert_url, shop_json_text(v->input, "url"));

    return allowed == shop_json_bool(v->expected, "allowed") ||
           vector_fails(v, "%s", allowed ? "allowed" : "not allowed");
}


static bool check_crc32(vector_t *v)
{
    shop_str_t text;

    if (shop_arena_printf(v->arena, &text, "%lu",
                          (unsigned long) shop_crc32(shop_json_text(v->input, "message"))) !=
        SHOP_OK) {
        return vector_fails(v, "no memory");
    }

    return vector_same(v, "CRC-32", text, shop_str(json_string_value(v->expected)));
}


/* --- IPN --- */

static const shop_pay_config_t *ipn_config(vector_t *v, bool live)
{
    const json_t *told = json_object_get(v->input, "config");
    shop_str_t id = shop_json_text(told, "receiver_id");
    shop_str_t email = shop_json_text(told, "receiver_email");
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("dialect"), SHOP_STR("standard")},
        {SHOP_STR("business"), SHOP_STR("seller@example.org")},
        {SHOP_STR("receiver_id"), id.len > 0 ? id : SHOP_STR("ABCDEFGHJKLMN")},
        {SHOP_STR("receiver_email"), email.len > 0 ? email : SHOP_STR("seller@example.org")},
    };

    return vector_config_of(v, "paypal", live ? "live" : "test", settings, 4);
}


static bool check_ipn(vector_t *v)
{
    const json_t *told = json_object_get(v->input, "config");
    const shop_pay_config_t *config =
        ipn_config(v, shop_str_eq(shop_json_text(told, "mode"), SHOP_STR("live")));
    const shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = shop_json_text(v->input, "body"),
        .proof = shop_json_text(v->input, "postback_answer"),
        .now = IPN_NOW,
    };

    return config != NULL && vector_decide(v, config, &request);
}


static bool same_decoded(vector_t *v, shop_str_t body)
{
    const json_t *decoded = json_object_get(v->expected, "decoded_utf8");
    shop_form_t form;
    const char *name;
    json_t *value;

    if (shop_form_parse(v->arena, body, SHOP_PAY_FORM_PAIRS, &form) != SHOP_OK) {
        return vector_fails(v, "the message is no form");
    }

    json_object_foreach((json_t *) decoded, name, value)
    {
        shop_str_t text;

        if (shop_paypal_text(v->arena, &form, name, &text) != SHOP_OK ||
            !vector_same(v, name, text, shop_str(json_string_value(value)))) {
            return false;
        }
    }

    return true;
}


static bool check_postback(vector_t *v)
{
    shop_str_t body = shop_json_text(v->input, "body");
    shop_str_t url = shop_json_text(v->expected, "url");
    bool live = strstr((const char *) url.data, "sandbox") == NULL;
    const shop_pay_config_t *config = ipn_config(v, live);
    shop_pay_call_t call;

    if (config == NULL || shop_paypal_postback(v->arena, config->data, body, &call) != SHOP_OK) {
        return vector_fails(v, "no postback");
    }

    return vector_same(v, "url", call.url, url) &&
           vector_same(v, "body", call.body, shop_json_text(v->expected, "body")) &&
           same_decoded(v, body);
}


static bool check_ipn_map(vector_t *v)
{
    return vector_state(v, shop_paypal_payment_state(shop_json_text(v->input, "value")));
}


static bool check_capture_map(vector_t *v)
{
    return vector_state(v, shop_paypal_capture_state(shop_json_text(v->input, "value")));
}


/* --- PDT --- */

static bool check_pdt_request(vector_t *v)
{
    shop_str_t body;

    if (shop_paypal_pdt_request(v->arena, shop_json_text(v->input, "tx"),
                                shop_json_text(v->input, "at"), &body) != SHOP_OK) {
        return vector_fails(v, "no request");
    }

    return vector_same(v, "body", body, shop_json_text(v->expected, "body"));
}


static bool check_pdt(vector_t *v)
{
    shop_form_t fields;
    const char *name;
    json_t *value;

    shop_status_t status =
        shop_paypal_pdt_read(v->arena, shop_json_text(v->input, "response"), &fields);
    const char *result = status == SHOP_OK        ? "SUCCESS"
                         : status == SHOP_REFUSED ? "FAIL"
                                                  : "malformed";

    if (!vector_same(v, "result", shop_str(result), shop_json_text(v->expected, "result"))) {
        return false;
    }

    json_object_foreach(json_object_get(v->expected, "fields"), name, value)
    {
        if (!vector_same(v, name, shop_pay_field(&fields, name),
                         shop_str(json_string_value(value)))) {
            return false;
        }
    }

    return true;
}


const vector_check_t vectors_paypal[] = {
    {"paypal-webhook", "verify", NULL, check_webhook},
    {"paypal-webhook", "validate", NULL, check_cert_url},
    {"paypal-webhook", "sign", "crc32-decimal", check_crc32},
    {"paypal-ipn", "decide", NULL, check_ipn},
    {"paypal-ipn", "build", NULL, check_postback},
    {"paypal-ipn", "map", "status-map", check_ipn_map},
    {"paypal-rest", "map", "status-map", check_capture_map},
    {"paypal-pdt", "build", NULL, check_pdt_request},
    {"paypal-pdt", "parse", NULL, check_pdt},
    {NULL, NULL, NULL, NULL},
};
