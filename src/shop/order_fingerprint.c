/*
 * What an order is about, as one digest: the same launch twice is the same order, another content is
 * another one. How it is paid, when and from where make no difference.
 */

#include "shop/shop_internal.h"


static json_t *content_of(const json_t *request);
static json_t *lines_of(const json_t *request);


shop_status_t shop_order_fingerprint(shop_arena_t *arena, const json_t *request, shop_str_t *digest)
{
    unsigned char hash[SHOP_SHA256_SIZE];
    json_t *content = content_of(request);
    shop_str_t text;
    shop_status_t status;

    if (content == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_dump(arena, content, &text);
    json_decref(content);

    if (status == SHOP_OK) {
        status = shop_sha256(text, hash);
    }

    return status == SHOP_OK ? shop_hex_encode(arena, (shop_str_t){sizeof(hash), hash}, digest)
                             : status;
}


static json_t *content_of(const json_t *request)
{
    static const char *const members[] = {"shop",   "currency", "ignoretax", "customer", "invoice",
                                          "user", "proven", "totals", NULL};
    json_t *content = json_object();

    for (size_t i = 0; members[i] != NULL; i++) {
        json_object_set(content, members[i], json_object_get(request, members[i]));
    }

    json_object_set(content, "terms", json_object_get(json_object_get(request, "eula"), "hash"));
    json_object_set_new(content, "lines", lines_of(request));

    return content;
}


/* The row of the catalogue counts sales: it changes while nothing changes for this buyer. */
static json_t *lines_of(const json_t *request)
{
    json_t *lines = json_array(), *line, *copy;
    size_t i;

    json_array_foreach (json_object_get(request, "lines"), i, line) {
        copy = json_copy(line);
        json_object_del(copy, "catalogitem");
        json_array_append_new(lines, copy);
    }

    return lines;
}
