/*
 * From PostgreSQL to a new generation: rows as they come, tied together in slices, then one pointer
 * is changed. The old generation serves all the while; a failure keeps it and tries again.
 *
 * stream of rows -> builder -> slices (posted, one per turn of the loop) -> replace.
 */

#include "web/generation.h"


#define SHOP_LOAD_DEADLINE 60000
#define SHOP_LOAD_SLICE 64 /* items tied together in one turn of the loop */
#define SHOP_LOAD_ROW_MAX (1024 * 1024)
#define SHOP_LOAD_WITHOUT_LISTENER 1000
#define SHOP_LOAD_RETRY 1000
#define SHOP_LOAD_RETRY_MAX 30000


static void start(void);
static ngx_int_t on_row(shop_op_t *op, size_t columns, const shop_str_t *values);
static shop_status_t add_row(size_t columns, const shop_str_t *values);
static void on_end(shop_op_t *op);
static void on_slice(ngx_event_t *ev);
static void on_retry(ngx_event_t *ev);
static void failed(const char *why);
static void finished(void);


/* One load at a time in a worker. */
static struct {
    ngx_http_shop_generation_t *generation; /* under construction; NULL: nothing is loaded */
    ngx_event_t slice;
    ngx_event_t retry;
    shop_op_t *op;
    shop_status_t status;
    bool again; /* the catalogue changed meanwhile */
    shop_backoff_t backoff;
} load;


/* What is loaded before LISTEN may be stale by the time it is there (PG-26): its coming up is the
 * first refresh. The timer is for a listener that does not come. */
void ngx_http_shop_generation_start(void)
{
    load.slice.handler = on_slice;
    load.slice.log = ngx_http_shop_worker->log;
    load.retry.handler = on_retry;
    load.retry.log = ngx_http_shop_worker->log;
    load.retry.cancelable = 1;
    load.retry.data = ngx_http_shop_worker; /* for debug lines: not NULL */
    load.backoff.base = SHOP_LOAD_RETRY;
    load.backoff.cap = SHOP_LOAD_RETRY_MAX;

    ngx_add_timer(&load.retry, SHOP_LOAD_WITHOUT_LISTENER);
}


void ngx_http_shop_generation_refresh(void)
{
    if (load.generation != NULL) {
        load.again = true;
        return;
    }

    if (load.retry.timer_set) {
        ngx_del_timer(&load.retry);
    }

    start();
}


static void start(void)
{
    shop_str_t nothing = SHOP_STR("{}");

    load.again = false;
    load.status = SHOP_OK;
    ngx_http_shop_generation_load_begins();

    load.generation = ngx_http_shop_generation_create(ngx_http_shop_worker->log);
    if (load.generation == NULL) {
        failed("no memory");
        return;
    }

    load.op = shop_op_create(ngx_http_shop_worker->log, SHOP_LOAD_DEADLINE, on_end, NULL);
    if (load.op == NULL) {
        failed("no memory");
        return;
    }

    shop_pg_stream(ngx_http_shop_worker->pg, SHOP_SQL_SNAPSHOT, load.op, &nothing, on_row);
}


static ngx_int_t on_row(shop_op_t *op, size_t columns, const shop_str_t *values)
{
    (void) op;

    ngx_http_shop_generation_work_begins();
    load.status = add_row(columns, values);
    ngx_http_shop_generation_work_ends();

    return load.status == SHOP_OK ? NGX_OK : NGX_ERROR;
}


static shop_status_t add_row(size_t columns, const shop_str_t *values)
{
    json_t *document;
    shop_status_t status;

    if (columns != 2 || values[1].data == NULL) {
        return SHOP_MALFORMED;
    }

    status = shop_json_parse(values[1], SHOP_LOAD_ROW_MAX, &document);
    if (status != SHOP_OK) {
        return status;
    }

    status = shop_snapshot_builder_add(load.generation->builder, values[0], document);
    json_decref(document);

    return status;
}


static void on_end(shop_op_t *op)
{
    load.op = NULL;

    if (load.status != SHOP_OK) {
        failed("a row of shop.snapshot is not understood");
        return;
    }

    if (op->status != SHOP_LINK_OK) {
        /* A backend that is away says so itself. */
        failed(op->status == SHOP_LINK_ERROR ? "PostgreSQL answered with an error" : NULL);
        return;
    }

    ngx_post_event(&load.slice, &ngx_posted_next_events);
}


static void on_slice(ngx_event_t *ev)
{
    shop_status_t status;
    bool more = false;

    ngx_http_shop_generation_work_begins();
    status = shop_snapshot_builder_finish(load.generation->builder, SHOP_LOAD_SLICE, &more);
    ngx_http_shop_generation_work_ends();

    if (status != SHOP_OK) {
        failed("its rows do not fit together");
        return;
    }

    if (more) {
        ngx_post_event(ev, &ngx_posted_next_events);
        return;
    }

    finished();
}


static void finished(void)
{
    ngx_http_shop_generation_t *generation = load.generation;

    load.generation = NULL;
    load.backoff.failures = 0;
    ngx_http_shop_generation_load_ends();

    generation->snapshot = shop_snapshot_of(generation->builder);
    ngx_http_shop_generation_replace(generation);

    ngx_log_error(NGX_LOG_INFO, ngx_http_shop_worker->log, 0, "shop: catalogue of %uz products",
                  shop_item_count(generation->snapshot));

    if (load.again) {
        start();
    }
}


static void failed(const char *why)
{
    ngx_http_shop_generation_release(load.generation);
    load.generation = NULL;

    if (why != NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_http_shop_worker->log, 0,
                      "shop: the catalogue could not be loaded: %s", why);
    }

    ngx_add_timer(&load.retry, shop_backoff_next(&load.backoff));
}


static void on_retry(ngx_event_t *ev)
{
    (void) ev;

    if (!ngx_exiting && !ngx_terminate) {
        ngx_http_shop_generation_refresh();
    }
}


void ngx_http_shop_generation_stop(void)
{
    if (load.op != NULL) {
        shop_op_abandon(load.op);
        load.op = NULL;
    }

    if (load.slice.posted) {
        ngx_delete_posted_event(&load.slice);
    }

    if (load.retry.timer_set) {
        ngx_del_timer(&load.retry);
    }

    ngx_http_shop_generation_release(load.generation);
    load.generation = NULL;
    ngx_http_shop_generation_replace(NULL);
    ngx_http_shop_generation_end_all();
    ngx_http_shop_generation_time_stop();
}
