/*
 * Languages: choosing one for a browser, texts and their fallbacks.
 */

#include "views.h"


static void test_accept(void)
{
    static const struct {
        const char *header, *code;
    } cases[] = {
        {"", "en"},
        {"fr", "fr"},
        {"fr-CA,fr;q=0.8,en;q=0.5", "fr"},
        {"FR", "fr"},
        {"de,fr;q=0.3", "fr"},
        {"de", "en"},
        {"en;q=0.4, fr;q=0.5", "fr"},
        {"en;q=0.5, fr;q=0.5", "en"},
        {"fr;q=0.5, en;q=0.5", "fr"},
        {"fr;q=0", "en"},
        {"fr;q=0.001", "fr"},
        {"fr;q=1.000,en", "fr"},
        {"fr;q=1.001,en;q=0.1", "en"},
        {"fr;q=.9,en;q=0.1", "en"},
        {"fr;q=0.1234,en;q=0.1", "en"},
        {"fr;q=,en;q=0.1", "en"},
        {"fr;q=-1,en;q=0.1", "en"},
        {"fr ; q=0.9 , en;q=0.1", "fr"},
        {"fr;level=1;q=0.1,en;q=0.2", "en"},
        {"*,fr;q=0.9", "en"},
        {"*;q=0.1,fr;q=0.9", "fr"},
        {",,;;,fr", "fr"},
        {"fra", "en"},
        {"f", "en"},
        {"-fr", "en"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_str(shop_str(shop_lang_accept(shop_str(cases[i].header))->code), cases[i].code,
               cases[i].header);
    }

    shop_buf_t many;
    shop_buf_init(&many, arena, 0);
    for (size_t i = 0; i < 64; i++) {
        shop_buf_add(&many, SHOP_STR("de,"));
    }
    shop_buf_add(&many, SHOP_STR("fr"));
    is_str(shop_str(shop_lang_accept(shop_buf_str(&many))->code), "en",
           "the 65th range is not looked at");
}


static void test_texts(void)
{
    const shop_lang_t *fr = shop_lang_find(SHOP_STR("fr"));
    const shop_lang_t *en = shop_lang_find(SHOP_STR("en"));

    is_str(shop_lang_text(strings, fr, SHOP_STR("x")), "x", "no text at all: the key");
    load_texts("en", "{\"a\": \"A\", \"b\": \"B\", \"empty\": \"\"}");
    load_texts("fr", "{\"a\": \"Ä\"}");
    is_str(shop_lang_text(strings, fr, SHOP_STR("a")), "Ä", "the language's own");
    is_str(shop_lang_text(strings, fr, SHOP_STR("b")), "B", "else the default's");
    is_str(shop_lang_text(strings, en, SHOP_STR("c")), "c", "else the key");
    is_str(shop_lang_text(strings, en, SHOP_STR("empty")), "", "an empty text is a text");
    ok(shop_lang_find_text(strings, en, SHOP_STR("c")).data == NULL, "told apart");

    shop_buf_t json;
    shop_buf_init(&json, arena, 0);
    shop_buf_add_char(&json, '{');
    for (int i = 0; i < 500; i++) {
        shop_buf_add(&json, i == 0 ? SHOP_STR("\"n0") : SHOP_STR(",\"n"));
        shop_buf_add_int(&json, i);
        shop_buf_add(&json, SHOP_STR("\":\"v"));
        shop_buf_add_int(&json, i);
        shop_buf_add_char(&json, '"');
    }
    shop_buf_add(&json, SHOP_STR("}"));
    shop_buf_add_char(&json, '\0');
    load_texts("fr", (const char *) json.data);
    is_str(shop_lang_text(strings, fr, SHOP_STR("n499")), "v499", "the table grows");
    is_str(shop_lang_text(strings, fr, SHOP_STR("a")), "Ä", "and keeps what it had");
    load_texts("fr", "{\"a\": \"Â\"}");
    is_str(shop_lang_text(strings, fr, SHOP_STR("a")), "Â", "a later file replaces");
}


static void test_bad_files(void)
{
    static const char *const files[] = {
        "", "[]", "{\"a\": 1}", "{\"a\": {}}", "{\"\": \"x\"}", "{\"a\": \"x\", \"a\": \"y\"}"};
    shop_str_t error;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        error = SHOP_STR_NULL;
        is_int(shop_strings_load(strings, shop_lang_default(), shop_str(files[i]), &error),
               SHOP_MALFORMED, files[i]);
        ok(error.len > 0, "and why: %.*s", (int) error.len, (const char *) error.data);
    }
}


static void test_registry(void)
{
    size_t count;
    const shop_lang_t *list = shop_lang_list(&count);

    for (size_t i = 0; i < count; i++) {
        is_int((long long) list[i].index, (long long) i, list[i].name);
        ok(shop_lang_find(shop_str(list[i].code)) == &list[i], "found by its code");
    }
    ok(shop_lang_find(SHOP_STR("xx")) == NULL, "a language that we do not have");
    ok(shop_lang_find(SHOP_STR("")) == NULL, "no language");
}


int main(void)
{
    views_begin();
    test_registry();
    test_accept();
    test_texts();
    test_bad_files();
    views_end();
    return done_testing();
}
