/*
 * PostgreSQL: what its files share. One shop_pg_t per worker holds all connections (the lanes' and,
 * last, the listener); each connection carries a queue of requests; a request is one statement and
 * one Sync (PG-8).
 */

#ifndef SHOP_PG_INTERNAL_H
#define SHOP_PG_INTERNAL_H

#include <libpq-fe.h>

#include "link/link_internal.h"

typedef struct shop_pg_conn_s shop_pg_conn_t;
typedef struct shop_pg_request_s shop_pg_request_t;

typedef enum {
    SHOP_PG_CALL = 0,   /* a prepared statement of the table */
    SHOP_PG_CHECK,      /* the first question on a connection */
    SHOP_PG_DEALLOCATE, /* forget one prepared statement */
    SHOP_PG_PREPARE
} shop_pg_kind_e;

/* One statement on its way. Lives where its maker wants; `end` is called exactly once, from an
 * event of ours, owns `result` (NULL unless OK or ERROR) and may free the request. */
struct shop_pg_request_s {
    ngx_queue_t queue;
    shop_pg_kind_e kind;
    ngx_uint_t lane;
    ngx_uint_t statement;
    const char **values; /* NUL-terminated texts, NULL: SQL NULL */
    shop_op_t *op;       /* who waits; NULL when several do */
    void *data;
    void (*end)(shop_pg_request_t *request, shop_link_status_e status, PGresult *result);
    /* Stream: a row (or more) arrived. Must leave `result` alone. */
    void (*row)(shop_pg_request_t *request, const PGresult *result);
    shop_pg_t *pg;
    const char *reason; /* with DOWN, LOST, BUSY; static text */

    PGresult *result;
    shop_link_status_e failure; /* of a request that ends from the posted event */
    ngx_msec_t lost_at;         /* its first lost connection */
    unsigned unsent : 1;        /* libpq refused it: certainly not done */
    unsigned reprepared : 1;    /* after 26000 or 0A000 */
    unsigned rows_seen : 1;
    unsigned waiting : 1; /* in the queue of its lane */
};

/* away ──attempt──> connecting ──> preparing (check, prepare all) ──> up ──loss──> away */
typedef enum {
    SHOP_PG_AWAY = 0,
    SHOP_PG_CONNECTING,
    SHOP_PG_PREPARING,
    SHOP_PG_UP
} shop_pg_conn_state_e;

struct shop_pg_conn_s {
    shop_pg_t *pg;
    PGconn *handle;
    ngx_connection_t *c; /* NULL while not watched */
    ngx_uint_t number;
    ngx_uint_t lane; /* SHOP_PG_LANES: the listener */
    shop_pg_conn_state_e state;
    ngx_event_t timer;  /* end of the attempt, or watch over the oldest request; cancelable */
    ngx_event_t broken; /* posted: found dead where it could not be said */
    ngx_event_t resume; /* posted: a stream goes on after the others had their turn */
    ngx_queue_t in_flight;
    ngx_uint_t count;
    ngx_uint_t preparing; /* answers still missing before it is up */
    ngx_msec_t head_since;
    ngx_msec_t up_since;
    ngx_uint_t paused; /* a stream gave the loop back */
    char reason[256];
};

typedef struct {
    ngx_queue_t waiting; /* requests without a connection */
    ngx_msec_t patience; /* until then a lane without connections is "starting" */
    ngx_uint_t patient;
    ngx_event_t impatience;
    shop_pg_t *pg;
    ngx_uint_t number;
    ngx_uint_t up; /* connections */
    shop_link_counters_t counters;
} shop_pg_lane_t;

struct shop_pg_s {
    shop_pg_conf_t conf;
    ngx_log_t *log;
    ngx_pool_t *pool; /* of the worker: nothing is allocated from it after the start */
    shop_pg_conn_t *conns;
    ngx_uint_t conn_count;
    shop_pg_lane_t lanes[SHOP_PG_LANES];
    ngx_uint_t waiting;      /* in all lanes and batches */
    shop_pg_conn_t *attempt; /* one at a time (PG-6) */
    ngx_event_t retry;
    shop_backoff_t backoff;
    ngx_uint_t rotation; /* PG-4: with which host the next attempt begins */
    char complaint[256]; /* the reason that is in the log already; empty: all is well */
    ngx_queue_t failed;  /* requests that end from the posted event */
    ngx_event_t posted;
    struct shop_pg_line_s *lines; /* batches: one per lane and statement */
    ngx_uint_t shutdown_told;
    ngx_uint_t stopping;
    ngx_uint_t given_up; /* by worker_shutdown_timeout: nothing is asked again */
};


/* pg_conninfo.c: the completed parameters of one attempt, allocated in `pool` */
ngx_int_t shop_pg_parameters(const shop_pg_conf_t *conf, ngx_uint_t rotation, ngx_uint_t lane,
                             ngx_pool_t *pool, const char ***keywords, const char ***values);

/* pg_connect.c */
void shop_pg_connect_next(shop_pg_t *pg);
void shop_pg_connect_init(shop_pg_t *pg);
/* The connection answered all first questions. */
void shop_pg_ready(shop_pg_conn_t *conn);

/* pg_loss.c */
/* The connection is gone or to be given up: ends or passes on its requests, tries again later.
 * From event handlers only. */
void shop_pg_down(shop_pg_conn_t *conn, const char *reason);
/* The same from a posted event, for places where others are in the middle of something. */
void shop_pg_break(shop_pg_conn_t *conn, const char *reason);
void shop_pg_close(shop_pg_conn_t *conn);
void shop_pg_on_timer(ngx_event_t *ev);
void shop_pg_on_broken(ngx_event_t *ev);

/* pg_prepare.c */
void shop_pg_prepare_all(shop_pg_conn_t *conn);
ngx_int_t shop_pg_prepare_again(shop_pg_conn_t *conn, shop_pg_request_t *request,
                                const PGresult *error);

/* pg_queue.c: one connection */
void shop_pg_queue_send(shop_pg_conn_t *conn, shop_pg_request_t *request);
void shop_pg_queue_read(shop_pg_conn_t *conn);
void shop_pg_queue_resume(ngx_event_t *ev);

/* pg_pool.c: all connections */
void shop_pg_submit(shop_pg_t *pg, shop_pg_request_t *request);
void shop_pg_pump(shop_pg_t *pg, ngx_uint_t lane);
void shop_pg_refuse(shop_pg_request_t *request, shop_link_status_e status, const char *reason);
/* It ended while it waited: takes it out of the queue. false: it is under way already. */
bool shop_pg_withdraw(shop_pg_request_t *request);
/* What was under way on a lost connection. */
void shop_pg_lost(shop_pg_request_t *request);
/* FA-9: once. Connections that are lost in one moment are one loss, else the second chance would be
 * wasted on another that is dying as well. */
bool shop_pg_second_chance(ngx_msec_t *lost_at);
void shop_pg_lane_up(shop_pg_conn_t *conn);
void shop_pg_lane_lost(shop_pg_conn_t *conn);

/* pg_call.c */
const char **shop_pg_copy_params(ngx_pool_t *pool, const shop_str_t *params, ngx_uint_t count);
void shop_pg_take_error(shop_op_t *op, const shop_pg_request_t *request, const PGresult *result);
/* op->reply.pg for a result that op->pool owns from now on, whatever is returned. */
ngx_int_t shop_pg_take_result(shop_op_t *op, PGresult *result);

/* A new request in op->pool, which carries the op; NULL: no memory, the op is refused. */
shop_pg_request_t *shop_pg_request(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement,
                                   shop_op_t *op, const shop_str_t *params);

/* pg_batch.c */
ngx_int_t shop_pg_batch_init(shop_pg_t *pg);
void shop_pg_batch_stop(shop_pg_t *pg);

/* pg_listen.c */
void shop_pg_listen_ready(shop_pg_conn_t *conn);
void shop_pg_listen_read(shop_pg_conn_t *conn);
void shop_pg_tell_shutdown(shop_pg_t *pg);

#endif
