/*
 * Helpers of the view tests: a template set and texts from literals, and one rendering.
 */

#ifndef SHOP_T_VIEWS_H
#define SHOP_T_VIEWS_H

#include "tap.h"
#include "view/view.h"


static shop_heap_t *heap;
static shop_arena_t *arena;
static shop_strings_t *strings;


__attribute__((unused)) static void views_begin(void)
{
    heap = shop_heap_create(-1);
    arena = shop_heap_arena(heap);
    if (shop_strings_create(arena, &strings) != SHOP_OK) {
        exit(1);
    }
}


__attribute__((unused)) static void views_end(void)
{
    shop_heap_destroy(heap);
}


__attribute__((unused)) static void load_texts(const char *lang, const char *json)
{
    shop_str_t error = SHOP_STR_NULL;

    if (shop_strings_load(strings, shop_lang_find(shop_str(lang)), shop_str(json), &error) !=
        SHOP_OK) {
        printf("Bail out! %.*s\n", (int) error.len, (const char *) error.data);
        exit(1);
    }
}


/* `parts` is {name, text, ..., NULL}; the first template is rendered with `data` (JSON). */
__attribute__((unused)) static shop_status_t render_set(const char *const *parts, const char *lang,
                                                        const char *data, shop_buf_t *out)
{
    json_t *json = json_loads(data, JSON_DECODE_ANY, NULL);
    shop_view_t view = {json, strings, shop_lang_find(shop_str(lang))};
    shop_str_t error = SHOP_STR_NULL;
    shop_template_set_t *set;

    shop_status_t status = shop_template_set_create(arena, &set);
    for (size_t i = 0; status == SHOP_OK && parts[i] != NULL; i += 2) {
        status = shop_template_add(set, shop_str(parts[i]), shop_str(parts[i + 1]), &error);
    }
    if (status == SHOP_OK) {
        status = shop_template_set_link(set, &error);
    }
    if (status == SHOP_OK) {
        status = shop_template_render(shop_template_find(set, shop_str(parts[0])), &view, out);
    }
    if (error.len > 0) {
        diag("%.*s", (int) error.len, (const char *) error.data);
    }

    json_decref(json);
    return status;
}


__attribute__((unused)) static void is_rendered(const char *template, const char *data,
                                                const char *expected, const char *name)
{
    const char *parts[] = {"page", template, NULL};
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    shop_status_t status = render_set(parts, "en", data, &out);
    if (status != SHOP_OK) {
        is_int(status, SHOP_OK, name);
    } else {
        is_str(shop_buf_str(&out), expected, name);
    }
}

#endif
