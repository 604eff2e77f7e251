/*
 * Figures on the past of a visitor, as far as the shop's discounts ask for them: kept in the
 * session beside what was asked, asked again when that changes or when they are old.
 *
 * ask (pure) -> what the session has -> [shop.figures, one call] -> session. A shop whose discounts
 * want nothing of the past asks nobody.
 */

#include "web/web.h"


static ngx_int_t ask_now(ngx_http_shop_ctx_t *ctx, shop_str_t typed, json_t **ask);
static json_t *kept_for(ngx_http_shop_ctx_t *ctx, const json_t *ask);
static ngx_int_t use(ngx_http_shop_ctx_t *ctx, json_t *kept);
static ngx_int_t on_figures(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, json_t *ask, json_t *got);


ngx_int_t ngx_http_shop_figures_recall(ngx_http_shop_ctx_t *ctx)
{
    json_t *ask;

    ctx->figures = NULL;
    ctx->figures_kept = NULL;

    if (ask_now(ctx, SHOP_STR(""), &ask) != NGX_OK) {
        return NGX_ERROR;
    }

    return ask != NULL ? use(ctx, kept_for(ctx, ask)) : NGX_OK;
}


/* *ask is owned by the request; NULL: nothing is asked. */
static ngx_int_t ask_now(ngx_http_shop_ctx_t *ctx, shop_str_t typed, json_t **ask)
{
    shop_where_t where = ngx_http_shop_where(ctx);

    if (shop_figures_ask(ctx->cart, &where, typed, ask) != SHOP_OK) {
        return NGX_ERROR;
    }

    if (*ask != NULL && ngx_http_shop_own(ctx, *ask) == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static json_t *kept_for(ngx_http_shop_ctx_t *ctx, const json_t *ask)
{
    json_t *kept = json_object_get(ctx->session.data, "figures");

    return json_equal(json_object_get(kept, "ask"), ask) ? kept : NULL;
}


static ngx_int_t use(ngx_http_shop_ctx_t *ctx, json_t *kept)
{
    if (kept == NULL) {
        return NGX_OK;
    }

    ctx->figures_kept = kept;

    return shop_figures_read(&ctx->arena, json_object_get(kept, "got"), &ctx->figures) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


ngx_int_t ngx_http_shop_figures_load(ngx_http_shop_ctx_t *ctx, shop_str_t typed, ngx_int_t age,
                                     ngx_http_shop_handler_pt then)
{
    json_t *ask, *kept;

    if (ask_now(ctx, typed, &ask) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ask == NULL) {
        return then(ctx);
    }

    kept = kept_for(ctx, ask);

    if (kept != NULL && ngx_time() - shop_json_int(kept, "at") < age) {
        return use(ctx, kept) == NGX_OK ? then(ctx) : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->figures_then = then;
    ctx->figures_age = age;

    /* The answer is kept beside the question. */
    ctx->figures_kept = ngx_http_shop_own(ctx, json_pack("{s:O}", "ask", ask));
    if (ctx->figures_kept == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_FIGURES, json_incref(ask), on_figures);
}


static ngx_int_t on_figures(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *got = ngx_http_shop_answer(ctx, op);

    if (got == NULL && ctx->figures_age == 0) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (got == NULL) {
        /* A cart is shown without what is not known; an order is not placed so. */
        ctx->figures_kept = NULL;
        return ctx->figures_then(ctx);
    }

    if (keep(ctx, json_object_get(ctx->figures_kept, "ask"), got) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ctx->figures_then(ctx);
}


static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, json_t *ask, json_t *got)
{
    json_t *kept =
        json_pack("{s:O, s:O, s:I}", "ask", ask, "got", got, "at", (json_int_t) ngx_time());

    if (ngx_http_shop_own(ctx, kept) == NULL) {
        return NGX_ERROR;
    }

    if (ctx->session.data != NULL) {
        if (json_object_set(ctx->session.data, "figures", kept) != 0) {
            return NGX_ERROR;
        }

        ctx->session.changed = true;
    }

    return use(ctx, kept);
}


ngx_int_t ngx_http_shop_figures_replace(ngx_http_shop_ctx_t *ctx, json_t *got)
{
    json_t *ask = json_object_get(ctx->figures_kept, "ask");

    return ask != NULL ? keep(ctx, ask, got) : NGX_OK;
}
