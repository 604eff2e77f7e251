/*
 * Vectors of Sips 2.0: seals of forms and of JSON, genuine and forged responses, whole
 * notifications, states.
 */

#include "vectors.h"

#include "pay/sips.h"


static bool same_hex(vector_t *v, shop_status_t status, shop_str_t got)
{
    if (status != SHOP_OK) {
        return vector_fails(v, "sealing failed");
    }

    return vector_same(v, "seal", got, shop_str(json_string_value(v->expected)));
}


static shop_sips_algorithm_t algorithm_of(const vector_t *v)
{
    return shop_str_eq(v->algorithm, SHOP_STR("sips-sha256-hex")) ? SHOP_SIPS_SHA256
                                                                  : SHOP_SIPS_HMAC_SHA256;
}


static bool check_sign(vector_t *v)
{
    shop_str_t data = shop_json_text(v->input, "Data");
    shop_str_t seal;

    if (data.len == 0) {
        data = shop_json_text(v->input, "message");
    }

    shop_status_t status = shop_sips_seal(v->arena, algorithm_of(v), v->key, data, &seal);
    return same_hex(v, status, seal);
}


static bool check_json(vector_t *v)
{
    shop_str_t seal;
    shop_status_t status =
        shop_sips_json_seal(v->arena, v->key, json_object_get(v->input, "json"), &seal);

    return same_hex(v, status, seal);
}


static bool check_verify(vector_t *v)
{
    const shop_sips_t sips = {.algorithm = algorithm_of(v), .key = v->key};
    const shop_pay_config_t config = {.data = (void *) &sips};
    const shop_pay_message_t message = {.form = vector_pairs(v, v->input)};
    shop_status_t status = shop_sips_authenticate(v->arena, &config, NULL, &message);

    return vector_verdict(v, status == SHOP_OK ? "authentic" : "unauthentic");
}


static bool check_build(vector_t *v)
{
    const json_t *told = json_object_get(v->input, "pairs");
    shop_pair_t pairs[8];
    size_t count = json_array_size(told);
    shop_str_t data;

    if (count > sizeof(pairs) / sizeof(pairs[0])) {
        return vector_fails(v, "too many pairs");
    }

    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(told, i);
        pairs[i] = (shop_pair_t){shop_str(json_string_value(json_array_get(pair, 0))),
                                 shop_str(json_string_value(json_array_get(pair, 1)))};
    }

    shop_status_t status = shop_sips_join(v->arena, pairs, count, &data);
    return vector_verdict(v, status == SHOP_MALFORMED ? "malformed" : "built");
}


/* The form as the platform posts it. */
static shop_str_t body_of(vector_t *v)
{
    const shop_form_t form = vector_pairs(v, json_object_get(v->input, "form"));
    shop_buf_t body;

    shop_buf_init(&body, v->arena, 0);
    for (size_t i = 0; i < form.count; i++) {
        shop_buf_add(&body, i > 0 ? SHOP_STR("&") : SHOP_STR_NULL);
        shop_buf_add_percent(&body, form.pairs[i].name);
        shop_buf_add_char(&body, '=');
        shop_buf_add_percent(&body, form.pairs[i].value);
    }

    return shop_buf_str(&body);
}


static bool check_decide(vector_t *v)
{
    const json_t *told = json_object_get(v->input, "config");
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("merchant_id"), shop_json_text(told, "merchantId")},
        {SHOP_STR("key_file"), v->key},
        {SHOP_STR("key_version"), shop_json_text(told, "keyVersion")},
        {SHOP_STR("seal_algorithm"), shop_json_text(told, "SealAlgorithm")},
    };
    const shop_pay_config_t *config =
        vector_config(v, "mercanet", settings, sizeof(settings) / sizeof(settings[0]));
    const shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = body_of(v),
        .now = 1795420054,
    };

    return config != NULL && vector_decide(v, config, &request);
}


static bool check_map(vector_t *v)
{
    return vector_state(v, shop_sips_response_state(shop_json_text(v->input, "value")));
}


const vector_check_t vectors_sips[] = {
    {"sips2", "sign", "sips-json-hmac-sha256-hex", check_json},
    {"sips2", "sign", NULL, check_sign},
    {"sips2", "verify", NULL, check_verify},
    {"sips2", "build", NULL, check_build},
    {"sips2", "decide", NULL, check_decide},
    {"sips2", "map", "status-map", check_map},
    {NULL, NULL, NULL, NULL},
};
