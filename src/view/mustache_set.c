/*
 * The set of templates of a theme: names, and partials tied to the templates they name.
 *
 * Filled at configuration time, read ever after. A theme has a few dozen templates: a list with
 * hashes is enough.
 */

#include "view/mustache_internal.h"

#include "view/hash.h"


shop_status_t shop_template_set_create(shop_arena_t *arena, shop_template_set_t **set)
{
    *set = shop_arena_calloc(arena, sizeof(shop_template_set_t));
    if (*set == NULL) {
        return SHOP_NO_MEMORY;
    }

    (*set)->arena = arena;
    return SHOP_OK;
}


const shop_template_t *shop_template_find(const shop_template_set_t *set, shop_str_t name)
{
    uint32_t hash = shop_view_hash(name);

    for (const shop_template_t *t = set->first; t != NULL; t = t->next) {
        if (t->hash == hash && shop_str_eq(t->name, name)) {
            return t;
        }
    }

    return NULL;
}


static bool is_plain(shop_str_t name)
{
    shop_str_t suffix = SHOP_STR(".text");

    return name.len > suffix.len &&
           shop_str_eq((shop_str_t){suffix.len, name.data + name.len - suffix.len}, suffix);
}


shop_status_t shop_template_add(shop_template_set_t *set, shop_str_t name, shop_str_t text,
                                shop_str_t *error)
{
    shop_str_t copy;

    if (shop_template_find(set, name) != NULL) {
        shop_status_t printed = shop_arena_printf(set->arena, error, "template \"%.*s\" twice",
                                                  (int) name.len, (const char *) name.data);
        return printed == SHOP_OK ? SHOP_REFUSED : printed;
    }

    shop_template_t *t = shop_arena_calloc(set->arena, sizeof(shop_template_t));
    if (t == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_status_t status = shop_arena_copy(set->arena, name, &t->name);
    if (status == SHOP_OK) {
        status = shop_arena_copy(set->arena, text, &copy);
    }
    if (status == SHOP_OK) {
        t->hash = shop_view_hash(name);
        t->plain = is_plain(name);
        status = shop_mustache_parse(set->arena, copy, t, error);
    }
    if (status == SHOP_OK) {
        t->next = set->first;
        set->first = t;
    }
    return status;
}


shop_status_t shop_template_set_link(shop_template_set_t *set, shop_str_t *error)
{
    const shop_template_t *wants = NULL;
    shop_str_t missing = SHOP_STR_NULL;

    for (shop_template_t *t = set->first; t != NULL; t = t->next) {
        for (size_t i = 0; i < t->count; i++) {
            if (t->nodes[i].type != SHOP_NODE_PARTIAL) {
                continue;
            }
            t->nodes[i].partial = shop_template_find(set, t->nodes[i].text);
            if (t->nodes[i].partial == NULL) {
                wants = t;
                missing = t->nodes[i].text;
            }
        }
    }

    if (wants == NULL) {
        return SHOP_OK;
    }

    shop_status_t printed =
        shop_arena_printf(set->arena, error, "template \"%.*s\" uses \"%.*s\", which is missing",
                          (int) wants->name.len, (const char *) wants->name.data, (int) missing.len,
                          (const char *) missing.data);
    return printed == SHOP_OK ? SHOP_NOT_FOUND : printed;
}
