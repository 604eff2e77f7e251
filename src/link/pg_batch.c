/*
 * Natural batching: while one call of a statement is under way, what arrives is collected and sent
 * as the next call. No delay when calm, few commits when busy.
 *
 * A line is one statement on one lane with at most one call under way. A call that fails as a whole
 * is taken apart: every element is asked alone, so that one bad element fails alone; a call that
 * was lost with its connection is asked once more (the functions are idempotent by their own keys).
 */

#include "link/pg_internal.h"


typedef struct shop_pg_line_s {
    shop_pg_t *pg;
    ngx_uint_t lane;
    ngx_uint_t statement;
    ngx_uint_t busy;
    ngx_queue_t waiting; /* pg_element_t */
} pg_line_t;

/* Lives in its operation's pool. */
typedef struct {
    ngx_queue_t queue;
    shop_op_t *op;
    pg_line_t *line;
    shop_str_t text;
    ngx_msec_t lost_at; /* its batch */
    unsigned waiting : 1;
    unsigned alone : 1; /* its batch failed: alone it will be seen whose fault it was */
} pg_element_t;

/* One call under way; lives in its own pool. */
typedef struct {
    shop_pg_request_t request;
    ngx_pool_t *pool;
    pg_line_t *line;
    pg_element_t **elements;
    ngx_uint_t count;
} pg_batch_t;


static void batch_on_leave(shop_op_t *op);
static void batch_wait(pg_element_t *element, ngx_uint_t first);
static void batch_send(pg_line_t *line);
static pg_batch_t *batch_collect(pg_line_t *line);
static ngx_int_t batch_text(pg_batch_t *batch);
static void batch_refuse(pg_batch_t *batch, const char *error);
static void batch_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);
static void batch_answer(pg_batch_t *batch, const PGresult *result);
static ngx_int_t batch_row(shop_op_t *op, const PGresult *result, int row);
static void batch_fail(pg_batch_t *batch, shop_link_status_e status, const PGresult *result);
static bool batch_again(pg_batch_t *batch, pg_element_t *element, shop_link_status_e status);
static void element_end(pg_element_t *element, shop_link_status_e status);


ngx_int_t shop_pg_batch_init(shop_pg_t *pg)
{
    ngx_uint_t i, n = SHOP_PG_LANES * pg->conf.statement_count;

    pg->lines = ngx_pcalloc(pg->pool, (n + 1) * sizeof(pg_line_t));
    if (pg->lines == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        pg->lines[i].pg = pg;
        pg->lines[i].lane = i / pg->conf.statement_count;
        pg->lines[i].statement = i % pg->conf.statement_count;
        ngx_queue_init(&pg->lines[i].waiting);
    }

    return NGX_OK;
}


void shop_pg_batch(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement, shop_op_t *op,
                   shop_str_t text)
{
    pg_line_t *line = &pg->lines[lane * pg->conf.statement_count + statement];
    pg_element_t *element;

    shop_op_hold(op, &pg->lanes[lane].counters, batch_on_leave);

    if (pg->waiting >= pg->conf.queue_max) {
        shop_op_post(op, SHOP_LINK_BUSY, "queue full");
        return;
    }

    element = ngx_pcalloc(op->pool, sizeof(pg_element_t));
    if (element == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    element->op = op;
    element->line = line;
    element->text = shop_op_copy(op->pool, text.data, text.len);
    if (element->text.data == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    op->carrier = element;
    batch_wait(element, 0);

    if (!line->busy) {
        batch_send(line);
    }
}


static void batch_wait(pg_element_t *element, ngx_uint_t first)
{
    element->waiting = 1;
    element->line->pg->waiting++;

    if (first) {
        ngx_queue_insert_head(&element->line->waiting, &element->queue);
    } else {
        ngx_queue_insert_tail(&element->line->waiting, &element->queue);
    }
}


static void element_leave_queue(pg_element_t *element)
{
    element->waiting = 0;
    element->line->pg->waiting--;
    ngx_queue_remove(&element->queue);
}


static void batch_on_leave(shop_op_t *op)
{
    pg_element_t *element = op->carrier;

    if (element->waiting) {
        element_leave_queue(element);
        shop_op_release(op);
    }
}


static void batch_send(pg_line_t *line)
{
    shop_link_counters_t *counters = &line->pg->lanes[line->lane].counters;
    pg_batch_t *batch;

    if (ngx_queue_empty(&line->waiting)) {
        return;
    }

    batch = batch_collect(line);
    if (batch == NULL) {
        return; /* no memory: the elements wait until their deadlines or the next arrival */
    }

    if (batch_text(batch) != NGX_OK) {
        batch_refuse(batch, "no memory");
        return;
    }

    line->busy = 1;
    counters->batches++;
    counters->batched += batch->count;

    shop_pg_submit(line->pg, &batch->request);
}


static pg_batch_t *batch_collect(pg_line_t *line)
{
    ngx_uint_t max = line->pg->conf.batch_max > 0 ? line->pg->conf.batch_max : 1;
    pg_element_t *element;
    pg_batch_t *batch;
    ngx_pool_t *pool;

    pool = ngx_create_pool(4096, line->pg->log);
    if (pool == NULL) {
        return NULL;
    }

    batch = ngx_pcalloc(pool, sizeof(pg_batch_t));
    if (batch == NULL || (batch->elements = ngx_palloc(pool, max * sizeof(void *))) == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    batch->pool = pool;
    batch->line = line;

    while (batch->count < max && !ngx_queue_empty(&line->waiting)) {
        element = ngx_queue_data(ngx_queue_head(&line->waiting), pg_element_t, queue);

        if (element->alone && batch->count > 0) {
            break;
        }

        element_leave_queue(element);
        batch->elements[batch->count++] = element;

        if (element->alone) {
            break;
        }
    }

    return batch;
}


static ngx_int_t batch_text(pg_batch_t *batch)
{
    shop_pg_request_t *request = &batch->request;
    size_t len = sizeof("[]");
    u_char *text, *p;
    ngx_uint_t i;

    for (i = 0; i < batch->count; i++) {
        len += batch->elements[i]->text.len + 1;
    }

    text = ngx_pnalloc(batch->pool, len);
    request->values = ngx_palloc(batch->pool, sizeof(char *));
    if (text == NULL || request->values == NULL) {
        return NGX_ERROR;
    }

    p = text;
    *p++ = '[';

    for (i = 0; i < batch->count; i++) {
        if (i > 0) {
            *p++ = ',';
        }

        p = ngx_cpymem(p, batch->elements[i]->text.data, batch->elements[i]->text.len);
    }

    *p++ = ']';
    *p = '\0';

    request->values[0] = (char *) text;
    request->pg = batch->line->pg;
    request->lane = batch->line->lane;
    request->statement = batch->line->statement;
    request->data = batch;
    request->end = batch_on_end;

    return NGX_OK;
}


static void batch_refuse(pg_batch_t *batch, const char *error)
{
    ngx_uint_t i;

    for (i = 0; i < batch->count; i++) {
        if (batch->elements[i]->op->ended) {
            shop_op_release(batch->elements[i]->op);
        } else {
            shop_op_post(batch->elements[i]->op, SHOP_LINK_BUSY, error);
        }
    }

    ngx_destroy_pool(batch->pool);
}


static void batch_on_end(shop_pg_request_t *request, shop_link_status_e status, PGresult *result)
{
    pg_batch_t *batch = request->data;
    pg_line_t *line = batch->line;

    if (status == SHOP_LINK_OK) {
        batch_answer(batch, result);
    } else {
        batch_fail(batch, status, result);
    }

    PQclear(result);
    ngx_destroy_pool(batch->pool);

    line->busy = 0;

    if (!line->pg->stopping) {
        batch_send(line);
    }
}


/* done() may submit more elements to this line: it is still busy, so they wait. */
static void batch_answer(pg_batch_t *batch, const PGresult *result)
{
    shop_link_status_e status;
    pg_element_t *element;
    ngx_uint_t i;

    for (i = 0; i < batch->count; i++) {
        element = batch->elements[i];
        status = SHOP_LINK_OK;

        if ((ngx_uint_t) PQntuples(result) != batch->count) {
            shop_op_error(element->op, "batch answered another number of rows");
            status = SHOP_LINK_ERROR;

        } else if (!element->op->ended && batch_row(element->op, result, (int) i) != NGX_OK) {
            shop_op_error(element->op, "no memory");
            status = SHOP_LINK_ERROR;
        }

        element_end(element, status);
    }
}


static ngx_int_t batch_row(shop_op_t *op, const PGresult *result, int row)
{
    size_t columns = (size_t) PQnfields(result), i;
    shop_pg_result_t *reply;

    reply = ngx_pcalloc(op->pool, sizeof(shop_pg_result_t));
    if (reply == NULL) {
        return NGX_ERROR;
    }

    reply->values = ngx_pcalloc(op->pool, (columns + 1) * sizeof(shop_str_t));
    if (reply->values == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < columns; i++) {
        if (PQgetisnull(result, row, (int) i)) {
            continue;
        }

        reply->values[i] = shop_op_copy(op->pool, PQgetvalue(result, row, (int) i),
                                        (size_t) PQgetlength(result, row, (int) i));
        if (reply->values[i].data == NULL) {
            return NGX_ERROR;
        }
    }

    reply->rows = 1;
    reply->columns = columns;
    op->reply.pg = reply;

    return NGX_OK;
}


/* From the last to the first, so that those asked again stand in their old order. */
static void batch_fail(pg_batch_t *batch, shop_link_status_e status, const PGresult *result)
{
    pg_element_t *element;
    ngx_uint_t i;

    for (i = batch->count; i-- > 0; /* void */) {
        element = batch->elements[i];

        if (element->op->ended) {
            shop_op_release(element->op);
            continue;
        }

        if (batch_again(batch, element, status)) {
            batch_wait(element, 1);
            continue;
        }

        shop_pg_take_error(element->op, &batch->request, result);
        element_end(element, status);
    }
}


static bool batch_again(pg_batch_t *batch, pg_element_t *element, shop_link_status_e status)
{
    if (batch->line->pg->stopping) {
        shop_op_abandon(element->op);
        return false;
    }

    if (status == SHOP_LINK_ERROR && batch->count > 1) {
        element->alone = 1;
        return true;
    }

    return status == SHOP_LINK_LOST && !batch->line->pg->given_up &&
           shop_pg_second_chance(&element->lost_at);
}


static void element_end(pg_element_t *element, shop_link_status_e status)
{
    shop_op_t *op = element->op;

    shop_op_end(op, status);
    shop_op_release(op);
}


void shop_pg_batch_stop(shop_pg_t *pg)
{
    ngx_uint_t i, n = SHOP_PG_LANES * pg->conf.statement_count;
    pg_element_t *element;

    for (i = 0; i < n; i++) {
        while (!ngx_queue_empty(&pg->lines[i].waiting)) {
            element = ngx_queue_data(ngx_queue_head(&pg->lines[i].waiting), pg_element_t, queue);
            shop_op_abandon(element->op);
        }
    }
}
