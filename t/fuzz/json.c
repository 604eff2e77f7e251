/*
 * Fuzz target: JSON. What was accepted is written and read back as the same value.
 */

#include "fuzz.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shop_heap_t *heap = shop_heap_create(-1);
    json_t *json, *again;
    shop_str_t text;

    if (shop_json_parse((shop_str_t){size, (unsigned char *) data}, 4096, &json) == SHOP_OK) {
        must(size <= 4096);
        must(shop_json_dump(shop_heap_arena(heap), json, &text) == SHOP_OK);
        must(shop_json_parse(text, SIZE_MAX, &again) == SHOP_OK);
        must(json_equal(json, again) == 1);
        (void) shop_json_money(json, "m");
        json_decref(again);
        json_decref(json);
    }

    shop_heap_destroy(heap);

    return 0;
}
