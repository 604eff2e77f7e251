/*
 * Intermediate results: 128 bits, twelve fractional digits. Products and quotients are exact before
 * they are rounded, half away from zero, to twelve digits; what does not fit is SHOP_OVERFLOW.
 */

#include "base/base.h"


typedef unsigned __int128 u128;

#define SHOP_DEC_ONE ((__int128) 1000000000000)
#define SHOP_DEC_DIGITS 12


/* 256 bits, as two halves. */
typedef struct {
    u128 high;
    u128 low;
} wide_t;


static u128 magnitude(__int128 n)
{
    return n < 0 ? -(u128) n : (u128) n;
}


static wide_t multiply(u128 a, u128 b)
{
    u128 mask = ((u128) 1 << 64) - 1;
    u128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    u128 low = a0 * b0, middle1 = a1 * b0, middle2 = a0 * b1;
    u128 carry = (low >> 64) + (middle1 & mask) + (middle2 & mask);
    wide_t product;

    product.low = (low & mask) | (carry << 64);
    product.high = a1 * b1 + (middle1 >> 64) + (middle2 >> 64) + (carry >> 64);

    return product;
}


/* Schoolbook division bit by bit; false when the quotient needs more than 127 bits. */
static bool divide_wide(wide_t n, u128 divisor, u128 *quotient, u128 *remainder)
{
    u128 rest = 0, q = 0;

    for (int bit = 255; bit >= 0; bit--) {
        bool top = (rest >> 127) != 0;
        u128 digit = bit >= 128 ? (n.high >> (bit - 128)) & 1 : (n.low >> bit) & 1;

        rest = (rest << 1) | digit;

        if ((q >> 126) != 0) {
            return false;
        }

        q <<= 1;

        if (top || rest >= divisor) {
            rest -= divisor;
            q |= 1;
        }
    }

    *quotient = q;
    *remainder = rest;

    return true;
}


static bool divide_round(wide_t n, u128 divisor, u128 *quotient)
{
    u128 rest, q;

    /* Amounts and rates of a shop stay below 10^14: the machine divides them by itself. */
    if (n.high == 0) {
        q = n.low / divisor;
        rest = n.low % divisor;

    } else if (!divide_wide(n, divisor, &q, &rest)) {
        return false;
    }

    /* Half or more of the divisor is left: away from zero. */
    if (rest >= divisor - rest) {
        q++;
    }

    *quotient = q;
    return (q >> 127) == 0;
}


static shop_status_t with_sign(u128 value, bool negative, shop_dec_t *d)
{
    d->e12 = negative ? -(__int128) value : (__int128) value;

    return SHOP_OK;
}


shop_dec_t shop_dec_from_money(shop_money_t m)
{
    return (shop_dec_t){(__int128) m.e4 * 100000000};
}


shop_dec_t shop_dec_from_int(int64_t n)
{
    return (shop_dec_t){(__int128) n * SHOP_DEC_ONE};
}


shop_status_t shop_dec_add(shop_dec_t a, shop_dec_t b, shop_dec_t *sum)
{
    return __builtin_add_overflow(a.e12, b.e12, &sum->e12) ? SHOP_OVERFLOW : SHOP_OK;
}


shop_status_t shop_dec_sub(shop_dec_t a, shop_dec_t b, shop_dec_t *difference)
{
    return __builtin_sub_overflow(a.e12, b.e12, &difference->e12) ? SHOP_OVERFLOW : SHOP_OK;
}


shop_status_t shop_dec_mul(shop_dec_t a, shop_dec_t b, shop_dec_t *product)
{
    u128 x = magnitude(a.e12), y = magnitude(b.e12), q;
    bool negative = (a.e12 < 0) != (b.e12 < 0);

    /* The usual case: both fit 63 bits, and so does everything on the way. */
    if ((x >> 63) == 0 && (y >> 63) == 0) {
        u128 whole = x * y, one = (u128) SHOP_DEC_ONE;

        q = whole / one + (whole % one >= one / 2);
        return with_sign(q, negative, product);
    }

    if (!divide_round(multiply(x, y), (u128) SHOP_DEC_ONE, &q)) {
        return SHOP_OVERFLOW;
    }

    return with_sign(q, negative, product);
}


shop_status_t shop_dec_div(shop_dec_t a, shop_dec_t b, shop_dec_t *quotient)
{
    u128 q;

    if (b.e12 == 0) {
        return SHOP_OVERFLOW;
    }

    if (!divide_round(multiply(magnitude(a.e12), (u128) SHOP_DEC_ONE), magnitude(b.e12), &q)) {
        return SHOP_OVERFLOW;
    }

    return with_sign(q, (a.e12 < 0) != (b.e12 < 0), quotient);
}


shop_status_t shop_dec_scan(shop_str_t text, unsigned scale, __int128 *scaled)
{
    bool dot = false;
    unsigned decimals = 0, digits = 0;
    __int128 n = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c == '.' && !dot && digits > 0) {
            dot = true;
            continue;
        }

        if (c < '0' || c > '9' || (dot && ++decimals > scale)) {
            return SHOP_MALFORMED;
        }

        digits++;

        if (__builtin_mul_overflow(n, (__int128) 10, &n) ||
            __builtin_add_overflow(n, (__int128) (c - '0'), &n)) {
            return SHOP_OVERFLOW;
        }
    }

    if (digits == 0 || (dot && decimals == 0)) {
        return SHOP_MALFORMED;
    }

    for (unsigned i = decimals; i < scale; i++) {
        if (__builtin_mul_overflow(n, (__int128) 10, &n)) {
            return SHOP_OVERFLOW;
        }
    }

    *scaled = n;

    return SHOP_OK;
}


shop_status_t shop_dec_parse(shop_str_t text, shop_dec_t *d)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    __int128 n;

    if (negative) {
        text.data++;
        text.len--;
    }

    shop_status_t status = shop_dec_scan(text, SHOP_DEC_DIGITS, &n);
    if (status == SHOP_OK) {
        d->e12 = negative ? -n : n;
    }

    return status;
}


int shop_dec_cmp(shop_dec_t a, shop_dec_t b)
{
    return (a.e12 > b.e12) - (a.e12 < b.e12);
}


shop_status_t shop_dec_round(shop_dec_t d, unsigned decimals, shop_money_t *rounded)
{
    static const uint64_t units[] = {1000000000000, 100000000000, 10000000000, 1000000000,
                                     100000000};
    u128 value = magnitude(d.e12), unit, q;
    __int128 e4;

    if (decimals > 4) {
        return SHOP_BUG;
    }

    unit = units[decimals];
    q = value / unit + (value % unit >= unit - value % unit);

    for (unsigned i = decimals; i < 4; i++) {
        if (__builtin_mul_overflow(q, (u128) 10, &q)) {
            return SHOP_OVERFLOW;
        }
    }

    if (q > (u128) INT64_MAX) {
        return SHOP_OVERFLOW;
    }

    e4 = d.e12 < 0 ? -(__int128) q : (__int128) q;
    rounded->e4 = (int64_t) e4;

    return SHOP_OK;
}
