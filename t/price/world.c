/*
 * A world by names (README.md) into the rows that shop.snapshot gives, and these into a snapshot.
 */

#include "price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static void die(const char *what, const char *name)
{
    (void) fprintf(stderr, "price: %s %s\n", what, name);
    exit(2);
}


int64_t world_id(const json_t *description, const char *list, const char *name)
{
    const char *key;
    json_t *value;
    int64_t id = 0;

    json_object_foreach(json_object_get(description, list), key, value)
    {
        id++;

        if (strcmp(key, name) == 0) {
            return id;
        }
    }

    return 0;
}


const char *world_name(const json_t *description, const char *list, int64_t id)
{
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(description, list), key, value)
    {
        if (--id == 0) {
            return key;
        }
    }

    return "?";
}


json_t *world_merge(const json_t *base, const json_t *change)
{
    json_t *merged, *value;
    const char *key;

    if (!json_is_object(base) || !json_is_object(change)) {
        return json_deep_copy(change != NULL ? change : base);
    }

    merged = json_deep_copy(base);

    json_object_foreach((json_t *) change, key, value)
    {
        if (json_is_null(value)) {
            json_object_del(merged, key);
        } else {
            json_object_set_new(merged, key, world_merge(json_object_get(base, key), value));
        }
    }

    return merged;
}


static void add(world_t *world, const char *kind, json_t *row)
{
    if (shop_snapshot_builder_add(world->builder, shop_str(kind), row) != SHOP_OK) {
        die("cannot be added:", kind);
    }

    json_decref(row);
}


/* The id of a named thing; a name that is not there is an error of the case. */
static json_t *reference(const world_t *world, const json_t *row, const char *member,
                         const char *list)
{
    const char *name = json_string_value(json_object_get(row, member));
    int64_t id = name != NULL ? world_id(world->names, list, name) : 0;

    return json_integer(id == 0 && name != NULL && name[0] != '\0' ? 999999 : id);
}


static void set_default(json_t *row, const char *name, json_t *value)
{
    if (json_object_get(row, name) == NULL) {
        json_object_set_new(row, name, value);
    } else {
        json_decref(value);
    }
}


static void add_shop(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);
    const char *catalog = json_string_value(json_object_get(given, "catalog"));

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "alias", json_string(name));
    json_object_set_new(
        row, "catalogid",
        json_integer(world_id(world->names, "catalogs", catalog != NULL ? catalog : "main")));
    set_default(row, "currency", json_string("EUR"));
    set_default(row, "allowtax", json_true());
    add(world, "shop", row);
}


static void add_catalog(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);
    json_t *master = reference(world, given, "of", "catalogs");

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "name", json_string(name));
    json_object_set_new(row, "groupid", master);
    set_default(row, "countryrestrictions", json_string(""));
    add(world, "catalog", row);
    add(world, "category",
        json_pack("{s:I, s:I, s:s, s:b, s:i}", "id", (json_int_t) id, "catalogid", (json_int_t) id,
                  "name", name, "visible", 1, "sortorder", 1));
}


static void add_tax(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "title", json_string(name));
    set_default(row, "ratio", json_string(name));
    set_default(row, "formula", json_string("$ttc = $ht + ($ht * $tr / 100)"));
    add(world, "tax", row);
}


/* "CODE", or "CODE@catalog" for the local copy of a slave. */
static void add_item(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);
    const char *at = strchr(name, '@'), *catalog = at != NULL ? at + 1 : "main";
    size_t length = at != NULL ? (size_t) (at - name) : strlen(name);
    char shortname[64] = "";

    for (size_t i = 0; i < length && i < sizeof(shortname) - 1; i++) {
        shortname[i] = (char) (name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    }

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "code", json_stringn(name, length));
    json_object_set_new(row, "shortname", json_string(shortname));
    json_object_set_new(row, "catalogid",
                        json_integer(world_id(world->names, "catalogs", catalog)));
    json_object_set_new(row, "categoryid",
                        json_integer(world_id(world->names, "catalogs", "main")));
    json_object_set_new(row, "taxcode", reference(world, given, "tax", "taxes"));
    json_object_set_new(row, "setid", reference(world, given, "in", "items"));
    set_default(row, "name", json_stringn(name, length));
    set_default(row, "status", json_string("AVAILABLE"));
    add(world, "item", row);
}


static void add_zone(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given), *value;
    const char *code;

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "zonecode", json_string(name));
    json_object_set_new(row, "catalogid", json_integer(world_id(world->names, "catalogs", "main")));
    json_object_set_new(row, "taxid", reference(world, given, "tax", "taxes"));
    json_object_set(row, "applicability", json_object_get(given, "rule"));
    json_object_set(row, "billscopeamount", json_object_get(given, "flat"));
    add(world, "zone", row);

    json_object_foreach(json_object_get(given, "items"), code, value)
    {
        row = json_deep_copy(value);
        json_object_set_new(row, "zoneid", json_integer(id));
        json_object_set_new(row, "productcode", json_string(code));
        add(world, "shipping", row);
    }
}


static void add_discount(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);
    const char *shop = json_string_value(json_object_get(given, "shop"));

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "ordering", json_integer(id));
    json_object_set_new(row, "name", json_string(name));
    json_object_set_new(
        row, "shopid", json_integer(world_id(world->names, "shops", shop != NULL ? shop : "main")));
    json_object_set(row, "ruledata", json_object_get(given, "rule"));
    set_default(row, "type", json_string("unconditional"));
    set_default(row, "rate", json_string("10"));

    if (json_object_get(given, "items") != NULL) {
        json_object_set_new(row, "applyon", json_string("itemlist"));
        json_object_set(row, "applydata", json_object_get(given, "items"));
    }

    add(world, "discount", row);
}


static void add_partner(world_t *world, int64_t id, const char *name, const json_t *given)
{
    json_t *row = json_deep_copy(given);

    json_object_set_new(row, "id", json_integer(id));
    json_object_set_new(row, "shopid", json_integer(world_id(world->names, "shops", "main")));
    json_object_set_new(row, "partnerkey", json_string(name));
    set_default(row, "name", json_string(name));
    add(world, "partner", row);
}


static const struct {
    const char *list;
    void (*add)(world_t *world, int64_t id, const char *name, const json_t *given);
} lists[] = {
    {"shops", add_shop},       {"catalogs", add_catalog}, {"taxes", add_tax},
    {"items", add_item},       {"zones", add_zone},       {"discounts", add_discount},
    {"partners", add_partner},
};


void world_make(world_t *world, const json_t *description)
{
    bool more = true;

    world->heap = shop_heap_create(-1);
    world->arena = shop_heap_arena(world->heap);
    world->builder = shop_snapshot_builder_create(world->arena);
    world->names = description;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const char *name;
        json_t *given;
        int64_t id = 0;

        json_object_foreach(json_object_get(description, lists[i].list), name, given)
        {
            lists[i].add(world, ++id, name, given);
        }
    }

    while (more) {
        if (shop_snapshot_builder_finish(world->builder, 64, &more) != SHOP_OK) {
            die("cannot be tied together:", "world");
        }
    }

    world->snapshot = shop_snapshot_of(world->builder);
}


void world_free(world_t *world)
{
    shop_snapshot_release(world->builder);
    shop_heap_destroy(world->heap);
}
