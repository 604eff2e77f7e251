/*
 * One caller, one statement, one result: shop_pg_call(), and what calls of other kinds share with
 * it.
 */

#include "link/pg_internal.h"


static void call_on_leave(shop_op_t *op);
static void call_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);
static void clear_result(void *data);


void shop_pg_call(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement, shop_op_t *op,
                  const shop_str_t *params)
{
    shop_pg_request_t *request;

    request = shop_pg_request(pg, lane, statement, op, params);
    if (request == NULL) {
        return;
    }

    request->end = call_on_end;
    shop_pg_submit(pg, request);
}


shop_pg_request_t *shop_pg_request(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement,
                                   shop_op_t *op, const shop_str_t *params)
{
    shop_pg_request_t *request;

    shop_op_hold(op, &pg->lanes[lane].counters, call_on_leave);

    request = ngx_pcalloc(op->pool, sizeof(shop_pg_request_t));

    if (request != NULL) {
        request->pg = pg;
        request->lane = lane;
        request->statement = statement;
        request->op = op;
        request->values =
            shop_pg_copy_params(op->pool, params, pg->conf.statements[statement].params);

        if (request->values != NULL) {
            op->carrier = request;
            return request;
        }
    }

    shop_op_post(op, SHOP_LINK_BUSY, "no memory");

    return NULL;
}


/* What waits is taken back; what was sent stays until its answer is in. */
static void call_on_leave(shop_op_t *op)
{
    if (shop_pg_withdraw(op->carrier)) {
        shop_op_release(op);
    }
}


const char **shop_pg_copy_params(ngx_pool_t *pool, const shop_str_t *params, ngx_uint_t count)
{
    const char **values;
    shop_str_t copy;
    ngx_uint_t i;

    values = ngx_pcalloc(pool, (count + 1) * sizeof(char *));
    if (values == NULL) {
        return NULL;
    }

    for (i = 0; i < count; i++) {
        if (params[i].data == NULL) {
            continue;
        }

        copy = shop_op_copy(pool, params[i].data, params[i].len);
        if (copy.data == NULL) {
            return NULL;
        }

        values[i] = (const char *) copy.data;
    }

    return values;
}


static void call_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result)
{
    shop_op_t *op = request->op;

    if (op->ended) {
        PQclear(result);

    } else if (status == SHOP_LINK_OK) {
        if (shop_pg_take_result(op, result) != NGX_OK) {
            shop_op_error(op, "no memory");
            status = SHOP_LINK_ERROR;
        }

        shop_op_end(op, status);

    } else {
        shop_pg_take_error(op, request, result);
        PQclear(result);
        shop_op_end(op, status);
    }

    shop_op_release(op);
}


void shop_pg_take_error(shop_op_t *op, const shop_pg_request_t *request, const PGresult *result)
{
    const char *code;

    if (result == NULL) {
        shop_op_error(op, request->reason);
        return;
    }

    shop_op_error(op, PQresultErrorMessage(result));

    /* PG-19: errors made by libpq itself have none. */
    code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (code != NULL) {
        op->code = shop_op_copy(op->pool, code, ngx_strlen(code));
    }
}


ngx_int_t shop_pg_take_result(shop_op_t *op, PGresult *result)
{
    ngx_pool_cleanup_t *cleanup;
    shop_pg_result_t *reply;
    size_t rows = (size_t) PQntuples(result), columns = (size_t) PQnfields(result), i;

    cleanup = ngx_pool_cleanup_add(op->pool, 0);
    if (cleanup == NULL) {
        PQclear(result);
        return NGX_ERROR;
    }

    /* PG-22: the values stay where libpq has put them. */
    cleanup->handler = clear_result;
    cleanup->data = result;

    reply = ngx_pcalloc(op->pool, sizeof(shop_pg_result_t));
    if (reply == NULL) {
        return NGX_ERROR;
    }

    reply->values = ngx_pcalloc(op->pool, (rows * columns + 1) * sizeof(shop_str_t));
    if (reply->values == NULL) {
        return NGX_ERROR;
    }

    reply->rows = rows;
    reply->columns = columns;
    reply->affected = ngx_atoi((u_char *) PQcmdTuples(result), ngx_strlen(PQcmdTuples(result)));

    for (i = 0; i < rows * columns; i++) {
        int row = (int) (i / columns), column = (int) (i % columns);

        if (!PQgetisnull(result, row, column)) {
            reply->values[i].data = (unsigned char *) PQgetvalue(result, row, column);
            reply->values[i].len = (size_t) PQgetlength(result, row, column);
        }
    }

    op->reply.pg = reply;

    return NGX_OK;
}


static void clear_result(void *data)
{
    PQclear(data);
}
