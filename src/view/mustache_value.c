/*
 * Values of a rendering: finding them in the stack of contexts, telling true from false, printing.
 */

#include "view/mustache_render.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>


static const json_t *member(const json_t *value, shop_str_t key)
{
    return json_object_getn(value, (const char *) key.data, key.len);
}


/* The first part of a name is looked for from the innermost context outwards, the others must be
 * members of what was found. NULL: nothing. */
const json_t *shop_mustache_find(const shop_rendering_t *r, const shop_node_t *node)
{
    const json_t *value = NULL;

    if (node->key_count == 0) {
        return r->stack[r->top];
    }

    for (size_t i = r->top + 1; i-- > 0;) {
        value = member(r->stack[i], node->keys[0]);
        if (value != NULL) {
            break;
        }
    }

    for (size_t i = 1; i < node->key_count && value != NULL; i++) {
        value = member(value, node->keys[i]);
    }

    return value;
}


bool shop_mustache_true(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_TRUE:
        return true;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) != 0.0;
    default:
        return false;
    }
}


/* A text inside the JSON form of {{#str}}: what would end the string or spoil it is escaped. */
static void print_quoted(shop_rendering_t *r, shop_str_t s, bool html)
{
    static const char hex[] = "0123456789abcdef";
    size_t from = 0;

    for (size_t i = 0; i <= s.len; i++) {
        bool special =
            i < s.len && (s.data[i] < ' ' || s.data[i] == '\\' || (!html && s.data[i] == '"'));

        if (!special && i < s.len) {
            continue;
        }

        shop_str_t span = {i - from, s.data + from};
        if (html) {
            shop_buf_add_html(r->out, span);
        } else {
            shop_buf_add(r->out, span);
        }
        from = i + 1;

        if (special && s.data[i] < ' ') {
            shop_buf_add(r->out, SHOP_STR("\\u00"));
            shop_buf_add_char(r->out, (unsigned char) hex[s.data[i] >> 4]);
            shop_buf_add_char(r->out, (unsigned char) hex[s.data[i] & 15]);
        } else if (special) {
            shop_buf_add_char(r->out, '\\');
            shop_buf_add_char(r->out, s.data[i]);
        }
    }
}


static void print_string(shop_rendering_t *r, const json_t *value, bool raw)
{
    shop_str_t s = {json_string_length(value), (unsigned char *) json_string_value(value)};
    bool html = !raw && !r->plain;

    if (r->quoting) {
        print_quoted(r, s, html);
    } else if (html) {
        shop_buf_add_html(r->out, s);
    } else {
        shop_buf_add(r->out, s);
    }
}


/* The shortest text that reads back as the same number; the locale of the process stays out. */
static void print_real(shop_rendering_t *r, double value)
{
    char text[40];

    if (!isfinite(value)) {
        return;
    }

    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }

    for (char *c = text; *c != '\0'; c++) {
        shop_buf_add_char(r->out, *c == ',' ? '.' : (unsigned char) *c);
    }
}


void shop_mustache_print(shop_rendering_t *r, const json_t *value, bool raw)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        print_string(r, value, raw);
        break;
    case JSON_INTEGER:
        shop_buf_add_int(r->out, json_integer_value(value));
        break;
    case JSON_REAL:
        print_real(r, json_real_value(value));
        break;
    case JSON_TRUE:
        shop_buf_add(r->out, SHOP_STR("true"));
        break;
    case JSON_FALSE:
        shop_buf_add(r->out, SHOP_STR("false"));
        break;
    default:
        break;
    }
}
