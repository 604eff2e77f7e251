/*
 * Forms and cookies as they arrive. Each value is decoded once, its charset is looked at by others.
 */

#include "base/base.h"

#include <stdlib.h>


static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c = (unsigned char) (c | 0x20);

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}


/* Decoding never makes a text longer. */
static shop_status_t decode(shop_arena_t *arena, shop_str_t in, shop_str_t *out)
{
    unsigned char *p = shop_arena_alloc(arena, in.len + 1);
    int high, low;

    out->data = p;
    if (p == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < in.len; i++) {
        unsigned char c = in.data[i];

        if (c == '+') {
            c = ' ';

        } else if (c == '%') {
            if (in.len - i < 3) {
                return SHOP_MALFORMED;
            }

            high = hex_digit(in.data[i + 1]);
            low = hex_digit(in.data[i + 2]);

            if (high < 0 || low < 0) {
                return SHOP_MALFORMED;
            }

            c = (unsigned char) (high * 16 + low);
            i += 2;
        }

        if (c == '\0') {
            return SHOP_MALFORMED;
        }

        *p++ = c;
    }

    *p = '\0';
    out->len = (size_t) (p - out->data);

    return SHOP_OK;
}


static int compare_names(const void *a, const void *b)
{
    const shop_pair_t *const *x = a, *const *y = b;

    return shop_str_cmp((*x)->name, (*y)->name);
}


/* Sorting keeps a hostile form of many names from costing the square of their number. */
static shop_status_t find_duplicate(shop_arena_t *arena, shop_form_t *form)
{
    const shop_pair_t **sorted;

    sorted = shop_arena_alloc(arena, form->count * sizeof(*sorted));
    if (sorted == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < form->count; i++) {
        sorted[i] = &form->pairs[i];
    }

    qsort(sorted, form->count, sizeof(*sorted), compare_names);

    for (size_t i = 1; i < form->count; i++) {
        if (shop_str_eq(sorted[i - 1]->name, sorted[i]->name)) {
            form->duplicate = true;
            break;
        }
    }

    return SHOP_OK;
}


static size_t count_pairs(shop_str_t body)
{
    size_t count = 1;

    for (size_t i = 0; i < body.len; i++) {
        count += body.data[i] == '&';
    }

    return count;
}


shop_status_t shop_form_parse(shop_arena_t *arena, shop_str_t body, size_t max_pairs,
                              shop_form_t *form)
{
    shop_str_t rest = body, part, name, value;
    shop_status_t status;
    size_t count;

    *form = (shop_form_t){NULL, 0, false};

    if (body.len == 0) {
        return SHOP_OK;
    }

    count = count_pairs(body);
    if (count > max_pairs) {
        return SHOP_LIMIT;
    }

    form->pairs = shop_arena_alloc(arena, count * sizeof(shop_pair_t));
    if (form->pairs == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (shop_str_split(&rest, '&', &part)) {
        if (part.len == 0) {
            continue;
        }

        value = part;
        if (!shop_str_split(&value, '=', &name) || value.data == NULL) {
            value = SHOP_STR("");
        }

        status = decode(arena, name, &form->pairs[form->count].name);

        if (status == SHOP_OK) {
            status = decode(arena, value, &form->pairs[form->count].value);
        }

        if (status != SHOP_OK) {
            return status;
        }

        form->count++;
    }

    return find_duplicate(arena, form);
}


const shop_str_t *shop_form_find(const shop_form_t *form, shop_str_t name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (shop_str_eq(form->pairs[i].name, name)) {
            return &form->pairs[i].value;
        }
    }

    return NULL;
}


shop_str_t shop_form_text(const shop_form_t *form, const char *name)
{
    const shop_str_t *value = shop_form_find(form, shop_str(name));

    return value != NULL ? shop_str_trim(*value) : SHOP_STR("");
}


bool shop_cookie_find(shop_str_t header, shop_str_t name, shop_str_t *value)
{
    shop_str_t rest = header, part, key;

    while (shop_str_split(&rest, ';', &part)) {
        part = shop_str_trim(part);

        if (part.len > 0 && shop_str_split(&part, '=', &key) && part.data != NULL &&
            shop_str_eq(key, name)) {
            *value = part;
            return true;
        }
    }

    return false;
}
