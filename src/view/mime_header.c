/*
 * Header fields of a mail: encoded words (RFC 2047), mailboxes, dates.
 *
 * What a person typed can end up here, so that nothing gets through that could begin a field of its
 * own: control characters become blanks before anything else.
 */

#include "view/mime_internal.h"

#include <string.h>

#define LINE_MAX_BYTES 76
#define PLAIN_MAX 60
#define WORD_OVERHEAD 12 /* "=?UTF-8?B?" and "?=" */


static void begin_field(shop_buf_t *out, const char *name)
{
    shop_buf_add(out, shop_str(name));
    shop_buf_add(out, SHOP_STR(": "));
}


void shop_mime_field(shop_buf_t *out, const char *name, shop_str_t value)
{
    begin_field(out, name);
    shop_buf_add(out, value);
    shop_buf_add(out, SHOP_STR("\r\n"));
}


/* A copy with blanks for control characters. */
static shop_str_t clean(shop_buf_t *out, shop_str_t text)
{
    shop_str_t copy = SHOP_STR_NULL;

    if (shop_arena_copy(out->arena, text, &copy) != SHOP_OK) {
        out->status = SHOP_NO_MEMORY;
        return SHOP_STR_NULL;
    }

    for (size_t i = 0; i < copy.len; i++) {
        if (copy.data[i] < ' ' || copy.data[i] == 0x7f) {
            copy.data[i] = ' ';
        }
    }

    return shop_str_trim(copy);
}


/* Short ASCII that nobody could take for an encoded word, without one of `specials`. */
static bool is_plain(shop_str_t text, const char *specials)
{
    if (text.len > PLAIN_MAX) {
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x7f || strchr(specials, text.data[i]) != NULL ||
            (text.data[i] == '=' && i + 1 < text.len && text.data[i + 1] == '?')) {
            return false;
        }
    }

    return true;
}


/* The longest prefix of at most `max` bytes that ends between two characters of UTF-8. */
static size_t cut(shop_str_t text, size_t max)
{
    if (text.len <= max) {
        return text.len;
    }
    while (max > 0 && (text.data[max] & 0xc0) == 0x80) {
        max--;
    }
    return max;
}


static void add_encoded(shop_buf_t *out, shop_str_t text, size_t column)
{
    while (text.len > 0 && out->status == SHOP_OK) {
        size_t room = (LINE_MAX_BYTES - column - WORD_OVERHEAD) / 4 * 3;
        shop_str_t part = {cut(text, room), text.data};
        shop_str_t base64;

        shop_status_t status = shop_base64_encode(out->arena, part, &base64);
        if (status != SHOP_OK) {
            out->status = status;
            return;
        }

        shop_buf_add(out, SHOP_STR("=?UTF-8?B?"));
        shop_buf_add(out, base64);
        shop_buf_add(out, SHOP_STR("?="));

        text = (shop_str_t){text.len - part.len, text.data + part.len};
        if (text.len > 0) {
            shop_buf_add(out, SHOP_STR("\r\n "));
        }
        column = 1;
    }
}


void shop_mime_text_field(shop_buf_t *out, const char *name, shop_str_t text)
{
    text = clean(out, text);

    begin_field(out, name);
    if (is_plain(text, "")) {
        shop_buf_add(out, text);
    } else {
        add_encoded(out, text, strlen(name) + 2);
    }
    shop_buf_add(out, SHOP_STR("\r\n"));
}


void shop_mime_mailbox_field(shop_buf_t *out, const char *name, const shop_mailbox_t *mailbox)
{
    shop_str_t person = clean(out, mailbox->name);

    begin_field(out, name);
    if (person.len == 0) {
        shop_buf_add(out, mailbox->address);
        shop_buf_add(out, SHOP_STR("\r\n"));
        return;
    }

    if (is_plain(person, "\"\\")) {
        shop_buf_add_char(out, '"');
        shop_buf_add(out, person);
        shop_buf_add_char(out, '"');
    } else {
        add_encoded(out, person, strlen(name) + 2);
    }
    shop_buf_add(out, SHOP_STR("\r\n <"));
    shop_buf_add(out, mailbox->address);
    shop_buf_add(out, SHOP_STR(">\r\n"));
}


/* "Tue, 24 Nov 2026 02:30:00 +0000" from "2026-11-24T02:30:00Z" */
void shop_mime_date_field(shop_buf_t *out, int64_t date)
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* the first of January 1970: a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char iso[21];

    shop_time_iso(date, iso);

    int64_t day = date / 86400 - (date % 86400 < 0);
    size_t weekday = (size_t) (((day % 7) + 7) % 7);
    size_t month = (size_t) ((iso[5] - '0') * 10 + iso[6] - '1') % 12;
    unsigned char *text = (unsigned char *) iso;

    begin_field(out, "Date");
    shop_buf_add(out, (shop_str_t){3, (unsigned char *) days + 3 * weekday});
    shop_buf_add(out, SHOP_STR(", "));
    shop_buf_add(out, (shop_str_t){2, text + 8});
    shop_buf_add_char(out, ' ');
    shop_buf_add(out, (shop_str_t){3, (unsigned char *) months + 3 * month});
    shop_buf_add_char(out, ' ');
    shop_buf_add(out, (shop_str_t){4, text});
    shop_buf_add_char(out, ' ');
    shop_buf_add(out, (shop_str_t){8, text + 11});
    shop_buf_add(out, SHOP_STR(" +0000\r\n"));
}
