/*
 * Tying the rows of a snapshot together, a slice at a time: the caller's loop must not stand still.
 */

#include "shop/catalog_internal.h"

#include <stdlib.h>


static shop_status_t link_catalogs(shop_snapshot_builder_t *builder);
static void link_category(shop_snapshot_t *snapshot, shop_category_t *category);
static void link_item(shop_snapshot_t *snapshot, shop_item_t *item);
static void link_container(shop_snapshot_t *snapshot, shop_item_t *item);
static bool tax_computes(const shop_item_t *item);
static shop_status_t link_slaves(shop_snapshot_builder_t *builder);
static shop_status_t build_trees(shop_snapshot_builder_t *builder);
static shop_status_t hang_categories(shop_snapshot_builder_t *builder);
static shop_status_t hang_items(shop_snapshot_builder_t *builder);
static shop_status_t collect_elements(shop_snapshot_builder_t *builder);
static shop_status_t complete_bundle(shop_arena_t *arena, shop_item_t *bundle);
static void add_roles(shop_item_t *bundle, const shop_item_t *element);
static int by_sortorder(const void *a, const void *b);
static int by_shortname(const void *a, const void *b);


shop_status_t shop_snapshot_builder_finish(shop_snapshot_builder_t *builder, size_t slice,
                                           bool *more)
{
    shop_snapshot_t *snapshot = &builder->snapshot;
    shop_status_t status = SHOP_OK;
    bool done = true;

    switch (builder->phase) {
    case SHOP_PHASE_CATALOGS:
        status = link_catalogs(builder);
        break;

    case SHOP_PHASE_ITEMS:
        for (; slice > 0 && builder->at < snapshot->items.count; slice--, builder->at++) {
            link_item(snapshot, snapshot->items.list[builder->at]);
        }
        done = builder->at == snapshot->items.count;
        break;

    case SHOP_PHASE_SLAVES:
        status = link_slaves(builder);
        break;

    case SHOP_PHASE_TREES:
        status = build_trees(builder);
        break;

    case SHOP_PHASE_INDEX:
        if (builder->at == 0) {
            status = shop_index_create(builder);
        }
        for (; status == SHOP_OK && slice > 0 && builder->at < snapshot->items.count; slice--) {
            shop_index_add(snapshot, snapshot->items.list[builder->at++]);
        }
        done = builder->at == snapshot->items.count;
        break;

    case SHOP_PHASE_SELLING:
        status = shop_selling_link(builder);
        break;

    case SHOP_PHASE_DONE:
        break;
    }

    if (done && status == SHOP_OK && builder->phase != SHOP_PHASE_DONE) {
        builder->phase++;
        builder->at = 0;
    }

    *more = builder->phase != SHOP_PHASE_DONE;

    return status;
}


static shop_status_t link_catalogs(shop_snapshot_builder_t *builder)
{
    shop_snapshot_t *snapshot = &builder->snapshot;
    size_t kept = 0;

    /* A shop without its catalogue has nothing to show. */
    for (size_t i = 0; i < snapshot->shops.count; i++) {
        shop_shop_t *shop = snapshot->shops.list[i];

        shop->catalog = shop_catalog_by_id(snapshot, shop_json_int(shop->document, "catalogid"));

        if (shop->catalog != NULL) {
            snapshot->shops.list[kept++] = shop;
        }
    }

    snapshot->shops.count = kept;

    for (size_t i = 0; i < snapshot->categories.count; i++) {
        link_category(snapshot, snapshot->categories.list[i]);
    }

    return SHOP_OK;
}


static void link_category(shop_snapshot_t *snapshot, shop_category_t *category)
{
    int64_t parent = shop_json_int(category->row, "parentid");
    int64_t catalog = shop_json_int(category->row, "catalogid");

    category->catalog = shop_catalog_by_id(snapshot, catalog);

    for (size_t i = 0; parent > 0 && i < snapshot->categories.count; i++) {
        shop_category_t *other = snapshot->categories.list[i];

        if (other->id == parent && other != category &&
            shop_json_int(other->row, "catalogid") == catalog) {
            category->parent = other;
            return;
        }
    }
}


static void link_item(shop_snapshot_t *snapshot, shop_item_t *item)
{
    int64_t category = shop_json_int(item->document, "categoryid");
    int64_t tax = shop_json_int(item->document, "taxcode");

    item->catalog = shop_catalog_by_id(snapshot, shop_json_int(item->document, "catalogid"));

    for (size_t i = 0; i < snapshot->categories.count; i++) {
        shop_category_t *other = snapshot->categories.list[i];

        if (other->id == category && other->catalog == item->catalog) {
            item->category = other;
            break;
        }
    }

    /* Where a local copy stands is the master's to say. */
    if (item->catalog != NULL && !shop_catalog_is_slave(item->catalog)) {
        link_container(snapshot, item);
    }

    if (tax > 0) {
        item->tax = shop_tax_by_id(snapshot, tax);

        if (item->tax == NULL || !tax_computes(item)) {
            item->defect = "its tax does not exist, or cannot be computed";
        }
    }
}


static void link_container(shop_snapshot_t *snapshot, shop_item_t *item)
{
    int64_t container = shop_json_int(item->document, "setid");

    if (container <= 0) {
        return;
    }

    item->container = shop_item_by_id(snapshot, item->catalog, container);

    if (item->container == NULL || item->container->kind == SHOP_ITEM_PLAIN ||
        item->kind != SHOP_ITEM_PLAIN) {
        item->container = NULL;
        item->defect = "its set does not exist, or is none";
    }
}


/* A formula that fails fails here, at each price, and not in a cart. */
static bool tax_computes(const shop_item_t *item)
{
    shop_dec_t taxed;
    shop_money_t rounded;

    for (size_t i = 0; i < SHOP_TIERS; i++) {
        if (shop_tax_apply(item->tax, item->price[i], &taxed) != SHOP_OK ||
            shop_dec_round(taxed, 0, &rounded) != SHOP_OK) {
            return false;
        }

        if (i == SHOP_TIERS - 1 || item->range[i] == 0) {
            break;
        }
    }

    return true;
}


static shop_status_t link_slaves(shop_snapshot_builder_t *builder)
{
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < builder->snapshot.catalogs.count; i++) {
        shop_catalog_t *catalog = builder->snapshot.catalogs.list[i];

        if (shop_catalog_is_slave(catalog)) {
            status = shop_slave_build(builder, catalog);
        }
    }

    return status;
}


static shop_status_t build_trees(shop_snapshot_builder_t *builder)
{
    shop_status_t status = hang_categories(builder);

    if (status == SHOP_OK) {
        status = hang_items(builder);
    }

    return status == SHOP_OK ? collect_elements(builder) : status;
}


/* Counted, given room, then filled in order: nothing has to grow. */
static shop_status_t hang_categories(shop_snapshot_builder_t *builder)
{
    shop_list_t *all = &builder->snapshot.categories;

    if (all->count > 0) {
        qsort(all->list, all->count, sizeof(void *), by_sortorder);
    }

    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < all->count; i++) {
            shop_category_t *category = all->list[i];
            shop_category_t *parent = category->parent;
            shop_catalog_t *catalog = category->catalog;
            shop_category_t ***list = parent != NULL ? &parent->children : NULL;
            size_t *count = parent != NULL ? &parent->child_count : NULL;

            if (parent == NULL && catalog != NULL) {
                list = &catalog->roots;
                count = &catalog->root_count;
            }

            if (list == NULL || !category->visible) {
                continue;
            }

            if (pass == 0) {
                category->place = (*count)++;
                continue;
            }

            if (*list == NULL) {
                *list = shop_arena_calloc(builder->arena, *count * sizeof(**list));
                if (*list == NULL) {
                    return SHOP_NO_MEMORY;
                }
            }

            (*list)[category->place] = category;
        }
    }

    return SHOP_OK;
}


static int by_sortorder(const void *a, const void *b)
{
    const shop_category_t *x = *(shop_category_t *const *) a, *y = *(shop_category_t *const *) b;

    if (x->sortorder != y->sortorder) {
        return x->sortorder < y->sortorder ? -1 : 1;
    }

    return x->id < y->id ? -1 : x->id > y->id;
}


static shop_status_t hang_items(shop_snapshot_builder_t *builder)
{
    shop_list_t *all = &builder->snapshot.items;

    if (all->count > 0) {
        qsort(all->list, all->count, sizeof(void *), by_shortname);
    }

    for (size_t i = 0; i < all->count; i++) {
        shop_item_t *item = all->list[i];

        if (item->category != NULL && item->container == NULL) {
            item->category->item_count++;
        }

        if (item->container != NULL) {
            item->container->element_count++;
        }
    }

    for (size_t i = 0; i < builder->snapshot.categories.count; i++) {
        shop_category_t *category = builder->snapshot.categories.list[i];

        category->items =
            shop_arena_calloc(builder->arena, (category->item_count + 1) * sizeof(shop_item_t *));
        category->item_count = 0;

        if (category->items == NULL) {
            return SHOP_NO_MEMORY;
        }
    }

    for (size_t i = 0; i < all->count; i++) {
        shop_item_t *item = all->list[i];

        if (item->category != NULL && item->container == NULL) {
            item->category->items[item->category->item_count++] = item;
        }
    }

    return SHOP_OK;
}


static int by_shortname(const void *a, const void *b)
{
    const shop_item_t *x = *(shop_item_t *const *) a, *y = *(shop_item_t *const *) b;
    int order = shop_str_cmp(x->shortname, y->shortname);

    return order != 0 ? order : (x->id < y->id ? -1 : x->id > y->id);
}


static shop_status_t collect_elements(shop_snapshot_builder_t *builder)
{
    shop_list_t *all = &builder->snapshot.items;
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; i < all->count; i++) {
        shop_item_t *item = all->list[i];

        if (item->element_count > 0) {
            item->elements =
                shop_arena_calloc(builder->arena, item->element_count * sizeof(shop_item_t *));
            item->element_count = 0;

            if (item->elements == NULL) {
                return SHOP_NO_MEMORY;
            }
        }
    }

    for (size_t i = 0; i < all->count; i++) {
        shop_item_t *item = all->list[i];

        if (item->container != NULL) {
            item->container->elements[item->container->element_count++] = item;
        }
    }

    for (size_t i = 0; status == SHOP_OK && i < all->count; i++) {
        shop_item_t *item = all->list[i];

        if (item->kind == SHOP_ITEM_BUNDLE) {
            status = complete_bundle(builder->arena, item);
        }
    }

    return status;
}


/* A bundle offers the roles of all its elements, and no more units than their handlers take. */
static shop_status_t complete_bundle(shop_arena_t *arena, shop_item_t *bundle)
{
    if (bundle->element_count == 0) {
        bundle->defect = "the bundle is empty";
        return SHOP_OK;
    }

    bundle->roles = shop_arena_calloc(arena, SHOP_ROLES_MAX * sizeof(shop_str_t));
    bundle->role_count = 0;

    if (bundle->roles == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < bundle->element_count; i++) {
        add_roles(bundle, bundle->elements[i]);
        shop_item_lower_max(bundle, bundle->elements[i]->handler_max);
    }

    return SHOP_OK;
}


static void add_roles(shop_item_t *bundle, const shop_item_t *element)
{
    for (size_t n = 0; n < element->role_count; n++) {
        size_t at = 0;

        while (at < bundle->role_count && !shop_str_eq(bundle->roles[at], element->roles[n])) {
            at++;
        }

        if (at == SHOP_ROLES_MAX) {
            bundle->defect = "too many roles in requiredroles of its elements";
            return;
        }

        if (at == bundle->role_count) {
            bundle->roles[bundle->role_count++] = element->roles[n];
        }
    }
}
