/*
 * Amounts as providers write them: decimal text to minor units, minor units to each provider's
 * text. payments.md 1.5; integers only.
 */

#include "pay/pay_internal.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_DIGITS_MAX 12
#define FRACTION_DIGITS_MAX 3


static size_t digits_at(shop_str_t text, size_t from)
{
    size_t n = 0;

    while (from + n < text.len && text.data[from + n] >= '0' && text.data[from + n] <= '9') {
        n++;
    }

    return n;
}


shop_status_t shop_pay_amount_parse(shop_str_t text, const shop_currency_t *currency,
                                    int64_t *minor)
{
    size_t whole = digits_at(text, 0);
    size_t fraction = 0;

    if (whole < 1 || whole > WHOLE_DIGITS_MAX) {
        return SHOP_MALFORMED;
    }

    if (whole < text.len) {
        fraction = digits_at(text, whole + 1);
        if (text.data[whole] != '.' || fraction < 1 || fraction > FRACTION_DIGITS_MAX ||
            whole + 1 + fraction != text.len) {
            return SHOP_MALFORMED;
        }
    }

    int64_t value = 0;
    for (size_t i = 0; i < whole; i++) {
        value = value * 10 + (text.data[i] - '0');
    }

    /* fifteen digits at most: no overflow */
    const unsigned char *after = text.data + (fraction > 0 ? whole + 1 : whole);
    for (size_t i = 0; i < currency->exponent; i++) {
        value = value * 10 + (i < fraction ? after[i] - '0' : 0);
    }
    for (size_t i = currency->exponent; i < fraction; i++) {
        if (after[i] != '0') {
            return SHOP_MALFORMED;
        }
    }

    *minor = value;
    return SHOP_OK;
}


const shop_currency_t *shop_pay_currency_numeric(shop_str_t numeric)
{
    /* every code of payments.md 1.5; shop_currency_find has the details */
    static const char *const codes[] = {
        "EUR", "USD", "GBP", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "RON",
        "MAD", "BRL", "MXN", "TRY", "SGD", "HKD", "JPY", "KRW", "XPF", "XOF", "XAF", "VND", "CLP",
        "HUF", "TWD", "TND", "KWD", "BHD", "JOD", "OMR", "ISK", "UGX", "MGA", "KHR", "CNY",
    };

    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const shop_currency_t *currency = shop_currency_find(shop_str(codes[i]));
        if (currency != NULL && shop_str_eq(numeric, shop_str(currency->numeric))) {
            return currency;
        }
    }

    return NULL;
}


static bool is_one_of(const shop_currency_t *currency, const char *list)
{
    return shop_pay_list_has(shop_str(list), shop_str(currency->code));
}


static int64_t power_of_ten(unsigned exponent)
{
    int64_t power = 1;

    while (exponent-- > 0) {
        power *= 10;
    }

    return power;
}


static shop_status_t print_integer(shop_arena_t *arena, int64_t amount, const char *currency,
                                   shop_pay_amount_t *out)
{
    shop_status_t status = shop_arena_printf(arena, &out->amount, "%lld", (long long) amount);

    return status == SHOP_OK ? shop_arena_copy(arena, shop_str(currency), &out->currency) : status;
}


static shop_status_t print_decimal(shop_arena_t *arena, const char *prefix, int64_t minor,
                                   unsigned decimals, shop_str_t *out)
{
    int64_t unit = power_of_ten(decimals);

    if (decimals == 0) {
        return shop_arena_printf(arena, out, "%s%lld", prefix, (long long) minor);
    }

    return shop_arena_printf(arena, out, "%s%lld.%0*lld", prefix, (long long) (minor / unit),
                             (int) decimals, (long long) (minor % unit));
}


/* Lyra's own table differs from ISO for KHR and CNY, and it has no dinar but TND and KWD. */
static shop_status_t print_systempay(shop_arena_t *arena, int64_t minor,
                                     const shop_currency_t *currency, shop_pay_amount_t *out)
{
    if (is_one_of(currency, "KHR CNY BHD JOD OMR") || minor > 999999999999) {
        return SHOP_REFUSED;
    }

    return print_integer(arena, minor, currency->numeric, out);
}


static shop_status_t print_sips(shop_arena_t *arena, int64_t minor, const shop_currency_t *currency,
                                shop_pay_amount_t *out)
{
    return minor <= 999999999999 ? print_integer(arena, minor, currency->numeric, out)
                                 : SHOP_REFUSED;
}


static shop_status_t print_minor(shop_arena_t *arena, int64_t minor,
                                 const shop_currency_t *currency, shop_pay_amount_t *out)
{
    return print_integer(arena, minor, currency->code, out);
}


static shop_status_t print_ogone(shop_arena_t *arena, int64_t minor,
                                 const shop_currency_t *currency, shop_pay_amount_t *out)
{
    return currency->exponent == 2 ? print_integer(arena, minor, currency->code, out)
                                   : SHOP_REFUSED;
}


static shop_status_t print_paypal(shop_arena_t *arena, int64_t minor,
                                  const shop_currency_t *currency, shop_pay_amount_t *out)
{
    unsigned decimals = currency->exponent;

    if (decimals == 3 || (decimals == 0 && !is_one_of(currency, "JPY"))) {
        return SHOP_REFUSED;
    }

    if (is_one_of(currency, "HUF TWD")) {
        if (minor % 100 != 0) {
            return SHOP_REFUSED;
        }
        minor /= 100;
        decimals = 0;
    }

    shop_status_t status = print_decimal(arena, "", minor, decimals, &out->amount);
    return status == SHOP_OK ? shop_arena_copy(arena, shop_str(currency->code), &out->currency)
                             : status;
}


static shop_status_t print_stripe(shop_arena_t *arena, int64_t minor,
                                  const shop_currency_t *currency, shop_pay_amount_t *out)
{
    char code[4] = {0};

    if (currency->exponent == 3 && minor % 10 != 0) {
        return SHOP_REFUSED;
    }

    if (is_one_of(currency, "ISK UGX")) {
        if (minor > INT64_MAX / 100) {
            return SHOP_REFUSED;
        }
        minor *= 100;
    } else if (is_one_of(currency, "MGA")) {
        if (minor % 100 != 0) {
            return SHOP_REFUSED;
        }
        minor /= 100;
    }

    for (size_t i = 0; i < 3; i++) {
        code[i] = (char) (currency->code[i] | 0x20);
    }

    return print_integer(arena, minor, code, out);
}


static shop_status_t print_epc(shop_arena_t *arena, int64_t minor, const shop_currency_t *currency,
                               shop_pay_amount_t *out)
{
    if (!is_one_of(currency, "EUR") || minor < 1 || minor > 99999999999) {
        return SHOP_REFUSED;
    }

    out->currency = SHOP_STR("EUR");
    return print_decimal(arena, "EUR", minor, 2, &out->amount);
}


static const struct {
    const char *provider;
    shop_status_t (*print)(shop_arena_t *arena, int64_t minor, const shop_currency_t *currency,
                           shop_pay_amount_t *out);
} providers[] = {
    {"systempay", print_systempay}, {"sips2", print_sips},    {"mercanet", print_sips},
    {"axepta", print_minor},        {"ogone", print_ogone},   {"worldline-direct", print_minor},
    {"paypal", print_paypal},       {"stripe", print_stripe}, {"epc-qr", print_epc},
};


shop_status_t shop_pay_amount_print(shop_arena_t *arena, shop_str_t provider, int64_t minor,
                                    const shop_currency_t *currency, shop_pay_amount_t *out)
{
    if (minor < 0) {
        return SHOP_REFUSED;
    }

    for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
        if (shop_str_eq(provider, shop_str(providers[i].provider))) {
            return providers[i].print(arena, minor, currency, out);
        }
    }

    return SHOP_NOT_FOUND;
}
