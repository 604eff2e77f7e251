/*
 * POST lti: somebody comes from a Moodle that vouches for him (handlers.md 8.3, 8.4).
 *
 * launch checked -> its nonce seen for the first time -> what it says under a code in Redis, for a
 * minute -> the code in a cookie, and on to login/launched, where the browser shows its session
 * again (a cookie of ours does not come with a form of another site).
 *
 * The code travels in a cookie, not in an address: nobody can be made to follow the launch of
 * somebody else.
 */

#include "web/front/login.h"
#include "web/session.h"

#include <openssl/rand.h>


#define SHOP_LTI_CODE_BYTES 32
#define SHOP_LTI_NONCE_TTL "600"
#define SHOP_LTI_CODE_TTL "60"


static shop_lti_verdict_t check(ngx_http_shop_ctx_t *ctx, shop_lti_launch_t *launch);
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key);
static ngx_int_t on_nonce(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch);
static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static bool trusted(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch);


ngx_int_t ngx_http_shop_lti(ngx_http_shop_ctx_t *ctx)
{
    shop_lti_launch_t *launch = ngx_palloc(ctx->r->pool, sizeof(shop_lti_launch_t));

    if (launch == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->main->lti.nelts == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    ctx->state = launch;

    switch (check(ctx, launch)) {
    case SHOP_LTI_OK:
        break;

    case SHOP_LTI_MALFORMED:
        return refuse(ctx, NGX_HTTP_BAD_REQUEST, "lti.malformed");

    case SHOP_LTI_STALE:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.stale");

    case SHOP_LTI_FORGED:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.forged");

    case SHOP_LTI_NOBODY:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.nobody");

    case SHOP_LTI_NO_MEMORY:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (launch->user <= 0) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.nobody");
    }

    if (launch->email.len == 0) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.no_email");
    }

    return ngx_http_shop_launch_once(ctx, launch, on_nonce);
}


static shop_lti_verdict_t check(ngx_http_shop_ctx_t *ctx, shop_lti_launch_t *launch)
{
    const ngx_http_shop_lti_t *lti = ctx->main->lti.elts;
    shop_lti_consumer_t *consumers;
    ngx_uint_t i;
    ngx_str_t *base = &ctx->main->base_url;
    shop_str_t address;

    /* The launch points to one of them for as long as the request waits. */
    consumers = ngx_palloc(ctx->r->pool, ctx->main->lti.nelts * sizeof(shop_lti_consumer_t));
    if (consumers == NULL) {
        return SHOP_LTI_NO_MEMORY;
    }

    for (i = 0; i < ctx->main->lti.nelts; i++) {
        consumers[i] = lti[i].consumer;
    }

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%.*slti", (int) base->len, base->data,
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data) != SHOP_OK) {
        return SHOP_LTI_NO_MEMORY;
    }

    return shop_lti_check(&ctx->arena, &ctx->form, &ctx->query, address, consumers,
                          ctx->main->lti.nelts, ngx_time(), launch);
}


static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key)
{
    return ngx_http_shop_launch_refused(ctx, status, key,
                                        shop_form_text(&ctx->form, "oauth_consumer_key"));
}


/* The way by mail is open to everybody: the page that says no leads there. */
ngx_int_t ngx_http_shop_launch_refused(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *key,
                                       shop_str_t who)
{
    json_t *data = ngx_http_shop_page(ctx, "login.title");

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_log_error(NGX_LOG_WARN, ctx->r->connection->log, 0, "shop: launch refused: %s, \"%*s\"",
                  key, ngx_min(who.len, 64), who.data);

    shop_json_set_text(data, "reason", ngx_http_shop_text(ctx, key));

    return ngx_http_shop_render(ctx, status, "lti_refused", data);
}


ngx_int_t ngx_http_shop_launch_once(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch,
                                    ngx_http_shop_next_pt next)
{
    shop_str_t argv[6], text, hash;
    shop_op_t *op;

    if (shop_arena_printf(&ctx->arena, &text, "%.*s:%.*s", (int) launch->consumer->key.len,
                          launch->consumer->key.data, (int) launch->nonce.len,
                          launch->nonce.data) != SHOP_OK ||
        shop_sha256_base64url(&ctx->arena, text, &hash) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &argv[1], "lti:{%.*s}", (int) hash.len, hash.data) !=
            SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, next);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("SET");
    argv[2] = SHOP_STR("1");
    argv[3] = SHOP_STR("NX");
    argv[4] = SHOP_STR("EX");
    argv[5] = SHOP_STR(SHOP_LTI_NONCE_TTL);
    shop_redis_command(ngx_http_shop_worker->redis, op, 6, argv);

    return NGX_DONE;
}


static ngx_int_t on_nonce(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    /* SET NX answers nothing when the key was there. */
    if (op->reply.redis->type == SHOP_REDIS_NIL) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.stale");
    }

    return keep(ctx, ctx->state);
}


static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch)
{
    ngx_http_shop_arrival_t arrival = {.email = launch->email,
                                       .target = launch->target,
                                       .fullname = launch->fullname,
                                       .firstname = launch->firstname,
                                       .lastname = launch->lastname,
                                       .user = launch->user,
                                       .trusted = trusted(ctx, launch)};

    return ngx_http_shop_arrival_keep(ctx, &arrival);
}


ngx_int_t ngx_http_shop_arrival_keep(ngx_http_shop_ctx_t *ctx,
                                     const ngx_http_shop_arrival_t *arrival)
{
    ngx_http_shop_login_t *login = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_login_t));
    u_char random[SHOP_LTI_CODE_BYTES];
    shop_str_t argv[5];
    json_t *stored;
    shop_op_t *op;

    stored = ngx_http_shop_own(
        ctx, json_pack(
                 "{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:b}", "email", shop_json_str(arrival->email),
                 "next", shop_json_str(ngx_http_shop_safe_next(ctx, arrival->target)), "user",
                 (json_int_t) arrival->user, "name", shop_json_str(arrival->fullname), "firstname",
                 shop_json_str(arrival->firstname), "lastname", shop_json_str(arrival->lastname),
                 "visit", shop_json_str(arrival->visit), "trusted", arrival->trusted));

    if (login == NULL || stored == NULL || RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &login->code) !=
            SHOP_OK ||
        ngx_http_shop_login_key(ctx, login) != NGX_OK ||
        shop_json_dump(&ctx->arena, stored, &argv[2]) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = login;

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_kept);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("SET");
    argv[1] = login->key;
    argv[3] = SHOP_STR("EX");
    argv[4] = SHOP_STR(SHOP_LTI_CODE_TTL);
    shop_redis_command(ngx_http_shop_worker->redis, op, 5, argv);

    return NGX_DONE;
}


static bool trusted(ngx_http_shop_ctx_t *ctx, const shop_lti_launch_t *launch)
{
    const ngx_http_shop_lti_t *lti = ctx->main->lti.elts;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->lti.nelts; i++) {
        if (shop_str_eq(lti[i].consumer.key, launch->consumer->key)) {
            return lti[i].trust_email;
        }
    }

    return false;
}


static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_login_t *login = ctx->state;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (ngx_http_shop_cookie(ctx, SHOP_STR(SHOP_LAUNCH_COOKIE), login->code, 60) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect(ctx, SHOP_STR("login/launched"));
}
