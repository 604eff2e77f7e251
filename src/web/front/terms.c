/*
 * The terms of sale of this cart as a page of their own, to be read or printed.
 */

#include "web/front/order.h"


ngx_int_t ngx_http_shop_terms(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_terms_t terms;
    json_t *data;

    if (shop_terms_assemble(&ctx->arena, ctx->cart, &where, &terms) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    data = ngx_http_shop_page(ctx, "terms.title");
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json_object_set_new(data, "parts", ngx_http_shop_terms_parts(&terms));

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "terms", data);
}


json_t *ngx_http_shop_terms_parts(const shop_terms_t *terms)
{
    json_t *parts = json_array();
    size_t i;

    for (i = 0; i < terms->count; i++) {
        json_array_append_new(parts,
                              json_pack("{s:o, s:o}", "name", shop_json_str(terms->parts[i].name),
                                        "html", shop_json_str(terms->parts[i].html)));
    }

    return parts;
}
