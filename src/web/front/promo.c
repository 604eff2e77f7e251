/*
 * Promotional codes: entered into one field, tried on every discount that takes codes, removed.
 *
 * The try is counted before it is judged, for the session and for the address; a code that exists
 * gives it back. After ten wrong ones nothing is judged for a quarter of an hour.
 */

#include "web/front.h"


#define SHOP_PROMO_TRIES 10
#define SHOP_PROMO_LENGTH 64


typedef struct {
    shop_str_t code;
    shop_str_t keys[2]; /* counters in Redis: the session's, the address's */
    size_t counted;
    ngx_http_shop_promo_pt then;
} promo_t;


static ngx_int_t count_try(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1, twice */
static ngx_int_t on_figures(ngx_http_shop_ctx_t *ctx);                /* 2 */
static void give_back(ngx_http_shop_ctx_t *ctx, promo_t *promo);
static void given_back(shop_op_t *op);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);


/* Beyond the limit nothing is counted any more: the time runs from the tenth. */
static const char count_script[] =
    "local n = tonumber(redis.call('GET', KEYS[1]) or '0') "
    "if n >= 10 then return n + 1 end "
    "n = redis.call('INCR', KEYS[1]) "
    "if n == 1 or n == 10 then redis.call('EXPIRE', KEYS[1], 900) end "
    "return n";

static const char give_back_script[] = "if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then "
                                       "return redis.call('DECR', KEYS[1]) end "
                                       "return 0";


ngx_int_t ngx_http_shop_cart_promo(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_promo_try(ctx, shop_form_text(&ctx->form, "code"), finish);
}


static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    return ngx_http_shop_cart_done(ctx, refusal, "promo.added");
}


ngx_int_t ngx_http_shop_cart_promo_remove(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t code = shop_form_text(&ctx->form, "code");
    shop_refusal_t refusal = {.key = NULL};

    if (!shop_promo_remove(ctx->cart, code)) {
        refusal.key = "promo_invalid";
        refusal.name = shop_utf8_cut(code, SHOP_PROMO_LENGTH);
    }

    return ngx_http_shop_cart_done(ctx, refusal, "promo.removed");
}


ngx_int_t ngx_http_shop_promo_try(ngx_http_shop_ctx_t *ctx, shop_str_t text,
                                  ngx_http_shop_promo_pt then)
{
    promo_t *promo = ngx_pcalloc(ctx->r->pool, sizeof(promo_t));
    shop_refusal_t refusal = {.key = "promo_empty"};
    ngx_str_t *address = &ctx->r->connection->addr_text;

    if (promo == NULL ||
        shop_arena_printf(&ctx->arena, &promo->keys[0], "tries:{%.*s}:promo",
                          (int) ctx->session.key.len, ctx->session.key.data) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &promo->keys[1], "tries:{%.*s}:promo", (int) address->len,
                          address->data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (shop_str_trim(text).len == 0) {
        return then(ctx, refusal);
    }

    /* What cannot be a code is wrong like any other. */
    if (!shop_promo_token(text, &promo->code)) {
        promo->code = SHOP_STR("");
    }

    promo->then = then;
    ctx->promo = promo;

    return count_try(ctx);
}


static ngx_int_t count_try(ngx_http_shop_ctx_t *ctx)
{
    promo_t *promo = ctx->promo;
    shop_op_t *op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_counted);

    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(count_script), 1, 1,
                      &promo->keys[promo->counted]);

    return NGX_DONE;
}


static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    promo_t *promo = ctx->promo;
    shop_refusal_t refusal = {.key = "promo_locked"};

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->integer > SHOP_PROMO_TRIES) {
        return promo->then(ctx, refusal);
    }

    if (++promo->counted < 2) {
        return count_try(ctx);
    }

    if (promo->code.len == 0 || !shop_promo_known(ctx->shop, promo->code)) {
        refusal.key = "promo_invalid";
        refusal.name = promo->code;
        return promo->then(ctx, refusal);
    }

    return ngx_http_shop_figures_load(ctx, promo->code, 0, on_figures);
}


static ngx_int_t on_figures(ngx_http_shop_ctx_t *ctx)
{
    promo_t *promo = ctx->promo;
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_refusal_t refusal;

    give_back(ctx, promo);
    refusal = shop_promo_enter(&ctx->arena, ctx->cart, &where, promo->code);

    return promo->then(ctx, refusal);
}


/* The code exists: it was no guess. Nobody waits for the answer. */
static void give_back(ngx_http_shop_ctx_t *ctx, promo_t *promo)
{
    shop_op_t *op;
    size_t i;

    for (i = 0; i < promo->counted; i++) {
        op = shop_op_create(ngx_http_shop_worker->log, ctx->main->redis_timeout, given_back, NULL);

        if (op != NULL) {
            shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(give_back_script), 1, 1,
                              &promo->keys[i]);
        }
    }
}


static void given_back(shop_op_t *op)
{
    (void) op;
}
