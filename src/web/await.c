/*
 * Waiting: a request and the one operation it waits for.
 *
 * The two hold each other weakly (OP-2). When the client leaves, the cleanup abandons the
 * operation; when the answer comes, the pointer is cut before the request goes on, because going on
 * may free it.
 */

#include "web/web.h"


static void await_done(shop_op_t *op);
static ngx_int_t start_call(ngx_http_shop_ctx_t *ctx, json_t *argument, ngx_http_shop_next_pt next,
                            shop_str_t *text, shop_op_t **op);


shop_op_t *ngx_http_shop_await(ngx_http_shop_ctx_t *ctx, ngx_msec_t deadline,
                               ngx_http_shop_next_pt next)
{
    ngx_http_request_t *r = ctx->r;

    ctx->op = shop_op_create(ngx_http_shop_worker->log, deadline, await_done, ctx);
    if (ctx->op == NULL) {
        return NULL;
    }

    ctx->next = next;

    /* RQ-6, RQ-7: who reads and leaves is let go; who changed something is served to the end. */
    if (r->method == NGX_HTTP_POST) {
        r->read_event_handler = ngx_http_block_reading;

    } else {
        r->read_event_handler = ngx_http_test_reading;

        if (r->connection->read->ready && !r->connection->read->posted) {
            ngx_post_event(r->connection->read, &ngx_posted_events);
        }
    }

    return ctx->op;
}


static void await_done(shop_op_t *op)
{
    ngx_http_shop_ctx_t *ctx = op->data;
    ngx_http_request_t *r = ctx->r;
    ngx_connection_t *c = r->connection;
    ngx_int_t rc;

    ctx->op = NULL;
    ngx_http_set_log_request(c->log, r);

    rc = ctx->next(ctx, op);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }

    ngx_http_run_posted_requests(c);
}


static ngx_int_t start_call(ngx_http_shop_ctx_t *ctx, json_t *argument, ngx_http_shop_next_pt next,
                            shop_str_t *text, shop_op_t **op)
{
    if (ngx_http_shop_own(ctx, argument) == NULL ||
        shop_json_dump(&ctx->arena, argument, text) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    *op = ngx_http_shop_await(
        ctx, ctx->r->method == NGX_HTTP_POST ? ctx->main->change_timeout : ctx->main->page_timeout,
        next);

    return *op != NULL ? NGX_OK : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


ngx_int_t ngx_http_shop_call(ngx_http_shop_ctx_t *ctx, shop_pg_lane_e lane, ngx_uint_t statement,
                             json_t *argument, ngx_http_shop_next_pt next)
{
    shop_op_t *op;
    shop_str_t text;
    ngx_int_t rc;

    rc = start_call(ctx, argument, next, &text, &op);
    if (rc != NGX_OK) {
        return rc;
    }

    shop_pg_call(ngx_http_shop_worker->pg, lane, statement, op, &text);

    return NGX_DONE;
}


ngx_int_t ngx_http_shop_call_batched(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement,
                                     json_t *argument, ngx_http_shop_next_pt next)
{
    shop_op_t *op;
    shop_str_t text;
    ngx_int_t rc;

    rc = start_call(ctx, argument, next, &text, &op);
    if (rc != NGX_OK) {
        return rc;
    }

    shop_pg_batch(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, statement, op, text);

    return NGX_DONE;
}


json_t *ngx_http_shop_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *json;
    shop_str_t *value;

    ctx->pg_time += op->elapsed;

    if (op->status != SHOP_LINK_OK || op->reply.pg == NULL || op->reply.pg->rows == 0 ||
        op->reply.pg->columns == 0) {
        return NULL;
    }

    value = &op->reply.pg->values[0];

    if (value->data == NULL || shop_json_parse(*value, 4 * 1024 * 1024, &json) != SHOP_OK) {
        return NULL;
    }

    return ngx_http_shop_own(ctx, json);
}


json_t *ngx_http_shop_own(ngx_http_shop_ctx_t *ctx, json_t *json)
{
    if (json == NULL) {
        return NULL;
    }

    if (json_array_append_new(ctx->releases, json) != 0) {
        return NULL;
    }

    return json;
}
