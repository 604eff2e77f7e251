/*
 * The module as nginx sees it: its contexts, its hooks, and nothing else.
 */

#include "web/web.h"
#include "web/conf.h"


static ngx_int_t ngx_http_shop_init_worker(ngx_cycle_t *cycle);
static void ngx_http_shop_exit_worker(ngx_cycle_t *cycle);


static ngx_http_module_t ngx_http_shop_module_ctx = {
    ngx_http_shop_add_variables, /* preconfiguration */
    ngx_http_shop_conf_finish,   /* postconfiguration */

    ngx_http_shop_create_main_conf, /* create main configuration */
    ngx_http_shop_init_main_conf,   /* init main configuration */

    NULL, /* create server configuration */
    NULL, /* merge server configuration */

    ngx_http_shop_create_loc_conf, /* create location configuration */
    NULL                           /* merge location configuration */
};


ngx_module_t ngx_http_shop_module = {NGX_MODULE_V1,
                                     &ngx_http_shop_module_ctx, /* module context */
                                     ngx_http_shop_directives,  /* module directives */
                                     NGX_HTTP_MODULE,           /* module type */
                                     NULL,                      /* init master */
                                     NULL,                      /* init module */
                                     ngx_http_shop_init_worker, /* init process */
                                     NULL,                      /* init thread */
                                     NULL,                      /* exit thread */
                                     ngx_http_shop_exit_worker, /* exit process */
                                     NULL,                      /* exit master */
                                     NGX_MODULE_V1_PADDING};


static ngx_int_t ngx_http_shop_init_worker(ngx_cycle_t *cycle)
{
    /* RE-4: cache managers and loaders come here too. */
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) {
        return NGX_OK;
    }

    return ngx_http_shop_worker_start(cycle);
}


static void ngx_http_shop_exit_worker(ngx_cycle_t *cycle)
{
    ngx_http_shop_worker_stop(cycle);
}
