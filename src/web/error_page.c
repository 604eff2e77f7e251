/*
 * When the answer is no, or not now: a page in the visitor's language that says what to do next, or
 * the same as JSON for a script.
 */

#include "web/web.h"


static const char *error_key(ngx_uint_t status);
static ngx_int_t retry_after(ngx_http_shop_ctx_t *ctx);
static ngx_int_t error_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key);


ngx_int_t ngx_http_shop_error(ngx_http_shop_ctx_t *ctx, ngx_uint_t status)
{
    const char *key = error_key(status);
    json_t *data;

    if (status >= NGX_HTTP_INTERNAL_SERVER_ERROR && retry_after(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* The payment callbacks talk to machines: no page, no cookie (payments.md 1.8). */
    if (ctx->loc->alias.len == 0) {
        return ngx_http_shop_send(ctx, status, "text/plain", NULL, 0, SHOP_CACHE_NO_STORE);
    }

    if (ctx->json) {
        return error_json(ctx, status, key);
    }

    data = ngx_http_shop_page(ctx, "error.title");
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json_object_set_new(data, "error",
                        json_pack("{s:i, s:s, s:b, s:b}", "status", (int) status, "key", key,
                                  "retry", status >= NGX_HTTP_INTERNAL_SERVER_ERROR, "not_found",
                                  status == NGX_HTTP_NOT_FOUND));

    return ngx_http_shop_render(ctx, status, "error", data);
}


static const char *error_key(ngx_uint_t status)
{
    switch (status) {
    case NGX_HTTP_BAD_REQUEST:
    case NGX_HTTP_UNSUPPORTED_MEDIA_TYPE:
        return "bad_request";

    case NGX_HTTP_FORBIDDEN:
        return "form_expired";

    case NGX_HTTP_NOT_FOUND:
        return "not_found";

    case NGX_HTTP_NOT_ALLOWED:
        return "not_allowed";

    case NGX_HTTP_CONFLICT:
        return "conflict";

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        return "too_large";

    case NGX_HTTP_TOO_MANY_REQUESTS:
        return "too_many";

    case NGX_HTTP_INTERNAL_SERVER_ERROR:
        return "internal";

    default:
        return "unavailable";
    }
}


static ngx_int_t error_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key)
{
    shop_str_t name, text;

    if (shop_arena_printf(&ctx->arena, &name, "error.%s", key) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    text = shop_lang_text(ctx->main->strings, ctx->lang, name);

    return ngx_http_shop_send_json(
        ctx, status, json_pack("{s:s, s:o}", "error", key, "message", shop_json_str(text)));
}


/* FA-4: spread over time, so that clients do not come back together. */
static ngx_int_t retry_after(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t seconds;

    ngx_http_shop_count(SHOP_COUNT_UNAVAILABLE);

    if (shop_arena_printf(&ctx->arena, &seconds, "%d", (int) (2 + ngx_random() % 4)) != SHOP_OK) {
        return NGX_ERROR;
    }

    return ngx_http_shop_header(ctx->r, SHOP_STR("Retry-After"), seconds);
}


ngx_int_t ngx_http_shop_unavailable(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_error(ctx, NGX_HTTP_SERVICE_UNAVAILABLE);
}


ngx_int_t ngx_http_shop_trouble(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    /* A backend that is away says so once by itself (FA-10); an answer with an error is news. */
    if (op->status == SHOP_LINK_ERROR) {
        ngx_log_error(NGX_LOG_ERR, ctx->r->connection->log, 0, "shop: backend error %*s: %*s",
                      op->code.len, op->code.data, op->error.len, op->error.data);
    }

    return ngx_http_shop_error(ctx, op->status == SHOP_LINK_TIMEOUT ? NGX_HTTP_GATEWAY_TIME_OUT
                                                                    : NGX_HTTP_SERVICE_UNAVAILABLE);
}


ngx_int_t ngx_http_shop_bug(ngx_http_shop_ctx_t *ctx, const char *what)
{
    ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0, "shop bug: %s", what);
    ngx_http_shop_count(SHOP_COUNT_BUGS);

    return ngx_http_shop_error(ctx, NGX_HTTP_INTERNAL_SERVER_ERROR);
}
