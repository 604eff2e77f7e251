/*
 * What is sold for training credits: which products, and what an order of one costs in money, which
 * is nothing (handlers.md 9.11).
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"


#define DEPTH_MAX 16


static void collect(shop_credits_t *credits, shop_category_t *const *list, size_t count,
                    const shop_visitor_t *visitor, unsigned depth);
static void collect_items(shop_credits_t *credits, shop_item_t *const *list, size_t count,
                          const shop_visitor_t *visitor);


/* Nothing is asked but how many: no code, no answers, no names. */
bool shop_item_for_credits(const shop_item_t *item, const shop_visitor_t *visitor)
{
    return item->credit_price > 0 && item->kind == SHOP_ITEM_PLAIN && item->field_count == 0 &&
           item->passcode.len == 0 && shop_item_seats(item, 1) == 0 &&
           shop_item_visible(item, visitor);
}


shop_status_t shop_credits_list(shop_arena_t *arena, const shop_where_t *where,
                                shop_credits_t *credits)
{
    const shop_catalog_t *catalog = where->shop->catalog;

    *credits = (shop_credits_t){
        .items = shop_arena_alloc(arena, SHOP_CREDITS_LISTED * sizeof(*credits->items))};
    if (credits->items == NULL) {
        return SHOP_NO_MEMORY;
    }

    collect(credits, catalog->roots, catalog->root_count, where->visitor, 0);

    return SHOP_OK;
}


/* In the order of the catalogue. */
static void collect(shop_credits_t *credits, shop_category_t *const *list, size_t count,
                    const shop_visitor_t *visitor, unsigned depth)
{
    for (size_t i = 0; depth < DEPTH_MAX && i < count; i++) {
        collect_items(credits, list[i]->items, list[i]->item_count, visitor);
        collect(credits, list[i]->children, list[i]->child_count, visitor, depth + 1);
    }
}


static void collect_items(shop_credits_t *credits, shop_item_t *const *list, size_t count,
                          const shop_visitor_t *visitor)
{
    for (size_t i = 0; i < count && credits->count < SHOP_CREDITS_LISTED; i++) {
        if (list[i]->kind == SHOP_ITEM_SET && shop_item_visible(list[i], visitor)) {
            collect_items(credits, list[i]->elements, list[i]->element_count, visitor);
        } else if (shop_item_for_credits(list[i], visitor)) {
            credits->items[credits->count++] = list[i];
        }
    }
}


shop_status_t shop_credits_totals(shop_arena_t *arena, const shop_cart_t *cart,
                                  const shop_where_t *where, shop_totals_t *totals)
{
    shop_status_t status;

    *totals = (shop_totals_t){0};
    status = shop_totals_lines(arena, cart, where, totals);

    for (size_t i = 0; i < totals->line_count; i++) {
        shop_priced_line_t *line = &totals->lines[i];

        line->unit = line->unit_taxed = SHOP_MONEY_ZERO;
        line->untaxed = line->taxed = line->tax = SHOP_MONEY_ZERO;
    }

    totals->tax_count = 0;
    totals->order_untaxed = totals->order_taxed = SHOP_MONEY_ZERO;
    totals->untaxed = totals->tax = totals->amount = SHOP_MONEY_ZERO;

    return status;
}
