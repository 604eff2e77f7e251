/*
 * shop_lti: the Moodle sites whose word about their users is taken.
 */

#include "web/conf.h"


#define SHOP_LTI_MAX 16


static char *lti_option(ngx_conf_t *cf, ngx_http_shop_lti_t *lti, ngx_str_t *word);


char *ngx_http_shop_conf_lti(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_http_shop_lti_t *lti;
    ngx_str_t *words = cf->args->elts;
    ngx_uint_t i;

    if (smcf->lti.elts == NULL &&
        ngx_array_init(&smcf->lti, cf->pool, 2, sizeof(ngx_http_shop_lti_t)) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (smcf->lti.nelts == SHOP_LTI_MAX) {
        return "stands more often than 16 times";
    }

    lti = ngx_array_push(&smcf->lti);
    if (lti == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(lti, sizeof(ngx_http_shop_lti_t));
    lti->trust_email = true;

    for (i = 1; i < cf->args->nelts; i++) {
        if (lti_option(cf, lti, &words[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (lti->consumer.key.len == 0 || lti->consumer.secret.len == 0) {
        return "needs key= and secret_file=, the same as in Moodle's external tool";
    }

    for (i = 0; i + 1 < smcf->lti.nelts; i++) {
        if (shop_str_eq(((ngx_http_shop_lti_t *) smcf->lti.elts)[i].consumer.key,
                        lti->consumer.key)) {
            return "has a key that another one has";
        }
    }

    return NGX_CONF_OK;
}


static char *lti_option(ngx_conf_t *cf, ngx_http_shop_lti_t *lti, ngx_str_t *word)
{
    ngx_str_t value;

    if (ngx_http_shop_conf_option(word, "key=", &value)) {
        lti->consumer.key = (shop_str_t){value.len, value.data};
        return NGX_CONF_OK;
    }

    if (ngx_http_shop_conf_option(word, "secret_file=", &value)) {
        if (ngx_http_shop_conf_secret(cf, &value, &value) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        lti->consumer.secret = (shop_str_t){value.len, value.data};
        return NGX_CONF_OK;
    }

    if (ngx_http_shop_conf_option(word, "login_url=", &lti->login_url) &&
        (ngx_strncmp(lti->login_url.data, "https://", 8) == 0 ||
         ngx_strncmp(lti->login_url.data, "http://", 7) == 0)) {
        return NGX_CONF_OK;
    }

    if (ngx_http_shop_conf_option(word, "trust_email=", &value) &&
        (ngx_strcmp(value.data, "on") == 0 || ngx_strcmp(value.data, "off") == 0)) {
        lti->trust_email = value.len == 2;
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_lti\": \"%V\" is not one of key=, secret_file=, "
                       "login_url=https://..., trust_email=on|off",
                       word);

    return NGX_CONF_ERROR;
}
