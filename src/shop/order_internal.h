/*
 * An order under construction: what order_request.c takes from order_line.c.
 */

#ifndef SHOP_ORDER_INTERNAL_H
#define SHOP_ORDER_INTERNAL_H

#include "shop/shop_internal.h"


/* Lines of an order; new references. */
json_t *shop_order_billing(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                           const shop_priced_line_t *priced);
json_t *shop_order_discount(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                            const shop_discount_line_t *discount);
json_t *shop_order_shipping(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in);

/* What the discounts of the order stand on, and who brought it (order_selling.c). */
void shop_order_selling(shop_put_t *put, json_t *request, const shop_order_in_t *in);

/* An amount as decimal text. */
void shop_order_money(shop_put_t *put, shop_arena_t *arena, json_t *object, const char *name,
                      shop_money_t amount);

#endif
