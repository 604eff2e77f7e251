/*
 * Is this certificate real? Anybody may ask with the number that is printed on it.
 */

#include "web/front.h"


static shop_str_t credential_url(ngx_http_shop_ctx_t *ctx, shop_str_t number);
static ngx_int_t on_read(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


ngx_int_t ngx_http_shop_certificate(ngx_http_shop_ctx_t *ctx)
{
    if (ctx->captures[0].len > SHOP_CERTIFICATE_NUMBER_MAX) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_CERTIFICATE_VERIFY,
                              json_pack("{s:o}", "number", shop_json_str(ctx->captures[0])),
                              on_read);
}


static ngx_int_t on_read(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op), *data;
    shop_str_t issued = SHOP_STR("");
    int64_t seconds;
    bool found;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    found = json_object_get(answer, "error") == NULL;
    data = ngx_http_shop_page(ctx, "certificate.title");

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "number", ctx->captures[0]);

    if (found) {
        if (shop_time_parse(shop_json_text(answer, "issued_at"), &seconds) == SHOP_OK &&
            shop_time_date(&ctx->arena, seconds, ngx_http_shop_utc_offset(ctx), ctx->lang->code,
                           &issued) != SHOP_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        json_object_set_new(data, "found",
                            json_pack("{s:o, s:o, s:o, s:o, s:b}", "holder",
                                      shop_json_str(shop_json_text(answer, "holder")), "course",
                                      shop_json_str(shop_json_text(answer, "course")), "issued",
                                      shop_json_str(issued), "reference",
                                      shop_json_str(shop_json_text(answer, "reference")), "revoked",
                                      shop_json_bool(answer, "revoked")));

        if (ctx->main->signing_keys.nelts > 0 &&
            shop_str_eq(shop_json_text(answer, "shop"), ctx->shop->alias)) {
            shop_json_set_text(data, "credential_url",
                               credential_url(ctx, shop_json_text(answer, "number")));
        }
    }

    return ngx_http_shop_render(ctx, found ? NGX_HTTP_OK : NGX_HTTP_NOT_FOUND, "certificate", data);
}


static shop_str_t credential_url(ngx_http_shop_ctx_t *ctx, shop_str_t number)
{
    shop_str_t page = ngx_http_shop_url(ctx, "certificate/", number), url;

    return shop_arena_printf(&ctx->arena, &url, "%.*s/credential", (int) page.len, page.data) ==
                   SHOP_OK
               ? url
               : SHOP_STR("");
}
