/*
 * Amounts: 64 bits, four fractional digits, every operation checked. Half rounds away from zero
 * (objects.md 8.2).
 */

#include "base/base.h"


static const int64_t powers[] = {1, 10, 100, 1000, 10000};


shop_status_t shop_money_add(shop_money_t a, shop_money_t b, shop_money_t *sum)
{
    return __builtin_add_overflow(a.e4, b.e4, &sum->e4) ? SHOP_OVERFLOW : SHOP_OK;
}


shop_status_t shop_money_sub(shop_money_t a, shop_money_t b, shop_money_t *difference)
{
    return __builtin_sub_overflow(a.e4, b.e4, &difference->e4) ? SHOP_OVERFLOW : SHOP_OK;
}


shop_status_t shop_money_parse(shop_str_t text, shop_money_t *money)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    __int128 n;

    if (text.len > 0 && (negative || text.data[0] == '+')) {
        text.data++;
        text.len--;
    }

    shop_status_t status = shop_dec_scan(text, 4, &n);
    if (status != SHOP_OK) {
        return status;
    }

    n = negative ? -n : n;
    if (n < INT64_MIN || n > INT64_MAX) {
        return SHOP_OVERFLOW;
    }

    money->e4 = (int64_t) n;

    return SHOP_OK;
}


/* |value| / divisor, half up; the sign comes back afterwards. */
static uint64_t divide_round(uint64_t value, uint64_t divisor)
{
    return value / divisor + (value % divisor >= divisor - value % divisor);
}


shop_status_t shop_money_print(shop_arena_t *a, shop_money_t m, unsigned decimals, shop_str_t *text)
{
    uint64_t value = m.e4 < 0 ? -(uint64_t) m.e4 : (uint64_t) m.e4;
    uint64_t scale;
    bool negative;

    if (decimals > 4) {
        return SHOP_BUG;
    }

    value = divide_round(value, (uint64_t) powers[4 - decimals]);
    scale = (uint64_t) powers[decimals];
    negative = m.e4 < 0 && value > 0;

    if (decimals == 0) {
        return shop_arena_printf(a, text, "%s%llu", negative ? "-" : "",
                                 (unsigned long long) value);
    }

    return shop_arena_printf(a, text, "%s%llu.%0*llu", negative ? "-" : "",
                             (unsigned long long) (value / scale), (int) decimals,
                             (unsigned long long) (value % scale));
}


shop_status_t shop_money_to_minor(shop_money_t m, unsigned exponent, int64_t *minor)
{
    if (exponent > 4) {
        return SHOP_BUG;
    }

    if (m.e4 % powers[4 - exponent] != 0) {
        return SHOP_MALFORMED;
    }

    *minor = m.e4 / powers[4 - exponent];

    return SHOP_OK;
}


shop_status_t shop_money_from_minor(int64_t minor, unsigned exponent, shop_money_t *m)
{
    if (exponent > 4) {
        return SHOP_BUG;
    }

    return __builtin_mul_overflow(minor, powers[4 - exponent], &m->e4) ? SHOP_OVERFLOW : SHOP_OK;
}
