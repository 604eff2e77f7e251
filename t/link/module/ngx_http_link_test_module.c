/*
 * The test module: its directives, and the links from the start of a worker to its end.
 */

#include "link_test.h"


link_worker_t link_worker;


static void on_notify(void *data, shop_str_t payload)
{
    if (payload.len == 0) {
        link_worker.resets++;
    } else {
        link_worker.notifications++;
    }
}


static void on_shutdown(void *data)
{
    link_worker.shutdowns++;
    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "link test: told about shutdown");
}


static ngx_int_t start_backends(link_main_conf_t *conf, ngx_cycle_t *cycle)
{
    shop_pg_conf_t pg_conf = {0};
    shop_redis_conf_t redis_conf = {0};
    shop_http_conf_t http_conf = {0};
    shop_spool_conf_t spool_conf = {0};
    ngx_uint_t lane;

    pg_conf.conninfo = conf->conninfo;
    for (lane = 0; lane < SHOP_PG_LANES; lane++) {
        pg_conf.connections[lane] = conf->connections;
    }
    pg_conf.statement_timeout = conf->statement_timeout;
    pg_conf.queue_max = conf->queue_max;
    pg_conf.in_flight_max = conf->in_flight_max;
    pg_conf.batch_max = conf->batch_max;
    pg_conf.statements = link_test_statements;
    pg_conf.statement_count = link_test_statement_count;
    ngx_str_set(&pg_conf.channel, "test_channel");
    pg_conf.on_notify = on_notify;
    pg_conf.on_shutdown = on_shutdown;
    pg_conf.check = "SELECT test.check()";

    redis_conf.address = conf->redis;
    redis_conf.password = conf->redis_password;
    redis_conf.database = conf->redis_database;
    redis_conf.timeout = conf->redis_timeout;
    redis_conf.queue_max = conf->queue_max;

    http_conf.resolver = conf->resolver;
    http_conf.resolver_timeout = 1000;
    http_conf.connections_max = 16;
    http_conf.per_host_max = 8;
    http_conf.queue_max = 8;
    http_conf.ca_file = conf->ca_file;
    ngx_str_set(&http_conf.user_agent, "link-test");

    spool_conf.path = conf->spool;
    spool_conf.threads = conf->threads;
    spool_conf.files_max = conf->spool_max;

    if (conf->conninfo.len > 0 && (link_worker.pg = shop_pg_start(&pg_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    if (conf->redis.len > 0 &&
        (link_worker.redis = shop_redis_start(&redis_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    if (conf->spool.len > 0 &&
        (link_worker.spool = shop_spool_start(&spool_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    link_worker.http = shop_http_start(&http_conf, cycle->log);

    return link_worker.http != NULL ? NGX_OK : NGX_ERROR;
}


static ngx_int_t init_process(ngx_cycle_t *cycle)
{
    link_main_conf_t *conf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_link_test_module);

    if ((ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) || conf == NULL) {
        return NGX_OK;
    }

    return start_backends(conf, cycle);
}


static void exit_process(ngx_cycle_t *cycle)
{
    if (link_worker.pg != NULL) {
        shop_pg_stop(link_worker.pg);
    }

    if (link_worker.redis != NULL) {
        shop_redis_stop(link_worker.redis);
    }

    if (link_worker.http != NULL) {
        shop_http_stop(link_worker.http);
    }

    if (link_worker.spool != NULL) {
        shop_spool_stop(link_worker.spool);
    }
}


static char *set_handler(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    clcf->handler = link_test_handler;

    return NGX_CONF_OK;
}


static char *check(ngx_conf_t *cf, link_main_conf_t *conf)
{
    const char *complaint = NULL;

    if (conf->conninfo.len > 0) {
        complaint = shop_pg_conninfo_check((char *) conf->conninfo.data);
    }

    if (complaint == NULL && conf->redis.len > 0) {
        complaint = shop_redis_address_check((shop_str_t){conf->redis.len, conf->redis.data});
    }

    if (complaint == NULL && conf->smtp.len > 0) {
        complaint = shop_http_url_check((shop_str_t){conf->smtp.len, conf->smtp.data}, "smtp",
                                        conf->resolver != NULL);
    }

    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "link test: %s", complaint);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static void *create_main(ngx_conf_t *cf)
{
    link_main_conf_t *conf = ngx_pcalloc(cf->pool, sizeof(link_main_conf_t));

    if (conf != NULL) {
        conf->redis_database = NGX_CONF_UNSET_UINT;
        conf->queue_max = NGX_CONF_UNSET_UINT;
        conf->batch_max = NGX_CONF_UNSET_UINT;
        conf->in_flight_max = NGX_CONF_UNSET_UINT;
        conf->connections = NGX_CONF_UNSET_UINT;
        conf->spool_max = NGX_CONF_UNSET_UINT;
        conf->smtp_starttls = NGX_CONF_UNSET;
        conf->statement_timeout = NGX_CONF_UNSET_MSEC;
        conf->redis_timeout = NGX_CONF_UNSET_MSEC;
        conf->threads = ngx_thread_pool_add(cf, NULL);
    }

    return conf;
}


static char *init_main(ngx_conf_t *cf, void *data)
{
    link_main_conf_t *conf = data;
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ngx_conf_init_uint_value(conf->redis_database, 0);
    ngx_conf_init_uint_value(conf->queue_max, 256);
    ngx_conf_init_uint_value(conf->batch_max, 64);
    ngx_conf_init_uint_value(conf->in_flight_max, 64);
    ngx_conf_init_uint_value(conf->connections, 2);
    ngx_conf_init_uint_value(conf->spool_max, 100);
    ngx_conf_init_value(conf->smtp_starttls, 0);
    ngx_conf_init_msec_value(conf->statement_timeout, 2500);
    ngx_conf_init_msec_value(conf->redis_timeout, 500);
    conf->resolver =
        clcf->resolver != NULL && clcf->resolver->connections.nelts > 0 ? clcf->resolver : NULL;

    return check(cf, conf);
}


#define LINK_SET(text, setter, member)                                                             \
    {                                                                                              \
        ngx_string(text), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, setter, NGX_HTTP_MAIN_CONF_OFFSET,  \
            offsetof(link_main_conf_t, member), NULL                                               \
    }

static ngx_command_t commands[] = {
    {ngx_string("link_test"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, set_handler, 0, 0, NULL},
    LINK_SET("link_pg", ngx_conf_set_str_slot, conninfo),
    LINK_SET("link_redis", ngx_conf_set_str_slot, redis),
    LINK_SET("link_redis_password", ngx_conf_set_str_slot, redis_password),
    LINK_SET("link_redis_database", ngx_conf_set_num_slot, redis_database),
    LINK_SET("link_spool", ngx_conf_set_str_slot, spool),
    LINK_SET("link_smtp", ngx_conf_set_str_slot, smtp),
    LINK_SET("link_smtp_user", ngx_conf_set_str_slot, smtp_user),
    LINK_SET("link_smtp_starttls", ngx_conf_set_flag_slot, smtp_starttls),
    LINK_SET("link_ca_file", ngx_conf_set_str_slot, ca_file),
    LINK_SET("link_queue", ngx_conf_set_num_slot, queue_max),
    LINK_SET("link_batch", ngx_conf_set_num_slot, batch_max),
    LINK_SET("link_in_flight", ngx_conf_set_num_slot, in_flight_max),
    LINK_SET("link_connections", ngx_conf_set_num_slot, connections),
    LINK_SET("link_spool_files", ngx_conf_set_num_slot, spool_max),
    LINK_SET("link_statement_timeout", ngx_conf_set_msec_slot, statement_timeout),
    LINK_SET("link_redis_timeout", ngx_conf_set_msec_slot, redis_timeout),
    ngx_null_command,
};


static ngx_http_module_t module_ctx = {
    NULL, NULL, create_main, init_main, NULL, NULL, NULL, NULL,
};


ngx_module_t ngx_http_link_test_module = {
    NGX_MODULE_V1, &module_ctx, commands, NGX_HTTP_MODULE, NULL, NULL,
    init_process,  NULL,        NULL,     exit_process,    NULL, NGX_MODULE_V1_PADDING,
};
