/*
 * What login.c and login_complete.c share.
 */

#ifndef NGX_HTTP_SHOP_LOGIN_H
#define NGX_HTTP_SHOP_LOGIN_H

#include "web/front.h"


typedef struct {
    shop_str_t email;
    shop_str_t next;
    shop_str_t code; /* of the link; secret */
    shop_str_t key;  /* of what Redis knows of it */
    int64_t user;    /* of Moodle, which vouches for him; 0: a mailbox was proven */
    shop_str_t name, firstname, lastname; /* with `user` */
    json_t *cart;                         /* found again */
} ngx_http_shop_login_t;


/* Of a visit by LTI 1.3, from its beginning to login/launched. */
#define SHOP_OIDC_COOKIE "shopoidc"
/* What a launch is remembered by until login/launched. */
#define SHOP_LAUNCH_COOKIE "shoplaunch"


/* Who has come from another site, as that says. */
typedef struct {
    shop_str_t email;
    shop_str_t target; /* to be checked */
    shop_str_t fullname, firstname, lastname;
    shop_str_t visit; /* hash of the state of LTI 1.3, whose cookie must come; empty: none */
    int64_t user;
    bool trusted; /* the site has his address proven */
} ngx_http_shop_arrival_t;

/* Under a code in Redis and in a cookie, and on to login/launched (lti.c). */
ngx_int_t ngx_http_shop_arrival_keep(ngx_http_shop_ctx_t *ctx,
                                     const ngx_http_shop_arrival_t *arrival);
/* The page that says why; `who` names the site in the log. */
ngx_int_t ngx_http_shop_launch_refused(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key,
                                       shop_str_t who);
/* SET NX of a launch's nonce: `next` finds nothing when it was seen before. */
ngx_int_t ngx_http_shop_launch_once(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch,
                                    ngx_http_shop_next_pt next);
/* The form; error: a text key, or NULL. */
ngx_int_t ngx_http_shop_login_page(ngx_http_shop_ctx_t *ctx, const char *error);
/* The same after a launch whose mailbox is yet to be proven. */
ngx_int_t ngx_http_shop_login_confirm_email(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                                            shop_str_t next);
/* Sends a link to a mailbox that was typed elsewhere, and says so on login/sent; `next`: where the
 * link leads. */
ngx_int_t ngx_http_shop_login_mail(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t next);
/* ctx->state is who was identified: his account, customer, cart and a new session, then `next`. */
ngx_int_t ngx_http_shop_login_as(ngx_http_shop_ctx_t *ctx);
/* `login->key` from `login->code`. */
ngx_int_t ngx_http_shop_login_key(ngx_http_shop_ctx_t *ctx, ngx_http_shop_login_t *login);

#endif
