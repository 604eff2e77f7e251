/*
 * Slave catalogues: the master's tree, with what local copies present otherwise (objects.md 3.2).
 * Everything is copied, so that nobody who reads a catalogue has to know of the difference.
 *
 * One slave after the other: its categories at once, then slice by slice the items, then again the
 * copies, which find their containers among themselves.
 */

#include "shop/catalog_internal.h"


static bool next_slave(shop_snapshot_builder_t *builder);
static shop_status_t copy_categories(shop_snapshot_builder_t *builder);
static shop_status_t copy_item(shop_snapshot_builder_t *builder, shop_item_t *original);
static const shop_item_t *local_copy(const shop_snapshot_builder_t *builder,
                                     const shop_item_t *item);
static void find_container(shop_item_t *copy);
static void forget_own(const shop_snapshot_builder_t *builder);
static shop_catalog_t *slave_of(const shop_snapshot_builder_t *builder);
static shop_status_t overlay(shop_snapshot_builder_t *builder, shop_item_t *item,
                             const shop_item_t *local);
static shop_status_t merge_documents(shop_snapshot_builder_t *builder, shop_item_t *item,
                                     const shop_item_t *local);


bool shop_catalog_is_slave(const shop_catalog_t *catalog)
{
    return catalog->group != 0 && catalog->group != catalog->id;
}


static shop_catalog_t *slave_of(const shop_snapshot_builder_t *builder)
{
    return builder->snapshot.catalogs.list[builder->slave];
}


shop_status_t shop_slaves_build(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_list_t *items = &builder->snapshot.items;
    shop_status_t status = SHOP_OK;

    *done = !next_slave(builder);

    if (*done) {
        return SHOP_OK;
    }

    if (!builder->slave_begun) {
        builder->slave_begun = true;
        return copy_categories(builder);
    }

    for (; status == SHOP_OK && slice > 0 && builder->at < items->count; slice--, builder->at++) {
        shop_item_t *item = items->list[builder->at];

        if (builder->at >= builder->slave_items) {
            find_container(item);
        } else if (item->catalog == builder->master && builder->master != NULL) {
            status = copy_item(builder, item);
        }
    }

    if (status == SHOP_OK && builder->at == items->count) {
        forget_own(builder);
        builder->slave_begun = false;
        builder->slave++;
    }

    return status;
}


/* Stands at a slave; false: there is none left. Of a catalogue that is no master nothing is shown.
 */
static bool next_slave(shop_snapshot_builder_t *builder)
{
    const shop_snapshot_t *snapshot = &builder->snapshot;
    shop_catalog_t *master;

    while (builder->slave < snapshot->catalogs.count && !shop_catalog_is_slave(slave_of(builder))) {
        builder->slave++;
    }

    if (builder->slave == snapshot->catalogs.count) {
        return false;
    }

    if (!builder->slave_begun) {
        master = shop_catalog_by_id(snapshot, slave_of(builder)->group);
        builder->master = master != NULL && master->group == master->id ? master : NULL;
        builder->slave_categories = snapshot->categories.count;
        builder->slave_items = snapshot->items.count;
        builder->at = 0;
    }

    return true;
}


static shop_status_t copy_categories(shop_snapshot_builder_t *builder)
{
    shop_list_t *all = &builder->snapshot.categories;
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < builder->slave_categories; i++) {
        shop_category_t *original = all->list[i];

        if (builder->master == NULL || original->catalog != builder->master) {
            continue;
        }

        original->copy = shop_arena_alloc(builder->arena, sizeof(*original));
        if (original->copy == NULL) {
            return SHOP_NO_MEMORY;
        }

        *original->copy = *original;
        original->copy->catalog = slave_of(builder);
        status = shop_list_add(builder->arena, all, original->copy);
    }

    for (size_t i = builder->slave_categories; i < all->count; i++) {
        shop_category_t *copy = all->list[i];

        copy->parent = copy->parent != NULL ? copy->parent->copy : NULL;
    }

    return status;
}


static shop_status_t copy_item(shop_snapshot_builder_t *builder, shop_item_t *original)
{
    const shop_item_t *local = local_copy(builder, original);
    shop_item_t *copy = shop_arena_alloc(builder->arena, sizeof(*copy));
    shop_status_t status = SHOP_OK;

    if (copy == NULL) {
        return SHOP_NO_MEMORY;
    }

    *copy = *original;
    copy->catalog = slave_of(builder);
    copy->category = original->category != NULL ? original->category->copy : NULL;
    original->copy = copy;

    if (local != NULL) {
        status = overlay(builder, copy, local);
    }

    return status == SHOP_OK ? shop_list_add(builder->arena, &builder->snapshot.items, copy)
                             : status;
}


static const shop_item_t *local_copy(const shop_snapshot_builder_t *builder,
                                     const shop_item_t *item)
{
    return shop_index_find(&builder->rows, slave_of(builder), SHOP_KEY_CODE, item->code);
}


static void find_container(shop_item_t *copy)
{
    copy->container = copy->container != NULL ? copy->container->copy : NULL;
}


/* The rows of the slave itself have said what they had to say. */
static void forget_own(const shop_snapshot_builder_t *builder)
{
    const shop_catalog_t *slave = slave_of(builder);

    for (size_t i = 0; i < builder->slave_categories; i++) {
        shop_category_t *category = builder->snapshot.categories.list[i];

        if (category->catalog == slave) {
            category->catalog = NULL;
            category->parent = NULL;
        }
    }

    for (size_t i = 0; i < builder->slave_items; i++) {
        shop_item_t *item = builder->snapshot.items.list[i];

        if (item->catalog == slave) {
            item->catalog = NULL;
            item->category = NULL;
        }
    }
}


/* What a copy may change; the identity and the rules of sale stay the master's. */
static shop_status_t overlay(shop_snapshot_builder_t *builder, shop_item_t *item,
                             const shop_item_t *local)
{
    bool stray = item->container == NULL && shop_json_int(item->document, "setid") > 0;

    for (size_t i = 0; i < SHOP_LANGS; i++) {
        item->text[i] = local->text[i];
        item->fields[i] = local->fields[i];
    }

    for (size_t i = 0; i < SHOP_TIERS; i++) {
        item->price[i] = local->price[i];
    }

    for (size_t i = 0; i < SHOP_TIERS - 1; i++) {
        item->range[i] = local->range[i];
    }

    item->field_count = local->field_count;
    item->tax = local->tax;
    item->status = local->status;
    item->defect = stray ? item->defect : local->defect;

    if (shop_json_text(local->document, "seoalias").len > 0) {
        item->alias = local->alias;
    }

    if (local->image.len > 0) {
        item->image = local->image;
    }

    if (local->leaflet.len > 0) {
        item->leaflet = local->leaflet;
    }

    return merge_documents(builder, item, local);
}


/* The master's row with what the copy says otherwise: frozen on bills, so it has to be true. */
static shop_status_t merge_documents(shop_snapshot_builder_t *builder, shop_item_t *item,
                                     const shop_item_t *local)
{
    static const char *const own[] = {
        "name",           "description", "notes",        "eula",           "seotitle",
        "seodescription", "status",      "price1",       "price2",         "price3",
        "price4",         "price5",      "range1",       "range2",         "range3",
        "range4",         "taxcode",     "requireddata", "productiondata", "translations",
    };
    static const char *const if_any[] = {"seoalias", "image", "leaflet"};
    json_t *merged = json_copy((json_t *) item->document);
    bool good = json_array_append_new(builder->documents, merged) == 0;

    for (size_t i = 0; good && i < sizeof(own) / sizeof(own[0]); i++) {
        json_t *value = json_object_get(local->document, own[i]);

        good = value == NULL || json_object_set(merged, own[i], value) == 0;
    }

    for (size_t i = 0; good && i < sizeof(if_any) / sizeof(if_any[0]); i++) {
        if (shop_json_text(local->document, if_any[i]).len > 0) {
            good = json_object_set(merged, if_any[i],
                                   json_object_get(local->document, if_any[i])) == 0;
        }
    }

    if (!good) {
        return SHOP_NO_MEMORY;
    }

    item->document = merged;

    return SHOP_OK;
}
