/*
 * Windows-1252 to UTF-8: what providers of another age call their charset.
 */

#include "base/base.h"


/* The characters of 0x80 to 0x9f, where it differs from ISO 8859-1; 0: none. */
static const uint16_t special[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};


static uint16_t character(unsigned char byte)
{
    uint16_t c = byte >= 0x80 && byte < 0xa0 ? special[byte - 0x80] : byte;

    return c != 0 || byte == 0 ? c : 0xfffd;
}


static void add_utf8(shop_buf_t *buf, uint16_t c)
{
    if (c < 0x80) {
        shop_buf_add_char(buf, (unsigned char) c);
        return;
    }

    if (c < 0x800) {
        shop_buf_add_char(buf, (unsigned char) (0xc0 | c >> 6));
    } else {
        shop_buf_add_char(buf, (unsigned char) (0xe0 | c >> 12));
        shop_buf_add_char(buf, (unsigned char) (0x80 | (c >> 6 & 0x3f)));
    }
    shop_buf_add_char(buf, (unsigned char) (0x80 | (c & 0x3f)));
}


shop_status_t shop_windows1252_decode(shop_arena_t *arena, shop_str_t in, shop_str_t *out)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < in.len; i++) {
        add_utf8(&buf, character(in.data[i]));
    }
    *out = shop_buf_str(&buf);

    return buf.status;
}
