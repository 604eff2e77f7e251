/*
 * How a connection to PostgreSQL ends: found dead, watched for silence, closed, its requests passed
 * on, the next attempt timed.
 *
 * Pauses between failing attempts grow (FA-5). What is logged is a change of state, not each
 * attempt (FA-10).
 */

#include "link/pg_internal.h"

/* An answer later than the server's own limit by this much will never come (half-open link). */
#define WATCH_MARGIN 2000


static void pass_on(shop_pg_conn_t *conn);
static void try_later(shop_pg_t *pg, shop_pg_conn_t *conn);
static ngx_msec_t answer_limit(const shop_pg_conn_t *conn);


void shop_pg_down(shop_pg_conn_t *conn, const char *reason)
{
    shop_pg_t *pg = conn->pg;
    shop_pg_conn_state_e before = conn->state;

    if (before == SHOP_PG_AWAY) {
        return;
    }

    if (conn->reason[0] == '\0') {
        ngx_cpystrn((u_char *) conn->reason, (u_char *) reason, sizeof(conn->reason));
    }

    /* libpq explains itself in several lines; the first one says it. */
    conn->reason[strcspn(conn->reason, "\r\n")] = '\0';
    shop_pg_close(conn);

    /* The first loss starts the pause; the others of the same moment share it. */
    if (before == SHOP_PG_UP && !pg->retry.timer_set) {
        shop_backoff_lost(&pg->backoff, ngx_current_msec - conn->up_since);
    }

    if (pg->attempt == conn) {
        pg->attempt = NULL;
    }

    try_later(pg, conn);

    if (before == SHOP_PG_UP && conn->lane < SHOP_PG_LANES) {
        shop_pg_lane_lost(conn);
    }

    pass_on(conn);
}


/* Ends and new submissions may come back here, so the queue is emptied first. */
static void pass_on(shop_pg_conn_t *conn)
{
    shop_pg_request_t *request;
    ngx_queue_t lost;

    ngx_queue_init(&lost);

    if (!ngx_queue_empty(&conn->in_flight)) {
        ngx_queue_add(&lost, &conn->in_flight);
        ngx_queue_init(&conn->in_flight);
    }

    conn->count = 0;

    while (!ngx_queue_empty(&lost)) {
        request = ngx_queue_data(ngx_queue_head(&lost), shop_pg_request_t, queue);
        ngx_queue_remove(&request->queue);
        shop_pg_lost(request);
    }
}


static void try_later(shop_pg_t *pg, shop_pg_conn_t *conn)
{
    ngx_uint_t level = NGX_LOG_INFO;

    if (!pg->retry.timer_set) {
        shop_timer_set(&pg->retry, shop_backoff_next(&pg->backoff));
    }

    /* A worker that leaves has no use for its listener. */
    if (ngx_exiting && conn->lane == SHOP_PG_LANES) {
        return;
    }

    /* Loud once per reason, until it is up again. */
    if (strcmp(pg->complaint, conn->reason) != 0) {
        level = NGX_LOG_ERR;
        memcpy(pg->complaint, conn->reason, sizeof(pg->complaint));
    }

    ngx_log_error(level, pg->log, 0, "pg conn=%ui down: %s; next attempt in %M ms", conn->number,
                  conn->reason, pg->retry.timer.key - ngx_current_msec);
}


void shop_pg_close(shop_pg_conn_t *conn)
{
    if (conn->c != NULL) {
        /* PG-18: after a failed read libpq has closed it already. */
        shop_fd_detach(conn->c, PQsocket(conn->handle) < 0);
        conn->c = NULL;
    }

    if (conn->handle != NULL) {
        PQfinish(conn->handle);
        conn->handle = NULL;
    }

    shop_timer_stop(&conn->timer);

    if (conn->broken.posted) {
        ngx_delete_posted_event(&conn->broken);
    }

    if (conn->resume.posted) {
        ngx_delete_posted_event(&conn->resume);
    }

    conn->state = SHOP_PG_AWAY;
    conn->paused = 0;
    conn->preparing = 0;
}


/* Of an attempt: it took too long. Of a connection that is up: look at the oldest request. */
void shop_pg_on_timer(ngx_event_t *ev)
{
    shop_pg_conn_t *conn = ev->data;
    ngx_msec_t age, limit;

    if (conn->state != SHOP_PG_UP) {
        conn->pg->rotation++;
        shop_pg_down(conn, "no answer to the connection attempt");
        return;
    }

    if (conn->count == 0) {
        return;
    }

    age = ngx_current_msec - conn->head_since;
    limit = answer_limit(conn);

    if (age >= limit && !conn->paused) {
        shop_pg_down(conn, "no answer to the oldest request");
        return;
    }

    shop_timer_set(&conn->timer, age >= limit ? limit : limit - age);
}


static ngx_msec_t answer_limit(const shop_pg_conn_t *conn)
{
    ngx_msec_t limit = conn->pg->conf.statement_timeout;

    return (conn->lane == SHOP_PG_JOBS ? 10 * limit : limit) + WATCH_MARGIN;
}


void shop_pg_break(shop_pg_conn_t *conn, const char *reason)
{
    if (conn->reason[0] == '\0') {
        ngx_cpystrn((u_char *) conn->reason, (u_char *) reason, sizeof(conn->reason));
    }

    if (!conn->broken.posted) {
        ngx_post_event(&conn->broken, &ngx_posted_events);
    }
}


void shop_pg_on_broken(ngx_event_t *ev)
{
    shop_pg_down(ev->data, "broken");
}
