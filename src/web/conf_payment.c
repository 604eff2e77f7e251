/*
 * The `shop_payment <name> { … }` block: read here, judged by the payment room.
 */

#include "web/conf.h"


static char *make_settings(ngx_conf_t *cf, ngx_array_t *params, shop_pay_block_t *block);
static char *configure(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf, ngx_str_t *name,
                       const shop_pay_block_t *block);
static shop_str_t text_of(ngx_array_t *params, const char *name);


char *ngx_http_shop_conf_payment(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_http_shop_payment_t *other = smcf->payments.elts;
    ngx_str_t *words = cf->args->elts;
    ngx_str_t name = words[1];
    ngx_array_t *params;
    ngx_uint_t i;
    shop_pay_block_t block;
    char *rv;

    for (i = 0; i < smcf->payments.nelts; i++) {
        if (other[i].name.len == name.len &&
            ngx_memcmp(other[i].name.data, name.data, name.len) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"shop_payment\" \"%V\" stands twice: give each block its own name",
                               &name);
            return NGX_CONF_ERROR;
        }
    }

    rv = ngx_http_shop_conf_block(cf, &params);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    block.name = (shop_str_t){name.len, name.data};
    block.interface = text_of(params, "interface");
    block.mode = text_of(params, "mode");

    rv = make_settings(cf, params, &block);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    return configure(cf, smcf, &name, &block);
}


static shop_str_t text_of(ngx_array_t *params, const char *name)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);

    return param != NULL ? (shop_str_t){param->value.len, param->value.data} : SHOP_STR("");
}


/* Every line but `interface` and `mode`; a parameter that names a file brings its content. */
static char *make_settings(ngx_conf_t *cf, ngx_array_t *params, shop_pay_block_t *block)
{
    const shop_pay_interface_t *interface = shop_pay_find(block->interface);
    const shop_pay_param_t *known;
    ngx_http_shop_param_t *param = params->elts;
    shop_pay_setting_t *settings;
    shop_str_t name;
    ngx_uint_t i;

    settings = ngx_palloc(cf->pool, (params->nelts + 1) * sizeof(shop_pay_setting_t));
    if (settings == NULL) {
        return NGX_CONF_ERROR;
    }

    block->settings = settings;
    block->count = 0;

    for (i = 0; i < params->nelts; i++) {
        name = (shop_str_t){param[i].name.len, param[i].name.data};

        if (shop_str_eq(name, SHOP_STR("interface")) || shop_str_eq(name, SHOP_STR("mode"))) {
            continue;
        }

        known = interface != NULL ? shop_pay_param_find(interface, name) : NULL;

        if (known != NULL && (known->flags & SHOP_PAY_PARAM_FILE) &&
            ngx_http_shop_conf_secret(cf, &param[i].value, &param[i].value) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        settings[block->count].name = name;
        settings[block->count].value = (shop_str_t){param[i].value.len, param[i].value.data};
        block->count++;
    }

    return NGX_CONF_OK;
}


static char *configure(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf, ngx_str_t *name,
                       const shop_pay_block_t *block)
{
    ngx_http_shop_payment_t *payment;
    shop_pay_config_t *config;
    shop_arena_t arena = shop_pool_arena(cf->pool);
    shop_str_t error = SHOP_STR("");

    switch (shop_pay_configure(&arena, block, &config, &error)) {
    case SHOP_OK:
        break;

    case SHOP_REFUSED:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_payment\" \"%V\": %*s", name, error.len,
                           error.data);
        return NGX_CONF_ERROR;

    default:
        return NGX_CONF_ERROR;
    }

    payment = ngx_array_push(&smcf->payments);
    if (payment == NULL) {
        return NGX_CONF_ERROR;
    }

    payment->name = *name;
    payment->pay = config;

    return NGX_CONF_OK;
}
