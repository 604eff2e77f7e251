/*
 * Texts of customers on their way to a provider: without what breaks its grammar, cut to its limit.
 */

#include "pay/pay_internal.h"

#include <string.h>


/* Digits that a platform would take for a card number; Lyra refuses the whole form (code 999). */
static bool looks_like_card(shop_str_t text)
{
    size_t digits = 0;
    unsigned char first = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ' || text.data[i] == '-') {
            continue;
        }
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        if (digits++ == 0) {
            first = text.data[i];
        }
    }

    return digits >= 13 && digits <= 16 && first >= '3' && first <= '5';
}


shop_status_t shop_pay_clean(shop_arena_t *arena, shop_str_t text, const char *forbidden,
                             size_t characters, shop_str_t *out)
{
    shop_buf_t buf;

    *out = SHOP_STR_NULL;
    if (!shop_utf8_valid(text)) {
        return SHOP_OK;
    }

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        if (c >= 0x20 && c != 0x7f && strchr(forbidden, c) == NULL) {
            shop_buf_add_char(&buf, c);
        }
    }
    if (buf.status != SHOP_OK) {
        return buf.status;
    }

    shop_str_t cut = shop_str_trim(shop_utf8_cut(shop_str_trim(shop_buf_str(&buf)), characters));
    if (!looks_like_card(cut)) {
        *out = cut;
    }

    return SHOP_OK;
}
