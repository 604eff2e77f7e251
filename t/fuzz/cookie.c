/*
 * Fuzz target: cookies. A value that is found lies inside the header, right behind its name.
 */

#include "fuzz.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const shop_str_t header = {size, (unsigned char *) data};
    shop_str_t value;

    if (shop_cookie_find(header, SHOP_STR("shopsid"), &value)) {
        must(value.data >= data + 8 && value.data + value.len <= data + size);
        must(shop_str_starts((shop_str_t){8, value.data - 8}, SHOP_STR("shopsid=")));
        must(value.len == 0 || value.data[0] != ';');
    }

    return 0;
}
