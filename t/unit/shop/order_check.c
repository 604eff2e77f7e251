/*
 * The last look before an order exists: every rule in its order, each leading to its step
 * (front-office.md 9).
 */

#include "order.h"


/* What is spoilt, in the order in which it is noticed. */
typedef enum {
    EMPTY = 1,
    UNSOLD = 2,
    TOO_MANY = 4,
    UNANSWERED = 8,
    UNSEATED = 16,
    UNKNOWN = 32,
    NAMELESS = 64,
    UNACCEPTED = 128,
    MODELESS = 256,
    FORBIDDEN_MODE = 512,
    UNSEEN = 1024,
    DEARER = 2048
} fault_e;

static const struct {
    fault_e fault;
    const char *key;
    shop_step_e step;
} faults[] = {
    {EMPTY, "cart_empty", SHOP_STEP_SHOP},
    {UNSOLD, "product_unknown", SHOP_STEP_SHOP},
    {TOO_MANY, "out_of_stock", SHOP_STEP_SHOP},
    {UNANSWERED, "required_incomplete", SHOP_STEP_PURCHASEREQU},
    {UNSEATED, "seats_incomplete", SHOP_STEP_USERS},
    {UNKNOWN, "customer_incomplete", SHOP_STEP_CUSTOMER},
    {NAMELESS, "lastname_empty", SHOP_STEP_CUSTOMER},
    {UNACCEPTED, "terms_required", SHOP_STEP_ORDER},
    {MODELESS, "paymode_required", SHOP_STEP_ORDER},
    {FORBIDDEN_MODE, "paymode_refused", SHOP_STEP_ORDER},
    {UNSEEN, "price_unseen", SHOP_STEP_ORDER},
    {DEARER, "price_changed", SHOP_STEP_ORDER},
};


static void spoil(order_t *order, unsigned what)
{
    shop_cart_t *cart = order->world.cart;

    if (what & EMPTY) {
        cart->line_count = 0;
    }

    if (what & UNSOLD) {
        cart->lines[0].shortname = SHOP_STR("gone");
    }

    if (what & TOO_MANY) {
        cart->lines[0].quantity = 99;
    }

    if (what & UNANSWERED) {
        cart->lines[0].given_count = 1;
    }

    if (what & UNSEATED) {
        cart->assignment_count = 1;
    }

    cart->customer_valid = !(what & UNKNOWN);

    if (what & NAMELESS) {
        cart->customer.lastname = SHOP_STR("");
    }

    if (what & UNACCEPTED) {
        cart->terms_hash = SHOP_STR("");
    }

    if (what & FORBIDDEN_MODE) {
        order->mode.name = SHOP_STR("elsewhere");
    }

    if (what & MODELESS) {
        order->in.mode = NULL;
    }

    if (what & UNSEEN) {
        cart->shown_total = SHOP_STR("");
    }

    if (what & DEARER) {
        cart->shown_total = SHOP_STR("1.0000");
    }
}


static shop_refusal_t check(unsigned what, shop_step_e *step)
{
    order_t order;
    shop_refusal_t refusal;

    order_open(&order);
    spoil(&order, what);
    refusal = shop_order_check(&order.in, step);
    order_close(&order);

    return refusal; /* its key and field outlive the cart */
}


static void check_good(void)
{
    shop_step_e step;

    is_key(check(0, &step), NULL, "a cart that may be ordered");
}


/* Each alone, and each together with all that come after it. */
static void check_each(void)
{
    unsigned all = 0;

    for (size_t i = COUNT(faults); i > 0; i--) {
        shop_step_e step;

        is_key(check(faults[i - 1].fault, &step), faults[i - 1].key, "alone");
        is_str(shop_str(shop_step_name(step)), shop_step_name(faults[i - 1].step), "at its step");

        all |= faults[i - 1].fault;
        is_key(check(all & ~(unsigned) UNSEEN, &step),
               faults[i - 1].fault == UNSEEN ? "price_changed" : faults[i - 1].key,
               "before what comes after");
    }
}


static void check_fields(void)
{
    shop_step_e step;

    is_str(shop_str(check(UNACCEPTED, &step).field), "agree", "the box to tick");
    is_str(shop_str(check(MODELESS, &step).field), "paymode", "the choice to make");
    is_str(shop_str(check(FORBIDDEN_MODE, &step).field), "paymode", "the choice to change");
    is_str(shop_str(check(NAMELESS, &step).field), "lastname", "the field to fill in");
}


static void check_terms_changed(void)
{
    shop_step_e step;
    order_t order;

    order_open(&order);
    order.world.cart->terms_hash = SHOP_STR("0123");
    is_key(shop_order_check(&order.in, &step), "terms_changed", "other terms were accepted");
    order_close(&order);
}


static void check_late_seats(void)
{
    shop_step_e step;
    order_t order;

    order_open(&order);
    world_choose(&order.world, "late");
    order.world.cart->assignment_count = 0;
    is_key(shop_order_check(&order.in, &step), NULL, "seats that may be given later");
    order_close(&order);
}


/* Nothing to pay has its own mode, and that mode serves nothing else. */
static void check_free(void)
{
    static const shop_paymode_t free_mode = {.name = SHOP_STR("freeorder"),
                                             .interface = SHOP_STR("freeorder"),
                                             .instant = true,
                                             .internal = true};
    shop_step_e step;
    order_t order;

    order_open(&order);
    order.in.mode = &free_mode;
    is_key(shop_order_check(&order.in, &step), "paymode_refused", "not for what costs something");

    order.world.cart->line_count = 0;
    (void) world_put(&order.world, "gift", 1);
    ok(order_price(&order), "a gift");
    order_accept(&order);
    is_key(shop_order_check(&order.in, &step), NULL, "a gift is free");
    order.in.mode = &order.mode;
    is_key(shop_order_check(&order.in, &step), "paymode_refused", "and paid in no other way");
    order_close(&order);
}


/* A shop where nothing has terms asks for no acceptance. */
static void check_without_terms(void)
{
    shop_step_e step;
    order_t order;

    order_open(&order);
    world_choose(&order.world, "main");
    ok(order_price(&order), "priced in another shop");
    order.world.cart->terms_hash = SHOP_STR("");
    is_key(shop_order_check(&order.in, &step), NULL, "nothing to accept");
    order_close(&order);
}


int main(void)
{
    check_good();
    check_each();
    check_fields();
    check_terms_changed();
    check_late_seats();
    check_free();
    check_without_terms();

    return done_testing();
}
