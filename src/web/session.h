/*
 * What session.c, session_save.c and cart_kept.c share, and what logging in needs of them.
 */

#ifndef NGX_HTTP_SHOP_SESSION_H
#define NGX_HTTP_SHOP_SESSION_H

#include "web/web.h"


#define SHOP_SESSION_MAX (64 * 1024)

shop_str_t ngx_http_shop_request_cookie(ngx_http_shop_ctx_t *ctx, shop_str_t name);
shop_str_t ngx_http_shop_session_cookie_name(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_session_new_id(ngx_http_shop_ctx_t *ctx);
/* Who the session says is there, read again after it was changed. */
void ngx_http_shop_session_visitor(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_mailbox_hash(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t *hash);

/* Keeps the document of an identified visitor's cart ("-": it is done with) for the next log-in;
 * waits for nothing. */
void ngx_http_shop_cart_keep(ngx_http_shop_ctx_t *ctx, shop_str_t document);
/* Goes on with `then`, with the kept cart in place of the present one when there is one. */
ngx_int_t ngx_http_shop_cart_restore(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);

#endif
