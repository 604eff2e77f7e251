/*
 * Key sets of platforms (LTI 1.3): asked for once an hour in each worker, and at once when a token
 * names a key that is not there, since platforms change their keys; but not more than once a
 * minute, whatever tokens are sent.
 */

#include "web/front.h"


#define SHOP_KEYS_AGE 3600
#define SHOP_KEYS_PAUSE 60
#define SHOP_KEYS_MAX (64 * 1024)


typedef struct {
    const ngx_http_shop_platform_t *platform;
    ngx_http_shop_handler_pt then;
} fetch_t;


static ngx_int_t on_keys(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


const json_t *ngx_http_shop_platform_keys(const ngx_http_shop_platform_t *platform)
{
    return ngx_http_shop_worker->platform_keys[platform->index].keys;
}


bool ngx_http_shop_platform_keys_old(const ngx_http_shop_platform_t *platform)
{
    ngx_http_shop_keys_t *kept = &ngx_http_shop_worker->platform_keys[platform->index];

    return ngx_time() - kept->asked >= (kept->keys == NULL ? SHOP_KEYS_PAUSE : SHOP_KEYS_AGE);
}


bool ngx_http_shop_platform_keys_missed(const ngx_http_shop_platform_t *platform)
{
    ngx_http_shop_keys_t *kept = &ngx_http_shop_worker->platform_keys[platform->index];

    if (ngx_time() - kept->missed < SHOP_KEYS_PAUSE) {
        return false;
    }

    kept->missed = ngx_time();

    return true;
}


ngx_int_t ngx_http_shop_platform_keys_fetch(ngx_http_shop_ctx_t *ctx,
                                            const ngx_http_shop_platform_t *platform,
                                            ngx_http_shop_handler_pt then)
{
    shop_http_request_t request = {
        .method = SHOP_STR("GET"), .connect_timeout = 2000, .body_max = SHOP_KEYS_MAX};
    fetch_t *fetch = ngx_palloc(ctx->r->pool, sizeof(fetch_t));
    shop_op_t *op;

    if (fetch == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    fetch->platform = platform;
    fetch->then = then;
    ctx->asking = fetch;
    request.url = (shop_str_t){platform->keys_url.len, platform->keys_url.data};
    ngx_http_shop_worker->platform_keys[platform->index].asked = ngx_time();

    op = ngx_http_shop_await(ctx, ctx->main->outside_timeout, on_keys);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_http_send(ngx_http_shop_worker->http, op, &request);

    return NGX_DONE;
}


/* Without a good answer the keys of before serve on. */
static ngx_int_t on_keys(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    fetch_t *fetch = ctx->asking;
    ngx_http_shop_keys_t *kept = &ngx_http_shop_worker->platform_keys[fetch->platform->index];
    json_t *keys = NULL;

    if (op->status == SHOP_LINK_OK && op->reply.http->status == NGX_HTTP_OK &&
        shop_json_parse(op->reply.http->body, SHOP_KEYS_MAX, &keys) == SHOP_OK &&
        json_is_array(json_object_get(keys, "keys"))) {
        json_decref(kept->keys);
        kept->keys = keys;

    } else {
        json_decref(keys);
        ngx_log_error(NGX_LOG_WARN, ctx->r->connection->log, 0, "shop: no key set from \"%V\"",
                      &fetch->platform->keys_url);
    }

    return fetch->then(ctx);
}


void ngx_http_shop_platform_keys_free(ngx_http_shop_worker_t *worker)
{
    ngx_uint_t i;

    for (i = 0; i < NGX_HTTP_SHOP_PLATFORMS; i++) {
        json_decref(worker->platform_keys[i].keys);
        worker->platform_keys[i].keys = NULL;
    }
}
