/*
 * What the files of this room share among themselves.
 */

#ifndef SHOP_SHOP_INTERNAL_H
#define SHOP_SHOP_INTERNAL_H

#include "shop/shop.h"


/* --- names.c: letters of Latin scripts; what it does not know stays --- */

SHOP_MUST_USE shop_status_t shop_name_upper(shop_arena_t *arena, shop_str_t text, shop_str_t *out);
/* The first letter of every part large, the others small: "jean-luc" -> "Jean-Luc". */
SHOP_MUST_USE shop_status_t shop_name_title(shop_arena_t *arena, shop_str_t text, shop_str_t *out);

/* The value of an input, trimmed, without control characters, at most `max` characters, copied. */
shop_str_t shop_input(shop_arena_t *arena, const shop_form_t *form, const char *name, size_t max);

/* A list of refusals that is filled up to its room and counted beyond it. */
typedef struct {
    shop_refusal_t *list;
    size_t room;
    size_t count;
} shop_refusals_t;

void shop_refusals_add(shop_refusals_t *refusals, const char *key, const char *field);

/* The line of the cart with this product; NULL: none. */
shop_cart_line_t *shop_cart_line(const shop_cart_t *cart, shop_str_t shortname);
/* May it be ordered as it stands? key NULL: yes. */
shop_refusal_t shop_cart_line_check(const shop_cart_t *cart, const shop_where_t *where,
                                    const shop_cart_line_t *line);

#endif
