/*
 * Transaction codes: what a buyer quotes, what makes a repeated launch the same order.
 */

#include "web/front/order.h"

#include <openssl/rand.h>


static ngx_int_t set_transid(ngx_http_shop_ctx_t *ctx, const u_char bytes[SHOP_TRANSID_RANDOM]);


ngx_int_t ngx_http_shop_transid_assign(ngx_http_shop_ctx_t *ctx)
{
    u_char random[SHOP_TRANSID_RANDOM];

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return NGX_ERROR;
    }

    return set_transid(ctx, random);
}


ngx_int_t ngx_http_shop_transid_next(ngx_http_shop_ctx_t *ctx, shop_str_t fingerprint)
{
    u_char mac[SHOP_SHA256_SIZE];
    shop_str_t message, present = ctx->cart->transid;
    ngx_str_t *secret = &ctx->main->secret;

    if (shop_arena_printf(&ctx->arena, &message, "transid:%.*s:%.*s", (int) present.len,
                          present.data, (int) fingerprint.len, fingerprint.data) != SHOP_OK ||
        shop_hmac_sha256((shop_str_t){secret->len, secret->data}, message, mac) != SHOP_OK) {
        return NGX_ERROR;
    }

    return set_transid(ctx, mac);
}


static ngx_int_t set_transid(ngx_http_shop_ctx_t *ctx, const u_char bytes[SHOP_TRANSID_RANDOM])
{
    char transid[SHOP_TRANSID_LENGTH + 1];

    shop_transid_make(bytes, transid);

    if (shop_arena_copy(&ctx->arena, shop_str(transid), &ctx->cart->transid) != SHOP_OK) {
        return NGX_ERROR;
    }

    ctx->session.cart_changed = true;

    return NGX_OK;
}
