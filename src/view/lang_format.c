/*
 * Placeholders of texts: {$a} and {$a->name}, as Moodle writes them.
 *
 * Anything else that begins with a brace is ordinary text.
 */

#include "view/lang_internal.h"

#include <string.h>


typedef struct {
    const json_t *json; /* NULL: `plain` is the argument */
    shop_str_t plain;
} argument_t;


static void print_json(shop_buf_t *out, const json_t *value)
{
    switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_STRING:
        shop_buf_add(out, (shop_str_t){json_string_length(value),
                                       (unsigned char *) json_string_value(value)});
        break;
    case JSON_INTEGER:
        shop_buf_add_int(out, json_integer_value(value));
        break;
    case JSON_REAL: {
        char text[32];
        size_t len =
            json_dumpb(value, text, sizeof(text), JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        shop_buf_add(out, (shop_str_t){len < sizeof(text) ? len : 0, (unsigned char *) text});
        break;
    }
    default:
        break;
    }
}


static void print_member(shop_buf_t *out, const argument_t *argument, shop_str_t name)
{
    if (json_is_object(argument->json)) {
        print_json(out, json_object_getn(argument->json, (const char *) name.data, name.len));
    }
}


static void print_whole(shop_buf_t *out, const argument_t *argument)
{
    if (argument->json == NULL) {
        shop_buf_add(out, argument->plain);
    } else {
        print_json(out, argument->json);
    }
}


/* The placeholder at the start of `text`: prints it and gives its length; 0: there is none. */
static size_t print_placeholder(shop_buf_t *out, shop_str_t text, const argument_t *argument)
{
    shop_str_t arrow = SHOP_STR("{$a->");

    if (shop_str_starts(text, SHOP_STR("{$a}"))) {
        print_whole(out, argument);
        return 4;
    }
    if (!shop_str_starts(text, arrow)) {
        return 0;
    }

    const unsigned char *name = text.data + arrow.len;
    const unsigned char *end = memchr(name, '}', text.len - arrow.len);
    if (end == NULL) {
        return 0;
    }

    print_member(out, argument, (shop_str_t){(size_t) (end - name), (unsigned char *) name});
    return (size_t) (end - text.data) + 1;
}


static void format(shop_buf_t *out, shop_str_t text, const argument_t *argument)
{
    while (text.len > 0) {
        const unsigned char *brace = memchr(text.data, '{', text.len);
        size_t len = brace == NULL ? text.len : (size_t) (brace - text.data);

        shop_buf_add(out, (shop_str_t){len, text.data});
        text = (shop_str_t){text.len - len, text.data + len};
        if (text.len == 0) {
            return;
        }

        size_t used = print_placeholder(out, text, argument);
        if (used == 0) {
            shop_buf_add_char(out, '{');
            used = 1;
        }
        text = (shop_str_t){text.len - used, text.data + used};
    }
}


void shop_lang_format(shop_buf_t *out, shop_str_t text, const json_t *argument)
{
    format(out, text, &(argument_t){.json = argument});
}


void shop_lang_format_plain(shop_buf_t *out, shop_str_t text, shop_str_t argument)
{
    format(out, text, &(argument_t){.plain = argument});
}
