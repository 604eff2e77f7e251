/*
 * The {{#str}} helper: keys, arguments, escaping once, languages.
 */

#include "views.h"


static void test_forms(void)
{
    static const struct {
        const char *name, *template, *data, *expected;
    } cases[] = {
        {"key alone", "{{#str}}bold{{/str}}", "{}", "<b>yes</b>"},
        {"blanks around the key", "{{#str}}\n bold \n{{/str}}", "{}", "<b>yes</b>"},
        {"plain argument", "{{#str}}hello, {{x}}{{/str}}", "{\"x\":\"<i>\"}", "Hello &lt;i&gt;!"},
        {"constant before a value", "{{#str}}hello, Mrs {{x}} {{/str}}", "{\"x\":\"X\"}",
         "Hello Mrs X!"},
        {"commas in the argument", "{{#str}}hello, {{x}}, {{y}}{{/str}}",
         "{\"x\":\"a,b\",\"y\":\"c\"}", "Hello a,b, c!"},
        {"JSON argument", "{{#str}}both, {\"n\": {{n}}, \"who\": \"{{who}}\"}{{/str}}",
         "{\"n\":3,\"who\":\"O'Neil\"}", "3 for O&#39;Neil, none"},
        {"quotes and backslashes stay harmless",
         "{{#str}}both, {\"n\": \"{{n}}\", \"who\": \"{{{who}}}\"}{{/str}}",
         "{\"n\":\"a\\\\\\\"\\n\\u0007\",\"who\":\"\\\"<\\\\\"}", "a\\&quot;\n\a for \"<\\, none"},
        {"spoilt JSON is a plain argument", "{{#str}}hello, {\"n\": {{n}}}{{/str}}",
         "{\"n\":\"x\"}", "Hello {\"n\": x}!"},
        {"a value is never taken for JSON", "{{#str}}hello, {{x}}{{/str}}",
         "{\"x\":\"{\\\"n\\\": 1}\"}", "Hello {&quot;n&quot;: 1}!"},
        {"key from a value", "{{#str}}state_{{s}}{{/str}}", "{\"s\":\"ok\"}", "Done"},
        {"key from a value, with argument", "{{#str}}{{s}}, {{x}}{{/str}}",
         "{\"s\":\"hello\",\"x\":\"<\"}", "Hello &lt;!"},
        {"key from a value, with JSON", "{{#str}}bo{{s}}, {\"n\": {{n}}}{{/str}}",
         "{\"s\":\"th\",\"n\":2}", "2 for , none"},
        {"the component of Moodle", "{{#str}}hello, local_shop, {{x}}{{/str}}", "{\"x\":1}",
         "Hello 1!"},
        {"the component alone", "{{#str}}bold, local_shop{{/str}}", "{}", "<b>yes</b>"},
        {"missing key", "{{#str}}no_such_key{{/str}}", "{}", "no_such_key"},
        {"no argument given", "{{#str}}hello{{/str}}", "{}", "Hello !"},
        {"placeholders in values are not filled in", "{{#str}}hello, {{x}}{{/str}}",
         "{\"x\":\"{$a}\"}", "Hello {$a}!"},
        {"inside a list", "{{#l}}{{#str}}hello, {{.}}{{/str}} {{/l}}", "{\"l\":[1,2]}",
         "Hello 1! Hello 2! "},
        {"inside the argument of another", "{{#str}}hello, {{#str}}bold{{/str}}{{/str}}", "{}",
         "Hello <b>yes</b>!"},
        {"braces that are no placeholder", "{{#str}}braces, {{x}}{{/str}}", "{\"x\":1}",
         "{ {$ {$b} {$a- 1 {$a->open"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_rendered(cases[i].template, cases[i].data, cases[i].expected, cases[i].name);
    }
}


static void test_languages(void)
{
    const char *parts[] = {"page", "{{#str}}hello, {{x}}{{/str}} {{#str}}bold{{/str}}", NULL};
    const char *plain[] = {"p.text", "{{#str}}both, {\"n\": \"{{n}}\"}{{/str}}", NULL};
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    is_int(render_set(parts, "fr", "{\"x\":\"É\"}", &out), SHOP_OK, "in French");
    is_str(shop_buf_str(&out), "Bonjour É <b>yes</b>", "what French lacks is English");

    shop_buf_init(&out, arena, 0);
    is_int(render_set(plain, "en", "{\"n\":\"<\\\"\\\\>\"}", &out), SHOP_OK, "in a text");
    is_str(shop_buf_str(&out), "<\"\\> for , none", "quotes and mark-up survive unchanged");
}


int main(void)
{
    views_begin();
    load_texts("en", "{\"hello\": \"Hello {$a}!\", \"bold\": \"<b>yes</b>\", \"state_ok\": "
                     "\"Done\", \"both\": \"{$a->n} for {$a->who}, none{$a->nobody}\", "
                     "\"braces\": \"{ {$ {$b} {$a- {$a} {$a->open\"}");
    load_texts("fr", "{\"hello\": \"Bonjour {$a}\"}");
    test_forms();
    test_languages();
    views_end();
    return done_testing();
}
