/*
 * The institution of the visitor's profile: one name per line, without regard to case; "*" at the
 * end of a line stands for any ending.
 */

#include "shop/discount/discount.h"
#include "shop/shop_internal.h"


static bool matches(shop_str_t pattern, shop_str_t institution);


static const char *read_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    rule->key = line->field[0];

    return line->count == 1 ? NULL : "discount_rule_line";
}


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    return shop_rules_read(arena, ruledata, discount, read_line);
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    shop_str_t institution = shop_str_trim(e->where->visitor->institution);

    e->rate = discount->rate;

    if (!e->where->visitor->logged_in || institution.len == 0) {
        return false;
    }

    for (size_t i = 0; i < discount->rule_count; i++) {
        if (matches(discount->rules[i].key, institution)) {
            return true;
        }
    }

    return false;
}


static bool matches(shop_str_t pattern, shop_str_t institution)
{
    if (pattern.data[pattern.len - 1] == '*') {
        pattern.len--;

        if (institution.len < pattern.len) {
            return false;
        }

        institution.len = pattern.len;
    }

    return shop_name_same(pattern, institution);
}


const shop_discount_type_t shop_discount_institution = {
    .name = "institutionmatch",
    .parse = parse,
    .evaluate = evaluate,
};
