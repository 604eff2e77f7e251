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


static ngx_int_t apply(thawed_t *thawed, shop_arena_t *arena, json_t *message);
static ngx_int_t hand_over(thawed_t *thawed, shop_arena_t *arena,
                           const shop_pay_request_t *request);
static bool is_hopeless(const shop_op_t *op);
static void on_applied(shop_op_t *op);
static void end(thawed_t *thawed, shop_replay_e result);


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

    payment =
        ngx_http_shop_payment_find(ngx_http_shop_worker->conf, shop_json_text(message, "config"));
    if (payment == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_http_shop_worker->log, 0,
                      "shop: a spooled notification names a payment block that is gone");
        return NGX_DECLINED;
    }

    thawed->config = payment->pay;

    status = shop_pay_thaw(arena, message, &request);

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
    if (!thawed->result.store && thawed->result.verdict != SHOP_PAY_PROVE) {
        ngx_http_shop_notify_record(ngx_http_shop_worker->log, "replay", payment->pay->name,
                                    thawed->result.verdict, &thawed->result);
        return NGX_DECLINED;
    }

    return hand_over(thawed, arena, &request);
}


/* To the database: the event, or the message when its proof is still to be fetched. */
static ngx_int_t hand_over(thawed_t *thawed, shop_arena_t *arena, const shop_pay_request_t *request)
{
    shop_op_t *op;
    shop_str_t argument;
    bool keep = thawed->result.verdict == SHOP_PAY_PROVE;

    if (keep && shop_pay_keep(arena, thawed->config->name, request, thawed->result.key,
                              &argument) != SHOP_OK) {
        return NGX_ERROR;
    }

    op = shop_op_create(ngx_http_shop_worker->log, ngx_http_shop_worker->conf->change_timeout,
                        on_applied, thawed);
    if (op == NULL) {
        return NGX_ERROR;
    }

    if (keep) {
        shop_pg_call(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_MESSAGE_KEEP, op,
                     &argument);
        return NGX_OK;
    }

    shop_pg_batch(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_PAYMENTS_APPLY, op,
                  thawed->result.json);

    return NGX_OK;
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
    shop_work_wake_proofs(ngx_http_shop_worker->work);

    end(thawed, verdict == SHOP_PAY_RETRY_LATER ? SHOP_REPLAY_LATER : SHOP_REPLAY_DONE);
}


static void end(thawed_t *thawed, shop_replay_e result)
{
    shop_replay_t *replay = thawed->replay;

    ngx_destroy_pool(thawed->pool);
    shop_work_replayed(replay, result);
}
