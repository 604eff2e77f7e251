/*
 * JSON written as it is said, straight into growing text: for documents that are written often,
 * where a tree of values would only be built to be dumped and thrown away. What comes out is what
 * shop_json_dump() makes of the same values.
 */

#include "base/base.h"


static void put_escaped(shop_buf_t *buf, unsigned char c);


/* Members and entries are parted by commas: the first of each has none before it. */
static void begin(shop_json_out_t *out)
{
    if (out->comma) {
        shop_buf_add_char(out->buf, ',');
    }

    out->comma = true;
}


void shop_json_out_open(shop_json_out_t *out, char bracket)
{
    begin(out);
    shop_buf_add_char(out->buf, (unsigned char) bracket);
    out->comma = false;
}


void shop_json_out_close(shop_json_out_t *out, char bracket)
{
    shop_buf_add_char(out->buf, (unsigned char) bracket);
    out->comma = true;
}


void shop_json_out_name(shop_json_out_t *out, const char *name)
{
    begin(out);
    shop_buf_add_char(out->buf, '"');
    shop_buf_add(out->buf, shop_str(name));
    shop_buf_add(out->buf, SHOP_STR("\":"));
    out->comma = false;
}


/* Runs without special characters, nearly everything, are copied whole. */
void shop_json_out_text(shop_json_out_t *out, shop_str_t text)
{
    size_t from = 0;

    if (!shop_utf8_valid(text)) {
        if (out->buf->status == SHOP_OK) {
            out->buf->status = SHOP_MALFORMED;
        }

        return;
    }

    begin(out);
    shop_buf_add_char(out->buf, '"');

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c < ' ' || c == '"' || c == '\\') {
            shop_buf_add(out->buf, (shop_str_t){i - from, text.data + from});
            put_escaped(out->buf, c);
            from = i + 1;
        }
    }

    if (from < text.len) {
        shop_buf_add(out->buf, (shop_str_t){text.len - from, text.data + from});
    }

    shop_buf_add_char(out->buf, '"');
}


static void put_escaped(shop_buf_t *buf, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                   ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

    if (letters[c] != '\0') {
        shop_buf_add_char(buf, '\\');
        shop_buf_add_char(buf, (unsigned char) letters[c]);
        return;
    }

    shop_buf_add(buf, SHOP_STR("\\u00"));
    shop_buf_add_char(buf, (unsigned char) hex[c >> 4]);
    shop_buf_add_char(buf, (unsigned char) hex[c & 15]);
}


void shop_json_out_int(shop_json_out_t *out, int64_t number)
{
    begin(out);
    shop_buf_add_int(out->buf, number);
}


void shop_json_out_true(shop_json_out_t *out)
{
    begin(out);
    shop_buf_add(out->buf, SHOP_STR("true"));
}
