/*
 * Vectors of Lyra's platforms: signatures, genuine and forged messages, whole notifications,
 * states.
 */

#include "vectors.h"

#include "pay/vads.h"

#include <string.h>


static bool take_algorithm(vector_t *v, shop_vads_algorithm_t *algorithm)
{
    if (shop_str_eq(v->algorithm, SHOP_STR("vads-sha1-hex"))) {
        *algorithm = SHOP_VADS_SHA1;
        return true;
    }

    *algorithm = SHOP_VADS_HMAC_SHA256;
    return shop_str_eq(v->algorithm, SHOP_STR("vads-hmac-sha256-base64"));
}


static bool check_sign(vector_t *v)
{
    shop_form_t form = vector_pairs(v, json_object_get(v->input, "fields"));
    shop_vads_algorithm_t algorithm;
    shop_str_t signature;

    if (!take_algorithm(v, &algorithm)) {
        return vector_fails(v, "algorithm not known");
    }

    if (shop_vads_sign(v->arena, algorithm, v->key, form.pairs, form.count, &signature) !=
        SHOP_OK) {
        return vector_fails(v, "signing failed");
    }

    const char *expected = json_string_value(v->expected);
    return vector_same(v, "signature", signature, shop_str(expected));
}


static shop_pay_request_t request_of(vector_t *v)
{
    return (shop_pay_request_t){
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = shop_json_text(v->input, "body"),
        .peer = SHOP_STR("194.50.38.7"),
        .now = 1795420054,
    };
}


static bool check_verify(vector_t *v)
{
    shop_pay_request_t request = request_of(v);
    shop_pay_message_t message = {0};
    shop_vads_algorithm_t algorithm;
    const json_t *fields = json_object_get(v->input, "fields");
    static const char *const nothing[] = {NULL};

    if (!take_algorithm(v, &algorithm)) {
        return vector_fails(v, "algorithm not known");
    }

    if (fields != NULL) {
        message.form = vector_pairs(v, fields);
    } else if (shop_pay_parse_form(v->arena, &request, nothing, &message) != SHOP_OK) {
        return vector_verdict(v, "malformed");
    }

    shop_status_t status = shop_vads_verify(v->arena, algorithm, v->key, &message.form);
    return vector_verdict(v, status == SHOP_OK ? "authentic" : "unauthentic");
}


/* The browser and the server have their own keys, and say which. */
static bool check_told(vector_t *v)
{
    shop_form_t form = vector_pairs(v, json_object_get(v->input, "fields"));
    shop_str_t channel = shop_json_text(v->input, "channel");
    const char *key_name = shop_str_eq(channel, SHOP_STR("browser")) ? "sha256_hmac" : "password";

    shop_status_t status = shop_lyra_verify(v->arena, v->key, key_name, &form);
    return vector_verdict(v, status == SHOP_OK ? "authentic" : "unauthentic");
}


/* The configuration of a vector. Vectors of production use the public test key, which a live
 * configuration refuses; so it is read as a test one and then told that it is live. */
static shop_pay_config_t *config_of(vector_t *v)
{
    const json_t *config = json_object_get(v->input, "config");
    shop_str_t signature = shop_json_text(config, "signature");
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("site_id"), shop_json_text(config, "vads_site_id")},
        {SHOP_STR("key_file"), v->key},
        {SHOP_STR("signature"), signature.len > 0 ? signature : SHOP_STR("HMAC-SHA-256")},
    };
    shop_pay_config_t *made =
        vector_config(v, "systempay", settings, sizeof(settings) / sizeof(settings[0]));

    if (made == NULL) {
        return NULL;
    }

    shop_str_t ctx_mode = shop_json_text(config, "vads_ctx_mode");
    ((shop_vads_t *) made->data)->ctx_mode = ctx_mode;
    made->mode = shop_str_eq(ctx_mode, SHOP_STR("TEST")) ? SHOP_PAY_TEST : SHOP_PAY_LIVE;

    return made;
}


static bool check_decide(vector_t *v)
{
    const shop_pay_request_t request = request_of(v);
    const shop_pay_config_t *config = config_of(v);

    return config != NULL && vector_decide(v, config, &request);
}


/* "vads_trans_status (operation CREDIT)" names the operation. */
static bool check_map(vector_t *v)
{
    const char *field = json_string_value(json_object_get(v->input, "field"));
    const char *operation = field != NULL && strstr(field, "CREDIT") != NULL ? "CREDIT" : "DEBIT";
    shop_pay_state_t state =
        shop_vads_state(shop_str(operation), shop_json_text(v->input, "value"));

    return vector_state(v, state);
}


const vector_check_t vectors_systempay[] = {
    {"systempay", "sign", NULL, check_sign},       {"systempay", "verify", NULL, check_verify},
    {"lyra-rest", "verify", NULL, check_told},     {"systempay", "decide", NULL, check_decide},
    {"systempay", "map", "status-map", check_map}, {NULL, NULL, NULL, NULL},
};
