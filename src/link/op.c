/*
 * The operation: one object for everything that waits.
 *
 * It lives in its own pool. Two hold it: its pending end (the call of done(), or the decision that
 * nobody waits) and the link that carries it. Whoever lets go last frees it (OP-4). The deadline is
 * the one timer in this room that keeps a leaving worker alive (OP-5).
 */

#include "link/link_internal.h"


static void op_on_deadline(ngx_event_t *ev);
static void op_on_posted(ngx_event_t *ev);
static void op_count(shop_op_t *op);
static void op_drop(shop_op_t *op);
static void *op_pool_alloc(void *owner, size_t size);


static ngx_uint_t live;


shop_op_t *shop_op_create(ngx_log_t *log, ngx_msec_t deadline, shop_op_pt done, void *data)
{
    ngx_pool_t *pool;
    shop_op_t *op;

    pool = ngx_create_pool(2048, log);
    if (pool == NULL) {
        return NULL;
    }

    op = ngx_pcalloc(pool, sizeof(shop_op_t));
    if (op == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    op->pool = pool;
    op->log = log;
    op->data = data;
    op->done = done;
    op->started = ngx_current_msec;
    op->holders = 1;

    op->deadline.handler = op_on_deadline;
    op->deadline.data = op;
    op->deadline.log = log;
    op->posted.handler = op_on_posted;
    op->posted.data = op;
    op->posted.log = log;

    ngx_add_timer(&op->deadline, deadline);
    live++;

    return op;
}


void shop_op_hold(shop_op_t *op, shop_link_counters_t *counters, shop_op_pt leave)
{
    op->holders++;
    op->leave = leave;
    op->counters = counters;

    if (counters != NULL) {
        counters->submitted++;
    }
}


void shop_op_release(shop_op_t *op)
{
    op->leave = NULL;
    op_drop(op);
}


void shop_op_end(shop_op_t *op, shop_link_status_e status)
{
    if (op->ended) {
        return;
    }

    op->ended = 1;
    op->status = status;
    op->elapsed = ngx_current_msec - op->started;
    shop_timer_stop(&op->deadline);
    op_count(op);

    op->done(op);
    op_drop(op);
}


void shop_op_post(shop_op_t *op, shop_link_status_e status, const char *error)
{
    op->leave = NULL;
    op->status = status;
    shop_op_error(op, error);
    ngx_post_event(&op->posted, &ngx_posted_events);
}


void shop_op_refuse(shop_op_t *op, shop_link_status_e status, const char *error)
{
    shop_op_hold(op, NULL, NULL);
    shop_op_post(op, status, error);
}


void shop_op_abandon(shop_op_t *op)
{
    if (op->ended) {
        return;
    }

    op->ended = 1;
    shop_timer_stop(&op->deadline);

    if (op->counters != NULL) {
        op->counters->abandoned++;
    }

    if (op->leave != NULL) {
        op->leave(op);
    }

    op_drop(op);
}


ngx_uint_t shop_op_live(void)
{
    return live;
}


static void op_on_deadline(ngx_event_t *ev)
{
    shop_op_t *op = ev->data;

    if (op->ended) {
        return;
    }

    op->ended = 1;
    op->status = SHOP_LINK_TIMEOUT;
    op->elapsed = ngx_current_msec - op->started;
    op_count(op);

    if (op->leave != NULL) {
        op->leave(op);
    }

    op->done(op);
    op_drop(op);
}


static void op_on_posted(ngx_event_t *ev)
{
    shop_op_t *op = ev->data;

    shop_op_end(op, op->status);
    shop_op_release(op);
}


static void op_count(shop_op_t *op)
{
    shop_link_counters_t *counters = op->counters;

    if (counters == NULL) {
        return;
    }

    if (op->status == SHOP_LINK_TIMEOUT) {
        counters->timeouts++;
        return;
    }

    counters->time_ms += op->elapsed;

    if (op->status == SHOP_LINK_OK) {
        counters->done++;
    } else {
        counters->failed++;
    }
}


static void op_drop(shop_op_t *op)
{
    if (--op->holders > 0) {
        return;
    }

    live--;
    ngx_destroy_pool(op->pool);
}


void shop_op_error(shop_op_t *op, const char *text)
{
    size_t len;

    if (text == NULL) {
        return;
    }

    /* Libraries end their messages with a line feed. */
    len = ngx_strlen(text);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ')) {
        len--;
    }

    op->error = shop_op_copy(op->pool, text, len);
}


shop_str_t shop_op_copy(ngx_pool_t *pool, const void *data, size_t len)
{
    shop_str_t copy = {0, NULL};

    copy.data = ngx_pnalloc(pool, len + 1);
    if (copy.data == NULL) {
        return copy;
    }

    if (len > 0) {
        ngx_memcpy(copy.data, data, len);
    }

    copy.data[len] = '\0';
    copy.len = len;

    return copy;
}


shop_arena_t shop_pool_arena(ngx_pool_t *pool)
{
    return (shop_arena_t){op_pool_alloc, pool};
}


static void *op_pool_alloc(void *owner, size_t size)
{
    return ngx_palloc(owner, size);
}
