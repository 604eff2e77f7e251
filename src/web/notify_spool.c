/*
 * Notifications through the spool (payments.md 12.2): how one is frozen into a file, and how a
 * thawed one runs through the same pipeline again, in the background.
 */

#include "web/notify.h"


typedef struct {
    shop_replay_t *replay;
    ngx_pool_t *pool;
    shop_pay_config_t *config;
    shop_pay_result_t result;
} thawed_t;


static shop_status_t thaw(shop_arena_t *arena, json_t *message, shop_pay_request_t *request);
static ngx_int_t apply(thawed_t *thawed, shop_arena_t *arena, json_t *message);
static bool is_hopeless(const shop_op_t *op);
static void on_applied(shop_op_t *op);
static void end(thawed_t *thawed, shop_replay_e result);


shop_status_t ngx_http_shop_notify_freeze(shop_arena_t *arena, shop_str_t config,
                                          const shop_pay_request_t *request, shop_str_t *message)
{
    json_t *json;
    shop_str_t body;
    shop_status_t status;
    size_t i;
    json_t *headers = json_object();

    if (shop_base64_encode(arena, request->body, &body) != SHOP_OK || headers == NULL) {
        json_decref(headers);
        return SHOP_NO_MEMORY;
    }

    for (i = 0; i < request->header_count; i++) {
        /* Headers that are not UTF-8 belong to no signature scheme that we know. */
        json_object_setn_new(headers, (const char *) request->headers[i].name.data,
                             request->headers[i].name.len,
                             shop_json_str(request->headers[i].value));
    }

    json =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "config", shop_json_str(config),
                  "content_type", shop_json_str(request->content_type), "body", shop_json_str(body),
                  "query", shop_json_str(request->query), "peer", shop_json_str(request->peer),
                  "received", (json_int_t) request->now, "headers", headers);
    if (json == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_dump(arena, json, message);
    json_decref(json);

    return status;
}


void ngx_http_shop_notify_replay(void *data, shop_replay_t *replay, shop_str_t message)
{
    ngx_http_shop_worker_t *worker = data;
    ngx_pool_t *pool;
    shop_arena_t arena;
    thawed_t *thawed;
    json_t *json;
    ngx_int_t rc;

    pool = ngx_create_pool(4096, worker->log);
    thawed = pool != NULL ? ngx_pcalloc(pool, sizeof(thawed_t)) : NULL;

    if (thawed == NULL) {
        if (pool != NULL) {
            ngx_destroy_pool(pool);
        }

        shop_work_replayed(replay, SHOP_REPLAY_LATER);
        return;
    }

    thawed->pool = pool;
    thawed->replay = replay;
    arena = shop_pool_arena(pool);

    if (shop_json_parse(message, 1024 * 1024, &json) != SHOP_OK) {
        ngx_log_error(NGX_LOG_ERR, worker->log, 0, "shop: a spooled notification is unreadable");
        json = NULL;
    }

    rc = json != NULL ? apply(thawed, &arena, json) : NGX_DECLINED;
    json_decref(json);

    if (rc != NGX_OK) {
        end(thawed, rc == NGX_DECLINED ? SHOP_REPLAY_ASIDE : SHOP_REPLAY_LATER);
    }
}


/* NGX_OK: under way; NGX_DECLINED: never as it is; NGX_ERROR: try again later. */
static ngx_int_t apply(thawed_t *thawed, shop_arena_t *arena, json_t *message)
{
    ngx_http_shop_payment_t *payment;
    shop_pay_request_t request;
    shop_status_t status;
    shop_op_t *op;

    payment =
        ngx_http_shop_payment_find(ngx_http_shop_worker->conf, shop_json_text(message, "config"));
    if (payment == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_http_shop_worker->log, 0,
                      "shop: a spooled notification names a payment block that is gone");
        return NGX_DECLINED;
    }

    thawed->config = payment->pay;

    status = thaw(arena, message, &request);

    if (status == SHOP_OK) {
        status =
            ngx_http_shop_notify_seal(thawed->pool, ngx_http_shop_worker->conf, &request) == NGX_OK
                ? shop_pay_receive(arena, payment->pay, &request, &thawed->result)
                : SHOP_NO_MEMORY;
    }

    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? NGX_ERROR : NGX_DECLINED;
    }

    /* It was authentic when it came: the key or the networks have changed since. */
    if (!thawed->result.store) {
        ngx_http_shop_notify_record(ngx_http_shop_worker->log, "replay", payment->pay->name,
                                    thawed->result.verdict, &thawed->result);
        return NGX_DECLINED;
    }

    op = shop_op_create(ngx_http_shop_worker->log, ngx_http_shop_worker->conf->change_timeout,
                        on_applied, thawed);
    if (op == NULL) {
        return NGX_ERROR;
    }

    shop_pg_batch(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_PAYMENTS_APPLY, op,
                  thawed->result.json);

    return NGX_OK;
}


static shop_status_t thaw(shop_arena_t *arena, json_t *message, shop_pay_request_t *request)
{
    json_t *headers = json_object_get(message, "headers");
    json_t *value;
    const char *name;
    shop_pair_t *pairs;
    shop_status_t status;

    ngx_memzero(request, sizeof(*request));

    status =
        shop_arena_copy(arena, shop_json_text(message, "content_type"), &request->content_type);

    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(message, "query"), &request->query);
    }

    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(message, "peer"), &request->peer);
    }

    if (status == SHOP_OK) {
        status = shop_base64_decode(arena, shop_json_text(message, "body"), &request->body);
    }

    pairs = shop_arena_alloc(arena, (json_object_size(headers) + 1) * sizeof(shop_pair_t));

    if (status != SHOP_OK || pairs == NULL) {
        return status != SHOP_OK ? status : SHOP_NO_MEMORY;
    }

    request->headers = pairs;
    request->now = shop_json_int(message, "received");

    json_object_foreach(headers, name, value)
    {
        shop_pair_t *pair = &pairs[request->header_count++];

        if (shop_arena_copy(arena, shop_str(name), &pair->name) != SHOP_OK ||
            shop_arena_copy(arena, shop_str(json_string_value(value)), &pair->value) != SHOP_OK) {
            return SHOP_NO_MEMORY;
        }
    }

    return SHOP_OK;
}


/* The message itself is what the database refuses: data that it cannot take, a constraint. */
static bool is_hopeless(const shop_op_t *op)
{
    return op->status == SHOP_LINK_ERROR &&
           (shop_str_starts(op->code, SHOP_STR("22")) || shop_str_starts(op->code, SHOP_STR("23")));
}


static void on_applied(shop_op_t *op)
{
    thawed_t *thawed = op->data;
    shop_pay_verdict_t verdict;
    json_t *json;

    if (op->status != SHOP_LINK_OK || op->reply.pg->rows == 0 ||
        shop_json_parse(op->reply.pg->values[0], 65536, &json) != SHOP_OK) {
        end(thawed, is_hopeless(op) ? SHOP_REPLAY_ASIDE : SHOP_REPLAY_LATER);
        return;
    }

    verdict = shop_pay_verdict_parse(shop_json_text(json, "verdict"));
    ngx_http_shop_notify_reason(&thawed->result, json);
    ngx_http_shop_notify_record(op->log, "replay", thawed->config->name, verdict, &thawed->result);
    json_decref(json);
    shop_work_wake(ngx_http_shop_worker->work);

    end(thawed, verdict == SHOP_PAY_RETRY_LATER ? SHOP_REPLAY_LATER : SHOP_REPLAY_DONE);
}


static void end(thawed_t *thawed, shop_replay_e result)
{
    shop_replay_t *replay = thawed->replay;

    ngx_destroy_pool(thawed->pool);
    shop_work_replayed(replay, result);
}
