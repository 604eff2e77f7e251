/*
 * The stack of discounts (objects.md 14.1, 14.3, 14.4): who applies, in order; then what that is in
 * money on each line, always of the undiscounted price, never more than the line.
 */

#include "shop/discount/discount.h"


typedef unsigned __int128 u128;

/* What is left of a line while the discounts land on it. */
typedef struct {
    shop_rate_t rate;
    shop_money_t untaxed;
    shop_money_t taxed;
} rest_t;

typedef struct {
    shop_arena_t *arena;
    shop_totals_t *totals;
    unsigned decimals;
    rest_t *rest; /* of each line */
    shop_agreed_t *agreed;
    shop_rate_t rate; /* of its line before */
    shop_str_t text;  /* that rate in words */
} landing_t;


static void agree(const shop_where_t *where, shop_evaluation_t *e, shop_totals_t *totals,
                  shop_rate_t *rates);
static bool applies(const shop_discount_t *discount, shop_evaluation_t *e);
static void bring(shop_evaluation_t *e, shop_totals_t *totals);
static bool in_scope(const shop_discount_t *discount, const shop_item_t *item);
static shop_rate_t line_rate(const shop_discount_t *discount, shop_rate_t rate,
                             const shop_evaluation_t *e, const shop_priced_line_t *line);
static shop_status_t land(shop_arena_t *arena, const shop_evaluation_t *e, shop_totals_t *totals,
                          const shop_rate_t *rates);
static shop_status_t land_line(landing_t *l, size_t line, shop_rate_t rate);
static shop_status_t name_rate(landing_t *l, shop_rate_t rate);
static shop_money_t share(shop_money_t amount, shop_rate_t rate, unsigned decimals);
static shop_money_t at_most(shop_money_t amount, shop_money_t left);
static void drop_empty(shop_totals_t *totals);


shop_status_t shop_discounts_add(shop_arena_t *arena, const shop_cart_t *cart,
                                 const shop_where_t *where, shop_totals_t *totals)
{
    shop_evaluation_t e = {.cart = cart, .where = where, .totals = totals};
    size_t count = where->shop->discount_count;
    shop_rate_t *rates;

    e.partner = shop_cart_partner(cart, where);
    totals->agreed_count = totals->discount_count = 0;
    totals->partner = e.partner;
    totals->partner_tag = e.partner != NULL ? cart->partner_tag : SHOP_STR("");

    if (count == 0 || totals->line_count == 0) {
        return SHOP_OK;
    }

    rates = shop_arena_calloc(arena, count * sizeof(*rates));
    totals->agreed = shop_arena_calloc(arena, count * sizeof(*totals->agreed));

    if (rates == NULL || totals->agreed == NULL) {
        return SHOP_NO_MEMORY;
    }

    agree(where, &e, totals, rates);

    return land(arena, &e, totals, rates);
}


/* --- who applies --- */

static void agree(const shop_where_t *where, shop_evaluation_t *e, shop_totals_t *totals,
                  shop_rate_t *rates)
{
    for (size_t i = 0; i < where->shop->discount_count; i++) {
        const shop_discount_t *discount = where->shop->discounts[i];

        if (!applies(discount, e)) {
            if (discount->operator== SHOP_OPERATOR_STOP_IF_NOT) {
                break;
            }

            continue;
        }

        if (discount->operator== SHOP_OPERATOR_TAKEOVER) {
            totals->agreed_count = 0;
        }

        bring(e, totals);
        rates[totals->agreed_count] = e->rate;
        totals->agreed[totals->agreed_count++] = (shop_agreed_t){
            .discount = discount, .reason = discount->reason[where->lang], .code = e->code};

        if (discount->operator== SHOP_OPERATOR_TAKEOVER || discount->operator==
            SHOP_OPERATOR_STOP_IF_APPLIES) {
            break;
        }
    }
}


/* What would touch no line of the order gives nothing: it neither takes over nor stops. */
static bool applies(const shop_discount_t *discount, shop_evaluation_t *e)
{
    e->rate = (shop_rate_t){0};
    e->code = SHOP_STR("");
    e->tag = SHOP_STR("");
    e->brings = NULL;

    if (!discount->type->evaluate(discount, e)) {
        return false;
    }

    for (size_t i = 0; i < e->totals->line_count; i++) {
        if (line_rate(discount, e->rate, e, &e->totals->lines[i]).e4 > 0) {
            return true;
        }
    }

    return false;
}


/* A code may tell who brought the buyer; who is known already stays. */
static void bring(shop_evaluation_t *e, shop_totals_t *totals)
{
    if (e->partner != NULL || (e->brings == NULL && totals->partner_tag.len > 0)) {
        return;
    }

    if (e->tag.len > 0) {
        totals->partner_tag = e->tag;
    }

    e->partner = totals->partner = e->brings;
}


static shop_rate_t line_rate(const shop_discount_t *discount, shop_rate_t rate,
                             const shop_evaluation_t *e, const shop_priced_line_t *line)
{
    if (line->untaxed.e4 <= 0 && line->taxed.e4 <= 0) {
        return (shop_rate_t){0};
    }

    if (discount->type->product_rate != NULL) {
        return discount->type->product_rate(discount, e, line->item);
    }

    return in_scope(discount, line->item) ? rate : (shop_rate_t){0};
}


static bool in_scope(const shop_discount_t *discount, const shop_item_t *item)
{
    size_t low = 0, high = discount->scope_count;

    if (discount->scope_count == 0) {
        return true;
    }

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = shop_str_cmp(discount->scope[middle], item->code);

        if (order == 0) {
            return true;
        }

        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }

    return false;
}


/* --- what it is worth --- */

static shop_status_t land(shop_arena_t *arena, const shop_evaluation_t *e, shop_totals_t *totals,
                          const shop_rate_t *rates)
{
    size_t room = totals->agreed_count * totals->line_count;
    landing_t l = {
        .arena = arena, .totals = totals, .decimals = e->where->shop->currency->exponent};
    shop_status_t status = SHOP_OK;

    totals->discounts = shop_arena_alloc(arena, (room + 1) * sizeof(*totals->discounts));
    l.rest = shop_arena_alloc(arena, totals->line_count * sizeof(*l.rest));

    if (totals->discounts == NULL || l.rest == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t n = 0; n < totals->line_count; n++) {
        l.rest[n] = (rest_t){{SHOP_RATE_FULL}, totals->lines[n].untaxed, totals->lines[n].taxed};
    }

    for (size_t i = 0; status == SHOP_OK && i < totals->agreed_count; i++) {
        l.agreed = &totals->agreed[i];
        l.rate = (shop_rate_t){0};

        for (size_t n = 0; status == SHOP_OK && n < totals->line_count; n++) {
            status =
                land_line(&l, n, line_rate(l.agreed->discount, rates[i], e, &totals->lines[n]));
        }
    }

    if (status == SHOP_OK) {
        drop_empty(totals);
    }

    return status;
}


/* Rates add up to the whole at most, and what rounding adds is left away. */
static shop_status_t land_line(landing_t *l, size_t line, shop_rate_t rate)
{
    rest_t *rest = &l->rest[line];
    const shop_priced_line_t *priced = &l->totals->lines[line];
    shop_discount_line_t *out = &l->totals->discounts[l->totals->discount_count];
    shop_money_t untaxed, taxed;
    shop_status_t status;

    rate.e4 = rate.e4 < rest->rate.e4 ? rate.e4 : rest->rate.e4;
    untaxed = at_most(share(priced->untaxed, rate, l->decimals), rest->untaxed);
    taxed = at_most(share(priced->taxed, rate, l->decimals), rest->taxed);
    rest->rate.e4 -= rate.e4;

    if (untaxed.e4 == 0 && taxed.e4 == 0) {
        return SHOP_OK;
    }

    rest->untaxed.e4 -= untaxed.e4;
    rest->taxed.e4 -= taxed.e4;
    l->agreed->untaxed.e4 -= untaxed.e4;
    l->agreed->taxed.e4 -= taxed.e4;

    status = name_rate(l, rate);

    *out = (shop_discount_line_t){.line = line,
                                  .discount = l->agreed->discount->id,
                                  .reason = l->agreed->reason,
                                  .rate = l->text,
                                  .untaxed = {-untaxed.e4},
                                  .taxed = {-taxed.e4},
                                  .code = l->agreed->code};
    l->totals->discount_count++;

    return status;
}


/* "12.5"; the discount as a whole has a rate when all its lines have the same. */
static shop_status_t name_rate(landing_t *l, shop_rate_t rate)
{
    const shop_discount_t *discount = l->agreed->discount;
    shop_status_t status = SHOP_OK;

    if (rate.e4 == l->rate.e4) {
        return SHOP_OK;
    }

    if (rate.e4 == discount->rate.e4) {
        l->text = discount->rate_name;
    } else {
        status = shop_rate_name(l->arena, rate, &l->text);
    }

    l->agreed->rate = l->rate.e4 == 0 ? l->text : SHOP_STR("");
    l->rate = rate;

    return status;
}


/* amount x rate / 100, rounded half away from zero; amounts here are not negative. */
static shop_money_t share(shop_money_t amount, shop_rate_t rate, unsigned decimals)
{
    static const int64_t units[] = {10000, 1000, 100, 10, 1};
    int64_t unit = units[decimals], product, minor;
    u128 large, divisor = (u128) unit * SHOP_RATE_FULL;

    if (amount.e4 <= 0) {
        return SHOP_MONEY_ZERO;
    }

    if (!__builtin_mul_overflow(amount.e4, rate.e4, &product) &&
        product < INT64_MAX - unit * SHOP_RATE_FULL) {
        minor = (product + unit * SHOP_RATE_FULL / 2) / (unit * SHOP_RATE_FULL);
        return (shop_money_t){minor * unit};
    }

    large = (u128) amount.e4 * (u128) rate.e4;
    minor = (int64_t) ((large + divisor / 2) / divisor);

    return (shop_money_t){minor * unit};
}


static shop_money_t at_most(shop_money_t amount, shop_money_t left)
{
    return amount.e4 < left.e4 ? amount : left.e4 > 0 ? left : SHOP_MONEY_ZERO;
}


/* Agreed, but everything was free already: nobody is told of it. */
static void drop_empty(shop_totals_t *totals)
{
    size_t kept = 0;

    for (size_t i = 0; i < totals->agreed_count; i++) {
        if (totals->agreed[i].untaxed.e4 != 0 || totals->agreed[i].taxed.e4 != 0) {
            totals->agreed[kept++] = totals->agreed[i];
        }
    }

    totals->agreed_count = kept;
}
