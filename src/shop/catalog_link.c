/*
 * Tying the rows of a snapshot together, a slice at a time: the caller's loop must not stand still.
 */

#include "shop/catalog_internal.h"


static shop_status_t link_catalogs(shop_snapshot_builder_t *builder, size_t slice, bool *done);
static shop_status_t find_catalogs(shop_snapshot_builder_t *builder, size_t slice, bool *done);
static shop_status_t link_items(shop_snapshot_builder_t *builder, size_t slice, bool *done);
static shop_status_t fill_index(shop_snapshot_builder_t *builder, size_t slice, bool *done);
static shop_status_t link_selling(shop_snapshot_builder_t *builder, size_t slice, bool *done);
static void link_category(shop_snapshot_t *snapshot, shop_category_t *category);
static void link_item(shop_snapshot_builder_t *builder, shop_item_t *item);
static void link_container(const shop_snapshot_builder_t *builder, shop_item_t *item);
static bool tax_computes(const shop_item_t *item);


static const shop_phase_pt phases[] = {
    link_catalogs,  find_catalogs,      link_items, shop_slaves_build, shop_tree_hang,
    shop_tree_sort, shop_tree_elements, fill_index, link_selling,
};

#define PHASES (sizeof(phases) / sizeof(phases[0]))


shop_status_t shop_snapshot_builder_finish(shop_snapshot_builder_t *builder, size_t slice,
                                           bool *more)
{
    shop_status_t status = SHOP_OK;
    bool done = false;

    if (builder->phase < PHASES) {
        status = phases[builder->phase](builder, slice, &done);
    }

    if (done && status == SHOP_OK) {
        builder->phase++;
        builder->at = 0;
    }

    *more = builder->phase < PHASES;

    return status;
}


static shop_status_t link_catalogs(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_snapshot_t *snapshot = &builder->snapshot;
    size_t kept = 0;

    (void) slice;
    *done = true;

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

    return shop_index_create(builder->arena, &builder->rows, snapshot->items.count * 2);
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


static shop_status_t find_catalogs(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_snapshot_t *snapshot = &builder->snapshot;

    for (; slice > 0 && builder->at < snapshot->items.count; slice--, builder->at++) {
        shop_item_t *item = snapshot->items.list[builder->at];

        item->catalog = shop_catalog_by_id(snapshot, shop_json_int(item->document, "catalogid"));
        shop_index_add(&builder->rows, item, SHOP_KEY_ID);
        shop_index_add(&builder->rows, item, SHOP_KEY_CODE);
    }

    *done = builder->at == snapshot->items.count;

    return SHOP_OK;
}


static shop_status_t link_items(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_snapshot_t *snapshot = &builder->snapshot;

    for (; slice > 0 && builder->at < snapshot->items.count; slice--, builder->at++) {
        link_item(builder, snapshot->items.list[builder->at]);
    }

    *done = builder->at == snapshot->items.count;

    return SHOP_OK;
}


static void link_item(shop_snapshot_builder_t *builder, shop_item_t *item)
{
    const shop_snapshot_t *snapshot = &builder->snapshot;
    int64_t category = shop_json_int(item->document, "categoryid");
    int64_t tax = shop_json_int(item->document, "taxcode");

    for (size_t i = 0; i < snapshot->categories.count; i++) {
        shop_category_t *other = snapshot->categories.list[i];

        if (other->id == category && other->catalog == item->catalog) {
            item->category = other;
            break;
        }
    }

    /* Where a local copy stands is the master's to say. */
    if (item->catalog != NULL && !shop_catalog_is_slave(item->catalog)) {
        link_container(builder, item);
    }

    if (tax > 0) {
        item->tax = shop_tax_by_id(snapshot, tax);

        if (item->tax == NULL || !tax_computes(item)) {
            item->defect = "its tax does not exist, or cannot be computed";
        }
    }
}


static void link_container(const shop_snapshot_builder_t *builder, shop_item_t *item)
{
    int64_t container = shop_json_int(item->document, "setid");

    if (container <= 0) {
        return;
    }

    item->container = shop_index_find_id(&builder->rows, item->catalog, container);

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


/* What slaves copied is in the list by now, what they replaced has no catalogue any more. */
static shop_status_t fill_index(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_snapshot_t *snapshot = &builder->snapshot;
    shop_status_t status = SHOP_OK;

    if (builder->at == 0) {
        status = shop_index_create(builder->arena, &snapshot->index, snapshot->items.count * 3);
    }

    for (; status == SHOP_OK && slice > 0 && builder->at < snapshot->items.count; slice--) {
        shop_item_t *item = snapshot->items.list[builder->at++];

        shop_index_add(&snapshot->index, item, SHOP_KEY_SHORTNAME);
        shop_index_add(&snapshot->index, item, SHOP_KEY_ALIAS);
        shop_index_add(&snapshot->index, item, SHOP_KEY_ID);
    }

    *done = builder->at == snapshot->items.count;

    return status;
}


static shop_status_t link_selling(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    (void) slice;
    *done = true;

    return shop_selling_link(builder);
}
