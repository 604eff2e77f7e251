/*
 * Amounts for people, in the customs of their language.
 */

#include "base/base.h"

#include <string.h>


#define SHOP_NNBSP "\xE2\x80\xAF" /* U+202F, between groups and before a symbol's companions */
#define SHOP_NBSP "\xC2\xA0"


/* "1234567.50" becomes "1 234 567,50" or "1,234,567.50". */
static void add_grouped(shop_buf_t *buf, shop_str_t plain, const char *group, const char *point)
{
    shop_str_t rest = plain, whole;

    if (!shop_str_split(&rest, '.', &whole)) {
        return;
    }

    for (size_t i = 0; i < whole.len; i++) {
        if (i > 0 && (whole.len - i) % 3 == 0) {
            shop_buf_add(buf, shop_str(group));
        }

        shop_buf_add_char(buf, whole.data[i]);
    }

    if (rest.data != NULL) {
        shop_buf_add(buf, shop_str(point));
        shop_buf_add(buf, rest);
    }
}


/* "CHF" and "lei" stand apart from the digits, "CA$" does not. */
static bool is_word(shop_str_t symbol)
{
    unsigned char first = (unsigned char) (symbol.data[0] | 0x20);

    return first >= 'a' && first <= 'z' && symbol.data[symbol.len - 1] != '$';
}


static shop_status_t format(shop_arena_t *a, shop_money_t m, const shop_currency_t *currency,
                            unsigned decimals, const char *lang, shop_str_t *text)
{
    bool french = strncmp(lang, "fr", 2) == 0;
    bool word = is_word(shop_str(currency->symbol));
    shop_buf_t buf;
    shop_str_t plain;
    shop_status_t status = shop_money_print(a, m, decimals, &plain);

    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&buf, a, 0);

    if (plain.data[0] == '-') {
        shop_buf_add(&buf, SHOP_STR("\xE2\x88\x92")); /* U+2212, the minus sign of typography */
        plain.data++;
        plain.len--;
    }

    if (french) {
        add_grouped(&buf, plain, SHOP_NNBSP, ",");
        shop_buf_add(&buf, SHOP_STR(SHOP_NBSP));
        shop_buf_add(&buf, shop_str(currency->symbol));

    } else {
        shop_buf_add(&buf, shop_str(currency->symbol));
        if (word) {
            shop_buf_add(&buf, SHOP_STR(SHOP_NBSP));
        }
        add_grouped(&buf, plain, ",", ".");
    }

    *text = shop_buf_str(&buf);

    return buf.status;
}


shop_status_t shop_money_format(shop_arena_t *a, shop_money_t m, const char *currency,
                                const char *lang, shop_str_t *text)
{
    const shop_currency_t *known = shop_currency_find(shop_str(currency));

    return known != NULL ? format(a, m, known, known->exponent, lang, text) : SHOP_NOT_FOUND;
}


/* objects.md 8.2: the currency's decimals, three when the third is not zero. */
shop_status_t shop_money_format_unit(shop_arena_t *a, shop_money_t m, const char *currency,
                                     const char *lang, shop_str_t *text)
{
    const shop_currency_t *known = shop_currency_find(shop_str(currency));
    unsigned decimals;

    if (known == NULL) {
        return SHOP_NOT_FOUND;
    }

    decimals = known->exponent;
    if (decimals < 3 && (m.e4 / 10) % 10 != 0) {
        decimals = 3;
    }

    return format(a, m, known, decimals, lang, text);
}
