/*
 * Redis: what connecting and commanding share. One connection for commands per worker; hiredis
 * answers in order, so the oldest unanswered command is the head of a queue.
 */

#ifndef SHOP_REDIS_INTERNAL_H
#define SHOP_REDIS_INTERNAL_H

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include "link/link_internal.h"

/* away ──> connecting ──> greeting (AUTH, SELECT, PING) ──> up ──> away */
typedef enum {
    SHOP_REDIS_AWAY = 0,
    SHOP_REDIS_CONNECTING,
    SHOP_REDIS_GREETING,
    SHOP_REDIS_UP
} shop_redis_conn_state_e;

#define SHOP_REDIS_SCRIPTS 16

typedef struct {
    const unsigned char *text; /* a constant: known by its address */
    shop_str_t sha;
    unsigned char hex[40];
} shop_redis_sha_t;

struct shop_redis_s {
    shop_redis_conf_t conf;
    ngx_log_t *log;
    redisAsyncContext *context; /* NULL: none, or one that hiredis is freeing */
    ngx_connection_t *c;
    shop_redis_conn_state_e state;
    ngx_event_t timer; /* attempt, retry, or watch over the oldest command; cancelable */
    ngx_event_t close; /* posted: give the connection up from outside hiredis (RD-4) */
    ngx_event_t impatience;
    ngx_uint_t writing; /* hiredis is asked to write */
    ngx_uint_t patient;
    ngx_uint_t greetings; /* answers still missing before it is up */
    ngx_uint_t complained;
    ngx_uint_t stopping;
    ngx_uint_t given_up; /* by worker_shutdown_timeout: no other connection is made */
    ngx_msec_t up_since;
    shop_backoff_t backoff;
    ngx_queue_t waiting;   /* commands before the first connection, RE-6 */
    ngx_queue_t in_flight; /* oldest first */
    ngx_uint_t count;      /* of both */
    size_t bytes;
    shop_redis_sha_t scripts[SHOP_REDIS_SCRIPTS];
    shop_link_counters_t counters;
    char reason[128];
};

/* Lives in its operation's pool. */
typedef struct {
    ngx_queue_t queue;
    shop_redis_t *redis;
    shop_op_t *op;
    shop_str_t command; /* as it is sent */
    shop_str_t script;  /* data NULL: a plain command */
    ngx_msec_t sent;
    unsigned waiting : 1;
} shop_redis_entry_t;

/* redis_connect.c */
void shop_redis_connect(shop_redis_t *redis);
/* Gives the connection up now; never from inside a callback of hiredis. */
void shop_redis_drop(shop_redis_t *redis, const char *reason);
/* The same, soon. */
void shop_redis_drop_later(shop_redis_t *redis, const char *reason);
void shop_redis_on_timer(ngx_event_t *ev);
void shop_redis_on_close(ngx_event_t *ev);
void shop_redis_be_patient(shop_redis_t *redis);

/* redis.c */
void shop_redis_ready(shop_redis_t *redis); /* sends what waits */
void shop_redis_fail_waiting(shop_redis_t *redis, const char *reason);

/* redis_format.c: commands in Redis' protocol, in `pool`; NGX_ERROR: no memory */
ngx_int_t shop_redis_format(ngx_pool_t *pool, size_t argc, const shop_str_t *argv,
                            shop_str_t *command);
ngx_int_t shop_redis_format_script(ngx_pool_t *pool, shop_str_t sha, size_t keys, size_t argc,
                                   const shop_str_t *argv, shop_str_t *command);
/* EVALSHA, as the one above has written it, becomes EVAL with the script's text. */
ngx_int_t shop_redis_format_text(ngx_pool_t *pool, shop_str_t script, shop_str_t *command);

/* redis_reply.c: its texts stay hiredis', NULL: no memory or nested too deep */
shop_redis_reply_t *shop_redis_reply(ngx_pool_t *pool, const redisReply *reply);

#endif
