/*
 * Connecting to PostgreSQL: one attempt at a time per worker (PG-6), from the first step of libpq
 * to the first questions; and the events of the socket, sent to whom they concern. How a connection
 * ends is in pg_loss.c.
 */

#include "link/pg_internal.h"

/* One attempt, from the first packet to the last prepared statement. */
#define ATTEMPT_TIMEOUT 3000


static void pg_on_retry(ngx_event_t *ev);
static void pg_attempt(shop_pg_t *pg, shop_pg_conn_t *conn);
static PGconn *pg_open(shop_pg_conn_t *conn);
static void pg_step(shop_pg_conn_t *conn);
static void pg_established(shop_pg_conn_t *conn);
static ngx_int_t pg_watch_socket(shop_pg_conn_t *conn, ngx_uint_t reading, ngx_uint_t writing);
static void pg_on_read(ngx_event_t *ev);
static void pg_on_shutdown(shop_pg_conn_t *conn);
static void pg_on_write(ngx_event_t *ev);
static void pg_on_notice(void *data, const PGresult *notice);


void shop_pg_connect_init(shop_pg_t *pg)
{
    shop_pg_conn_t *conn;
    ngx_uint_t i;

    for (i = 0; i < pg->conn_count; i++) {
        conn = &pg->conns[i];
        conn->pg = pg;
        conn->number = i;

        ngx_queue_init(&conn->in_flight);
        shop_timer_init(&conn->timer, shop_pg_on_timer, conn, pg->log);
        shop_timer_init(&conn->broken, shop_pg_on_broken, conn, pg->log);
        shop_timer_init(&conn->resume, shop_pg_queue_resume, conn, pg->log);
    }

    shop_timer_init(&pg->retry, pg_on_retry, pg, pg->log);
    pg->backoff.base = 100;
    pg->backoff.cap = 5000;
}


static void pg_on_retry(ngx_event_t *ev)
{
    shop_pg_connect_next(ev->data);
}


void shop_pg_connect_next(shop_pg_t *pg)
{
    ngx_uint_t i;

    if (pg->attempt != NULL || pg->retry.timer_set || pg->stopping) {
        return;
    }

    if (ngx_exiting) {
        shop_pg_tell_shutdown(pg);
    }

    if (pg->given_up) {
        return;
    }

    for (i = 0; i < pg->conn_count; i++) {
        if (pg->conns[i].state != SHOP_PG_AWAY) {
            continue;
        }

        if (pg->conns[i].lane == SHOP_PG_LANES &&
            (pg->shutdown_told || pg->conf.channel.len == 0)) {
            continue;
        }

        pg_attempt(pg, &pg->conns[i]);
        return;
    }
}


static void pg_attempt(shop_pg_t *pg, shop_pg_conn_t *conn)
{
    conn->state = SHOP_PG_CONNECTING;
    conn->reason[0] = '\0';
    pg->attempt = conn;
    shop_timer_set(&conn->timer, ATTEMPT_TIMEOUT);

    conn->handle = pg_open(conn);

    if (conn->handle == NULL) {
        shop_pg_down(conn, "no memory");
        return;
    }

    if (PQstatus(conn->handle) == CONNECTION_BAD) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    PQsetNoticeReceiver(conn->handle, pg_on_notice, conn);

    /* PG-3: the first step waits for writability. */
    if (pg_watch_socket(conn, 0, 1) != NGX_OK) {
        shop_pg_down(conn, "no free connection of nginx, see worker_connections");
    }
}


static PGconn *pg_open(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;
    const char **keywords, **values;
    ngx_pool_t *pool;
    PGconn *handle = NULL;

    pool = ngx_create_pool(4096, pg->log);
    if (pool == NULL) {
        return NULL;
    }

    if (shop_pg_parameters(&pg->conf, pg->rotation, conn->lane, pool, &keywords, &values) ==
        NGX_OK) {
        handle = PQconnectStartParams(keywords, values, 0);
    }

    ngx_destroy_pool(pool);

    return handle;
}


static void pg_step(shop_pg_conn_t *conn)
{
    PostgresPollingStatusType status;

    /* PG-2: libpq may replace its socket by another with the same number. */
    shop_fd_detach(conn->c, 0);
    conn->c = NULL;

    status = PQconnectPoll(conn->handle);

    if (status == PGRES_POLLING_FAILED) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    if (pg_watch_socket(conn, status != PGRES_POLLING_WRITING, status == PGRES_POLLING_WRITING) !=
        NGX_OK) {
        shop_pg_down(conn, "no free connection of nginx, see worker_connections");
        return;
    }

    if (status == PGRES_POLLING_OK) {
        pg_established(conn);
    }
}


static ngx_int_t pg_watch_socket(shop_pg_conn_t *conn, ngx_uint_t reading, ngx_uint_t writing)
{
    conn->c = shop_fd_attach(PQsocket(conn->handle), conn, pg_on_read, pg_on_write, conn->pg->log);

    if (conn->c == NULL) {
        return NGX_ERROR;
    }

    return shop_fd_want(conn->c, reading, writing);
}


static void pg_established(shop_pg_conn_t *conn)
{
    if (PQsetnonblocking(conn->handle, 1) != 0) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    conn->state = SHOP_PG_PREPARING;

    if (conn->lane == SHOP_PG_LANES) {
        shop_pg_listen_ready(conn);
        return;
    }

    if (PQenterPipelineMode(conn->handle) != 1) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    shop_pg_prepare_all(conn);
}


void shop_pg_ready(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;

    conn->state = SHOP_PG_UP;
    conn->up_since = ngx_current_msec;
    shop_timer_stop(&conn->timer);

    pg->attempt = NULL;

    if (pg->complaint[0] != '\0') {
        pg->complaint[0] = '\0';
        ngx_log_error(NGX_LOG_NOTICE, pg->log, 0, "pg conn=%ui up again", conn->number);
    }

    if (conn->lane < SHOP_PG_LANES) {
        pg->lanes[conn->lane].counters.reconnects++;
        shop_pg_lane_up(conn);
    }

    shop_pg_connect_next(pg);
}


static void pg_on_read(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;
    shop_pg_conn_t *conn = c->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    if (c->close) {
        pg_on_shutdown(conn);
        return;
    }

    if (conn->state == SHOP_PG_CONNECTING) {
        pg_step(conn);

    } else if (conn->lane == SHOP_PG_LANES) {
        shop_pg_listen_read(conn);

    } else {
        shop_pg_queue_read(conn);
    }
}


/* FD-9: the worker begins to leave (told to the idle listener), or is forced to (marked as an error
 * on all of them). */
static void pg_on_shutdown(shop_pg_conn_t *conn)
{
    if (conn->c->error) {
        conn->pg->given_up = 1;
    }

    if (conn->lane == SHOP_PG_LANES) {
        shop_pg_tell_shutdown(conn->pg);
    }

    shop_pg_down(conn, "worker shutdown");
}


static void pg_on_write(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;
    shop_pg_conn_t *conn = c->data;
    int more;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    if (conn->state == SHOP_PG_CONNECTING) {
        pg_step(conn);
        return;
    }

    more = PQflush(conn->handle);

    if (more < 0 || shop_fd_want(c, !conn->paused, more == 1) != NGX_OK) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
    }
}


/* PG-7: without a receiver libpq writes notices to the standard error. */
static void pg_on_notice(void *data, const PGresult *notice)
{
    shop_pg_conn_t *conn = data;
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);

    ngx_log_error(NGX_LOG_INFO, conn->pg->log, 0, "pg conn=%ui notice: %s", conn->number,
                  text != NULL ? text : PQresultErrorMessage(notice));
}
