/*
 * GET -/assets/<hash>/<file>: the theme's own files, from memory, for ever: the address changes
 * with the content.
 */

#include "web/assets.h"


ngx_int_t ngx_http_shop_asset(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_asset_t *asset = ctx->main->assets.elts;
    shop_str_t content, hash = ctx->captures[0], name = ctx->captures[1];
    ngx_uint_t i;

    for (i = 0; i < ctx->main->assets.nelts; i++) {
        if (shop_str_eq(name, (shop_str_t){asset[i].name.len, asset[i].name.data}) &&
            shop_str_eq(hash, (shop_str_t){asset[i].hash.len, asset[i].hash.data})) {
            content = (shop_str_t){asset[i].content.len, asset[i].content.data};

            return ngx_http_shop_send(ctx, NGX_HTTP_OK, (char *) asset[i].type.data, &content, 1,
                                      SHOP_CACHE_FOREVER);
        }
    }

    return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
}


/* "shop.css" is found as {{page.assets.shop_css}}: a dot would be a step into a member. */
static void set_url(json_t *urls, shop_str_t name, shop_str_t url)
{
    char key[64];
    size_t i;

    if (name.len >= sizeof(key)) {
        return;
    }

    for (i = 0; i < name.len; i++) {
        key[i] = (char) (name.data[i] == '.' || name.data[i] == '-' ? '_' : name.data[i]);
    }

    key[i] = '\0';
    shop_json_set_text(urls, key, url);
}


json_t *ngx_http_shop_asset_urls(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_asset_t *asset = ctx->main->assets.elts;
    json_t *urls = json_object();
    shop_str_t url;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->assets.nelts; i++) {
        if (shop_arena_printf(&ctx->arena, &url, "%.*s-/assets/%.*s/%.*s",
                              (int) ctx->loc->prefix.len, ctx->loc->prefix.data,
                              (int) asset[i].hash.len, asset[i].hash.data, (int) asset[i].name.len,
                              asset[i].name.data) == SHOP_OK) {
            set_url(urls, (shop_str_t){asset[i].name.len, asset[i].name.data}, url);
        }
    }

    return urls;
}
