/*
 * A buyer whom a partner has sent: keys of partners, each perhaps with a rate of its own; "*" is
 * any partner.
 */

#include "shop/discount/discount.h"


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    return shop_rules_read(arena, ruledata, discount, shop_rule_key_line);
}


/* His own line counts before that of all. */
static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_rule_t *found = NULL;

    for (size_t i = 0; e->partner != NULL && i < discount->rule_count; i++) {
        const shop_rule_t *rule = &discount->rules[i];

        if (shop_str_eq(rule->key, e->partner->key)) {
            found = rule;
            break;
        }

        if (found == NULL && shop_str_eq(rule->key, SHOP_STR("*"))) {
            found = rule;
        }
    }

    if (found == NULL) {
        return false;
    }

    e->rate = shop_rule_rate_of(discount, found);

    return true;
}


const shop_discount_type_t shop_discount_partner = {
    .name = "partner",
    .parse = parse,
    .evaluate = evaluate,
};
