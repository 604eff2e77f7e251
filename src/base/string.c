/*
 * Strings: bytes with a length. Views are cheap, nothing here allocates.
 */

#include "base/base.h"

#include <string.h>


static unsigned char lower(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') ? (unsigned char) (c | 0x20) : c;
}


static bool blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}


shop_str_t shop_str(const char *cstring)
{
    if (cstring == NULL) {
        return SHOP_STR("");
    }

    return (shop_str_t){strlen(cstring), (unsigned char *) cstring};
}


bool shop_str_eq(shop_str_t a, shop_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


bool shop_str_eq_nocase(shop_str_t a, shop_str_t b)
{
    if (a.len != b.len) {
        return false;
    }

    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) {
            return false;
        }
    }

    return true;
}


bool shop_str_starts(shop_str_t s, shop_str_t prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}


int shop_str_cmp(shop_str_t a, shop_str_t b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;

    if (order != 0) {
        return order;
    }

    return (a.len > b.len) - (a.len < b.len);
}


shop_str_t shop_str_trim(shop_str_t s)
{
    while (s.len > 0 && blank(s.data[0])) {
        s.data++;
        s.len--;
    }

    while (s.len > 0 && blank(s.data[s.len - 1])) {
        s.len--;
    }

    return s;
}


/* An empty string has one, empty, part; `rest` becomes data NULL after the last part. */
bool shop_str_split(shop_str_t *rest, unsigned char separator, shop_str_t *part)
{
    unsigned char *found;

    if (rest->data == NULL) {
        return false;
    }

    found = rest->len > 0 ? memchr(rest->data, separator, rest->len) : NULL;

    if (found == NULL) {
        *part = *rest;
        *rest = SHOP_STR_NULL;
        return true;
    }

    part->data = rest->data;
    part->len = (size_t) (found - rest->data);
    rest->data = found + 1;
    rest->len -= part->len + 1;

    return true;
}


shop_status_t shop_str_to_int(shop_str_t s, int64_t *value)
{
    int64_t n = 0;

    if (s.len == 0) {
        return SHOP_MALFORMED;
    }

    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9') {
            return SHOP_MALFORMED;
        }

        if (__builtin_mul_overflow(n, (int64_t) 10, &n) ||
            __builtin_add_overflow(n, (int64_t) (s.data[i] - '0'), &n)) {
            return SHOP_OVERFLOW;
        }
    }

    *value = n;
    return SHOP_OK;
}


/* Length of the well-formed sequence at p (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t length;

    if (p[0] < 0x80) {
        return p[0] != 0;
    }

    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        length = 2;

    } else if ((p[0] & 0xF0) == 0xE0) {
        length = 3;
        low = p[0] == 0xE0 ? 0xA0 : low;
        high = p[0] == 0xED ? 0x9F : high;

    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        length = 4;
        low = p[0] == 0xF0 ? 0x90 : low;
        high = p[0] == 0xF4 ? 0x8F : high;

    } else {
        return 0;
    }

    if (left < length || p[1] < low || p[1] > high) {
        return 0;
    }

    for (size_t i = 2; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }

    return length;
}


bool shop_utf8_valid(shop_str_t s)
{
    size_t i = 0, n;

    while (i < s.len) {
        n = utf8_sequence(s.data + i, s.len - i);
        if (n == 0) {
            return false;
        }

        i += n;
    }

    return true;
}


size_t shop_utf8_length(shop_str_t s)
{
    size_t count = 0;

    for (size_t i = 0; i < s.len; i++) {
        count += (s.data[i] & 0xC0) != 0x80;
    }

    return count;
}


shop_str_t shop_utf8_cut(shop_str_t s, size_t characters)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((s.data[i] & 0xC0) == 0x80) {
            continue;
        }

        if (characters == 0) {
            s.len = i;
            break;
        }

        characters--;
    }

    return s;
}
