/*
 * When to try again: exponential pauses with jitter, and the timers that wait for them.
 */

#include "link/link_internal.h"

/* A connection that lived longer than this proves the server well. */
#define USEFUL_AFTER 2000


ngx_msec_t shop_backoff_next(shop_backoff_t *backoff)
{
    ngx_msec_t delay = backoff->base;
    ngx_uint_t n;

    for (n = 0; n < backoff->failures && delay < backoff->cap; n++) {
        delay *= 2;
    }

    if (delay > backoff->cap) {
        delay = backoff->cap;
    }

    backoff->failures++;

    return delay / 2 + (ngx_msec_t) ngx_random() % (delay / 2 + 1);
}


void shop_backoff_lost(shop_backoff_t *backoff, ngx_msec_t lived)
{
    backoff->short_lives = lived >= USEFUL_AFTER ? 0 : backoff->short_lives + 1;
    backoff->failures = backoff->short_lives;
}


void shop_timer_init(ngx_event_t *ev, ngx_event_handler_pt handler, void *data, ngx_log_t *log)
{
    ngx_memzero(ev, sizeof(ngx_event_t));

    ev->handler = handler;
    ev->data = data;
    ev->log = log;
    ev->cancelable = 1;
}


void shop_timer_set(ngx_event_t *ev, ngx_msec_t delay)
{
    shop_timer_stop(ev);
    ngx_add_timer(ev, delay);
}


void shop_timer_stop(ngx_event_t *ev)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }
}
