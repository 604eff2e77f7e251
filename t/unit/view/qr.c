/*
 * QR symbols: size, shape, bounds. What scanners read is checked by eye and by the browser tests.
 */

#include "views.h"

#include <string.h>


static shop_status_t draw(shop_str_t payload, shop_str_t *svg)
{
    *svg = SHOP_STR_NULL;
    return shop_qr_svg(arena, payload, svg);
}


int main(void)
{
    unsigned char bytes[332];
    shop_str_t svg;

    views_begin();
    memset(bytes, 'a', sizeof(bytes));

    is_int(draw(SHOP_STR("BCD"), &svg), SHOP_OK, "a short payload");
    ok(shop_str_starts(svg, SHOP_STR("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"shop-qr\" "
                                     "aria-hidden=\"true\" focusable=\"false\" "
                                     "shape-rendering=\"crispEdges\" viewBox=\"0 0 29 29\">")),
       "21 modules and the margin");
    const char finder[] = "M4 4h7v1h-7z";
    ok(strstr(shop_arena_cstring(arena, svg), finder) != NULL, "the corner's first bar");

    is_int(draw((shop_str_t){331, bytes}, &svg), SHOP_OK, "331 bytes");
    is_int(draw((shop_str_t){332, bytes}, &svg), SHOP_LIMIT, "332 bytes");
    is_int(draw(SHOP_STR(""), &svg), SHOP_MALFORMED, "nothing");

    shop_heap_t *poor = shop_heap_create(0);
    is_int(shop_qr_svg(shop_heap_arena(poor), SHOP_STR("BCD"), &svg), SHOP_NO_MEMORY, "no memory");
    shop_heap_destroy(poor);

    views_end();
    return done_testing();
}
