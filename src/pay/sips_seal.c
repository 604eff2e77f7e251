/*
 * The seals of Sips 2.0 (payments.md 5.4): over the text of a form's Data, and over the values of a
 * JSON object.
 */

#include "pay/sips.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8


static shop_status_t hex(shop_arena_t *arena, const unsigned char *digest, shop_str_t *seal)
{
    return shop_hex_encode(arena, (shop_str_t){SHOP_SHA256_SIZE, (unsigned char *) digest}, seal);
}


shop_status_t shop_sips_seal(shop_arena_t *arena, shop_sips_algorithm_t algorithm, shop_str_t key,
                             shop_str_t data, shop_str_t *seal)
{
    unsigned char digest[SHOP_SHA256_SIZE];
    shop_status_t status;
    shop_buf_t text;

    if (algorithm == SHOP_SIPS_HMAC_SHA256) {
        status = shop_hmac_sha256(key, data, digest);
        return status == SHOP_OK ? hex(arena, digest, seal) : status;
    }

    shop_buf_init(&text, arena, 0);
    shop_buf_add(&text, data);
    shop_buf_add(&text, key);
    if (text.status != SHOP_OK) {
        return text.status;
    }

    status = shop_sha256(shop_buf_str(&text), digest);
    return status == SHOP_OK ? hex(arena, digest, seal) : status;
}


static bool is_sealed(const char *name)
{
    return strcmp(name, "keyVersion") != 0 && strcmp(name, "seal") != 0 &&
           strcmp(name, "sealAlgorithm") != 0;
}


static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}


static shop_status_t add_value(shop_buf_t *text, const json_t *value, unsigned depth);


static shop_status_t add_object(shop_buf_t *text, const json_t *object, unsigned depth)
{
    const char **names =
        shop_arena_alloc(text->arena, (json_object_size(object) + 1) * sizeof(*names));
    size_t count = 0;
    const char *name;
    json_t *value;

    if (names == NULL) {
        return SHOP_NO_MEMORY;
    }

    json_object_foreach((json_t *) object, name, value)
    {
        if (is_sealed(name)) {
            names[count++] = name;
        }
    }
    qsort(names, count, sizeof(*names), by_name);

    for (size_t i = 0; i < count; i++) {
        shop_status_t status = add_value(text, json_object_get(object, names[i]), depth);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return SHOP_OK;
}


/* The connectors write every value as a string; null says nothing. */
static shop_status_t add_value(shop_buf_t *text, const json_t *value, unsigned depth)
{
    shop_status_t status = SHOP_OK;

    if (json_is_string(value)) {
        shop_buf_add(text, (shop_str_t){json_string_length(value),
                                        (unsigned char *) json_string_value(value)});
        return text->status;
    }

    if (json_is_null(value)) {
        return SHOP_OK;
    }

    if (depth == DEPTH_MAX) {
        return SHOP_MALFORMED;
    }

    if (json_is_object(value)) {
        return add_object(text, value, depth + 1);
    }

    if (!json_is_array(value)) {
        return SHOP_MALFORMED;
    }

    for (size_t i = 0; status == SHOP_OK && i < json_array_size(value); i++) {
        status = add_value(text, json_array_get(value, i), depth + 1);
    }

    return status;
}


shop_status_t shop_sips_json_seal(shop_arena_t *arena, shop_str_t key, const json_t *json,
                                  shop_str_t *seal)
{
    unsigned char digest[SHOP_SHA256_SIZE];
    shop_buf_t text;

    shop_buf_init(&text, arena, 0);

    shop_status_t status = add_value(&text, json, 0);
    if (status == SHOP_OK) {
        status = shop_hmac_sha256(key, shop_buf_str(&text), digest);
    }

    return status == SHOP_OK ? hex(arena, digest, seal) : status;
}
