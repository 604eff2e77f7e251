/*
 * The selling rules: shipping (objects.md 7), discounts (14), promotional codes, partners (15), and
 * the figures on past orders that they ask for.
 *
 * Pure, like all of this room. What is built from the catalogue (zones, discounts, partners) is
 * immutable and lives as long as the snapshot; figures are read by the caller, in one call of the
 * database, and given with `where`.
 */

#ifndef SHOP_SELLING_H
#define SHOP_SELLING_H

#include "shop/shop.h"

#include <regex.h>


/* A percentage with four decimals: 12.5 % is 125000. */
typedef struct {
    int64_t e4;
} shop_rate_t;

#define SHOP_RATE_FULL 1000000


/* --- partners (partner.c) --- */

struct shop_partner_s {
    int64_t id;
    int64_t shop;
    shop_str_t key;
    shop_str_t name;
    shop_str_t secret;
    shop_str_t referer; /* beginning of the addresses that carts come from; empty: any */
};

const shop_partner_t *shop_partner_find(const shop_shop_t *shop, shop_str_t key); /* NULL: none */
/* The partner of this cart, as far as he is one of the shop. */
const shop_partner_t *shop_cart_partner(const shop_cart_t *cart, const shop_where_t *where);
/* "<key>[_<tag>[_<email>]]" of a link: into the cart; false, and nothing changed, when the shop has
 * no such partner. */
bool shop_cart_set_partner(shop_cart_t *cart, const shop_where_t *where, shop_str_t text);
/* May this link drive the buyer through the steps? The partner names no site, or the Referer begins
 * with it, or the query is signed with the partner's secret and at most ten minutes old. */
bool shop_partner_drives(shop_arena_t *arena, const shop_partner_t *partner, shop_str_t referer,
                         const shop_form_t *query, int64_t now);


/* --- links that fill a cart (import.c): front-office.md 13 --- */

/* Sets the quantity to the larger of what is there and `quantity`. */
shop_refusal_t shop_cart_direct_add(shop_cart_t *cart, const shop_where_t *where,
                                    shop_str_t shortname, int64_t quantity);
/* Every `<code>=<quantity>` of the query and of its short form `i`; what cannot be taken is told.
 * Gives the number of refusals. */
size_t shop_cart_import(shop_cart_t *cart, const shop_where_t *where, const shop_form_t *query,
                        shop_refusal_t *told, size_t room);
/* Does the query name products at all? */
bool shop_import_named(const shop_form_t *query);


/* --- shipping (zone_build.c, zone_rule.c, shipping.c) --- */

/* A fragment of a zip rule: a prefix, an exact text, or a compiled expression. */
typedef struct {
    shop_str_t text;
    bool exact;
    regex_t *pattern; /* NULL: compared as text */
} shop_zip_t;

/* "([FR,MC][97,98])"; an empty list is "*". */
typedef struct {
    shop_str_t *countries;
    size_t country_count;
    shop_zip_t *zips;
    size_t zip_count;
    bool last_of_group; /* "&" or the end follows, not "|" */
} shop_atom_t;

typedef struct {
    shop_str_t code; /* of the product */
    int64_t zone;
    shop_money_t value;
    shop_formula_t *formula; /* NULL: none */
    bool broken;             /* there is one, and it cannot be read */
    shop_dec_t a, b, c;
} shop_shipping_t;

struct shop_zone_s {
    int64_t id;
    int64_t catalog;
    shop_str_t code;
    shop_str_t description[SHOP_LANGS];
    shop_money_t flat; /* for the whole order; 0: by product */
    bool has_free_above;
    shop_money_t free_above;
    int64_t tax_id;
    const shop_tax_t *tax;
    shop_atom_t *atoms;
    size_t atom_count;
    bool broken;                 /* its rule cannot be read: it matches nobody */
    shop_shipping_t **shippings; /* by product code */
    size_t shipping_count;
};

/* The rule of a zone; SHOP_MALFORMED: not in the grammar of objects.md 7.2. Expressions that are
 * compiled are told to `keep` (to be freed with regfree). */
SHOP_MUST_USE shop_status_t
shop_zone_rule_parse(shop_arena_t *arena, shop_str_t text, shop_zone_t *zone,
                     shop_status_t (*keep)(void *data, regex_t *pattern), void *data);
bool shop_zone_rule_matches(const shop_zone_t *zone, shop_str_t country, shop_str_t zip);
/* The zone of an address: the first that matches, else "00"; NULL: none. */
const shop_zone_t *shop_zone_select(const shop_catalog_t *catalog, shop_str_t country,
                                    shop_str_t zip);
/* Puts the shipping line into totals whose lines and discounts are there; SHOP_OK with
 * totals->shipping_problem set when the order cannot be delivered. */
SHOP_MUST_USE shop_status_t shop_shipping_add(shop_arena_t *arena, const shop_cart_t *cart,
                                              const shop_where_t *where, shop_totals_t *totals);
/* Will there be shipping, once the address is known? */
bool shop_shipping_pending(const shop_cart_t *cart, const shop_where_t *where);
/* Can the cart be delivered to its customer's address? Asked before prices are known. */
bool shop_shipping_served(const shop_cart_t *cart, const shop_where_t *where);


/* --- discounts (discount_build.c, discount_stack.c, discount/) --- */

typedef enum {
    SHOP_OPERATOR_ACCUMULATE = 0,
    SHOP_OPERATOR_TAKEOVER,
    SHOP_OPERATOR_STOP_IF_APPLIES,
    SHOP_OPERATOR_STOP_IF_NOT
} shop_operator_e;

/* One line of ruledata, whatever the type makes of it. */
typedef struct {
    shop_str_t key;   /* a code, a partner's key, an e-mail, an institution, an item's code */
    shop_rate_t rate; /* 0: that of the discount */
    shop_str_t tag;
    shop_money_t number; /* a threshold */
} shop_rule_t;

typedef struct shop_discount_type_s shop_discount_type_t;

struct shop_discount_s {
    int64_t id;
    int64_t shop;
    const shop_discount_type_t *type;
    shop_str_t name;
    shop_str_t reason[SHOP_LANGS];
    shop_rate_t rate;
    shop_str_t rate_name; /* "12.5" */
    shop_operator_e operator;
    int64_t ordering;
    shop_str_t stamp;   /* changes with every change of the row */
    shop_str_t *scope;  /* codes of items, sorted; */
    size_t scope_count; /* 0: the whole order */
    shop_rule_t *rules;
    size_t rule_count;
    int64_t from; /* days as YYYYMMDD in the shop's time; 0: no limit */
    int64_t to;
    int64_t max;          /* uses in all; 0: any number */
    int64_t per_customer; /* uses by one customer */
    const char *defect;   /* key of what is wrong with it; NULL: sound */
};

/* May a code of this discount be used now? key NULL: yes. */
shop_refusal_t shop_discount_usable(const shop_discount_t *discount, const shop_where_t *where,
                                    shop_str_t code);
/* The rule of a discount that takes codes for this code; NULL: not one of them. */
const shop_rule_t *shop_discount_code(const shop_discount_t *discount, shop_str_t code);
/* What is wrong with the data of a discount before it is saved; *wrong NULL: nothing. */
SHOP_MUST_USE shop_status_t shop_discount_check(shop_arena_t *arena, const json_t *row,
                                                const char **wrong);
/* The stack on totals whose lines are priced: agreed discounts and their lines. */
SHOP_MUST_USE shop_status_t shop_discounts_add(shop_arena_t *arena, const shop_cart_t *cart,
                                               const shop_where_t *where, shop_totals_t *totals);


/* --- promotional codes (promo.c) --- */

/* Letters and digits, 1 to 32, blanks around it left out; false: not a code. */
bool shop_promo_token(shop_str_t text, shop_str_t *code);
/* Is there a discount that takes codes: does the cart show the field? */
bool shop_promo_asked(const shop_shop_t *shop);
/* Does any discount of the shop know this code? */
bool shop_promo_known(const shop_shop_t *shop, shop_str_t code);
/* Tries the code on every discount, in the order of the stack. key NULL: it counts from now on;
 * else "promo_invalid", "promo_early", "promo_expired", "promo_exhausted", "promo_not_applicable"
 * and the cart is as before. */
shop_refusal_t shop_promo_enter(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                                shop_str_t code);
bool shop_promo_remove(shop_cart_t *cart, shop_str_t code); /* false: it was not there */
void shop_promo_forget(shop_cart_t *cart, int64_t discount);


/* --- figures on the past (figures.c): asked by shop.figures, sql/README.md --- */

typedef struct {
    shop_str_t code; /* of the item */
    shop_money_t units;
    shop_money_t turnover; /* untaxed, without its discounts */
} shop_product_figures_t;

typedef struct {
    int64_t partner;
    int64_t orders;
    shop_money_t turnover; /* untaxed */
    shop_product_figures_t *products;
    size_t product_count;
} shop_partner_figures_t;

typedef struct {
    int64_t discount;
    int64_t used;
    int64_t mine; /* by this customer */
} shop_use_figures_t;

struct shop_figures_s {
    int64_t orders;   /* of the customer */
    shop_str_t email; /* of his record */
    shop_str_t *rights;
    size_t right_count;
    shop_partner_figures_t *partners;
    size_t partner_count;
    shop_use_figures_t *uses;
    size_t use_count;
};

/* The argument of shop.figures for this cart and visitor, `typed` a code that is being tried (or
 * empty). *ask NULL: no rule of the shop asks anything of them. A new reference. */
SHOP_MUST_USE shop_status_t shop_figures_ask(const shop_cart_t *cart, const shop_where_t *where,
                                             shop_str_t typed, json_t **ask);
/* Views into `answer`; tolerant: what is not there is 0. */
SHOP_MUST_USE shop_status_t shop_figures_read(shop_arena_t *arena, const json_t *answer,
                                              shop_figures_t **figures);
const shop_partner_figures_t *shop_figures_of(const shop_figures_t *figures,
                                              const shop_partner_t *partner); /* NULL: none */


/* --- what the order page has shown (shown.c) --- */

typedef enum {
    SHOP_MOVED_PRICE = 0, /* of a product */
    SHOP_MOVED_GONE,      /* something that was shown is no more part of the order */
    SHOP_MOVED_NEW,
    SHOP_MOVED_DISCOUNT,
    SHOP_MOVED_SHIPPING
} shop_moved_e;

typedef struct {
    shop_moved_e kind;
    shop_str_t name; /* of the product, the reason of the discount */
    shop_money_t before;
    shop_money_t after;
} shop_moved_t;

/* Everything that is charged, in few bytes, for a hidden field of the page. */
SHOP_MUST_USE shop_status_t shop_shown_write(shop_arena_t *arena, const shop_totals_t *totals,
                                             shop_str_t *text);
/* What differs from the totals of now: as many as `room` are told, the number is given. */
size_t shop_shown_compare(const shop_totals_t *totals, shop_str_t shown, size_t lang,
                          shop_moved_t *moved, size_t room);

#endif
