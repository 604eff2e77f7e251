/*
 * Signatures with a time stamp, "t=<unix seconds>,v1=<hex HMAC-SHA-256(secret, t "." body)>".
 *
 * Several v1 may stand in one header while a secret is changed; other schemes are ignored, so that
 * a message cannot choose a weaker one.
 */

#include "pay/pay_internal.h"


static shop_status_t stamp_mac(shop_arena_t *arena, shop_str_t secret, shop_str_t stamp,
                               shop_str_t body, shop_str_t *mac)
{
    shop_buf_t message;
    unsigned char *digest = shop_arena_alloc(arena, SHOP_SHA256_SIZE);

    if (digest == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_buf_init(&message, arena, 0);
    shop_buf_add(&message, stamp);
    shop_buf_add_char(&message, '.');
    shop_buf_add(&message, body);
    if (message.status != SHOP_OK) {
        return message.status;
    }

    *mac = (shop_str_t){SHOP_SHA256_SIZE, digest};
    return shop_hmac_sha256(secret, shop_buf_str(&message), digest);
}


shop_status_t shop_pay_stamp_make(shop_arena_t *arena, shop_str_t secret, shop_str_t body,
                                  int64_t now, shop_str_t *header)
{
    shop_str_t stamp;
    shop_str_t mac;
    shop_str_t hex;

    shop_status_t status = shop_arena_printf(arena, &stamp, "%lld", (long long) now);
    if (status == SHOP_OK) {
        status = stamp_mac(arena, secret, stamp, body, &mac);
    }
    if (status == SHOP_OK) {
        status = shop_hex_encode(arena, mac, &hex);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_arena_printf(arena, header, "t=%.*s,v1=%.*s", (int) stamp.len,
                             (const char *) stamp.data, (int) hex.len, (const char *) hex.data);
}


/* The value of the one `t`; empty when there is none, or more than one. */
static shop_str_t stamp_find(shop_str_t header)
{
    shop_str_t found = SHOP_STR_NULL;
    shop_str_t item;
    shop_str_t name;

    while (shop_str_split(&header, ',', &item)) {
        if (!shop_str_split(&item, '=', &name) || !shop_str_eq(name, SHOP_STR("t"))) {
            continue;
        }
        if (found.len > 0) {
            return SHOP_STR_NULL;
        }
        found = item;
    }

    return found;
}


/* As text: in small letters the written form is unique. */
static shop_status_t any_matches(shop_arena_t *arena, shop_str_t header, shop_str_t mac)
{
    bool found = false;
    shop_str_t item;
    shop_str_t name;
    shop_str_t hex;

    shop_status_t status = shop_hex_encode(arena, mac, &hex);
    if (status != SHOP_OK) {
        return status;
    }

    while (shop_str_split(&header, ',', &item)) {
        if (shop_str_split(&item, '=', &name) && shop_str_eq(name, SHOP_STR("v1")) &&
            shop_secret_eq(item, hex)) {
            found = true;
        }
    }

    return found ? SHOP_OK : SHOP_REFUSED;
}


shop_status_t shop_pay_stamp_check(shop_arena_t *arena, shop_str_t secret, shop_str_t body,
                                   shop_str_t header, int64_t now)
{
    shop_str_t stamp = stamp_find(header);
    shop_str_t mac;
    int64_t seconds;

    if (shop_str_to_int(stamp, &seconds) != SHOP_OK) {
        return SHOP_MALFORMED;
    }

    shop_status_t status = stamp_mac(arena, secret, stamp, body, &mac);
    if (status == SHOP_OK) {
        status = any_matches(arena, header, mac);
    }
    if (status != SHOP_OK) {
        return status;
    }

    int64_t age = now > seconds ? now - seconds : seconds - now;
    return age <= SHOP_PAY_STAMP_TOLERANCE ? SHOP_OK : SHOP_REFUSED;
}
