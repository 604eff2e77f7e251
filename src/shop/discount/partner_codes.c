/*
 * Several codes, each of a partner: who enters one is his buyer. A buyer whom another partner has
 * sent stays that one's.
 */

#include "shop/discount/discount.h"


static const char *read_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    const char *wrong = shop_rule_code_line(line, rule);

    return wrong == NULL && rule->tag.len == 0 ? "discount_partner_required" : wrong;
}


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    const char *wrong = shop_rules_read(arena, ruledata, discount, read_line);

    return wrong == NULL && shop_rule_same_code(discount) ? "discount_code_twice" : wrong;
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_rule_t *rule = shop_rule_entered(discount, e);
    const shop_partner_t *partner;

    if (rule == NULL) {
        return false;
    }

    partner = shop_partner_find(e->where->shop, rule->tag);

    if (partner == NULL || (e->partner != NULL && e->partner != partner)) {
        return false;
    }

    e->rate = rule->rate;
    e->brings = partner;
    e->tag = rule->key;

    return true;
}


const shop_discount_type_t shop_discount_partner_codes = {
    .name = "partnermultipleoffercode",
    .takes_code = true,
    .own_rates = true,
    .parse = parse,
    .evaluate = evaluate,
};
