/*
 * User names for new Moodle accounts, and the escaping of Moodle's e-mail search.
 *
 * Letters of Latin-1 and Latin Extended-A lose their accents; what has no ASCII form is dropped.
 */

#include "produce/produce.h"

#include <string.h>

#define FIRST_LETTER 0xC0
#define LAST_LETTER 0x17F

/* clang-format off */
static const char *const letters[LAST_LETTER - FIRST_LETTER + 1] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", /* U+00C0 */
    "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "ss", /* U+00D0 */
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", /* U+00E0 */
    "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y", /* U+00F0 */
    "a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d", /* U+0100 */
    "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g", /* U+0110 */
    "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i", /* U+0120 */
    "i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l", /* U+0130 */
    "l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "ng", "ng", "o", "o", "o", "o", /* U+0140 */
    "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s", /* U+0150 */
    "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u", /* U+0160 */
    "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s", /* U+0170 */
};
/* clang-format on */


/* One character of the text; the text was checked to be UTF-8 before it was stored, but a stray
 * byte is only skipped. */
static unsigned next_character(shop_str_t *text)
{
    unsigned c = *text->data++;
    unsigned more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;

    text->len--;
    if (c < 0x80) {
        return c;
    }
    c = more == 0 ? 0x80 : c & (0x3FU >> more);
    while (more-- > 0 && text->len > 0 && (*text->data & 0xC0) == 0x80) {
        c = c << 6 | (*text->data++ & 0x3F);
        text->len--;
    }
    return c;
}


/* The ASCII form of one character as it may stand in a user name; a blank becomes a dash. */
static const char *ascii_form(unsigned c, char one[2])
{
    one[0] = '\0';
    one[1] = '\0';
    if (c >= FIRST_LETTER && c <= LAST_LETTER) {
        return letters[c - FIRST_LETTER];
    }
    if (c >= 'A' && c <= 'Z') {
        one[0] = (char) (c - 'A' + 'a');
    } else if (c == ' ' || c == '\t' || c == 0xA0) {
        one[0] = '-';
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-') {
        one[0] = (char) c;
    }
    return one;
}


static bool is_separator(char c)
{
    return c == '.' || c == '-';
}


/* Adds to `out` without doubling a separator, and within the limit. */
static void name_add(char *out, size_t *len, const char *text)
{
    for (; *text != '\0' && *len < SHOP_USERNAME_MAX; text++) {
        if (is_separator(*text) && (*len == 0 || is_separator(out[*len - 1]))) {
            continue;
        }
        out[(*len)++] = *text;
    }
}


static void name_add_text(char *out, size_t *len, shop_str_t text)
{
    char one[2];

    while (text.len > 0) {
        name_add(out, len, ascii_form(next_character(&text), one));
    }
    while (*len > 0 && is_separator(out[*len - 1])) {
        (*len)--;
    }
}


void shop_username_make(shop_str_t firstname, shop_str_t lastname, unsigned digits,
                        char out[SHOP_USERNAME_MAX + 1])
{
    size_t len = 0;

    name_add_text(out, &len, firstname);
    name_add(out, &len, ".");
    name_add_text(out, &len, lastname);

    if (len == 0) {
        name_add(out, &len, "user.");
        for (unsigned scale = 100000; scale != 0; scale /= 10) {
            char digit[2] = {(char) ('0' + digits / scale % 10), '\0'};

            name_add(out, &len, digit);
        }
    }
    out[len] = '\0';
}


shop_status_t shop_like_escape(shop_arena_t *arena, shop_str_t text, shop_str_t *pattern)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c == '%' || c == '_' || c == '\\') {
            shop_buf_add_char(&buf, '\\');
        }
        shop_buf_add_char(&buf, c);
    }
    *pattern = shop_buf_str(&buf);
    return buf.status;
}
