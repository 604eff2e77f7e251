/*
 * GET lang/<code>: the visitor chooses a language; it is kept in a cookie of a year, no session
 * needed.
 */

#include "web/front.h"


#define SHOP_LANGUAGE_LIFE (365 * 24 * 3600)


ngx_int_t ngx_http_shop_language(ngx_http_shop_ctx_t *ctx)
{
    const shop_lang_t *lang = shop_lang_find(ctx->captures[0]);

    if (lang == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (ngx_http_shop_cookie(ctx, SHOP_STR("shoplang"), shop_str(lang->code), SHOP_LANGUAGE_LIFE) !=
        NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect_to(
        ctx, ngx_http_shop_safe_next(ctx, shop_form_text(&ctx->query, "next")));
}
