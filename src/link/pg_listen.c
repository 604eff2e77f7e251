/*
 * The listener: a connection of its own for LISTEN, which is also how a worker learns early that it
 * is to leave (RE-3).
 *
 * After every (re)connection on_notify("") says that anything may have been missed (PG-26).
 */

#include "link/pg_internal.h"


static void listen_notifications(shop_pg_conn_t *conn);
static ngx_int_t listen_results(shop_pg_conn_t *conn);
static void listen_up(shop_pg_conn_t *conn);


void shop_pg_listen_ready(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;
    u_char text[sizeof("LISTEN \"\"") + 64];
    u_char *end = text + sizeof(text) - 1;
    int more;

    *ngx_slprintf(text, end, "LISTEN \"%V\"", &pg->conf.channel) = '\0';

    if (PQsendQuery(conn->handle, (char *) text) != 1) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    more = PQflush(conn->handle);

    if (more < 0 || shop_fd_want(conn->c, 1, more == 1) != NGX_OK) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
    }
}


void shop_pg_listen_read(shop_pg_conn_t *conn)
{
    if (!PQconsumeInput(conn->handle)) {
        shop_pg_down(conn, PQerrorMessage(conn->handle));
        return;
    }

    if (listen_results(conn) != NGX_OK) {
        return;
    }

    listen_notifications(conn);
}


static ngx_int_t listen_results(shop_pg_conn_t *conn)
{
    PGresult *result;
    ExecStatusType status;

    while (!PQisBusy(conn->handle)) {
        result = PQgetResult(conn->handle);

        if (result == NULL) {
            return NGX_OK;
        }

        status = PQresultStatus(result);
        PQclear(result);

        if (status != PGRES_COMMAND_OK) {
            shop_pg_down(conn, PQerrorMessage(conn->handle));
            return NGX_ERROR;
        }

        if (conn->state != SHOP_PG_UP) {
            listen_up(conn);
        }
    }

    return NGX_OK;
}


static void listen_up(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;

    conn->c->idle = 1; /* its handler is called when the worker begins to leave */
    shop_pg_ready(conn);

    if (pg->conf.on_notify != NULL) {
        pg->conf.on_notify(pg->conf.data, SHOP_STR(""));
    }
}


static void listen_notifications(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;
    PGnotify *notify;

    while ((notify = PQnotifies(conn->handle)) != NULL) {
        if (pg->conf.on_notify != NULL) {
            pg->conf.on_notify(pg->conf.data, (shop_str_t){ngx_strlen(notify->extra),
                                                           (unsigned char *) notify->extra});
        }

        PQfreemem(notify);
    }
}


void shop_pg_tell_shutdown(shop_pg_t *pg)
{
    if (pg->shutdown_told) {
        return;
    }

    pg->shutdown_told = 1;

    if (pg->conf.on_shutdown != NULL) {
        pg->conf.on_shutdown(pg->conf.data);
    }
}
