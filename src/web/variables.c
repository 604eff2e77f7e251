/*
 * Variables for log_format: what the shop knows of a request and nginx does not.
 */

#include "web/conf.h"


static ngx_int_t text_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t time_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);


#define SHOP_CTX(member) offsetof(ngx_http_shop_ctx_t, member)

static ngx_http_variable_t shop_variables[] = {

    {ngx_string("shop_transid"), NULL, text_variable, SHOP_CTX(transid), NGX_HTTP_VAR_NOCACHEABLE,
     0},

    {ngx_string("shop_step"), NULL, text_variable, SHOP_CTX(step), NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("shop_payment_verdict"), NULL, text_variable, SHOP_CTX(verdict),
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("shop_redis_time"), NULL, time_variable, SHOP_CTX(redis_time),
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("shop_postgres_time"), NULL, time_variable, SHOP_CTX(pg_time),
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    ngx_http_null_variable};


ngx_int_t ngx_http_shop_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *var, *v;

    for (v = shop_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t text_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_shop_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_shop_module);
    shop_str_t *text;

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    text = (shop_str_t *) ((u_char *) ctx + data);

    if (text->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->data = text->data;
    v->len = (unsigned) text->len;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}


/* Seconds with milliseconds, as $request_time. */
static ngx_int_t time_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_shop_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_shop_module);
    ngx_msec_t ms;
    u_char *p;

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ms = *(ngx_msec_t *) ((u_char *) ctx + data);

    v->len = (unsigned) (ngx_sprintf(p, "%T.%03M", (time_t) (ms / 1000), ms % 1000) - p);
    v->data = p;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}
