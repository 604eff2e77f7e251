/*
 * Row by row on the jobs lane: results that are too large to hold, or too long to read at once.
 *
 * The queue of the connection gives the loop back between rows (pg_queue.c); here a row becomes a
 * call of the caller's function. Rows for an operation that has ended are read and thrown away.
 */

#include "link/pg_internal.h"


typedef struct {
    shop_pg_row_pt on_row;
    shop_str_t *values;
    size_t columns;
    int64_t rows;
    ngx_uint_t enough; /* the caller wants no more */
} pg_stream_t;


static void stream_on_rows(shop_pg_request_t *request, const PGresult *result);
static ngx_int_t stream_row(shop_pg_request_t *request, const PGresult *result, int row);
static void stream_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);


void shop_pg_stream(shop_pg_t *pg, ngx_uint_t statement, shop_op_t *op, const shop_str_t *params,
                    shop_pg_row_pt on_row)
{
    shop_pg_request_t *request;
    pg_stream_t *stream;

    request = shop_pg_request(pg, SHOP_PG_JOBS, statement, op, params);
    if (request == NULL) {
        return;
    }

    stream = ngx_pcalloc(op->pool, sizeof(pg_stream_t));
    if (stream == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    stream->on_row = on_row;

    request->data = stream;
    request->row = stream_on_rows;
    request->end = stream_on_end;

    shop_pg_submit(pg, request);
}


static void stream_on_rows(shop_pg_request_t *request, const PGresult *result)
{
    pg_stream_t *stream = request->data;
    int row;

    for (row = 0; row < PQntuples(result); row++) {
        if (request->op->ended || stream->enough) {
            return;
        }

        if (stream_row(request, result, row) != NGX_OK) {
            stream->enough = 1;
        }
    }
}


static ngx_int_t stream_row(shop_pg_request_t *request, const PGresult *result, int row)
{
    pg_stream_t *stream = request->data;
    size_t column;

    if (stream->values == NULL) {
        stream->columns = (size_t) PQnfields(result);
        stream->values = ngx_palloc(request->op->pool, (stream->columns + 1) * sizeof(shop_str_t));
        if (stream->values == NULL) {
            return NGX_ERROR;
        }
    }

    for (column = 0; column < stream->columns; column++) {
        stream->values[column] = (shop_str_t){0, NULL};

        if (!PQgetisnull(result, row, (int) column)) {
            stream->values[column].data = (unsigned char *) PQgetvalue(result, row, (int) column);
            stream->values[column].len = (size_t) PQgetlength(result, row, (int) column);
        }
    }

    stream->rows++;

    return stream->on_row(request->op, stream->columns, stream->values);
}


static void stream_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result)
{
    pg_stream_t *stream = request->data;
    shop_op_t *op = request->op;

    if (status == SHOP_LINK_OK && !op->ended) {
        /* Empty after single rows; everything when libpq could not switch to them. */
        stream_on_rows(request, result);
    }

    if (!op->ended) {
        if (status != SHOP_LINK_OK) {
            shop_pg_take_error(op, request, result);
        }

        op->reply.pg = ngx_pcalloc(op->pool, sizeof(shop_pg_result_t));
        if (op->reply.pg != NULL) {
            op->reply.pg->columns = stream->columns;
            op->reply.pg->affected = stream->rows;
        }
    }

    PQclear(result);
    shop_op_end(op, status);
    shop_op_release(op);
}
