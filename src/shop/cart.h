/*
 * The cart: what is in it, what it costs. objects.md 8, front-office.md 5.
 */

#ifndef SHOP_CART_H
#define SHOP_CART_H

#include "shop/catalog.h"


/* --- the cart (cart.c, cart_read.c, cart_write.c, cart_price.c) --- */

/* One answer to a question of a product. */
typedef struct {
    shop_str_t element; /* shortname of the bundle's element; empty: the product itself */
    size_t unit;
    shop_str_t field;
    shop_str_t value;
} shop_given_t;

typedef struct {
    shop_str_t shortname;
    int64_t quantity;
    bool imported; /* a link brought it: products for internal sale may stay */
    shop_given_t *given;
    size_t given_count;
    size_t given_room;
} shop_cart_line_t;

typedef struct {
    shop_str_t lastname, firstname, email, city, phone, institution;
} shop_participant_t;

typedef struct {
    shop_str_t shortname;
    shop_str_t role;
    shop_str_t email;
} shop_assignment_t;

typedef struct {
    int64_t id;
    shop_str_t lastname, firstname, organisation, address, zip, city, country, email, phone;
} shop_customer_t;

typedef struct {
    shop_str_t organisation, department, lastname, firstname, email, address, zip, city, country,
        vatcode, plantcode;
} shop_invoice_t;

/* A promotional code, for the discount that knows it. */
typedef struct {
    int64_t discount;
    shop_str_t code;
} shop_promo_t;

typedef struct {
    int64_t rev;
    shop_cart_line_t lines[SHOP_MAX_LINES];
    size_t line_count;
    shop_str_t passed[SHOP_MAX_LINES]; /* shortnames whose passcode was given */
    size_t passed_count;
    shop_participant_t *participants;
    size_t participant_count;
    size_t participant_room;
    shop_assignment_t *assignments;
    size_t assignment_count;
    size_t assignment_room;
    shop_customer_t customer;
    bool customer_valid; /* passed the step */
    bool distinct_invoice;
    shop_invoice_t invoice;
    shop_str_t terms_hash; /* of the text that was accepted; hex; empty: none was */
    int64_t terms_at;
    shop_str_t paymode; /* name of the payment block */
    shop_str_t transid;
    bool launched;          /* the order `transid` is what is in here now */
    shop_str_t shown_total; /* amount on the last order page, decimal text */
    shop_str_t shown;       /* what that page was made of (shown.c); empty: not known */
    shop_promo_t promos[SHOP_MAX_PROMOS];
    size_t promo_count;
    shop_str_t partner_key; /* of the partner who sent this visitor */
    shop_str_t partner_tag;
    shop_str_t partner_email; /* prefills the form, proves nothing */
    bool autodrive;           /* steps that need no input are passed over */
    shop_str_t replaces; /* transid of the unpaid order that was placed from this cart before */
    shop_arena_t *arena;
} shop_cart_t;

shop_cart_t *shop_cart_create(shop_arena_t *arena); /* NULL: no memory */
/* Bounded and tolerant: what it does not understand is left out. SHOP_MALFORMED: not a cart. */
SHOP_MUST_USE shop_status_t shop_cart_parse(shop_arena_t *arena, shop_str_t json,
                                            shop_cart_t **cart);
/* The revision of a stored cart, also of one that cannot be read otherwise; 0: none. */
int64_t shop_cart_revision(shop_str_t json);
/* Compact JSON, `rev` first. SHOP_LIMIT: too large to be read again. */
SHOP_MUST_USE shop_status_t shop_cart_dump(shop_arena_t *arena, const shop_cart_t *cart,
                                           shop_str_t *json);
bool shop_cart_empty(const shop_cart_t *cart);
void shop_cart_clear(shop_cart_t *cart); /* lines, people, terms; keeps the customer */
int64_t shop_cart_quantity(const shop_cart_t *cart, shop_str_t shortname);

/* Commands: key NULL: done. A quantity above the maximum is refused with it ("max_reached", n). */
shop_refusal_t shop_cart_add(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                             int64_t quantity);
shop_refusal_t shop_cart_set(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                             int64_t quantity); /* 0 removes */
shop_refusal_t shop_cart_remove(shop_cart_t *cart, const shop_where_t *where,
                                shop_str_t shortname); /* one unit */
/* Right: remembered in the cart. "passcode_wrong" otherwise; the caller counts the tries. */
shop_refusal_t shop_cart_passcode(shop_cart_t *cart, const shop_where_t *where,
                                  shop_str_t shortname, shop_str_t code);
/* Takes out what may no longer be ordered and lowers quantities; tells of each change through
 * `told` (a refusal with its name). Gives the number of changes. */
size_t shop_cart_revalidate(shop_cart_t *cart, const shop_where_t *where, shop_refusal_t *told,
                            size_t room);
/* Prices of all lines and totals. Discounts and shipping are taken from `totals` when the caller
 * has filled them before. */
SHOP_MUST_USE shop_status_t shop_cart_price(shop_arena_t *arena, const shop_cart_t *cart,
                                            const shop_where_t *where, shop_totals_t *totals);
/* The same with the discounts that the shop's stack grants and the shipping to the customer's
 * address (totals.c): what pages show and orders charge. */
SHOP_MUST_USE shop_status_t shop_cart_totals(shop_arena_t *arena, const shop_cart_t *cart,
                                             const shop_where_t *where, shop_totals_t *totals);

#endif
