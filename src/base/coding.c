/*
 * Hexadecimal, base64 in its two alphabets, base32, percent-encoding. Decoders accept exactly what
 * the encoders write (hex in both cases): anything else may be an attempt to say one thing in two
 * ways.
 */

#include "base/base.h"


static const char alphabet64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";


static shop_status_t output(shop_arena_t *a, size_t len, shop_str_t *out)
{
    out->data = shop_arena_alloc(a, len + 1);
    out->len = len;

    if (out->data == NULL) {
        return SHOP_NO_MEMORY;
    }

    out->data[len] = '\0';
    return SHOP_OK;
}


shop_status_t shop_hex_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    static const char hex[] = "0123456789abcdef";

    if (output(a, in.len * 2, out) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < in.len; i++) {
        out->data[2 * i] = (unsigned char) hex[in.data[i] >> 4];
        out->data[2 * i + 1] = (unsigned char) hex[in.data[i] & 15];
    }

    return SHOP_OK;
}


static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return (c >= 'A' && c <= 'F') ? c - 'A' + 10 : -1;
}


shop_status_t shop_hex_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    int high, low;

    if (in.len % 2 != 0) {
        return SHOP_MALFORMED;
    }

    if (output(a, in.len / 2, out) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < out->len; i++) {
        high = hex_value(in.data[2 * i]);
        low = hex_value(in.data[2 * i + 1]);

        if (high < 0 || low < 0) {
            return SHOP_MALFORMED;
        }

        out->data[i] = (unsigned char) (high * 16 + low);
    }

    return SHOP_OK;
}


/* `bits` per symbol: 6 or 5. Padding to a multiple of `pad` symbols, 0: none. */
static shop_status_t encode_bits(shop_arena_t *a, shop_str_t in, const char *alphabet,
                                 unsigned bits, size_t pad, shop_str_t *out)
{
    size_t symbols = (in.len * 8 + bits - 1) / bits;
    size_t len = pad > 0 ? (symbols + pad - 1) / pad * pad : symbols;
    size_t n = 0;
    uint32_t hold = 0;
    unsigned held = 0;

    if (output(a, len, out) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < in.len; i++) {
        hold = (hold << 8) | in.data[i];
        held += 8;

        while (held >= bits) {
            held -= bits;
            out->data[n++] = (unsigned char) alphabet[(hold >> held) & ((1u << bits) - 1)];
        }

        hold &= (1u << held) - 1;
    }

    if (held > 0) {
        out->data[n++] = (unsigned char) alphabet[(hold << (bits - held)) & ((1u << bits) - 1)];
    }

    while (n < len) {
        out->data[n++] = '=';
    }

    return SHOP_OK;
}


static int symbol64(unsigned char c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }

    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }

    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }

    if (c == (unsigned char) alphabet[62]) {
        return 62;
    }

    return c == (unsigned char) alphabet[63] ? 63 : -1;
}


/* `in` without padding. Bits left over must be zero: one value has one spelling. */
static shop_status_t decode64(shop_arena_t *a, shop_str_t in, const char *alphabet, shop_str_t *out)
{
    size_t n = 0;
    uint32_t hold = 0;
    unsigned held = 0;
    int value;

    if (in.len % 4 == 1) {
        return SHOP_MALFORMED;
    }

    if (output(a, in.len * 6 / 8, out) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < in.len; i++) {
        value = symbol64(in.data[i], alphabet);
        if (value < 0) {
            return SHOP_MALFORMED;
        }

        hold = (hold << 6) | (uint32_t) value;
        held += 6;

        if (held >= 8) {
            held -= 8;
            out->data[n++] = (unsigned char) (hold >> held);
            hold &= (1u << held) - 1;
        }
    }

    return hold == 0 ? SHOP_OK : SHOP_MALFORMED;
}


shop_status_t shop_base64_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    return encode_bits(a, in, alphabet64, 6, 4, out);
}


shop_status_t shop_base64_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    size_t padding = 0;

    if (in.len % 4 != 0) {
        return SHOP_MALFORMED;
    }

    while (padding < 2 && in.len > 0 && in.data[in.len - 1] == '=') {
        in.len--;
        padding++;
    }

    return decode64(a, in, alphabet64, out);
}


shop_status_t shop_base64url_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    return encode_bits(a, in, alphabet64url, 6, 0, out);
}


shop_status_t shop_base64url_decode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    return decode64(a, in, alphabet64url, out);
}


shop_status_t shop_base32_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    return encode_bits(a, in, alphabet32, 5, 0, out);
}


shop_status_t shop_percent_encode(shop_arena_t *a, shop_str_t in, shop_str_t *out)
{
    shop_buf_t buf;

    shop_buf_init(&buf, a, 0);
    shop_buf_add_percent(&buf, in);
    *out = shop_buf_str(&buf);

    return buf.status;
}
