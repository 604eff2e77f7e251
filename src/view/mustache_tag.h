/*
 * Reading a template tag by tag: between mustache_parse.c and mustache_tag.c.
 */

#ifndef SHOP_MUSTACHE_TAG_H
#define SHOP_MUSTACHE_TAG_H

#include "view/mustache_internal.h"


typedef struct {
    shop_str_t text;
    shop_str_t open; /* the present delimiters, at most 16 bytes each */
    shop_str_t close;
} shop_tags_t;

typedef struct {
    unsigned char sigil; /* 0: an escaped value */
    shop_str_t content;  /* trimmed */
    size_t start;
    size_t end;
    shop_str_t indent; /* blanks before it, when alone */
    bool alone;
} shop_tag_t;

static inline shop_str_t shop_tag_slice(shop_str_t s, size_t from, size_t to)
{
    return to == from ? SHOP_STR("") : (shop_str_t){to - from, s.data + from};
}

/* The next opening delimiter at or behind `from`. */
bool shop_tag_find(const shop_tags_t *tags, size_t from, size_t *start);
/* The tag that opens at `start`; false: it is not closed, tag->content is its line. */
bool shop_tag_read(const shop_tags_t *tags, size_t start, shop_tag_t *tag);

#endif
