/*
 * International bank account numbers (ISO 13616) with the arithmetic modulo 97 that they share
 * with structured references, and bank identifier codes (ISO 9362).
 */

#include "pay/pay_internal.h"

#include <string.h>

#define IBAN_MAX 34
#define GROUP 4


int shop_mod97(shop_str_t text)
{
    unsigned remainder = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c >= '0' && c <= '9') {
            remainder = (remainder * 10 + (c - '0')) % 97;
        } else if (c >= 'A' && c <= 'Z') {
            remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
        } else {
            return -1;
        }
    }

    return (int) remainder;
}


static unsigned iban_length(shop_str_t iban)
{
    static const struct {
        char country[3];
        unsigned char length;
    } lengths[] = {
        {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16},
        {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22},
        {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20},
        {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22},
        {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21},
        {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30},
        {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
        {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20},
        {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
        {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22},
        {"RU", 33}, {"SA", 24}, {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24},
        {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26},
        {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
    };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        if (memcmp(iban.data, lengths[i].country, 2) == 0) {
            return lengths[i].length;
        }
    }

    return 0;
}


size_t shop_mod97_compact(shop_str_t text, unsigned char *out, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c == ' ') {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c = (unsigned char) (c - 'a' + 'A');
        }
        bool known = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        if (!known || n == room) {
            return 0;
        }
        out[n++] = c;
    }

    return n;
}


/* The first four characters go to the end, as ISO 7064 reads both IBAN and RF. */
bool shop_mod97_rotated(const unsigned char *text, size_t len)
{
    unsigned char rotated[IBAN_MAX];

    if (len <= GROUP || len > sizeof(rotated)) {
        return false;
    }

    memcpy(rotated, text + GROUP, len - GROUP);
    memcpy(rotated + len - GROUP, text, GROUP);

    return shop_mod97((shop_str_t){len, rotated}) == 1;
}


bool shop_iban_valid(shop_str_t text)
{
    unsigned char iban[IBAN_MAX];
    size_t len = shop_mod97_compact(text, iban, sizeof(iban));

    if (len <= GROUP || iban_length((shop_str_t){len, iban}) != len) {
        return false;
    }

    return shop_pay_is_digits((shop_str_t){2, iban + 2}) && shop_mod97_rotated(iban, len);
}


shop_status_t shop_iban_normalise(shop_arena_t *arena, shop_str_t text, shop_str_t *iban)
{
    unsigned char plain[IBAN_MAX];
    size_t len = shop_mod97_compact(text, plain, sizeof(plain));

    if (len == 0) {
        return SHOP_MALFORMED;
    }

    return shop_arena_copy(arena, (shop_str_t){len, plain}, iban);
}


shop_status_t shop_iban_group(shop_arena_t *arena, shop_str_t text, shop_str_t *grouped)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && i % GROUP == 0) {
            shop_buf_add_char(&buf, ' ');
        }
        shop_buf_add_char(&buf, text.data[i]);
    }

    *grouped = shop_buf_str(&buf);
    return buf.status;
}


/* Four letters, two letters of the country, two and perhaps three letters or digits. */
bool shop_bic_valid(shop_str_t text)
{
    if (text.len != 8 && text.len != 11) {
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        bool letter = c >= 'A' && c <= 'Z';
        bool digit = c >= '0' && c <= '9';

        if (!letter && (i < 6 || !digit)) {
            return false;
        }
    }

    return true;
}
