/*
 * Prices of products: tiers and taxes (objects.md 5.3, 6, 8).
 */

#include "shop/shop.h"


#define UNIT_DECIMALS 3 /* of unit prices as stored and shown */


shop_money_t shop_tier_price(const shop_item_t *item, int64_t quantity)
{
    size_t tier = 0;

    while (tier < SHOP_TIERS - 1 && item->range[tier] != 0 && quantity > item->range[tier]) {
        tier++;
    }

    return item->price[tier];
}


shop_status_t shop_tax_apply(const shop_tax_t *tax, shop_money_t untaxed, shop_dec_t *taxed)
{
    shop_formula_var_t vars[2];

    if (tax == NULL) {
        *taxed = shop_dec_from_money(untaxed);
        return SHOP_OK;
    }

    if (tax->formula == NULL) {
        return SHOP_REFUSED;
    }

    vars[0] = (shop_formula_var_t){"ht", shop_dec_from_money(untaxed)};
    vars[1] = (shop_formula_var_t){"tr", tax->ratio_value};

    return shop_formula_eval(tax->formula, vars, 2, "ttc", taxed);
}


/* A price that cannot be computed is none: the ladder is empty. */
size_t shop_item_tiers(const shop_shop_t *shop, const shop_item_t *item,
                       shop_tier_t tiers[SHOP_TIERS])
{
    const shop_tax_t *tax = shop->allow_tax ? item->tax : NULL;
    int64_t from = 1;
    size_t count = 0;

    if (item->kind == SHOP_ITEM_SET) {
        return 0;
    }

    while (count < SHOP_TIERS) {
        shop_tier_t *tier = &tiers[count];
        shop_dec_t taxed;

        tier->from = from;
        tier->to = count < SHOP_TIERS - 1 ? item->range[count] : 0;
        tier->untaxed = item->price[count];

        if (shop_tax_apply(tax, tier->untaxed, &taxed) != SHOP_OK ||
            shop_dec_round(taxed, UNIT_DECIMALS, &tier->taxed) != SHOP_OK) {
            return 0;
        }

        count++;
        from = tier->to + 1;

        if (tier->to == 0) {
            break;
        }
    }

    return count;
}
