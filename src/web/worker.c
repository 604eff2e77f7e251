/*
 * The life of a worker: its links to the outside, its background work, its counters.
 *
 * Lifetime: from init_process to exit_process. A backend that is away is no reason to fail here
 * (RE-5): nginx would give the worker up for good.
 */

#include "web/web.h"
#include "web/front.h"
#include "web/notify.h"


ngx_http_shop_worker_t *ngx_http_shop_worker;


static ngx_int_t start_links(ngx_http_shop_worker_t *worker);
static ngx_int_t start_work(ngx_http_shop_worker_t *worker);
static const shop_pay_config_t **list_payments(ngx_http_shop_main_conf_t *conf);
static void take_slot(ngx_http_shop_worker_t *worker);
static void on_notify(void *data, shop_str_t payload);
static void on_shutdown(void *data);


ngx_int_t ngx_http_shop_worker_start(ngx_cycle_t *cycle)
{
    static ngx_http_shop_worker_t worker;
    ngx_http_shop_main_conf_t *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_shop_module);
    if (conf == NULL || !conf->enabled) {
        return NGX_OK;
    }

    ngx_memzero(&worker, sizeof(worker));
    worker.conf = conf;
    worker.log = cycle->log;
    ngx_http_shop_worker = &worker;

    take_slot(&worker);

    if (start_links(&worker) != NGX_OK || start_work(&worker) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_shop_generation_start();

    return NGX_OK;
}


static void take_slot(ngx_http_shop_worker_t *worker)
{
    ngx_http_shop_shared_t *shared = worker->conf->zone->data;

    /* Two generations of workers overlap on a reload: they may share a slot, counts are atomic. */
    worker->slot = &shared->slots[ngx_worker % NGX_HTTP_SHOP_SLOTS];
    worker->slot->pid = (ngx_atomic_t) ngx_pid;
}


static ngx_int_t start_links(ngx_http_shop_worker_t *worker)
{
    ngx_http_shop_main_conf_t *conf = worker->conf;

    conf->pg.statements = shop_sql_statements;
    conf->pg.statement_count = SHOP_SQL_COUNT;
    ngx_str_set(&conf->pg.channel, "shop_catalog");
    conf->pg.on_notify = on_notify;
    conf->pg.on_shutdown = on_shutdown;
    conf->pg.check = "SELECT shop.check_version(" SHOP_SCHEMA_TEXT ")";

    conf->http.connections_max = 32;
    conf->http.per_host_max = 8;
    conf->http.queue_max = 256;
    ngx_str_set(&conf->http.user_agent, "ngx_http_shop/" SHOP_VERSION);

    worker->pg = shop_pg_start(&conf->pg, worker->log);
    worker->redis = shop_redis_start(&conf->redis, worker->log);
    worker->http = shop_http_start(&conf->http, worker->log);

    if (worker->pg == NULL || worker->redis == NULL || worker->http == NULL) {
        return NGX_ERROR;
    }

    if (conf->spool.path.len > 0) {
        worker->spool = shop_spool_start(&conf->spool, worker->log);
        if (worker->spool == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t start_work(ngx_http_shop_worker_t *worker)
{
    ngx_http_shop_main_conf_t *conf = worker->conf;
    ngx_http_shop_shared_t *shared = conf->zone->data;
    shop_work_conf_t work;

    shop_work_conf_init(&work);

    work.payments = list_payments(conf);
    work.payment_count = conf->payments.nelts;
    work.message_key = conf->message_key;
    work.proved = ngx_http_shop_notify_proved;

    if (work.payments == NULL) {
        return NGX_ERROR;
    }

    work.pg = worker->pg;
    work.http = worker->http;
    work.spool = worker->spool;
    work.replay = ngx_http_shop_notify_replay;
    work.replay_data = worker;
    work.ticket = ngx_http_shop_ticket;
    work.ticket_data = conf;
    work.page = ngx_http_shop_product_address;
    work.instructions = ngx_http_shop_instructions;
    work.instructions_data = conf;
    work.moodle = &conf->moodle;
    work.provisioner = &conf->provisioner;
    work.mail = &conf->mail;
    work.strings = conf->strings;
    work.templates = conf->templates;
    work.shared = &shared->work;
    work.available = &shared->available;

    worker->work = shop_work_start(&work, worker->log);

    return worker->work != NULL ? NGX_OK : NGX_ERROR;
}


static const shop_pay_config_t **list_payments(ngx_http_shop_main_conf_t *conf)
{
    ngx_http_shop_payment_t *payment = conf->payments.elts;
    const shop_pay_config_t **list;
    ngx_uint_t i;

    list = ngx_palloc(ngx_cycle->pool, (conf->payments.nelts + 1) * sizeof(shop_pay_config_t *));
    if (list == NULL) {
        return NULL;
    }

    for (i = 0; i < conf->payments.nelts; i++) {
        list[i] = payment[i].pay;
    }

    return list;
}


void ngx_http_shop_worker_stop(ngx_cycle_t *cycle)
{
    ngx_http_shop_worker_t *worker = ngx_http_shop_worker;

    if (worker == NULL) {
        return;
    }

    shop_work_stop(worker->work);
    ngx_http_shop_platform_keys_free(worker);
    ngx_http_shop_generation_stop();

    if (worker->spool != NULL) {
        shop_spool_stop(worker->spool);
    }

    shop_http_stop(worker->http);
    shop_redis_stop(worker->redis);
    shop_pg_stop(worker->pg);

    ngx_http_shop_worker = NULL;
}


/* The catalogue changed, or notifications may have been missed (PG-26). */
static void on_notify(void *data, shop_str_t payload)
{
    (void) data;

    ngx_http_shop_generation_refresh();

    if (payload.len == 0) {
        shop_work_on_database(ngx_http_shop_worker->work);
    }
}


static void on_shutdown(void *data)
{
    (void) data;

    if (ngx_http_shop_worker != NULL) {
        shop_work_on_shutdown(ngx_http_shop_worker->work);
    }
}


void ngx_http_shop_count(ngx_http_shop_count_e what)
{
    if (ngx_http_shop_worker != NULL) {
        (void) ngx_atomic_fetch_add(&ngx_http_shop_worker->slot->counts[what], 1);
    }
}
