/*
 * The connection to Redis: hiredis on nginx's loop, from the first attempt to the loss, and again.
 *
 * hiredis frees its context by itself after most failures and calls back while it does; here
 * `redis->context` is cut first, so that nothing is sent into a context that is dying (RD-2, RD-6,
 * RD-7). Nothing is freed inside its connect callback (RD-4).
 */

#include <arpa/inet.h>
#include <sys/un.h>

#include "link/redis_internal.h"

#define ATTEMPT_TIMEOUT 1000


static redisAsyncContext *redis_open(shop_redis_t *redis);
static ngx_int_t redis_watch(shop_redis_t *redis, redisAsyncContext *context);
static ngx_int_t redis_split(shop_str_t address, char *host, size_t size, int *port);
static void redis_lost(shop_redis_t *redis, const char *reason);
static void redis_on_connect(const redisAsyncContext *context, int status);
static void redis_on_disconnect(const redisAsyncContext *context, int status);
static void redis_greet(shop_redis_t *redis, int argc, const char **argv, const size_t *lengths);
static void redis_on_greeting(redisAsyncContext *context, void *data, void *priv);
static void redis_on_read(ngx_event_t *ev);
static void redis_on_write(ngx_event_t *ev);
static void hook_add_read(void *data);
static void hook_del_read(void *data);
static void hook_add_write(void *data);
static void hook_del_write(void *data);
static void hook_cleanup(void *data);


const char *shop_redis_address_check(shop_str_t address)
{
    char host[INET6_ADDRSTRLEN];
    int port;

    if (address.len > 5 && ngx_strncmp(address.data, "unix:", 5) == 0) {
        if (address.data[5] != '/') {
            return "needs an absolute path after \"unix:\"";
        }

        /* RD-1: hiredis would cut it silently. */
        if (address.len - 5 >= sizeof(((struct sockaddr_un *) 0)->sun_path)) {
            return "has a socket path that is longer than 107 bytes";
        }

        return NULL;
    }

    if (redis_split(address, host, sizeof(host), &port) != NGX_OK) {
        return "is neither unix:/path nor a numeric address with a port such as 127.0.0.1:6379; "
               "looking up a name would block a worker";
    }

    return NULL;
}


/* "127.0.0.1:6379", "[::1]:6379" */
static ngx_int_t redis_split(shop_str_t address, char *host, size_t size, int *port)
{
    unsigned char binary[sizeof(struct in6_addr)];
    const unsigned char *colon = NULL;
    size_t i, len;
    ngx_int_t n;

    for (i = 0; i < address.len; i++) {
        if (address.data[i] == ':') {
            colon = address.data + i;
        }
    }

    if (colon == NULL) {
        return NGX_ERROR;
    }

    n = ngx_atoi((u_char *) colon + 1, (size_t) (address.data + address.len - colon - 1));
    if (n < 1 || n > 65535) {
        return NGX_ERROR;
    }

    *port = (int) n;
    len = (size_t) (colon - address.data);

    if (len > 2 && address.data[0] == '[' && address.data[len - 1] == ']') {
        address.data++;
        len -= 2;
    }

    if (len >= size) {
        return NGX_ERROR;
    }

    ngx_memcpy(host, address.data, len);
    host[len] = '\0';

    return inet_pton(AF_INET, host, binary) == 1 || inet_pton(AF_INET6, host, binary) == 1
               ? NGX_OK
               : NGX_ERROR;
}


void shop_redis_connect(shop_redis_t *redis)
{
    redisAsyncContext *context;

    if (redis->state != SHOP_REDIS_AWAY || redis->stopping || redis->given_up) {
        return;
    }

    redis->state = SHOP_REDIS_CONNECTING;
    redis->reason[0] = '\0';

    context = redis_open(redis);

    if (context == NULL) {
        redis_lost(redis, "no memory");
        return;
    }

    /* RD-2: no callback will ever come for this one. */
    if (context->err) {
        redis_lost(redis, context->errstr);
        redisAsyncFree(context);
        return;
    }

    if (redis_watch(redis, context) != NGX_OK) {
        redis_lost(redis, "no free connection of nginx, see worker_connections");
        redisAsyncFree(context);
        return;
    }

    shop_timer_set(&redis->timer, ATTEMPT_TIMEOUT);
}


static redisAsyncContext *redis_open(shop_redis_t *redis)
{
    shop_str_t address = {redis->conf.address.len, redis->conf.address.data};
    char path[sizeof(((struct sockaddr_un *) 0)->sun_path)];
    int port;

    if (address.len > 5 && ngx_strncmp(address.data, "unix:", 5) == 0) {
        ngx_cpystrn((u_char *) path, address.data + 5, ngx_min(sizeof(path), address.len - 5 + 1));
        return redisAsyncConnectUnix(path);
    }

    if (redis_split(address, path, sizeof(path), &port) != NGX_OK) {
        return NULL;
    }

    return redisAsyncConnect(path, port);
}


static ngx_int_t redis_watch(shop_redis_t *redis, redisAsyncContext *context)
{
    redis->c = shop_fd_attach(context->c.fd, redis, redis_on_read, redis_on_write, redis->log);
    if (redis->c == NULL) {
        return NGX_ERROR;
    }

    redis->context = context;
    context->data = redis;

    /* RD-5: the hooks first, setting the callback asks for writability at once. */
    context->ev.data = redis;
    context->ev.addRead = hook_add_read;
    context->ev.delRead = hook_del_read;
    context->ev.addWrite = hook_add_write;
    context->ev.delWrite = hook_del_write;
    context->ev.cleanup = hook_cleanup;

    redisAsyncSetConnectCallback(context, redis_on_connect);
    redisAsyncSetDisconnectCallback(context, redis_on_disconnect);

    return NGX_OK;
}


static void redis_on_connect(const redisAsyncContext *context, int status)
{
    shop_redis_t *redis = context->data;
    const char *argv[2];
    size_t lengths[2];
    u_char number[NGX_INT_T_LEN];

    if (status != REDIS_OK) {
        redis_lost(redis, context->c.errstr); /* RD-3 */
        return;
    }

    redis->state = SHOP_REDIS_GREETING;
    redis->greetings = 0;

    if (redis->conf.password.len > 0) {
        argv[0] = "AUTH";
        lengths[0] = 4;
        argv[1] = (char *) redis->conf.password.data;
        lengths[1] = redis->conf.password.len;
        redis_greet(redis, 2, argv, lengths);
    }

    if (redis->conf.database > 0) {
        argv[0] = "SELECT";
        lengths[0] = 6;
        argv[1] = (char *) number;
        lengths[1] = (size_t) (ngx_sprintf(number, "%ui", redis->conf.database) - number);
        redis_greet(redis, 2, argv, lengths);
    }

    argv[0] = "PING";
    lengths[0] = 4;
    redis_greet(redis, 1, argv, lengths);
}


/* RD-15: simply the first commands. */
static void redis_greet(shop_redis_t *redis, int argc, const char **argv, const size_t *lengths)
{
    redis->greetings++;

    if (redisAsyncCommandArgv(redis->context, redis_on_greeting, redis, argc, argv, lengths) !=
        REDIS_OK) {
        shop_redis_drop_later(redis, "greeting refused");
    }
}


static void redis_on_greeting(redisAsyncContext *context, void *data, void *priv)
{
    shop_redis_t *redis = priv;
    redisReply *reply = data;

    if (reply == NULL) {
        redis_lost(redis, context->errstr);
        return;
    }

    if (reply->type == REDIS_REPLY_ERROR) {
        shop_redis_drop_later(redis, reply->str);
        return;
    }

    if (--redis->greetings > 0 || redis->close.posted) {
        return;
    }

    redis->state = SHOP_REDIS_UP;
    redis->up_since = ngx_current_msec;
    redis->patient = 0;
    redis->counters.reconnects++;
    shop_timer_stop(&redis->timer);
    shop_timer_stop(&redis->impatience);

    if (redis->complained) {
        redis->complained = 0;
        ngx_log_error(NGX_LOG_NOTICE, redis->log, 0, "redis %V up again", &redis->conf.address);
    }

    shop_redis_ready(redis);
}


/* The bookkeeping of a loss; hiredis does the freeing, or the caller. */
static void redis_lost(shop_redis_t *redis, const char *reason)
{
    ngx_uint_t level = redis->complained ? NGX_LOG_INFO : NGX_LOG_ERR;
    ngx_msec_t delay;

    redis->context = NULL;

    if (redis->state == SHOP_REDIS_AWAY || redis->stopping) {
        return;
    }

    if (redis->state == SHOP_REDIS_UP) {
        shop_redis_be_patient(redis);
        shop_backoff_lost(&redis->backoff, ngx_current_msec - redis->up_since);
    }

    redis->state = SHOP_REDIS_AWAY;

    if (redis->reason[0] == '\0' && reason != NULL) {
        ngx_cpystrn((u_char *) redis->reason, (u_char *) reason, sizeof(redis->reason));
    }

    delay = shop_backoff_next(&redis->backoff);
    shop_timer_set(&redis->timer, delay);

    ngx_log_error(level, redis->log, 0, "redis %V down: %s; next attempt in %M ms",
                  &redis->conf.address, redis->reason, delay);
    redis->complained = 1;
}


void shop_redis_drop(shop_redis_t *redis, const char *reason)
{
    redisAsyncContext *context = redis->context;

    if (context == NULL) {
        return;
    }

    /* First the state, then the callbacks that redisAsyncFree() makes. */
    redis_lost(redis, reason);
    redisAsyncFree(context);
}


void shop_redis_drop_later(shop_redis_t *redis, const char *reason)
{
    if (redis->reason[0] == '\0') {
        ngx_cpystrn((u_char *) redis->reason, (u_char *) reason, sizeof(redis->reason));
    }

    if (!redis->close.posted) {
        ngx_post_event(&redis->close, &ngx_posted_events);
    }
}


void shop_redis_on_close(ngx_event_t *ev)
{
    shop_redis_drop(ev->data, "unusable");
}


static void redis_on_disconnect(const redisAsyncContext *context, int status)
{
    redis_lost(context->data, status == REDIS_OK ? "closed" : context->errstr);
}


/* Between two attempts: try. During one: too long. Up: look at the oldest command (RD-9). */
void shop_redis_on_timer(ngx_event_t *ev)
{
    shop_redis_t *redis = ev->data;
    shop_redis_entry_t *oldest;
    ngx_msec_t age;

    if (redis->state == SHOP_REDIS_AWAY) {
        shop_redis_connect(redis);
        return;
    }

    if (redis->state != SHOP_REDIS_UP) {
        shop_redis_drop(redis, "no answer to the connection attempt");
        return;
    }

    if (ngx_queue_empty(&redis->in_flight)) {
        return;
    }

    oldest = ngx_queue_data(ngx_queue_head(&redis->in_flight), shop_redis_entry_t, queue);
    age = ngx_current_msec - oldest->sent;

    if (age >= redis->conf.timeout) {
        shop_redis_drop(redis, "no answer to the oldest command");
        return;
    }

    shop_timer_set(&redis->timer, redis->conf.timeout - age);
}


static void redis_on_read(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;
    shop_redis_t *redis = c->data;

    if (c->fd == (ngx_socket_t) -1 || redis->context == NULL) {
        return;
    }

    if (c->close) {
        redis->given_up = 1; /* FD-9 */
        shop_redis_drop(redis, "worker shutdown");
        return;
    }

    redisAsyncHandleRead(redis->context); /* FD-8: everything may be gone now */
}


static void redis_on_write(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;
    shop_redis_t *redis = c->data;

    if (c->fd == (ngx_socket_t) -1 || redis->context == NULL) {
        return;
    }

    redis->writing = 1;
    redisAsyncHandleWrite(redis->context);
    redis->writing = 0;
}


static void hook_add_read(void *data)
{
    shop_redis_t *redis = data;

    if (redis->c != NULL && shop_fd_want(redis->c, 1, redis->c->write->active) != NGX_OK) {
        shop_redis_drop_later(redis, "not watched");
    }
}


static void hook_del_read(void *data)
{
    shop_redis_t *redis = data;

    if (redis->c != NULL) {
        (void) shop_fd_want(redis->c, 0, redis->c->write->active);
    }
}


/* A socket takes what we have to say nearly always: it is written at the end of this turn of the
 * loop, all commands of the turn at once, without asking epoll first. What did not fit waits. */
static void hook_add_write(void *data)
{
    shop_redis_t *redis = data;

    if (redis->c != NULL && redis->state == SHOP_REDIS_UP && !redis->writing) {
        if (!redis->c->write->active && !redis->c->write->posted) {
            ngx_post_event(redis->c->write, &ngx_posted_events);
        }

        return;
    }

    if (redis->c != NULL && shop_fd_want(redis->c, redis->c->read->active, 1) != NGX_OK) {
        shop_redis_drop_later(redis, "not watched");
    }
}


static void hook_del_write(void *data)
{
    shop_redis_t *redis = data;

    if (redis->c != NULL) {
        (void) shop_fd_want(redis->c, redis->c->read->active, 0);
    }
}


/* RD-6: the descriptor is still open here; hiredis closes it afterwards. */
static void hook_cleanup(void *data)
{
    shop_redis_t *redis = data;

    if (redis->c != NULL) {
        shop_fd_detach(redis->c, 0);
        redis->c = NULL;
    }
}
