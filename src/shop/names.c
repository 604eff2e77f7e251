/*
 * Names of people and towns: large and small letters of the Latin scripts, inputs made clean.
 */

#include "shop/shop_internal.h"

#include <ctype.h>
#include <string.h>


typedef enum { TO_UPPER, TO_LOWER } direction_e;


static bool apostrophe(shop_str_t text);
static uint32_t read_two(const unsigned char *at);
static uint32_t convert(uint32_t c, direction_e direction);
static shop_status_t change(shop_arena_t *arena, shop_str_t text, bool title, shop_str_t *out);
static uint32_t next_letter(shop_str_t text, size_t *at);


shop_status_t shop_name_upper(shop_arena_t *arena, shop_str_t text, shop_str_t *out)
{
    return change(arena, text, false, out);
}


shop_status_t shop_name_title(shop_arena_t *arena, shop_str_t text, shop_str_t *out)
{
    return change(arena, text, true, out);
}


/* Every letter has the same length in both cases. */
bool shop_name_same(shop_str_t a, shop_str_t b)
{
    size_t i = 0, n = 0;

    while (i < a.len && n < b.len) {
        if (next_letter(a, &i) != next_letter(b, &n)) {
            return false;
        }
    }

    return i == a.len && n == b.len;
}


/* In lower case; a byte of a letter that is not known stays a byte. */
static uint32_t next_letter(shop_str_t text, size_t *at)
{
    const unsigned char *c = text.data + *at;

    if ((*c & 0xe0) == 0xc0 && *at + 1 < text.len) {
        *at += 2;
        return convert(read_two(c), TO_LOWER);
    }

    *at += 1;

    return *c < 0x80 ? convert(*c, TO_LOWER) : *c;
}


/* Characters of one and of two bytes; both cases have the same length there. */
static shop_status_t change(shop_arena_t *arena, shop_str_t text, bool title, shop_str_t *out)
{
    bool first = true;
    shop_status_t status = shop_arena_copy(arena, text, out);

    if (status != SHOP_OK) {
        return status;
    }

    for (size_t i = 0; i < out->len; i++) {
        unsigned char *at = out->data + i;
        direction_e direction = title && !first ? TO_LOWER : TO_UPPER;

        if (*at < 0x80) {
            first = *at == ' ' || *at == '-' || *at == '\'';
            *at = (unsigned char) convert(*at, direction);
            continue;
        }

        first = apostrophe((shop_str_t){out->len - i, at});

        if (first) {
            i += 2;

        } else if ((*at & 0xe0) == 0xc0 && i + 1 < out->len) {
            uint32_t c = convert(read_two(at), direction);

            at[0] = (unsigned char) (0xc0 | (c >> 6));
            at[1] = (unsigned char) (0x80 | (c & 0x3f));
            i++;
        }
    }

    return SHOP_OK;
}


/* The one that typesetters use, U+2019. */
static bool apostrophe(shop_str_t text)
{
    return shop_str_starts(text, SHOP_STR("\xe2\x80\x99"));
}


static uint32_t read_two(const unsigned char *at)
{
    return ((uint32_t) (at[0] & 0x1f) << 6) | (at[1] & 0x3fu);
}


/* ASCII, Latin-1 and Latin Extended-A (U+0100–U+017F), whose cases stand in pairs. */
static uint32_t convert(uint32_t c, direction_e direction)
{
    bool odd_is_small = (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177);
    bool even_is_small = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);

    if (c < 0x80) {
        return (uint32_t) (direction == TO_UPPER ? toupper((int) c) : tolower((int) c));
    }

    if (c >= 0xe0 && c <= 0xfe && c != 0xf7) {
        return direction == TO_UPPER ? c - 0x20 : c;
    }

    if (c >= 0xc0 && c <= 0xde && c != 0xd7) {
        return direction == TO_LOWER ? c + 0x20 : c;
    }

    if (c == 0x131 || c == 0x130) {
        return c; /* the Turkish letters have no partner here */
    }

    if (odd_is_small) {
        return direction == TO_UPPER ? c & ~1u : c | 1u;
    }

    if (even_is_small) {
        return direction == TO_UPPER ? c - ((c & 1u) == 0) : c + (c & 1u);
    }

    return c;
}


shop_str_t shop_input(shop_arena_t *arena, const shop_form_t *form, const char *name, size_t max)
{
    shop_str_t given = shop_form_text(form, name), text;

    if (shop_arena_copy(arena, given, &text) != SHOP_OK) {
        return SHOP_STR_NULL;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
            text.data[i] = ' ';
        }
    }

    return shop_utf8_cut(shop_str_trim(text), max);
}


void shop_refusals_add(shop_refusals_t *refusals, const char *key, const char *field)
{
    shop_refusals_put(refusals, (shop_refusal_t){.key = key, .field = field});
}


void shop_refusals_put(shop_refusals_t *refusals, shop_refusal_t refusal)
{
    if (refusals->count < refusals->room) {
        refusals->list[refusals->count] = refusal;
    }

    refusals->count++;
}
