/*
 * Structured creditor references, ISO 11649: "RF", two check digits, 1 to 21 letters and digits.
 */

#include "pay/pay_internal.h"

#include <stdio.h>
#include <string.h>

#define REFERENCE_MAX 21
#define RF_HEAD 4 /* "RF" and the check digits */

/* The head as it is while the check digits are not known yet. */
static const unsigned char open_head[RF_HEAD] = {'R', 'F', '0', '0'};


shop_status_t shop_rf_create(shop_arena_t *arena, shop_str_t reference, shop_str_t *rf)
{
    unsigned char text[REFERENCE_MAX + RF_HEAD];
    size_t len = shop_mod97_compact(reference, text, REFERENCE_MAX);

    if (len == 0) {
        return SHOP_MALFORMED;
    }
    memcpy(text + len, open_head, RF_HEAD);

    int check = 98 - shop_mod97((shop_str_t){len + RF_HEAD, text});

    return shop_arena_printf(arena, rf, "RF%02d%.*s", check, (int) len, (const char *) text);
}


bool shop_rf_valid(shop_str_t text)
{
    unsigned char rf[RF_HEAD + REFERENCE_MAX];
    size_t len = shop_mod97_compact(text, rf, sizeof(rf));

    if (len <= RF_HEAD || memcmp(rf, "RF", 2) != 0) {
        return false;
    }

    return shop_pay_is_digits((shop_str_t){2, rf + 2}) && shop_mod97_rotated(rf, len);
}
