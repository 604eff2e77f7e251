/*
 * What the order step shares with its page.
 */

#ifndef NGX_HTTP_SHOP_ORDER_H
#define NGX_HTTP_SHOP_ORDER_H

#include "web/front.h"


#define SHOP_PAYMODES_MAX 16

typedef struct {
    shop_totals_t totals;
    shop_terms_t terms;
    shop_paymode_t modes[SHOP_PAYMODES_MAX]; /* offered to this visitor for this amount */
    size_t mode_count;
    shop_refusal_t refusal; /* why the launch was refused; key NULL: it was not */

    shop_where_t where;
    shop_order_in_t in; /* what is launched */
    shop_str_t fingerprint;
    unsigned tries;
} ngx_http_shop_order_t;


/* The payment step: a try that can be paid now (ctx->state of step_payment.c, pay_open.c). */
typedef struct {
    const shop_pay_config_t *config;
    shop_pay_attempt_t attempt;
    json_t *row;
    shop_pay_simulation_t simulation;
    unsigned played;
} ngx_http_shop_paying_t;

/* Has the provider open its page, or finds the one that is open, and sends the browser there. */
ngx_int_t ngx_http_shop_pay_open(ngx_http_shop_ctx_t *ctx);
/* The payment page again, with why it did not work and the ways to go on. */
ngx_int_t ngx_http_shop_payment_trouble(ngx_http_shop_ctx_t *ctx, ngx_uint_t status);
/* What became of the order is told by its own page. */
ngx_int_t ngx_http_shop_payment_done(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_order_page(ngx_http_shop_ctx_t *ctx);
/* The code of the order that this cart will be, when it has none. */
ngx_int_t ngx_http_shop_transid_assign(ngx_http_shop_ctx_t *ctx);
/* The code after `cart->transid`, which is an order of something else: the same for every request
 * that asks, so that a launch sent twice stays one order. */
ngx_int_t ngx_http_shop_transid_next(ngx_http_shop_ctx_t *ctx, shop_str_t fingerprint);
/* The code that belongs to a message, for who knows the secret of this site. */
ngx_int_t ngx_http_shop_transid_of(ngx_http_shop_ctx_t *ctx, shop_str_t message,
                                   shop_str_t *transid);
/* The terms of an order with their box, for a page. */
void ngx_http_shop_order_terms_view(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_cart_t *cart,
                                    const ngx_http_shop_order_t *order);
json_t *ngx_http_shop_terms_parts(const shop_terms_t *terms);
/* A payment block as the rules see it. */
shop_paymode_t ngx_http_shop_paymode(const ngx_http_shop_payment_t *payment);
/* suffix "": its name, "_text": what to expect of it. */
shop_str_t ngx_http_shop_paymode_text(ngx_http_shop_ctx_t *ctx, const shop_paymode_t *mode,
                                      const char *suffix);

#endif
