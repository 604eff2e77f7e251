/*
 * Several codes, each with its rate, and perhaps with a mark for the order.
 */

#include "shop/discount/discount.h"


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    const char *wrong = shop_rules_read(arena, ruledata, discount, shop_rule_code_line);

    return wrong == NULL && shop_rule_same_code(discount) ? "discount_code_twice" : wrong;
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_rule_t *rule = shop_rule_entered(discount, e);

    if (rule == NULL) {
        return false;
    }

    e->rate = rule->rate;
    e->tag = rule->tag;

    return true;
}


const shop_discount_type_t shop_discount_multiple_codes = {
    .name = "multipleoffercode",
    .takes_code = true,
    .own_rates = true,
    .parse = parse,
    .evaluate = evaluate,
};
