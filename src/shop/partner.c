/*
 * Partners: businesses that send buyers (objects.md 15, front-office.md 13.2).
 */

#include "shop/selling.h"

#include <stdlib.h>


#define TAG_MAX 32
#define SIGNATURE_LIFE 600


static bool signature_valid(shop_arena_t *arena, const shop_partner_t *partner,
                            const shop_form_t *query, int64_t now);
static shop_status_t signed_text(shop_arena_t *arena, const shop_form_t *query, shop_str_t *text);
static shop_status_t encode_pair(shop_arena_t *arena, const shop_pair_t *pair, shop_str_t *text);
static int by_bytes(const void *a, const void *b);
static bool tag_valid(shop_str_t tag);


const shop_partner_t *shop_partner_find(const shop_shop_t *shop, shop_str_t key)
{
    size_t low = 0, high = shop->partner_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = shop_str_cmp(shop->partners[middle]->key, key);

        if (order == 0) {
            return shop->partners[middle];
        }

        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }

    return NULL;
}


const shop_partner_t *shop_cart_partner(const shop_cart_t *cart, const shop_where_t *where)
{
    return cart->partner_key.len > 0 ? shop_partner_find(where->shop, cart->partner_key) : NULL;
}


bool shop_cart_set_partner(shop_cart_t *cart, const shop_where_t *where, shop_str_t text)
{
    shop_str_t key, tag = SHOP_STR("");
    const shop_partner_t *partner;

    if (!shop_str_split(&text, '_', &key)) {
        return false;
    }

    partner = shop_partner_find(where->shop, key);

    if (partner == NULL) {
        return false;
    }

    (void) shop_str_split(&text, '_', &tag);
    tag = shop_utf8_cut(shop_str_trim(tag), TAG_MAX);
    text = shop_str_trim(text);

    cart->partner_key = partner->key;
    cart->partner_tag = tag_valid(tag) ? tag : SHOP_STR("");
    cart->partner_email = shop_email_valid(text) ? text : SHOP_STR("");

    return true;
}


static bool tag_valid(shop_str_t tag)
{
    for (size_t i = 0; i < tag.len; i++) {
        if (tag.data[i] < 0x20 || tag.data[i] == 0x7f) {
            return false;
        }
    }

    return shop_utf8_valid(tag);
}


bool shop_partner_drives(shop_arena_t *arena, const shop_partner_t *partner, shop_str_t referer,
                         const shop_form_t *query, int64_t now)
{
    return partner->referer.len == 0 || shop_str_starts(referer, partner->referer) ||
           signature_valid(arena, partner, query, now);
}


/* HMAC-SHA256 over the other parameters, percent-encoded, sorted by bytes, with "&" between. */
static bool signature_valid(shop_arena_t *arena, const shop_partner_t *partner,
                            const shop_form_t *query, int64_t now)
{
    unsigned char mac[SHOP_SHA256_SIZE];
    shop_str_t text, expected;
    int64_t then;

    if (partner->secret.len == 0 ||
        shop_str_to_int(shop_form_text(query, "ts"), &then) != SHOP_OK ||
        then > now + SIGNATURE_LIFE || then < now - SIGNATURE_LIFE ||
        signed_text(arena, query, &text) != SHOP_OK ||
        shop_hmac_sha256(partner->secret, text, mac) != SHOP_OK ||
        shop_hex_encode(arena, (shop_str_t){sizeof(mac), mac}, &expected) != SHOP_OK) {
        return false;
    }

    return shop_secret_eq(expected, shop_form_text(query, "sig"));
}


static shop_status_t signed_text(shop_arena_t *arena, const shop_form_t *query, shop_str_t *text)
{
    shop_str_t *parts = shop_arena_calloc(arena, (query->count + 1) * sizeof(*parts));
    shop_status_t status = parts != NULL ? SHOP_OK : SHOP_NO_MEMORY;
    shop_buf_t out;
    size_t count = 0;

    for (size_t i = 0; status == SHOP_OK && i < query->count; i++) {
        if (!shop_str_eq(query->pairs[i].name, SHOP_STR("sig"))) {
            status = encode_pair(arena, &query->pairs[i], &parts[count++]);
        }
    }

    if (status != SHOP_OK) {
        return status;
    }

    qsort(parts, count, sizeof(*parts), by_bytes);
    shop_buf_init(&out, arena, 0);

    for (size_t i = 0; i < count; i++) {
        shop_buf_add(&out, i > 0 ? SHOP_STR("&") : SHOP_STR(""));
        shop_buf_add(&out, parts[i]);
    }

    *text = shop_buf_str(&out);

    return out.status;
}


static shop_status_t encode_pair(shop_arena_t *arena, const shop_pair_t *pair, shop_str_t *text)
{
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    shop_buf_add_percent(&out, pair->name);
    shop_buf_add_char(&out, '=');
    shop_buf_add_percent(&out, pair->value);
    *text = shop_buf_str(&out);

    return out.status;
}


static int by_bytes(const void *a, const void *b)
{
    return shop_str_cmp(*(const shop_str_t *) a, *(const shop_str_t *) b);
}
