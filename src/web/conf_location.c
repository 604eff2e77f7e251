/*
 * The kinds of locations: a shop's front office, the payment callbacks, what is for staff.
 */

#include "web/conf.h"


static char *take_location(ngx_conf_t *cf, ngx_http_handler_pt handler, ngx_str_t *prefix);
static bool alias_valid(ngx_str_t *alias);


char *ngx_http_shop_conf_shop(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_loc_conf_t *slcf = conf;
    ngx_http_shop_main_conf_t *smcf;
    ngx_http_shop_mount_t *mount;
    ngx_str_t *words = cf->args->elts;
    char *rv;

    if (slcf->alias.data != NULL) {
        return "is duplicate";
    }

    if (!alias_valid(&words[1])) {
        return "needs the alias of a shop: lower-case letters, digits and \"-\", at most 64";
    }

    rv = take_location(cf, ngx_http_shop_front_handler, &slcf->prefix);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    slcf->alias = words[1];

    /* A stricter location inside a front office: `shop ac /shop/ac/;` in /shop/ac/login/. */
    if (cf->args->nelts == 3) {
        if (words[2].len == 0 || words[2].data[words[2].len - 1] != '/' ||
            words[2].len > slcf->prefix.len ||
            ngx_strncmp(words[2].data, slcf->prefix.data, words[2].len) != 0) {
            return "needs, as second parameter, the front office's own path: shop ac /shop/ac/;";
        }

        slcf->prefix = words[2];
        return NGX_CONF_OK;
    }

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_shop_module);
    smcf->enabled = 1;

    mount = ngx_array_push(&smcf->mounts);
    if (mount == NULL) {
        return NGX_CONF_ERROR;
    }

    mount->alias = slcf->alias;
    mount->prefix = slcf->prefix;

    return NGX_CONF_OK;
}


static bool alias_valid(ngx_str_t *alias)
{
    size_t i;
    u_char c;

    if (alias->len == 0 || alias->len > 64) {
        return false;
    }

    for (i = 0; i < alias->len; i++) {
        c = alias->data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }

    return true;
}


static char *take_location(ngx_conf_t *cf, ngx_http_handler_pt handler, ngx_str_t *prefix)
{
    ngx_http_core_loc_conf_t *clcf, **body;
    ngx_http_shop_main_conf_t *smcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_shop_module);

    if (clcf->handler != NULL) {
        return "stands in a location that has another content handler";
    }

#if (NGX_PCRE)
    if (clcf->regex != NULL) {
        return "needs a prefix location, not a regular expression: location /shop/ac/ { … }";
    }
#endif

    if (clcf->name.len == 0 || clcf->name.data[clcf->name.len - 1] != '/' || clcf->exact_match) {
        return "needs a location that ends with a slash: location /shop/ac/ { … }";
    }

    body = ngx_array_push(&smcf->bodies);
    if (body == NULL) {
        return NGX_CONF_ERROR;
    }

    *body = clcf;
    clcf->auto_redirect = 1; /* who leaves out the last slash is led here */
    clcf->handler = handler;
    *prefix = clcf->name;

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_pay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf;
    ngx_http_shop_loc_conf_t *slcf = conf;
    char *rv;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_shop_module);

    if (smcf->pay_prefix.data != NULL) {
        return "stands in two locations: the callback addresses must be one";
    }

    rv = take_location(cf, ngx_http_shop_pay_handler, &slcf->prefix);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    smcf->pay_prefix = slcf->prefix;
    smcf->enabled = 1;

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "stands in a location that has another content handler";
    }

    clcf->handler = ngx_http_shop_status_handler;

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_product_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t *clcf;
    ngx_http_shop_loc_conf_t *slcf = conf;
    ngx_str_t *words = cf->args->elts;

    if (slcf->alias.data != NULL) {
        return "stands beside \"shop\" or twice";
    }

    if (!alias_valid(&words[1])) {
        return "needs the alias of a shop: lower-case letters, digits and \"-\", at most 64";
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "stands in a location that has another content handler";
    }

    slcf->alias = words[1];
    clcf->handler = ngx_http_shop_product_test_handler;

    return NGX_CONF_OK;
}
