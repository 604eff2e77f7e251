/*
 * Identity by a one-time link sent by mail: whoever reads that mailbox is its owner.
 *
 * POST login: address -> code in Redis (15 minutes, only its hash) + mail in the outbox -> "look at your
 * mails", the same answer for every address. GET login/complete: code taken once -> customer and Moodle
 * account of that address -> new session identifier for the same cart.
 */

#include "web/front.h"
#include "web/session.h"

#include <openssl/rand.h>


#define SHOP_LOGIN_TTL "900"
#define SHOP_LOGIN_MINUTES 15
#define SHOP_LOGIN_CODE_BYTES 32
#define SHOP_LOGIN_PER_HOUR 10


typedef struct {
    shop_str_t email;
    shop_str_t next;
    shop_str_t code;
    shop_str_t key;
} login_t;


static ngx_int_t login_page(ngx_http_shop_ctx_t *ctx, const char *error);
static ngx_int_t send_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op);   /* 1 */
static ngx_int_t send_on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op);    /* 2 */
static ngx_int_t send_on_queued(ngx_http_shop_ctx_t *ctx, shop_op_t *op);    /* 3 */
static ngx_int_t login_key(ngx_http_shop_ctx_t *ctx, shop_str_t code, shop_str_t *key);
static ngx_int_t complete_on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static ngx_int_t complete_on_account(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_account_t *a);
static ngx_int_t complete_on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 3 */
static ngx_int_t complete_on_saved(ngx_http_shop_ctx_t *ctx);                /* 4 */


/* Counts tries of this session: ten an hour. */
static const char count_script[] = "local n = redis.call('INCR', KEYS[1]) "
                                   "if n == 1 then redis.call('EXPIRE', KEYS[1], 3600) end "
                                   "return n";


ngx_int_t ngx_http_shop_login_show(ngx_http_shop_ctx_t *ctx)
{
    return login_page(ctx, NULL);
}


static ngx_int_t login_page(ngx_http_shop_ctx_t *ctx, const char *error)
{
    const shop_form_t *from = ctx->r->method == NGX_HTTP_POST ? &ctx->form : &ctx->query;
    json_t            *data = ngx_http_shop_page(ctx, "login.title");
    json_t            *field;

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    field = json_pack("{s:s, s:o}", "name", "email", "value",
                      shop_json_str(shop_form_text(from, "email")));

    if (error != NULL) {
        shop_json_set_text(field, "error", ngx_http_shop_text(ctx, error));
    }

    json_object_set_new(data, "email", field);
    shop_json_set_text(data, "next", ngx_http_shop_safe_next(ctx, shop_form_text(from, "next")));

    return ngx_http_shop_render(ctx, error != NULL ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "login",
                                data);
}


ngx_int_t ngx_http_shop_login_send(ngx_http_shop_ctx_t *ctx)
{
    login_t   *login = ngx_pcalloc(ctx->r->pool, sizeof(login_t));
    shop_op_t *op;
    shop_str_t key;

    if (login == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = login;
    login->email = shop_form_text(&ctx->form, "email");
    login->next = ngx_http_shop_safe_next(ctx, shop_form_text(&ctx->form, "next"));

    if (!shop_email_valid(login->email)) {
        return login_page(ctx, "email_invalid");
    }

    if (shop_arena_printf(&ctx->arena, &key, "tries:{%.*s}:login", (int) ctx->session.key.len,
                          ctx->session.key.data)
        != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, send_on_counted);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(count_script), 1, 1, &key);

    return NGX_DONE;
}


static ngx_int_t send_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    login_t   *login = ctx->state;
    u_char     random[SHOP_LOGIN_CODE_BYTES];
    shop_str_t argv[5], text;
    json_t    *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->integer > SHOP_LOGIN_PER_HOUR) {
        return ngx_http_shop_error(ctx, NGX_HTTP_TOO_MANY_REQUESTS);
    }

    stored = ngx_http_shop_own(ctx, json_pack("{s:o, s:o}", "email", shop_json_str(login->email),
                                              "next", shop_json_str(login->next)));

    if (stored == NULL || RAND_bytes(random, sizeof(random)) != 1
        || shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &login->code)
               != SHOP_OK
        || login_key(ctx, login->code, &login->key) != NGX_OK
        || shop_json_dump(&ctx->arena, stored, &text) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, send_on_stored);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("SET");
    argv[1] = login->key;
    argv[2] = text;
    argv[3] = SHOP_STR("EX");
    argv[4] = SHOP_STR(SHOP_LOGIN_TTL);
    shop_redis_command(ngx_http_shop_worker->redis, op, 5, argv);

    return NGX_DONE;
}


/* Redis never sees the code itself: a dump of it opens nothing. */
static ngx_int_t login_key(ngx_http_shop_ctx_t *ctx, shop_str_t code, shop_str_t *key)
{
    u_char     digest[SHOP_SHA256_SIZE];
    shop_str_t hash;

    if (shop_sha256(code, digest) != SHOP_OK
        || shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(digest), digest}, &hash)
               != SHOP_OK
        || shop_arena_printf(&ctx->arena, key, "login:{%.*s}", (int) hash.len, hash.data)
               != SHOP_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t send_on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    login_t   *login = ctx->state;
    shop_str_t url;
    json_t    *mail;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_arena_printf(&ctx->arena, &url, "%.*s%.*slogin/complete?code=%.*s",
                          (int) ctx->main->base_url.len, ctx->main->base_url.data,
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data, (int) login->code.len,
                          login->code.data)
        != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    mail = json_pack("{s:o, s:o, s:s, s:o, s:o, s:i}", "shop", shop_json_str(ctx->shop->alias),
                     "email", shop_json_str(login->email), "lang", ctx->lang->code, "key",
                     shop_json_str(login->key), "url", shop_json_str(url), "minutes",
                     SHOP_LOGIN_MINUTES);

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_LOGIN_REQUEST, mail, send_on_queued);
}


static ngx_int_t send_on_queued(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    login_t *login = ctx->state;
    json_t  *data;

    if (ngx_http_shop_answer(ctx, op) == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    shop_work_wake(ngx_http_shop_worker->work);

    data = ngx_http_shop_page(ctx, "login_sent.title");
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "email", login->email);
    json_object_set_new(data, "minutes", json_integer(SHOP_LOGIN_MINUTES));

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "login_sent", data);
}


ngx_int_t ngx_http_shop_login_complete(ngx_http_shop_ctx_t *ctx)
{
    login_t   *login = ngx_pcalloc(ctx->r->pool, sizeof(login_t));
    shop_op_t *op;
    shop_str_t argv[2];

    if (login == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = login;
    login->code = shop_form_text(&ctx->query, "code");

    if (login_key(ctx, login->code, &login->key) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, complete_on_taken);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("GETDEL");
    argv[1] = login->key;
    shop_redis_command(ngx_http_shop_worker->redis, op, 2, argv);

    return NGX_DONE;
}


static ngx_int_t complete_on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    login_t *login = ctx->state;
    json_t  *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->type != SHOP_REDIS_STRING
        || shop_json_parse(op->reply.redis->str, 4096, &stored) != SHOP_OK
        || ngx_http_shop_own(ctx, stored) == NULL) {
        return login_page(ctx, "login.link_expired");
    }

    login->email = shop_json_text(stored, "email");
    login->next = ngx_http_shop_safe_next(ctx, shop_json_text(stored, "next"));

    return ngx_http_shop_account_find(ctx, login->email, complete_on_account);
}


/* Moodle away: the mailbox is proven all the same; production will look for the account. */
static ngx_int_t complete_on_account(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_account_t *a)
{
    login_t *login = ctx->state;

    json_object_set_new(ctx->session.data, "user", json_integer(a->found ? a->user : 0));
    shop_json_set_text(ctx->session.data, "name", a->found ? a->fullname : SHOP_STR(""));

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_CUSTOMER_FIND,
                              json_pack("{s:o}", "email", shop_json_str(login->email)),
                              complete_on_customer);
}


static ngx_int_t complete_on_customer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    login_t *login = ctx->state;
    json_t  *customer = ngx_http_shop_answer(ctx, op);

    if (customer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    json_object_set_new(ctx->session.data, "customer",
                        json_integer(shop_json_int(customer, "id")));
    shop_json_set_text(ctx->session.data, "auth", SHOP_STR("mail"));
    shop_json_set_text(ctx->session.data, "email", login->email);
    ctx->visitor.logged_in = true;

    ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, "login.welcome"));

    if (ngx_http_shop_session_renew(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_session_save(ctx, complete_on_saved);
}


static ngx_int_t complete_on_saved(ngx_http_shop_ctx_t *ctx)
{
    login_t *login = ctx->state;

    return ngx_http_shop_redirect_to(ctx, login->next);
}


ngx_int_t ngx_http_shop_logout(ngx_http_shop_ctx_t *ctx)
{
    login_t *login = ngx_pcalloc(ctx->r->pool, sizeof(login_t));

    if (login == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    login->next = ngx_http_shop_safe_next(ctx, SHOP_STR(""));
    ctx->state = login;
    ctx->visitor.logged_in = false;

    json_object_clear(ctx->session.data);
    shop_cart_clear(ctx->cart);

    if (ngx_http_shop_session_renew(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_session_save(ctx, complete_on_saved);
}
