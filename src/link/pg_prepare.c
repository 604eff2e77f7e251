/*
 * Prepared statements: all of them on every new connection, one of them again when the server says
 * that its plan or name is no longer good (PG-12, PG-13).
 *
 * Each has a Sync of its own, so that one statement that cannot be prepared (its function is
 * missing) is logged and does not take the others with it.
 */

#include "link/pg_internal.h"


static shop_pg_request_t *internal_request(shop_pg_conn_t *conn, shop_pg_kind_e kind,
                                           ngx_uint_t statement);
static void on_check(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);
static void on_prepared(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);
static void first_answer(shop_pg_conn_t *conn);


void shop_pg_prepare_all(shop_pg_conn_t *conn)
{
    shop_pg_t *pg = conn->pg;
    shop_pg_request_t *request;
    ngx_uint_t i;

    /* One more than the answers: nothing is complete while this function runs. */
    conn->preparing = 1;

    if (pg->conf.check != NULL) {
        request = internal_request(conn, SHOP_PG_CHECK, 0);
        if (request == NULL) {
            return;
        }

        conn->preparing++;
        shop_pg_queue_send(conn, request);
    }

    for (i = 0; i < pg->conf.statement_count; i++) {
        request = internal_request(conn, SHOP_PG_PREPARE, i);
        if (request == NULL) {
            return;
        }

        conn->preparing++;
        shop_pg_queue_send(conn, request);
    }

    first_answer(conn);
}


ngx_int_t shop_pg_prepare_again(shop_pg_conn_t *conn, shop_pg_request_t *request,
                                const PGresult *error)
{
    const char *code = PQresultErrorField(error, PG_DIAG_SQLSTATE);
    shop_pg_request_t *forget, *prepare;

    if (request->kind != SHOP_PG_CALL || request->reprepared || code == NULL ||
        (strcmp(code, "26000") != 0 && strcmp(code, "0A000") != 0)) {
        return NGX_DECLINED;
    }

    forget = internal_request(conn, SHOP_PG_DEALLOCATE, request->statement);
    if (forget == NULL) {
        return NGX_DECLINED;
    }

    prepare = internal_request(conn, SHOP_PG_PREPARE, request->statement);
    if (prepare == NULL) {
        ngx_free(forget);
        return NGX_DECLINED;
    }

    request->reprepared = 1;
    shop_pg_queue_send(conn, forget);
    shop_pg_queue_send(conn, prepare);
    shop_pg_queue_send(conn, request);

    return NGX_OK;
}


static shop_pg_request_t *internal_request(shop_pg_conn_t *conn, shop_pg_kind_e kind,
                                           ngx_uint_t statement)
{
    shop_pg_request_t *request;

    request = ngx_calloc(sizeof(shop_pg_request_t), conn->pg->log);
    if (request == NULL) {
        shop_pg_break(conn, "no memory");
        return NULL;
    }

    request->kind = kind;
    request->pg = conn->pg;
    request->lane = conn->lane;
    request->statement = statement;
    request->data = conn;
    request->end = kind == SHOP_PG_CHECK ? on_check : on_prepared;

    return request;
}


/* A non-empty answer, or none because of an error, refuses the connection. */
static void on_check(shop_pg_request_t *request, shop_link_status_e status, PGresult *result)
{
    shop_pg_conn_t *conn = request->data;

    if (status == SHOP_LINK_ERROR) {
        shop_pg_break(conn, PQresultErrorMessage(result));

    } else if (status == SHOP_LINK_OK && PQntuples(result) > 0 && PQgetlength(result, 0, 0) > 0) {
        shop_pg_break(conn, PQgetvalue(result, 0, 0));
    }

    if (status == SHOP_LINK_OK || status == SHOP_LINK_ERROR) {
        first_answer(conn);
    }

    PQclear(result);
    ngx_free(request);
}


static void on_prepared(shop_pg_request_t *request, shop_link_status_e status, PGresult *result)
{
    shop_pg_conn_t *conn = request->data;

    /* Of a schema that the check has refused already nothing more needs to be said. */
    if (status == SHOP_LINK_ERROR && request->kind == SHOP_PG_PREPARE && !conn->broken.posted) {
        ngx_log_error(NGX_LOG_ERR, conn->pg->log, 0, "pg conn=%ui statement=%s not prepared: %s",
                      conn->number, conn->pg->conf.statements[request->statement].name,
                      PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) != NULL
                          ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)
                          : PQresultErrorMessage(result));
    }

    if ((status == SHOP_LINK_OK || status == SHOP_LINK_ERROR) && conn->preparing > 0) {
        first_answer(conn);
    }

    PQclear(result);
    ngx_free(request);
}


static void first_answer(shop_pg_conn_t *conn)
{
    if (--conn->preparing == 0 && !conn->broken.posted) {
        shop_pg_ready(conn);
    }
}
