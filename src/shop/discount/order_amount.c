/*
 * An order that reaches an amount: with taxes, before discounts and shipping. A list of items
 * limits what is discounted, not what is counted.
 */

#include "shop/discount/discount.h"


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    e->rate = discount->rate;

    return e->totals->order_taxed.e4 >= discount->rules[0].number.e4;
}


const shop_discount_type_t shop_discount_order_amount = {
    .name = "orderamount",
    .parse = shop_rule_threshold,
    .evaluate = evaluate,
};
