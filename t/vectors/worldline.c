/*
 * Vectors of Worldline Direct: signed requests, webhooks, the return, states.
 */

#include "vectors.h"

#include "pay/worldline.h"

#define HEADERS_MAX 8


static bool check_sign(vector_t *v)
{
    const shop_form_t headers = vector_pairs(v, json_object_get(v->input, "x_gcs_headers"));
    const shop_worldline_signed_t what = {
        .key_id = shop_json_text(v->input, "api_key_id"),
        .secret = v->key,
        .method = json_string_value(json_object_get(v->input, "method")),
        .content_type = shop_json_text(v->input, "content_type"),
        .date = shop_json_text(v->input, "date"),
        .headers = headers.pairs,
        .header_count = headers.count,
        .path = shop_json_text(v->input, "path"),
    };
    shop_str_t authorization;

    if (shop_worldline_sign(v->arena, &what, &authorization) != SHOP_OK) {
        return vector_fails(v, "signing failed");
    }

    return vector_same(v, "authorization", authorization, shop_str(json_string_value(v->expected)));
}


static shop_pay_config_t *configure(vector_t *v)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("merchant_id"), SHOP_STR("MOOCSHOP")},
        {SHOP_STR("api_key_id"), SHOP_STR("vectors")},
        {SHOP_STR("api_secret_file"), SHOP_STR("api-secret")},
        {SHOP_STR("webhook_key_id"), SHOP_STR("dummy-key-id")},
        {SHOP_STR("webhook_secret_file"), v->key.len > 0 ? v->key : SHOP_STR("hello+world")},
    };

    return vector_config(v, "worldline", settings, sizeof(settings) / sizeof(settings[0]));
}


/* Names as nginx gives them: in lower case. */
static shop_str_t lower(vector_t *v, shop_str_t name)
{
    shop_str_t copy = SHOP_STR_NULL;

    if (shop_arena_copy(v->arena, name, &copy) != SHOP_OK) {
        return copy;
    }
    for (size_t i = 0; i < copy.len; i++) {
        if (copy.data[i] >= 'A' && copy.data[i] <= 'Z') {
            copy.data[i] = (unsigned char) (copy.data[i] | 0x20);
        }
    }

    return copy;
}


static size_t read_headers(vector_t *v, shop_pair_t *headers)
{
    const json_t *list = json_object_get(v->input, "header_list");
    shop_form_t named = vector_pairs(v, json_object_get(v->input, "headers"));
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(list) && count < HEADERS_MAX; i++) {
        const json_t *pair = json_array_get(list, i);

        headers[count++] =
            (shop_pair_t){lower(v, shop_str(json_string_value(json_array_get(pair, 0)))),
                          shop_str(json_string_value(json_array_get(pair, 1)))};
    }
    for (size_t i = 0; i < named.count && count < HEADERS_MAX; i++) {
        headers[count++] = (shop_pair_t){lower(v, named.pairs[i].name), named.pairs[i].value};
    }

    return count;
}


static bool check_verify(vector_t *v)
{
    const shop_pay_config_t *config = configure(v);
    shop_pair_t headers[HEADERS_MAX];
    const shop_pay_request_t request = {.body = shop_json_text(v->input, "body"),
                                        .headers = headers,
                                        .header_count = read_headers(v, headers)};
    const shop_pay_message_t message = {.json = NULL};

    if (config == NULL) {
        return false;
    }

    return vector_authentic(v,
                            config->interface->authenticate(v->arena, config, &request, &message));
}


static bool check_return(vector_t *v)
{
    shop_form_t query;

    if (shop_form_parse(v->arena, shop_json_text(v->input, "query"), 10, &query) != SHOP_OK) {
        return vector_fails(v, "query not read");
    }
    bool genuine =
        shop_pay_worldline.returned(v->arena, &query, shop_form_text(&query, "hostedCheckoutId"),
                                    shop_json_text(v->input, "stored_RETURNMAC"));

    return vector_verdict(v, genuine ? "authentic" : "unauthentic");
}


static bool check_decide(vector_t *v)
{
    const shop_pay_config_t *config = configure(v);
    shop_pair_t headers[HEADERS_MAX];
    const shop_pay_request_t request = {.content_type = SHOP_STR("application/json"),
                                        .body = shop_json_text(v->input, "body"),
                                        .headers = headers,
                                        .header_count = read_headers(v, headers),
                                        .now = 1795420054};

    return config != NULL && vector_decide(v, config, &request);
}


static bool check_map(vector_t *v)
{
    return vector_state(v, shop_worldline_state(shop_json_text(v->input, "value")));
}


const vector_check_t vectors_worldline[] = {
    {"worldline-direct", "sign", "wl-v1hmac-sha256-base64", check_sign},
    {"worldline-direct", "verify", "wl-webhook-hmac-sha256-base64", check_verify},
    {"worldline-direct", "verify", "wl-returnmac-equality", check_return},
    {"worldline-direct", "decide", "wl-webhook-hmac-sha256-base64", check_decide},
    {"worldline-direct", "map", "status-map", check_map},
    {NULL, NULL, NULL, NULL},
};
