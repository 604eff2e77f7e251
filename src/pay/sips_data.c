/*
 * The packed pairs of Sips 2.0: "name=value|name=value", plain or in base64.
 *
 * Nothing escapes a "|": one that a customer typed would be a pair that the shop itself seals, so a
 * value that holds one never gets so far.
 */

#include "pay/sips.h"

#include <string.h>

#define FIELDS_MAX 200


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


static shop_status_t add_pair(shop_form_t *fields, shop_str_t pair)
{
    shop_str_t name;

    if (memchr(pair.data, '=', pair.len) == NULL || !shop_str_split(&pair, '=', &name) ||
        name.len == 0 || shop_form_find(fields, name) != NULL || fields->count == FIELDS_MAX) {
        return SHOP_MALFORMED;
    }

    if (shop_str_eq(pair, SHOP_STR("null")) || pair.len == 0) {
        pair = SHOP_STR("");
    }
    fields->pairs[fields->count++] = (shop_pair_t){name, pair};

    return SHOP_OK;
}


shop_status_t shop_sips_split(shop_arena_t *arena, shop_str_t encode, shop_str_t data,
                              shop_form_t *fields)
{
    shop_str_t text;
    shop_str_t pair;

    *fields = (shop_form_t){0};

    shop_status_t status = decode(arena, encode, data, &text);
    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? status : SHOP_MALFORMED;
    }

    if (!shop_utf8_valid(text)) {
        return SHOP_MALFORMED;
    }

    fields->pairs = shop_arena_calloc(arena, FIELDS_MAX * sizeof(*fields->pairs));
    if (fields->pairs == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (status == SHOP_OK && shop_str_split(&text, '|', &pair)) {
        status = pair.len > 0 ? add_pair(fields, pair) : SHOP_MALFORMED;
    }

    return status;
}
