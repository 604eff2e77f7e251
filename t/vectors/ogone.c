/*
 * Vectors of Ogone: both signatures, whole notifications, states.
 */

#include "vectors.h"

#include "pay/ogone.h"


static bool ends_with(shop_str_t text, const char *end)
{
    shop_str_t tail = shop_str(end);

    return text.len >= tail.len &&
           shop_str_eq((shop_str_t){tail.len, text.data + text.len - tail.len}, tail);
}


static shop_ogone_hash_t hash_of(const vector_t *v)
{
    if (ends_with(v->algorithm, "sha1")) {
        return SHOP_OGONE_SHA1;
    }

    return ends_with(v->algorithm, "sha256") ? SHOP_OGONE_SHA256 : SHOP_OGONE_SHA512;
}


/* The letters of the vector in ISO-8859-1, the charset of the message that they sign. */
static bool to_latin1(vector_t *v, shop_str_t *text)
{
    shop_buf_t out;

    shop_buf_init(&out, v->arena, 0);
    for (size_t i = 0; i < text->len; i++) {
        unsigned char c = text->data[i];

        if (c >= 0x80 && i + 1 < text->len) {
            c = (unsigned char) (c << 6 | (text->data[++i] & 0x3f));
        }
        shop_buf_add_char(&out, c);
    }
    *text = shop_buf_str(&out);

    return out.status == SHOP_OK;
}


static bool check_sign(vector_t *v)
{
    shop_form_t form = vector_pairs(v, json_object_get(v->input, "parameters"));
    bool latin1 = shop_str_eq(shop_json_text(v->input, "charset"), SHOP_STR("iso-8859-1"));
    shop_str_t key = v->key;
    shop_str_t signature;

    for (size_t i = 0; latin1 && i < form.count; i++) {
        if (!to_latin1(v, &form.pairs[i].value) || (i == 0 && !to_latin1(v, &key))) {
            return vector_fails(v, "no memory");
        }
    }

    shop_status_t status =
        shop_str_starts(v->algorithm, SHOP_STR("ogone-shain"))
            ? shop_ogone_sign_in(v->arena, hash_of(v), key, form.pairs, form.count, &signature)
            : shop_ogone_sign_out(v->arena, hash_of(v), key, SHOP_STR_NULL, form.pairs, form.count,
                                  &signature);
    if (status != SHOP_OK) {
        return vector_fails(v, "signing failed");
    }

    return vector_same(v, "signature", signature, shop_str(json_string_value(v->expected)));
}


static bool check_decide(vector_t *v)
{
    const json_t *told = json_object_get(v->input, "config");
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("pspid"), shop_json_text(told, "PSPID")},
        {SHOP_STR("sha_in_file"), SHOP_STR("Tr4nsit-In_Pass!2026")},
        {SHOP_STR("sha_out_file"), v->key},
        {SHOP_STR("hash"), shop_json_text(told, "hash")},
    };
    const shop_pay_config_t *config =
        vector_config(v, "ogone", settings, sizeof(settings) / sizeof(settings[0]));
    const shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = shop_json_text(v->input, "body"),
        .now = 1795420054,
    };

    return config != NULL && vector_decide(v, config, &request);
}


static bool check_map(vector_t *v)
{
    return vector_state(v, shop_ogone_state(shop_json_text(v->input, "value")));
}


const vector_check_t vectors_ogone[] = {
    {"ogone", "sign", NULL, check_sign},
    {"ogone", "decide", NULL, check_decide},
    {"ogone", "map", "status-map", check_map},
    {NULL, NULL, NULL, NULL},
};
