/*
 * Rendering beyond the public specification: escaping, truth, limits, cuts, failing memory.
 */

#include "views.h"


static void test_values(void)
{
    static const struct {
        const char *name, *template, *data, *expected;
    } cases[] = {
        {"all five characters are escaped", "{{x}}", "{\"x\":\"<a href='b'>\\\"&\"}",
         "&lt;a href=&#39;b&#39;&gt;&quot;&amp;"},
        {"raw in both forms", "{{{x}}}{{&x}}", "{\"x\":\"<b>\"}", "<b><b>"},
        {"integers", "{{x}}", "{\"x\":-12}", "-12"},
        {"reals keep no noise", "{{x}} {{y}}", "{\"x\":0.1,\"y\":1.21}", "0.1 1.21"},
        {"booleans", "{{x}} {{y}}", "{\"x\":true,\"y\":false}", "true false"},
        {"null, objects and lists print nothing", "[{{x}}{{y}}{{z}}]",
         "{\"x\":null,\"y\":{},\"z\":[1]}", "[]"},
        {"an empty string is false", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no"},
        {"zero is false", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "no"},
        {"zero as real is false", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0.0}", "no"},
        {"an empty object is true", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":{}}", "yes"},
        {"the text \"0\" is true", "{{#x}}yes{{/x}}", "{\"x\":\"0\"}", "yes"},
        {"members are not looked for in outer contexts", "{{#a}}[{{b.c}}]{{/a}}",
         "{\"b\":{\"c\":1},\"a\":{\"b\":{}}}", "[]"},
        {"a scalar as the whole data", "{{.}}", "\"<\"", "&lt;"},
        {"nothing at all", "", "{}", ""},
        {"windows line ends stay", "a\r\n{{#x}}\r\nb\r\n{{/x}}\r\n", "{\"x\":true}", "a\r\nb\r\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_rendered(cases[i].template, cases[i].data, cases[i].expected, cases[i].name);
    }
}


static void test_plain(void)
{
    const char *parts[] = {"mail.text", "{{x}} {{> part}}", "part", "{{x}}", NULL};
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    is_int(render_set(parts, "en", "{\"x\":\"<&>\"}", &out), SHOP_OK, "a text template renders");
    is_str(shop_buf_str(&out), "<&> <&>", "nothing is escaped in it, nor in its partials");
}


static void test_partials(void)
{
    const char *nested[] = {"page", "  {{> a}}\n", "a", "1\n  {{> b}}\n2\n",
                            "b",    "x\n{{y}}\n",  NULL};
    const char *inline_one[] = {"page", "  {{> a}}\n", "a", "1\n- {{> b}}!\n2\n",
                                "b",    "x\ny",        NULL};
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    is_int(render_set(nested, "en", "{\"y\":\"u\\nv\"}", &out), SHOP_OK, "partials in partials");
    is_str(shop_buf_str(&out), "  1\n    x\n    u\nv\n  2\n",
           "indentations add up, values are not indented");

    shop_buf_init(&out, arena, 0);
    is_int(render_set(inline_one, "en", "{}", &out), SHOP_OK, "a partial within a line");
    is_str(shop_buf_str(&out), "  1\n  - x\ny!\n  2\n", "is not indented itself");
}


static void test_limits(void)
{
    const char *endless[] = {"page", "{{> page}}", NULL};
    const char *steps[] = {"page",
                           "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}"
                           "{{/l}}",
                           NULL};
    const char *long_one[] = {"page", "{{#l}}0123456789{{/l}}", NULL};
    const char list[] = "{\"l\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}";
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    is_int(render_set(endless, "en", "{}", &out), SHOP_LIMIT, "endless partials are stopped");
    shop_buf_init(&out, arena, 0);
    is_int(render_set(steps, "en", list, &out), SHOP_LIMIT, "silent loops are stopped");
    shop_buf_init(&out, arena, 100);
    is_int(render_set(long_one, "en", list, &out), SHOP_LIMIT, "the buffer's limit holds");
    ok(out.len <= 100, "and is not passed");
}


static void split_case(const char *template, shop_status_t expected, const char *head_text,
                       const char *tail_text, const char *name)
{
    json_t *json = json_pack("{s:s, s:s}", "x", "<", "slot", "plain");
    shop_view_t view = {.data = json};
    shop_str_t error = SHOP_STR_NULL;
    shop_str_t head = SHOP_STR_NULL;
    shop_str_t tail = SHOP_STR_NULL;
    shop_template_set_t *set;
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    shop_buf_add(&out, SHOP_STR("before"));
    if (shop_template_set_create(arena, &set) != SHOP_OK ||
        shop_template_add(set, SHOP_STR("page"), shop_str(template), &error) != SHOP_OK) {
        ok(false, "%s: parsed", name);
        json_decref(json);
        return;
    }

    shop_status_t status = shop_template_render_split(shop_template_find(set, SHOP_STR("page")),
                                                      &view, &out, &head, &tail);
    is_int(status, expected, name);
    if (status == SHOP_OK) {
        is_str(head, head_text, "head");
        is_str(tail, tail_text, "tail");
    }
    json_decref(json);
}


static void test_split(void)
{
    split_case("a{{x}}{{{slot}}}{{x}}b", SHOP_OK, "a&lt;", "&lt;b", "cut at the slot");
    split_case("{{{slot}}}", SHOP_OK, "", "", "nothing but the slot");
    split_case("{{slot}}", SHOP_NOT_FOUND, "", "", "an escaped name is no slot");
    split_case("{{{slot}}}{{{slot}}}", SHOP_MALFORMED, "", "", "two slots are refused");
    is_rendered("[{{{slot}}}]", "{\"slot\":\"<x>\"}", "[<x>]", "a value where nothing is cut");
}


/* TU-4: every allocation fails once. */
static void test_memory(void)
{
    const char *parts[] = {
        "page", "{{#a}}{{b.c}} {{#str}}k, {\"n\": \"{{b.c}}\"}{{/str}}\n  {{> p}}\n{{/a}}", "p",
        "{{{b.c}}}\n", NULL};
    shop_arena_t *usual = arena;
    shop_status_t status = SHOP_NO_MEMORY;
    long allowed = 0;

    for (; status == SHOP_NO_MEMORY && allowed < 200; allowed++) {
        shop_heap_t *poor = shop_heap_create(allowed);
        shop_buf_t out;

        arena = shop_heap_arena(poor);
        shop_buf_init(&out, arena, 0);
        status = render_set(parts, "en", "{\"a\":[1,2],\"b\":{\"c\":\"<x>\"}}", &out);
        if (status == SHOP_OK) {
            is_str(shop_buf_str(&out),
                   "&lt;x&gt; n &lt;x&gt;\n  <x>\n&lt;x&gt; n &lt;x&gt;\n  <x>\n",
                   "with enough memory the page is right");
        }
        shop_heap_destroy(poor);
    }

    arena = usual;
    is_int(status, SHOP_OK, "every lack of memory is told");
    ok(allowed > 5, "several allocations were tried (%ld)", allowed);
}


int main(void)
{
    views_begin();
    load_texts("en", "{\"k\": \"n {$a->n}\"}");

    test_values();
    test_plain();
    test_partials();
    test_limits();
    test_split();
    test_memory();

    views_end();
    return done_testing();
}
