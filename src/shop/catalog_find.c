/*
 * Finding things in a snapshot.
 */

#include "shop/catalog_internal.h"

#include <ctype.h>


#define DEPTH_MAX 64 /* of the tree of categories */


static size_t hash(const shop_catalog_t *catalog, shop_key_e kind, shop_str_t key);
static shop_str_t key_of(const shop_item_t *item, shop_key_e kind, char id[24]);
static bool category_shown(const shop_category_t *category);
static bool has_something(const shop_category_t *category, const shop_visitor_t *visitor);
static const shop_category_t *first_in(shop_category_t *const *list, size_t count,
                                       const shop_visitor_t *visitor, unsigned depth);


/* --- the index of products --- */

shop_status_t shop_index_create(shop_snapshot_builder_t *builder)
{
    shop_snapshot_t *snapshot = &builder->snapshot;

    snapshot->index_size = 16;

    while (snapshot->index_size < snapshot->items.count * 6) {
        snapshot->index_size *= 2;
    }

    snapshot->index = shop_arena_calloc(builder->arena, snapshot->index_size * sizeof(shop_slot_t));

    return snapshot->index != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


void shop_index_add(shop_snapshot_t *snapshot, shop_item_t *item)
{
    char id[24];

    if (item->catalog == NULL) {
        return;
    }

    for (shop_key_e kind = SHOP_KEY_SHORTNAME; kind <= SHOP_KEY_ID; kind++) {
        size_t at = hash(item->catalog, kind, key_of(item, kind, id));

        while (snapshot->index[at & (snapshot->index_size - 1)].item != NULL) {
            at++;
        }

        snapshot->index[at & (snapshot->index_size - 1)] = (shop_slot_t){item, kind};
    }
}


const shop_item_t *shop_index_find(const shop_snapshot_t *snapshot, const shop_catalog_t *catalog,
                                   shop_key_e kind, shop_str_t key)
{
    size_t at = hash(catalog, kind, key);
    char id[24];

    if (snapshot->index == NULL) {
        return NULL;
    }

    for (;; at++) {
        const shop_slot_t *slot = &snapshot->index[at & (snapshot->index_size - 1)];

        if (slot->item == NULL) {
            return NULL;
        }

        if (slot->kind == kind && slot->item->catalog == catalog &&
            shop_str_eq_nocase(key_of(slot->item, kind, id), key)) {
            return slot->item;
        }
    }
}


/* FNV-1a over the letters in lower case. */
static size_t hash(const shop_catalog_t *catalog, shop_key_e kind, shop_str_t key)
{
    uint64_t h = 14695981039346656037u ^ (uint64_t) catalog->id ^ ((uint64_t) kind << 32);

    for (size_t i = 0; i < key.len; i++) {
        h = (h ^ (unsigned char) tolower(key.data[i])) * 1099511628211u;
    }

    return (size_t) (h ^ (h >> 29));
}


static shop_str_t key_of(const shop_item_t *item, shop_key_e kind, char id[24])
{
    char *end = id + 23;
    int64_t n = item->id;

    if (kind != SHOP_KEY_ID) {
        return kind == SHOP_KEY_ALIAS ? item->alias : item->shortname;
    }

    *end = '\0';

    do {
        *--end = (char) ('0' + n % 10);
        n /= 10;
    } while (n > 0);

    return shop_str(end);
}


/* --- by name --- */

const shop_shop_t *shop_find_shop(const shop_snapshot_t *snapshot, shop_str_t alias_or_id)
{
    int64_t id;
    bool number = shop_str_to_int(alias_or_id, &id) == SHOP_OK;

    for (size_t i = 0; i < snapshot->shops.count; i++) {
        const shop_shop_t *shop = snapshot->shops.list[i];

        if (shop_str_eq(shop->alias, alias_or_id) || (number && shop->id == id)) {
            return shop;
        }
    }

    return NULL;
}


const shop_item_t *shop_find_item(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                  shop_str_t shortname)
{
    return shop_index_find(snapshot, shop->catalog, SHOP_KEY_SHORTNAME, shortname);
}


const shop_item_t *shop_find_item_page(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                       shop_str_t alias)
{
    static const shop_key_e order[] = {SHOP_KEY_ALIAS, SHOP_KEY_SHORTNAME, SHOP_KEY_ID};
    const shop_item_t *item = NULL;

    for (size_t i = 0; item == NULL && i < sizeof(order) / sizeof(order[0]); i++) {
        item = shop_index_find(snapshot, shop->catalog, order[i], alias);
    }

    return item;
}


const shop_category_t *shop_find_category(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                          shop_str_t alias_or_id)
{
    int64_t id;
    bool number = shop_str_to_int(alias_or_id, &id) == SHOP_OK;

    for (size_t i = 0; i < snapshot->categories.count; i++) {
        const shop_category_t *category = snapshot->categories.list[i];

        if (category->catalog == shop->catalog &&
            (shop_str_eq(category->alias, alias_or_id) || (number && category->id == id))) {
            return category_shown(category) ? category : NULL;
        }
    }

    return NULL;
}


/* An invisible category hides all that is below it. */
static bool category_shown(const shop_category_t *category)
{
    unsigned depth = 0;

    while (category->visible && category->parent != NULL && depth < DEPTH_MAX) {
        category = category->parent;
        depth++;
    }

    return category->visible && category->parent == NULL;
}


const shop_category_t *shop_first_category(const shop_shop_t *shop, const shop_visitor_t *visitor)
{
    return first_in(shop->catalog->roots, shop->catalog->root_count, visitor, 0);
}


const shop_category_t *shop_category_to_open(const shop_category_t *category,
                                             const shop_visitor_t *visitor)
{
    const shop_category_t *below = NULL;

    if (!has_something(category, visitor)) {
        below = first_in(category->children, category->child_count, visitor, 0);
    }

    return below != NULL ? below : category;
}


static const shop_category_t *first_in(shop_category_t *const *list, size_t count,
                                       const shop_visitor_t *visitor, unsigned depth)
{
    for (size_t i = 0; depth < DEPTH_MAX && i < count; i++) {
        const shop_category_t *found = list[i];

        if (has_something(found, visitor)) {
            return found;
        }

        found = first_in(found->children, found->child_count, visitor, depth + 1);

        if (found != NULL) {
            return found;
        }
    }

    return NULL;
}


static bool has_something(const shop_category_t *category, const shop_visitor_t *visitor)
{
    for (size_t i = 0; i < category->item_count; i++) {
        if (shop_item_visible(category->items[i], visitor)) {
            return true;
        }
    }

    return false;
}


size_t shop_item_count(const shop_snapshot_t *snapshot)
{
    return snapshot->items.count;
}


/* --- by number --- */

const shop_tax_t *shop_tax_by_id(const shop_snapshot_t *snapshot, int64_t id)
{
    for (size_t i = 0; i < snapshot->taxes.count; i++) {
        const shop_tax_t *tax = snapshot->taxes.list[i];

        if (tax->id == id) {
            return tax;
        }
    }

    return NULL;
}


shop_catalog_t *shop_catalog_by_id(const shop_snapshot_t *snapshot, int64_t id)
{
    for (size_t i = 0; i < snapshot->catalogs.count; i++) {
        shop_catalog_t *catalog = snapshot->catalogs.list[i];

        if (catalog->id == id) {
            return catalog;
        }
    }

    return NULL;
}


shop_item_t *shop_item_by_id(const shop_snapshot_t *snapshot, const shop_catalog_t *catalog,
                             int64_t id)
{
    for (size_t i = 0; i < snapshot->items.count; i++) {
        shop_item_t *item = snapshot->items.list[i];

        if (item->id == id &&
            shop_json_int(item->document, "catalogid") == (catalog != NULL ? catalog->id : 0)) {
            return item;
        }
    }

    return NULL;
}
