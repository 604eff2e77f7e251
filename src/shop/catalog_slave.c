/*
 * A slave catalogue: the master's tree, with what its local copies present otherwise (objects.md
 * 3.2). Everything is copied, so that nobody who reads a catalogue has to know of the difference.
 */

#include "shop/catalog_internal.h"


typedef struct {
    shop_snapshot_builder_t *builder;
    shop_catalog_t *master;
    shop_catalog_t *slave;
    size_t categories; /* how many there were before */
    size_t items;
} slave_t;


static void forget_own(const slave_t *s);
static shop_status_t copy_categories(slave_t *s);
static shop_status_t copy_items(slave_t *s);
static shop_item_t *local_copy(const slave_t *s, const shop_item_t *item);
static shop_status_t overlay(const slave_t *s, shop_item_t *item, const shop_item_t *local);
static shop_status_t merge_documents(const slave_t *s, shop_item_t *item, const shop_item_t *local);
static shop_category_t *category_of(const slave_t *s, const shop_category_t *original);
static shop_item_t *container_of(const slave_t *s, const shop_item_t *original);


bool shop_catalog_is_slave(const shop_catalog_t *catalog)
{
    return catalog->group != 0 && catalog->group != catalog->id;
}


/* Of a catalogue that is no master there is nothing to show. */
shop_status_t shop_slave_build(shop_snapshot_builder_t *builder, shop_catalog_t *slave)
{
    slave_t s = {builder, shop_catalog_by_id(&builder->snapshot, slave->group), slave,
                 builder->snapshot.categories.count, builder->snapshot.items.count};
    shop_status_t status = SHOP_OK;

    if (s.master != NULL && s.master->group == s.master->id) {
        status = copy_categories(&s);

        if (status == SHOP_OK) {
            status = copy_items(&s);
        }
    }

    forget_own(&s);

    return status;
}


/* The rows of the slave itself have said what they had to say. */
static void forget_own(const slave_t *s)
{
    for (size_t i = 0; i < s->categories; i++) {
        shop_category_t *category = s->builder->snapshot.categories.list[i];

        if (category->catalog == s->slave) {
            category->catalog = NULL;
            category->parent = NULL;
        }
    }

    for (size_t i = 0; i < s->items; i++) {
        shop_item_t *item = s->builder->snapshot.items.list[i];

        if (item->catalog == s->slave) {
            item->catalog = NULL;
            item->category = NULL;
        }
    }
}


static shop_status_t copy_categories(slave_t *s)
{
    shop_list_t *all = &s->builder->snapshot.categories;
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < s->categories; i++) {
        const shop_category_t *original = all->list[i];
        shop_category_t *copy;

        if (original->catalog != s->master) {
            continue;
        }

        copy = shop_arena_alloc(s->builder->arena, sizeof(*copy));
        if (copy == NULL) {
            return SHOP_NO_MEMORY;
        }

        *copy = *original;
        copy->catalog = s->slave;
        status = shop_list_add(s->builder->arena, all, copy);
    }

    for (size_t i = s->categories; i < all->count; i++) {
        shop_category_t *copy = all->list[i];

        copy->parent = category_of(s, copy->parent);
    }

    return status;
}


static shop_status_t copy_items(slave_t *s)
{
    shop_list_t *all = &s->builder->snapshot.items;
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < s->items; i++) {
        const shop_item_t *original = all->list[i];
        const shop_item_t *local;
        shop_item_t *copy;

        if (original->catalog != s->master) {
            continue;
        }

        copy = shop_arena_alloc(s->builder->arena, sizeof(*copy));
        if (copy == NULL) {
            return SHOP_NO_MEMORY;
        }

        *copy = *original;
        copy->catalog = s->slave;
        copy->category = category_of(s, original->category);
        local = local_copy(s, original);

        if (local != NULL) {
            status = overlay(s, copy, local);
        }

        if (status == SHOP_OK) {
            status = shop_list_add(s->builder->arena, all, copy);
        }
    }

    for (size_t i = s->items; i < all->count; i++) {
        shop_item_t *copy = all->list[i];

        copy->container = container_of(s, copy->container);
    }

    return status;
}


static shop_item_t *local_copy(const slave_t *s, const shop_item_t *item)
{
    for (size_t i = 0; i < s->items; i++) {
        shop_item_t *other = s->builder->snapshot.items.list[i];

        if (other->catalog == s->slave && shop_str_eq(other->code, item->code)) {
            return other;
        }
    }

    return NULL;
}


/* What a copy may change; the identity and the rules of sale stay the master's. */
static shop_status_t overlay(const slave_t *s, shop_item_t *item, const shop_item_t *local)
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

    return merge_documents(s, item, local);
}


/* The master's row with what the copy says otherwise: frozen on bills, so it has to be true. */
static shop_status_t merge_documents(const slave_t *s, shop_item_t *item, const shop_item_t *local)
{
    static const char *const own[] = {
        "name",           "description", "notes",        "eula",           "seotitle",
        "seodescription", "status",      "price1",       "price2",         "price3",
        "price4",         "price5",      "range1",       "range2",         "range3",
        "range4",         "taxcode",     "requireddata", "productiondata", "translations",
    };
    static const char *const if_any[] = {"seoalias", "image", "leaflet"};
    json_t *merged = json_copy((json_t *) item->document);
    bool good = json_array_append_new(s->builder->documents, merged) == 0;

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


static shop_category_t *category_of(const slave_t *s, const shop_category_t *original)
{
    for (size_t i = s->categories; original != NULL && i < s->builder->snapshot.categories.count;
         i++) {
        shop_category_t *copy = s->builder->snapshot.categories.list[i];

        if (copy->id == original->id) {
            return copy;
        }
    }

    return NULL;
}


static shop_item_t *container_of(const slave_t *s, const shop_item_t *original)
{
    for (size_t i = s->items; original != NULL && i < s->builder->snapshot.items.count; i++) {
        shop_item_t *copy = s->builder->snapshot.items.list[i];

        if (copy->id == original->id) {
            return copy;
        }
    }

    return NULL;
}
