/*
 * GET order/<code>/open/<course>: into the course that was bought, in Moodle, without typing a
 * password again (handlers.md 8.5).
 *
 * order (read and judged by order.c) -> a one-time address (enter.c) for who is logged in here, as
 * far as the course was opened for himself; anybody else is asked by Moodle.
 */

#include "web/front.h"


static const json_t *find_item(const json_t *order, shop_str_t course);


ngx_int_t ngx_http_shop_order_open_course(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    const json_t *item = find_item(order, ctx->captures[1]);
    ngx_http_shop_entry_t entry;

    if (item == NULL || ctx->main->moodle.url.len == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    entry = (ngx_http_shop_entry_t){.username = shop_json_text(item, "username"),
                                    .user = shop_json_int(item, "user"),
                                    .course = shop_json_int(item, "course")};

    /* Nobody is let in as somebody else, whoever has the link to the order. */
    return ctx->visitor.user == entry.user ? ngx_http_shop_enter(ctx, &entry)
                                           : ngx_http_shop_enter_plainly(ctx, entry.course);
}


static const json_t *find_item(const json_t *order, shop_str_t course)
{
    const json_t *item;
    int64_t wanted;
    size_t i;

    if (shop_str_to_int(course, &wanted) != SHOP_OK || wanted == 0) {
        return NULL;
    }

    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        if (shop_json_int(item, "course") == wanted &&
            shop_str_eq(shop_json_text(item, "state"), SHOP_STR("done"))) {
            return item;
        }
    }

    return NULL;
}
