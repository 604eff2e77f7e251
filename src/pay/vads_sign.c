/*
 * The signature of the vads form: the values in byte order of their names, joined by "+", the key
 * at the end.
 *
 * HMAC-SHA-256 is taken over the text with the key in it, and keyed with the key again; that is how
 * the platform does it.
 */

#include "pay/vads.h"

#include <stdlib.h>


static int by_name(const void *a, const void *b)
{
    return shop_str_cmp(((const shop_pair_t *) a)->name, ((const shop_pair_t *) b)->name);
}


static shop_status_t string_to_sign(shop_arena_t *arena, shop_str_t key, const shop_pair_t *pairs,
                                    size_t count, shop_str_t *text)
{
    shop_buf_t buf;
    size_t kept = 0;
    shop_pair_t *sorted = shop_arena_alloc(arena, (count + 1) * sizeof(*sorted));

    if (sorted == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < count; i++) {
        if (shop_str_starts(pairs[i].name, SHOP_STR("vads_"))) {
            sorted[kept++] = pairs[i];
        }
    }
    qsort(sorted, kept, sizeof(*sorted), by_name);

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < kept; i++) {
        shop_buf_add(&buf, sorted[i].value);
        shop_buf_add_char(&buf, '+');
    }
    shop_buf_add(&buf, key);

    *text = shop_buf_str(&buf);
    return buf.status;
}


shop_status_t shop_vads_sign(shop_arena_t *arena, shop_vads_algorithm_t algorithm, shop_str_t key,
                             const shop_pair_t *pairs, size_t count, shop_str_t *signature)
{
    unsigned char digest[SHOP_SHA256_SIZE];
    shop_str_t text;

    shop_status_t status = string_to_sign(arena, key, pairs, count, &text);
    if (status != SHOP_OK) {
        return status;
    }

    if (algorithm == SHOP_VADS_SHA1) {
        status = shop_sha1(text, digest);
        return status == SHOP_OK
                   ? shop_hex_encode(arena, (shop_str_t){SHOP_SHA1_SIZE, digest}, signature)
                   : status;
    }

    status = shop_hmac_sha256(key, text, digest);
    return status == SHOP_OK
               ? shop_base64_encode(arena, (shop_str_t){SHOP_SHA256_SIZE, digest}, signature)
               : status;
}


shop_status_t shop_vads_verify(shop_arena_t *arena, shop_vads_algorithm_t algorithm, shop_str_t key,
                               const shop_form_t *form)
{
    const shop_str_t *received = shop_form_find(form, SHOP_STR("signature"));
    shop_str_t expected;

    if (received == NULL || received->len == 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_vads_sign(arena, algorithm, key, form->pairs, form->count, &expected);
    if (status != SHOP_OK) {
        return status;
    }

    /* The written form is unique (lower-case hex, canonical base64): comparing the text refuses
     * every other spelling of the same bytes, and the other algorithm by its length. */
    return shop_secret_eq(*received, expected) ? SHOP_OK : SHOP_REFUSED;
}
