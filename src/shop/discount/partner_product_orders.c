/*
 * Products of which the partner of the order has brought enough units.
 * Each line of ruledata is looked at by itself, and touches that product alone.
 */

#include "shop/discount/discount.h"


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    return shop_rules_read(arena, ruledata, discount, shop_rule_item_count);
}


static shop_rate_t product_rate(const shop_discount_t *discount, const shop_evaluation_t *e,
                                const shop_item_t *item)
{
    const shop_product_figures_t *figures = shop_partner_product(e, item->code);

    return figures != NULL ? shop_rule_reached(discount, item->code, figures->units)
                           : (shop_rate_t){0};
}


const shop_discount_type_t shop_discount_partner_product_orders = {
    .name = "partnerproductordernum",
    .needs = SHOP_NEEDS_PARTNER,
    .parse = parse,
    .evaluate = shop_product_any,
    .product_rate = product_rate,
};
