/*
 * A discount out of its row. One that cannot be understood says why and stays out of the stack.
 */

#include "shop/discount/discount.h"
#include "shop/catalog_internal.h"

#include <stdlib.h>


static const struct {
    const char *name;
    shop_operator_e operator;
} operators[] = {
    {"accumulate", SHOP_OPERATOR_ACCUMULATE},
    {"takeover", SHOP_OPERATOR_TAKEOVER},
    {"stopchainifapplies", SHOP_OPERATOR_STOP_IF_APPLIES},
    {"stopchainifnotapplies", SHOP_OPERATOR_STOP_IF_NOT},
};


static void read_texts(const json_t *row, shop_discount_t *discount);
static const char *read_operator(shop_str_t name, shop_discount_t *discount);
static const char *read_scope(shop_arena_t *arena, const json_t *row, shop_discount_t *discount);
static int by_text(const void *a, const void *b);
static const char *read_all(shop_arena_t *arena, const json_t *row, shop_discount_t *discount);


shop_status_t shop_discount_build(shop_arena_t *arena, const json_t *row, shop_discount_t **out)
{
    shop_discount_t *discount = shop_arena_calloc(arena, sizeof(*discount));

    if (discount == NULL) {
        return SHOP_NO_MEMORY;
    }

    discount->id = shop_json_int(row, "id");
    discount->shop = shop_json_int(row, "shopid");
    discount->name = shop_json_text(row, "name");
    discount->ordering = shop_json_int(row, "ordering");
    discount->stamp = shop_json_text(row, "stamp");
    read_texts(row, discount);
    discount->defect = read_all(arena, row, discount);
    *out = discount;

    return discount->defect != NULL &&
                   shop_str_eq(shop_str(discount->defect), SHOP_STR("no_memory"))
               ? SHOP_NO_MEMORY
               : SHOP_OK;
}


shop_status_t shop_discount_check(shop_arena_t *arena, const json_t *row, const char **wrong)
{
    shop_discount_t *discount;
    shop_status_t status = shop_discount_build(arena, row, &discount);

    *wrong = status == SHOP_OK ? discount->defect : NULL;

    return status;
}


/* The reason, in the visitor's language; the name when there is none. */
static void read_texts(const json_t *row, shop_discount_t *discount)
{
    shop_texts_t text[SHOP_LANGS];

    shop_texts_read(row, "argument", "", text);

    for (size_t lang = 0; lang < SHOP_LANGS; lang++) {
        discount->reason[lang] = text[lang].eula.len > 0 ? text[lang].eula : text[lang].name;
    }
}


static const char *read_all(shop_arena_t *arena, const json_t *row, shop_discount_t *discount)
{
    shop_money_t rate = shop_json_money(row, "rate");
    const char *wrong;

    discount->type = shop_discount_type_find(shop_json_text(row, "type"));

    if (discount->type == NULL) {
        return "discount_type_unknown";
    }

    discount->rate.e4 = rate.e4;

    if (!discount->type->own_rates && (rate.e4 <= 0 || rate.e4 > SHOP_RATE_FULL)) {
        return "discount_rate_invalid";
    }

    if (shop_rate_name(arena, discount->rate, &discount->rate_name) != SHOP_OK) {
        return "no_memory";
    }

    wrong = read_operator(shop_json_text(row, "operator"), discount);

    if (wrong == NULL) {
        wrong = read_scope(arena, row, discount);
    }

    return wrong == NULL ? discount->type->parse(arena, shop_json_text(row, "ruledata"), discount)
                         : wrong;
}


static const char *read_operator(shop_str_t name, shop_discount_t *discount)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (shop_str_eq(name, shop_str(operators[i].name))) {
            discount->operator= operators[i].operator;
            return NULL;
        }
    }

    return name.len == 0 ? NULL : "discount_operator_unknown";
}


/* Codes with commas or on lines of their own. */
static const char *read_scope(shop_arena_t *arena, const json_t *row, shop_discount_t *discount)
{
    shop_str_t text = shop_json_text(row, "applydata"), line, code;
    size_t room = 1;

    if (!shop_str_eq(shop_json_text(row, "applyon"), SHOP_STR("itemlist"))) {
        return NULL;
    }

    for (size_t i = 0; i < text.len; i++) {
        room += text.data[i] == ',' || text.data[i] == '\n';
    }

    discount->scope = shop_arena_calloc(arena, room * sizeof(shop_str_t));
    if (discount->scope == NULL) {
        return "no_memory";
    }

    while (shop_str_split(&text, '\n', &line)) {
        while (shop_str_split(&line, ',', &code)) {
            code = shop_str_trim(code);

            if (code.len > 0) {
                discount->scope[discount->scope_count++] = code;
            }
        }
    }

    if (discount->scope_count == 0) {
        return "discount_items_empty";
    }

    qsort(discount->scope, discount->scope_count, sizeof(shop_str_t), by_text);

    return NULL;
}


static int by_text(const void *a, const void *b)
{
    return shop_str_cmp(*(const shop_str_t *) a, *(const shop_str_t *) b);
}
