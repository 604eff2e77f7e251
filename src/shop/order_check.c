/*
 * May this cart become an order? All rules once more, in their order; the first that fails leads to
 * its step (front-office.md 9).
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"


static shop_refusal_t check_lines(const shop_order_in_t *in);
static shop_refusal_t check_people(const shop_order_in_t *in, shop_step_e *step);
static shop_refusal_t check_page(const shop_order_in_t *in);
static bool mode_allowed(const shop_order_in_t *in);


shop_refusal_t shop_order_check(const shop_order_in_t *in, shop_step_e *step)
{
    shop_refusal_t refusal;

    *step = SHOP_STEP_SHOP;
    refusal = check_lines(in);

    if (refusal.key == NULL) {
        refusal = check_people(in, step);
    }

    if (refusal.key == NULL) {
        *step = SHOP_STEP_ORDER;
        refusal = check_page(in);
    }

    return refusal;
}


static shop_refusal_t check_lines(const shop_order_in_t *in)
{
    shop_refusal_t refusal = {0};

    if (shop_cart_empty(in->cart)) {
        return (shop_refusal_t){.key = "cart_empty"};
    }

    for (size_t i = 0; refusal.key == NULL && i < in->cart->line_count; i++) {
        refusal = shop_cart_line_check(in->cart, in->where, &in->cart->lines[i]);
    }

    return refusal;
}


static shop_refusal_t check_people(const shop_order_in_t *in, shop_step_e *step)
{
    shop_refusal_t refusal = {0};

    *step = SHOP_STEP_PURCHASEREQU;
    if (!shop_required_complete(in->cart, in->where)) {
        return (shop_refusal_t){.key = "required_incomplete"};
    }

    *step = SHOP_STEP_USERS;
    if (!in->where->shop->allow_late_assignment && !shop_seats_complete(in->cart, in->where)) {
        return (shop_refusal_t){.key = "seats_incomplete"};
    }

    *step = SHOP_STEP_CUSTOMER;
    if (!in->cart->customer_valid) {
        return (shop_refusal_t){.key = "customer_incomplete"};
    }

    (void) shop_customer_check(in->cart, in->where, &refusal, 1);

    if (refusal.key == NULL) {
        refusal.key = in->totals->shipping_problem;
    }

    return refusal;
}


static shop_refusal_t check_page(const shop_order_in_t *in)
{
    shop_money_t shown;

    if (!shop_terms_accepted(in->cart, in->terms)) {
        return (shop_refusal_t){.key = in->cart->terms_hash.len > 0 ? "terms_changed"
                                                                    : "terms_required",
                                .field = "agree"};
    }

    if (in->mode == NULL) {
        return (shop_refusal_t){.key = "paymode_required", .field = "paymode"};
    }

    if (!mode_allowed(in)) {
        return (shop_refusal_t){.key = "paymode_refused", .field = "paymode"};
    }

    if (shop_money_parse(in->cart->shown_total, &shown) != SHOP_OK) {
        return (shop_refusal_t){.key = "price_unseen"};
    }

    if (shown.e4 != in->totals->amount.e4) {
        return (shop_refusal_t){.key = "price_changed"};
    }

    /* The same total of other parts is another offer, too. */
    if (in->cart->shown.len > 0 &&
        shop_shown_compare(in->totals, in->cart->shown, in->where->lang, NULL, 0) > 0) {
        return (shop_refusal_t){.key = "price_changed"};
    }

    return (shop_refusal_t){0};
}


/* Nothing to pay has a mode of its own, and that mode serves nothing else. */
static bool mode_allowed(const shop_order_in_t *in)
{
    bool nothing = in->totals->amount.e4 == 0;

    if (nothing || shop_str_eq(in->mode->interface, SHOP_STR("freeorder"))) {
        return nothing && shop_str_eq(in->mode->interface, SHOP_STR("freeorder"));
    }

    return shop_paymode_offered(in->where->shop, in->where->visitor, in->mode, in->totals->amount);
}
