/*
 * One rendering under way: lives on the stack of shop_template_render().
 */

#ifndef SHOP_MUSTACHE_RENDER_H
#define SHOP_MUSTACHE_RENDER_H

#include "view/mustache_internal.h"


typedef struct {
    shop_buf_t *out;
    const shop_strings_t *strings;
    const shop_lang_t *lang;
    bool plain;   /* the output is not HTML */
    bool quoting; /* inside the JSON form of {{#str}} */

    const json_t *stack[SHOP_MUSTACHE_DEPTH + 1];
    size_t top;
    size_t depth; /* of sections and partials */
    size_t steps;

    /* What stands before each line of the partials under way; the active ones are the last. */
    shop_str_t indents[SHOP_MUSTACHE_DEPTH];
    size_t indent_first;
    size_t indent_count;
    bool line_start;

    bool split; /* {{{slot}}} is a cut, not a value */
    size_t slots;
    size_t slot_at;
} shop_rendering_t;

/* mustache_value.c; NULL values are given to neither of the last two */
const json_t *shop_mustache_find(const shop_rendering_t *r, const shop_node_t *node);
bool shop_mustache_true(const json_t *value);
void shop_mustache_print(shop_rendering_t *r, const json_t *value, bool raw);

/* mustache_render.c: the nodes from `from` up to `to`, not included */
shop_status_t shop_mustache_range(shop_rendering_t *r, const shop_template_t *t, size_t from,
                                  size_t to);

/* mustache_str.c */
shop_status_t shop_mustache_str(shop_rendering_t *r, const shop_template_t *t, size_t index);

#endif
