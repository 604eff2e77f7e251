/*
 * The snapshot of the catalogue from the inside: what catalog_build.c reads, catalog_link.c ties
 * together and catalog_find.c searches.
 */

#ifndef SHOP_CATALOG_INTERNAL_H
#define SHOP_CATALOG_INTERNAL_H

#include "shop/selling.h"


/* Pointers in an arena; what outgrows its room moves to a larger one. */
typedef struct {
    void **list;
    size_t count;
    size_t room;
} shop_list_t;

SHOP_MUST_USE shop_status_t shop_list_add(shop_arena_t *arena, shop_list_t *list, void *what);

typedef enum { SHOP_KEY_SHORTNAME, SHOP_KEY_ALIAS, SHOP_KEY_ID, SHOP_KEY_CODE } shop_key_e;

typedef struct {
    shop_item_t *item; /* NULL: free */
    shop_key_e kind;
} shop_slot_t;

/* Products by catalogue, kind of key and key: open addressing. */
typedef struct {
    shop_slot_t *slots;
    size_t size; /* a power of two; 0: empty */
} shop_index_t;

struct shop_snapshot_s {
    shop_list_t shops;
    shop_list_t catalogs;
    shop_list_t taxes;
    shop_list_t categories;
    shop_list_t items;
    shop_list_t zones;
    shop_list_t shippings;
    shop_list_t discounts; /* all of them, unsound ones too */
    shop_list_t partners;
    shop_list_t patterns; /* regex_t: freed with the snapshot */
    shop_index_t index;   /* what is sold, as visitors name it */
};

struct shop_snapshot_builder_s {
    shop_arena_t *arena;
    shop_snapshot_t snapshot;
    json_t *documents; /* all that the snapshot points into */
    shop_index_t rows; /* items by number and code, as they came */
    size_t phase;      /* of catalog_link.c */
    size_t at;         /* how far this phase is */

    /* The slave under construction (catalog_slave.c). */
    size_t slave;            /* its place among the catalogues */
    shop_catalog_t *master;  /* NULL: it has none */
    bool slave_begun;        /* its categories are there */
    size_t slave_categories; /* how many of each there were before */
    size_t slave_items;
};

/* A part of the work that takes its time: at most `slice` items at once, until *done. */
typedef shop_status_t (*shop_phase_pt)(shop_snapshot_builder_t *builder, size_t slice, bool *done);

/* item_build.c */
/* *item is given also when it could not be finished, with what it keeps; NULL: nothing was made. */
SHOP_MUST_USE shop_status_t shop_item_build(shop_arena_t *arena, json_t *row, shop_item_t **item);
void shop_item_lower_max(shop_item_t *item, int64_t max);
void shop_texts_read(const json_t *row, const char *eula, const char *notes,
                     shop_texts_t text[SHOP_LANGS]);
void shop_titles_read(const json_t *row, shop_str_t title[SHOP_LANGS]);

/* discount_build.c */
SHOP_MUST_USE shop_status_t shop_discount_build(shop_arena_t *arena, const json_t *row,
                                                shop_discount_t **discount);

/* selling_build.c: rows of the selling rules, and what they hang on */
SHOP_MUST_USE shop_status_t shop_zone_add(shop_snapshot_builder_t *builder, json_t *row);
SHOP_MUST_USE shop_status_t shop_shipping_row_add(shop_snapshot_builder_t *builder, json_t *row);
SHOP_MUST_USE shop_status_t shop_discount_add(shop_snapshot_builder_t *builder, json_t *row);
SHOP_MUST_USE shop_status_t shop_partner_add(shop_snapshot_builder_t *builder, json_t *row);
SHOP_MUST_USE shop_status_t shop_selling_link(shop_snapshot_builder_t *builder);
void shop_patterns_free(shop_snapshot_t *snapshot);

/* catalog_slave.c: the master's tree as slaves show it */
bool shop_catalog_is_slave(const shop_catalog_t *catalog);
SHOP_MUST_USE shop_status_t shop_slaves_build(shop_snapshot_builder_t *builder, size_t slice,
                                              bool *done);

/* catalog_tree.c: categories under categories, products in them, elements in sets and bundles */
SHOP_MUST_USE shop_status_t shop_tree_hang(shop_snapshot_builder_t *builder, size_t slice,
                                           bool *done);
SHOP_MUST_USE shop_status_t shop_tree_sort(shop_snapshot_builder_t *builder, size_t slice,
                                           bool *done);
SHOP_MUST_USE shop_status_t shop_tree_elements(shop_snapshot_builder_t *builder, size_t slice,
                                               bool *done);

/* catalog_index.c */
SHOP_MUST_USE shop_status_t shop_index_create(shop_arena_t *arena, shop_index_t *index,
                                              size_t keys);
void shop_index_add(shop_index_t *index, shop_item_t *item, shop_key_e kind);
/* Letters of either case; NULL: there is none. */
shop_item_t *shop_index_find(const shop_index_t *index, const shop_catalog_t *catalog,
                             shop_key_e kind, shop_str_t key);
shop_item_t *shop_index_find_id(const shop_index_t *index, const shop_catalog_t *catalog,
                                int64_t id);

/* By id; NULL: there is none. */
const shop_tax_t *shop_tax_by_id(const shop_snapshot_t *snapshot, int64_t id);
shop_catalog_t *shop_catalog_by_id(const shop_snapshot_t *snapshot, int64_t id);

#endif
