/*
 * POST /shop/pay/<config>/notify: a provider tells what became of a payment (payments.md 1.8).
 *
 * raw body -> pay room (size, syntax, signature, shape, merchant) -> shop.payments_apply (one
 * batched call: order, duplicate, amount, transition) -> the provider's answer. Answered only when
 * durable: in PostgreSQL, or in the spool when PostgreSQL is away.
 */

#include "web/front.h"
#include "web/notify.h"

#include <openssl/rand.h>


typedef struct {
    ngx_http_shop_payment_t *payment;
    shop_pay_request_t request;
    shop_pay_result_t result;
} notify_state_t;


static ngx_int_t notify_greet(ngx_http_shop_ctx_t *ctx);
static ngx_int_t notify_start(ngx_http_shop_ctx_t *ctx);                     /* 1 */
static ngx_int_t notify_on_applied(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static ngx_int_t notify_keep(ngx_http_shop_ctx_t *ctx);                      /* 1, to be proved */
static ngx_int_t notify_on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op);    /* 2 */
static ngx_int_t notify_spool(ngx_http_shop_ctx_t *ctx);                     /* 2, database away */
static ngx_int_t notify_on_spooled(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 3 */
static ngx_int_t answer(ngx_http_shop_ctx_t *ctx, shop_pay_verdict_t verdict);
static ngx_int_t take_request(ngx_http_shop_ctx_t *ctx, shop_pay_request_t *request);
static ngx_int_t take_headers(ngx_http_shop_ctx_t *ctx, shop_pay_request_t *request);


#define SHOP_NOTIFY_MAX (128 * 1024) /* of JSON; forms are held to 64 KiB by the pay room */
#define SHOP_NOTIFY_HEADERS 64


static const ngx_http_shop_route_t pay_routes[] = {
    {NGX_HTTP_GET, ":/notify", 0, 0, notify_greet},
    {NGX_HTTP_POST, ":/notify", NGX_HTTP_SHOP_NO_CSRF | NGX_HTTP_SHOP_RAW_BODY, SHOP_NOTIFY_MAX,
     notify_start},
    {NGX_HTTP_GET, ":/return", 0, 0, ngx_http_shop_pay_return},
    {NGX_HTTP_POST, ":/return", NGX_HTTP_SHOP_NO_CSRF | NGX_HTTP_SHOP_RAW_BODY, SHOP_NOTIFY_MAX,
     ngx_http_shop_pay_return},
    {NGX_HTTP_GET, ":/return/:", 0, 0, ngx_http_shop_pay_return},
    {NGX_HTTP_POST, ":/return/:", NGX_HTTP_SHOP_NO_CSRF | NGX_HTTP_SHOP_RAW_BODY, SHOP_NOTIFY_MAX,
     ngx_http_shop_pay_return},
    {NGX_HTTP_GET, ":/cancel", 0, 0, ngx_http_shop_pay_cancel},
    {NGX_HTTP_POST, ":/cancel", NGX_HTTP_SHOP_NO_CSRF | NGX_HTTP_SHOP_RAW_BODY, SHOP_NOTIFY_MAX,
     ngx_http_shop_pay_cancel},
    {NGX_HTTP_GET, ":/cancel/:", 0, 0, ngx_http_shop_pay_cancel},
    {NGX_HTTP_POST, ":/cancel/:", NGX_HTTP_SHOP_NO_CSRF | NGX_HTTP_SHOP_RAW_BODY, SHOP_NOTIFY_MAX,
     ngx_http_shop_pay_cancel},
};


ngx_int_t ngx_http_shop_pay_handler(ngx_http_request_t *r)
{
    ngx_http_shop_loc_conf_t *slcf = ngx_http_get_module_loc_conf(r, ngx_http_shop_module);

    return ngx_http_shop_begin(r, (shop_str_t){slcf->prefix.len, slcf->prefix.data}, pay_routes,
                               sizeof(pay_routes) / sizeof(pay_routes[0]));
}


ngx_http_shop_payment_t *ngx_http_shop_payment_find(ngx_http_shop_main_conf_t *conf,
                                                    shop_str_t name)
{
    ngx_http_shop_payment_t *payment = conf->payments.elts;
    ngx_uint_t i;

    for (i = 0; i < conf->payments.nelts; i++) {
        if (shop_str_eq(payment[i].pay->name, name)) {
            return &payment[i];
        }
    }

    return NULL;
}


/* A provider asks whether the address is ours. Of all others it takes POST alone. */
static ngx_int_t notify_greet(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_payment_t *payment = ngx_http_shop_payment_find(ctx->main, ctx->captures[0]);
    shop_pay_request_t request;
    shop_str_t text;

    ngx_memzero(&request, sizeof(request));

    if (payment == NULL || payment->pay->interface->parse == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (payment->pay->interface->greet != NULL && take_request(ctx, &request) == NGX_OK &&
        payment->pay->interface->greet(&request, &text)) {
        return ngx_http_shop_send(ctx, NGX_HTTP_OK, "text/plain", &text, 1, SHOP_CACHE_NO_STORE);
    }

    if (ngx_http_shop_header(ctx->r, SHOP_STR("Allow"), SHOP_STR("POST")) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_error(ctx, NGX_HTTP_NOT_ALLOWED);
}


static ngx_int_t notify_start(ngx_http_shop_ctx_t *ctx)
{
    notify_state_t *state;
    shop_op_t *op;

    state = ngx_pcalloc(ctx->r->pool, sizeof(notify_state_t));
    if (state == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = state;
    ngx_http_shop_count(SHOP_COUNT_NOTIFY);

    state->payment = ngx_http_shop_payment_find(ctx->main, ctx->captures[0]);

    if (state->payment == NULL || state->payment->pay->interface->parse == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (take_request(ctx, &state->request) != NGX_OK ||
        shop_pay_receive(&ctx->arena, state->payment->pay, &state->request, &state->result) !=
            SHOP_OK) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    if (state->result.verdict == SHOP_PAY_PROVE) {
        return notify_keep(ctx);
    }

    if (!state->result.store) {
        return answer(ctx, state->result.verdict);
    }

    ctx->transid = state->result.event.transid;

    op = ngx_http_shop_await(ctx, ctx->main->change_timeout, notify_on_applied);
    if (op == NULL) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    shop_pg_batch(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_PAYMENTS_APPLY, op,
                  state->result.json);

    return NGX_DONE;
}


static ngx_int_t notify_on_applied(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    notify_state_t *state = ctx->state;
    shop_pay_verdict_t verdict;
    json_t *json = ngx_http_shop_answer(ctx, op);

    if (json == NULL) {
        return notify_spool(ctx);
    }

    verdict = shop_pay_verdict_parse(shop_json_text(json, "verdict"));
    ngx_http_shop_notify_reason(&state->result, json);

    /* A verdict of ours that says more than the database's (quarantine, mismatch) stands. */
    if (state->result.verdict != SHOP_PAY_DECIDE && verdict == SHOP_PAY_APPLY) {
        verdict = state->result.verdict;
    }

    shop_work_wake(ngx_http_shop_worker->work);

    if (verdict == SHOP_PAY_QUARANTINE) {
        shop_work_wake_reconcile(ngx_http_shop_worker->work);
    }

    return answer(ctx, verdict);
}


/* Answered at once: what proves the message is fetched by the background work. */
static ngx_int_t notify_keep(ngx_http_shop_ctx_t *ctx)
{
    notify_state_t *state = ctx->state;
    shop_str_t argument;
    shop_op_t *op;

    if (shop_pay_keep(&ctx->arena, state->payment->pay->name, &state->request, state->result.key,
                      &argument) != SHOP_OK) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    op = ngx_http_shop_await(ctx, ctx->main->change_timeout, notify_on_kept);
    if (op == NULL) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    shop_pg_call(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_MESSAGE_KEEP, op, &argument);

    return NGX_DONE;
}


static ngx_int_t notify_on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    notify_state_t *state = ctx->state;
    json_t *json = ngx_http_shop_answer(ctx, op);

    if (json == NULL) {
        return notify_spool(ctx);
    }

    ngx_http_shop_notify_reason(&state->result, json);
    shop_work_wake_proofs(ngx_http_shop_worker->work);

    return answer(ctx, shop_pay_verdict_parse(shop_json_text(json, "verdict")));
}


static ngx_int_t notify_spool(ngx_http_shop_ctx_t *ctx)
{
    notify_state_t *state = ctx->state;
    shop_str_t message;
    shop_op_t *op;

    if (ngx_http_shop_worker->spool == NULL ||
        shop_pay_freeze(&ctx->arena, state->payment->pay->name, &state->request, &message) !=
            SHOP_OK) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    op = ngx_http_shop_await(ctx, ctx->main->change_timeout, notify_on_spooled);
    if (op == NULL) {
        return answer(ctx, SHOP_PAY_RETRY_LATER);
    }

    shop_spool_write(ngx_http_shop_worker->spool, op, message);

    return NGX_DONE;
}


/* Who repeats by himself is asked to; who does not is told "received": it is on the disk. */
static ngx_int_t notify_on_spooled(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    notify_state_t *state = ctx->state;

    if (op->status == SHOP_LINK_OK) {
        ngx_http_shop_count(SHOP_COUNT_NOTIFY_SPOOLED);

        if (!shop_pay_repeats(state->payment->pay)) {
            return answer(ctx, SHOP_PAY_DEFER);
        }
    }

    return answer(ctx, SHOP_PAY_RETRY_LATER);
}


static ngx_int_t answer(ngx_http_shop_ctx_t *ctx, shop_pay_verdict_t verdict)
{
    notify_state_t *state = ctx->state;
    shop_pay_answer_t told = shop_pay_answer(state->payment->pay, verdict);

    ctx->verdict = shop_str(shop_pay_verdict_name(verdict));
    ngx_http_shop_notify_record(ctx->r->connection->log, "notify", state->payment->pay->name,
                                verdict, &state->result);

    if (told.status == NGX_HTTP_SERVICE_UNAVAILABLE &&
        ngx_http_shop_header(ctx->r, SHOP_STR("Retry-After"), SHOP_STR("5")) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, told.status, "text/plain", &told.body, 1, SHOP_CACHE_NO_STORE);
}


static ngx_int_t take_request(ngx_http_shop_ctx_t *ctx, shop_pay_request_t *request)
{
    ngx_http_request_t *r = ctx->r;
    ngx_table_elt_t *type = r->headers_in.content_type;

    request->content_type =
        type != NULL ? (shop_str_t){type->value.len, type->value.data} : SHOP_STR("");
    request->body = ctx->body;
    request->query = (shop_str_t){r->args.len, r->args.data};
    request->peer = (shop_str_t){r->connection->addr_text.len, r->connection->addr_text.data};
    request->now = ngx_time();
    request->msec = (unsigned) ngx_cached_time->msec;

    return ngx_http_shop_notify_seal(r->pool, ctx->main, request) == NGX_OK
               ? take_headers(ctx, request)
               : NGX_ERROR;
}


ngx_int_t ngx_http_shop_notify_seal(ngx_pool_t *pool, ngx_http_shop_main_conf_t *conf,
                                    shop_pay_request_t *request)
{
    u_char *iv;

    request->seal_key = conf->message_key;
    if (request->seal_key.len == 0) {
        return NGX_OK;
    }

    iv = ngx_pnalloc(pool, SHOP_SEAL_IV);
    if (iv == NULL || RAND_bytes(iv, SHOP_SEAL_IV) != 1) {
        return NGX_ERROR;
    }
    request->seal_iv = (shop_str_t){SHOP_SEAL_IV, iv};

    return NGX_OK;
}


static ngx_int_t take_headers(ngx_http_shop_ctx_t *ctx, shop_pay_request_t *request)
{
    ngx_list_part_t *part;
    ngx_table_elt_t *h;
    shop_pair_t *headers;
    ngx_uint_t i;

    headers = ngx_palloc(ctx->r->pool, SHOP_NOTIFY_HEADERS * sizeof(shop_pair_t));
    if (headers == NULL) {
        return NGX_ERROR;
    }

    request->headers = headers;
    request->header_count = 0;

    for (part = &ctx->r->headers_in.headers.part; part != NULL; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts && request->header_count < SHOP_NOTIFY_HEADERS; i++) {
            headers[request->header_count].name = (shop_str_t){h[i].key.len, h[i].lowcase_key};
            headers[request->header_count].value = (shop_str_t){h[i].value.len, h[i].value.data};
            request->header_count++;
        }
    }

    return NGX_OK;
}


void ngx_http_shop_notify_reason(shop_pay_result_t *result, const json_t *answer)
{
    const char *reason = json_string_value(json_object_get(answer, "reason"));

    if (reason != NULL) {
        result->reason = reason;
    }
}


void ngx_http_shop_notify_record(ngx_log_t *log, const char *origin, shop_str_t config,
                                 shop_pay_verdict_t verdict, const shop_pay_result_t *result)
{
    shop_str_t transid = result->store ? result->event.transid : SHOP_STR("-");
    shop_str_t key = result->store ? result->event.key : SHOP_STR("-");
    ngx_uint_t level = NGX_LOG_NOTICE;

    switch (verdict) {
    case SHOP_PAY_APPLY:
        ngx_http_shop_count(SHOP_COUNT_NOTIFY_APPLIED);
        break;

    case SHOP_PAY_IGNORE_DUPLICATE:
    case SHOP_PAY_IGNORE_STALE:
    case SHOP_PAY_IGNORE_TYPE:
    case SHOP_PAY_DEFER:
        ngx_http_shop_count(SHOP_COUNT_NOTIFY_DUPLICATE);
        break;

    case SHOP_PAY_PROVE:
        break;

    case SHOP_PAY_UNAUTHENTIC:
        ngx_http_shop_count(SHOP_COUNT_NOTIFY_UNAUTHENTIC);
        level = NGX_LOG_WARN;
        break;

    default:
        ngx_http_shop_count(SHOP_COUNT_NOTIFY_REFUSED);
        level = NGX_LOG_WARN;
    }

    ngx_log_error(level, log, 0,
                  "shop payment %s config=%*s verdict=%s reason=%s transid=%*s "
                  "event=%*s",
                  origin, config.len, config.data, shop_pay_verdict_name(verdict),
                  result->reason != NULL ? result->reason : "", transid.len, transid.data, key.len,
                  key.data);
}


/* What is asked for again is nothing yet. */
void ngx_http_shop_notify_proved(ngx_log_t *log, shop_str_t config, const json_t *answer,
                                 shop_pay_result_t *result)
{
    shop_pay_verdict_t verdict = shop_pay_verdict_parse(shop_json_text(answer, "verdict"));

    if (verdict != SHOP_PAY_RETRY_LATER) {
        ngx_http_shop_notify_reason(result, answer);
        ngx_http_shop_notify_record(log, "proof", config, verdict, result);
    }
}
