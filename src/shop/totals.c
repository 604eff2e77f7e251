/*
 * What a cart costs, in the order of objects.md 8.1: lines, discounts, shipping, totals.
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"


shop_status_t shop_cart_totals(shop_arena_t *arena, const shop_cart_t *cart,
                               const shop_where_t *where, shop_totals_t *totals)
{
    shop_status_t status = shop_totals_lines(arena, cart, where, totals);

    if (status == SHOP_OK) {
        status = shop_discounts_add(arena, cart, where, totals);
    }

    if (status == SHOP_OK) {
        status = shop_shipping_add(arena, cart, where, totals);
    }

    return status == SHOP_OK ? shop_totals_sum(where, totals) : status;
}
