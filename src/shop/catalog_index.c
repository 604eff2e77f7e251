/*
 * Products by what names them: shortname, address, number, code; each catalogue for itself.
 */

#include "shop/catalog_internal.h"

#include <ctype.h>


#define ID_SIZE 24 /* decimal digits of an int64_t, and the end */


static size_t hash(const shop_catalog_t *catalog, shop_key_e kind, shop_str_t key);
static shop_str_t key_of(const shop_item_t *item, shop_key_e kind, char id[ID_SIZE]);
static shop_str_t decimal(int64_t n, char text[ID_SIZE]);


/* At most half of the places are taken. */
shop_status_t shop_index_create(shop_arena_t *arena, shop_index_t *index, size_t keys)
{
    index->size = 16;

    while (index->size < keys * 2) {
        index->size *= 2;
    }

    index->slots = shop_arena_calloc(arena, index->size * sizeof(shop_slot_t));

    return index->slots != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


void shop_index_add(shop_index_t *index, shop_item_t *item, shop_key_e kind)
{
    char id[ID_SIZE];
    size_t at;

    if (item->catalog == NULL) {
        return;
    }

    at = hash(item->catalog, kind, key_of(item, kind, id));

    while (index->slots[at & (index->size - 1)].item != NULL) {
        at++;
    }

    index->slots[at & (index->size - 1)] = (shop_slot_t){item, kind};
}


shop_item_t *shop_index_find(const shop_index_t *index, const shop_catalog_t *catalog,
                             shop_key_e kind, shop_str_t key)
{
    size_t at = hash(catalog, kind, key);
    char id[ID_SIZE];

    if (index->slots == NULL) {
        return NULL;
    }

    for (;; at++) {
        const shop_slot_t *slot = &index->slots[at & (index->size - 1)];

        if (slot->item == NULL) {
            return NULL;
        }

        if (slot->kind == kind && slot->item->catalog == catalog &&
            shop_str_eq_nocase(key_of(slot->item, kind, id), key)) {
            return slot->item;
        }
    }
}


shop_item_t *shop_index_find_id(const shop_index_t *index, const shop_catalog_t *catalog,
                                int64_t id)
{
    char text[ID_SIZE];

    return shop_index_find(index, catalog, SHOP_KEY_ID, decimal(id, text));
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


static shop_str_t key_of(const shop_item_t *item, shop_key_e kind, char id[ID_SIZE])
{
    switch (kind) {
    case SHOP_KEY_SHORTNAME:
        return item->shortname;

    case SHOP_KEY_ALIAS:
        return item->alias;

    case SHOP_KEY_CODE:
        return item->code;

    default:
        return decimal(item->id, id);
    }
}


/* Numbers of rows are never negative. */
static shop_str_t decimal(int64_t n, char text[ID_SIZE])
{
    size_t at = ID_SIZE - 1;
    uint64_t rest = n > 0 ? (uint64_t) n : 0;

    text[at] = '\0';

    do {
        text[--at] = (char) ('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);

    return shop_str(&text[at]);
}
