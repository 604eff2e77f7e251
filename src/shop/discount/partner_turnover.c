/*
 * A buyer of a partner whose buyers have spent enough, without taxes.
 */

#include "shop/discount/discount.h"


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_partner_figures_t *figures = shop_partner_past(e);

    e->rate = discount->rate;

    return figures != NULL && figures->turnover.e4 >= discount->rules[0].number.e4;
}


const shop_discount_type_t shop_discount_partner_turnover = {
    .name = "partnerturnover",
    .needs = SHOP_NEEDS_PARTNER,
    .parse = shop_rule_threshold,
    .evaluate = evaluate,
};
