/*
 * What a type of discount is (objects.md 14.8), and what the types share. A new type is a file here
 * and a line in registry.c.
 */

#ifndef SHOP_DISCOUNT_DISCOUNT_H
#define SHOP_DISCOUNT_DISCOUNT_H

#include "shop/selling.h"


/* What a type asks of the past. */
#define SHOP_NEEDS_ORDERS 0x01   /* number of the customer's orders */
#define SHOP_NEEDS_RIGHTS 0x02   /* of the visitor */
#define SHOP_NEEDS_CUSTOMER 0x04 /* the customer's own record */
#define SHOP_NEEDS_PARTNER 0x08  /* figures of the partner */

/* One pass over the stack. */
typedef struct {
    const shop_cart_t *cart;
    const shop_where_t *where;
    const shop_totals_t *totals;
    const shop_partner_t *partner; /* of the order, as far as the pass has come */

    /* what the discount that is evaluated answers, when it applies */
    shop_rate_t rate;
    shop_str_t code;              /* entered by the buyer */
    shop_str_t tag;               /* for the order */
    const shop_partner_t *brings; /* the order becomes this partner's */
} shop_evaluation_t;

struct shop_discount_type_s {
    const char *name;
    bool takes_code;
    bool own_rates; /* its rules carry the rates; the field of the discount may be empty */
    unsigned needs;
    /* Reads ruledata into rules and limits. Gives the key of what is wrong, NULL: nothing. */
    const char *(*parse)(shop_arena_t *arena, shop_str_t ruledata, shop_discount_t *discount);
    bool (*evaluate)(const shop_discount_t *discount, shop_evaluation_t *e);
    /* Types that look at each product by itself: the rate for it, 0: none. NULL: the same rate for
     * the whole scope. */
    shop_rate_t (*product_rate)(const shop_discount_t *discount, const shop_evaluation_t *e,
                                const shop_item_t *item);
};


/* --- registry.c --- */

const shop_discount_type_t *shop_discount_type_find(shop_str_t name); /* NULL: unknown */
const shop_discount_type_t *shop_discount_type_at(size_t n);          /* NULL: after the last */

extern const shop_discount_type_t shop_discount_unconditional;
extern const shop_discount_type_t shop_discount_offer_code;
extern const shop_discount_type_t shop_discount_multiple_codes;
extern const shop_discount_type_t shop_discount_partner_codes;
extern const shop_discount_type_t shop_discount_order_amount;
extern const shop_discount_type_t shop_discount_user_capability;
extern const shop_discount_type_t shop_discount_institution;
extern const shop_discount_type_t shop_discount_order_count;
extern const shop_discount_type_t shop_discount_partner;
extern const shop_discount_type_t shop_discount_long_time;
extern const shop_discount_type_t shop_discount_customer;
extern const shop_discount_type_t shop_discount_partner_orders;
extern const shop_discount_type_t shop_discount_partner_product_orders;
extern const shop_discount_type_t shop_discount_partner_turnover;
extern const shop_discount_type_t shop_discount_partner_product_turnover;


/* --- rules.c: ruledata that is a list of lines, of fields with "|" between them --- */

#define SHOP_RULE_FIELDS 4

typedef struct {
    shop_str_t field[SHOP_RULE_FIELDS];
    size_t count;
} shop_rule_line_t;

/* Reads the fields of one line; the key of what is wrong, NULL: nothing. */
typedef const char *(*shop_rule_reader_pt)(const shop_rule_line_t *line, shop_rule_t *rule);

/* Every line that is not blank, at least one. */
const char *shop_rules_read(shop_arena_t *arena, shop_str_t text, shop_discount_t *discount,
                            shop_rule_reader_pt reader);
/* "12.5": more than 0, at most 100. */
bool shop_rule_rate(shop_str_t text, shop_rate_t *rate);
SHOP_MUST_USE shop_status_t shop_rate_name(shop_arena_t *arena, shop_rate_t rate, shop_str_t *name);
/* A decimal number that is not negative. */
bool shop_rule_number(shop_str_t text, shop_money_t *number);
/* A whole number of at least `min`. */
bool shop_rule_count(shop_str_t text, int64_t min, shop_money_t *number);
/* The whole of ruledata is one number: for types with a threshold. */
const char *shop_rule_threshold(shop_arena_t *arena, shop_str_t text, shop_discount_t *discount);
const char *shop_rule_threshold_count(shop_arena_t *arena, shop_str_t text,
                                      shop_discount_t *discount);
/* "key[|percent]": shared by the two types that name people or businesses. */
const char *shop_rule_key_line(const shop_rule_line_t *line, shop_rule_t *rule);
/* "code|percent|tag": shared by the two types with several codes. */
const char *shop_rule_code_line(const shop_rule_line_t *line, shop_rule_t *rule);
/* "item|number[|percent]": shared by the two types that look at products. */
const char *shop_rule_item_count(const shop_rule_line_t *line, shop_rule_t *rule);
const char *shop_rule_item_amount(const shop_rule_line_t *line, shop_rule_t *rule);
bool shop_rule_same_code(const shop_discount_t *discount); /* some code stands twice */
/* The code of this discount in the cart, if it is one of its rules and usable; fills e->code. */
const shop_rule_t *shop_rule_entered(const shop_discount_t *discount, shop_evaluation_t *e);
/* That of the rule, else that of the discount. */
shop_rate_t shop_rule_rate_of(const shop_discount_t *discount, const shop_rule_t *rule);

/* --- partner_past.c: what the partner of the order has brought before; NULL: there is no partner
 * --- */

const shop_partner_figures_t *shop_partner_past(const shop_evaluation_t *e);
const shop_product_figures_t *shop_partner_product(const shop_evaluation_t *e, shop_str_t code);
/* The best rate of the lines of this product whose number is reached; 0: none is. */
shop_rate_t shop_rule_reached(const shop_discount_t *discount, shop_str_t code,
                              shop_money_t reached);
/* Is some product of the order worth a rate? */
bool shop_product_any(const shop_discount_t *discount, shop_evaluation_t *e);

#endif
