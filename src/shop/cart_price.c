/*
 * Lines and sums of a cart (objects.md 8): lines rounded, totals as sums of rounded lines.
 * Discounts and shipping stand in `totals` when they are summed up.
 */

#include "shop/shop_internal.h"


#define UNIT_DECIMALS 3


static shop_status_t price_line(const shop_where_t *where, const shop_cart_line_t *line,
                                shop_priced_line_t *priced);
static shop_status_t add_tax(shop_totals_t *totals, const shop_tax_t *tax, shop_money_t amount);
static shop_status_t add_discounts(shop_totals_t *totals, bool taxed);
static shop_status_t add_shipping(shop_totals_t *totals, bool taxed);
static shop_status_t add_part(shop_totals_t *totals, const shop_tax_t *tax, shop_money_t untaxed,
                              shop_money_t taxed);
static shop_status_t add_amounts(shop_totals_t *totals, shop_money_t untaxed, shop_money_t taxed);


shop_status_t shop_cart_price(shop_arena_t *arena, const shop_cart_t *cart,
                              const shop_where_t *where, shop_totals_t *totals)
{
    shop_status_t status = shop_totals_lines(arena, cart, where, totals);

    return status == SHOP_OK ? shop_totals_sum(where, totals) : status;
}


shop_status_t shop_totals_lines(shop_arena_t *arena, const shop_cart_t *cart,
                                const shop_where_t *where, shop_totals_t *totals)
{
    shop_status_t status = SHOP_OK;
    bool taxed = where->shop->allow_tax;

    totals->lines = shop_arena_calloc(arena, (cart->line_count + 1) * sizeof(*totals->lines));
    totals->taxes = shop_arena_calloc(arena, (cart->line_count + 2) * sizeof(*totals->taxes));
    totals->line_count = 0;
    totals->tax_count = 0;
    totals->items = 0;
    totals->untaxed = totals->tax = totals->amount = SHOP_MONEY_ZERO;

    if (totals->lines == NULL || totals->taxes == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; status == SHOP_OK && i < cart->line_count; i++) {
        shop_priced_line_t *priced = &totals->lines[totals->line_count];

        status = price_line(where, &cart->lines[i], priced);

        if (status == SHOP_NOT_FOUND) {
            status = SHOP_OK; /* revalidation takes it out of the cart */
            continue;
        }

        totals->line_count++;
        totals->items += priced->quantity;

        if (status == SHOP_OK) {
            status =
                add_part(totals, taxed ? priced->item->tax : NULL, priced->untaxed, priced->taxed);
        }
    }

    totals->order_untaxed = totals->untaxed;
    totals->order_taxed = totals->amount;

    return status;
}


shop_status_t shop_totals_sum(const shop_where_t *where, shop_totals_t *totals)
{
    bool taxed = where->shop->allow_tax;
    shop_status_t status = add_discounts(totals, taxed);

    if (status == SHOP_OK && totals->shipping.code.len > 0) {
        status = add_shipping(totals, taxed);
    }

    return status == SHOP_OK ? shop_money_sub(totals->amount, totals->untaxed, &totals->tax)
                             : status;
}


static shop_status_t price_line(const shop_where_t *where, const shop_cart_line_t *line,
                                shop_priced_line_t *priced)
{
    const shop_item_t *item = shop_find_item(where->snapshot, where->shop, line->shortname);
    unsigned decimals = where->shop->currency->exponent;
    shop_dec_t quantity = shop_dec_from_int(line->quantity), taxed, product;
    shop_status_t status;

    if (item == NULL) {
        return SHOP_NOT_FOUND;
    }

    priced->item = item;
    priced->quantity = line->quantity;
    priced->unit = shop_tier_price(item, line->quantity);

    status = shop_tax_apply(where->shop->allow_tax ? item->tax : NULL, priced->unit, &taxed);

    if (status == SHOP_OK) {
        status = shop_dec_round(taxed, UNIT_DECIMALS, &priced->unit_taxed);
    }

    if (status == SHOP_OK) {
        status = shop_dec_mul(taxed, quantity, &product);
    }

    if (status == SHOP_OK) {
        status = shop_dec_round(product, decimals, &priced->taxed);
    }

    if (status == SHOP_OK) {
        status = shop_dec_mul(shop_dec_from_money(priced->unit), quantity, &product);
    }

    if (status == SHOP_OK) {
        status = shop_dec_round(product, decimals, &priced->untaxed);
    }

    return status == SHOP_OK ? shop_money_sub(priced->taxed, priced->untaxed, &priced->tax)
                             : status;
}


static shop_status_t add_amounts(shop_totals_t *totals, shop_money_t untaxed, shop_money_t taxed)
{
    shop_status_t status = shop_money_add(totals->untaxed, untaxed, &totals->untaxed);

    return status == SHOP_OK ? shop_money_add(totals->amount, taxed, &totals->amount) : status;
}


static shop_status_t add_tax(shop_totals_t *totals, const shop_tax_t *tax, shop_money_t amount)
{
    size_t i = 0;

    while (i < totals->tax_count && totals->taxes[i].tax != tax) {
        i++;
    }

    if (i == totals->tax_count) {
        totals->taxes[totals->tax_count++] = (shop_tax_line_t){tax, SHOP_MONEY_ZERO};
    }

    return shop_money_add(totals->taxes[i].amount, amount, &totals->taxes[i].amount);
}


/* A discount carries the tax of its line. */
static shop_status_t add_discounts(shop_totals_t *totals, bool taxed)
{
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < totals->discount_count; i++) {
        const shop_discount_line_t *discount = &totals->discounts[i];
        const shop_tax_t *tax = totals->lines[discount->line].item->tax;

        status = add_part(totals, taxed ? tax : NULL, discount->untaxed, discount->taxed);
    }

    return status;
}


static shop_status_t add_shipping(shop_totals_t *totals, bool taxed)
{
    const shop_shipping_line_t *shipping = &totals->shipping;

    return add_part(totals, taxed ? shipping->tax : NULL, shipping->untaxed, shipping->taxed);
}


static shop_status_t add_part(shop_totals_t *totals, const shop_tax_t *tax, shop_money_t untaxed,
                              shop_money_t taxed)
{
    shop_money_t amount;
    shop_status_t status = add_amounts(totals, untaxed, taxed);

    if (status != SHOP_OK || tax == NULL) {
        return status;
    }

    status = shop_money_sub(taxed, untaxed, &amount);

    return status == SHOP_OK ? add_tax(totals, tax, amount) : status;
}
