/*
 * Fuzz target: Mustache templates with hostile values. The input is a template, a NUL, and a value.
 *
 * What is escaped never brings a raw '<' from a value into the page. Cutting at the slot changes no
 * byte around it.
 */

#include "fuzz.h"
#include "view/view.h"

#include <string.h>

#define OUTPUT_MAX 65536


static json_t *make_data(shop_str_t value)
{
    json_t *text = shop_json_str(value);
    json_t *data;

    if (text == NULL) {
        text = json_string("<\"'&>\\");
    }
    data = json_pack("{s:O, s:{s:O}, s:[O, i, {s:O}], s:b, s:i, s:f, s:s}", "x", text, "o", "x",
                     text, "l", text, 0, "x", text, "t", 1, "n", -7, "r", 0.1, "slot", "");
    json_decref(text);
    must(data != NULL);
    return data;
}


/* Only templates without mark-up of their own, raw values and escapes say something about '<'. */
static bool is_innocent(shop_str_t template)
{
    for (size_t i = 0; i < template.len; i++) {
        if (strchr("<&=\\", template.data[i]) != NULL ||
            (i > 1 && memcmp(template.data + i - 2, "{{{", 3) == 0)) {
            return false;
        }
        if (template.data[i] == '{' && i > 0 && template.data[i - 1] <= ' ') {
            return false; /* "{{ {x}}}" is raw as well */
        }
    }

    return true;
}


static void check(shop_arena_t *arena, shop_str_t text, const shop_view_t *view)
{
    shop_template_set_t *set;
    shop_str_t error = SHOP_STR_NULL;
    shop_buf_t page, cut;
    shop_str_t head, tail;

    must(shop_template_set_create(arena, &set) == SHOP_OK);
    shop_status_t status = shop_template_add(set, SHOP_STR("p"), text, &error);
    if (status != SHOP_OK) {
        must(error.len > 0);
        return;
    }
    must(shop_template_add(set, SHOP_STR("q"), SHOP_STR("[{{x}}]\n"), &error) == SHOP_OK);
    status = shop_template_set_link(set, &error);
    must(status == SHOP_OK || status == SHOP_NOT_FOUND);

    const shop_template_t *template = shop_template_find(set, SHOP_STR("p"));
    shop_buf_init(&page, arena, OUTPUT_MAX);
    status = shop_template_render(template, view, &page);
    must(status == SHOP_OK || status == SHOP_LIMIT);
    must(page.len <= OUTPUT_MAX);
    must(!is_innocent(text) || page.len == 0 || memchr(page.data, '<', page.len) == NULL);

    shop_buf_init(&cut, arena, OUTPUT_MAX);
    if (shop_template_render_split(template, view, &cut, &head, &tail) == SHOP_OK) {
        must(head.len + tail.len == cut.len && page.len == cut.len);
        must(cut.len == 0 || memcmp(page.data, cut.data, cut.len) == 0);
    }
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size == 0 ? NULL : memchr(data, 0, size);
    size_t len = nul == NULL ? size : (size_t) (nul - data);
    shop_str_t text = {len, (unsigned char *) data};
    shop_str_t value = {nul == NULL ? 0 : size - len - 1, (unsigned char *) data + len + 1};
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    shop_str_t error = SHOP_STR_NULL;
    shop_strings_t *strings;

    if (nul == NULL) {
        value = SHOP_STR("");
    }
    must(shop_strings_create(arena, &strings) == SHOP_OK);
    must(shop_strings_load(strings, shop_lang_default(),
                           SHOP_STR("{\"k\": \"[{$a}]\", \"j\": \"[{$a->n}]\"}"),
                           &error) == SHOP_OK);

    json_t *object = make_data(value);
    check(arena, text, &(shop_view_t){object, strings, NULL});
    json_decref(object);
    shop_heap_destroy(heap);

    return 0;
}
