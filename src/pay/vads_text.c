/*
 * What may be written into a field of the vads form.
 *
 * Values are joined by an unescaped "+" before they are signed, so a "+" that a customer typed
 * would let somebody move the boundary between two values: it is never sent. Quotes, brackets and
 * line ends are refused by the platform or harmful on its pages.
 */

#include "pay/vads.h"

#include <string.h>


shop_status_t shop_vads_clean(shop_arena_t *arena, shop_str_t text, size_t characters,
                              shop_str_t *out)
{
    return shop_pay_clean(arena, text, "\"<>+", characters, out);
}


shop_status_t shop_vads_clean_email(shop_arena_t *arena, shop_str_t email, shop_str_t *out)
{
    shop_str_t plain = email;
    const unsigned char *plus = email.len > 0 ? memchr(email.data, '+', email.len) : NULL;

    *out = SHOP_STR_NULL;
    if (plus != NULL) {
        size_t local = (size_t) (plus - email.data);
        const unsigned char *at = memchr(plus, '@', email.len - local);

        if (local == 0 || at == NULL) {
            return SHOP_OK;
        }

        shop_status_t status =
            shop_arena_printf(arena, &plain, "%.*s%.*s", (int) local, (const char *) email.data,
                              (int) (email.len - (size_t) (at - email.data)), (const char *) at);
        if (status != SHOP_OK) {
            return status;
        }
    }

    /* an address that had to be changed further, or cut, would be somebody else's */
    shop_status_t status = shop_vads_clean(arena, plain, 150, out);
    if (status == SHOP_OK && !shop_str_eq(*out, plain)) {
        *out = SHOP_STR_NULL;
    }

    return status;
}


shop_status_t shop_vads_clean_phone(shop_arena_t *arena, shop_str_t phone, shop_str_t *out)
{
    shop_str_t plain = shop_str_trim(phone);

    if (plain.len > 0 && plain.data[0] == '+') {
        shop_status_t status = shop_arena_printf(arena, &plain, "00%.*s", (int) (plain.len - 1),
                                                 (const char *) plain.data + 1);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return shop_vads_clean(arena, plain, 32, out);
}


shop_str_t shop_vads_language(shop_str_t language)
{
    static const char spoken[] = "de en zh es fr it ja nl pl pt ru sv tr";

    return shop_pay_list_has(SHOP_STR(spoken), language) ? language : SHOP_STR("en");
}
