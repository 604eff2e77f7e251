/*
 * Vectors of Stripe: the stamped signature, whole events, types.
 */

#include "vectors.h"

#include "pay/stripe.h"


static bool check_sign(vector_t *v)
{
    unsigned char mac[SHOP_SHA256_SIZE];
    shop_str_t hex;

    if (shop_hmac_sha256(v->key, shop_json_text(v->input, "message"), mac) != SHOP_OK ||
        shop_hex_encode(v->arena, (shop_str_t){sizeof(mac), mac}, &hex) != SHOP_OK) {
        return vector_fails(v, "signing failed");
    }

    return vector_same(v, "signature", hex, shop_str(json_string_value(v->expected)));
}


static shop_pay_config_t *configure(vector_t *v)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("secret_key_file"), SHOP_STR("sk_test_vectors")},
        {SHOP_STR("webhook_secret_file"), v->key},
    };

    return vector_config(v, "stripe", settings, sizeof(settings) / sizeof(settings[0]));
}


static bool check_verify(vector_t *v)
{
    const shop_pay_config_t *config = configure(v);
    const shop_pair_t header = {SHOP_STR("stripe-signature"), shop_json_text(v->input, "header")};
    const shop_pay_request_t request = {.body = shop_json_text(v->input, "payload"),
                                        .headers = &header,
                                        .header_count = 1,
                                        .now = shop_json_int(v->input, "now")};
    const shop_pay_message_t message = {.json = NULL};

    if (config == NULL) {
        return false;
    }

    return vector_authentic(v,
                            config->interface->authenticate(v->arena, config, &request, &message));
}


static bool check_decide(vector_t *v)
{
    shop_pay_config_t *config = configure(v);
    const shop_pair_t header = {SHOP_STR("stripe-signature"), shop_json_text(v->input, "header")};
    const shop_pay_request_t request = {.content_type = SHOP_STR("application/json; charset=utf-8"),
                                        .body = shop_json_text(v->input, "body"),
                                        .headers = &header,
                                        .header_count = 1,
                                        .now = shop_json_int(v->input, "now")};

    if (config == NULL) {
        return false;
    }
    if (shop_json_bool(json_object_get(v->input, "config"), "livemode")) {
        config->mode = SHOP_PAY_LIVE; /* the key of the vectors would be refused there */
    }

    return vector_decide(v, config, &request);
}


/* "checkout.session.completed payment_status=paid" */
static bool check_map(vector_t *v)
{
    shop_str_t rest = shop_json_text(v->input, "value");
    shop_str_t type, name;
    bool known;

    (void) shop_str_split(&rest, ' ', &type);
    (void) shop_str_split(&rest, '=', &name);

    return vector_state(v, shop_stripe_state(type, rest, &known));
}


const vector_check_t vectors_stripe[] = {
    {"stripe", "sign", "hmac-sha256-hex", check_sign},
    {"stripe", "verify", "stripe-v1-hmac-sha256-hex", check_verify},
    {"stripe", "decide", "stripe-v1-hmac-sha256-hex", check_decide},
    {"stripe", "map", "status-map", check_map},
    {NULL, NULL, NULL, NULL},
};
