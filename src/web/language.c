/*
 * In which language this visitor is served: what was chosen (cookie), else what the browser says.
 */

#include "web/session.h"
#include "web/compat.h"


static shop_str_t accept_language(ngx_http_request_t *r);


const shop_lang_t *ngx_http_shop_choose_language(ngx_http_shop_ctx_t *ctx)
{
    const shop_lang_t *lang;

    lang = shop_lang_find(ngx_http_shop_request_cookie(ctx, SHOP_STR("shoplang")));

    return lang != NULL ? lang : shop_lang_accept(accept_language(ctx->r));
}


static shop_str_t accept_language(ngx_http_request_t *r)
{
#if (NGX_HTTP_HEADERS)
    if (r->headers_in.accept_language != NULL) {
        return (shop_str_t){r->headers_in.accept_language->value.len,
                            r->headers_in.accept_language->value.data};
    }
#endif

    return SHOP_STR("");
}
