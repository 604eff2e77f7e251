/*
 * Functions of decimals that formulas know beyond the four operations.
 */

#include "base/base.h"

#include <math.h>


#define SHOP_DEC_UNIT 1000000000000.0L
#define SHOP_DEC_EXPONENT_MAX 1000


static shop_status_t from_real(long double value, shop_dec_t *d)
{
    long double scaled = roundl(value * SHOP_DEC_UNIT);

    if (!(fabsl(scaled) < 1e37L)) {
        return SHOP_OVERFLOW;
    }

    d->e12 = (__int128) scaled;

    return SHOP_OK;
}


static long double to_real(shop_dec_t d)
{
    return (long double) d.e12 / SHOP_DEC_UNIT;
}


/* Newton's iteration from an extended-precision guess: two rounds are enough for twelve digits. */
shop_status_t shop_dec_sqrt(shop_dec_t a, shop_dec_t *root)
{
    shop_dec_t guess = {0}, quotient, sum;
    shop_status_t status;

    if (a.e12 < 0) {
        return SHOP_OVERFLOW;
    }

    status = from_real(sqrtl(to_real(a)), &guess);

    for (int round = 0; status == SHOP_OK && guess.e12 > 0 && round < 2; round++) {
        status = shop_dec_div(a, guess, &quotient);

        if (status == SHOP_OK) {
            status = shop_dec_add(guess, quotient, &sum);
        }

        if (status == SHOP_OK) {
            guess.e12 = (sum.e12 + 1) / 2;
        }
    }

    *root = guess;
    return status;
}


shop_status_t shop_dec_log(shop_dec_t a, shop_dec_t *logarithm)
{
    if (a.e12 <= 0) {
        return SHOP_OVERFLOW;
    }

    return from_real(logl(to_real(a)), logarithm);
}


static shop_status_t whole_power(shop_dec_t base, int64_t exponent, shop_dec_t *power)
{
    shop_dec_t result = shop_dec_from_int(1);
    shop_status_t status = SHOP_OK;

    while (exponent > 0 && status == SHOP_OK) {
        if (exponent & 1) {
            status = shop_dec_mul(result, base, &result);
        }

        exponent >>= 1;

        if (exponent > 0 && status == SHOP_OK) {
            status = shop_dec_mul(base, base, &base);
        }
    }

    *power = result;
    return status;
}


shop_status_t shop_dec_pow(shop_dec_t a, shop_dec_t b, shop_dec_t *power)
{
    const __int128 one = shop_dec_from_int(1).e12;
    bool inverse = b.e12 < 0;
    shop_status_t status;

    if (b.e12 > SHOP_DEC_EXPONENT_MAX * one || b.e12 < -SHOP_DEC_EXPONENT_MAX * one) {
        return SHOP_OVERFLOW;
    }

    if (b.e12 % one != 0) {
        return a.e12 > 0 ? from_real(powl(to_real(a), to_real(b)), power) : SHOP_OVERFLOW;
    }

    status = whole_power(a, (int64_t) ((inverse ? -b.e12 : b.e12) / one), power);

    if (status == SHOP_OK && inverse) {
        status = shop_dec_div(shop_dec_from_int(1), *power, power);
    }

    return status;
}
