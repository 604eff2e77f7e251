/*
 * The steps of a purchase: their order, which are skipped, how far a cart may go (front-office.md
 * 3, objects.md 2.3).
 */

#include "shop/shop_internal.h"

#include <string.h>


static const char *const names[SHOP_STEP_COUNT] = {
    [SHOP_STEP_SHOP] = "shop",       [SHOP_STEP_PURCHASEREQU] = "purchaserequ",
    [SHOP_STEP_USERS] = "users",     [SHOP_STEP_CUSTOMER] = "customer",
    [SHOP_STEP_ORDER] = "order",     [SHOP_STEP_PAYMENT] = "payment",
    [SHOP_STEP_PRODUCE] = "produce", [SHOP_STEP_INVOICE] = "invoice",
};


static size_t list_steps(shop_str_t list, shop_step_e steps[SHOP_STEP_COUNT]);
static size_t position(const shop_step_e *steps, size_t count, shop_step_e step);
static bool complete(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step);
static bool collects(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step);
static const char *order_problem(const shop_step_e *steps, size_t count);


const char *shop_step_name(shop_step_e step)
{
    return names[step];
}


bool shop_step_parse(shop_str_t name, shop_step_e *step)
{
    for (size_t i = 0; i < SHOP_STEP_COUNT; i++) {
        if (shop_str_eq(name, shop_str(names[i]))) {
            *step = (shop_step_e) i;
            return true;
        }
    }

    return false;
}


const char *shop_steps_check(shop_str_t list)
{
    shop_step_e steps[SHOP_STEP_COUNT], step;
    shop_str_t rest = list, name;
    size_t count = 0;

    while (shop_str_split(&rest, ',', &name)) {
        if (!shop_step_parse(shop_str_trim(name), &step)) {
            return "a step is not known";
        }

        if (position(steps, count, step) < count) {
            return "a step stands twice";
        }

        steps[count++] = step;
    }

    return order_problem(steps, count);
}


static const char *order_problem(const shop_step_e *steps, size_t count)
{
    static const shop_step_e end[] = {SHOP_STEP_ORDER, SHOP_STEP_PAYMENT, SHOP_STEP_PRODUCE,
                                      SHOP_STEP_INVOICE};

    if (count < 5 || steps[0] != SHOP_STEP_SHOP) {
        return "the list begins with shop and ends with order, payment, produce, invoice";
    }

    for (size_t i = 0; i < 4; i++) {
        if (steps[count - 4 + i] != end[i]) {
            return "the list ends with order, payment, produce, invoice";
        }
    }

    return NULL;
}


/* The shop's list; the whole default when it is not valid. */
static size_t list_steps(shop_str_t list, shop_step_e steps[SHOP_STEP_COUNT])
{
    shop_str_t name;
    size_t count = 0;

    if (shop_steps_check(list) != NULL) {
        for (size_t i = 0; i < SHOP_STEP_COUNT; i++) {
            steps[i] = (shop_step_e) i;
        }

        return SHOP_STEP_COUNT;
    }

    while (count < SHOP_STEP_COUNT && shop_str_split(&list, ',', &name)) {
        count += shop_step_parse(shop_str_trim(name), &steps[count]);
    }

    return count;
}


static size_t position(const shop_step_e *steps, size_t count, shop_step_e step)
{
    size_t i = 0;

    while (i < count && steps[i] != step) {
        i++;
    }

    return i;
}


bool shop_steps_have(const shop_shop_t *shop, shop_step_e step)
{
    shop_step_e steps[SHOP_STEP_COUNT];
    size_t count = list_steps(shop->steps, steps);

    return position(steps, count, step) < count;
}


bool shop_step_skipped(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step)
{
    return !collects(cart, where, step);
}


static bool collects(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step)
{
    if (step == SHOP_STEP_USERS) {
        return shop_seats_total(cart, where) > 0;
    }

    if (step != SHOP_STEP_PURCHASEREQU) {
        return true;
    }

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_item_t *item =
            shop_find_item(where->snapshot, where->shop, cart->lines[i].shortname);

        if (item != NULL && shop_item_has_fields(item)) {
            return true;
        }
    }

    return false;
}


shop_step_e shop_step_next(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step)
{
    shop_step_e steps[SHOP_STEP_COUNT];
    size_t count = list_steps(where->shop->steps, steps);

    for (size_t i = position(steps, count, step) + 1; i < count; i++) {
        if (!shop_step_skipped(cart, where, steps[i])) {
            return steps[i];
        }
    }

    return SHOP_STEP_SHOP;
}


shop_step_e shop_step_previous(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step)
{
    shop_step_e steps[SHOP_STEP_COUNT];
    size_t count = list_steps(where->shop->steps, steps);
    size_t at = position(steps, count, step);

    for (size_t i = at < count ? at : 0; i > 0; i--) {
        if (!shop_step_skipped(cart, where, steps[i - 1])) {
            return steps[i - 1];
        }
    }

    return SHOP_STEP_SHOP;
}


/* Where nothing asks who buys, it must be known before (front-office.md 3.1). */
bool shop_step_asks_identity(const shop_cart_t *cart, const shop_where_t *where)
{
    return !cart->customer_valid && !shop_steps_have(where->shop, SHOP_STEP_CUSTOMER);
}


static bool complete(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step)
{
    switch (step) {
    case SHOP_STEP_SHOP:
        return !shop_cart_empty(cart) && !shop_step_asks_identity(cart, where);

    case SHOP_STEP_PURCHASEREQU:
        return shop_required_complete(cart, where);

    case SHOP_STEP_USERS:
        return where->shop->allow_late_assignment || shop_seats_complete(cart, where);

    case SHOP_STEP_CUSTOMER:
        return cart->customer_valid;

    case SHOP_STEP_ORDER:
    case SHOP_STEP_PAYMENT:
        return cart->launched;

    default:
        return true;
    }
}


shop_step_e shop_step_guard(const shop_cart_t *cart, const shop_where_t *where, shop_step_e wanted)
{
    shop_step_e steps[SHOP_STEP_COUNT];
    size_t count = list_steps(where->shop->steps, steps);

    for (size_t i = 0; i < count && steps[i] != wanted; i++) {
        if (!shop_step_skipped(cart, where, steps[i]) && !complete(cart, where, steps[i])) {
            return steps[i];
        }
    }

    if (position(steps, count, wanted) == count || shop_step_skipped(cart, where, wanted)) {
        return shop_step_next(cart, where, wanted);
    }

    return wanted;
}


size_t shop_steps_progress(const shop_cart_t *cart, const shop_where_t *where, shop_step_e current,
                           shop_progress_t progress[SHOP_STEP_COUNT])
{
    shop_step_e steps[SHOP_STEP_COUNT];
    size_t count = list_steps(where->shop->steps, steps);
    size_t at = position(steps, count, current);

    for (size_t i = 0; i < count; i++) {
        shop_progress_e state = i < at    ? SHOP_PROGRESS_DONE
                                : i == at ? SHOP_PROGRESS_CURRENT
                                          : SHOP_PROGRESS_TODO;

        if (i != at && shop_step_skipped(cart, where, steps[i])) {
            state = SHOP_PROGRESS_DISABLED;
        }

        progress[i] = (shop_progress_t){steps[i], state};
    }

    return count;
}
