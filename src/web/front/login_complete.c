/*
 * The one-time link is opened: its mailbox is proven, and the visitor has a name.
 *
 * The browser that asked for the link is logged in at once. Any other one, be it another device or
 * a program that looks through mails, is shown whose link it is and has to press a button: looking
 * uses nothing up, and nobody is logged in as somebody else by following an address.
 *
 * code looked at -> [button] -> code taken -> customer and Moodle account of the address -> the
 * cart of last time, if there is none now -> new session identifier.
 */

#include "web/front/login.h"
#include "web/session.h"


#define SHOP_LOGIN_STORED_MAX 4096
#define SHOP_LAUNCH_CODE_MAX 64


static ngx_http_shop_login_t *login_create(ngx_http_shop_ctx_t *ctx, shop_str_t code);
static ngx_int_t ask_redis(ngx_http_shop_ctx_t *ctx, const char *command,
                           ngx_http_shop_next_pt next);
static json_t *read_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_looked(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t confirm_page(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_launched(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static bool same_visit(ngx_http_shop_ctx_t *ctx, shop_str_t visit);
static ngx_int_t on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx,
                            const ngx_http_shop_account_t *account); /* 2 */
static json_t *profile_of(const ngx_http_shop_account_t *account);
static ngx_int_t on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 3 */
static ngx_int_t on_cart(ngx_http_shop_ctx_t *ctx);                    /* 4 */
static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx);                   /* 5 */


ngx_int_t ngx_http_shop_login_look(ngx_http_shop_ctx_t *ctx)
{
    if (login_create(ctx, shop_form_text(&ctx->query, "code")) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ask_redis(ctx, "GET", on_looked);
}


ngx_int_t ngx_http_shop_login_complete(ngx_http_shop_ctx_t *ctx)
{
    if (login_create(ctx, shop_form_text(&ctx->form, "code")) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ask_redis(ctx, "GETDEL", on_taken);
}


/* The browser of a launch comes back with its session; the code is in a cookie (lti.c). */
ngx_int_t ngx_http_shop_login_launched(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t code = ngx_http_shop_request_cookie(ctx, SHOP_STR(SHOP_LAUNCH_COOKIE));

    if (code.len == 0 || code.len > SHOP_LAUNCH_CODE_MAX) {
        return ngx_http_shop_login_page(ctx, "lti.stale");
    }

    if (login_create(ctx, code) == NULL ||
        ngx_http_shop_cookie(ctx, SHOP_STR(SHOP_LAUNCH_COOKIE), SHOP_STR(""), 0) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ask_redis(ctx, "GETDEL", on_launched);
}


static ngx_int_t on_launched(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    json_t *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    stored = read_stored(ctx, op);

    if (stored == NULL || !same_visit(ctx, shop_json_text(stored, "visit"))) {
        return ngx_http_shop_login_page(ctx, "lti.stale");
    }

    if (!shop_json_bool(stored, "trusted")) {
        return ngx_http_shop_login_confirm_email(ctx, login->email, login->next);
    }

    return ngx_http_shop_login_as(ctx);
}


/* Nobody is logged in by the token of somebody else that his browser was made to post: the visit
 * began in this browser. */
static bool same_visit(ngx_http_shop_ctx_t *ctx, shop_str_t visit)
{
    shop_str_t state = ngx_http_shop_request_cookie(ctx, SHOP_STR(SHOP_OIDC_COOKIE)), hash;

    if (visit.len == 0) {
        return true;
    }

    return state.len > 0 && shop_sha256_base64url(&ctx->arena, state, &hash) == SHOP_OK &&
           shop_secret_eq(hash, visit) &&
           ngx_http_shop_cookie(ctx, SHOP_STR(SHOP_OIDC_COOKIE), SHOP_STR(""), 0) == NGX_OK;
}


ngx_int_t ngx_http_shop_login_as(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_login_t *login = ctx->state;

    return ngx_http_shop_account_find(ctx, login->email, on_account);
}


static ngx_http_shop_login_t *login_create(ngx_http_shop_ctx_t *ctx, shop_str_t code)
{
    ngx_http_shop_login_t *login = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_login_t));

    if (login == NULL) {
        return NULL;
    }

    login->code = code;
    ctx->state = login;

    return ngx_http_shop_login_key(ctx, login) == NGX_OK ? login : NULL;
}


static ngx_int_t ask_redis(ngx_http_shop_ctx_t *ctx, const char *command,
                           ngx_http_shop_next_pt next)
{
    ngx_http_shop_login_t *login = ctx->state;
    shop_str_t argv[2] = {shop_str(command), login->key};
    shop_op_t *op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, next);

    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, 2, argv);

    return NGX_DONE;
}


/* NULL: no such link, or not any more. */
static json_t *read_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    json_t *stored;

    if (op->reply.redis->type != SHOP_REDIS_STRING ||
        shop_json_parse(op->reply.redis->str, SHOP_LOGIN_STORED_MAX, &stored) != SHOP_OK ||
        ngx_http_shop_own(ctx, stored) == NULL) {
        return NULL;
    }

    login->email = shop_json_text(stored, "email");
    login->user = shop_json_int(stored, "user");
    login->name = shop_json_text(stored, "name");
    login->firstname = shop_json_text(stored, "firstname");
    login->lastname = shop_json_text(stored, "lastname");
    login->next = ngx_http_shop_safe_next(ctx, shop_json_text(stored, "next"));

    return stored;
}


static ngx_int_t on_looked(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    stored = read_stored(ctx, op);

    if (stored == NULL) {
        return ngx_http_shop_login_page(ctx, "login.link_expired");
    }

    if (ctx->r->method == NGX_HTTP_GET &&
        shop_str_eq(shop_json_text(stored, "session"), ctx->session.key)) {
        return ask_redis(ctx, "GETDEL", on_taken);
    }

    return confirm_page(ctx);
}


static ngx_int_t confirm_page(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_login_t *login = ctx->state;
    json_t *data = ngx_http_shop_page(ctx, "login.title");

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "email", login->email);
    shop_json_set_text(data, "code", login->code);

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "login_confirm", data);
}


static ngx_int_t on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (read_stored(ctx, op) == NULL) {
        return ngx_http_shop_login_page(ctx, "login.link_expired");
    }

    return ngx_http_shop_login_as(ctx);
}


/* Moodle away: the mailbox is proven, or the launch was signed, all the same; production will look
 * for the account. Of two accounts with one address the launched one counts. */
static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_account_t *account)
{
    ngx_http_shop_login_t *login = ctx->state;
    ngx_http_shop_account_t known = *account;

    if (login->user > 0 && known.user != login->user) {
        known = (ngx_http_shop_account_t){.user = login->user,
                                          .fullname = login->name,
                                          .firstname = login->firstname,
                                          .lastname = login->lastname};
    }

    json_object_set_new(ctx->session.data, "user", json_integer((json_int_t) known.user));
    shop_json_set_text(ctx->session.data, "name", known.fullname);
    shop_json_set_text(ctx->session.data, "institution", known.institution);
    json_object_set_new(ctx->session.data, "profile", profile_of(&known));
    json_object_set_new(ctx->session.data, "since", json_integer((json_int_t) known.since));

    return ngx_http_shop_call(
        ctx, SHOP_PG_PAGES, SHOP_SQL_CUSTOMER_FIND,
        json_pack("{s:o, s:I, s:o, s:b}", "email", shop_json_str(login->email), "account",
                  (json_int_t) known.user, "shop", shop_json_str(ctx->shop->alias), "vouched",
                  login->user > 0),
        on_customer);
}


/* What an address form can be filled in from, until the shop knows more. */
static json_t *profile_of(const ngx_http_shop_account_t *account)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "firstname", shop_json_str(account->firstname),
                     "lastname", shop_json_str(account->lastname), "city",
                     shop_json_str(account->city), "country", shop_json_str(account->country));
}


static ngx_int_t on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    json_t *customer = ngx_http_shop_answer(ctx, op);

    if (customer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    json_object_set_new(ctx->session.data, "customer", json_integer(shop_json_int(customer, "id")));
    json_object_set(ctx->session.data, "rights", json_object_get(customer, "rights"));
    json_object_set(ctx->session.data, "credits", json_object_get(customer, "credits"));
    shop_json_set_text(ctx->session.data, "auth",
                       login->user > 0 ? SHOP_STR("moodle") : SHOP_STR("mail"));
    shop_json_set_text(ctx->session.data, "email", login->email);
    json_object_del(ctx->session.data, "asked");
    ngx_http_shop_session_visitor(ctx);

    return shop_cart_empty(ctx->cart) ? ngx_http_shop_cart_restore(ctx, on_cart) : on_cart(ctx);
}


static ngx_int_t on_cart(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, "login.welcome"));

    if (ngx_http_shop_session_renew(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_session_save(ctx, on_saved);
}


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_login_t *login = ctx->state;

    return ngx_http_shop_redirect_to(ctx, login->next);
}


/* The cart stays with the account, not with the browser. */
ngx_int_t ngx_http_shop_logout(ngx_http_shop_ctx_t *ctx)
{
    json_object_clear(ctx->session.data);
    ngx_http_shop_session_visitor(ctx);
    shop_cart_clear(ctx->cart);

    if (ngx_http_shop_session_renew(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_save_and_go(ctx, SHOP_STR(""));
}
