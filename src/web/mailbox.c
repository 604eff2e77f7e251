/*
 * What Redis knows of an e-mail address: a digest, the same for letters of either case.
 */

#include "web/session.h"


ngx_int_t ngx_http_shop_mailbox_hash(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t *hash)
{
    shop_str_t lower;

    if (shop_arena_copy(&ctx->arena, email, &lower) != SHOP_OK) {
        return NGX_ERROR;
    }

    ngx_strlow(lower.data, lower.data, lower.len);

    return shop_sha256_base64url(&ctx->arena, lower, hash) == SHOP_OK ? NGX_OK : NGX_ERROR;
}
