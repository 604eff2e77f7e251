/*
 * Transaction codes: what a buyer quotes, what makes a repeated launch the same order.
 */

#include "web/front/order.h"

#include <openssl/rand.h>


static ngx_int_t set_transid(ngx_http_shop_ctx_t *ctx, const u_char bytes[SHOP_TRANSID_RANDOM],
                             shop_str_t *transid);


ngx_int_t ngx_http_shop_transid_assign(ngx_http_shop_ctx_t *ctx)
{
    u_char random[SHOP_TRANSID_RANDOM];

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return NGX_ERROR;
    }

    ctx->session.cart_changed = true;

    return set_transid(ctx, random, &ctx->cart->transid);
}


ngx_int_t ngx_http_shop_transid_next(ngx_http_shop_ctx_t *ctx, shop_str_t fingerprint)
{
    shop_str_t message, present = ctx->cart->transid;

    if (shop_arena_printf(&ctx->arena, &message, "transid:%.*s:%.*s", (int) present.len,
                          present.data, (int) fingerprint.len, fingerprint.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    ctx->session.cart_changed = true;

    return ngx_http_shop_transid_of(ctx, message, &ctx->cart->transid);
}


ngx_int_t ngx_http_shop_transid_of(ngx_http_shop_ctx_t *ctx, shop_str_t message,
                                   shop_str_t *transid)
{
    ngx_str_t *secret = &ctx->main->secret;
    u_char mac[SHOP_SHA256_SIZE];

    if (shop_hmac_sha256((shop_str_t){secret->len, secret->data}, message, mac) != SHOP_OK) {
        return NGX_ERROR;
    }

    return set_transid(ctx, mac, transid);
}


static ngx_int_t set_transid(ngx_http_shop_ctx_t *ctx, const u_char bytes[SHOP_TRANSID_RANDOM],
                             shop_str_t *transid)
{
    char text[SHOP_TRANSID_LENGTH + 1];

    shop_transid_make(bytes, text);

    return shop_arena_copy(&ctx->arena, shop_str(text), transid) == SHOP_OK ? NGX_OK : NGX_ERROR;
}
