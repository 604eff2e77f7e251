/*
 * Feeds spooled payment notifications to the payment pipeline again, in the order of their arrival
 * (payments.md 12.2).
 *
 *   take -> the web room's callback -> remove, put back, or set aside
 *
 * One worker of all does it, one message at a time: two would overtake each other. Nothing is
 * taken while the database cannot be reached: the spool is full of what it refused.
 */

#include <signal.h>

#include "work/work_internal.h"

/* Local disk by a thread. */
#define FILE_DEADLINE 10000

struct shop_replay_s {
    shop_work_t *work;
    shop_loop_t *loop;
    ngx_pool_t *pool; /* of the name and the message */
    shop_str_t name;
    shop_str_t message;
    shop_replay_e result;
};

static void replay_on_taken(shop_op_t *op);         /* 1 */
static void replay_file_end(shop_replay_t *replay); /* 3 */
static void replay_on_file(shop_op_t *op);          /* 4 */


static void replay_free(shop_replay_t *replay)
{
    shop_work_t *work = replay->work;

    work->replay = NULL;
    ngx_destroy_pool(replay->pool);
    if (work->leaving) {
        shop_spool_leave(work);
    }
}


/* The workers have one user, so a process that cannot be signalled is none of them. */
static bool owns_spool(shop_work_t *work)
{
    ngx_atomic_uint_t owner = work->shared->spool_owner;

    if (owner == (ngx_atomic_uint_t) ngx_pid) {
        return true;
    }
    if (owner != 0 && kill((pid_t) owner, 0) == 0) {
        return false;
    }
    return ngx_atomic_cmp_set(&work->shared->spool_owner, owner, (ngx_atomic_uint_t) ngx_pid);
}


void shop_spool_leave(shop_work_t *work)
{
    if (work->replay == NULL) {
        (void) ngx_atomic_cmp_set(&work->shared->spool_owner, (ngx_atomic_uint_t) ngx_pid, 0);
    }
}


void shop_spool_round(shop_work_t *work, shop_loop_t *loop)
{
    shop_op_t *op;

    if (work->replay != NULL || shop_pg_state(work->conf.pg) == SHOP_BACKEND_DOWN ||
        shop_pg_state(work->conf.pg) == SHOP_BACKEND_STARTING) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
        return;
    }
    if (!owns_spool(work)) {
        shop_loop_ended(loop, SHOP_ROUND_NOTHING);
        return;
    }
    op = shop_op_create(work->log, FILE_DEADLINE, replay_on_taken, loop);
    if (op == NULL) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
        return;
    }
    shop_spool_take(work->conf.spool, op);
}


static shop_replay_t *replay_create(shop_work_t *work, shop_loop_t *loop, const shop_str_t *values)
{
    ngx_pool_t *pool = ngx_create_pool(4096, work->log);
    shop_replay_t *replay;
    shop_arena_t arena;

    if (pool == NULL) {
        return NULL;
    }
    arena = shop_pool_arena(pool);
    replay = shop_arena_calloc(&arena, sizeof(*replay));
    if (replay == NULL || shop_arena_copy(&arena, values[0], &replay->name) != SHOP_OK ||
        shop_arena_copy(&arena, values[1], &replay->message) != SHOP_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }
    replay->work = work;
    replay->loop = loop;
    replay->pool = pool;
    return replay;
}


static void replay_on_taken(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    shop_work_t *work = loop->work;
    const shop_pg_result_t *result = op->reply.pg;
    shop_replay_t *replay;

    if (op->status != SHOP_LINK_OK || result->rows == 0) {
        shop_loop_ended(loop, op->status == SHOP_LINK_OK ? SHOP_ROUND_NOTHING : SHOP_ROUND_TROUBLE);
        return;
    }
    replay = replay_create(work, loop, result->values);
    if (replay == NULL) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE); /* taken again after this worker's end */
        return;
    }
    work->replay = replay;
    work->conf.replay(work->conf.replay_data, replay, replay->message); /* 2 */
}


void shop_work_replayed(shop_replay_t *replay, shop_replay_e result)
{
    replay->result = result;
    replay_file_end(replay);
}


static void replay_file_end(shop_replay_t *replay)
{
    shop_work_t *work = replay->work;
    shop_op_t *op = shop_op_create(work->log, FILE_DEADLINE, replay_on_file, replay);

    if (op == NULL) {
        shop_loop_ended(replay->loop, SHOP_ROUND_TROUBLE);
        replay_free(replay);
        return;
    }
    switch (replay->result) {
    case SHOP_REPLAY_DONE:
        (void) ngx_atomic_fetch_add(&work->shared->spool_replayed, 1);
        ngx_log_error(NGX_LOG_NOTICE, work->log, 0, "shop spool: replayed %*s", replay->name.len,
                      replay->name.data);
        shop_spool_remove(work->conf.spool, op, replay->name);
        break;

    case SHOP_REPLAY_ASIDE:
        (void) ngx_atomic_fetch_add(&work->shared->spool_aside, 1);
        ngx_log_error(NGX_LOG_ERR, work->log, 0, "shop spool: set %*s aside, a person must look",
                      replay->name.len, replay->name.data);
        shop_spool_aside(work->conf.spool, op, replay->name);
        break;

    case SHOP_REPLAY_LATER:
        shop_spool_return(work->conf.spool, op, replay->name);
        break;
    }
}


static void replay_on_file(shop_op_t *op)
{
    shop_replay_t *replay = op->data;
    shop_loop_t *loop = replay->loop;
    bool done = replay->result != SHOP_REPLAY_LATER;

    if (op->status != SHOP_LINK_OK) {
        ngx_log_error(NGX_LOG_ERR, op->log, 0, "shop spool: %*s not %s", replay->name.len,
                      replay->name.data, done ? "removed" : "put back");
    }
    replay_free(replay);
    shop_loop_ended(loop,
                    done && op->status == SHOP_LINK_OK ? SHOP_ROUND_MORE : SHOP_ROUND_TROUBLE);
}
