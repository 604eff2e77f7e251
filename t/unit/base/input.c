/*
 * What arrives from outside: forms, cookies, JSON, moments as text.
 */

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_forms(shop_arena_t *arena)
{
    static const struct {
        shop_str_t body;
        shop_status_t status;
        size_t count;
        bool duplicate;
    } cases[] = {
        {{0, NULL}, SHOP_OK, 0, false},
        {{1, (unsigned char *) "&"}, SHOP_OK, 0, false},
        {{3, (unsigned char *) "a=1"}, SHOP_OK, 1, false},
        {{7, (unsigned char *) "a=1&a=2"}, SHOP_OK, 2, true},
        {{9, (unsigned char *) "a=1&%61=2"}, SHOP_OK, 2, true},
        {{2, (unsigned char *) "=b"}, SHOP_OK, 1, false},
        {{4, (unsigned char *) "a=%4"}, SHOP_MALFORMED, 0, false},
        {{5, (unsigned char *) "a=%4g"}, SHOP_MALFORMED, 0, false},
        {{5, (unsigned char *) "a=%00"}, SHOP_MALFORMED, 0, false},
        {{4, (unsigned char *) "a=\0b"}, SHOP_MALFORMED, 0, false},
        {{7, (unsigned char *) "a&b&c&d"}, SHOP_LIMIT, 0, false},
    };
    shop_form_t form;

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_status_t status = shop_form_parse(arena, cases[i].body, 3, &form);

        ok(status == cases[i].status &&
               (status != SHOP_OK ||
                (form.count == cases[i].count && form.duplicate == cases[i].duplicate)),
           "form %zu", i);
    }

    if (ok(shop_form_parse(arena, SHOP_STR("n=a+b%2B%C3%A9&empty&e=x=y&s=+q+"), 9, &form) ==
               SHOP_OK,
           "a whole form")) {
        is_str(*shop_form_find(&form, SHOP_STR("n")), "a b+é", "decoded once");
        is_str(shop_form_text(&form, "empty"), "", "a name without value");
        is_str(shop_form_text(&form, "e"), "x=y", "the first = divides");
        is_str(shop_form_text(&form, "s"), "q", "trimmed");
        ok(shop_form_find(&form, SHOP_STR("N")) == NULL, "names have a case");
    }
}


static void check_cookies(void)
{
    const shop_str_t header = SHOP_STR("a=1; shopsid=x=y;  b=;c");
    shop_str_t value;

    ok(shop_cookie_find(header, SHOP_STR("shopsid"), &value), "a cookie in the middle");
    is_str(value, "x=y", "its value");
    ok(shop_cookie_find(header, SHOP_STR("b"), &value) && value.len == 0, "an empty cookie");
    ok(!shop_cookie_find(header, SHOP_STR("c"), &value), "a name without =");
    ok(!shop_cookie_find(header, SHOP_STR("sid"), &value), "no part of a name");
}


static void check_json(shop_arena_t *arena)
{
    static const char *const bad[] = {"",     "{",           "{} x",     "{\"a\":1,\"a\":2}",
                                      "[1,]", "\"\\u0000\"", "\"\xC3\"", "nul"};
    const shop_str_t text = SHOP_STR(
        "{\"t\":\"é\",\"i\":7,\"b\":true,\"m\":\"12.5\",\"r\":12.345,\"n\":-3,\"x\":\"y\"}");
    shop_buf_t deep;
    shop_str_t dumped;
    json_t *json, *again;

    for (size_t i = 0; i < COUNT(bad); i++) {
        is_int(shop_json_parse(shop_str(bad[i]), 100, &json), SHOP_MALFORMED, bad[i]);
    }

    ok(shop_json_parse(text, 5, &json) == SHOP_LIMIT, "too many bytes");
    shop_buf_init(&deep, arena, 0);
    for (int i = 0; i < 33; i++) {
        shop_buf_add_char(&deep, '[');
    }
    for (int i = 0; i < 33; i++) {
        shop_buf_add_char(&deep, ']');
    }
    ok(shop_json_parse(shop_buf_str(&deep), 100, &json) == SHOP_MALFORMED, "33 levels");

    if (!ok(shop_json_parse(text, 1000, &json) == SHOP_OK, "an object")) {
        return;
    }

    is_str(shop_json_text(json, "t"), "é", "text");
    is_str(shop_json_text(json, "i"), "", "no text");
    is_int(shop_json_int(json, "i"), 7, "integer");
    is_int(shop_json_int(json, "t"), 0, "no integer");
    ok(shop_json_bool(json, "b") && !shop_json_bool(json, "i"), "booleans");
    is_int(shop_json_money(json, "m").e4, 125000, "money as text");
    is_int(shop_json_money(json, "r").e4, 123450, "money as number");
    is_int(shop_json_money(json, "n").e4, -30000, "money as integer");
    is_int(shop_json_money(json, "x").e4, 0, "no money");
    if (ok(shop_json_dump(arena, json, &dumped) == SHOP_OK, "dumped") &&
        ok(shop_json_parse(dumped, 1000, &again) == SHOP_OK, "read again")) {
        ok(json_equal(json, again), "equal to what was dumped");
        json_decref(again);
    }
    json_decref(json);
    ok(shop_json_str(SHOP_STR("\xFF")) == NULL, "no JSON of invalid UTF-8");
}


static void check_moments(void)
{
    static const struct {
        const char *text;
        shop_status_t status;
        int64_t seconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", SHOP_OK, 0},
        {"2026-11-24", SHOP_OK, 1795478400},
        {"2026-11-24T02:00:00+02:00", SHOP_OK, 1795478400},
        {"2026-11-24 00:00:00.123456+00", SHOP_OK, 1795478400},
        {"2024-02-29T00:00:00Z", SHOP_OK, 1709164800},
        {"1969-12-31T23:59:59Z", SHOP_OK, -1},
        {"2023-02-29", SHOP_MALFORMED, 0},
        {"2023-13-01", SHOP_MALFORMED, 0},
        {"2023-1-1", SHOP_MALFORMED, 0},
        {"2023-01-01T24:00:00Z", SHOP_MALFORMED, 0},
        {"2023-01-01T00:00:00Zx", SHOP_MALFORMED, 0},
        {"", SHOP_MALFORMED, 0},
    };
    char iso[21], compact[15];
    bool same = true;

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t seconds = 0;
        const shop_status_t status = shop_time_parse(shop_str(cases[i].text), &seconds);

        ok(status == cases[i].status && seconds == cases[i].seconds, "moment \"%s\"",
           cases[i].text);
    }

    for (int64_t s = -62167219200; s < 253402300800; s += 86400 * 37 + 4321) {
        int64_t back = 0;

        shop_time_iso(s, iso);
        same = same && shop_time_parse(shop_str(iso), &back) == SHOP_OK && back == s;
    }
    ok(same, "what was printed is read back, over ten thousand years");

    shop_time_compact(1795478400, compact);
    is_str(shop_str(compact), "20261124000000", "compact");
}


static void check_days(shop_arena_t *arena)
{
    shop_str_t text;

    ok(shop_time_date(arena, 1795478400, 3600, "fr", &text) == SHOP_OK, "a day in French");
    is_str(text, "24 novembre 2026", "French");
    ok(shop_time_date(arena, 1795478400, -3600, "en", &text) == SHOP_OK, "a day in English");
    is_str(text, "23 November 2026", "an hour to the west");
    ok(shop_time_date(arena, 1709251200, 0, "fr", &text) == SHOP_OK, "a first day");
    is_str(text, "1er mars 2024", "the first");
    ok(shop_time_date(arena, INT64_MAX, INT32_MAX, "en", &text) == SHOP_OK, "the end of time");
    is_str(text, "31 December 9999", "is bounded");
}


static void check_torture(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long n;

    for (n = 0; n < 50 && status == SHOP_NO_MEMORY; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_form_t form;

        status = shop_form_parse(shop_heap_arena(heap), SHOP_STR("a=1&b=2"), 5, &form);
        shop_heap_destroy(heap);
    }

    ok(status == SHOP_OK && n > 5, "each failing allocation is told");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_forms(arena);
    check_cookies();
    check_json(arena);
    check_moments();
    check_days(arena);
    check_torture();
    shop_heap_destroy(heap);

    return done_testing();
}
