/*
 * How an operation ended, as an answer for people and tests.
 */

#include "link_test.h"


static const char *const names[] = {"OK", "ERROR", "DOWN", "LOST", "TIMEOUT", "BUSY"};


static void show_counters(ngx_buf_t *b, const char *name, const shop_link_counters_t *c)
{
    b->last =
        ngx_slprintf(b->last, b->end,
                     "%s_submitted %uL\n%s_done %uL\n%s_failed %uL\n%s_timeouts %uL\n"
                     "%s_abandoned %uL\n%s_reconnects %uL\n%s_batches %uL\n%s_batched %uL\n",
                     name, c->submitted, name, c->done, name, c->failed, name, c->timeouts, name,
                     c->abandoned, name, c->reconnects, name, c->batches, name, c->batched);
}


ngx_int_t link_test_send(ngx_http_request_t *r, ngx_uint_t status, ngx_buf_t *b)
{
    ngx_chain_t out = {b, NULL};
    ngx_int_t rc;

    b->last_buf = 1;
    b->last_in_chain = 1;
    b->memory = 1;
    r->headers_out.status = status;
    r->headers_out.content_length_n = b->last - b->pos;
    ngx_str_set(&r->headers_out.content_type, "text/plain");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


static void show_reply(ngx_buf_t *b, const shop_redis_reply_t *reply)
{
    size_t i;

    switch (reply->type) {
    case SHOP_REDIS_NIL:
        b->last = ngx_slprintf(b->last, b->end, "(nil)\n");
        break;
    case SHOP_REDIS_INTEGER:
        b->last = ngx_slprintf(b->last, b->end, "%L\n", reply->integer);
        break;
    case SHOP_REDIS_STRING:
        b->last = ngx_slprintf(b->last, b->end, "%V\n", &reply->str);
        break;
    case SHOP_REDIS_ARRAY:
        for (i = 0; i < reply->count; i++) {
            show_reply(b, &reply->elements[i]);
        }
        break;
    }
}


static void show_result(ngx_buf_t *b, const shop_pg_result_t *result)
{
    size_t i;

    for (i = 0; i < result->rows * result->columns; i++) {
        b->last = result->values[i].data == NULL
                      ? ngx_slprintf(b->last, b->end, "(null)\n")
                      : ngx_slprintf(b->last, b->end, "%V\n", &result->values[i]);
    }
}


static void show(link_ctx_t *ctx, shop_op_t *op, ngx_buf_t *b)
{
    if (ctx->form == FORM_PG && op->reply.pg != NULL) {
        show_result(b, op->reply.pg);
    } else if (ctx->form == FORM_REDIS && op->reply.redis != NULL) {
        show_reply(b, op->reply.redis);
    } else if (ctx->form == FORM_STREAM) {
        b->last = ngx_slprintf(b->last, b->end, "rows %ui bytes %uz\n", ctx->rows, ctx->bytes);
    } else if (ctx->form == FORM_HTTP && op->reply.http != NULL) {
        b->last = ngx_slprintf(b->last, b->end, "status %ui sent %d type %V length %uz\n%V\n",
                               op->reply.http->status, op->reply.http->sent,
                               &op->reply.http->content_type, op->reply.http->body.len,
                               &op->reply.http->body);
    }
}


/* Of an operation that no request waits for. */
void link_test_on_alone(shop_op_t *op)
{
    link_ctx_t *ctx = op->data;

    ctx->op = NULL;
    ngx_log_error(NGX_LOG_NOTICE, op->log, 0, "link test: alone: %s", names[op->status]);
}


void link_test_on_done(shop_op_t *op)
{
    static const ngx_uint_t codes[] = {200, 500, 503, 502, 504, 503};
    link_ctx_t *ctx = op->data;
    ngx_http_request_t *r = ctx->r;
    ngx_connection_t *c = r->connection;
    ngx_buf_t *b;

    ctx->op = NULL;
    b = ngx_create_temp_buf(r->pool, 65536);
    if (b == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        ngx_http_run_posted_requests(c);
        return;
    }

    b->last = ngx_slprintf(b->last, b->end, "%s %V %V\n", names[op->status], &op->code, &op->error);
    show(ctx, op, b);
    ngx_http_finalize_request(r, link_test_send(r, codes[op->status], b));
    ngx_http_run_posted_requests(c);
}


ngx_int_t link_test_status(ngx_http_request_t *r)
{
    static const char *states[] = {"STARTING", "UP", "DEGRADED", "DOWN"};
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, 8192);

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_slprintf(b->last, b->end,
                           "pid %P\nlive %ui\nnotifications %ui\nresets %ui\nshutdowns %ui\n",
                           ngx_pid, shop_op_live(), link_worker.notifications, link_worker.resets,
                           link_worker.shutdowns);

    if (link_worker.pg != NULL) {
        b->last = ngx_slprintf(b->last, b->end, "pg %s\npg_in_flight %ui\npg_waiting %ui\n",
                               states[shop_pg_state(link_worker.pg)],
                               shop_pg_in_flight(link_worker.pg), shop_pg_waiting(link_worker.pg));
        show_counters(b, "pages", shop_pg_counters(link_worker.pg, SHOP_PG_PAGES));
        show_counters(b, "changes", shop_pg_counters(link_worker.pg, SHOP_PG_CHANGES));
        show_counters(b, "jobs", shop_pg_counters(link_worker.pg, SHOP_PG_JOBS));
    }

    if (link_worker.redis != NULL) {
        b->last = ngx_slprintf(b->last, b->end, "redis %s\n",
                               states[shop_redis_state(link_worker.redis)]);
        show_counters(b, "redis", shop_redis_counters(link_worker.redis));
    }

    show_counters(b, "http", shop_http_counters(link_worker.http));
    show_counters(b, "smtp", shop_smtp_counters(link_worker.http));

    return link_test_send(r, 200, b);
}
