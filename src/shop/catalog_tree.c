/*
 * The trees of a snapshot: categories under categories, products in categories, elements in sets
 * and bundles. Everything is counted, given room, then filled and put in order: nothing has to
 * grow.
 */

#include "shop/catalog_internal.h"

#include <stdlib.h>


static shop_status_t hang_categories(shop_snapshot_builder_t *builder);
static shop_status_t hang_items(shop_snapshot_builder_t *builder);
static void count_items(shop_snapshot_t *snapshot);
static shop_status_t make_room(shop_snapshot_builder_t *builder);
static void fill(shop_snapshot_t *snapshot);
static shop_status_t complete_bundle(shop_arena_t *arena, shop_item_t *bundle);
static void add_roles(shop_item_t *bundle, const shop_item_t *element);
static void sort(shop_item_t **list, size_t count);
static int by_sortorder(const void *a, const void *b);
static int by_shortname(const void *a, const void *b);


shop_status_t shop_tree_hang(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_status_t status = hang_categories(builder);

    (void) slice;
    *done = true;

    return status == SHOP_OK ? hang_items(builder) : status;
}


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


/* Pointers only: a hundred thousand of them are a matter of a few milliseconds. */
static shop_status_t hang_items(shop_snapshot_builder_t *builder)
{
    shop_status_t status;

    count_items(&builder->snapshot);
    status = make_room(builder);

    if (status == SHOP_OK) {
        fill(&builder->snapshot);
    }

    return status;
}


static void count_items(shop_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->items.count; i++) {
        shop_item_t *item = snapshot->items.list[i];

        if (item->container != NULL) {
            item->container->element_count++;
        } else if (item->category != NULL) {
            item->category->item_count++;
        }
    }
}


static shop_status_t make_room(shop_snapshot_builder_t *builder)
{
    shop_snapshot_t *snapshot = &builder->snapshot;

    for (size_t i = 0; i < snapshot->categories.count; i++) {
        shop_category_t *category = snapshot->categories.list[i];

        category->items =
            shop_arena_alloc(builder->arena, category->item_count * sizeof(shop_item_t *));
        category->item_count = 0;

        if (category->items == NULL) {
            return SHOP_NO_MEMORY;
        }
    }

    for (size_t i = 0; i < snapshot->items.count; i++) {
        shop_item_t *item = snapshot->items.list[i];

        if (item->element_count == 0) {
            continue;
        }

        item->elements =
            shop_arena_alloc(builder->arena, item->element_count * sizeof(shop_item_t *));
        item->element_count = 0;

        if (item->elements == NULL) {
            return SHOP_NO_MEMORY;
        }
    }

    return SHOP_OK;
}


static void fill(shop_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->items.count; i++) {
        shop_item_t *item = snapshot->items.list[i];

        if (item->container != NULL) {
            item->container->elements[item->container->element_count++] = item;
        } else if (item->category != NULL) {
            item->category->items[item->category->item_count++] = item;
        }
    }
}


/* A category at a time; what it holds counts. */
shop_status_t shop_tree_sort(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_list_t *all = &builder->snapshot.categories;

    for (size_t sorted = 0; sorted < slice && builder->at < all->count; builder->at++) {
        shop_category_t *category = all->list[builder->at];

        sort(category->items, category->item_count);
        sorted += category->item_count + 1;
    }

    *done = builder->at == all->count;

    return SHOP_OK;
}


static void sort(shop_item_t **list, size_t count)
{
    if (count > 1) {
        qsort(list, count, sizeof(*list), by_shortname);
    }
}


static int by_shortname(const void *a, const void *b)
{
    const shop_item_t *x = *(shop_item_t *const *) a, *y = *(shop_item_t *const *) b;
    int order = shop_str_cmp(x->shortname, y->shortname);

    return order != 0 ? order : (x->id < y->id ? -1 : x->id > y->id);
}


shop_status_t shop_tree_elements(shop_snapshot_builder_t *builder, size_t slice, bool *done)
{
    shop_list_t *all = &builder->snapshot.items;
    shop_status_t status = SHOP_OK;

    for (; status == SHOP_OK && slice > 0 && builder->at < all->count; slice--, builder->at++) {
        shop_item_t *item = all->list[builder->at];

        sort(item->elements, item->element_count);

        if (item->kind == SHOP_ITEM_BUNDLE) {
            status = complete_bundle(builder->arena, item);
        }
    }

    *done = builder->at == all->count;

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
