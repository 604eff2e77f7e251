/*
 * The two protections of Axepta: a MAC over a few values, and encrypted pairs.
 *
 * ECB hides without protecting: blocks can be cut out and put together anew. So only what the MAC
 * covers is believed of a message.
 */

#include "pay/axepta.h"

#include <string.h>


shop_status_t shop_axepta_mac(shop_arena_t *arena, shop_str_t key, const shop_str_t *const *parts,
                              shop_str_t *mac)
{
    unsigned char digest[SHOP_SHA256_SIZE];
    shop_buf_t message;

    shop_buf_init(&message, arena, 0);
    for (size_t i = 0; parts[i] != NULL; i++) {
        shop_buf_add(&message, i > 0 ? SHOP_STR("*") : SHOP_STR_NULL);
        shop_buf_add(&message, *parts[i]);
    }
    if (message.status != SHOP_OK) {
        return message.status;
    }

    shop_status_t status = shop_hmac_sha256(key, shop_buf_str(&message), digest);

    return status == SHOP_OK ? shop_hex_encode(arena, (shop_str_t){sizeof(digest), digest}, mac)
                             : status;
}


shop_status_t shop_axepta_verify(shop_arena_t *arena, shop_str_t key,
                                 const shop_str_t *const *parts, shop_str_t received)
{
    shop_str_t expected, expected_bytes, bytes;

    shop_status_t status = shop_axepta_mac(arena, key, parts, &expected);
    if (status == SHOP_OK) {
        status = shop_hex_decode(arena, expected, &expected_bytes);
    }
    if (status != SHOP_OK) {
        return status;
    }

    status = shop_hex_decode(arena, received, &bytes);
    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? status : SHOP_REFUSED;
    }

    return shop_secret_eq(expected_bytes, bytes) ? SHOP_OK : SHOP_REFUSED;
}


/* Nothing escapes a "&": one that a customer typed would be a pair of the shop's own. */
static bool value_valid(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < 0x20 || value.data[i] == 0x7f || value.data[i] == '&') {
            return false;
        }
    }

    return true;
}


shop_status_t shop_axepta_seal(shop_arena_t *arena, shop_str_t key, const shop_pair_t *pairs,
                               size_t count, shop_str_t *data, shop_str_t *len)
{
    shop_buf_t plain;
    shop_str_t bytes;

    shop_buf_init(&plain, arena, 0);
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].value.len == 0) {
            continue;
        }
        if (!value_valid(pairs[i].value)) {
            return SHOP_MALFORMED;
        }
        shop_buf_add(&plain, plain.len > 0 ? SHOP_STR("&") : SHOP_STR_NULL);
        shop_buf_add(&plain, pairs[i].name);
        shop_buf_add_char(&plain, '=');
        shop_buf_add(&plain, pairs[i].value);
    }
    if (plain.status != SHOP_OK) {
        return plain.status;
    }

    shop_status_t status = shop_blowfish_encrypt(arena, key, shop_buf_str(&plain), &bytes);
    if (status == SHOP_OK) {
        status = shop_hex_encode(arena, bytes, data);
    }

    return status == SHOP_OK ? shop_arena_printf(arena, len, "%zu", plain.len) : status;
}


shop_status_t shop_axepta_open(shop_arena_t *arena, shop_str_t key, shop_str_t data, shop_str_t len,
                               shop_form_t *fields)
{
    shop_str_t bytes, plain;
    int64_t length;

    if (shop_str_to_int(len, &length) != SHOP_OK || length < 1) {
        return SHOP_MALFORMED;
    }

    shop_status_t status = shop_hex_decode(arena, data, &bytes);
    if (status != SHOP_OK) {
        return status;
    }

    /* the padding is less than a block */
    if (bytes.len < (size_t) length || bytes.len - (size_t) length >= SHOP_BLOWFISH_BLOCK) {
        return SHOP_MALFORMED;
    }

    status = shop_blowfish_decrypt(arena, key, bytes, &plain);
    if (status != SHOP_OK) {
        return status;
    }

    plain.len = (size_t) length;

    return shop_pay_split_pairs(arena, plain, '&', fields);
}
