/*
 * The cart of who is identified, kept beside the session's: it outlives the session and is found
 * again at the next log-in (front-office.md 2.2). Moving between the two is a read and a write; a
 * copy that is late or lost costs a cart, never an order.
 */

#include "web/session.h"


#define SHOP_KEPT_TTL "2592000" /* 30 days */


static ngx_int_t kept_key(ngx_http_shop_ctx_t *ctx, shop_str_t *key);
static ngx_int_t on_restored(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static void forget_done(shop_op_t *op);


void ngx_http_shop_cart_keep(ngx_http_shop_ctx_t *ctx, shop_str_t document)
{
    shop_str_t argv[5] = {SHOP_STR("SET"), SHOP_STR(""), document, SHOP_STR("EX"),
                          SHOP_STR(SHOP_KEPT_TTL)};
    bool gone = shop_str_eq(document, SHOP_STR("-"));
    shop_op_t *op;

    if (!ctx->visitor.logged_in || document.len == 0 || kept_key(ctx, &argv[1]) != NGX_OK) {
        return;
    }

    op = shop_op_create(ngx_http_shop_worker->log, ctx->main->redis_timeout, forget_done, NULL);
    if (op == NULL) {
        return;
    }

    if (gone) {
        argv[0] = SHOP_STR("DEL");
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, gone ? 2 : 5, argv);
}


static void forget_done(shop_op_t *op)
{
    (void) op;
}


static ngx_int_t kept_key(ngx_http_shop_ctx_t *ctx, shop_str_t *key)
{
    shop_str_t hash;

    if (ngx_http_shop_mailbox_hash(ctx, ctx->visitor.email, &hash) != NGX_OK ||
        shop_arena_printf(&ctx->arena, key, "kept:{%.*s}:%.*s", (int) hash.len, hash.data,
                          (int) ctx->loc->alias.len, ctx->loc->alias.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t ngx_http_shop_cart_restore(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    shop_str_t argv[2] = {SHOP_STR("GET"), SHOP_STR("")};
    shop_op_t *op;

    ctx->session.then = then;

    if (kept_key(ctx, &argv[1]) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_restored);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, 2, argv);

    return NGX_DONE;
}


static ngx_int_t on_restored(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    shop_cart_t *cart;

    ctx->redis_time += op->elapsed;

    if (op->status == SHOP_LINK_OK && op->reply.redis->type == SHOP_REDIS_STRING &&
        shop_cart_parse(&ctx->arena, op->reply.redis->str, &cart) == SHOP_OK) {
        cart->rev = ctx->cart->rev;
        ctx->cart = cart;
        ctx->session.cart_changed = true;
    }

    return ctx->session.then(ctx);
}
