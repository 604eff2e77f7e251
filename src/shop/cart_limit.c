/*
 * How many of a product a cart may hold: the smallest of all limits, so that what is told can be
 * had.
 */

#include "shop/shop_internal.h"


#define LINE_AMOUNT_MAX 999999999 /* so that the sum of all lines fits the columns of a bill */


typedef struct {
    int64_t n;
    const char *key;
} limit_t;


static void lower(limit_t *limit, int64_t n, const char *key);
static int64_t seat_limit(const shop_item_t *item);
static int64_t answer_limit(const shop_cart_t *cart, const shop_where_t *where,
                            const shop_item_t *item);
static int64_t amount_limit(const shop_where_t *where, const shop_item_t *item, int64_t quantity);


shop_refusal_t shop_cart_limit(const shop_cart_t *cart, const shop_where_t *where,
                               const shop_item_t *item, int64_t quantity)
{
    limit_t limit = {SHOP_MAX_QUANTITY, "max_reached"};
    int64_t answers = answer_limit(cart, where, item);
    int64_t amount = amount_limit(where, item, quantity);

    if (item->max_quantity > 0) {
        lower(&limit, item->max_quantity, "max_reached");
    }

    lower(&limit, seat_limit(item), "max_reached");
    lower(&limit, answers, answers > 0 ? "max_reached" : "questions_full");
    lower(&limit, amount, amount > 0 ? "max_reached" : "product_unavailable");

    if (item->stock >= 0) {
        lower(&limit, item->stock, "out_of_stock");
    }

    if (quantity <= limit.n) {
        return (shop_refusal_t){0};
    }

    return (shop_refusal_t){.key = limit.key, .n = limit.n, .name = item->text[where->lang].name};
}


static void lower(limit_t *limit, int64_t n, const char *key)
{
    if (n < limit->n) {
        *limit = (limit_t){n, key};
    }
}


/* Seats grow with the quantity by the same number each time, after what does not grow. */
static int64_t seat_limit(const shop_item_t *item)
{
    int64_t one = shop_item_seats(item, 1);
    int64_t growth = shop_item_seats(item, 2) - one;

    return growth > 0 ? (SHOP_MAX_PARTICIPANTS - (one - growth)) / growth : SHOP_MAX_QUANTITY;
}


static int64_t answer_limit(const shop_cart_t *cart, const shop_where_t *where,
                            const shop_item_t *item)
{
    int64_t questions = (int64_t) shop_item_questions(item), left = SHOP_MAX_ANSWERS;

    if (questions == 0) {
        return SHOP_MAX_QUANTITY;
    }

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_item_t *other =
            shop_find_item(where->snapshot, where->shop, cart->lines[i].shortname);

        if (other != NULL && other != item) {
            left -= (int64_t) shop_item_questions(other) * cart->lines[i].quantity;
        }
    }

    if (left < questions) {
        return 0;
    }

    return left / questions < SHOP_MAX_UNITS ? left / questions : SHOP_MAX_UNITS;
}


/* At the price of this quantity. */
static int64_t amount_limit(const shop_where_t *where, const shop_item_t *item, int64_t quantity)
{
    const shop_tax_t *tax = where->shop->allow_tax ? item->tax : NULL;
    shop_money_t price = shop_tier_price(item, quantity);
    shop_dec_t unit = shop_dec_from_money(price), taxed, most;

    if (shop_tax_apply(tax, price, &taxed) != SHOP_OK) {
        return 0;
    }

    if (shop_dec_cmp(taxed, unit) > 0) {
        unit = taxed;
    }

    if (unit.e12 <= 0 || shop_dec_div(shop_dec_from_int(LINE_AMOUNT_MAX), unit, &most) != SHOP_OK ||
        shop_dec_cmp(most, shop_dec_from_int(SHOP_MAX_QUANTITY)) > 0) {
        return SHOP_MAX_QUANTITY;
    }

    return (int64_t) (most.e12 / shop_dec_from_int(1).e12);
}
