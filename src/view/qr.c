/*
 * QR symbols as SVG: one path of horizontal bars, drawn by the browser without any picture file.
 */

#include "view/view.h"

#include <errno.h>
#include <qrencode.h>

#define MARGIN 4 /* modules of white that the standard wants */
#define VERSION_MAX 13
#define PAYLOAD_MAX 331


static void add_bar(shop_buf_t *out, int x, int y, int width)
{
    shop_buf_add_char(out, 'M');
    shop_buf_add_int(out, x + MARGIN);
    shop_buf_add_char(out, ' ');
    shop_buf_add_int(out, y + MARGIN);
    shop_buf_add_char(out, 'h');
    shop_buf_add_int(out, width);
    shop_buf_add(out, SHOP_STR("v1h-"));
    shop_buf_add_int(out, width);
    shop_buf_add_char(out, 'z');
}


static void add_bars(shop_buf_t *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (size_t) y * (size_t) code->width;
        int from = 0;

        for (int x = 0; x <= code->width; x++) {
            bool dark = x < code->width && (row[x] & 1) != 0;
            if (dark) {
                continue;
            }
            if (x > from) {
                add_bar(out, from, y, x - from);
            }
            from = x + 1;
        }
    }
}


static shop_status_t draw(shop_arena_t *arena, const QRcode *code, shop_str_t *svg)
{
    shop_buf_t out;
    int side = code->width + 2 * MARGIN;

    shop_buf_init(&out, arena, 0);
    shop_buf_add(&out, SHOP_STR("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"shop-qr\" "
                                "aria-hidden=\"true\" focusable=\"false\" "
                                "shape-rendering=\"crispEdges\" viewBox=\"0 0 "));
    shop_buf_add_int(&out, side);
    shop_buf_add_char(&out, ' ');
    shop_buf_add_int(&out, side);
    shop_buf_add(&out, SHOP_STR("\"><path fill=\"#fff\" d=\"M0 0h"));
    shop_buf_add_int(&out, side);
    shop_buf_add_char(&out, 'v');
    shop_buf_add_int(&out, side);
    shop_buf_add(&out, SHOP_STR("H0z\"/><path fill=\"#000\" d=\""));
    add_bars(&out, code);
    shop_buf_add(&out, SHOP_STR("\"/></svg>"));

    *svg = shop_buf_str(&out);
    return out.status;
}


shop_status_t shop_qr_svg(shop_arena_t *arena, shop_str_t payload, shop_str_t *svg)
{
    if (payload.len == 0) {
        return SHOP_MALFORMED;
    }
    if (payload.len > PAYLOAD_MAX) {
        return SHOP_LIMIT;
    }

    QRcode *code = QRcode_encodeData((int) payload.len, payload.data, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        return errno == ENOMEM ? SHOP_NO_MEMORY : SHOP_LIMIT;
    }

    shop_status_t status = code->version > VERSION_MAX ? SHOP_LIMIT : draw(arena, code, svg);
    QRcode_free(code);
    return status;
}
