/*
 * A buyer of a partner who has brought enough orders.
 */

#include "shop/discount/discount.h"


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_partner_figures_t *figures = shop_partner_past(e);

    e->rate = discount->rate;

    return figures != NULL && figures->orders >= discount->rules[0].number.e4 / 10000;
}


const shop_discount_type_t shop_discount_partner_orders = {
    .name = "partnerordernum",
    .needs = SHOP_NEEDS_PARTNER,
    .parse = shop_rule_threshold_count,
    .evaluate = evaluate,
};
