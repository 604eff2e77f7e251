/*
 * What step_customer.c and customer_page.c share.
 */

#ifndef NGX_HTTP_SHOP_CUSTOMER_H
#define NGX_HTTP_SHOP_CUSTOMER_H

#include "web/front.h"


#define SHOP_CUSTOMER_ERRORS 24

typedef struct {
    shop_refusal_t errors[SHOP_CUSTOMER_ERRORS];
    size_t error_count;
    bool email_known; /* the address has an account: a link to log in is offered */
} ngx_http_shop_customer_t;


ngx_int_t ngx_http_shop_customer_page(ngx_http_shop_ctx_t *ctx);
/* Puts what is known of an identified visitor into the cart. */
void ngx_http_shop_customer_prefill(ngx_http_shop_ctx_t *ctx, const json_t *known);

#endif
