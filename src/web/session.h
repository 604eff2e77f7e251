/*
 * What session.c and session_save.c share.
 */

#ifndef NGX_HTTP_SHOP_SESSION_H
#define NGX_HTTP_SHOP_SESSION_H

#include "web/web.h"


#define SHOP_SESSION_MAX (64 * 1024)

shop_str_t ngx_http_shop_request_cookie(ngx_http_shop_ctx_t *ctx, shop_str_t name);
shop_str_t ngx_http_shop_session_cookie_name(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_session_new_id(ngx_http_shop_ctx_t *ctx);

#endif
