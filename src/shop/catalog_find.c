/*
 * Finding things in a snapshot.
 */

#include "shop/catalog_internal.h"


#define DEPTH_MAX 64 /* of the tree of categories */


static bool has_something(const shop_category_t *category, const shop_visitor_t *visitor);
static const shop_category_t *first_in(shop_category_t *const *list, size_t count,
                                       const shop_visitor_t *visitor, unsigned depth);


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
    return shop_index_find(&snapshot->index, shop->catalog, SHOP_KEY_SHORTNAME, shortname);
}


const shop_item_t *shop_find_item_page(const shop_snapshot_t *snapshot, const shop_shop_t *shop,
                                       shop_str_t alias)
{
    static const shop_key_e order[] = {SHOP_KEY_ALIAS, SHOP_KEY_SHORTNAME, SHOP_KEY_ID};
    const shop_item_t *item = NULL;

    for (size_t i = 0; item == NULL && i < sizeof(order) / sizeof(order[0]); i++) {
        item = shop_index_find(&snapshot->index, shop->catalog, order[i], alias);
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
            return shop_category_shown(category) ? category : NULL;
        }
    }

    return NULL;
}


/* An invisible category hides all that is below it. */
bool shop_category_shown(const shop_category_t *category)
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


const shop_item_t *shop_item_at(const shop_snapshot_t *snapshot, size_t i)
{
    return i < snapshot->items.count ? snapshot->items.list[i] : NULL;
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
