/*
 * One worker's background work: its start, its wake after a commit, its end.
 *
 * Lifetime: from the start of the worker process to its exit. A leaving worker starts no round any
 * more and lets the operations under way finish; what is left at the exit itself (a fast stop)
 * goes with the process, and leases free what it had taken.
 */

#include "work/work_internal.h"


static ngx_uint_t share_of_calls(ngx_uint_t concurrency)
{
    ngx_core_conf_t *core = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx, ngx_core_module);
    ngx_uint_t workers = core->worker_processes > 0 ? (ngx_uint_t) core->worker_processes : 1;

    return (concurrency + workers - 1) / workers;
}


static void loop_prepare(shop_work_t *work, shop_loop_e which, const char *name, shop_loop_pt run)
{
    work->loops[which] = (shop_loop_t){
        .work = work,
        .name = name,
        .run = run,
        .pause_min = work->conf.pause,
        .pause_max = work->conf.pause_max,
    };
}


static void start_loops(shop_work_t *work)
{
    shop_loop_t *housekeeping = &work->loops[SHOP_LOOP_HOUSEKEEPING];

    loop_prepare(work, SHOP_LOOP_JOBS, "jobs", shop_claim_round);
    loop_prepare(work, SHOP_LOOP_MAILS, "mails", shop_mail_round);
    loop_prepare(work, SHOP_LOOP_REGISTRAR, "registrar", shop_registrar_round);
    loop_prepare(work, SHOP_LOOP_SPOOL, "spool", shop_spool_round);
    loop_prepare(work, SHOP_LOOP_RECONCILE, "reconcile", shop_reconcile_round);
    loop_prepare(work, SHOP_LOOP_REFUNDS, "refunds", shop_refund_round);
    loop_prepare(work, SHOP_LOOP_PROOFS, "proofs", shop_proofs_round);
    loop_prepare(work, SHOP_LOOP_HOUSEKEEPING, "housekeeping", shop_housekeeping_round);
    housekeeping->pause_min = work->conf.housekeeping_interval;
    housekeeping->pause_max = work->conf.housekeeping_interval;

    for (ngx_uint_t i = 0; i < SHOP_LOOPS; i++) {
        if ((i == SHOP_LOOP_SPOOL && work->conf.spool == NULL) ||
            ((i == SHOP_LOOP_RECONCILE || i == SHOP_LOOP_REFUNDS) &&
             work->conf.payment_count == 0) ||
            (i == SHOP_LOOP_PROOFS && !shop_proofs_wanted(&work->conf))) {
            continue;
        }
        shop_loop_start(&work->loops[i]);
    }
}


shop_work_t *shop_work_start(const shop_work_conf_t *conf, ngx_log_t *log)
{
    shop_work_t *work = ngx_calloc(sizeof(*work), log);
    u_char *last;

    if (work == NULL) {
        return NULL;
    }
    work->conf = *conf;
    work->log = log;
    work->shared = conf->shared != NULL ? conf->shared : &work->own;
    work->call_max = share_of_calls(conf->moodle->concurrency);
    /* a job makes one call at a time */
    work->conf.jobs_max = ngx_max(work->conf.jobs_max, work->call_max);
    ngx_queue_init(&work->running);
    ngx_queue_init(&work->waiting_calls);
    shop_available_prepare(work);

    /* the time tells it from an earlier process of the same number */
    last = ngx_snprintf((u_char *) work->owner_text, sizeof(work->owner_text), "%V/%P/%xT",
                        &ngx_cycle->hostname, ngx_pid, ngx_time());
    work->owner =
        (shop_str_t){(size_t) (last - (u_char *) work->owner_text), (u_char *) work->owner_text};

    work->access = shop_access_create(work);
    if (work->access == NULL) {
        ngx_free(work);
        return NULL;
    }

    start_loops(work);
    if (conf->http != NULL && conf->moodle->url.len != 0) {
        shop_check_start(work);
    }
    return work;
}


void shop_work_wake(shop_work_t *work)
{
    if (work->leaving) {
        return;
    }
    shop_loop_wake(&work->loops[SHOP_LOOP_JOBS]);
    shop_loop_wake(&work->loops[SHOP_LOOP_REGISTRAR]);
    shop_loop_wake(&work->loops[SHOP_LOOP_MAILS]);
}


void shop_work_wake_reconcile(shop_work_t *work)
{
    if (!work->leaving && work->conf.payment_count > 0) {
        shop_loop_wake(&work->loops[SHOP_LOOP_RECONCILE]);
    }
}


void shop_work_wake_proofs(shop_work_t *work)
{
    if (!work->leaving && shop_proofs_wanted(&work->conf)) {
        shop_loop_wake(&work->loops[SHOP_LOOP_PROOFS]);
    }
}


void shop_work_on_database(shop_work_t *work)
{
    shop_work_wake(work);
    if (!work->leaving && work->conf.spool != NULL) {
        shop_loop_wake(&work->loops[SHOP_LOOP_SPOOL]);
    }
}


void shop_work_on_shutdown(shop_work_t *work)
{
    work->leaving = 1;
    for (ngx_uint_t i = 0; i < SHOP_LOOPS; i++) {
        shop_loop_stop(&work->loops[i]);
    }
    shop_check_stop(work);
    shop_available_leave(work);
    shop_spool_leave(work);
}


static bool is_idle(const shop_work_t *work)
{
    for (ngx_uint_t i = 0; i < SHOP_LOOPS; i++) {
        if (work->loops[i].running) {
            return false;
        }
    }
    return work->running_count == 0 && work->call_count == 0 &&
           ngx_queue_empty(&work->waiting_calls) && shop_available_idle(work) &&
           shop_access_idle(work);
}


void shop_work_stop(shop_work_t *work)
{
    shop_work_on_shutdown(work);
    work->stopped = 1;
    if (is_idle(work)) {
        shop_proofs_forget(work);
        shop_memo_forget(work);
        ngx_free(work->access);
        ngx_free(work);
    }
}
