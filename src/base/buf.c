/*
 * Growing text. A failure sticks: callers append without looking and ask once, at the end.
 */

#include "base/base.h"

#include <string.h>


#define SHOP_BUF_FIRST 256


static bool reserve(shop_buf_t *buf, size_t more)
{
    unsigned char *data;
    size_t capacity;

    if (buf->status != SHOP_OK) {
        return false;
    }

    if (buf->limit > 0 && (more > buf->limit || buf->len > buf->limit - more)) {
        buf->status = SHOP_LIMIT;
        return false;
    }

    if (buf->capacity - buf->len >= more) {
        return true;
    }

    capacity = buf->capacity > 0 ? buf->capacity : SHOP_BUF_FIRST;
    while (capacity - buf->len < more) {
        if (capacity > SIZE_MAX / 2) {
            buf->status = SHOP_LIMIT;
            return false;
        }

        capacity *= 2;
    }

    data = shop_arena_alloc(buf->arena, capacity);
    if (data == NULL) {
        buf->status = SHOP_NO_MEMORY;
        return false;
    }

    if (buf->len > 0) {
        memcpy(data, buf->data, buf->len);
    }

    buf->data = data;
    buf->capacity = capacity;

    return true;
}


void shop_buf_init(shop_buf_t *buf, shop_arena_t *arena, size_t limit)
{
    *buf = (shop_buf_t){.arena = arena, .limit = limit, .status = SHOP_OK};
}


void shop_buf_add(shop_buf_t *buf, shop_str_t s)
{
    if (s.len > 0 && reserve(buf, s.len)) {
        memcpy(buf->data + buf->len, s.data, s.len);
        buf->len += s.len;
    }
}


void shop_buf_add_char(shop_buf_t *buf, unsigned char c)
{
    if (reserve(buf, 1)) {
        buf->data[buf->len++] = c;
    }
}


void shop_buf_add_int(shop_buf_t *buf, int64_t n)
{
    unsigned char digits[20];
    size_t i = sizeof(digits);
    uint64_t rest = n < 0 ? -(uint64_t) n : (uint64_t) n;

    do {
        digits[--i] = (unsigned char) ('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);

    if (n < 0) {
        shop_buf_add_char(buf, '-');
    }

    shop_buf_add(buf, (shop_str_t){sizeof(digits) - i, digits + i});
}


static shop_str_t html_escape(unsigned char c)
{
    switch (c) {
    case '&':
        return SHOP_STR("&amp;");

    case '<':
        return SHOP_STR("&lt;");

    case '>':
        return SHOP_STR("&gt;");

    case '"':
        return SHOP_STR("&quot;");

    case '\'':
        return SHOP_STR("&#39;");

    default:
        return SHOP_STR_NULL;
    }
}


/* Runs without special characters, nearly everything, are copied whole. */
void shop_buf_add_html(shop_buf_t *buf, shop_str_t s)
{
    size_t from = 0;
    shop_str_t escaped;

    for (size_t i = 0; i < s.len; i++) {
        escaped = html_escape(s.data[i]);

        if (escaped.data != NULL) {
            shop_buf_add(buf, (shop_str_t){i - from, s.data + from});
            shop_buf_add(buf, escaped);
            from = i + 1;
        }
    }

    if (from < s.len) {
        shop_buf_add(buf, (shop_str_t){s.len - from, s.data + from});
    }
}


void shop_buf_add_percent(shop_buf_t *buf, shop_str_t s)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = s.data[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '_' || c == '.' || c == '~') {
            shop_buf_add_char(buf, c);
            continue;
        }

        shop_buf_add_char(buf, '%');
        shop_buf_add_char(buf, (unsigned char) hex[c >> 4]);
        shop_buf_add_char(buf, (unsigned char) hex[c & 15]);
    }
}


shop_str_t shop_buf_str(const shop_buf_t *buf)
{
    return buf->data != NULL ? (shop_str_t){buf->len, buf->data} : SHOP_STR("");
}
