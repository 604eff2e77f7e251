/*
 * lti/access: learners come from a platform whose owner bought access to a course by LTI
 * (handlers.md 9.8).
 *
 * POST, a launch: secret of its key -> checked -> its nonce seen for the first time -> who comes is
 * written down, and a job lets him in -> a code in a cookie, of which Redis knows the learner.
 * GET, with the cookie: is he in the course? Not yet: a page that asks again. Yes: into Moodle.
 */

#include "web/front/login.h"
#include "web/session.h"

#include <openssl/rand.h>


#define SHOP_ACCESS_COOKIE "shopaccess"
#define SHOP_ACCESS_CODE_BYTES 32
#define SHOP_ACCESS_CODE_MAX 64
#define SHOP_ACCESS_TTL "600"
#define SHOP_ACCESS_SECONDS 600
#define SHOP_ACCESS_REFRESH "2"


typedef struct {
    shop_lti_consumer_t consumer;
    shop_lti_launch_t launch;
} visit_t;


static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *reason);
static ngx_int_t on_secret(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static shop_lti_verdict_t check(ngx_http_shop_ctx_t *ctx, visit_t *visit);
static ngx_int_t on_once(ngx_http_shop_ctx_t *ctx, shop_op_t *op);     /* 2 */
static ngx_int_t on_launched(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 3 */
static ngx_int_t remember(ngx_http_shop_ctx_t *ctx, int64_t learner);
static ngx_int_t on_remembered(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 4 */
static ngx_int_t access_key(ngx_http_shop_ctx_t *ctx, shop_str_t code, shop_str_t *key);
static ngx_int_t on_learner(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 5 */
static ngx_int_t on_state(ngx_http_shop_ctx_t *ctx, shop_op_t *op);   /* 6 */
static ngx_int_t wait_page(ngx_http_shop_ctx_t *ctx, const json_t *state);


ngx_int_t ngx_http_shop_lti_access(ngx_http_shop_ctx_t *ctx)
{
    visit_t *visit = ngx_pcalloc(ctx->r->pool, sizeof(visit_t));

    if (visit == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = visit;
    visit->consumer.key = shop_form_text(&ctx->form, "oauth_consumer_key");

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_LTI_SECRET,
                              json_pack("{s:o}", "key", shop_json_str(visit->consumer.key)),
                              on_secret);
}


/* Whoever was sent here by a platform reads the reason, in his language. */
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *reason)
{
    json_t *data = ngx_http_shop_page(ctx, "access.title");

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "reason", ngx_http_shop_text(ctx, reason));

    return ngx_http_shop_render(ctx, status, "access", data);
}


static ngx_int_t on_secret(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    visit_t *visit = ctx->state;
    json_t *known = ngx_http_shop_answer(ctx, op);

    if (known == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    visit->consumer.secret = shop_json_text(known, "secret");

    switch (check(ctx, visit)) {
    case SHOP_LTI_OK:
        return ngx_http_shop_launch_once(ctx, &visit->launch, on_once);

    case SHOP_LTI_MALFORMED:
        return refuse(ctx, NGX_HTTP_BAD_REQUEST, "lti.malformed");

    case SHOP_LTI_STALE:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.stale");

    case SHOP_LTI_NOBODY:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.nobody");

    case SHOP_LTI_FORGED:
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.forged");

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* An unknown key has an empty secret: it opens nothing. */
static shop_lti_verdict_t check(ngx_http_shop_ctx_t *ctx, visit_t *visit)
{
    ngx_str_t *base = &ctx->main->base_url;
    shop_str_t address;

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%.*slti/access", (int) base->len, base->data,
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data) != SHOP_OK) {
        return SHOP_LTI_NO_MEMORY;
    }

    return shop_lti_check(&ctx->arena, &ctx->form, &ctx->query, address, &visit->consumer,
                          visit->consumer.secret.len > 0 ? 1 : 0, ngx_time(), &visit->launch);
}


static ngx_int_t on_once(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    visit_t *visit = ctx->state;
    const shop_lti_launch_t *launch = &visit->launch;
    shop_str_t subject;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->type == SHOP_REDIS_NIL) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "lti.stale");
    }

    if (shop_sha256_hex(&ctx->arena, launch->subject, &subject) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_call(
        ctx, SHOP_PG_CHANGES, SHOP_SQL_LTI_LAUNCH,
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "key",
                  shop_json_str(visit->consumer.key), "subject", shop_json_str(subject),
                  "firstname", shop_json_str(launch->firstname), "lastname",
                  shop_json_str(launch->lastname), "email", shop_json_str(launch->email),
                  "instructor", (int) launch->instructor, "outcome_url",
                  shop_json_str(shop_form_text(&ctx->form, "lis_outcome_service_url")), "sourcedid",
                  shop_json_str(shop_form_text(&ctx->form, "lis_result_sourcedid"))),
        on_launched);
}


static ngx_int_t on_launched(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);
    shop_str_t verdict = shop_json_text(answer, "verdict");

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_str_eq(verdict, SHOP_STR("ok"))) {
        shop_work_wake(ngx_http_shop_worker->work);
        return remember(ctx, shop_json_int(answer, "learner"));
    }

    return refuse(ctx, NGX_HTTP_FORBIDDEN,
                  shop_str_eq(verdict, SHOP_STR("full")) ? "access.full" : "access.closed");
}


static ngx_int_t remember(ngx_http_shop_ctx_t *ctx, int64_t learner)
{
    u_char random[SHOP_ACCESS_CODE_BYTES];
    shop_str_t argv[5], code;
    shop_op_t *op;

    if (RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &code) !=
            SHOP_OK ||
        access_key(ctx, code, &argv[1]) != NGX_OK ||
        shop_arena_printf(&ctx->arena, &argv[2], "%lld", (long long) learner) != SHOP_OK ||
        ngx_http_shop_cookie(ctx, SHOP_STR(SHOP_ACCESS_COOKIE), code, SHOP_ACCESS_SECONDS) !=
            NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_remembered);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("SET");
    argv[3] = SHOP_STR("EX");
    argv[4] = SHOP_STR(SHOP_ACCESS_TTL);
    shop_redis_command(ngx_http_shop_worker->redis, op, 5, argv);

    return NGX_DONE;
}


/* Redis never sees the code itself. */
static ngx_int_t access_key(ngx_http_shop_ctx_t *ctx, shop_str_t code, shop_str_t *key)
{
    shop_str_t hash;

    return shop_sha256_base64url(&ctx->arena, code, &hash) == SHOP_OK &&
                   shop_arena_printf(&ctx->arena, key, "access:{%.*s}", (int) hash.len,
                                     hash.data) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


static ngx_int_t on_remembered(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    return op->status == SHOP_LINK_OK ? ngx_http_shop_redirect(ctx, SHOP_STR("lti/access"))
                                      : ngx_http_shop_trouble(ctx, op);
}


ngx_int_t ngx_http_shop_lti_access_go(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t code = ngx_http_shop_request_cookie(ctx, SHOP_STR(SHOP_ACCESS_COOKIE));
    shop_str_t argv[2] = {SHOP_STR("GET")};
    shop_op_t *op;

    if (code.len == 0 || code.len > SHOP_ACCESS_CODE_MAX) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "access.stale");
    }

    op = access_key(ctx, code, &argv[1]) == NGX_OK
             ? ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_learner)
             : NULL;
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, 2, argv);

    return NGX_DONE;
}


static ngx_int_t on_learner(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    int64_t learner;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->type != SHOP_REDIS_STRING ||
        shop_str_to_int(op->reply.redis->str, &learner) != SHOP_OK) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN, "access.stale");
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_LTI_STATE,
                              json_pack("{s:I}", "learner", (json_int_t) learner), on_state);
}


static ngx_int_t on_state(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *learner = ngx_http_shop_answer(ctx, op);
    shop_str_t state = shop_json_text(learner, "state");
    ngx_http_shop_entry_t entry;

    if (learner == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_str_eq(state, SHOP_STR("preparing"))) {
        return wait_page(ctx, learner);
    }

    if (!shop_str_eq(state, SHOP_STR("ready"))) {
        return refuse(ctx, NGX_HTTP_FORBIDDEN,
                      shop_str_eq(state, SHOP_STR("trouble")) ? "access.trouble" : "access.closed");
    }

    entry = (ngx_http_shop_entry_t){.username = shop_json_text(learner, "username"),
                                    .user = shop_json_int(learner, "userid"),
                                    .course = shop_json_int(learner, "course")};

    return ngx_http_shop_enter(ctx, &entry);
}


static ngx_int_t wait_page(ngx_http_shop_ctx_t *ctx, const json_t *state)
{
    json_t *data = ngx_http_shop_page(ctx, "access.title");

    if (data == NULL || ngx_http_shop_header(ctx->r, SHOP_STR("Refresh"),
                                             SHOP_STR(SHOP_ACCESS_REFRESH)) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "course", shop_json_text(state, "name"));
    json_object_set_new(data, "waiting", json_true());

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "access", data);
}
