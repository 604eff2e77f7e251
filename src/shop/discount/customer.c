/*
 * Certain customers: their e-mail addresses or numbers, each perhaps with a rate of its own. What
 * an anonymous visitor types proves nothing.
 */

#include "shop/discount/discount.h"


static bool is_number(shop_str_t text);


static const char *read_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    const char *wrong = shop_rule_key_line(line, rule);

    return wrong == NULL && !is_number(rule->key) && !shop_email_valid(rule->key)
               ? "discount_rule_line"
               : wrong;
}


static bool is_number(shop_str_t text)
{
    int64_t ignored;

    return text.len > 0 && shop_str_to_int(text, &ignored) == SHOP_OK;
}


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    return shop_rules_read(arena, ruledata, discount, read_line);
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_visitor_t *visitor = e->where->visitor;
    const shop_figures_t *figures = e->where->figures;
    int64_t number;

    if (!visitor->logged_in || visitor->customer == 0) {
        return false;
    }

    for (size_t i = 0; i < discount->rule_count; i++) {
        const shop_rule_t *rule = &discount->rules[i];
        bool same = shop_str_to_int(rule->key, &number) == SHOP_OK
                        ? number == visitor->customer
                        : figures != NULL && figures->email.len > 0 &&
                              shop_str_eq_nocase(rule->key, figures->email);

        if (same) {
            e->rate = shop_rule_rate_of(discount, rule);
            return true;
        }
    }

    return false;
}


const shop_discount_type_t shop_discount_customer = {
    .name = "customeridentity",
    .needs = SHOP_NEEDS_CUSTOMER,
    .parse = parse,
    .evaluate = evaluate,
};
