/*
 * Fuzz target: providers that speak JSON, signed in a header, and the replies of their APIs.
 *
 * Two properties. A body that was not signed with our secret is never handed to the database. And
 * what is signed, or comes from the API, may say anything: it is read or refused.
 */

#include "fuzz_pay.h"
#include "pay/stripe.h"
#include "pay/worldline.h"

#define NOW 1795420054
#define SECRET "whsec_that_nobody_knows"


static void receive(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t body,
                    const shop_pair_t *headers, size_t count, bool genuine)
{
    const shop_pay_request_t request = {.content_type = SHOP_STR("application/json"),
                                        .body = body,
                                        .headers = headers,
                                        .header_count = count,
                                        .now = NOW};
    shop_pay_result_t result;

    must(shop_pay_receive(arena, config, &request, &result) == SHOP_OK);
    must(genuine || !result.store);
    must(!result.store || result.json.len > 0);
    must(!result.store || !result.event.has_amount || result.event.amount_minor >= 0);
}


/* The input as the reply to each question, at the first step and at the second. */
static void hear(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t body)
{
    static const shop_pay_purpose_t purposes[] = {SHOP_PAY_ASK, SHOP_PAY_OPEN, SHOP_PAY_CLOSE,
                                                  SHOP_PAY_REFUND};
    static const unsigned statuses[] = {200, 201, 400, 404};

    for (size_t i = 0; i < 4 * 4 * 2; i++) {
        shop_pay_talk_t talk = {.purpose = purposes[i % 4],
                                .step = i / 16,
                                .asked = {.transid = SHOP_STR("ABC"),
                                          .provider_ref = SHOP_STR("cs_1"),
                                          .provider_txn = SHOP_STR("33")}};
        const shop_pay_reply_t reply = {statuses[i / 4 % 4], body};
        shop_pay_heard_t heard;

        shop_status_t status = config->interface->hear(arena, config, &talk, &reply, &heard);
        must(status != SHOP_NO_MEMORY && status != SHOP_BUG);
        for (size_t n = 0; status == SHOP_OK && n < heard.events.count; n++) {
            shop_str_t json;

            must(shop_pay_event_json(arena, config, &heard.events.list[n], NOW, &json) == SHOP_OK);
        }
    }
}


static void check_stripe(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("secret_key_file"), SHOP_STR("sk_test_fuzz")},
        {SHOP_STR("webhook_secret_file"), SHOP_STR(SECRET)},
    };
    const shop_pay_config_t *config = configure(arena, "stripe", settings, 2);
    shop_pair_t header = {SHOP_STR("stripe-signature"), input};

    receive(arena, config, input, &header, 1, false);
    must(shop_pay_stamp_make(arena, SHOP_STR(SECRET), input, NOW, &header.value) == SHOP_OK);
    receive(arena, config, input, &header, 1, true);
    hear(arena, config, input);
}


static void check_worldline(shop_arena_t *arena, shop_str_t input)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("merchant_id"), SHOP_STR("FUZZ")},
        {SHOP_STR("api_key_id"), SHOP_STR("key")},
        {SHOP_STR("api_secret_file"), SHOP_STR("api-secret")},
        {SHOP_STR("webhook_key_id"), SHOP_STR("hook")},
        {SHOP_STR("webhook_secret_file"), SHOP_STR(SECRET)},
    };
    const shop_pay_config_t *config = configure(arena, "worldline", settings, 5);
    shop_pair_t headers[] = {{SHOP_STR("x-gcs-keyid"), SHOP_STR("hook")},
                             {SHOP_STR("x-gcs-signature"), input}};
    const shop_form_t nothing = {0};
    unsigned char mac[SHOP_SHA256_SIZE];

    receive(arena, config, input, headers, 2, false);
    must(!config->interface->returned(arena, &nothing, input, input));
    must(shop_hmac_sha256(SHOP_STR(SECRET), input, mac) == SHOP_OK);
    must(shop_base64_encode(arena, (shop_str_t){sizeof(mac), mac}, &headers[1].value) == SHOP_OK);
    receive(arena, config, input, headers, 2, true);
    hear(arena, config, input);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shop_heap_t *heap = shop_heap_create(-1);
    const shop_str_t input = {size, (unsigned char *) data};

    check_stripe(shop_heap_arena(heap), input);
    check_worldline(shop_heap_arena(heap), input);
    shop_heap_destroy(heap);

    return 0;
}
