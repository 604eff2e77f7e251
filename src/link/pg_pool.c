/*
 * All connections of a worker: lanes, the choice of a connection, the bounded queue, loss.
 *
 * A request goes to the connection of its lane with the fewest in flight (PG-16). Without room it
 * waits; without any connection it waits for one second and no longer, so that the first requests
 * of a new worker and those of a short interruption get their answers (RE-6) and those of a long
 * one are refused at once (FA-3).
 */

#include "link/pg_internal.h"

/* A restart of the server ends all its connections within this time. */
#define LOSS_MOMENT 250


static ngx_int_t pool_init(shop_pg_t *pg);
static void pool_init_lane(shop_pg_t *pg, ngx_uint_t number);
static shop_pg_conn_t *pool_choose(shop_pg_t *pg, ngx_uint_t lane);
static shop_pg_request_t *pool_first(shop_pg_lane_t *lane);
static void pool_on_posted(ngx_event_t *ev);
static void pool_on_impatience(ngx_event_t *ev);
static void pool_be_patient(shop_pg_lane_t *lane);
static void pool_forget(ngx_queue_t *requests);


shop_pg_t *shop_pg_start(const shop_pg_conf_t *conf, ngx_log_t *log)
{
    ngx_pool_t *pool;
    shop_pg_t *pg;

    pool = ngx_create_pool(16384, log);
    if (pool == NULL) {
        return NULL;
    }

    pg = ngx_pcalloc(pool, sizeof(shop_pg_t));
    if (pg == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    pg->pool = pool;
    pg->conf = *conf;
    pg->log = log;

    if (pool_init(pg) != NGX_OK || shop_pg_batch_init(pg) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    shop_pg_connect_init(pg);
    shop_pg_connect_next(pg);

    return pg;
}


static ngx_int_t pool_init(shop_pg_t *pg)
{
    ngx_uint_t left[SHOP_PG_LANES], lane, n = 0;

    pg->conn_count = 1;

    for (lane = 0; lane < SHOP_PG_LANES; lane++) {
        left[lane] = pg->conf.connections[lane] > 0 ? pg->conf.connections[lane] : 1;
        pg->conn_count += left[lane];
        pool_init_lane(pg, lane);
    }

    pg->conns = ngx_pcalloc(pg->pool, pg->conn_count * sizeof(shop_pg_conn_t));
    if (pg->conns == NULL) {
        return NGX_ERROR;
    }

    /* The first connections of all lanes come first, then the listener, then the second ones, … */
    while (n < pg->conn_count) {
        for (lane = 0; lane < SHOP_PG_LANES; lane++) {
            if (left[lane] > 0) {
                left[lane]--;
                pg->conns[n++].lane = lane;
            }
        }

        if (n == SHOP_PG_LANES) {
            pg->conns[n++].lane = SHOP_PG_LANES;
        }
    }

    ngx_queue_init(&pg->failed);
    shop_timer_init(&pg->posted, pool_on_posted, pg, pg->log);

    return NGX_OK;
}


static void pool_init_lane(shop_pg_t *pg, ngx_uint_t number)
{
    shop_pg_lane_t *lane = &pg->lanes[number];

    lane->pg = pg;
    lane->number = number;
    ngx_queue_init(&lane->waiting);
    shop_timer_init(&lane->impatience, pool_on_impatience, lane, pg->log);
    pool_be_patient(lane);
}


void shop_pg_submit(shop_pg_t *pg, shop_pg_request_t *request)
{
    shop_pg_lane_t *lane = &pg->lanes[request->lane];
    shop_pg_conn_t *conn;

    if (pg->given_up) {
        shop_pg_refuse(request, SHOP_LINK_DOWN, "worker shutdown");
        return;
    }

    conn = pool_choose(pg, request->lane);

    if (conn != NULL && ngx_queue_empty(&lane->waiting)) {
        shop_pg_queue_send(conn, request);
        return;
    }

    if (lane->up == 0 && !lane->patient) {
        shop_pg_refuse(request, SHOP_LINK_DOWN, "no connection");
        return;
    }

    if (pg->waiting >= pg->conf.queue_max) {
        shop_pg_refuse(request, SHOP_LINK_BUSY, "queue full");
        return;
    }

    pg->waiting++;
    request->waiting = 1;
    ngx_queue_insert_tail(&lane->waiting, &request->queue);
}


bool shop_pg_withdraw(shop_pg_request_t *request)
{
    if (!request->waiting) {
        return false;
    }

    request->waiting = 0;
    request->pg->waiting--;
    ngx_queue_remove(&request->queue);

    return true;
}


static shop_pg_request_t *pool_first(shop_pg_lane_t *lane)
{
    shop_pg_request_t *request;

    request = ngx_queue_data(ngx_queue_head(&lane->waiting), shop_pg_request_t, queue);
    (void) shop_pg_withdraw(request);

    return request;
}


static shop_pg_conn_t *pool_choose(shop_pg_t *pg, ngx_uint_t lane)
{
    shop_pg_conn_t *conn, *best = NULL;
    ngx_uint_t i;

    for (i = 0; i < pg->conn_count; i++) {
        conn = &pg->conns[i];

        if (conn->lane == lane && conn->state == SHOP_PG_UP && !conn->broken.posted &&
            conn->count < pg->conf.in_flight_max && (best == NULL || conn->count < best->count)) {
            best = conn;
        }
    }

    return best;
}


void shop_pg_pump(shop_pg_t *pg, ngx_uint_t number)
{
    shop_pg_lane_t *lane = &pg->lanes[number];
    shop_pg_conn_t *conn;

    while (!ngx_queue_empty(&lane->waiting)) {
        conn = pool_choose(pg, number);
        if (conn == NULL) {
            return;
        }

        shop_pg_queue_send(conn, pool_first(lane));
    }
}


void shop_pg_refuse(shop_pg_request_t *request, shop_link_status_e status, const char *reason)
{
    shop_pg_t *pg = request->pg;

    request->failure = status;
    request->reason = reason;
    ngx_queue_insert_tail(&pg->failed, &request->queue);

    if (!pg->posted.posted) {
        ngx_post_event(&pg->posted, &ngx_posted_events);
    }
}


static void pool_on_posted(ngx_event_t *ev)
{
    shop_pg_t *pg = ev->data;
    shop_pg_request_t *request;

    while (!ngx_queue_empty(&pg->failed)) {
        request = ngx_queue_data(ngx_queue_head(&pg->failed), shop_pg_request_t, queue);
        ngx_queue_remove(&request->queue);
        request->end(request, request->failure, NULL);
    }
}


void shop_pg_lane_up(shop_pg_conn_t *conn)
{
    shop_pg_lane_t *lane = &conn->pg->lanes[conn->lane];

    lane->up++;
    lane->patient = 0;
    shop_timer_stop(&lane->impatience);

    shop_pg_pump(conn->pg, conn->lane);
}


void shop_pg_lane_lost(shop_pg_conn_t *conn)
{
    shop_pg_lane_t *lane = &conn->pg->lanes[conn->lane];

    lane->up--;

    if (lane->up == 0) {
        pool_be_patient(lane);
    }
}


static void pool_be_patient(shop_pg_lane_t *lane)
{
    lane->patient = 1;
    shop_timer_set(&lane->impatience, SHOP_LINK_PATIENCE);
}


static void pool_on_impatience(ngx_event_t *ev)
{
    shop_pg_lane_t *lane = ev->data;

    lane->patient = 0;

    if (lane->up > 0) {
        return;
    }

    while (!ngx_queue_empty(&lane->waiting)) {
        shop_pg_refuse(pool_first(lane), SHOP_LINK_DOWN, "no connection");
    }
}


/* PG-20: what certainly was not sent, and a read, are asked again; the rest has an unknown end. */
void shop_pg_lost(shop_pg_request_t *request)
{
    shop_pg_t *pg = request->pg;
    bool harmless;

    PQclear(request->result);
    request->result = NULL;

    harmless = request->kind == SHOP_PG_CALL && (request->op == NULL || !request->op->ended) &&
               (request->unsent || (request->op != NULL && !request->rows_seen &&
                                    pg->conf.statements[request->statement].read_only));

    if (harmless && !pg->stopping && !pg->given_up && shop_pg_second_chance(&request->lost_at)) {
        shop_pg_submit(pg, request);
        return;
    }

    request->reason = "connection lost";
    request->end(request, request->unsent ? SHOP_LINK_DOWN : SHOP_LINK_LOST, NULL);
}


bool shop_pg_second_chance(ngx_msec_t *lost_at)
{
    if (*lost_at == 0) {
        *lost_at = ngx_current_msec;
        return true;
    }

    return ngx_current_msec - *lost_at < LOSS_MOMENT;
}


/* RE-2: closes the sockets. What is still under way is forgotten: nobody is there any more. */
void shop_pg_stop(shop_pg_t *pg)
{
    ngx_uint_t i;

    pg->stopping = 1;
    shop_timer_stop(&pg->retry);

    for (i = 0; i < pg->conn_count; i++) {
        shop_pg_close(&pg->conns[i]);
        pool_forget(&pg->conns[i].in_flight);
    }

    for (i = 0; i < SHOP_PG_LANES; i++) {
        shop_timer_stop(&pg->lanes[i].impatience);
        pool_forget(&pg->lanes[i].waiting);
    }

    pool_forget(&pg->failed);
    shop_pg_batch_stop(pg);

    if (pg->posted.posted) {
        ngx_delete_posted_event(&pg->posted);
    }

    ngx_destroy_pool(pg->pool);
}


static void pool_forget(ngx_queue_t *requests)
{
    shop_pg_request_t *request;

    while (!ngx_queue_empty(requests)) {
        request = ngx_queue_data(ngx_queue_head(requests), shop_pg_request_t, queue);
        ngx_queue_remove(&request->queue);

        PQclear(request->result);
        request->waiting = 0;

        if (request->op != NULL) {
            shop_op_abandon(request->op);
        }

        request->end(request, SHOP_LINK_LOST, NULL);
    }
}
