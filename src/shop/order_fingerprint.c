/*
 * What an order is about, as one digest: the same launch twice is the same order, another content
 * is another one. How it is paid, when and from where make no difference.
 */

#include "shop/shop_internal.h"


static json_t *content_of(const json_t *request);
static json_t *lines_of(shop_put_t *put, const json_t *request);


shop_status_t shop_order_fingerprint(shop_arena_t *arena, const json_t *request, shop_str_t *digest)
{
    json_t *content = content_of(request);
    shop_str_t text;
    shop_status_t status;

    if (content == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_dump(arena, content, &text);
    json_decref(content);

    return status == SHOP_OK ? shop_sha256_hex(arena, text, digest) : status;
}


static json_t *content_of(const json_t *request)
{
    static const char *const members[] = {"shop",    "currency", "ignoretax", "customer",
                                          "invoice", "user",     "proven",    "totals"};
    shop_put_t put = {false};
    json_t *content = json_object();

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        shop_put_member(&put, content, members[i],
                        json_incref(json_object_get(request, members[i])));
    }

    shop_put_text(&put, content, "terms", shop_json_text(json_object_get(request, "eula"), "hash"));
    shop_put_member(&put, content, "lines", lines_of(&put, request));

    return shop_put_end(&put, content);
}


/* The row of the catalogue counts sales: it changes while nothing changes for this buyer. */
static json_t *lines_of(shop_put_t *put, const json_t *request)
{
    json_t *lines = json_array(), *line;
    size_t i;

    json_array_foreach(json_object_get(request, "lines"), i, line)
    {
        json_t *copy = json_copy(line);

        (void) json_object_del(copy, "catalogitem");
        shop_put_entry(put, lines, copy);
    }

    return lines;
}
