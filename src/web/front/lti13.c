/*
 * lti/login and lti/launch: somebody comes from a platform that speaks LTI 1.3.
 *
 * lti/login: the platform says who is coming -> state and nonce in Redis, the state in a cookie as
 * well -> the platform's page, which asks nobody and posts a token to
 * lti/launch: state taken, once -> token checked with the platform's keys -> as after any launch
 * (arrival.c). login/launched, which sees cookies of ours again, asks for the state's.
 */

#include "web/front/login.h"

#include "shop/lti13.h"

#include <openssl/rand.h>


#define SHOP_OIDC_BYTES 32
#define SHOP_OIDC_TTL "600"
#define SHOP_OIDC_SECONDS 600
#define SHOP_OIDC_STORED_MAX 2048
#define SHOP_OIDC_HINT_MAX 4096


typedef struct {
    const ngx_http_shop_platform_t *platform;
    shop_str_t state, hash, nonce;
    shop_jwt_t jwt;
    bool fetched;
} visit_t;


static const ngx_http_shop_platform_t *find_platform(ngx_http_shop_ctx_t *ctx, shop_str_t issuer,
                                                     shop_str_t client);
static ngx_int_t draw(ngx_http_shop_ctx_t *ctx, shop_str_t *text);
static ngx_int_t state_key(ngx_http_shop_ctx_t *ctx, visit_t *visit, shop_str_t *key);
static ngx_int_t on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static shop_status_t login_query(ngx_http_shop_ctx_t *ctx, shop_str_t *query);
static void add_pair(shop_buf_t *buf, const char *name, shop_str_t value);
static ngx_int_t on_state(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static ngx_int_t verify(ngx_http_shop_ctx_t *ctx);                  /* 3 */
static ngx_int_t arrive(ngx_http_shop_ctx_t *ctx, const shop_lti13_person_t *person);
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_lti13_verdict_t verdict);


static const shop_form_t *given(ngx_http_shop_ctx_t *ctx)
{
    return ctx->r->method == NGX_HTTP_POST ? &ctx->form : &ctx->query;
}


ngx_int_t ngx_http_shop_lti13_login(ngx_http_shop_ctx_t *ctx)
{
    visit_t *visit = ngx_pcalloc(ctx->r->pool, sizeof(visit_t));
    shop_str_t hint = shop_form_text(given(ctx), "login_hint"), argv[5];
    json_t *stored;
    shop_op_t *op;

    if (visit == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = visit;
    visit->platform = find_platform(ctx, shop_form_text(given(ctx), "iss"),
                                    shop_form_text(given(ctx), "client_id"));

    if (visit->platform == NULL || hint.len == 0 || hint.len > SHOP_OIDC_HINT_MAX) {
        return refuse(ctx, visit->platform == NULL ? SHOP_LTI13_FORGED : SHOP_LTI13_MALFORMED);
    }

    if (draw(ctx, &visit->state) != NGX_OK || draw(ctx, &visit->nonce) != NGX_OK ||
        state_key(ctx, visit, &argv[1]) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    stored =
        ngx_http_shop_own(ctx, json_pack("{s:o, s:o, s:o}", "nonce", shop_json_str(visit->nonce),
                                         "iss", shop_json_str(visit->platform->lti.issuer),
                                         "client", shop_json_str(visit->platform->lti.client_id)));

    op = stored != NULL && shop_json_dump(&ctx->arena, stored, &argv[2]) == SHOP_OK
             ? ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_stored)
             : NULL;
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("SET");
    argv[3] = SHOP_STR("EX");
    argv[4] = SHOP_STR(SHOP_OIDC_TTL);
    shop_redis_command(ngx_http_shop_worker->redis, op, 5, argv);

    return NGX_DONE;
}


/* A platform may leave its client id out when it begins. */
static const ngx_http_shop_platform_t *find_platform(ngx_http_shop_ctx_t *ctx, shop_str_t issuer,
                                                     shop_str_t client)
{
    const ngx_http_shop_platform_t *platform = ctx->main->platforms.elts;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->platforms.nelts; i++) {
        if (shop_str_eq(platform[i].lti.issuer, issuer) &&
            (client.len == 0 || shop_str_eq(platform[i].lti.client_id, client))) {
            return &platform[i];
        }
    }

    return NULL;
}


static ngx_int_t draw(ngx_http_shop_ctx_t *ctx, shop_str_t *text)
{
    u_char random[SHOP_OIDC_BYTES];

    return RAND_bytes(random, sizeof(random)) == 1 &&
                   shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, text) ==
                       SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


/* Redis never sees the state itself. */
static ngx_int_t state_key(ngx_http_shop_ctx_t *ctx, visit_t *visit, shop_str_t *key)
{
    return shop_sha256_base64url(&ctx->arena, visit->state, &visit->hash) == SHOP_OK &&
                   shop_arena_printf(&ctx->arena, key, "oidc:{%.*s}", (int) visit->hash.len,
                                     visit->hash.data) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


static ngx_int_t on_stored(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    visit_t *visit = ctx->state;
    shop_str_t query;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (login_query(ctx, &query) != SHOP_OK ||
        ngx_http_shop_cookie(ctx, SHOP_STR(SHOP_OIDC_COOKIE), visit->state, SHOP_OIDC_SECONDS) !=
            NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect_out(ctx, &visit->platform->auth_url, query);
}


static shop_status_t login_query(ngx_http_shop_ctx_t *ctx, shop_str_t *query)
{
    visit_t *visit = ctx->state;
    shop_str_t hint = shop_form_text(given(ctx), "lti_message_hint"), address;
    shop_buf_t buf;

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%.*slti/launch",
                          (int) ctx->main->base_url.len, ctx->main->base_url.data,
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    shop_buf_init(&buf, &ctx->arena, 0);
    shop_buf_add(&buf, SHOP_STR("scope=openid&response_type=id_token&response_mode=form_post"
                                "&prompt=none"));
    add_pair(&buf, "client_id", visit->platform->lti.client_id);
    add_pair(&buf, "redirect_uri", address);
    add_pair(&buf, "login_hint", shop_form_text(given(ctx), "login_hint"));
    add_pair(&buf, "state", visit->state);
    add_pair(&buf, "nonce", visit->nonce);

    if (hint.len > 0 && hint.len <= SHOP_OIDC_HINT_MAX) {
        add_pair(&buf, "lti_message_hint", hint);
    }

    *query = shop_buf_str(&buf);

    return buf.status;
}


static void add_pair(shop_buf_t *buf, const char *name, shop_str_t value)
{
    shop_buf_add_char(buf, '&');
    shop_buf_add(buf, shop_str(name));
    shop_buf_add_char(buf, '=');
    shop_buf_add_percent(buf, value);
}


ngx_int_t ngx_http_shop_lti13_launch(ngx_http_shop_ctx_t *ctx)
{
    visit_t *visit = ngx_pcalloc(ctx->r->pool, sizeof(visit_t));
    shop_str_t argv[2] = {SHOP_STR("GETDEL")};
    shop_op_t *op;

    if (visit == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = visit;
    visit->state = shop_form_text(&ctx->form, "state");

    if (ctx->form.duplicate || visit->state.len == 0 ||
        shop_jwt_read(&ctx->arena, shop_form_text(&ctx->form, "id_token"), &visit->jwt) !=
            SHOP_OK) {
        return refuse(ctx, SHOP_LTI13_MALFORMED);
    }

    (void) ngx_http_shop_own(ctx, visit->jwt.header);
    (void) ngx_http_shop_own(ctx, visit->jwt.claims);

    op = state_key(ctx, visit, &argv[1]) == NGX_OK
             ? ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_state)
             : NULL;
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, 2, argv);

    return NGX_DONE;
}


static ngx_int_t on_state(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    visit_t *visit = ctx->state;
    json_t *stored;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->type != SHOP_REDIS_STRING ||
        shop_json_parse(op->reply.redis->str, SHOP_OIDC_STORED_MAX, &stored) != SHOP_OK ||
        ngx_http_shop_own(ctx, stored) == NULL) {
        return refuse(ctx, SHOP_LTI13_STALE);
    }

    visit->nonce = shop_json_text(stored, "nonce");
    visit->platform =
        find_platform(ctx, shop_json_text(stored, "iss"), shop_json_text(stored, "client"));

    if (visit->platform == NULL) {
        return refuse(ctx, SHOP_LTI13_STALE);
    }

    if (ngx_http_shop_platform_keys_old(visit->platform)) {
        visit->fetched = true;
        return ngx_http_shop_platform_keys_fetch(ctx, visit->platform, verify);
    }

    return verify(ctx);
}


static ngx_int_t verify(ngx_http_shop_ctx_t *ctx)
{
    visit_t *visit = ctx->state;
    shop_lti13_person_t person;
    shop_lti13_verdict_t verdict;

    verdict = shop_lti13_check(&ctx->arena, &visit->jwt, &visit->platform->lti,
                               ngx_http_shop_platform_keys(visit->platform), visit->nonce,
                               ngx_time(), &person);

    if (verdict == SHOP_LTI13_NO_KEY && !visit->fetched &&
        ngx_http_shop_platform_keys_missed(visit->platform)) {
        visit->fetched = true;
        return ngx_http_shop_platform_keys_fetch(ctx, visit->platform, verify);
    }

    return verdict == SHOP_LTI13_OK ? arrive(ctx, &person) : refuse(ctx, verdict);
}


static ngx_int_t arrive(ngx_http_shop_ctx_t *ctx, const shop_lti13_person_t *person)
{
    visit_t *visit = ctx->state;
    ngx_http_shop_arrival_t arrival = {.email = person->email,
                                       .target = person->target,
                                       .fullname = person->fullname,
                                       .firstname = person->firstname,
                                       .lastname = person->lastname,
                                       .visit = visit->hash,
                                       .trusted = visit->platform->trust_email};

    if (shop_str_to_int(person->subject, &arrival.user) != SHOP_OK || arrival.user <= 0) {
        return refuse(ctx, SHOP_LTI13_NOBODY);
    }

    if (arrival.email.len == 0) {
        return ngx_http_shop_launch_refused(ctx, NGX_HTTP_FORBIDDEN, "lti.no_email",
                                            visit->platform->lti.issuer);
    }

    return ngx_http_shop_arrival_keep(ctx, &arrival);
}


static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_lti13_verdict_t verdict)
{
    static const struct {
        ngx_uint_t status;
        const char *key;
    } answers[] = {
        [SHOP_LTI13_MALFORMED] = {NGX_HTTP_BAD_REQUEST, "lti.malformed"},
        [SHOP_LTI13_NO_KEY] = {NGX_HTTP_FORBIDDEN, "lti.forged"},
        [SHOP_LTI13_FORGED] = {NGX_HTTP_FORBIDDEN, "lti.forged"},
        [SHOP_LTI13_STALE] = {NGX_HTTP_FORBIDDEN, "lti.stale"},
        [SHOP_LTI13_NOBODY] = {NGX_HTTP_FORBIDDEN, "lti.nobody"},
    };
    visit_t *visit = ctx->state;

    return ngx_http_shop_launch_refused(ctx, answers[verdict].status, answers[verdict].key,
                                        visit->platform != NULL ? visit->platform->lti.issuer
                                                                : SHOP_STR(""));
}
