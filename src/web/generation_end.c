/*
 * A catalogue that nobody holds any more: thousands of documents, which are given back in slices so
 * that the loop does not stand still for them.
 */

#include "web/generation.h"


#define SHOP_END_SLICE 64    /* documents given back in one turn of the loop */
#define SHOP_END_LARGE 65536 /* more than what the C library calls small */


static void on_slice(ngx_event_t *ev);
static void tidy(void);
static void destroy(ngx_http_shop_generation_t *generation);


static struct {
    ngx_queue_t list; /* of generations; prev == NULL: not begun */
    ngx_event_t slice;
} ending;


void ngx_http_shop_generation_end(ngx_http_shop_generation_t *generation)
{
    if (ending.list.prev == NULL) {
        ngx_queue_init(&ending.list);
        ending.slice.handler = on_slice;
        ending.slice.log = ngx_http_shop_worker->log;
    }

    ngx_queue_insert_tail(&ending.list, &generation->queue);

    if (!ending.slice.posted) {
        ngx_post_event(&ending.slice, &ngx_posted_next_events);
    }
}


static void on_slice(ngx_event_t *ev)
{
    ngx_http_shop_generation_t *generation;

    generation = ngx_queue_data(ngx_queue_head(&ending.list), ngx_http_shop_generation_t, queue);

    ngx_http_shop_generation_work_begins();

    if (shop_snapshot_release_some(generation->builder, SHOP_END_SLICE)) {
        tidy();
    } else {
        destroy(generation);
    }

    ngx_http_shop_generation_work_ends();

    if (!ngx_queue_empty(&ending.list)) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }
}


/* glibc puts small pieces aside when they are freed, and joins all of them when something large is
 * wanted: here, while they are few, and not hundred thousands of them when the pool goes. */
static void tidy(void)
{
    ngx_free(ngx_alloc(SHOP_END_LARGE, ngx_http_shop_worker->log));
}


static void destroy(ngx_http_shop_generation_t *generation)
{
    ngx_queue_remove(&generation->queue);
    shop_snapshot_release(generation->builder);
    ngx_destroy_pool(generation->pool);
}


void ngx_http_shop_generation_end_all(void)
{
    if (ending.slice.posted) {
        ngx_delete_posted_event(&ending.slice);
    }

    while (ending.list.prev != NULL && !ngx_queue_empty(&ending.list)) {
        destroy(ngx_queue_data(ngx_queue_head(&ending.list), ngx_http_shop_generation_t, queue));
    }
}
