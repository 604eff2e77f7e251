/*
 * Commands to Redis: sent in order, answered in order, bounded in number and size.
 *
 * While the first connection is being made (or the last one has just gone) commands wait for up to
 * a second; when Redis is away for longer they are refused at once.
 */

#include <ngx_sha1.h>

#include "link/redis_internal.h"

/* RD-10: of commands that are not answered yet. */
#define BYTES_MAX (16 * 1024 * 1024)


static void redis_on_impatience(ngx_event_t *ev);
static shop_redis_entry_t *redis_entry(shop_redis_t *redis, shop_op_t *op);
static void redis_submit(shop_redis_entry_t *entry);
static void redis_send(shop_redis_entry_t *entry);
static void redis_leave(shop_redis_entry_t *entry);
static void redis_on_early_end(shop_op_t *op);
static void redis_on_reply(redisAsyncContext *context, void *data, void *priv);
static void redis_again(shop_redis_entry_t *entry);
static void redis_answer(shop_redis_entry_t *entry, const redisReply *reply);
static void redis_error(shop_redis_entry_t *entry, const redisReply *reply);
static bool redis_is(shop_str_t code, const char *word);
static shop_str_t redis_sha(shop_redis_t *redis, shop_op_t *op, shop_str_t script);


shop_redis_t *shop_redis_start(const shop_redis_conf_t *conf, ngx_log_t *log)
{
    shop_redis_t *redis;

    redis = ngx_calloc(sizeof(shop_redis_t), log);
    if (redis == NULL) {
        return NULL;
    }

    redis->conf = *conf;
    redis->log = log;
    redis->backoff.base = 100;
    redis->backoff.cap = 5000;

    ngx_queue_init(&redis->waiting);
    ngx_queue_init(&redis->in_flight);
    shop_timer_init(&redis->timer, shop_redis_on_timer, redis, log);
    shop_timer_init(&redis->impatience, redis_on_impatience, redis, log);
    shop_timer_init(&redis->close, shop_redis_on_close, redis, log);

    shop_redis_be_patient(redis);
    shop_redis_connect(redis);

    return redis;
}


/* RE-2. What is still under way is forgotten: nobody is there any more. */
void shop_redis_stop(shop_redis_t *redis)
{
    redisAsyncContext *context = redis->context;
    shop_redis_entry_t *entry;

    redis->stopping = 1;
    redis->context = NULL;

    if (context != NULL) {
        redisAsyncFree(context);
    }

    while (!ngx_queue_empty(&redis->waiting)) {
        entry = ngx_queue_data(ngx_queue_head(&redis->waiting), shop_redis_entry_t, queue);
        shop_op_abandon(entry->op);
    }

    shop_timer_stop(&redis->timer);
    shop_timer_stop(&redis->impatience);

    if (redis->close.posted) {
        ngx_delete_posted_event(&redis->close);
    }

    ngx_free(redis);
}


void shop_redis_be_patient(shop_redis_t *redis)
{
    redis->patient = 1;
    shop_timer_set(&redis->impatience, SHOP_LINK_PATIENCE);
}


static void redis_on_impatience(ngx_event_t *ev)
{
    shop_redis_t *redis = ev->data;

    redis->patient = 0;
    shop_redis_fail_waiting(redis, "no connection");
}


void shop_redis_fail_waiting(shop_redis_t *redis, const char *reason)
{
    shop_redis_entry_t *entry;

    while (!ngx_queue_empty(&redis->waiting)) {
        entry = ngx_queue_data(ngx_queue_head(&redis->waiting), shop_redis_entry_t, queue);
        redis_leave(entry);
        shop_op_post(entry->op, SHOP_LINK_DOWN, reason);
    }
}


void shop_redis_command(shop_redis_t *redis, shop_op_t *op, size_t argc, const shop_str_t *argv)
{
    shop_redis_entry_t *entry;

    shop_op_hold(op, &redis->counters, NULL);

    entry = redis_entry(redis, op);

    if (entry == NULL || shop_redis_format(op->pool, argc, argv, &entry->command) != NGX_OK) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    redis_submit(entry);
}


void shop_redis_script(shop_redis_t *redis, shop_op_t *op, shop_str_t script, size_t keys,
                       size_t argc, const shop_str_t *argv)
{
    shop_redis_entry_t *entry;

    shop_op_hold(op, &redis->counters, NULL);

    entry = redis_entry(redis, op);

    if (entry == NULL || shop_redis_format_script(op->pool, redis_sha(redis, op, script), keys,
                                                  argc, argv, &entry->command) != NGX_OK) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    entry->script = script;
    redis_submit(entry);
}


static shop_redis_entry_t *redis_entry(shop_redis_t *redis, shop_op_t *op)
{
    shop_redis_entry_t *entry = ngx_pcalloc(op->pool, sizeof(shop_redis_entry_t));

    if (entry != NULL) {
        entry->redis = redis;
        entry->op = op;
    }

    return entry;
}


static void redis_submit(shop_redis_entry_t *entry)
{
    shop_redis_t *redis = entry->redis;
    shop_op_t *op = entry->op;

    if (redis->count >= redis->conf.queue_max || redis->bytes + entry->command.len > BYTES_MAX) {
        shop_op_post(op, SHOP_LINK_BUSY, "queue full");
        return;
    }

    if (redis->given_up || (redis->state != SHOP_REDIS_UP && !redis->patient)) {
        shop_op_post(op, SHOP_LINK_DOWN, "no connection");
        return;
    }

    redis->count++;
    redis->bytes += entry->command.len;
    op->carrier = entry;
    op->leave = redis_on_early_end;

    if (redis->state == SHOP_REDIS_UP && redis->context != NULL) {
        redis_send(entry);
        return;
    }

    entry->waiting = 1;
    ngx_queue_insert_tail(&redis->waiting, &entry->queue);
}


void shop_redis_ready(shop_redis_t *redis)
{
    shop_redis_entry_t *entry;

    while (!ngx_queue_empty(&redis->waiting) && redis->state == SHOP_REDIS_UP) {
        entry = ngx_queue_data(ngx_queue_head(&redis->waiting), shop_redis_entry_t, queue);
        ngx_queue_remove(&entry->queue);
        entry->waiting = 0;
        redis_send(entry);
    }
}


/* RD-13: lengths, no format strings. RD-7: what is not accepted has no callback. */
static void redis_send(shop_redis_entry_t *entry)
{
    shop_redis_t *redis = entry->redis;

    entry->sent = ngx_current_msec;
    ngx_queue_insert_tail(&redis->in_flight, &entry->queue);

    if (redisAsyncFormattedCommand(redis->context, redis_on_reply, entry,
                                   (const char *) entry->command.data,
                                   entry->command.len) != REDIS_OK) {
        redis_leave(entry);
        shop_op_post(entry->op, SHOP_LINK_DOWN, "not accepted");
        return;
    }

    if (!redis->timer.timer_set) {
        shop_timer_set(&redis->timer, redis->conf.timeout);
    }
}


static void redis_leave(shop_redis_entry_t *entry)
{
    ngx_queue_remove(&entry->queue);
    entry->waiting = 0;
    entry->redis->count--;
    entry->redis->bytes -= entry->command.len;
}


/* What waits is taken back; what was sent stays until hiredis calls back. */
static void redis_on_early_end(shop_op_t *op)
{
    shop_redis_entry_t *entry = op->carrier;

    if (entry->waiting) {
        redis_leave(entry);
        shop_op_release(op);
    }
}


static void redis_on_reply(redisAsyncContext *context, void *data, void *priv)
{
    shop_redis_entry_t *entry = priv;
    shop_redis_t *redis = entry->redis;
    redisReply *reply = data;
    shop_op_t *op = entry->op;

    redis_leave(entry);

    if (reply == NULL) {
        /* What is submitted from done() must not go into this context. */
        redis->context = NULL;
        shop_op_error(op, "connection lost");

        if (redis->stopping) {
            shop_op_abandon(op);
        }

        shop_op_end(op, SHOP_LINK_LOST);
        shop_op_release(op);
        return;
    }

    if (entry->script.data != NULL && !op->ended && reply->type == REDIS_REPLY_ERROR &&
        ngx_strncmp(reply->str, "NOSCRIPT", 8) == 0 && redis->context != NULL) {
        redis_again(entry);
        return;
    }

    redis_answer(entry, reply);
    shop_op_release(op);
}


/* RD-14: once, with the text. */
static void redis_again(shop_redis_entry_t *entry)
{
    shop_redis_t *redis = entry->redis;
    shop_op_t *op = entry->op;

    if (shop_redis_format_text(op->pool, entry->script, &entry->command) != NGX_OK) {
        shop_op_error(op, "no memory");
        shop_op_end(op, SHOP_LINK_BUSY);
        shop_op_release(op);
        return;
    }

    entry->script.data = NULL;
    redis->count++;
    redis->bytes += entry->command.len;
    redis_send(entry);
}


static void redis_answer(shop_redis_entry_t *entry, const redisReply *reply)
{
    shop_op_t *op = entry->op;

    if (reply->type == REDIS_REPLY_ERROR) {
        redis_error(entry, reply);
        return;
    }

    if (op->ended) {
        return;
    }

    op->reply.redis = shop_redis_reply(op->pool, reply);

    if (op->reply.redis == NULL) {
        shop_op_error(op, "answer not understood");
        shop_op_end(op, SHOP_LINK_ERROR);
        return;
    }

    shop_op_end(op, SHOP_LINK_OK);
}


static void redis_error(shop_redis_entry_t *entry, const redisReply *reply)
{
    shop_op_t *op = entry->op;
    shop_redis_t *redis = entry->redis;

    shop_op_error(op, reply->str);

    op->code = op->error;
    for (op->code.len = 0; op->code.len < op->error.len && op->error.data[op->code.len] != ' ';
         op->code.len++) {
        /* void */
    }

    /* RD-15: a server that cannot serve is treated as away. */
    if (redis_is(op->code, "LOADING") || redis_is(op->code, "READONLY") ||
        redis_is(op->code, "NOAUTH") || redis_is(op->code, "MASTERDOWN")) {
        shop_redis_drop_later(redis, reply->str);
        shop_op_end(op, SHOP_LINK_DOWN);
        return;
    }

    shop_op_end(op, SHOP_LINK_ERROR);
}


static bool redis_is(shop_str_t code, const char *word)
{
    return code.len == ngx_strlen(word) && ngx_strncmp(code.data, word, code.len) == 0;
}


/* A view into the worker's table, or into the operation's pool when the table is full. */
static shop_str_t redis_sha(shop_redis_t *redis, shop_op_t *op, shop_str_t script)
{
    u_char digest[20];
    shop_redis_sha_t *slot;
    ngx_sha1_t sha1;
    ngx_uint_t i;

    for (i = 0; i < SHOP_REDIS_SCRIPTS && redis->scripts[i].text != NULL; i++) {
        if (redis->scripts[i].text == script.data) {
            return redis->scripts[i].sha;
        }
    }

    slot = i < SHOP_REDIS_SCRIPTS ? &redis->scripts[i]
                                  : ngx_pcalloc(op->pool, sizeof(shop_redis_sha_t));
    if (slot == NULL) {
        return SHOP_STR_NULL;
    }

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, script.data, script.len);
    ngx_sha1_final(digest, &sha1);
    ngx_hex_dump(slot->hex, digest, sizeof(digest));

    slot->text = script.data;
    slot->sha = (shop_str_t){sizeof(slot->hex), slot->hex};

    return slot->sha;
}


shop_backend_state_e shop_redis_state(const shop_redis_t *redis)
{
    if (redis->state == SHOP_REDIS_UP) {
        return SHOP_BACKEND_UP;
    }

    return redis->patient ? SHOP_BACKEND_STARTING : SHOP_BACKEND_DOWN;
}


const shop_link_counters_t *shop_redis_counters(const shop_redis_t *redis)
{
    return &redis->counters;
}
