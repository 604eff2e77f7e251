/*
 * Slow work in nginx's thread pool, as an operation: the loop goes on, done() is called when it is
 * over.
 */

#include "link/link_internal.h"


typedef struct {
    shop_op_t *op;
    shop_thread_work_pt work;
    shop_thread_drop_pt drop;
    void *data;
    ngx_int_t rc;
} thread_job_t;


static void thread_work(void *data, ngx_log_t *log);
static void thread_on_done(ngx_event_t *ev);


void shop_thread_run(ngx_thread_pool_t *threads, shop_op_t *op, shop_thread_work_pt work,
                     shop_thread_drop_pt drop, void *data)
{
    ngx_thread_task_t *task;
    thread_job_t *job;

    shop_op_hold(op, NULL, NULL);

    task = ngx_thread_task_alloc(op->pool, sizeof(thread_job_t));
    if (task == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return;
    }

    job = task->ctx;
    *job = (thread_job_t){op, work, drop, data, NGX_ERROR};
    task->handler = thread_work;
    task->event.handler = thread_on_done;
    task->event.data = job;
    task->event.log = op->log;

    if (ngx_thread_task_post(threads, task) != NGX_OK) {
        shop_op_post(op, SHOP_LINK_BUSY, "no thread");
    }
}


static void thread_work(void *data, ngx_log_t *log)
{
    thread_job_t *job = data;

    job->rc = job->work(job->data);
}


static void thread_on_done(ngx_event_t *ev)
{
    thread_job_t *job = ev->data;
    shop_op_t *op = job->op;

    if (!op->ended) {
        shop_op_end(op, job->rc == NGX_OK ? SHOP_LINK_OK : SHOP_LINK_ERROR);
    }

    job->drop(job->data);
    shop_op_release(op);
}
