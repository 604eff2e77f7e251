/*
 * A customer who has ordered often enough; the present order does not count.
 */

#include "shop/discount/discount.h"


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_figures_t *figures = e->where->figures;

    e->rate = discount->rate;

    return e->where->visitor->logged_in && figures != NULL &&
           figures->orders >= discount->rules[0].number.e4 / 10000;
}


const shop_discount_type_t shop_discount_order_count = {
    .name = "successfullordernum",
    .needs = SHOP_NEEDS_ORDERS,
    .parse = shop_rule_threshold_count,
    .evaluate = evaluate,
};
