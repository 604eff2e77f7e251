/*
 * Amounts: reading, printing, sums at their limits, minor units, customs of languages.
 */

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_parse(void)
{
    static const struct {
        const char *text;
        shop_status_t status;
        int64_t e4;
    } cases[] = {
        {"12", SHOP_OK, 120000},
        {"-12.3", SHOP_OK, -123000},
        {"+12.3456", SHOP_OK, 123456},
        {"0", SHOP_OK, 0},
        {"-0", SHOP_OK, 0},
        {"922337203685477.5807", SHOP_OK, INT64_MAX},
        {"-922337203685477.5808", SHOP_OK, INT64_MIN},
        {"922337203685477.5808", SHOP_OVERFLOW, 0},
        {"922337203685478", SHOP_OVERFLOW, 0},
        {"-922337203685477.5809", SHOP_OVERFLOW, 0},
        {"99999999999999999999", SHOP_OVERFLOW, 0},
        {"", SHOP_MALFORMED, 0},
        {"-", SHOP_MALFORMED, 0},
        {".5", SHOP_MALFORMED, 0},
        {"5.", SHOP_MALFORMED, 0},
        {"1.23456", SHOP_MALFORMED, 0},
        {"1,5", SHOP_MALFORMED, 0},
        {"1.2.3", SHOP_MALFORMED, 0},
        {"1e3", SHOP_MALFORMED, 0},
        {" 1", SHOP_MALFORMED, 0},
        {"--1", SHOP_MALFORMED, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_money_t money = SHOP_MONEY_ZERO;
        const shop_status_t status = shop_money_parse(shop_str(cases[i].text), &money);

        ok(status == cases[i].status && (status != SHOP_OK || money.e4 == cases[i].e4),
           "\"%s\" is read", cases[i].text);
    }
}


static void check_print(shop_arena_t *arena)
{
    static const struct {
        int64_t e4;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {12345, 4, "1.2345"},   {12345, 3, "1.235"},
        {12344, 3, "1.234"},    {-12345, 3, "-1.235"},
        {12350, 2, "1.24"},     {5000, 0, "1"},
        {4999, 0, "0"},         {-5000, 0, "-1"},
        {-4999, 0, "0"},        {-49, 2, "0.00"},
        {50, 2, "0.01"},        {0, 2, "0.00"},
        {99995000, 0, "10000"}, {INT64_MIN, 4, "-922337203685477.5808"},
    };
    shop_str_t text;

    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!ok(shop_money_print(arena, (shop_money_t){cases[i].e4}, cases[i].decimals, &text) ==
                    SHOP_OK,
                "prints")) {
            continue;
        }
        is_str(text, cases[i].text, cases[i].text);
    }

    ok(shop_money_print(arena, SHOP_MONEY_ZERO, 5, &text) == SHOP_BUG, "five decimals are a bug");
}


/* parse(print(x)) = x, over a walk through all magnitudes. */
static void check_there_and_back(shop_arena_t *arena)
{
    int64_t e4 = 1;
    bool same = true;

    for (int i = 0; i < 300; i++) {
        shop_money_t back = SHOP_MONEY_ZERO;
        shop_str_t text;

        same = same && shop_money_print(arena, (shop_money_t){e4}, 4, &text) == SHOP_OK &&
               shop_money_parse(text, &back) == SHOP_OK && back.e4 == e4;
        e4 = (int64_t) ((uint64_t) e4 * 6364136223846793005U + 1442695040888963407U);
        e4 >>= i % 60;
        e4 = i % 2 ? e4 : ~e4;
    }

    ok(same, "what was printed is read back");
}


static void check_sums(void)
{
    const shop_money_t most = {INT64_MAX}, least = {INT64_MIN}, one = {1};
    shop_money_t out;
    int64_t minor;

    ok(shop_money_add(most, one, &out) == SHOP_OVERFLOW, "a sum beyond the range");
    ok(shop_money_sub(least, one, &out) == SHOP_OVERFLOW, "a difference beyond the range");
    ok(shop_money_add(most, least, &out) == SHOP_OK && out.e4 == -1, "the range is two's");
    ok(shop_money_to_minor((shop_money_t){123400}, 2, &minor) == SHOP_OK && minor == 1234, "cents");
    ok(shop_money_to_minor((shop_money_t){123450}, 2, &minor) == SHOP_MALFORMED, "half a cent");
    ok(shop_money_to_minor((shop_money_t){-50000}, 0, &minor) == SHOP_OK && minor == -5, "yen");
    ok(shop_money_from_minor(1234, 3, &out) == SHOP_OK && out.e4 == 12340, "millimes");
    ok(shop_money_from_minor(INT64_MAX, 2, &out) == SHOP_OVERFLOW, "too many cents");
}


static void check_formats(shop_arena_t *arena)
{
    static const struct {
        int64_t e4;
        const char *currency;
        const char *lang;
        const char *text;
        const char *unit;
    } cases[] = {
        {12345000, "EUR", "fr", "1\u202f234,50\u00a0€", "1\u202f234,50\u00a0€"},
        {12345000, "EUR", "en", "€1,234.50", "€1,234.50"},
        {-12345000, "EUR", "en", "\u2212€1,234.50", "\u2212€1,234.50"},
        {12345670, "EUR", "fr", "1\u202f234,57\u00a0€", "1\u202f234,567\u00a0€"},
        {12345000, "TND", "en", "DT\u00a01,234.500", "DT\u00a01,234.500"},
        {12340000, "JPY", "en", "¥1,234", "¥1,234"},
        {10000, "CHF", "en", "CHF\u00a01.00", "CHF\u00a01.00"},
        {10000, "CAD", "en", "CA$1.00", "CA$1.00"},
        {9990000, "EUR", "en", "€999.00", "€999.00"},
        {10000000000, "EUR", "fr", "1\u202f000\u202f000,00\u00a0€",
         "1\u202f000\u202f000,00\u00a0€"},
    };
    shop_str_t text;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_money_t money = {cases[i].e4};

        if (ok(shop_money_format(arena, money, cases[i].currency, cases[i].lang, &text) == SHOP_OK,
               "%s is known", cases[i].currency)) {
            is_str(text, cases[i].text, "an amount");
        }
        if (ok(shop_money_format_unit(arena, money, cases[i].currency, cases[i].lang, &text) ==
                   SHOP_OK,
               "%s is known", cases[i].currency)) {
            is_str(text, cases[i].unit, "a unit price");
        }
    }

    ok(shop_money_format(arena, SHOP_MONEY_ZERO, "XYZ", "en", &text) == SHOP_NOT_FOUND,
       "an unknown currency");
    ok(shop_currency_find(SHOP_STR("eur")) == NULL, "codes are upper case");
}


/* The n-th allocation fails: a clean error each time, success at last. */
static void check_torture(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long n;

    for (n = 0; n < 50 && status == SHOP_NO_MEMORY; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_str_t text;

        status =
            shop_money_format(shop_heap_arena(heap), (shop_money_t){12345000}, "EUR", "fr", &text);
        shop_heap_destroy(heap);
    }

    ok(status == SHOP_OK && n > 2, "formatting survives each failing allocation");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_parse();
    check_print(arena);
    check_there_and_back(arena);
    check_sums();
    check_formats(arena);
    check_torture();
    shop_heap_destroy(heap);

    return done_testing();
}
