/*
 * shop_provisioner: who makes whole Moodle sites that are sold.
 */

#include "web/conf.h"


#define SHOP_PROVISIONER_SECRET_MIN 16


static bool provisioner_option(ngx_conf_t *cf, shop_provisioner_conf_t *provisioner,
                               ngx_str_t *word);


char *ngx_http_shop_conf_provisioner(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    shop_provisioner_conf_t *provisioner = &smcf->provisioner;
    ngx_str_t *words = cf->args->elts;
    const char *complaint;
    ngx_uint_t i;

    if (provisioner->url.data != NULL) {
        return "is duplicate";
    }

    provisioner->url = words[1];

    complaint = shop_http_url_check((shop_str_t){words[1].len, words[1].data}, "http", true);
    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_provisioner\" \"%V\" %s", &words[1],
                           complaint);
        return NGX_CONF_ERROR;
    }

    if (words[1].data[words[1].len - 1] == '/') {
        return "needs an address without a last slash";
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (!provisioner_option(cf, provisioner, &words[i])) {
            return NGX_CONF_ERROR;
        }
    }

    if (provisioner->secret.len < SHOP_PROVISIONER_SECRET_MIN) {
        return "needs secret_file=, a file with 16 characters or more";
    }

    return NGX_CONF_OK;
}


static bool provisioner_option(ngx_conf_t *cf, shop_provisioner_conf_t *provisioner,
                               ngx_str_t *word)
{
    ngx_str_t value;

    if (ngx_http_shop_conf_option(word, "secret_file=", &value)) {
        return ngx_http_shop_conf_secret(cf, &value, &provisioner->secret) == NGX_OK;
    }

    if (ngx_http_shop_conf_option(word, "domain=", &provisioner->domain)) {
        return true;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_provisioner\": \"%V\" is not one of secret_file=, domain=", word);

    return false;
}
