/*
 * Templates that are refused, and the messages that name them.
 */

#include "views.h"

#include <string.h>


static void test_errors(void)
{
    static const struct {
        const char *template, *error;
    } cases[] = {
        {"a\nb{{x", "template \"p\" line 2: a tag is not closed: \"{{x\""},
        {"{{{x}}", "template \"p\" line 1: a tag is not closed: \"{{{x}}\""},
        {"{{=<% %>", "template \"p\" line 1: a tag is not closed: \"{{=<% %>\""},
        {"{{#a}}\n\n", "template \"p\" line 1: a section is not closed: \"a\""},
        {"\n{{/a}}", "template \"p\" line 2: nothing is open for \"a\""},
        {"{{#a}}{{#b}}{{/a}}{{/b}}", "template \"p\" line 1: another section is open than \"a\""},
        {"{{}}", "template \"p\" line 1: not a name: \"\""},
        {"{{a b}}", "template \"p\" line 1: not a name: \"a b\""},
        {"{{a..b}}", "template \"p\" line 1: a name has an empty part: \"a..b\""},
        {"{{a.}}", "template \"p\" line 1: a name has an empty part: \"a.\""},
        {"{{.a}}", "template \"p\" line 1: a name has an empty part: \".a\""},
        {"{{=a=}}", "template \"p\" line 1: not a pair of delimiters: \"a\""},
        {"{{=a b c=}}", "template \"p\" line 1: not a pair of delimiters: \"a b c\""},
        {"{{#str}}a, {\"n\": \"{{#str}}b{{/str}}\"}{{/str}}",
         "template \"p\" line 1: no text or partial may stand in the JSON of \"str\""},
        {"{{#str}}a, {\"n\": \"{{>b}}\"}{{/str}}",
         "template \"p\" line 1: no text or partial may stand in the JSON of \"str\""},
        {"{{#str}}{{/str}}", "template \"p\" line 1: a text without a key: \"str\""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_template_set_t *set;
        shop_str_t error = SHOP_STR_NULL;

        if (shop_template_set_create(arena, &set) != SHOP_OK) {
            exit(1);
        }
        is_int(shop_template_add(set, SHOP_STR("p"), shop_str(cases[i].template), &error),
               SHOP_MALFORMED, cases[i].error);
        is_str(error, cases[i].error, "message");
    }
}


static void test_bounds(void)
{
    char deep[65 * 6 + 1];
    size_t huge_len = 1024 * 1024 + 1;
    shop_str_t huge = {huge_len, shop_arena_alloc(arena, huge_len)};
    shop_str_t error = SHOP_STR_NULL;
    shop_template_set_t *set;

    for (size_t i = 0; i < 65; i++) {
        snprintf(deep + 6 * i, sizeof(deep) - 6 * i, "{{#a}}");
    }
    memset(huge.data, 'x', huge_len);

    if (shop_template_set_create(arena, &set) != SHOP_OK) {
        exit(1);
    }
    is_int(shop_template_add(set, SHOP_STR("a"), shop_str(deep), &error), SHOP_LIMIT,
           "65 sections within each other");
    is_int(shop_template_add(set, SHOP_STR("a"), SHOP_STR("{{a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a}}"),
                             &error),
           SHOP_LIMIT, "17 parts of a name");
    is_int(shop_template_add(set, SHOP_STR("a"), huge, &error), SHOP_LIMIT, "over a megabyte");
}


static void test_set(void)
{
    shop_str_t error = SHOP_STR_NULL;
    shop_template_set_t *set;

    if (shop_template_set_create(arena, &set) != SHOP_OK) {
        exit(1);
    }
    is_int(shop_template_add(set, SHOP_STR("a"), SHOP_STR("{{> mail/b}}"), &error), SHOP_OK, "add");
    is_int(shop_template_add(set, SHOP_STR("a"), SHOP_STR(""), &error), SHOP_REFUSED,
           "a name that is taken");
    is_str(error, "template \"a\" twice", "message");
    is_int(shop_template_set_link(set, &error), SHOP_NOT_FOUND, "a partial is missing");
    is_str(error, "template \"a\" uses \"mail/b\", which is missing", "message");
    ok(shop_template_find(set, SHOP_STR("mail/b")) == NULL, "it cannot be found");
    is_int(shop_template_add(set, SHOP_STR("mail/b"), SHOP_STR("x"), &error), SHOP_OK, "add it");
    is_int(shop_template_set_link(set, &error), SHOP_OK, "now all are there");
    ok(shop_template_find(set, SHOP_STR("mail/b")) != NULL, "and found");
}


int main(void)
{
    views_begin();
    test_errors();
    test_bounds();
    test_set();
    views_end();
    return done_testing();
}
