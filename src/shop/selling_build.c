/*
 * Zones, shippings, discounts and partners: from their rows to the catalogues and shops that they
 * belong to.
 */

#include "shop/catalog_internal.h"

#include <stdlib.h>


/* Where something of a list goes: counted, given room, filled. */
typedef struct {
    void ***list;
    size_t *count;
} place_t;

typedef place_t (*place_pt)(const shop_snapshot_t *snapshot, const void *what);


static shop_status_t keep_pattern(void *data, regex_t *pattern);
static shop_dec_t parameter(const json_t *row, const char *name);
static shop_status_t hang(shop_snapshot_builder_t *builder, shop_list_t *all, place_pt place);
static place_t place_zone(const shop_snapshot_t *snapshot, const void *what);
static place_t place_shipping(const shop_snapshot_t *snapshot, const void *what);
static place_t place_discount(const shop_snapshot_t *snapshot, const void *what);
static place_t place_partner(const shop_snapshot_t *snapshot, const void *what);
static shop_shop_t *shop_by_id(const shop_snapshot_t *snapshot, int64_t id);
static int by_zone_code(const void *a, const void *b);
static int by_product(const void *a, const void *b);
static int by_ordering(const void *a, const void *b);
static int by_key(const void *a, const void *b);
static void sort(shop_list_t *list, int (*order)(const void *a, const void *b));
static void share_with_slaves(shop_snapshot_t *snapshot);


/* --- rows --- */

/* A rule that cannot be read matches nobody. */
shop_status_t shop_zone_add(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_zone_t *zone = shop_arena_calloc(builder->arena, sizeof(*zone));
    shop_texts_t text[SHOP_LANGS];
    shop_status_t status;

    if (zone == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_texts_read(row, "", "", text);
    zone->id = shop_json_int(row, "id");
    zone->catalog = shop_json_int(row, "catalogid");
    zone->code = shop_json_text(row, "zonecode");
    zone->flat = shop_json_money(row, "billscopeamount");
    zone->has_free_above = json_is_string(json_object_get(row, "freeabove"));
    zone->free_above = shop_json_money(row, "freeabove");
    zone->tax_id = shop_json_int(row, "taxid");

    for (size_t lang = 0; lang < SHOP_LANGS; lang++) {
        zone->description[lang] =
            text[lang].description.len > 0 ? text[lang].description : zone->code;
    }

    status = shop_zone_rule_parse(builder->arena, shop_json_text(row, "applicability"), zone,
                                  keep_pattern, builder);

    if (status == SHOP_NO_MEMORY) {
        return status;
    }

    zone->broken = status != SHOP_OK;

    return shop_list_add(builder->arena, &builder->snapshot.zones, zone);
}


static shop_status_t keep_pattern(void *data, regex_t *pattern)
{
    shop_snapshot_builder_t *builder = data;
    shop_status_t status = shop_list_add(builder->arena, &builder->snapshot.patterns, pattern);

    if (status != SHOP_OK) {
        regfree(pattern);
    }

    return status;
}


void shop_patterns_free(shop_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->patterns.count; i++) {
        regfree(snapshot->patterns.list[i]);
    }

    snapshot->patterns.count = 0;
}


shop_status_t shop_shipping_row_add(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_shipping_t *shipping = shop_arena_calloc(builder->arena, sizeof(*shipping));
    shop_str_t formula = shop_str_trim(shop_json_text(row, "formula"));
    const char *error;
    shop_status_t status;

    if (shipping == NULL) {
        return SHOP_NO_MEMORY;
    }

    shipping->code = shop_json_text(row, "productcode");
    shipping->zone = shop_json_int(row, "zoneid");
    shipping->value = shop_json_money(row, "value");
    shipping->a = parameter(row, "a");
    shipping->b = parameter(row, "b");
    shipping->c = parameter(row, "c");

    if (formula.len > 0) {
        status = shop_formula_compile(builder->arena, formula, &shipping->formula, &error);

        if (status == SHOP_NO_MEMORY) {
            return status;
        }

        shipping->broken = status != SHOP_OK;
    }

    return shop_list_add(builder->arena, &builder->snapshot.shippings, shipping);
}


static shop_dec_t parameter(const json_t *row, const char *name)
{
    return shop_dec_from_money(shop_json_money(row, name));
}


shop_status_t shop_discount_add(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_discount_t *discount;
    shop_status_t status = shop_discount_build(builder->arena, row, &discount);

    return status == SHOP_OK ? shop_list_add(builder->arena, &builder->snapshot.discounts, discount)
                             : status;
}


shop_status_t shop_partner_add(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_partner_t *partner = shop_arena_calloc(builder->arena, sizeof(*partner));

    if (partner == NULL) {
        return SHOP_NO_MEMORY;
    }

    partner->id = shop_json_int(row, "id");
    partner->shop = shop_json_int(row, "shopid");
    partner->key = shop_json_text(row, "partnerkey");
    partner->name = shop_json_text(row, "name");
    partner->secret = shop_json_text(row, "partnersecret");
    partner->referer = shop_json_text(row, "referer");

    return shop_list_add(builder->arena, &builder->snapshot.partners, partner);
}


/* --- ties --- */

shop_status_t shop_selling_link(shop_snapshot_builder_t *builder)
{
    shop_snapshot_t *snapshot = &builder->snapshot;
    shop_status_t status;

    sort(&snapshot->zones, by_zone_code);
    sort(&snapshot->shippings, by_product);
    sort(&snapshot->discounts, by_ordering);
    sort(&snapshot->partners, by_key);

    for (size_t i = 0; i < snapshot->zones.count; i++) {
        shop_zone_t *zone = snapshot->zones.list[i];

        zone->tax = shop_tax_by_id(snapshot, zone->tax_id);
    }

    status = hang(builder, &snapshot->zones, place_zone);

    if (status == SHOP_OK) {
        status = hang(builder, &snapshot->shippings, place_shipping);
    }

    if (status == SHOP_OK) {
        status = hang(builder, &snapshot->discounts, place_discount);
    }

    if (status == SHOP_OK) {
        status = hang(builder, &snapshot->partners, place_partner);
    }

    share_with_slaves(snapshot);

    return status;
}


static void sort(shop_list_t *list, int (*order)(const void *a, const void *b))
{
    if (list->count > 1) {
        qsort(list->list, list->count, sizeof(void *), order);
    }
}


/* Three passes over the list: how many, the room for them, the pointers. */
static shop_status_t hang(shop_snapshot_builder_t *builder, shop_list_t *all, place_pt place)
{
    for (size_t i = 0; i < all->count; i++) {
        place_t p = place(&builder->snapshot, all->list[i]);

        if (p.count != NULL) {
            (*p.count)++;
        }
    }

    for (size_t i = 0; i < all->count; i++) {
        place_t p = place(&builder->snapshot, all->list[i]);

        if (p.count == NULL) {
            continue;
        }

        if (*p.list == NULL) {
            *p.list = shop_arena_calloc(builder->arena, *p.count * sizeof(void *));
            *p.count = 0;

            if (*p.list == NULL) {
                return SHOP_NO_MEMORY;
            }
        }

        (*p.list)[(*p.count)++] = all->list[i];
    }

    return SHOP_OK;
}


static place_t place_zone(const shop_snapshot_t *snapshot, const void *what)
{
    shop_catalog_t *catalog = shop_catalog_by_id(snapshot, ((const shop_zone_t *) what)->catalog);

    return catalog != NULL ? (place_t){(void ***) &catalog->zones, &catalog->zone_count}
                           : (place_t){NULL, NULL};
}


static place_t place_shipping(const shop_snapshot_t *snapshot, const void *what)
{
    int64_t id = ((const shop_shipping_t *) what)->zone;

    for (size_t i = 0; i < snapshot->zones.count; i++) {
        shop_zone_t *zone = snapshot->zones.list[i];

        if (zone->id == id) {
            return (place_t){(void ***) &zone->shippings, &zone->shipping_count};
        }
    }

    return (place_t){NULL, NULL};
}


static place_t place_discount(const shop_snapshot_t *snapshot, const void *what)
{
    const shop_discount_t *discount = what;
    shop_shop_t *shop = discount->defect == NULL ? shop_by_id(snapshot, discount->shop) : NULL;

    return shop != NULL ? (place_t){(void ***) &shop->discounts, &shop->discount_count}
                        : (place_t){NULL, NULL};
}


static place_t place_partner(const shop_snapshot_t *snapshot, const void *what)
{
    shop_shop_t *shop = shop_by_id(snapshot, ((const shop_partner_t *) what)->shop);

    return shop != NULL ? (place_t){(void ***) &shop->partners, &shop->partner_count}
                        : (place_t){NULL, NULL};
}


static shop_shop_t *shop_by_id(const shop_snapshot_t *snapshot, int64_t id)
{
    for (size_t i = 0; i < snapshot->shops.count; i++) {
        shop_shop_t *shop = snapshot->shops.list[i];

        if (shop->id == id) {
            return shop;
        }
    }

    return NULL;
}


/* A slave delivers where its master does. */
static void share_with_slaves(shop_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->catalogs.count; i++) {
        shop_catalog_t *catalog = snapshot->catalogs.list[i];
        const shop_catalog_t *master = catalog->group != 0 && catalog->group != catalog->id
                                           ? shop_catalog_by_id(snapshot, catalog->group)
                                           : NULL;

        if (master != NULL) {
            catalog->zones = master->zones;
            catalog->zone_count = master->zone_count;
        }
    }
}


/* --- orders --- */

static int by_zone_code(const void *a, const void *b)
{
    return shop_str_cmp((*(shop_zone_t *const *) a)->code, (*(shop_zone_t *const *) b)->code);
}


static int by_product(const void *a, const void *b)
{
    return shop_str_cmp((*(shop_shipping_t *const *) a)->code,
                        (*(shop_shipping_t *const *) b)->code);
}


static int by_ordering(const void *a, const void *b)
{
    const shop_discount_t *x = *(shop_discount_t *const *) a, *y = *(shop_discount_t *const *) b;

    if (x->ordering != y->ordering) {
        return x->ordering < y->ordering ? -1 : 1;
    }

    return x->id < y->id ? -1 : x->id > y->id;
}


static int by_key(const void *a, const void *b)
{
    return shop_str_cmp((*(shop_partner_t *const *) a)->key, (*(shop_partner_t *const *) b)->key);
}
