/*
 * The commands on a cart: each changes it wholly or says why not (front-office.md 5.4).
 */

#include "shop/shop_internal.h"

#include <string.h>


static shop_refusal_t check_quantity(const shop_cart_t *cart, const shop_where_t *where,
                                     const shop_item_t *item, int64_t quantity);
static shop_refusal_t check_allowed(const shop_cart_t *cart, const shop_where_t *where,
                                    const shop_item_t *item, int64_t quantity,
                                    shop_refusal_t refusal);
static bool passed(const shop_cart_t *cart, shop_str_t shortname);
static shop_refusal_t put(shop_cart_t *cart, const shop_item_t *item, int64_t quantity);
static void drop_line(shop_cart_t *cart, size_t at);
static void drop_seats(shop_cart_t *cart, shop_str_t shortname, int64_t keep);
static void drop_answers(shop_cart_line_t *line, size_t units);


shop_cart_t *shop_cart_create(shop_arena_t *arena)
{
    shop_cart_t *cart = shop_arena_calloc(arena, sizeof(*cart));

    if (cart != NULL) {
        cart->arena = arena;
    }

    return cart;
}


bool shop_cart_empty(const shop_cart_t *cart)
{
    return cart->line_count == 0;
}


void shop_cart_clear(shop_cart_t *cart)
{
    cart->line_count = 0;
    cart->passed_count = 0;
    cart->participant_count = 0;
    cart->assignment_count = 0;
    cart->terms_hash = SHOP_STR("");
    cart->terms_at = 0;
    cart->transid = SHOP_STR("");
    cart->launched = false;
    cart->shown_total = SHOP_STR("");
    cart->promo_count = 0;
}


shop_cart_line_t *shop_cart_line(const shop_cart_t *cart, shop_str_t shortname)
{
    for (size_t i = 0; i < cart->line_count; i++) {
        if (shop_str_eq_nocase(cart->lines[i].shortname, shortname)) {
            return (shop_cart_line_t *) &cart->lines[i];
        }
    }

    return NULL;
}


int64_t shop_cart_quantity(const shop_cart_t *cart, shop_str_t shortname)
{
    const shop_cart_line_t *line = shop_cart_line(cart, shortname);

    return line != NULL ? line->quantity : 0;
}


shop_refusal_t shop_cart_add(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                             int64_t quantity)
{
    int64_t present = shop_cart_quantity(cart, shortname);

    if (quantity <= 0) {
        return (shop_refusal_t){.key = "quantity_invalid"};
    }

    if (quantity > SHOP_MAX_QUANTITY) {
        quantity = SHOP_MAX_QUANTITY + 1; /* refused as any excess, and the sum has its place */
    }

    return shop_cart_set(cart, where, shortname, present + quantity);
}


shop_refusal_t shop_cart_set(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                             int64_t quantity)
{
    const shop_item_t *item = shop_find_item(where->snapshot, where->shop, shortname);
    shop_cart_line_t *line = shop_cart_line(cart, shortname);
    shop_refusal_t refusal;

    if (quantity < 0) {
        return (shop_refusal_t){.key = "quantity_invalid"};
    }

    if (item == NULL && (line == NULL || quantity > 0)) {
        return (shop_refusal_t){.key = "product_unknown"};
    }

    if (quantity == 0) {
        if (line != NULL) {
            drop_line(cart, (size_t) (line - cart->lines));
        }

        return (shop_refusal_t){0};
    }

    refusal = check_quantity(cart, where, item, quantity);

    return refusal.key != NULL ? refusal : put(cart, item, quantity);
}


static shop_refusal_t check_quantity(const shop_cart_t *cart, const shop_where_t *where,
                                     const shop_item_t *item, int64_t quantity)
{
    const shop_cart_line_t *line = shop_cart_line(cart, item->shortname);

    return check_allowed(cart, where, item, quantity,
                         line != NULL && line->imported ? shop_item_importable(item, where)
                                                        : shop_item_orderable(item, where));
}


/* What comes after whether it may be had at all (`refusal`). */
static shop_refusal_t check_allowed(const shop_cart_t *cart, const shop_where_t *where,
                                    const shop_item_t *item, int64_t quantity,
                                    shop_refusal_t refusal)
{
    if (refusal.key == NULL && item->passcode.len > 0 && !passed(cart, item->shortname)) {
        refusal.key = "passcode_required";
    }

    return refusal.key != NULL ? refusal : shop_cart_limit(cart, where, item, quantity);
}


static bool passed(const shop_cart_t *cart, shop_str_t shortname)
{
    for (size_t i = 0; i < cart->passed_count; i++) {
        if (shop_str_eq_nocase(cart->passed[i], shortname)) {
            return true;
        }
    }

    return false;
}


static shop_refusal_t put(shop_cart_t *cart, const shop_item_t *item, int64_t quantity)
{
    shop_cart_line_t *line = shop_cart_line(cart, item->shortname);

    if (line != NULL) {
        if (quantity < line->quantity) {
            drop_seats(cart, item->shortname, shop_item_seats(item, quantity));
            drop_answers(line, (size_t) quantity);
        }

        line->quantity = quantity;
        return (shop_refusal_t){0};
    }

    if (cart->line_count == SHOP_MAX_LINES) {
        return (shop_refusal_t){.key = "cart_full", .n = SHOP_MAX_LINES};
    }

    cart->lines[cart->line_count++] =
        (shop_cart_line_t){.shortname = item->shortname, .quantity = quantity};

    return (shop_refusal_t){0};
}


shop_refusal_t shop_cart_import_line(shop_cart_t *cart, const shop_where_t *where,
                                     const shop_item_t *item, int64_t quantity)
{
    int64_t present = shop_cart_quantity(cart, item->shortname);
    shop_refusal_t refusal;

    quantity = quantity > present ? quantity : present;
    refusal = check_allowed(cart, where, item, quantity, shop_item_importable(item, where));

    if (refusal.key == NULL) {
        refusal = put(cart, item, quantity);
    }

    if (refusal.key == NULL) {
        shop_cart_line(cart, item->shortname)->imported = true;
    }

    return refusal;
}


shop_refusal_t shop_cart_remove(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname)
{
    int64_t present = shop_cart_quantity(cart, shortname);

    /* Taking something out is never refused for what it is: a line may have become unorderable. */
    if (present > 1) {
        const shop_item_t *item = shop_find_item(where->snapshot, where->shop, shortname);

        if (item != NULL) {
            return put(cart, item, present - 1);
        }
    }

    return shop_cart_set(cart, where, shortname, 0);
}


static void drop_line(shop_cart_t *cart, size_t at)
{
    drop_seats(cart, cart->lines[at].shortname, 0);
    memmove(&cart->lines[at], &cart->lines[at + 1],
            (cart->line_count - at - 1) * sizeof(cart->lines[0]));
    cart->line_count--;
}


/* The last ones go first. */
static void drop_seats(shop_cart_t *cart, shop_str_t shortname, int64_t keep)
{
    int64_t extra = shop_seats_assigned(cart, shortname) - keep;

    for (size_t i = cart->assignment_count; extra > 0 && i > 0; i--) {
        if (!shop_str_eq(cart->assignments[i - 1].shortname, shortname)) {
            continue;
        }

        memmove(&cart->assignments[i - 1], &cart->assignments[i],
                (cart->assignment_count - i) * sizeof(cart->assignments[0]));
        cart->assignment_count--;
        extra--;
    }
}


/* Of the units that are no longer ordered. */
static void drop_answers(shop_cart_line_t *line, size_t units)
{
    size_t kept = 0;

    for (size_t i = 0; i < line->given_count; i++) {
        if (line->given[i].unit < units) {
            line->given[kept++] = line->given[i];
        }
    }

    line->given_count = kept;
}


shop_refusal_t shop_cart_passcode(shop_cart_t *cart, const shop_where_t *where,
                                  shop_str_t shortname, shop_str_t code)
{
    const shop_item_t *item = shop_find_item(where->snapshot, where->shop, shortname);

    if (item == NULL) {
        return (shop_refusal_t){.key = "product_unknown"};
    }

    if (item->passcode.len == 0 || passed(cart, item->shortname)) {
        return (shop_refusal_t){0};
    }

    if (!shop_secret_eq(item->passcode, code)) {
        return (shop_refusal_t){.key = "passcode_wrong", .name = item->text[where->lang].name};
    }

    if (cart->passed_count == SHOP_MAX_LINES) {
        return (shop_refusal_t){.key = "cart_full", .n = SHOP_MAX_LINES};
    }

    cart->passed[cart->passed_count++] = item->shortname;

    return (shop_refusal_t){0};
}


shop_refusal_t shop_cart_line_check(const shop_cart_t *cart, const shop_where_t *where,
                                    const shop_cart_line_t *line)
{
    const shop_item_t *item = shop_find_item(where->snapshot, where->shop, line->shortname);

    if (item == NULL) {
        return (shop_refusal_t){.key = "product_unknown", .name = line->shortname};
    }

    return check_quantity(cart, where, item, line->quantity);
}


/* By themselves change: what left the catalogue, what may no longer be bought, what is scarce. */
size_t shop_cart_revalidate(shop_cart_t *cart, const shop_where_t *where, shop_refusal_t *told,
                            size_t room)
{
    size_t changes = 0, i = 0;

    while (i < cart->line_count) {
        shop_cart_line_t *line = &cart->lines[i];
        const shop_item_t *item = shop_find_item(where->snapshot, where->shop, line->shortname);
        shop_refusal_t refusal = shop_cart_line_check(cart, where, line);

        if (refusal.key == NULL) {
            line->shortname = item->shortname;
            i++;
            continue;
        }

        if (changes < room) {
            told[changes] = refusal;
        }

        changes++;

        if (item != NULL && refusal.n > 0 && refusal.n < line->quantity &&
            check_quantity(cart, where, item, refusal.n).key == NULL) {
            (void) put(cart, item, refusal.n);
            i++;
            continue;
        }

        drop_line(cart, i);
    }

    shop_seats_tidy(cart, where);

    return changes;
}
