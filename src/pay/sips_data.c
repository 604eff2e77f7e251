/*
 * The packed pairs of Sips 2.0: "name=value|name=value", plain or in base64.
 *
 * Nothing escapes a "|": one that a customer typed would be a pair that the shop itself seals, so a
 * value that holds one never gets so far.
 */

#include "pay/sips.h"


static bool value_valid(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < 0x20 || value.data[i] == 0x7f || value.data[i] == '|') {
            return false;
        }
    }

    return true;
}


shop_status_t shop_sips_join(shop_arena_t *arena, const shop_pair_t *pairs, size_t count,
                             shop_str_t *data)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < count; i++) {
        if (!value_valid(pairs[i].value)) {
            return SHOP_MALFORMED;
        }
        if (i > 0) {
            shop_buf_add_char(&buf, '|');
        }
        shop_buf_add(&buf, pairs[i].name);
        shop_buf_add_char(&buf, '=');
        shop_buf_add(&buf, pairs[i].value);
    }

    *data = shop_buf_str(&buf);
    return buf.status;
}


/* Of base64url both written forms are seen, with and without padding. */
static shop_status_t decode(shop_arena_t *arena, shop_str_t encode, shop_str_t data,
                            shop_str_t *text)
{
    if (encode.len == 0) {
        *text = data;
        return SHOP_OK;
    }

    if (shop_str_eq(encode, SHOP_STR("base64"))) {
        return shop_base64_decode(arena, data, text);
    }

    if (!shop_str_eq(encode, SHOP_STR("base64url"))) {
        return SHOP_MALFORMED;
    }

    for (size_t i = 0; i < 2 && data.len > 0 && data.data[data.len - 1] == '='; i++) {
        data.len--;
    }

    return shop_base64url_decode(arena, data, text);
}


shop_status_t shop_sips_split(shop_arena_t *arena, shop_str_t encode, shop_str_t data,
                              shop_form_t *fields)
{
    shop_str_t text;

    *fields = (shop_form_t){0};

    shop_status_t status = decode(arena, encode, data, &text);
    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? status : SHOP_MALFORMED;
    }

    if (!shop_utf8_valid(text)) {
        return SHOP_MALFORMED;
    }

    status = shop_pay_split_pairs(arena, text, '|', fields);
    for (size_t i = 0; i < fields->count; i++) {
        if (shop_str_eq(fields->pairs[i].value, SHOP_STR("null"))) {
            fields->pairs[i].value = SHOP_STR("");
        }
    }

    return status;
}
