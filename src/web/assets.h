/*
 * Static files of the theme (assets.c).
 */

#ifndef NGX_HTTP_SHOP_ASSETS_H
#define NGX_HTTP_SHOP_ASSETS_H

#include "web/web.h"


ngx_int_t ngx_http_shop_asset(ngx_http_shop_ctx_t *ctx);
/* Their addresses by file name; a new reference. */
json_t *ngx_http_shop_asset_urls(ngx_http_shop_ctx_t *ctx);

#endif
