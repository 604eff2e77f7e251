/*
 * The catalogue, who looks at it, and what things cost. objects.md 2 to 8, front-office.md 5.
 */

#ifndef SHOP_CATALOG_H
#define SHOP_CATALOG_H

#include "base/base.h"


#define SHOP_LANGS                                                                                 \
    2 /* languages of catalogue texts: 0 "en", 1 "fr", the order of view's registry */
#define SHOP_MAX_LINES 100
#define SHOP_MAX_QUANTITY 9999
#define SHOP_MAX_UNITS 100    /* of a product that asks questions for each */
#define SHOP_MAX_ANSWERS 1500 /* of a cart: they come in one form */
#define SHOP_MAX_PARTICIPANTS 500
#define SHOP_MAX_PROMOS 8
#define SHOP_TIERS 5
#define SHOP_ROLES_MAX 16


/* --- refusals --- */

typedef struct {
    const char *key;   /* "max_reached"; NULL: no refusal */
    int64_t n;         /* {n} of the text */
    shop_str_t name;   /* {name}: a product, in the visitor's language */
    const char *why;   /* of "product_unavailable": what its handler says; NULL: something else */
    const char *field; /* of a form, or NULL */
} shop_refusal_t;


/* --- the catalogue (catalog_build.c, catalog_link.c, catalog_find.c): immutable --- */

typedef struct {
    shop_str_t name; /* fallbacks are resolved when the snapshot is built */
    shop_str_t description;
    shop_str_t notes;
    shop_str_t eula;
    shop_str_t seo_title;
    shop_str_t seo_description;
} shop_texts_t;

typedef struct {
    int64_t id;
    shop_str_t title[SHOP_LANGS];
    shop_str_t ratio; /* decimal text, as stored */
    shop_str_t formula_text;
    shop_dec_t ratio_value;
    shop_formula_t *formula; /* NULL: it does not compile; items that use it are not orderable */
} shop_tax_t;

/* objects.md 5.6 */
typedef enum {
    SHOP_ITEM_PREVIEW = 0,
    SHOP_ITEM_AVAILABLE,
    SHOP_ITEM_AVAILABLE_INTERNAL,
    SHOP_ITEM_AS_COMPLEMENT,
    SHOP_ITEM_SUSPENDED,
    SHOP_ITEM_PROVIDING,
    SHOP_ITEM_ABANDONED
} shop_item_status_e;

typedef enum { SHOP_ITEM_PLAIN = 0, SHOP_ITEM_SET, SHOP_ITEM_BUNDLE } shop_item_kind_e;

typedef enum {
    SHOP_AUDIENCE_VISITORS = -1,
    SHOP_AUDIENCE_ALL = 0,
    SHOP_AUDIENCE_LOGGED_IN = 1,
    SHOP_AUDIENCE_CUSTOMERS = 2
} shop_audience_e;

typedef enum {
    SHOP_FIELD_TEXT = 0,
    SHOP_FIELD_TEXTAREA,
    SHOP_FIELD_CHECKBOX,
    SHOP_FIELD_SELECT
} shop_field_type_e;

typedef struct {
    shop_str_t value;
    shop_str_t label;
} shop_option_t;

/* One question of `requireddata` (objects.md 5.9). */
typedef struct {
    shop_str_t field;
    shop_str_t label;
    shop_str_t desc;
    shop_field_type_e type;
    bool required;
    size_t max_length; /* in characters; 0: 1000 */
    shop_str_t
        pattern; /* POSIX extended, anchored; "@reference", "@host": our own rules; empty: none */
    shop_str_t initial;
    shop_option_t *options;
    size_t option_count;
    const json_t *attrs; /* harmless ones, for the template; NULL: none */
} shop_field_t;

typedef struct shop_item_s shop_item_t;
typedef struct shop_category_s shop_category_t;
typedef struct shop_catalog_s shop_catalog_t;
typedef struct shop_zone_s shop_zone_t; /* selling.h, like the three below */
typedef struct shop_discount_s shop_discount_t;
typedef struct shop_partner_s shop_partner_t;
typedef struct shop_figures_s shop_figures_t;

struct shop_item_s {
    int64_t id;
    shop_catalog_t *catalog;
    shop_category_t *category;
    shop_str_t code;
    shop_str_t shortname;
    shop_str_t alias; /* pretty address; the shortname when there is none */
    shop_texts_t text[SHOP_LANGS];
    shop_str_t image;
    shop_str_t leaflet; /* file below the media address; empty: none */
    shop_item_kind_e kind;
    shop_item_status_e status;
    shop_item_t *container; /* the set or bundle it is an element of; NULL: stands alone */
    shop_item_t **elements; /* of a set or bundle, by shortname */
    size_t element_count;
    bool shows_name;
    bool shows_description;
    shop_money_t price[SHOP_TIERS];
    int64_t range[SHOP_TIERS - 1]; /* inclusive upper bounds; 0: open */
    const shop_tax_t *tax;         /* NULL: none */
    int64_t stock;                 /* -1: not managed */
    int64_t max_quantity;          /* 0: unlimited; the handlers' maximum included */
    int64_t handler_max;           /* 0: its handler sets none */
    int64_t credit_price;          /* training credits that pay a unit; 0: none do */
    shop_audience_e audience;
    shop_str_t passcode; /* empty: none; secret */
    int seat_mode;       /* quantaddressesusers: 0, 1, 2 */
    bool renewable;
    shop_str_t handler;
    json_t *params;    /* handlerparams, decoded: name -> text; owned by the snapshot */
    shop_str_t *roles; /* offered for its seats: "student" and requiredroles */
    size_t role_count;
    shop_field_t *fields[SHOP_LANGS];
    size_t field_count;
    json_t *kept[SHOP_LANGS + 1]; /* what the questions point into beside the row; the builder's */
    const char *defect;           /* why it cannot be ordered (for staff); NULL: none */
    const json_t *document;       /* the row, frozen on the bill; owned by the snapshot */
    shop_item_t *copy;            /* in the slave that is being built */
};

struct shop_category_s {
    int64_t id;
    shop_catalog_t *catalog;
    shop_category_t *parent;
    shop_category_t **children; /* visible ones, by sortorder */
    size_t child_count;
    shop_item_t **items; /* listed ones (no elements), by shortname */
    size_t item_count;
    shop_str_t alias; /* pretty address, or its id in decimal */
    shop_texts_t text[SHOP_LANGS];
    bool visible;
    int64_t sortorder;
    const json_t *row;     /* while the snapshot is built */
    size_t place;          /* among its sisters */
    shop_category_t *copy; /* in the slave that is being built */
};

struct shop_catalog_s {
    int64_t id;
    int64_t group;                 /* 0: alone; own id: master; else slave of it */
    shop_texts_t text[SHOP_LANGS]; /* eula: the sales conditions; notes: the bill footer */
    shop_str_t countries;          /* ISO 3166 codes with commas; empty: all */
    shop_category_t **roots;
    size_t root_count;
    shop_zone_t **zones; /* by code; a slave has its master's */
    size_t zone_count;
};

/* A stranger gives the address of an account (front-office.md 8.3). */
typedef enum {
    SHOP_GUEST_ASK_LOGIN, /* he is asked to log in */
    SHOP_GUEST_SEND_LINK, /* a link to log in is sent at once */
    SHOP_GUEST_ALLOW      /* the order is taken; the account is his once the mailbox is proven */
} shop_guest_known_e;

typedef struct {
    int64_t id;
    shop_str_t alias;
    shop_texts_t text[SHOP_LANGS];
    const shop_currency_t *currency;
    shop_catalog_t *catalog;
    shop_str_t steps; /* navsteps, valid */
    bool allow_tax;
    bool tabbed;
    bool organisation_required;
    bool user_organisation_required;
    bool user_phone_required;
    bool allow_late_assignment;
    bool leaflet_download; /* a leaflet is saved, not opened */
    bool hides_refused;    /* what its handler refuses to a visitor is not shown to him */
    shop_guest_known_e guest_known;
    shop_str_t default_paymode;
    const json_t *paymodes; /* {mode: {…}} or {mode: true}; owned by the snapshot */
    const json_t *document; /* the row: seller identity, settings; owned by the snapshot */
    int32_t utc_offset;
    bool test; /* test mode of the site */
    bool test_override;
    bool ships;                  /* shipping is charged */
    shop_discount_t **discounts; /* the stack: enabled and sound ones, in order */
    size_t discount_count;
    shop_partner_t **partners; /* enabled ones, by key */
    size_t partner_count;
} shop_shop_t;

typedef struct shop_snapshot_s shop_snapshot_t;
typedef struct shop_snapshot_builder_s shop_snapshot_builder_t;

/* The builder and the snapshot live in `arena`; JSON documents that they keep are released by
 * shop_snapshot_release() (call it once, before the arena goes; also for a failed builder). */
shop_snapshot_builder_t *shop_snapshot_builder_create(shop_arena_t *arena);
/* Takes its own reference on `document`. Kinds that it does not know are skipped. */
SHOP_MUST_USE shop_status_t shop_snapshot_builder_add(shop_snapshot_builder_t *builder,
                                                      shop_str_t kind, json_t *document);
/* Ties the rows together, at most `slice` items a call; *more says whether to call again. */
SHOP_MUST_USE shop_status_t shop_snapshot_builder_finish(shop_snapshot_builder_t *builder,
                                                         size_t slice, bool *more);
shop_snapshot_t *shop_snapshot_of(shop_snapshot_builder_t *builder); /* when finished */
void shop_snapshot_release(shop_snapshot_builder_t *builder);
/* Before that, so that it does not take long: up to `slice` documents; false: nothing is left.
 * Nothing of the snapshot may be read any more. */
bool shop_snapshot_release_some(shop_snapshot_builder_t *builder, size_t slice);

const shop_shop_t *shop_find_shop(const shop_snapshot_t *snapshot, shop_str_t alias_or_id);
/* In the shop's catalogue, for a slave the local copy before the master's. By shortname (letters of
 * either case), by alias, by id. */
const shop_item_t *shop_find_item(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                  shop_str_t shortname);
const shop_item_t *shop_find_item_page(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                       shop_str_t alias);
/* NULL also when it is hidden, by itself or by one above. */
const shop_category_t *shop_find_category(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                          shop_str_t alias_or_id);
size_t shop_item_count(const shop_snapshot_t *snapshot);
/* All of them, of all catalogues, hidden ones too; NULL: there are no more. */
const shop_item_t *shop_item_at(const shop_snapshot_t *snapshot, size_t i);
/* Neither it nor one above is hidden. */
bool shop_category_shown(const shop_category_t *category);


/* --- who is there --- */

/* A product that its handler refuses to this visitor, as far as that is known. */
typedef struct {
    int64_t item;
    const char *why;
} shop_refused_t;

typedef struct {
    bool logged_in;
    int64_t user;           /* in Moodle; 0: none known */
    int64_t customer;       /* ours; 0: none */
    shop_str_t email;       /* proven */
    bool see_all;           /* staff looking at everything */
    bool non_instant;       /* right: offline payment modes */
    bool test_payments;     /* right: the test interface */
    bool pay_override;      /* right: produced before payment */
    shop_str_t institution; /* of the profile */
    int64_t since;          /* when the account was made; 0: not known */
    const shop_refused_t *refused;
    size_t refused_count;
    bool refused_hidden; /* they are not shown */
} shop_visitor_t;

/* Everybody sees one of these four catalogues: the key of shared pages. */
unsigned shop_visitor_class(const shop_visitor_t *visitor); /* 0 anonymous … 2 customer, 3 all */
#define SHOP_VISITOR_CLASSES 4

typedef struct {
    const shop_snapshot_t *snapshot;
    const shop_shop_t *shop;
    const shop_visitor_t *visitor;
    size_t lang;
    const shop_figures_t *figures; /* of the past; NULL: none */
    int64_t now;
} shop_where_t;

/* The first category with something for this visitor, children by sortorder; NULL: none. */
const shop_category_t *shop_first_category(const shop_shop_t *shop, const shop_visitor_t *visitor);
/* The category itself, or the first below it when only there is something to see. */
const shop_category_t *shop_category_to_open(const shop_category_t *category,
                                             const shop_visitor_t *visitor);
/* Listed in the catalogue for this visitor. */
bool shop_item_visible(const shop_item_t *item, const shop_visitor_t *visitor);
/* May its page be opened by who knows the address? Also when only a log-in is missing. */
bool shop_item_has_page(const shop_item_t *item, const shop_visitor_t *visitor);
/* Why its handler, or that of an element of a bundle, refuses it; NULL: it does not. */
const shop_refused_t *shop_item_refused(const shop_item_t *item, const shop_visitor_t *visitor);
/* May it be put in the cart at all? Everything but quantity and passcode. key NULL: yes. */
shop_refusal_t shop_item_orderable(const shop_item_t *item, const shop_where_t *where);
/* Smallest of product, handlers (of a bundle: of its elements) and stock; 0: no limit. */
int64_t shop_item_max(const shop_item_t *item);
/* Seats of `quantity` units (a bundle: of its elements). */
int64_t shop_item_seats(const shop_item_t *item, int64_t quantity);
bool shop_item_has_fields(const shop_item_t *item); /* its own, or of its elements */


/* --- prices (price.c): objects.md 5.3, 8 --- */

shop_money_t shop_tier_price(const shop_item_t *item, int64_t quantity);
/* Unit price with tax, not rounded; the price itself when the shop charges none. */
SHOP_MUST_USE shop_status_t shop_tax_apply(const shop_tax_t *tax, shop_money_t untaxed,
                                           shop_dec_t *taxed);

typedef struct {
    int64_t from;
    int64_t to; /* 0: and more */
    shop_money_t untaxed;
    shop_money_t taxed; /* rounded to three decimals */
} shop_tier_t;

/* The ladder of an item: at most SHOP_TIERS steps. */
size_t shop_item_tiers(const shop_shop_t *shop, const shop_item_t *item,
                       shop_tier_t tiers[SHOP_TIERS]);

typedef struct {
    const shop_item_t *item;
    int64_t quantity;
    shop_money_t unit;       /* untaxed */
    shop_money_t unit_taxed; /* rounded to three decimals, for display */
    shop_money_t untaxed;    /* of the line, rounded */
    shop_money_t taxed;
    shop_money_t tax;
} shop_priced_line_t;

typedef struct {
    const shop_tax_t *tax;
    shop_money_t amount;
} shop_tax_line_t;

/* A discount as agreed, per line: where the discount engine enters the totals. */
typedef struct {
    size_t line;
    int64_t discount;
    shop_str_t reason;
    shop_str_t rate;      /* "12.5", as charged on this line */
    shop_money_t untaxed; /* negative */
    shop_money_t taxed;
    shop_str_t code; /* that the buyer entered; empty: none */
} shop_discount_line_t;

/* An agreed discount as a whole, for people: "reason: rate %". */
typedef struct {
    const shop_discount_t *discount;
    shop_str_t reason;
    shop_str_t rate; /* empty: not the same on all its lines */
    shop_str_t code;
    shop_money_t untaxed; /* sum of its lines, negative */
    shop_money_t taxed;
} shop_agreed_t;

typedef struct {
    shop_str_t code; /* "SHIP_FR"; empty: no shipping line */
    shop_str_t title;
    const shop_tax_t *tax;
    shop_money_t untaxed;
    shop_money_t taxed;
} shop_shipping_line_t;

typedef struct {
    shop_priced_line_t *lines;
    size_t line_count;
    shop_discount_line_t *discounts;
    size_t discount_count;
    shop_agreed_t *agreed; /* in the order of the stack */
    size_t agreed_count;
    const shop_partner_t *partner; /* who brought the order; NULL: nobody */
    shop_str_t partner_tag;
    shop_shipping_line_t shipping;
    bool shipping_free;           /* the order is large enough */
    const char *shipping_problem; /* key of the refusal: this order cannot be delivered there */
    shop_tax_line_t *taxes;       /* one per tax that occurs */
    size_t tax_count;
    int64_t items;              /* sum of quantities */
    shop_money_t order_untaxed; /* lines only */
    shop_money_t order_taxed;
    shop_money_t untaxed; /* with discounts and shipping */
    shop_money_t tax;
    shop_money_t amount; /* to pay */
} shop_totals_t;

#endif
