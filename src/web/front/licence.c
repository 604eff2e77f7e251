/*
 * Is this licence in force? Programs that were sold ask with their key, the reference of a product
 * instance (handlers.md 9.12).
 *
 * A key with a wrong checksum is answered without asking the database, and in the same words as one
 * that does not exist.
 */

#include "web/front.h"


static ngx_int_t on_read(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


ngx_int_t ngx_http_shop_licence(ngx_http_shop_ctx_t *ctx)
{
    if (!shop_reference_valid(ctx->captures[0])) {
        return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, json_pack("{s:b}", "valid", 0));
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_LICENCE_VERIFY,
                              json_pack("{s:o}", "reference", shop_json_str(ctx->captures[0])),
                              on_read);
}


static ngx_int_t on_read(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, json_incref(answer));
}
