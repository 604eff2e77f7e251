/*
 * What the page of the training credits shares with the order that is paid with them.
 */

#ifndef NGX_HTTP_SHOP_CREDITS_H
#define NGX_HTTP_SHOP_CREDITS_H

#include "web/front/order.h"


typedef struct {
    ngx_http_shop_handler_pt then; /* when the account is known */
    int64_t customer;              /* 0: who is logged in has never bought anything */
    const json_t *record;          /* of the customer */
    const json_t *account;         /* answer of credits_read */
    int64_t balance;

    const shop_item_t *item; /* what is to be paid with them; NULL: none yet */
    int64_t quantity;
    int64_t cost;
    shop_str_t key;     /* of the form: the same form twice is one order */
    shop_str_t transid; /* made of the key */
    shop_cart_t *cart;  /* with this product alone */
    ngx_http_shop_order_t order;
} ngx_http_shop_credits_t;


/* Reads the account of who is logged in; who is not is led to the log-in, and back. */
ngx_int_t ngx_http_shop_credits_read(ngx_http_shop_ctx_t *ctx, ngx_http_shop_credits_t *credits,
                                     ngx_http_shop_handler_pt then);
/* "4 credits" */
shop_str_t ngx_http_shop_credits_text(ngx_http_shop_ctx_t *ctx, int64_t n);

#endif
