/*
 * A right of the visitor, granted by the shop: "local/shop:discountagreed", or
 * {"capability": "local/shop:discountagreed", "contextid": 1}. The shop grants rights everywhere,
 * so the context can only be that of the system.
 */

#include "shop/discount/discount.h"


#define PREFIX SHOP_STR("local/shop:")
#define SYSTEM_CONTEXT 1
#define RULE_MAX 4096


/* objects.md 18.1 */
static const char *const known[] = {
    "salesadmin",
    "beassigned",
    "accessallowners",
    "discountagreed",
    "seconddiscountagreed",
    "thirddiscountagreed",
    "paycheckoverride",
    "usenoninstantpayments",
    "export",
};


static const char *read_json(shop_arena_t *arena, shop_str_t text, shop_str_t *name);


static const char *parse(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount)
{
    shop_str_t name = shop_str_trim(ruledata);
    const char *wrong = NULL;

    discount->rules = shop_arena_calloc(arena, sizeof(shop_rule_t));
    if (discount->rules == NULL) {
        return "no_memory";
    }

    if (name.len > 0 && name.data[0] == '{') {
        wrong = read_json(arena, name, &name);
    }

    if (wrong != NULL) {
        return wrong;
    }

    if (shop_str_starts(name, PREFIX)) {
        name.data += PREFIX.len;
        name.len -= PREFIX.len;
    }

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (shop_str_eq(name, shop_str(known[i]))) {
            discount->rules[discount->rule_count++].key = name;
            return NULL;
        }
    }

    return "discount_capability_unknown";
}


static const char *read_json(shop_arena_t *arena, shop_str_t text, shop_str_t *name)
{
    json_t *json, *context;
    const char *wrong = NULL;

    if (shop_json_parse(text, RULE_MAX, &json) != SHOP_OK) {
        return "discount_capability_unknown";
    }

    context = json_object_get(json, "contextid");

    if (context != NULL && json_integer_value(context) != SYSTEM_CONTEXT) {
        wrong = "discount_capability_context";
    } else if (shop_arena_copy(arena, shop_json_text(json, "capability"), name) != SHOP_OK) {
        wrong = "no_memory";
    }

    json_decref(json);

    return wrong;
}


static bool evaluate(const shop_discount_t *discount, shop_evaluation_t *e)
{
    const shop_figures_t *figures = e->where->figures;

    e->rate = discount->rate;

    for (size_t i = 0; e->where->visitor->logged_in && figures != NULL && i < figures->right_count;
         i++) {
        if (shop_str_eq(figures->rights[i], discount->rules[0].key)) {
            return true;
        }
    }

    return false;
}


const shop_discount_type_t shop_discount_user_capability = {
    .name = "usercapability",
    .needs = SHOP_NEEDS_RIGHTS,
    .parse = parse,
    .evaluate = evaluate,
};
