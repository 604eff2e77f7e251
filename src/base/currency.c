/*
 * The currencies that we know: ISO 4217 codes, decimals and symbols. One that is not here is
 * refused; there is no default number of decimals (payments.md 1.5).
 */

#include "base/base.h"


static const shop_currency_t currencies[] = {
    {"EUR", "978", "\xE2\x82\xAC", 2}, {"USD", "840", "$", 2},
    {"GBP", "826", "\xC2\xA3", 2},     {"CHF", "756", "CHF", 2},
    {"CAD", "124", "CA$", 2},          {"AUD", "036", "A$", 2},
    {"NZD", "554", "NZ$", 2},          {"SEK", "752", "SEK", 2},
    {"NOK", "578", "NOK", 2},          {"DKK", "208", "DKK", 2},
    {"PLN", "985", "z\xC5\x82", 2},    {"CZK", "203", "K\xC4\x8D", 2},
    {"RON", "946", "lei", 2},          {"MAD", "504", "DH", 2},
    {"BRL", "986", "R$", 2},           {"MXN", "484", "MX$", 2},
    {"TRY", "949", "\xE2\x82\xBA", 2}, {"SGD", "702", "S$", 2},
    {"HKD", "344", "HK$", 2},          {"ILS", "376", "\xE2\x82\xAA", 2},
    {"JPY", "392", "\xC2\xA5", 0},     {"KRW", "410", "\xE2\x82\xA9", 0},
    {"XPF", "953", "XPF", 0},          {"XOF", "952", "XOF", 0},
    {"XAF", "950", "XAF", 0},          {"VND", "704", "\xE2\x82\xAB", 0},
    {"CLP", "152", "CLP", 0},          {"HUF", "348", "Ft", 2},
    {"TWD", "901", "NT$", 2},          {"TND", "788", "DT", 3},
    {"KWD", "414", "KWD", 3},          {"BHD", "048", "BHD", 3},
    {"JOD", "400", "JOD", 3},          {"OMR", "512", "OMR", 3},
    {"ISK", "352", "ISK", 0},          {"UGX", "800", "UGX", 0},
    {"MGA", "969", "MGA", 2},          {"KHR", "116", "KHR", 2},
    {"CNY", "156", "CN\xC2\xA5", 2},
};


const shop_currency_t *shop_currency_find(shop_str_t code)
{
    for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
        if (shop_str_eq(code, shop_str(currencies[i].code))) {
            return &currencies[i];
        }
    }

    return NULL;
}
