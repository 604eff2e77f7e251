/*
 * The catalogue of a worker: one immutable generation at a time, kept alive by the requests that
 * began with it. Whoever holds a reference may read everything in it.
 */

#include "web/generation.h"


#define SHOP_GENERATION_TICK 20   /* ms between two looks */
#define SHOP_GENERATION_TICKS 100 /* two seconds, then 503 */


static ngx_int_t on_tick(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


ngx_http_shop_generation_t *ngx_http_shop_generation_create(ngx_log_t *log)
{
    ngx_http_shop_generation_t *generation;
    ngx_pool_t *pool = ngx_create_pool(16 * 1024, log);

    if (pool == NULL) {
        return NULL;
    }

    generation = ngx_pcalloc(pool, sizeof(ngx_http_shop_generation_t));
    if (generation == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    generation->pool = pool;
    generation->arena = shop_pool_arena(pool);
    generation->references = 1;
    generation->builder = shop_snapshot_builder_create(&generation->arena);

    if (generation->builder == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return generation;
}


void ngx_http_shop_generation_release(ngx_http_shop_generation_t *generation)
{
    if (generation != NULL && --generation->references == 0) {
        ngx_http_shop_generation_end(generation);
    }
}


void ngx_http_shop_generation_replace(ngx_http_shop_generation_t *generation)
{
    ngx_http_shop_generation_t *old = ngx_http_shop_worker->generation;

    ngx_http_shop_worker->generation = generation;
    ngx_http_shop_generation_release(old);
}


ngx_int_t ngx_http_shop_generation_take(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_generation_t *generation = ngx_http_shop_worker->generation;

    if (generation == NULL) {
        return NGX_DECLINED;
    }

    generation->references++;
    ctx->generation = generation;
    ctx->shop = shop_find_shop(generation->snapshot,
                               (shop_str_t){ctx->loc->alias.len, ctx->loc->alias.data});

    return NGX_OK;
}


/* An operation that nobody carries ends by its own deadline: a clock that dies with the request. */
ngx_int_t ngx_http_shop_generation_wait(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    ctx->then = then;

    if (++ctx->ticks > SHOP_GENERATION_TICKS) {
        return ngx_http_shop_unavailable(ctx);
    }

    if (ngx_http_shop_await(ctx, SHOP_GENERATION_TICK, on_tick) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_DONE;
}


static ngx_int_t on_tick(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    (void) op;

    if (ngx_http_shop_worker->generation == NULL) {
        return ngx_http_shop_generation_wait(ctx, ctx->then);
    }

    return ctx->then(ctx);
}


const shop_snapshot_t *ngx_http_shop_snapshot(ngx_http_shop_ctx_t *ctx)
{
    return ctx->generation != NULL ? ctx->generation->snapshot : NULL;
}
