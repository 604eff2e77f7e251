/*
 * From the cart to the order: questions, seats, customers, terms, steps, ways to pay, orders.
 * front-office.md 3, 4, 6 to 10.
 */

#ifndef SHOP_CHECKOUT_H
#define SHOP_CHECKOUT_H

#include "shop/cart.h"


/* --- order parameters (required.c): front-office.md 6 --- */

/* One small form: unit `unit` of a line (`element` of a bundle, or the item itself). */
typedef struct {
    const shop_item_t *line;
    const shop_item_t *owner; /* whose fields: the item, or an element of the bundle */
    size_t unit;
} shop_form_unit_t;

SHOP_MUST_USE shop_status_t shop_required_units(shop_arena_t *arena, const shop_cart_t *cart,
                                                const shop_where_t *where, shop_form_unit_t **units,
                                                size_t *count);
/* "<shortname>/<field><unit>", with the element's shortname for bundles. */
SHOP_MUST_USE shop_status_t shop_required_name(shop_arena_t *arena, const shop_form_unit_t *unit,
                                               const shop_field_t *field, shop_str_t *name);
/* The stored value; the field's initial one when nothing is stored. */
shop_str_t shop_required_value(const shop_cart_t *cart, const shop_form_unit_t *unit,
                               const shop_field_t *field);
/* Reads every expected input; good values are stored, bad ones told in `errors` (field = input
 * name; array of `room`). Gives the number of errors. */
size_t shop_required_collect(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                             const shop_form_t *form, shop_refusal_t *errors, size_t room);
/* The stored value is no longer wanted. */
void shop_required_drop(shop_cart_t *cart, const shop_form_unit_t *unit, const shop_field_t *field);
bool shop_required_complete(const shop_cart_t *cart, const shop_where_t *where);


/* --- seats (seats.c): front-office.md 7 --- */

/* The person with this address, letters of either case; NULL: none. */
shop_participant_t *shop_participant_find(const shop_cart_t *cart, shop_str_t email);

int64_t shop_seats_total(const shop_cart_t *cart, const shop_where_t *where);
int64_t shop_seats_assigned(const shop_cart_t *cart, shop_str_t shortname);
bool shop_seats_complete(const shop_cart_t *cart, const shop_where_t *where);
/* A person as a form names him, checked; nothing is kept. */
shop_refusal_t shop_person_read(shop_arena_t *arena, const shop_where_t *where,
                                const shop_form_t *form, shop_participant_t *person);
shop_refusal_t shop_participant_add(shop_arena_t *arena, shop_cart_t *cart,
                                    const shop_where_t *where, const shop_form_t *form);
shop_refusal_t shop_participant_remove(shop_cart_t *cart, shop_str_t email);
shop_refusal_t shop_seat_assign(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                                shop_str_t role, shop_str_t email);
shop_refusal_t shop_seat_unassign(shop_cart_t *cart, shop_str_t shortname, shop_str_t role,
                                  shop_str_t email);


/* --- customers (customer.c, email.c, vat.c, country.c): front-office.md 8 --- */

bool shop_email_valid(shop_str_t email);
bool shop_vat_valid(shop_str_t number);
/* ISO 3166 alpha-2 and names in our languages, in alphabetical order of the English name. */
typedef struct {
    const char *code;
    const char *name[SHOP_LANGS];
} shop_country_t;
const shop_country_t *shop_country_at(size_t n); /* NULL: after the last */
const shop_country_t *shop_country_find(shop_str_t code);
bool shop_country_allowed(const shop_catalog_t *catalog, shop_str_t code);

/* Reads the form into the cart (always, so that nothing typed is lost) and tells what is wrong. */
size_t shop_customer_collect(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                             const shop_form_t *form, shop_refusal_t *errors, size_t room);
/* Validates what the cart has. */
size_t shop_customer_check(const shop_cart_t *cart, const shop_where_t *where,
                           shop_refusal_t *errors, size_t room);


/* --- terms of sale (terms.c): front-office.md 4 --- */

typedef struct {
    shop_str_t name; /* of the product; empty for the shop and the catalogue */
    shop_str_t html;
} shop_terms_part_t;

typedef struct {
    shop_terms_part_t *parts;
    size_t count;    /* 0: nothing to accept */
    shop_str_t text; /* all together, as kept */
    shop_str_t hash; /* hex SHA-256 of it */
} shop_terms_t;

SHOP_MUST_USE shop_status_t shop_terms_assemble(shop_arena_t *arena, const shop_cart_t *cart,
                                                const shop_where_t *where, shop_terms_t *terms);
bool shop_terms_accepted(const shop_cart_t *cart, const shop_terms_t *terms);


/* --- steps (steps.c): front-office.md 3 --- */

typedef enum {
    SHOP_STEP_SHOP = 0,
    SHOP_STEP_PURCHASEREQU,
    SHOP_STEP_USERS,
    SHOP_STEP_CUSTOMER,
    SHOP_STEP_ORDER,
    SHOP_STEP_PAYMENT,
    SHOP_STEP_PRODUCE,
    SHOP_STEP_INVOICE,
    SHOP_STEP_COUNT
} shop_step_e;

const char *shop_step_name(shop_step_e step);
bool shop_step_parse(shop_str_t name, shop_step_e *step);
/* NULL: valid; else a sentence (objects.md 2.3). */
const char *shop_steps_check(shop_str_t list);
/* Nothing to collect for this cart. */
bool shop_step_skipped(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step);
/* Neighbours that are not skipped. */
shop_step_e shop_step_next(const shop_cart_t *cart, const shop_where_t *where, shop_step_e step);
shop_step_e shop_step_previous(const shop_cart_t *cart, const shop_where_t *where,
                               shop_step_e step);
/* The shop has no customer step and does not know who buys: nobody leaves the catalogue before. */
bool shop_step_asks_identity(const shop_cart_t *cart, const shop_where_t *where);
/* Where a request for `wanted` may go: itself, or the first incomplete step before it. */
shop_step_e shop_step_guard(const shop_cart_t *cart, const shop_where_t *where, shop_step_e wanted);

typedef enum {
    SHOP_PROGRESS_DONE = 0,
    SHOP_PROGRESS_CURRENT,
    SHOP_PROGRESS_TODO,
    SHOP_PROGRESS_DISABLED
} shop_progress_e;

typedef struct {
    shop_step_e step;
    shop_progress_e state;
} shop_progress_t;

size_t shop_steps_progress(const shop_cart_t *cart, const shop_where_t *where, shop_step_e current,
                           shop_progress_t progress[SHOP_STEP_COUNT]);


/* --- payment modes (paymodes.c): front-office.md 9.5 --- */

typedef struct {
    shop_str_t name;      /* of the payment block */
    shop_str_t interface; /* "systempay" */
    bool instant;
    bool internal; /* not a way to give money: freeorder, test */
    bool test;     /* no real money: what is ordered so is a test order for ever */
} shop_paymode_t;

bool shop_paymode_offered(const shop_shop_t *shop, const shop_visitor_t *visitor,
                          const shop_paymode_t *mode, shop_money_t amount);


/* --- what is sold for training credits (credits.c) --- */

#define SHOP_CREDITS_LISTED 200

typedef struct {
    const shop_item_t **items;
    size_t count;
} shop_credits_t;

/* Is it on the page of the credits for this visitor? Whether it may be ordered, is asked beside. */
bool shop_item_for_credits(const shop_item_t *item, const shop_visitor_t *visitor);
/* The products of that page, SHOP_CREDITS_LISTED at most, in the order of the catalogue. */
SHOP_MUST_USE shop_status_t shop_credits_list(shop_arena_t *arena, const shop_where_t *where,
                                              shop_credits_t *credits);
/* Such an order costs no money. */
SHOP_MUST_USE shop_status_t shop_credits_totals(shop_arena_t *arena, const shop_cart_t *cart,
                                                const shop_where_t *where, shop_totals_t *totals);


/* --- orders (order_check.c, order_request.c, order_line.c, reference.c) --- */

/* SHOP_TRANSID 30 characters A-Z 2-7 from 19 random bytes. */
#define SHOP_TRANSID_RANDOM 19
void shop_transid_make(const unsigned char random[SHOP_TRANSID_RANDOM], char out[31]);
/* "WWWW-XXXX-YYYY-ZZCC" from 14 random bytes; objects.md 12.2. */
void shop_reference_make(const unsigned char random[14], char out[20]);
bool shop_reference_valid(shop_str_t text);

typedef struct {
    const shop_cart_t *cart;
    const shop_where_t *where;
    const shop_totals_t *totals;
    const shop_terms_t *terms;
    const shop_paymode_t *mode;
    const char *lang;
    shop_str_t address; /* of the visitor */
    json_t *figures;    /* {ask, got} that the totals were computed with; NULL: none */
    int64_t now;
    bool test;
} shop_order_in_t;

/* The launch checks of front-office.md 9 in their order: the first that fails, and its step. */
shop_refusal_t shop_order_check(const shop_order_in_t *in, shop_step_e *step);
/* One element of shop.place_orders (sql/README.md), whole or not at all; a new reference, NULL: no
 * memory. */
json_t *shop_order_request(shop_arena_t *arena, const shop_order_in_t *in);
/* Hex SHA-256 of what such an element orders (order_fingerprint.c). */
SHOP_MUST_USE shop_status_t shop_order_fingerprint(shop_arena_t *arena, const json_t *request,
                                                   shop_str_t *digest);

#endif
