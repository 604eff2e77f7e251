/*
 * Promotional codes (objects.md 14.5): one field, tried on every discount that takes codes, one
 * code for each of them.
 */

#include "shop/discount/discount.h"

#include <ctype.h>


#define CODE_MAX 32


static void put(shop_cart_t *cart, int64_t discount, shop_str_t code);
static bool counts(shop_arena_t *arena, const shop_cart_t *cart, const shop_where_t *where,
                   shop_str_t code);
static bool too_often(const shop_discount_t *discount, const shop_where_t *where);
static int64_t today(const shop_where_t *where);


bool shop_promo_token(shop_str_t text, shop_str_t *code)
{
    *code = shop_str_trim(text);

    if (code->len == 0 || code->len > CODE_MAX) {
        return false;
    }

    for (size_t i = 0; i < code->len; i++) {
        if (code->data[i] >= 128 || !isalnum(code->data[i])) {
            return false;
        }
    }

    return true;
}


bool shop_promo_asked(const shop_shop_t *shop)
{
    for (size_t i = 0; i < shop->discount_count; i++) {
        if (shop->discounts[i]->type->takes_code) {
            return true;
        }
    }

    return false;
}


const shop_rule_t *shop_discount_code(const shop_discount_t *discount, shop_str_t code)
{
    for (size_t i = 0; discount->type->takes_code && i < discount->rule_count; i++) {
        if (shop_str_eq_nocase(discount->rules[i].key, code)) {
            return &discount->rules[i];
        }
    }

    return NULL;
}


bool shop_promo_known(const shop_shop_t *shop, shop_str_t code)
{
    for (size_t i = 0; i < shop->discount_count; i++) {
        if (shop_discount_code(shop->discounts[i], code) != NULL) {
            return true;
        }
    }

    return false;
}


/* --- may it be used? --- */

shop_refusal_t shop_discount_usable(const shop_discount_t *discount, const shop_where_t *where,
                                    shop_str_t code)
{
    shop_refusal_t refusal = {.name = code};

    if (discount->from > 0 && today(where) < discount->from) {
        refusal.key = "promo_early";
    } else if (discount->to > 0 && today(where) > discount->to) {
        refusal.key = "promo_expired";
    } else if (too_often(discount, where)) {
        refusal.key = "promo_exhausted";
    }

    return refusal;
}


/* The day of the shop, as YYYYMMDD. */
static int64_t today(const shop_where_t *where)
{
    int64_t day = 0;
    char text[15];

    shop_time_compact(where->now + where->shop->utc_offset, text);

    for (size_t i = 0; i < 8; i++) {
        day = day * 10 + (text[i] - '0');
    }

    return day;
}


static bool too_often(const shop_discount_t *discount, const shop_where_t *where)
{
    const shop_figures_t *figures = where->figures;

    for (size_t i = 0; figures != NULL && i < figures->use_count; i++) {
        const shop_use_figures_t *uses = &figures->uses[i];

        if (uses->discount == discount->id) {
            return (discount->max > 0 && uses->used >= discount->max) ||
                   (discount->per_customer > 0 && uses->mine >= discount->per_customer);
        }
    }

    return false;
}


/* --- the codes of a cart --- */

shop_refusal_t shop_promo_enter(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                                shop_str_t code)
{
    shop_cart_t before = *cart;
    shop_refusal_t why = {.key = NULL, .name = code};
    bool stored = false;

    for (size_t i = 0; i < where->shop->discount_count; i++) {
        const shop_discount_t *discount = where->shop->discounts[i];
        const shop_rule_t *rule = shop_discount_code(discount, code);
        shop_refusal_t refusal;

        if (rule == NULL) {
            continue;
        }

        refusal = shop_discount_usable(discount, where, code);

        if (refusal.key == NULL) {
            put(cart, discount->id, rule->key);
            stored = true;
        } else if (why.key == NULL) {
            why = refusal;
        }
    }

    if (stored && counts(arena, cart, where, code)) {
        return (shop_refusal_t){0};
    }

    *cart = before;

    if (stored) {
        why.key = "promo_not_applicable";
    } else if (why.key == NULL) {
        why.key = "promo_invalid";
    }

    return why;
}


/* The one code of a discount is the last that was entered. */
static void put(shop_cart_t *cart, int64_t discount, shop_str_t code)
{
    shop_promo_forget(cart, discount);

    if (cart->promo_count < SHOP_MAX_PROMOS) {
        cart->promos[cart->promo_count++] = (shop_promo_t){discount, code};
    }
}


static bool counts(shop_arena_t *arena, const shop_cart_t *cart, const shop_where_t *where,
                   shop_str_t code)
{
    shop_totals_t totals = {0};

    if (shop_cart_totals(arena, cart, where, &totals) != SHOP_OK) {
        return false;
    }

    for (size_t i = 0; i < totals.agreed_count; i++) {
        if (shop_str_eq_nocase(totals.agreed[i].code, code)) {
            return true;
        }
    }

    return false;
}


bool shop_promo_remove(shop_cart_t *cart, shop_str_t code)
{
    size_t kept = 0;
    bool found;

    for (size_t i = 0; i < cart->promo_count; i++) {
        if (!shop_str_eq_nocase(cart->promos[i].code, code)) {
            cart->promos[kept++] = cart->promos[i];
        }
    }

    found = kept < cart->promo_count;
    cart->promo_count = kept;

    return found;
}


void shop_promo_forget(shop_cart_t *cart, int64_t discount)
{
    size_t kept = 0;

    for (size_t i = 0; i < cart->promo_count; i++) {
        if (cart->promos[i].discount != discount) {
            cart->promos[kept++] = cart->promos[i];
        }
    }

    cart->promo_count = kept;
}
