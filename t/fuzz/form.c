/*
 * Fuzz target: forms. What was accepted is never longer than its text, and means the same when it
 * is encoded again.
 */

#include "fuzz.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    shop_form_t form, again;
    shop_buf_t buf;
    size_t decoded = 0;

    if (shop_form_parse(arena, (shop_str_t){size, (unsigned char *) data}, 200, &form) == SHOP_OK) {
        shop_buf_init(&buf, arena, 0);

        for (size_t i = 0; i < form.count; i++) {
            decoded += form.pairs[i].name.len + form.pairs[i].value.len;
            shop_buf_add_percent(&buf, form.pairs[i].name);
            shop_buf_add_char(&buf, '=');
            shop_buf_add_percent(&buf, form.pairs[i].value);
            shop_buf_add_char(&buf, '&');
        }

        must(decoded <= size);
        must(shop_form_parse(arena, shop_buf_str(&buf), 201, &again) == SHOP_OK);
        must(again.count == form.count && again.duplicate == form.duplicate);

        for (size_t i = 0; i < form.count; i++) {
            must(shop_str_eq(form.pairs[i].name, again.pairs[i].name));
            must(shop_str_eq(form.pairs[i].value, again.pairs[i].value));
        }
    }

    shop_heap_destroy(heap);

    return 0;
}
