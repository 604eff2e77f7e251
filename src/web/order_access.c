/*
 * Who may see an order: the session that placed it, its owner, the holder of a signed link. The
 * transaction code alone opens nothing, and an order that is not yours does not exist.
 */

#include "web/front.h"


#define SHOP_ORDERS_REMEMBERED 20


static bool owns(const shop_visitor_t *visitor, const json_t *customer);


bool ngx_http_shop_order_readable(ngx_http_shop_ctx_t *ctx, shop_str_t transid, json_t *order)
{
    json_t *known;
    size_t i;

    if (ngx_http_shop_link_valid(ctx, transid)) {
        return true;
    }

    if (ctx->session.data == NULL) {
        return false;
    }

    json_array_foreach(json_object_get(ctx->session.data, "orders"), i, known)
    {
        if (shop_str_eq(shop_json_string(known), transid)) {
            return true;
        }
    }

    return owns(&ctx->visitor, json_object_get(order, "customer"));
}


/* By the account in Moodle, or by the mailbox of the customer's record, which a log-in proves. */
static bool owns(const shop_visitor_t *visitor, const json_t *customer)
{
    if (!visitor->logged_in) {
        return false;
    }

    return (visitor->user > 0 && shop_json_int(customer, "hasaccount") == visitor->user) ||
           (visitor->customer > 0 && shop_json_int(customer, "id") == visitor->customer);
}


shop_str_t ngx_http_shop_order_url(ngx_http_shop_ctx_t *ctx, const char *page)
{
    ngx_str_t query = ngx_null_string;
    shop_str_t path;

    if (ctx->r->args.len > 0 && ngx_http_shop_link_valid(ctx, ctx->transid)) {
        query = ctx->r->args;
    }

    if (shop_arena_printf(&ctx->arena, &path, "%.*s%s%s%.*s", (int) ctx->transid.len,
                          ctx->transid.data, page, query.len > 0 ? "?" : "", (int) query.len,
                          query.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return ngx_http_shop_url(ctx, "order/", path);
}


void ngx_http_shop_order_remember(ngx_http_shop_ctx_t *ctx, shop_str_t transid)
{
    json_t *orders, *known;
    size_t i;

    if (ctx->session.data == NULL) {
        return;
    }

    orders = json_object_get(ctx->session.data, "orders");

    if (orders == NULL) {
        orders = json_array();
        if (json_object_set_new(ctx->session.data, "orders", orders) != 0) {
            return;
        }
    }

    json_array_foreach(orders, i, known)
    {
        if (shop_str_eq(shop_str(json_string_value(known)), transid)) {
            return;
        }
    }

    if (json_array_size(orders) >= SHOP_ORDERS_REMEMBERED) {
        json_array_remove(orders, 0);
    }

    if (json_array_append_new(orders, shop_json_str(transid)) == 0) {
        ctx->session.changed = true;
    }
}
