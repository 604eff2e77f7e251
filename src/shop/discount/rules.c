/*
 * Ruledata as lines of fields, read once when the snapshot is built.
 */

#include "shop/discount/discount.h"

#include <ctype.h>


#define CODE_MAX 32
#define TAG_MAX 32


static size_t count_lines(shop_str_t text);
static shop_rule_line_t split(shop_str_t text);
static bool word(shop_str_t text, size_t max, const char *more);
static bool whole(shop_str_t text, int64_t *value);


const char *shop_rules_read(shop_arena_t *arena, shop_str_t text, shop_discount_t *discount,
                            shop_rule_reader_pt reader)
{
    size_t room = count_lines(text);
    shop_str_t one;

    if (room == 0) {
        return "discount_rule_empty";
    }

    discount->rules = shop_arena_calloc(arena, room * sizeof(shop_rule_t));
    if (discount->rules == NULL) {
        return "no_memory";
    }

    while (shop_str_split(&text, '\n', &one)) {
        shop_rule_line_t line;
        const char *wrong;

        one = shop_str_trim(one);

        if (one.len == 0) {
            continue;
        }

        line = split(one);
        wrong = line.count > SHOP_RULE_FIELDS
                    ? "discount_rule_line"
                    : reader(&line, &discount->rules[discount->rule_count]);

        if (wrong != NULL) {
            return wrong;
        }

        discount->rule_count++;
    }

    return NULL;
}


static size_t count_lines(shop_str_t text)
{
    shop_str_t one;
    size_t count = 0;

    while (shop_str_split(&text, '\n', &one)) {
        count += shop_str_trim(one).len > 0;
    }

    return count;
}


/* The count tells of fields beyond the last that is kept. */
static shop_rule_line_t split(shop_str_t text)
{
    shop_rule_line_t line = {.count = 0};
    shop_str_t field;

    while (shop_str_split(&text, '|', &field)) {
        if (line.count < SHOP_RULE_FIELDS) {
            line.field[line.count] = shop_str_trim(field);
        }

        line.count++;
    }

    return line;
}


/* --- fields --- */

static bool word(shop_str_t text, size_t max, const char *more)
{
    if (text.len > max) {
        return false;
    }

    for (size_t i = 0; i < text.len; i++) {
        const char *c = more;

        while (*c != '\0' && (unsigned char) *c != text.data[i]) {
            c++;
        }

        if (!(text.data[i] < 128 && isalnum(text.data[i])) && *c == '\0') {
            return false;
        }
    }

    return true;
}


static bool whole(shop_str_t text, int64_t *value)
{
    return text.len > 0 && text.len <= 12 && shop_str_to_int(text, value) == SHOP_OK;
}


bool shop_rule_rate(shop_str_t text, shop_rate_t *rate)
{
    shop_money_t number;

    if (!shop_rule_number(text, &number) || number.e4 == 0 || number.e4 > SHOP_RATE_FULL) {
        return false;
    }

    rate->e4 = number.e4;

    return true;
}


shop_status_t shop_rate_name(shop_arena_t *arena, shop_rate_t rate, shop_str_t *name)
{
    shop_status_t status = shop_money_print(arena, (shop_money_t){rate.e4}, 4, name);

    while (status == SHOP_OK && name->data[name->len - 1] == '0') {
        name->len--;
    }

    if (status == SHOP_OK && name->data[name->len - 1] == '.') {
        name->len--;
    }

    return status;
}


bool shop_rule_number(shop_str_t text, shop_money_t *number)
{
    return text.len > 0 && text.data[0] != '+' && shop_money_parse(text, number) == SHOP_OK &&
           number->e4 >= 0;
}


bool shop_rule_count(shop_str_t text, int64_t min, shop_money_t *number)
{
    int64_t value;

    if (!whole(text, &value) || value < min) {
        return false;
    }

    number->e4 = value * 10000;

    return true;
}


/* --- a threshold --- */

static const char *read_number(const shop_rule_line_t *line, shop_rule_t *rule)
{
    return line->count == 1 && shop_rule_number(line->field[0], &rule->number)
               ? NULL
               : "discount_number_invalid";
}


static const char *read_count(const shop_rule_line_t *line, shop_rule_t *rule)
{
    return line->count == 1 && shop_rule_count(line->field[0], 1, &rule->number)
               ? NULL
               : "discount_number_invalid";
}


static const char *only_one(const shop_discount_t *discount, const char *wrong)
{
    return wrong == NULL && discount->rule_count > 1 ? "discount_number_invalid" : wrong;
}


const char *shop_rule_threshold(shop_arena_t *arena, shop_str_t text, shop_discount_t *discount)
{
    return only_one(discount, shop_rules_read(arena, text, discount, read_number));
}


const char *shop_rule_threshold_count(shop_arena_t *arena, shop_str_t text,
                                      shop_discount_t *discount)
{
    return only_one(discount, shop_rules_read(arena, text, discount, read_count));
}


/* --- people and businesses --- */

const char *shop_rule_key_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    rule->key = line->field[0];

    if (line->count > 2 || rule->key.len == 0) {
        return "discount_rule_line";
    }

    return line->count == 2 && !shop_rule_rate(line->field[1], &rule->rate)
               ? "discount_rate_invalid"
               : NULL;
}


/* --- codes --- */

const char *shop_rule_code_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    int64_t percent;

    if (line->count < 2) {
        return "discount_arguments_few";
    }

    if (line->count > 3) {
        return "discount_rule_line";
    }

    rule->key = line->field[0];
    rule->tag = line->count == 3 ? line->field[2] : SHOP_STR("");

    if (rule->key.len == 0) {
        return "discount_code_empty";
    }

    if (!word(rule->key, CODE_MAX, "")) {
        return "discount_code_token";
    }

    if (!whole(line->field[1], &percent) || percent < 1 || percent > 100) {
        return "discount_rate_invalid";
    }

    rule->rate.e4 = percent * 10000;

    return word(rule->tag, TAG_MAX, "_-") ? NULL : "discount_rule_line";
}


bool shop_rule_same_code(const shop_discount_t *discount)
{
    for (size_t i = 0; i < discount->rule_count; i++) {
        for (size_t n = i + 1; n < discount->rule_count; n++) {
            if (shop_str_eq_nocase(discount->rules[i].key, discount->rules[n].key)) {
                return true;
            }
        }
    }

    return false;
}


const shop_rule_t *shop_rule_entered(const shop_discount_t *discount, shop_evaluation_t *e)
{
    for (size_t i = 0; i < e->cart->promo_count; i++) {
        const shop_promo_t *promo = &e->cart->promos[i];
        const shop_rule_t *rule;

        if (promo->discount != discount->id) {
            continue;
        }

        rule = shop_discount_code(discount, promo->code);

        if (rule == NULL || shop_discount_usable(discount, e->where, promo->code).key != NULL) {
            return NULL;
        }

        e->code = rule->key;

        return rule;
    }

    return NULL;
}


shop_rate_t shop_rule_rate_of(const shop_discount_t *discount, const shop_rule_t *rule)
{
    return rule->rate.e4 > 0 ? rule->rate : discount->rate;
}


/* --- products --- */

static const char *item_line(const shop_rule_line_t *line, shop_rule_t *rule)
{
    if (line->count < 2) {
        return "discount_arguments_few";
    }

    if (line->count > 3 || line->field[0].len == 0 || !word(line->field[0], CODE_MAX, "_-")) {
        return "discount_rule_line";
    }

    rule->key = line->field[0];

    return line->count == 3 && line->field[2].len > 0 &&
                   !shop_rule_rate(line->field[2], &rule->rate)
               ? "discount_rate_invalid"
               : NULL;
}


const char *shop_rule_item_count(const shop_rule_line_t *line, shop_rule_t *rule)
{
    const char *wrong = item_line(line, rule);

    return wrong == NULL && !shop_rule_count(line->field[1], 1, &rule->number)
               ? "discount_number_invalid"
               : wrong;
}


const char *shop_rule_item_amount(const shop_rule_line_t *line, shop_rule_t *rule)
{
    const char *wrong = item_line(line, rule);

    return wrong == NULL && !shop_rule_number(line->field[1], &rule->number)
               ? "discount_number_invalid"
               : wrong;
}
