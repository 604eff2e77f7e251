/*
 * Vectors of Axepta: the MAC of both directions, the encryption, states.
 */

#include "vectors.h"

#include "pay/axepta.h"

#define PARTS_MAX 8


/* The message as the parts that its "*" join; the list ends with NULL. */
static void take_parts(shop_str_t message, shop_str_t *parts, const shop_str_t **list)
{
    size_t count = 0;

    while (count < PARTS_MAX && shop_str_split(&message, '*', &parts[count])) {
        list[count] = &parts[count];
        count++;
    }
    list[count] = NULL;
}


static bool check_sign(vector_t *v)
{
    shop_str_t parts[PARTS_MAX], mac;
    const shop_str_t *list[PARTS_MAX + 1];

    take_parts(shop_json_text(v->input, "message"), parts, list);
    if (shop_axepta_mac(v->arena, v->key, list, &mac) != SHOP_OK) {
        return vector_fails(v, "signing failed");
    }

    return vector_same(v, "MAC", mac, shop_str(json_string_value(v->expected)));
}


static bool check_verify(vector_t *v)
{
    shop_str_t parts[PARTS_MAX];
    const shop_str_t *list[PARTS_MAX + 1];

    take_parts(shop_json_text(v->input, "message"), parts, list);
    shop_status_t status =
        shop_axepta_verify(v->arena, v->key, list, shop_json_text(v->input, "MAC"));

    return vector_authentic(v, status);
}


/* The plain text as its pairs and back: both directions give what is expected. */
static bool check_encrypt(vector_t *v)
{
    shop_str_t expected = shop_str(json_string_value(v->expected));
    shop_form_t fields;
    shop_str_t data, len, wanted;

    if (shop_pay_split_pairs(v->arena, shop_json_text(v->input, "plaintext"), '&', &fields) !=
            SHOP_OK ||
        shop_axepta_seal(v->arena, v->key, fields.pairs, fields.count, &data, &len) != SHOP_OK ||
        shop_arena_printf(v->arena, &wanted, "%lld", (long long) shop_json_int(v->input, "Len")) !=
            SHOP_OK) {
        return vector_fails(v, "encrypting failed");
    }

    if (!vector_same(v, "Data", data, expected) || !vector_same(v, "Len", len, wanted)) {
        return false;
    }

    if (shop_axepta_open(v->arena, v->key, expected, len, &fields) != SHOP_OK ||
        shop_axepta_seal(v->arena, v->key, fields.pairs, fields.count, &data, &len) != SHOP_OK) {
        return vector_fails(v, "decrypting failed");
    }

    return vector_same(v, "Data opened and sealed again", data, expected);
}


static bool check_map(vector_t *v)
{
    return vector_state(v, shop_axepta_state(shop_json_text(v->input, "value"), SHOP_STR_NULL));
}


const vector_check_t vectors_axepta[] = {
    {"axepta", "sign", NULL, check_sign},
    {"axepta", "verify", NULL, check_verify},
    {"axepta", "encrypt", NULL, check_encrypt},
    {"axepta", "map", "status-map", check_map},
    {NULL, NULL, NULL, NULL},
};
