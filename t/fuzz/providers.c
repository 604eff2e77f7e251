/*
 * Fuzz target: notifications of the providers with hosted pages.
 *
 * Two properties. A body that was not signed with our key is never handed to the database. And what
 * is signed may say anything: it is read or refused, and never pays an amount that it does not
 * say.
 */

#include "fuzz_pay.h"
#include "pay/axepta.h"
#include "pay/ogone.h"
#include "pay/paypal.h"
#include "pay/sips.h"

#define NOW 1795420054


static void receive(shop_arena_t *arena, const shop_pay_config_t *config,
                    const shop_pay_request_t *request, shop_pay_result_t *result)
{
    must(shop_pay_receive(arena, config, request, result) == SHOP_OK);
    must(!result->store || result->json.len > 0);
    must(result->event.state != SHOP_PAY_STATE_PAID || !result->event.has_amount ||
         result->event.amount_minor >= 0);
}


static void check_form(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t body,
                       bool genuine)
{
    const shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"), .body = body, .now = NOW};
    shop_pay_result_t result;

    receive(arena, config, &request, &result);
    must(genuine || !result.store);
}


static void check_sips(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("merchant_id"), SHOP_STR("002001000000001")},
        {SHOP_STR("key_file"), SHOP_STR("Zk31TheKeyThatNobodyKnows9")},
    };
    const shop_pay_config_t *config = configure(arena, "mercanet", settings, 2);
    const shop_sips_t *sips = config->data;
    shop_str_t seal;
    shop_buf_t body;

    check_form(arena, config, input, false);

    must(shop_sips_seal(arena, sips->algorithm, sips->key, input, &seal) == SHOP_OK);
    shop_buf_init(&body, arena, 0);
    shop_buf_add(&body, SHOP_STR("Encode=&Data="));
    shop_buf_add_percent(&body, input);
    shop_buf_add(&body, SHOP_STR("&Seal="));
    shop_buf_add(&body, seal);
    check_form(arena, config, shop_buf_str(&body), true);
}


/* The input as a feedback: once as it is, once with the signature that it should have. */
static void check_ogone(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("pspid"), SHOP_STR("FUZZ")},
        {SHOP_STR("sha_in_file"), SHOP_STR("ThePassphraseInNobodyKnows")},
        {SHOP_STR("sha_out_file"), SHOP_STR("ThePassphraseOutNobodyKnows")},
        {SHOP_STR("api_user"), SHOP_STR("api")},
        {SHOP_STR("api_password_file"), SHOP_STR("password")},
    };
    const shop_pay_config_t *config = configure(arena, "ogone", settings, 5);
    const shop_pay_reply_t reply = {200, input};
    shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ABC")};
    const shop_ogone_t *ogone = config->data;
    shop_pay_heard_t heard;
    shop_form_t form;
    shop_str_t signature;
    shop_buf_t body;

    check_form(arena, config, input, false);
    must(shop_ogone_hear(arena, config, &talk, &reply, &heard) != SHOP_NO_MEMORY);
    talk.purpose = SHOP_PAY_REFUND;
    must(shop_ogone_hear(arena, config, &talk, &reply, &heard) != SHOP_NO_MEMORY);

    if (shop_form_parse(arena, input, 100, &form) != SHOP_OK) {
        return;
    }

    must(shop_ogone_sign_out(arena, ogone->hash, ogone->sha_out, ogone->extra, form.pairs,
                             form.count, &signature) == SHOP_OK);
    shop_buf_init(&body, arena, 0);
    shop_buf_add(&body, input);
    shop_buf_add(&body, SHOP_STR("&SHASIGN="));
    shop_buf_add(&body, signature);
    check_form(arena, config, shop_buf_str(&body), true);
}


/* The input as what the platform encrypts: once in a notification, once as an inquiry's answer. */
static void check_axepta(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("merchant_id"), SHOP_STR("FUZZ")},
        {SHOP_STR("blowfish_key_file"), SHOP_STR("KeyNobodyKnows16")},
        {SHOP_STR("hmac_key_file"), SHOP_STR("HmacKeyThatNobodyKnows3232323232")},
    };
    const shop_pay_config_t *config = configure(arena, "axepta", settings, 3);
    shop_pay_talk_t talk = {.asked.provider_ref = SHOP_STR("ABC"),
                            .asked.currency = SHOP_STR("EUR")};
    shop_pay_reply_t reply = {200, input};
    const shop_axepta_t *axepta = config->data;
    shop_pay_heard_t heard;
    shop_str_t bytes, hex, body;

    check_form(arena, config, input, false);
    must(shop_axepta_hear(arena, config, &talk, &reply, &heard) != SHOP_NO_MEMORY);

    if (input.len == 0) {
        return;
    }

    must(shop_blowfish_encrypt(arena, axepta->blowfish_key, input, &bytes) == SHOP_OK);
    must(shop_hex_encode(arena, bytes, &hex) == SHOP_OK);
    must(shop_arena_printf(arena, &body, "Len=%zu&Data=%.*s", input.len, (int) hex.len,
                           (const char *) hex.data) == SHOP_OK);
    check_form(arena, config, body, false);
    reply.body = body;
    must(shop_axepta_hear(arena, config, &talk, &reply, &heard) != SHOP_NO_MEMORY);
}


/* The input as an IPN with PayPal's word for it, as a webhook, its certificate, replies, PDT. */
static void check_paypal(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t button[] = {
        {SHOP_STR("dialect"), SHOP_STR("standard")},
        {SHOP_STR("business"), SHOP_STR("ABCDEFGHJKLMN")},
        {SHOP_STR("receiver_id"), SHOP_STR("ABCDEFGHJKLMN")},
    };
    const shop_pay_setting_t api[] = {
        {SHOP_STR("client_id"), SHOP_STR("client")},
        {SHOP_STR("client_secret_file"), SHOP_STR("secret")},
        {SHOP_STR("webhook_id"), SHOP_STR("4JH86294D6297924G")},
        {SHOP_STR("merchant_id"), SHOP_STR("ABCDEFGHJKLMN")},
    };
    const shop_pay_config_t *standard = configure(arena, "paypal", button, 3);
    const shop_pay_config_t *rest = configure(arena, "paypal", api, 4);
    const shop_pair_t headers[] = {
        {SHOP_STR("paypal-transmission-id"), SHOP_STR("1")},
        {SHOP_STR("paypal-transmission-time"), SHOP_STR("2026-11-23T07:47:34Z")},
        {SHOP_STR("paypal-transmission-sig"), SHOP_STR("AAAA")},
        {SHOP_STR("paypal-auth-algo"), SHOP_STR("SHA256withRSA")},
        {SHOP_STR("paypal-cert-url"),
         SHOP_STR("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1")},
    };
    shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = input,
        .proof = SHOP_STR("VERIFIED"),
        .headers = headers,
        .header_count = sizeof(headers) / sizeof(headers[0]),
        .now = NOW,
    };
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_ASK, .asked = {.provider_ref = SHOP_STR("5O1")}};
    const shop_pay_reply_t reply = {200, input};
    shop_pay_heard_t heard = {0};
    shop_pay_result_t result;
    shop_form_t fields;
    json_t *json;

    receive(arena, standard, &request, &result);
    request.content_type = SHOP_STR("application/json");
    request.proof = input;
    receive(arena, rest, &request, &result);
    must(!result.store);
    must(shop_paypal_pdt_read(arena, input, &fields) != SHOP_NO_MEMORY);
    must(shop_paypal_hear(arena, rest, &talk, &reply, &heard) != SHOP_NO_MEMORY);

    if (shop_pay_json(input, &json) == SHOP_OK) {
        must(shop_paypal_webhook_describe(arena, json, &result.event) == SHOP_OK);
        json_decref(json);
    }
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shop_heap_t *heap = shop_heap_create(-1);
    const shop_str_t input = {size, (unsigned char *) data};

    check_sips(shop_heap_arena(heap), input);
    check_ogone(shop_heap_arena(heap), input);
    check_axepta(shop_heap_arena(heap), input);
    check_paypal(shop_heap_arena(heap), input);
    shop_heap_destroy(heap);

    return 0;
}
