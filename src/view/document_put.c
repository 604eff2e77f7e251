/*
 * Members of a document's data: texts, amounts, numbers and dates in the customs of its language.
 */

#include "view/document_internal.h"

#include <string.h>


void shop_document_note(shop_making_t *d, shop_status_t status)
{
    if (d->status == SHOP_OK) {
        d->status = status;
    }
}


json_t *shop_document_new(shop_making_t *d, json_t *value)
{
    if (value == NULL) {
        shop_document_note(d, SHOP_NO_MEMORY);
    }
    return value;
}


void shop_document_put(shop_making_t *d, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) {
        shop_document_note(d, SHOP_NO_MEMORY);
    }
}


void shop_document_append(shop_making_t *d, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) {
        shop_document_note(d, SHOP_NO_MEMORY);
    }
}


void shop_document_put_text(shop_making_t *d, json_t *object, const char *key, shop_str_t text)
{
    shop_document_put(d, object, key, shop_json_str(text));
}


void shop_document_put_flag(shop_making_t *d, json_t *object, const char *key, bool value)
{
    shop_document_put(d, object, key, json_boolean(value));
}


void shop_document_put_money(shop_making_t *d, json_t *object, const char *key, shop_money_t m)
{
    shop_str_t text = SHOP_STR("");

    shop_document_note(d, shop_money_format(d->arena, m, d->currency, d->lang->code, &text));
    shop_document_put_text(d, object, key, text);
}


shop_str_t shop_document_text(const shop_making_t *d, const char *key)
{
    return shop_lang_text(d->strings, d->lang, shop_str(key));
}


shop_str_t shop_document_named(shop_making_t *d, const char *prefix, shop_str_t name,
                               shop_str_t otherwise)
{
    shop_str_t key;
    shop_status_t status = shop_arena_printf(d->arena, &key, "%s%.*s", prefix, (int) name.len,
                                             (const char *) name.data);
    if (status != SHOP_OK) {
        shop_document_note(d, status);
        return otherwise;
    }

    shop_str_t text = shop_lang_find_text(d->strings, d->lang, key);
    return text.data == NULL ? otherwise : text;
}


static shop_str_t fill_with(shop_making_t *d, const char *key, json_t *argument)
{
    shop_buf_t out;

    shop_buf_init(&out, d->arena, 0);
    shop_lang_format(&out, shop_document_text(d, key), argument);
    json_decref(argument);

    shop_document_note(d, out.status);
    return out.len == 0 ? SHOP_STR("") : shop_buf_str(&out);
}


shop_str_t shop_document_fill(shop_making_t *d, const char *key, shop_str_t argument)
{
    return fill_with(d, key, shop_document_new(d, shop_json_str(argument)));
}


shop_str_t shop_document_number(shop_making_t *d, const json_t *value)
{
    shop_str_t mark = shop_document_text(d, "document.decimal");
    shop_str_t text = {json_string_length(value), (unsigned char *) json_string_value(value)};
    shop_buf_t out;

    shop_buf_init(&out, d->arena, 0);
    if (json_is_integer(value)) {
        shop_buf_add_int(&out, json_integer_value(value));
        shop_document_note(d, out.status);
        return shop_buf_str(&out);
    }

    const unsigned char *point = text.len == 0 ? NULL : memchr(text.data, '.', text.len);
    while (point != NULL && text.data + text.len > point &&
           (text.data[text.len - 1] == '0' || text.data[text.len - 1] == '.')) {
        text.len--;
    }

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '.') {
            shop_buf_add(&out, mark);
        } else {
            shop_buf_add_char(&out, text.data[i]);
        }
    }
    shop_document_note(d, out.status);
    return out.len == 0 ? SHOP_STR("") : shop_buf_str(&out);
}


/* "2026-11-01T..." in words: "1 November 2026", "1er novembre 2026" */
void shop_document_put_date(shop_making_t *d, json_t *object, const char *key, shop_str_t iso)
{
    char day[21];
    int64_t seconds;

    if (iso.len == 0 || shop_time_parse(iso, &seconds) != SHOP_OK) {
        shop_document_put_text(d, object, key, SHOP_STR(""));
        return;
    }

    shop_time_iso(seconds + d->utc_offset, day);

    unsigned char *text = (unsigned char *) day;
    shop_str_t year = {4, text};
    shop_str_t month = text[5] == '0' ? (shop_str_t){1, text + 6} : (shop_str_t){2, text + 5};
    shop_str_t number = text[8] == '0' ? (shop_str_t){1, text + 9} : (shop_str_t){2, text + 8};
    json_t *argument = shop_document_new(d, json_object());

    shop_document_put_text(d, argument, "year", year);
    shop_document_put_text(d, argument, "month",
                           shop_document_named(d, "date.month.", month, month));
    shop_document_put_text(d, argument, "day", shop_document_named(d, "date.day.", number, number));
    shop_document_put_text(d, object, key, fill_with(d, "date.long", argument));
}
