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
bool shop_name_same(shop_str_t a, shop_str_t b); /* letters of either case */

/* The value of an input, trimmed, without control characters, at most `max` characters, copied;
 * data NULL: no memory. */
shop_str_t shop_input(shop_arena_t *arena, const shop_form_t *form, const char *name, size_t max);

/* A list of refusals that is filled up to its room and counted beyond it. */
typedef struct {
    shop_refusal_t *list;
    size_t room;
    size_t count;
} shop_refusals_t;

void shop_refusals_add(shop_refusals_t *refusals, const char *key, const char *field);
void shop_refusals_put(shop_refusals_t *refusals, shop_refusal_t refusal);

/* --- json_put.c: documents under construction --- */

typedef struct {
    bool failed; /* no memory, or a text that is not UTF-8 */
} shop_put_t;

/* They take the reference of `value` in any case. */
void shop_put_member(shop_put_t *put, json_t *object, const char *name, json_t *value);
void shop_put_entry(shop_put_t *put, json_t *list, json_t *value);
void shop_put_text(shop_put_t *put, json_t *object, const char *name, shop_str_t text);
void shop_put_number(shop_put_t *put, json_t *object, const char *name, int64_t number);
/* The list `name` of the object, begun when there is none; borrowed. */
json_t *shop_put_list(shop_put_t *put, json_t *object, shop_str_t name);
/* The document when all went well; else NULL, and it is released. */
json_t *shop_put_end(const shop_put_t *put, json_t *json);

/* The line of the cart with this product; NULL: none. */
shop_cart_line_t *shop_cart_line(const shop_cart_t *cart, shop_str_t shortname);
/* May it be ordered as it stands? key NULL: yes. */
shop_refusal_t shop_cart_line_check(const shop_cart_t *cart, const shop_where_t *where,
                                    const shop_cart_line_t *line);
/* May the cart hold so many of it? The refusal says how many it may. */
shop_refusal_t shop_cart_limit(const shop_cart_t *cart, const shop_where_t *where,
                               const shop_item_t *item, int64_t quantity);

/* Questions that one unit asks: its own, or those of the elements of a bundle. */
size_t shop_item_questions(const shop_item_t *item);
/* Does the shop's list have this step? */
bool shop_steps_have(const shop_shop_t *shop, shop_step_e step);
/* Takes out assignments that no longer have a seat, a role or a person. */
void shop_seats_tidy(shop_cart_t *cart, const shop_where_t *where);

/* The line as a link brings it: products for internal sale too; never fewer than there are. */
shop_refusal_t shop_cart_import_line(shop_cart_t *cart, const shop_where_t *where,
                                     const shop_item_t *item, int64_t quantity);
/* Like shop_item_orderable, of a product that came by a link. */
shop_refusal_t shop_item_importable(const shop_item_t *item, const shop_where_t *where);


/* --- cart_price.c: the first and the last part of pricing a cart --- */

SHOP_MUST_USE shop_status_t shop_totals_lines(shop_arena_t *arena, const shop_cart_t *cart,
                                              const shop_where_t *where, shop_totals_t *totals);
SHOP_MUST_USE shop_status_t shop_totals_sum(const shop_where_t *where, shop_totals_t *totals);

#endif
