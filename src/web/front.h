/*
 * What the pages of the front office share: the handlers of the route table (front.c) and the few
 * functions that several of them use.
 */

#ifndef NGX_HTTP_SHOP_FRONT_H
#define NGX_HTTP_SHOP_FRONT_H

#include "web/web.h"


#define SHOP_TRANSID_LENGTH 30
#define NGX_HTTP_UNPROCESSABLE 422


/* --- handlers, one page or subject per file in front/ --- */

ngx_int_t ngx_http_shop_catalog(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_category(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_product(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_cart_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_add(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_set(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_remove(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_clear(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_cart_passcode(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_step_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_participant(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_terms(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_order_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_done(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_order_status(ngx_http_shop_ctx_t *ctx);

ngx_int_t ngx_http_shop_login_show(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_send(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_login_complete(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_logout(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_language(ngx_http_shop_ctx_t *ctx);


/* --- steps (front/step_*.c): one pair of functions per step, listed in front/step.c --- */

typedef struct {
    const char              *name;
    ngx_http_shop_handler_pt show;
    ngx_http_shop_handler_pt submit; /* of "go"; NULL: the page has no form of its own */
} ngx_http_shop_step_t;

ngx_int_t ngx_http_shop_step_purchaserequ(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_purchaserequ_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_users(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_users_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_customer(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_customer_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_order(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_order_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_payment(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_payment_submit(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_produce(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_step_invoice(ngx_http_shop_ctx_t *ctx);

/* The address of the step after `name` for this cart (or before it), below the prefix. */
ngx_int_t ngx_http_shop_step_forward(ngx_http_shop_ctx_t *ctx, const char *name);
ngx_int_t ngx_http_shop_step_back(ngx_http_shop_ctx_t *ctx, const char *name);
/* The common data of a checkout page: page, progress, summary of the cart. */
json_t *ngx_http_shop_step_page(ngx_http_shop_ctx_t *ctx, const char *name, const char *title_key);


/* --- signed links to one order (link_sign.c) --- */

/* "e=…&k=…" for the end of an address; valid until `end`. */
shop_status_t ngx_http_shop_link_sign(ngx_http_shop_main_conf_t *conf, shop_arena_t *arena,
                                      shop_str_t transid, int64_t end, shop_str_t *query);
bool          ngx_http_shop_link_valid(ngx_http_shop_ctx_t *ctx, shop_str_t transid);


/* --- orders of this visitor (order_access.c) --- */

/* May this visitor read the order? By session, as its owner, or by a signed link
 * (front-office.md 12.4). */
bool ngx_http_shop_order_readable(ngx_http_shop_ctx_t *ctx, shop_str_t transid, json_t *order);
/* Remembers that this session placed the order. */
void ngx_http_shop_order_remember(ngx_http_shop_ctx_t *ctx, shop_str_t transid);

/* --- accounts in Moodle (account_find.c) --- */

typedef struct {
    bool       asked; /* Moodle answered; false: unknown, it is away or not configured */
    bool       found;
    int64_t    user;
    shop_str_t fullname;
} ngx_http_shop_account_t;

typedef ngx_int_t (*ngx_http_shop_account_pt)(ngx_http_shop_ctx_t           *ctx,
                                              const ngx_http_shop_account_t *account);

/* Is there an account with exactly this e-mail (letters of either case)? Goes on with `then` in any
 * case; asks nobody when Moodle is not configured or its breaker is open. */
ngx_int_t ngx_http_shop_account_find(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                                     ngx_http_shop_account_pt then);


/* A path of ours to come back to, or the catalogue (SE-3). */
shop_str_t ngx_http_shop_safe_next(ngx_http_shop_ctx_t *ctx, shop_str_t next);

#endif
