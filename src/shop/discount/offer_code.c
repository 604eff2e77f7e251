/*
 * One code, with its limits: "VOUCHER000;from=2025-01-01;to=2025-12-31;max=100;maxpercustomer=1".
 * Both days are whole days of the shop's time zone.
 */

#include "shop/discount/discount.h"


static const char *read_code(const shop_rule_line_t *line, shop_rule_t *rule);
static const char *read_limit(shop_discount_t *discount, shop_str_t text);
static bool read_day(shop_str_t text, int64_t *day);


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    shop_str_t code, limit;
    const char *wrong;

    ruledata = shop_str_trim(ruledata);

    if (!shop_str_split(&ruledata, ';', &code) || shop_str_trim(code).len == 0) {
        return "discount_code_empty";
    }

    wrong = shop_rules_read(arena, code, discount, read_code);

    if (wrong == NULL && discount->rule_count != 1) {
        wrong = "discount_code_token";
    }

    while (wrong == NULL && shop_str_split(&ruledata, ';', &limit)) {
        limit = shop_str_trim(limit);
        wrong = limit.len > 0 ? read_limit(discount, limit) : NULL;
    }

    return wrong;
}


static const char *read_code(const shop_rule_line_t *line, shop_rule_t *rule)
{
    return line->count == 1 && shop_promo_token(line->field[0], &rule->key) ? NULL
                                                                            : "discount_code_token";
}


static const char *read_limit(shop_discount_t *discount, shop_str_t text)
{
    shop_str_t name, value = SHOP_STR("");
    shop_money_t number;
    bool good = false;

    if (shop_str_split(&text, '=', &name)) {
        value = shop_str_trim(text);
        name = shop_str_trim(name);
    }

    if (shop_str_eq(name, SHOP_STR("from"))) {
        good = read_day(value, &discount->from);
    } else if (shop_str_eq(name, SHOP_STR("to"))) {
        good = read_day(value, &discount->to);
    } else if (shop_str_eq(name, SHOP_STR("max"))) {
        good = shop_rule_count(value, 1, &number);
        discount->max = good ? number.e4 / 10000 : 0;
    } else if (shop_str_eq(name, SHOP_STR("maxpercustomer"))) {
        good = shop_rule_count(value, 1, &number);
        discount->per_customer = good ? number.e4 / 10000 : 0;
    }

    return good ? NULL : "discount_limit_invalid";
}


static bool read_day(shop_str_t text, int64_t *day)
{
    int64_t seconds, number = 0;
    char check[15];

    if (text.len != 10 || shop_time_parse(text, &seconds) != SHOP_OK) {
        return false;
    }

    shop_time_compact(seconds, check);

    for (size_t i = 0; i < 8; i++) {
        number = number * 10 + (check[i] - '0');
    }

    *day = number;

    return true;
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    e->rate = discount->rate;

    return shop_rule_entered(discount, e) != NULL;
}


const shop_discount_type_t shop_discount_offer_code = {
    .name = "offercode",
    .takes_code = true,
    .parse = parse,
    .evaluate = evaluate,
};
