/*
 * Fuzz target: Accept-Language. Any header gives one of our languages, and a header made of our
 * answer alone gives the same again.
 */

#include "fuzz.h"
#include "view/view.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const shop_lang_t *list = shop_lang_list(&count);
    const shop_lang_t *lang = shop_lang_accept((shop_str_t){size, (unsigned char *) data});

    must(lang >= list && lang < list + count);
    must(shop_lang_accept(shop_str(lang->code)) == lang);

    return 0;
}
