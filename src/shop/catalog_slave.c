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


static shop_status_t copy_categories(slave_t *s);
static shop_status_t copy_items(slave_t *s);
static shop_item_t *local_copy(const slave_t *s, const shop_item_t *item);
static void overlay(shop_item_t *item, const shop_item_t *local);
static shop_category_t *category_of(const slave_t *s, const shop_category_t *original);
static shop_item_t *container_of(const slave_t *s, const shop_item_t *original);


shop_status_t shop_slave_build(shop_snapshot_builder_t *builder, shop_catalog_t *slave)
{
    slave_t s = {builder, shop_catalog_by_id(&builder->snapshot, slave->group), slave,
                 builder->snapshot.categories.count, builder->snapshot.items.count};
    shop_status_t status;

    if (s.master == NULL) {
        return SHOP_OK;
    }

    status = copy_categories(&s);

    return status == SHOP_OK ? copy_items(&s) : status;
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
            overlay(copy, local);
        }

        status = shop_list_add(s->builder->arena, all, copy);
    }

    for (size_t i = s->items; i < all->count; i++) {
        shop_item_t *copy = all->list[i];

        copy->container = container_of(s, copy->container);
    }

    /* The rows of the slave itself have said what they had to say. */
    for (size_t i = 0; i < s->items; i++) {
        shop_item_t *item = all->list[i];

        if (item->catalog == s->slave) {
            item->catalog = NULL;
            item->category = NULL;
            item->container = NULL;
        }
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
static void overlay(shop_item_t *item, const shop_item_t *local)
{
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
    item->alias = local->alias;
    item->defect = local->defect;

    if (local->image.len > 0) {
        item->image = local->image;
    }
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
