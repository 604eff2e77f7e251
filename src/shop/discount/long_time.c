/*
 * A user whose account is old enough, in days.
 */

#include "shop/discount/discount.h"


#define DAY 86400


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_visitor_t *visitor = e->where->visitor;

    e->rate = discount->rate;

    return visitor->logged_in && visitor->since > 0 &&
           e->where->now - visitor->since >= discount->rules[0].number.e4 / 10000 * DAY;
}


const shop_discount_type_t shop_discount_long_time = {
    .name = "longtimecustomer",
    .parse = shop_rule_threshold_count,
    .evaluate = evaluate,
};
