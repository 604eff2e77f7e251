/*
 * How long a catalogue takes to load, and how long at most it holds the loop: figures of the last
 * load for the status page. The end of the catalogue before counts with the load that replaces it.
 *
 * The loop is held for as long as the thread works: what others take of the processor meanwhile is
 * not our doing.
 */

#include "web/generation.h"


static void on_turn(ngx_event_t *ev);
static uint64_t worked_us(void);


static struct {
    ngx_event_t turn; /* posted: work was done in this turn of the loop already */
    uint64_t since;   /* when the first of it began */
    uint64_t held_us; /* by the longest of such turns */
    ngx_msec_t begun;
    ngx_msec_t load_ms;
} figures;


void ngx_http_shop_generation_load_begins(void)
{
    figures.begun = ngx_current_msec;
    figures.held_us = 0;
}


void ngx_http_shop_generation_load_ends(void)
{
    figures.load_ms = ngx_current_msec - figures.begun;
}


/* Rows come one by one, many in one turn: what is measured is the turn. */
void ngx_http_shop_generation_work_begins(void)
{
    if (figures.turn.posted) {
        return;
    }

    figures.since = worked_us();
    figures.turn.handler = on_turn;
    figures.turn.log = ngx_http_shop_worker->log;
    ngx_post_event(&figures.turn, &ngx_posted_next_events);
}


void ngx_http_shop_generation_work_ends(void)
{
    figures.held_us = ngx_max(figures.held_us, worked_us() - figures.since);
}


static void on_turn(ngx_event_t *ev)
{
    (void) ev;
}


/* Of this thread, since it began. */
static uint64_t worked_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


void ngx_http_shop_generation_time_stop(void)
{
    if (figures.turn.posted) {
        ngx_delete_posted_event(&figures.turn);
    }
}


json_t *ngx_http_shop_generation_figures(void)
{
    ngx_http_shop_generation_t *generation = ngx_http_shop_worker->generation;
    size_t products = generation != NULL ? shop_item_count(generation->snapshot) : 0;

    return json_pack("{s:I, s:I, s:I}", "products", (json_int_t) products, "load_ms",
                     (json_int_t) figures.load_ms, "held_us", (json_int_t) figures.held_us);
}
