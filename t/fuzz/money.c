/*
 * Fuzz target: amounts. What was accepted prints and reads back; both languages can show it.
 */

#include "fuzz.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const shop_str_t in = {size, (unsigned char *) data};
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    shop_money_t money, again;
    shop_dec_t decimal;
    shop_str_t text;

    if (shop_money_parse(in, &money) == SHOP_OK) {
        must(shop_money_print(arena, money, 4, &text) == SHOP_OK);
        must(shop_money_parse(text, &again) == SHOP_OK && again.e4 == money.e4);
        must(shop_money_format_unit(arena, money, "EUR", "fr", &text) == SHOP_OK);
        must(shop_money_format(arena, money, "JPY", "en", &text) == SHOP_OK);
        must(shop_utf8_valid(text));

        if (data[0] != '+') {
            must(shop_dec_parse(in, &decimal) == SHOP_OK);
            must(shop_dec_cmp(decimal, shop_dec_from_money(money)) == 0);
        }
    }

    shop_heap_destroy(heap);

    return 0;
}
