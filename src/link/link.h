/*
 * The outside world on nginx's event loop: PostgreSQL, Redis, HTTP and SMTP, files by threads.
 *
 * Everything that waits is an operation (shop_op_t): own pool, own deadline, exactly one end.
 * Nothing completes before the call that started it has returned; failing submissions are posted.
 * This room knows nginx and one library per file, and nothing of commerce. libpq-fe.h, hiredis and
 * curl are included by its .c files only.
 */

#ifndef SHOP_LINK_H
#define SHOP_LINK_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_thread_pool.h>

#include "base/base.h"


typedef enum {
    SHOP_LINK_OK = 0,
    SHOP_LINK_ERROR,   /* the other side answered with an error (op->error, op->code) */
    SHOP_LINK_DOWN,    /* no connection, or lost before it was sent: certainly not done */
    SHOP_LINK_LOST,    /* connection lost after sending: outcome unknown */
    SHOP_LINK_TIMEOUT, /* our deadline: outcome unknown */
    SHOP_LINK_BUSY     /* a queue is full: certainly not done */
} shop_link_status_e;

typedef struct shop_op_s shop_op_t;
typedef void (*shop_op_pt)(shop_op_t *op);

/* One thing that waits. Created by the caller, freed by the link after done() has returned (or
 * instead of calling it, when the operation was abandoned). Results live until done() returns: copy
 * what is needed longer. The caller cuts its own pointer to the op in done(). */
struct shop_op_s {
    ngx_pool_t *pool;
    ngx_log_t *log;
    void *data;                /* the caller's */
    shop_link_status_e status; /* valid in done() */
    shop_str_t error;          /* text for the log, never for a visitor */
    shop_str_t code;           /* SQLSTATE, or the first word of a Redis error */
    ngx_msec_t elapsed;
    union {
        struct shop_redis_reply_s *redis;
        struct shop_pg_result_s *pg;
        struct shop_http_response_s *http;
        const struct shop_talk_s *talk; /* work room: several calls that are one operation */
    } reply;

    /* private to link/op.c and the link that carries it */
    shop_op_pt done;
    shop_op_pt leave;     /* carrier: the op ended early, let go of it if possible */
    ngx_event_t deadline; /* never cancelable: keeps a worker alive until the end (RE-1) */
    ngx_event_t posted;
    ngx_msec_t started;
    ngx_uint_t holders; /* the pending end, and the link that carries it */
    ngx_uint_t ended;
    void *carrier;
    struct shop_link_counters_s *counters;
};

/* Of one backend of this worker, since it started. */
typedef struct shop_link_counters_s {
    uint64_t submitted;
    uint64_t done;     /* answered, SHOP_LINK_OK */
    uint64_t failed;   /* any other end but the next two */
    uint64_t timeouts; /* our deadline */
    uint64_t abandoned;
    uint64_t reconnects; /* connections made, the first ones included */
    uint64_t batches;    /* batched calls sent */
    uint64_t batched;    /* elements in them */
    uint64_t time_ms;    /* sum of op->elapsed of those done and failed */
} shop_link_counters_t;

/* NULL: no memory. `deadline` milliseconds from now; the clock starts here. */
shop_op_t *shop_op_create(ngx_log_t *log, ngx_msec_t deadline, shop_op_pt done, void *data);
/* For a caller that cannot submit it after all: done() is called soon, never before this returns.
 * The links use the same way for what they refuse. */
void shop_op_refuse(shop_op_t *op, shop_link_status_e status, const char *error);
/* Nobody waits any more: done() will not be called; the link frees the op when the answer is in.
 * Not to be called from done() or after it. */
void shop_op_abandon(shop_op_t *op);
/* The number of living operations of this worker (status page; zero when idle). */
ngx_uint_t shop_op_live(void);
/* A shop_arena_t over an nginx pool. */
shop_arena_t shop_pool_arena(ngx_pool_t *pool);

/* The side of whoever carries an operation: a link, or something made of several of its calls. */

/* The link takes the op. `leave` (may be NULL) is called when it ended early, by its deadline or
 * because nobody waits: the link drops it and calls shop_op_release(), or keeps it until the answer
 * is in. */
void shop_op_hold(shop_op_t *op, shop_link_counters_t *counters, shop_op_pt leave);
void shop_op_release(shop_op_t *op); /* may free it */
/* The end: done() is called, unless it has ended already. The link still holds it. */
void shop_op_end(shop_op_t *op, shop_link_status_e status);


/* --- states of a backend, for the status page and the breaker --- */

typedef enum {
    SHOP_BACKEND_STARTING = 0,
    SHOP_BACKEND_UP,
    SHOP_BACKEND_DEGRADED,
    SHOP_BACKEND_DOWN
} shop_backend_state_e;


/* --- Redis (redis.c, redis_connect.c): one command connection per worker --- */

typedef struct shop_redis_s shop_redis_t;

typedef struct {
    ngx_str_t address;  /* "unix:/path" or numeric "ip:port" (RD-1) */
    ngx_str_t password; /* empty: none */
    ngx_uint_t database;
    ngx_msec_t timeout;   /* oldest unanswered command (RD-9) */
    ngx_uint_t queue_max; /* commands in flight and waiting (RD-10) */
} shop_redis_conf_t;

typedef enum {
    SHOP_REDIS_NIL = 0,
    SHOP_REDIS_STRING,
    SHOP_REDIS_INTEGER,
    SHOP_REDIS_ARRAY
} shop_redis_type_e;

typedef struct shop_redis_reply_s {
    shop_redis_type_e type;
    shop_str_t str;
    int64_t integer;
    size_t count;
    struct shop_redis_reply_s *elements; /* nested at most 4 deep */
} shop_redis_reply_t;

/* At configuration time: NULL, or a sentence that says what is wrong with the address. */
const char *shop_redis_address_check(shop_str_t address);
/* NULL: no memory. A backend that is away is no failure. */
shop_redis_t *shop_redis_start(const shop_redis_conf_t *conf, ngx_log_t *log);
void shop_redis_stop(shop_redis_t *redis);
/* Binary-safe. A Redis error reply is SHOP_LINK_ERROR. */
void shop_redis_command(shop_redis_t *redis, shop_op_t *op, size_t argc, const shop_str_t *argv);
/* One EVALSHA; on NOSCRIPT the script is sent once with EVAL. `script` is a constant. */
void shop_redis_script(shop_redis_t *redis, shop_op_t *op, shop_str_t script, size_t keys,
                       size_t argc, const shop_str_t *argv);
shop_backend_state_e shop_redis_state(const shop_redis_t *redis);
const shop_link_counters_t *shop_redis_counters(const shop_redis_t *redis);


/* --- PostgreSQL (pg_connect.c, pg_queue.c, pg_pool.c, pg_batch.c, pg_listen.c, pg_stream.c) --- */

typedef struct shop_pg_s shop_pg_t;

typedef enum { SHOP_PG_PAGES = 0, SHOP_PG_CHANGES, SHOP_PG_JOBS, SHOP_PG_LANES } shop_pg_lane_e;

/* A prepared statement: text is one line such as "SELECT shop.order_view($1::jsonb)". */
typedef struct {
    const char *name;
    const char *text;
    unsigned params;
    bool read_only; /* retried once on another connection when the first is lost */
} shop_pg_statement_t;

typedef struct {
    ngx_str_t conninfo; /* no host names (PG-1); options are completed by us */
    ngx_uint_t connections[SHOP_PG_LANES];
    /* Of the server, pages and changes; locks two thirds of it; the jobs lane has ten times. */
    ngx_msec_t statement_timeout;
    ngx_uint_t queue_max;                  /* waiting per worker, over all lanes */
    ngx_uint_t in_flight_max;              /* per connection */
    ngx_uint_t batch_max;                  /* requests in one batched call */
    const shop_pg_statement_t *statements; /* index = statement number */
    ngx_uint_t statement_count;
    ngx_str_t channel;                                 /* LISTEN channel */
    void (*on_notify)(void *data, shop_str_t payload); /* also with "" after every (re)connection */
    void (*on_shutdown)(void *data);                   /* the worker begins to leave (RE-3) */
    /* First question on every new connection; a non-empty answer refuses the connection and is
     * logged: `SELECT …` giving one text, NULL when all is well (schema version). NULL: none. */
    const char *check;
    void *data;
} shop_pg_conf_t;

typedef struct shop_pg_result_s {
    size_t rows;
    size_t columns;
    shop_str_t *values; /* rows * columns, text format, data NULL for SQL NULL */
    int64_t affected;
} shop_pg_result_t;

/* At configuration time: NULL, or a sentence that says what is wrong (PG-1, PG-5). */
const char *shop_pg_conninfo_check(const char *conninfo);
shop_pg_t *shop_pg_start(const shop_pg_conf_t *conf, ngx_log_t *log);
void shop_pg_stop(shop_pg_t *pg);
/* Parameters in text format; data NULL is SQL NULL. They are copied. */
void shop_pg_call(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement, shop_op_t *op,
                  const shop_str_t *params);
/* Natural batching: `element` is one JSON value; it joins the array that the next call of
 * `statement` (one jsonb array in, one row with one text column out per element, in order) sends.
 * op->reply.pg has the one row of this element. A batch that fails as a whole is retried one by one
 * only when it certainly was not applied or the statement is idempotent by its own keys (it is). */
void shop_pg_batch(shop_pg_t *pg, shop_pg_lane_e lane, ngx_uint_t statement, shop_op_t *op,
                   shop_str_t element);
/* Row by row on the jobs lane, giving the loop back now and then; on_row may be called many times,
 * `values` are valid during the call only; a non-zero return stops asking. Then done(op). */
typedef ngx_int_t (*shop_pg_row_pt)(shop_op_t *op, size_t columns, const shop_str_t *values);
void shop_pg_stream(shop_pg_t *pg, ngx_uint_t statement, shop_op_t *op, const shop_str_t *params,
                    shop_pg_row_pt on_row);
shop_backend_state_e shop_pg_state(const shop_pg_t *pg);
shop_backend_state_e shop_pg_lane_state(const shop_pg_t *pg, shop_pg_lane_e lane);
ngx_uint_t shop_pg_in_flight(const shop_pg_t *pg);
ngx_uint_t shop_pg_waiting(const shop_pg_t *pg);
const shop_link_counters_t *shop_pg_counters(const shop_pg_t *pg, shop_pg_lane_e lane);


/* --- HTTP and SMTP (http.c, http_resolve.c, smtp.c): libcurl multi --- */

typedef struct shop_http_s shop_http_t;

typedef struct {
    ngx_resolver_t *resolver; /* NULL: only numeric hosts can be reached (CU-4) */
    ngx_msec_t resolver_timeout;
    ngx_uint_t connections_max; /* in all */
    ngx_uint_t per_host_max;
    ngx_uint_t queue_max;
    ngx_str_t ca_file; /* empty: the system's */
    ngx_str_t user_agent;
} shop_http_conf_t;

typedef struct {
    shop_str_t method; /* "GET", "POST", "PUT" or "DELETE" */
    shop_str_t url;    /* http or https; no redirects are followed */
    shop_str_t content_type;
    shop_str_t body;
    const shop_str_t *headers; /* "Name: value"; CR and LF are refused */
    size_t header_count;
    ngx_msec_t connect_timeout;
    size_t body_max; /* of the answer */
} shop_http_request_t;

typedef struct shop_http_response_s {
    ngx_uint_t status;
    shop_str_t content_type;
    shop_str_t date;
    shop_str_t body;
    bool sent; /* with TIMEOUT or LOST: the request had left (outcome unknown) */
} shop_http_response_t;

/* At configuration time, NULL or a sentence; `scheme` is "http" or "smtp", their TLS form is
 * allowed as well. A host name is fine with a resolver only. */
const char *shop_http_url_check(shop_str_t url, const char *scheme, bool resolver);
shop_http_t *shop_http_start(const shop_http_conf_t *conf, ngx_log_t *log);
void shop_http_stop(shop_http_t *http);
/* Everything in `request` is copied. SHOP_LINK_OK for any HTTP status. */
void shop_http_send(shop_http_t *http, shop_op_t *op, const shop_http_request_t *request);

typedef struct {
    ngx_str_t url; /* smtp://127.0.0.1:25 or smtps://… */
    ngx_str_t user;
    ngx_str_t password;
    ngx_uint_t starttls; /* require STARTTLS */
} shop_smtp_conf_t;

const shop_link_counters_t *shop_http_counters(const shop_http_t *http);
const shop_link_counters_t *shop_smtp_counters(const shop_http_t *http);

/* `message` is the complete RFC 5322 text with CRLF. op->reply.http->status is the SMTP code. */
void shop_smtp_send(shop_http_t *http, shop_op_t *op, const shop_smtp_conf_t *conf,
                    shop_str_t sender, const shop_str_t *recipients, size_t count,
                    shop_str_t message);


/* --- the spool (spool.c): durable files by nginx's thread pool; payments.md 12.2 --- */

typedef struct shop_spool_s shop_spool_t;

typedef struct {
    ngx_str_t path; /* directory, owned by the worker user, mode 0700 */
    ngx_thread_pool_t *threads;
    ngx_uint_t files_max;
} shop_spool_conf_t;

shop_spool_t *shop_spool_start(const shop_spool_conf_t *conf, ngx_log_t *log);
void shop_spool_stop(shop_spool_t *spool);
/* Temporary file, write, fsync, rename, fsync of the directory. done() with SHOP_LINK_OK once it is
 * durable; names sort in order of arrival over all workers. */
void shop_spool_write(shop_spool_t *spool, shop_op_t *op, shop_str_t message);
/* Take the oldest file exclusively (rename to *.taken.<pid>): op->reply.pg has one row (name,
 * content) or none. Orphans of dead workers are taken too. Then remove it, or put it back. */
void shop_spool_take(shop_spool_t *spool, shop_op_t *op);
void shop_spool_remove(shop_spool_t *spool, shop_op_t *op, shop_str_t name);
void shop_spool_return(shop_spool_t *spool, shop_op_t *op, shop_str_t name);
/* For a person to look at: renamed to *.aside, not taken any more until it is renamed back. */
void shop_spool_aside(shop_spool_t *spool, shop_op_t *op, shop_str_t name);
const shop_link_counters_t *shop_spool_counters(const shop_spool_t *spool);


/* --- work in nginx's thread pool (thread.c) --- */

/* Runs in a thread: touches nothing but `data`, calls nothing of nginx. */
typedef ngx_int_t (*shop_thread_work_pt)(void *data);
/* Gives back what `work` made, in the loop, after done() or when nobody waited any more. */
typedef void (*shop_thread_drop_pt)(void *data);

/* done() with SHOP_LINK_OK after NGX_OK of `work`, else SHOP_LINK_ERROR; SHOP_LINK_BUSY: the queue
 * of the pool is full. `data` lives in op->pool. */
void shop_thread_run(ngx_thread_pool_t *threads, shop_op_t *op, shop_thread_work_pt work,
                     shop_thread_drop_pt drop, void *data);


/* --- small things that need the loop --- */

/* FA-5: exponential with jitter. */
typedef struct {
    ngx_msec_t base;
    ngx_msec_t cap;
    ngx_uint_t failures;
    ngx_uint_t short_lives; /* connections in a row that were lost soon after they were made */
} shop_backoff_t;
ngx_msec_t shop_backoff_next(shop_backoff_t *backoff);
/* A connection that worked was lost: the pauses begin anew, longer after several short lives, so
 * that a server that crashes again and again is not hammered. */
void shop_backoff_lost(shop_backoff_t *backoff, ngx_msec_t lived);

#endif
