/*
 * order/<code>/tool/<reference>: what the buyer of an access by LTI enters in his platform, and a
 * new secret when the old one is to open nothing any more (handlers.md 9.8).
 */

#include "web/front.h"

#include <openssl/rand.h>


#define SHOP_TOOL_SECRET_BYTES 18


static ngx_int_t on_tool(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t add_facts(ngx_http_shop_ctx_t *ctx, const json_t *tool, json_t *data);
static ngx_int_t on_renewed(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t go(ngx_http_shop_ctx_t *ctx);
static json_t *tool_argument(ngx_http_shop_ctx_t *ctx);


/* The order was read, and may be seen by this visitor (order.c). */
ngx_int_t ngx_http_shop_order_tool_show(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    (void) order;

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_LTI_TOOL, tool_argument(ctx), on_tool);
}


static json_t *tool_argument(ngx_http_shop_ctx_t *ctx)
{
    return json_pack("{s:o, s:o}", "transid", shop_json_str(ctx->transid), "reference",
                     shop_json_str(ctx->captures[1]));
}


static ngx_int_t on_tool(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *tool = ngx_http_shop_answer(ctx, op);
    json_t *data;

    if (tool == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (json_object_get(tool, "error") != NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    data = ngx_http_shop_page(ctx, "tool.title");
    if (data == NULL || add_facts(ctx, tool, data) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "tool", data);
}


static ngx_int_t add_facts(ngx_http_shop_ctx_t *ctx, const json_t *tool, json_t *data)
{
    static const char *const copied[] = {"course", "key",  "secret", "reference",
                                         "max",    "used", "open"};
    bool proxy = shop_str_eq(shop_json_text(tool, "mode"), SHOP_STR("proxy"));
    shop_str_t address = shop_json_text(tool, "url"), page;
    size_t i;

    if (proxy && shop_arena_printf(&ctx->arena, &address, "%.*s%.*slti/access",
                                   (int) ctx->main->base_url.len, ctx->main->base_url.data,
                                   (int) ctx->loc->prefix.len, ctx->loc->prefix.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < sizeof(copied) / sizeof(copied[0]); i++) {
        json_object_set(data, copied[i], json_object_get(tool, copied[i]));
    }

    if (shop_arena_printf(&ctx->arena, &page, "/tool/%.*s", (int) ctx->captures[1].len,
                          ctx->captures[1].data) != SHOP_OK) {
        return NGX_ERROR;
    }

    shop_json_set_text(data, "address", address);
    shop_json_set_text(data, "from", ngx_http_shop_date(ctx, shop_json_text(tool, "start")));
    shop_json_set_text(data, "until", ngx_http_shop_date(ctx, shop_json_text(tool, "end")));
    json_object_set_new(data, "limited", json_boolean(shop_json_int(tool, "max") > 0));
    json_object_set_new(data, "is_proxy", json_boolean(proxy));
    shop_json_set_text(data, "renew_url", ngx_http_shop_order_url(ctx, (char *) page.data));
    shop_json_set_text(data, "order_url", ngx_http_shop_order_url(ctx, "/done"));

    return NGX_OK;
}


ngx_int_t ngx_http_shop_order_tool_renewed(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    u_char random[SHOP_TOOL_SECRET_BYTES];
    json_t *argument = tool_argument(ctx);
    shop_str_t secret;

    (void) order;

    if (argument == NULL || RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &secret) !=
            SHOP_OK ||
        !shop_json_set_text(argument, "secret", secret)) {
        json_decref(argument);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_LTI_RENEW, argument, on_renewed);
}


static ngx_int_t on_renewed(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);
    shop_str_t page;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (!shop_str_eq(shop_json_text(answer, "verdict"), SHOP_STR("ok"))) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (shop_arena_printf(&ctx->arena, &page, "/tool/%.*s", (int) ctx->captures[1].len,
                          ctx->captures[1].data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, "tool.renewed"));
    ctx->target = ngx_http_shop_order_url(ctx, (char *) page.data);

    return ngx_http_shop_session_save(ctx, go);
}


static ngx_int_t go(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_redirect_to(ctx, ctx->target);
}
