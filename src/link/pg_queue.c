/*
 * Requests on one connection, in pipeline mode: sending, reading, completing in order.
 *
 * A request is one statement and one Sync; it is complete when its Sync comes back, never before,
 * because only then the commit is known (PG-8). Nothing here frees the connection: who finds it
 * dead in the middle of something marks it, and the posted event ends it (PG-24).
 */

#include "link/pg_internal.h"

/* A stream gives the loop back after so many rows, or so much time. */
#define STREAM_ROWS 200
#define STREAM_TIME_US 2000


static int queue_put(shop_pg_conn_t *conn, const shop_pg_request_t *request);
static int put_deallocate(shop_pg_conn_t *conn, const char *name);
static void queue_flush(shop_pg_conn_t *conn);
static void queue_go_on(shop_pg_conn_t *conn);
static ngx_int_t queue_drain(shop_pg_conn_t *conn);
static void queue_result(shop_pg_conn_t *conn, shop_pg_request_t *request, PGresult *result);
static void queue_complete(shop_pg_conn_t *conn, shop_pg_request_t *request);
static void queue_head(shop_pg_conn_t *conn);
static shop_pg_request_t *head_of(shop_pg_conn_t *conn);
static uint64_t now_us(void);


void shop_pg_queue_send(shop_pg_conn_t *conn, shop_pg_request_t *request)
{
    ngx_queue_insert_tail(&conn->in_flight, &request->queue);
    request->unsent = 0;
    request->rows_seen = 0;

    if (++conn->count == 1) {
        conn->head_since = ngx_current_msec;
    }

    /* A dying connection takes no more; its end will pass the request on. */
    if (conn->broken.posted || !queue_put(conn, request)) {
        request->unsent = 1;
        shop_pg_break(conn, PQerrorMessage(conn->handle));
        return;
    }

    if (conn->count == 1) {
        queue_head(conn);
    }

    if (PQpipelineSync(conn->handle) != 1) {
        shop_pg_break(conn, PQerrorMessage(conn->handle));
        return;
    }

    if (conn->state == SHOP_PG_UP && !conn->timer.timer_set) {
        shop_timer_set(&conn->timer, conn->pg->conf.statement_timeout);
    }

    queue_flush(conn);
}


static int queue_put(shop_pg_conn_t *conn, const shop_pg_request_t *request)
{
    const shop_pg_statement_t *statement = &conn->pg->conf.statements[request->statement];

    switch (request->kind) {
    case SHOP_PG_CHECK:
        return PQsendQueryParams(conn->handle, conn->pg->conf.check, 0, NULL, NULL, NULL, NULL, 0);

    case SHOP_PG_DEALLOCATE:
        return put_deallocate(conn, statement->name);

    case SHOP_PG_PREPARE:
        return PQsendPrepare(conn->handle, statement->name, statement->text, 0, NULL);

    case SHOP_PG_CALL:
        return PQsendQueryPrepared(conn->handle, statement->name, (int) statement->params,
                                   request->values, NULL, NULL, 0);
    }

    return 0;
}


static int put_deallocate(shop_pg_conn_t *conn, const char *name)
{
    u_char text[sizeof("DEALLOCATE \"\"") + 64];
    u_char *end = text + sizeof(text) - 1;

    *ngx_slprintf(text, end, "DEALLOCATE \"%s\"", name) = '\0';

    return PQsendQueryParams(conn->handle, (char *) text, 0, NULL, NULL, NULL, NULL, 0);
}


/* FD-3: writability is asked for only while libpq has something left. */
static void queue_flush(shop_pg_conn_t *conn)
{
    int more = PQflush(conn->handle);

    if (more < 0 || shop_fd_want(conn->c, !conn->paused, more == 1) != NGX_OK) {
        shop_pg_break(conn, PQerrorMessage(conn->handle));
    }
}


void shop_pg_queue_read(shop_pg_conn_t *conn)
{
    if (!PQconsumeInput(conn->handle)) {
        /* What arrived before the end is still good. */
        (void) queue_drain(conn);
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    queue_go_on(conn);
}


/* What libpq holds is taken before more is read: its buffer would grow, and be moved, each time. */
void shop_pg_queue_resume(ngx_event_t *ev)
{
    shop_pg_conn_t *conn = ev->data;

    conn->paused = 0;
    queue_go_on(conn);
}


static void queue_go_on(shop_pg_conn_t *conn)
{
    if (queue_drain(conn) == NGX_ERROR || PQstatus(conn->handle) != CONNECTION_OK) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    if (conn->state == SHOP_PG_UP) {
        shop_pg_pump(conn->pg, conn->lane);
    }

    queue_flush(conn);
}


/* Takes every result that is complete. NGX_AGAIN: a stream has had its turn; NGX_ERROR: the
 * protocol is out of step or the connection is dead. */
static ngx_int_t queue_drain(shop_pg_conn_t *conn)
{
    shop_pg_request_t *request;
    PGresult *result;
    ngx_uint_t rows = 0, nothing = 0;
    uint64_t begin = 0;

    while ((request = head_of(conn)) != NULL && !PQisBusy(conn->handle)) {
        result = PQgetResult(conn->handle);

        if (result == NULL) {
            /* One ends the results of a statement; two mean that nothing more will come. */
            if (++nothing == 2 || PQstatus(conn->handle) != CONNECTION_OK) {
                return NGX_ERROR;
            }

            continue;
        }

        nothing = 0;
        queue_result(conn, request, result);

        if (request == head_of(conn) && request->row != NULL && conn->broken.posted == 0) {
            begin = rows == 0 ? now_us() : begin;

            if (++rows >= STREAM_ROWS || (rows % 16 == 0 && now_us() - begin >= STREAM_TIME_US)) {
                conn->paused = 1;
                conn->head_since = ngx_current_msec;
                ngx_post_event(&conn->resume, &ngx_posted_next_events);
                return NGX_AGAIN;
            }
        }
    }

    return NGX_OK;
}


static void queue_result(shop_pg_conn_t *conn, shop_pg_request_t *request, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_PIPELINE_SYNC:
        PQclear(result);
        queue_complete(conn, request);
        return;

    case PGRES_SINGLE_TUPLE:
        /* Only the request of a stream has asked for single rows. */
        if (request->row != NULL) {
            request->rows_seen = 1;
            request->row(request, result);
        }

        PQclear(result);
        return;

    case PGRES_FATAL_ERROR:
    case PGRES_PIPELINE_ABORTED:
        /* The first error tells the reason. */
        if (request->result != NULL && PQresultStatus(request->result) == PGRES_FATAL_ERROR) {
            PQclear(result);
            return;
        }

        break;

    default:
        break;
    }

    PQclear(request->result);
    request->result = result;
}


static void queue_complete(shop_pg_conn_t *conn, shop_pg_request_t *request)
{
    PGresult *result = request->result;
    ExecStatusType status = PQresultStatus(result);

    ngx_queue_remove(&request->queue);
    conn->count--;
    conn->head_since = ngx_current_msec;
    request->result = NULL;

    if (conn->count > 0) {
        queue_head(conn);
    }

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        request->end(request, SHOP_LINK_OK, result);
        return;
    }

    if (shop_pg_prepare_again(conn, request, result) == NGX_OK) {
        PQclear(result);
        return;
    }

    request->end(request, SHOP_LINK_ERROR, result);
}


/* PG-23: possible once it has become the current one and before its first result. */
static void queue_head(shop_pg_conn_t *conn)
{
    if (head_of(conn)->row != NULL) {
        (void) PQsetSingleRowMode(conn->handle);
    }
}


static shop_pg_request_t *head_of(shop_pg_conn_t *conn)
{
    if (ngx_queue_empty(&conn->in_flight)) {
        return NULL;
    }

    return ngx_queue_data(ngx_queue_head(&conn->in_flight), shop_pg_request_t, queue);
}


static uint64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}
