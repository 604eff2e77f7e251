/*
 * Asking for a one-time link: whoever reads a mailbox is its owner.
 *
 * address -> code in Redis (15 minutes, only its hash) + mail in the outbox -> "look at your
 * mails", the same answer for every address. What the link does: login_complete.c.
 */

#include "web/front/login.h"
#include "web/session.h"

#include <openssl/rand.h>


#define SHOP_LOGIN_TTL "900"
#define SHOP_LOGIN_MINUTES 15
#define SHOP_LOGIN_CODE_BYTES 32
#define SHOP_LOGIN_PER_HOUR 10   /* of one session */
#define SHOP_LOGIN_PER_MAILBOX 5 /* an hour, whoever asks */


static ngx_int_t login_form(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t next,
                            const char *error);
static json_t *launch_addresses(ngx_http_shop_ctx_t *ctx);
static ngx_int_t count(ngx_http_shop_ctx_t *ctx, shop_str_t key, ngx_http_shop_next_pt next);
static ngx_int_t send_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static ngx_int_t send_on_mailbox(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static ngx_int_t send_on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op);  /* 3 */
static ngx_int_t send_on_queued(ngx_http_shop_ctx_t *ctx, shop_op_t *op);  /* 4 */
static ngx_int_t look_at_mails(ngx_http_shop_ctx_t *ctx);


/* Counts within an hour. */
static const char count_script[] = "local n = redis.call('INCR', KEYS[1]) "
                                   "if n == 1 then redis.call('EXPIRE', KEYS[1], 3600) end "
                                   "return n";


ngx_int_t ngx_http_shop_login_show(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_login_page(ctx, NULL);
}


ngx_int_t ngx_http_shop_login_page(ngx_http_shop_ctx_t *ctx, const char *error)
{
    const shop_form_t *from = ctx->r->method == NGX_HTTP_POST ? &ctx->form : &ctx->query;

    return login_form(ctx, shop_form_text(from, "email"),
                      ngx_http_shop_safe_next(ctx, shop_form_text(from, "next")), error);
}


ngx_int_t ngx_http_shop_login_confirm_email(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                                            shop_str_t next)
{
    return login_form(ctx, email, next, "lti.confirm_email");
}


static ngx_int_t login_form(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t next,
                            const char *error)
{
    json_t *data = ngx_http_shop_page(ctx, "login.title");
    json_t *field, *sites;

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    field = json_pack("{s:s, s:o}", "name", "email", "value", shop_json_str(email));

    if (error != NULL && ngx_strncmp(error, "password.", 9) == 0) {
        shop_json_set_text(data, "password_error", ngx_http_shop_text(ctx, error));

    } else if (error != NULL) {
        shop_json_set_text(field, "error", ngx_http_shop_text(ctx, error));
    }

    json_object_set_new(data, "email", field);
    shop_json_set_text(data, "next", next);
    json_object_set_new(data, "by_password",
                        json_boolean(ctx->main->moodle.password_service.len > 0));
    shop_json_set_text(data, "username", shop_form_text(&ctx->form, "username"));
    sites = launch_addresses(ctx);
    json_object_set_new(data, "has_sites", json_boolean(json_array_size(sites) > 0));
    json_object_set_new(data, "sites", sites);

    return ngx_http_shop_render(ctx, error != NULL ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "login",
                                data);
}


/* The Moodle sites that bring people here, by the address where they do. */
static json_t *launch_addresses(ngx_http_shop_ctx_t *ctx)
{
    const ngx_http_shop_lti_t *lti = ctx->main->lti.elts;
    const ngx_http_shop_platform_t *platform = ctx->main->platforms.elts;
    json_t *list = json_array();
    ngx_uint_t i;

    for (i = 0; i < ctx->main->lti.nelts; i++) {
        if (lti[i].login_url.len > 0) {
            json_array_append_new(list,
                                  json_pack("{s:o}", "url",
                                            shop_json_str((shop_str_t){lti[i].login_url.len,
                                                                       lti[i].login_url.data})));
        }
    }

    for (i = 0; i < ctx->main->platforms.nelts; i++) {
        if (platform[i].login_url.len > 0) {
            json_array_append_new(
                list, json_pack("{s:o}", "url",
                                shop_json_str((shop_str_t){platform[i].login_url.len,
                                                           platform[i].login_url.data})));
        }
    }

    return list;
}


ngx_int_t ngx_http_shop_login_send(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t email = shop_form_text(&ctx->form, "email");

    if (!shop_email_valid(email)) {
        return ngx_http_shop_login_page(ctx, "email_invalid");
    }

    return ngx_http_shop_login_mail(
        ctx, email, ngx_http_shop_safe_next(ctx, shop_form_text(&ctx->form, "next")));
}


ngx_int_t ngx_http_shop_login_mail(ngx_http_shop_ctx_t *ctx, shop_str_t email, shop_str_t next)
{
    ngx_http_shop_login_t *login = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_login_t));
    shop_str_t key;

    if (login == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = login;
    login->email = email;
    login->next = next;

    if (shop_arena_printf(&ctx->arena, &key, "tries:{%.*s}:login", (int) ctx->session.key.len,
                          ctx->session.key.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return count(ctx, key, send_on_counted);
}


static ngx_int_t count(ngx_http_shop_ctx_t *ctx, shop_str_t key, ngx_http_shop_next_pt next)
{
    shop_op_t *op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, next);

    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(count_script), 1, 1, &key);

    return NGX_DONE;
}


static ngx_int_t send_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    shop_str_t hash, key;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->integer > SHOP_LOGIN_PER_HOUR) {
        return ngx_http_shop_error(ctx, NGX_HTTP_TOO_MANY_REQUESTS);
    }

    if (ngx_http_shop_mailbox_hash(ctx, login->email, &hash) != NGX_OK ||
        shop_arena_printf(&ctx->arena, &key, "mails:{%.*s}", (int) hash.len, hash.data) !=
            SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return count(ctx, key, send_on_mailbox);
}


static ngx_int_t send_on_mailbox(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    u_char random[SHOP_LOGIN_CODE_BYTES];
    shop_str_t argv[5], text;
    json_t *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    /* Nobody is flooded with mails; who asks is told nothing of it. */
    if (op->reply.redis->integer > SHOP_LOGIN_PER_MAILBOX) {
        return look_at_mails(ctx);
    }

    stored = ngx_http_shop_own(
        ctx, json_pack("{s:o, s:o, s:o}", "email", shop_json_str(login->email), "next",
                       shop_json_str(login->next), "session", shop_json_str(ctx->session.key)));

    if (stored == NULL || RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &login->code) !=
            SHOP_OK ||
        ngx_http_shop_login_key(ctx, login) != NGX_OK ||
        shop_json_dump(&ctx->arena, stored, &text) != SHOP_OK) {
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
ngx_int_t ngx_http_shop_login_key(ngx_http_shop_ctx_t *ctx, ngx_http_shop_login_t *login)
{
    shop_str_t hash;

    if (shop_sha256_base64url(&ctx->arena, login->code, &hash) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &login->key, "login:{%.*s}", (int) hash.len, hash.data) !=
            SHOP_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t send_on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;
    shop_str_t url;
    json_t *mail;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_arena_printf(&ctx->arena, &url, "%.*s%.*slogin/complete?code=%.*s",
                          (int) ctx->main->base_url.len, ctx->main->base_url.data,
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data, (int) login->code.len,
                          login->code.data) != SHOP_OK) {
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
    if (ngx_http_shop_answer(ctx, op) == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    shop_work_wake(ngx_http_shop_worker->work);

    return look_at_mails(ctx);
}


static ngx_int_t look_at_mails(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_login_t *login = ctx->state;

    shop_json_set_text(ctx->session.data, "asked", login->email);
    ctx->session.changed = true;

    return ngx_http_shop_save_and_go(ctx, SHOP_STR("login/sent"));
}


ngx_int_t ngx_http_shop_login_sent(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t email = shop_json_text(ctx->session.data, "asked");
    json_t *data;

    if (email.len == 0) {
        return ngx_http_shop_redirect(ctx, SHOP_STR("login"));
    }

    data = ngx_http_shop_page(ctx, "login_sent.title");
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "email", email);
    json_object_set_new(data, "minutes", json_integer(SHOP_LOGIN_MINUTES));

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "login_sent", data);
}
