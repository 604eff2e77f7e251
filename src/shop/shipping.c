/*
 * What shipping costs (objects.md 7.3 to 7.6): the zone of the customer's address, a flat amount or
 * the sum over the products, the zone's tax.
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"


#define FALLBACK SHOP_STR("00")


static const shop_shipping_t *shipping_of(const shop_zone_t *zone, shop_str_t code);
static bool shipped(const shop_zone_t *zone, const shop_cart_t *cart, const shop_where_t *where);
static bool needs_delivery(const shop_cart_t *cart, const shop_where_t *where);
static const shop_zone_t *zone_of_cart(const shop_cart_t *cart, const shop_where_t *where);
static shop_status_t amount_of(const shop_zone_t *zone, const shop_where_t *where,
                               const shop_totals_t *totals, shop_money_t *amount);
static shop_status_t line_amount(const shop_shipping_t *shipping, const shop_where_t *where,
                                 const shop_priced_line_t *line, shop_dec_t *amount);
static bool free_above(const shop_zone_t *zone, const shop_totals_t *totals);
static shop_status_t fill_line(shop_arena_t *arena, const shop_zone_t *zone,
                               const shop_where_t *where, shop_money_t amount,
                               shop_shipping_line_t *line);


/* --- the zone --- */

const shop_zone_t *shop_zone_select(const shop_catalog_t *catalog, shop_str_t country,
                                    shop_str_t zip)
{
    const shop_zone_t *fallback = NULL;

    for (size_t i = 0; i < catalog->zone_count; i++) {
        const shop_zone_t *zone = catalog->zones[i];

        if (shop_str_eq(zone->code, FALLBACK)) {
            fallback = zone;
        } else if (shop_zone_rule_matches(zone, country, zip)) {
            return zone;
        }
    }

    return fallback;
}


static const shop_zone_t *zone_of_cart(const shop_cart_t *cart, const shop_where_t *where)
{
    return shop_zone_select(where->shop->catalog, cart->customer.country, cart->customer.zip);
}


static const shop_shipping_t *shipping_of(const shop_zone_t *zone, shop_str_t code)
{
    size_t low = 0, high = zone->shipping_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = shop_str_cmp(zone->shippings[middle]->code, code);

        if (order == 0) {
            return zone->shippings[middle];
        }

        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }

    return NULL;
}


/* Does the zone know one of the products? */
static bool shipped(const shop_zone_t *zone, const shop_cart_t *cart, const shop_where_t *where)
{
    for (size_t i = 0; zone->shipping_count > 0 && i < cart->line_count; i++) {
        const shop_item_t *item =
            shop_find_item(where->snapshot, where->shop, cart->lines[i].shortname);

        if (item != NULL && shipping_of(zone, item->code) != NULL) {
            return true;
        }
    }

    return false;
}


static bool needs_delivery(const shop_cart_t *cart, const shop_where_t *where)
{
    const shop_catalog_t *catalog = where->shop->catalog;

    for (size_t i = 0; i < catalog->zone_count; i++) {
        if (shipped(catalog->zones[i], cart, where)) {
            return true;
        }
    }

    return false;
}


bool shop_shipping_pending(const shop_cart_t *cart, const shop_where_t *where)
{
    return where->shop->ships && cart->customer.country.len == 0 && needs_delivery(cart, where);
}


bool shop_shipping_served(const shop_cart_t *cart, const shop_where_t *where)
{
    return !where->shop->ships || zone_of_cart(cart, where) != NULL || !needs_delivery(cart, where);
}


/* --- the line --- */

/* Without an address there is nothing to say yet. */
shop_status_t shop_shipping_add(shop_arena_t *arena, const shop_cart_t *cart,
                                const shop_where_t *where, shop_totals_t *totals)
{
    const shop_zone_t *zone;
    shop_money_t amount;
    shop_status_t status;

    totals->shipping = (shop_shipping_line_t){0};
    totals->shipping_free = false;
    totals->shipping_problem = NULL;

    if (!where->shop->ships || cart->customer.country.len == 0) {
        return SHOP_OK;
    }

    zone = zone_of_cart(cart, where);

    if (zone == NULL) {
        totals->shipping_problem = needs_delivery(cart, where) ? "not_delivered" : NULL;
        return SHOP_OK;
    }

    /* A zone that lists its products does not charge an order without any of them. */
    if (zone->shipping_count > 0 && !shipped(zone, cart, where)) {
        return SHOP_OK;
    }

    status = amount_of(zone, where, totals, &amount);

    if (status == SHOP_OK && amount.e4 > 0) {
        if (free_above(zone, totals)) {
            totals->shipping_free = true;
            return SHOP_OK;
        }

        status = fill_line(arena, zone, where, amount, &totals->shipping);
    }

    if (status == SHOP_OK || status == SHOP_NO_MEMORY) {
        return status;
    }

    /* A price that cannot be computed is never 0: nothing is sold. */
    totals->shipping = (shop_shipping_line_t){0};
    totals->shipping_problem = "shipping_unknown";

    return SHOP_OK;
}


static shop_status_t amount_of(const shop_zone_t *zone, const shop_where_t *where,
                               const shop_totals_t *totals, shop_money_t *amount)
{
    shop_dec_t sum = shop_dec_from_money(zone->flat), one;
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; zone->flat.e4 == 0 && status == SHOP_OK && i < totals->line_count; i++) {
        const shop_priced_line_t *line = &totals->lines[i];
        const shop_shipping_t *shipping = shipping_of(zone, line->item->code);

        if (shipping == NULL) {
            continue;
        }

        status = line_amount(shipping, where, line, &one);

        if (status == SHOP_OK) {
            status = shop_dec_add(sum, one, &sum);
        }
    }

    return status == SHOP_OK ? shop_dec_round(sum, where->shop->currency->exponent, amount)
                             : status;
}


static shop_status_t line_amount(const shop_shipping_t *shipping, const shop_where_t *where,
                                 const shop_priced_line_t *line, shop_dec_t *amount)
{
    shop_formula_var_t vars[6] = {
        {"a", shipping->a},
        {"b", shipping->b},
        {"c", shipping->c},
        {"ht", shop_dec_from_money(line->unit)},
        {"ttc", shop_dec_from_int(0)},
        {"q", shop_dec_from_int(line->quantity)},
    };
    shop_status_t status;

    *amount = shop_dec_from_money(shipping->value);

    if (shipping->value.e4 > 0 || (shipping->formula == NULL && !shipping->broken)) {
        return SHOP_OK;
    }

    if (shipping->broken) {
        return SHOP_REFUSED;
    }

    status =
        shop_tax_apply(where->shop->allow_tax ? line->item->tax : NULL, line->unit, &vars[4].value);

    return status == SHOP_OK ? shop_formula_eval(shipping->formula, vars, 6, "shp", amount)
                             : status;
}


/* Of what the products cost with taxes, after the discounts. */
static bool free_above(const shop_zone_t *zone, const shop_totals_t *totals)
{
    shop_money_t sum = totals->order_taxed;

    for (size_t i = 0; zone->has_free_above && i < totals->agreed_count; i++) {
        if (shop_money_add(sum, totals->agreed[i].taxed, &sum) != SHOP_OK) {
            return false;
        }
    }

    return zone->has_free_above && sum.e4 >= zone->free_above.e4;
}


static shop_status_t fill_line(shop_arena_t *arena, const shop_zone_t *zone,
                               const shop_where_t *where, shop_money_t amount,
                               shop_shipping_line_t *line)
{
    shop_dec_t taxed;
    shop_status_t status;

    line->untaxed = amount;
    line->title = zone->description[where->lang];
    line->tax = where->shop->allow_tax ? zone->tax : NULL;

    status = zone->tax == NULL && zone->tax_id > 0 ? SHOP_REFUSED : SHOP_OK;

    if (status == SHOP_OK) {
        status = shop_tax_apply(line->tax, amount, &taxed);
    }

    if (status == SHOP_OK) {
        status = shop_dec_round(taxed, where->shop->currency->exponent, &line->taxed);
    }

    return status == SHOP_OK ? shop_arena_printf(arena, &line->code, "SHIP_%.*s",
                                                 (int) zone->code.len, zone->code.data)
                             : status;
}
