/*
 * A discount for everybody, always.
 */

#include "shop/discount/discount.h"


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    (void) arena;
    (void) ruledata;
    (void) discount;

    return NULL;
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    e->rate = discount->rate;

    return true;
}


const shop_discount_type_t shop_discount_unconditional = {
    .name = "unconditional",
    .parse = parse,
    .evaluate = evaluate,
};
