/*
 * What the partner of an order has brought before it.
 */

#include "shop/discount/discount.h"


const shop_partner_figures_t *shop_partner_past(const shop_evaluation_t *e)
{
    static const shop_partner_figures_t nothing;
    const shop_partner_figures_t *figures = shop_figures_of(e->where->figures, e->partner);

    return e->partner == NULL || figures != NULL ? figures : &nothing;
}


const shop_product_figures_t *shop_partner_product(const shop_evaluation_t *e, shop_str_t code)
{
    static const shop_product_figures_t nothing;
    const shop_partner_figures_t *figures = shop_partner_past(e);

    for (size_t i = 0; figures != NULL && i < figures->product_count; i++) {
        if (shop_str_eq(figures->products[i].code, code)) {
            return &figures->products[i];
        }
    }

    return figures != NULL ? &nothing : NULL;
}


shop_rate_t shop_rule_reached(const shop_discount_t *discount, shop_str_t code,
                              shop_money_t reached)
{
    shop_rate_t best = {0}, rate;

    for (size_t i = 0; i < discount->rule_count; i++) {
        const shop_rule_t *rule = &discount->rules[i];

        if (shop_str_eq(rule->key, code) && reached.e4 >= rule->number.e4) {
            rate = shop_rule_rate_of(discount, rule);
            best = rate.e4 > best.e4 ? rate : best;
        }
    }

    return best;
}


bool shop_product_any(const shop_discount_t *discount, shop_evaluation_t *e)
{
    for (size_t i = 0; i < e->totals->line_count; i++) {
        if (discount->type->product_rate(discount, e, e->totals->lines[i].item).e4 > 0) {
            return true;
        }
    }

    return false;
}
