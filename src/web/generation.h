/*
 * A catalogue snapshot with the pages rendered from it: what generation.c (life), generation_load.c
 * (from PostgreSQL), generation_end.c (out of memory), generation_time.c (figures) and
 * shared_page.c (pages) share.
 */

#ifndef NGX_HTTP_SHOP_GENERATION_H
#define NGX_HTTP_SHOP_GENERATION_H

#include "web/web.h"


#define SHOP_PAGE_BUCKETS 256
#define SHOP_PAGES_MAX_BYTES (32 * 1024 * 1024)

/* A page that is the same for everybody of a class, cut where the personal part goes. */
typedef struct ngx_http_shop_shared_page_s {
    struct ngx_http_shop_shared_page_s *next;
    shop_str_t key;
    uint32_t offer;   /* what is refused on it (offer.c) */
    time_t looked_at; /* when that was so for nobody in particular */
    shop_str_t head;
    shop_str_t tail;
    shop_str_t digest; /* of head and tail, hex */
    shop_str_t whole;  /* for visitors without a session; empty until the first one came */
    shop_str_t whole_etag;
} ngx_http_shop_shared_page_t;

struct ngx_http_shop_generation_s {
    ngx_pool_t *pool;
    shop_arena_t arena;
    ngx_uint_t references;
    shop_snapshot_builder_t *builder;
    const shop_snapshot_t *snapshot;
    ngx_http_shop_shared_page_t *pages[SHOP_PAGE_BUCKETS];
    size_t page_bytes;
    ngx_queue_t queue; /* of those that nobody holds any more */
};

/* One reference, the caller's. NULL: no memory. */
ngx_http_shop_generation_t *ngx_http_shop_generation_create(ngx_log_t *log);
/* The worker's present generation becomes this one, which passes its reference on. */
void ngx_http_shop_generation_replace(ngx_http_shop_generation_t *generation);

/* generation_end.c: nobody holds it; its memory is given back in slices, or, when the worker ends,
 * at once. */
void ngx_http_shop_generation_end(ngx_http_shop_generation_t *generation);
void ngx_http_shop_generation_end_all(void);

/* generation_time.c: around a load, and around each piece of work on a catalogue. */
void ngx_http_shop_generation_load_begins(void);
void ngx_http_shop_generation_load_ends(void);
void ngx_http_shop_generation_work_begins(void);
void ngx_http_shop_generation_work_ends(void);
void ngx_http_shop_generation_time_stop(void);

#endif
