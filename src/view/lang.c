/*
 * Languages and their texts: the registry, and one hash table of texts for each language.
 *
 * Adding a language: one line here, one file in theme/lang/. Tables are built at configuration time
 * and only read afterwards.
 */

#include "view/view.h"

#include "view/hash.h"

#include <string.h>


static const shop_lang_t languages[] = {
    {"en", "English", 0},
    {"fr", "Français", 1},
};

#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))
#define FILE_MAX (1024 * 1024)

typedef struct {
    uint32_t hash;
    shop_str_t key; /* data NULL: a free place */
    shop_str_t text;
} entry_t;

typedef struct {
    entry_t *entries;
    size_t count;
    size_t size; /* a power of two, at least twice the count; 0: no text yet */
} table_t;

struct shop_strings_s {
    shop_arena_t *arena;
    table_t tables[LANGUAGES];
};


const shop_lang_t *shop_lang_list(size_t *count)
{
    *count = LANGUAGES;
    return languages;
}


const shop_lang_t *shop_lang_default(void)
{
    return &languages[0];
}


const shop_lang_t *shop_lang_find(shop_str_t code)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (shop_str_eq_nocase(code, shop_str(languages[i].code))) {
            return &languages[i];
        }
    }

    return NULL;
}


shop_status_t shop_strings_create(shop_arena_t *arena, shop_strings_t **strings)
{
    *strings = shop_arena_calloc(arena, sizeof(shop_strings_t));
    if (*strings == NULL) {
        return SHOP_NO_MEMORY;
    }

    (*strings)->arena = arena;
    return SHOP_OK;
}


/* The entry of a key, or the free place where it belongs. */
static entry_t *find_place(const table_t *table, uint32_t hash, shop_str_t key)
{
    size_t i = hash & (table->size - 1);

    while (table->entries[i].key.data != NULL &&
           (table->entries[i].hash != hash || !shop_str_eq(table->entries[i].key, key))) {
        i = (i + 1) & (table->size - 1);
    }

    return &table->entries[i];
}


static shop_status_t reserve(shop_arena_t *arena, table_t *table, size_t more)
{
    table_t bigger = {.count = table->count, .size = 16};

    while (bigger.size < 2 * (table->count + more)) {
        bigger.size *= 2;
    }
    if (bigger.size <= table->size) {
        return SHOP_OK;
    }

    bigger.entries = shop_arena_calloc(arena, bigger.size * sizeof(entry_t));
    if (bigger.entries == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < table->size; i++) {
        const entry_t *old = &table->entries[i];
        if (old->key.data != NULL) {
            *find_place(&bigger, old->hash, old->key) = *old;
        }
    }

    *table = bigger;
    return SHOP_OK;
}


static shop_status_t set_text(shop_strings_t *strings, table_t *table, shop_str_t key,
                              shop_str_t text)
{
    uint32_t hash = shop_view_hash(key);
    entry_t *entry = find_place(table, hash, key);
    entry_t filled = {.hash = hash};

    shop_status_t status = shop_arena_copy(strings->arena, key, &filled.key);
    if (status == SHOP_OK) {
        status = shop_arena_copy(strings->arena, text, &filled.text);
    }
    if (status != SHOP_OK) {
        return status;
    }

    table->count += entry->key.data == NULL;
    *entry = filled;
    return SHOP_OK;
}


static shop_status_t load(shop_strings_t *strings, table_t *table, json_t *object,
                          shop_str_t *error)
{
    const char *key;
    json_t *value;

    shop_status_t status = reserve(strings->arena, table, json_object_size(object));
    if (status != SHOP_OK) {
        return status;
    }

    json_object_foreach(object, key, value)
    {
        if (!json_is_string(value) || key[0] == '\0') {
            status =
                shop_arena_printf(strings->arena, error, "the text of \"%.80s\" is no string", key);
            return status == SHOP_OK ? SHOP_MALFORMED : status;
        }

        shop_str_t text = {json_string_length(value), (unsigned char *) json_string_value(value)};
        status = set_text(strings, table, shop_str(key), text);
        if (status != SHOP_OK) {
            return status;
        }
    }
    return SHOP_OK;
}


shop_status_t shop_strings_load(shop_strings_t *strings, const shop_lang_t *lang, shop_str_t json,
                                shop_str_t *error)
{
    json_t *object;

    shop_status_t status = shop_json_parse(json, FILE_MAX, &object);
    if (status != SHOP_OK) {
        *error = SHOP_STR("not JSON, or with a key that stands twice");
        return status;
    }

    if (!json_is_object(object)) {
        *error = SHOP_STR("not a JSON object");
        status = SHOP_MALFORMED;
    } else {
        status = load(strings, &strings->tables[lang->index], object, error);
    }

    json_decref(object);
    return status;
}


shop_str_t shop_lang_find_text(const shop_strings_t *strings, const shop_lang_t *lang,
                               shop_str_t key)
{
    const size_t order[] = {lang->index, 0};
    uint32_t hash = shop_view_hash(key);

    for (size_t i = 0; i < 2; i++) {
        const table_t *table = &strings->tables[order[i]];
        const entry_t *entry = table->size == 0 ? NULL : find_place(table, hash, key);

        if (entry != NULL && entry->key.data != NULL) {
            return entry->text;
        }
    }

    return SHOP_STR_NULL;
}


shop_str_t shop_lang_text(const shop_strings_t *strings, const shop_lang_t *lang, shop_str_t key)
{
    shop_str_t text = shop_lang_find_text(strings, lang, key);

    return text.data == NULL ? key : text;
}
