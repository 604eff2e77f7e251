/*
 * What the order step shares with its page.
 */

#ifndef NGX_HTTP_SHOP_ORDER_H
#define NGX_HTTP_SHOP_ORDER_H

#include "web/front.h"


#define SHOP_PAYMODES_MAX 16

typedef struct {
    shop_totals_t  totals;
    shop_terms_t   terms;
    shop_paymode_t modes[SHOP_PAYMODES_MAX]; /* offered to this visitor for this amount */
    size_t         mode_count;
    shop_refusal_t refusal; /* why the launch was refused; key NULL: it was not */
} ngx_http_shop_order_t;


ngx_int_t  ngx_http_shop_order_page(ngx_http_shop_ctx_t *ctx);
json_t    *ngx_http_shop_terms_parts(const shop_terms_t *terms);
/* A payment block as the rules see it. */
shop_paymode_t ngx_http_shop_paymode(const ngx_http_shop_payment_t *payment);
shop_str_t ngx_http_shop_paymode_label(ngx_http_shop_ctx_t *ctx, const shop_paymode_t *mode);

#endif
