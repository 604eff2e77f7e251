/*
 * The spool: small files that must not be lost, written and taken by nginx's threads.
 *
 * A thread does the plain system calls of one operation (spool_files.c) in memory that only it
 * touches; the event that follows on the loop turns the outcome into the operation's end. A name
 * begins with the time of its arrival, so names sort in order over all workers.
 */

#include "link/spool_internal.h"


static void spool_start_task(shop_spool_t *spool, shop_op_t *op, shop_spool_what_e what,
                             shop_str_t text);
static void spool_on_thread_done(ngx_event_t *ev);
static void spool_finish(shop_spool_job_t *job);
static ngx_int_t spool_taken(shop_spool_job_t *job);
static bool spool_give_back(shop_spool_job_t *job);
static void spool_name(shop_spool_t *spool, shop_spool_job_t *job);


shop_spool_t *shop_spool_start(const shop_spool_conf_t *conf, ngx_log_t *log)
{
    shop_spool_t *spool;

    spool = ngx_calloc(sizeof(shop_spool_t) + conf->path.len + 1, log);
    if (spool == NULL) {
        return NULL;
    }

    spool->conf = *conf;
    spool->log = log;
    spool->path = (char *) (spool + 1);
    ngx_memcpy(spool->path, conf->path.data, conf->path.len);

    /* Before the worker serves anybody, so the loop may wait for it. */
    spool->owner = shop_spool_hold(spool->path);
    if (spool->owner < 0) {
        ngx_log_error(NGX_LOG_ERR, log, ngx_errno, "spool %s cannot be locked", spool->path);
    }

    shop_spool_recover(spool->path);

    return spool;
}


/* nginx has waited for the threads; tasks whose events never came are lost with the process. */
void shop_spool_stop(shop_spool_t *spool)
{
    shop_spool_release(spool->path, spool->owner);
    ngx_free(spool);
}


void shop_spool_write(shop_spool_t *spool, shop_op_t *op, shop_str_t message)
{
    spool_start_task(spool, op, SHOP_SPOOL_WRITE, message);
}


void shop_spool_take(shop_spool_t *spool, shop_op_t *op)
{
    spool_start_task(spool, op, SHOP_SPOOL_TAKE, SHOP_STR_NULL);
}


void shop_spool_remove(shop_spool_t *spool, shop_op_t *op, shop_str_t name)
{
    spool_start_task(spool, op, SHOP_SPOOL_REMOVE, name);
}


void shop_spool_return(shop_spool_t *spool, shop_op_t *op, shop_str_t name)
{
    spool_start_task(spool, op, SHOP_SPOOL_RETURN, name);
}


void shop_spool_aside(shop_spool_t *spool, shop_op_t *op, shop_str_t name)
{
    spool_start_task(spool, op, SHOP_SPOOL_ASIDE, name);
}


static void spool_start_task(shop_spool_t *spool, shop_op_t *op, shop_spool_what_e what,
                             shop_str_t text)
{
    ngx_thread_task_t *task;
    shop_spool_job_t *job;

    shop_op_hold(op, &spool->counters, NULL);

    task = ngx_thread_task_alloc(op->pool, sizeof(shop_spool_job_t));
    if (task == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    job = task->ctx;
    ngx_memzero(job, sizeof(shop_spool_job_t));
    job->spool = spool;
    job->op = op;
    job->what = what;
    job->path = spool->path;
    job->files_max = spool->conf.files_max;
    job->text = shop_op_copy(op->pool, text.data, text.len);
    spool_name(spool, job);

    if (what == SHOP_SPOOL_REMOVE || what == SHOP_SPOOL_RETURN || what == SHOP_SPOOL_ASIDE) {
        if (text.len == 0 || text.len >= sizeof(job->name) ||
            ngx_strlchr(text.data, text.data + text.len, '/') != NULL) {
            shop_op_post(op, SHOP_LINK_ERROR, "not a name of the spool");
            return;
        }

        ngx_cpystrn((u_char *) job->name, text.data, text.len + 1);
    }

    task->handler = shop_spool_work;
    task->event.handler = spool_on_thread_done;
    task->event.data = job;
    task->event.log = spool->log;
    job->task = task;

    if (job->text.data == NULL || ngx_thread_task_post(spool->conf.threads, task) != NGX_OK) {
        shop_op_post(op, SHOP_LINK_BUSY, "no thread");
    }
}


/* Microseconds since 1970, process, number: sorts in order of arrival. */
static void spool_name(shop_spool_t *spool, shop_spool_job_t *job)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    (void) snprintf(job->name, sizeof(job->name), "%017llu.%d.%08lu.msg",
                    (unsigned long long) now.tv_sec * 1000000ULL +
                        (unsigned long long) now.tv_nsec / 1000ULL,
                    (int) ngx_pid, (unsigned long) spool->counter++);
}


static void spool_on_thread_done(ngx_event_t *ev)
{
    shop_spool_job_t *job = ev->data;
    shop_op_t *op = job->op;

    if (job->failed != NULL) {
        ngx_log_error(NGX_LOG_ERR, job->spool->log, job->error, "spool %s %s failed",
                      job->spool->path, job->failed);
    }

    if (op->ended && spool_give_back(job)) {
        return;
    }

    if (!op->ended) {
        spool_finish(job);
    }

    free(job->content);
    shop_op_release(op);
}


static void spool_finish(shop_spool_job_t *job)
{
    shop_op_t *op = job->op;

    if (job->failed != NULL) {
        shop_op_error(op, job->failed);
        shop_op_end(op, SHOP_LINK_ERROR);
        return;
    }

    if (job->full) {
        shop_op_error(op, "spool full");
        shop_op_end(op, SHOP_LINK_BUSY);
        return;
    }

    if (job->what == SHOP_SPOOL_TAKE && spool_taken(job) != NGX_OK) {
        shop_op_error(op, "no memory");
        shop_op_end(op, SHOP_LINK_ERROR);
        return;
    }

    shop_op_end(op, SHOP_LINK_OK);
}


/* One row (name, content), or none. */
static ngx_int_t spool_taken(shop_spool_job_t *job)
{
    ngx_pool_t *pool = job->op->pool;
    shop_pg_result_t *reply = ngx_pcalloc(pool, sizeof(shop_pg_result_t));

    if (reply == NULL) {
        return NGX_ERROR;
    }

    job->op->reply.pg = reply;
    reply->columns = 2;

    if (job->content == NULL) {
        return NGX_OK;
    }

    reply->values = ngx_pcalloc(pool, 2 * sizeof(shop_str_t));
    if (reply->values == NULL) {
        return NGX_ERROR;
    }

    reply->rows = 1;
    reply->values[0] = shop_op_copy(pool, job->name, ngx_strlen(job->name));
    reply->values[1] = shop_op_copy(pool, job->content, job->length);

    return reply->values[0].data != NULL && reply->values[1].data != NULL ? NGX_OK : NGX_ERROR;
}


/* Somebody asked for a file and has gone: it must not stay taken. */
static bool spool_give_back(shop_spool_job_t *job)
{
    if (job->what != SHOP_SPOOL_TAKE || job->content == NULL) {
        return false;
    }

    free(job->content);
    job->content = NULL;
    job->what = SHOP_SPOOL_RETURN;

    return ngx_thread_task_post(job->spool->conf.threads, job->task) == NGX_OK;
}


const shop_link_counters_t *shop_spool_counters(const shop_spool_t *spool)
{
    return &spool->counters;
}
