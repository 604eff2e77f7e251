/*
 * shop_lti_platform: sites that bring their users by LTI 1.3.
 */

#include "web/conf.h"


static bool platform_option(ngx_conf_t *cf, ngx_http_shop_platform_t *platform, ngx_str_t *word);
static char *platform_addresses(ngx_conf_t *cf, ngx_http_shop_platform_t *platform);
static bool same_platform(ngx_http_shop_main_conf_t *smcf, const ngx_http_shop_platform_t *one);
static ngx_int_t page_of(ngx_conf_t *cf, const ngx_http_shop_platform_t *platform, const char *page,
                         ngx_str_t *url);


char *ngx_http_shop_conf_platform(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_http_shop_platform_t *platform;
    ngx_str_t *words = cf->args->elts;
    ngx_uint_t i;

    if (smcf->platforms.elts == NULL &&
        ngx_array_init(&smcf->platforms, cf->pool, 2, sizeof(ngx_http_shop_platform_t)) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (smcf->platforms.nelts == NGX_HTTP_SHOP_PLATFORMS) {
        return "stands more often than 16 times";
    }

    platform = ngx_array_push(&smcf->platforms);
    if (platform == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(platform, sizeof(ngx_http_shop_platform_t));
    platform->index = smcf->platforms.nelts - 1;
    platform->trust_email = true;

    for (i = 1; i < cf->args->nelts; i++) {
        if (!platform_option(cf, platform, &words[i])) {
            return NGX_CONF_ERROR;
        }
    }

    if (platform->lti.issuer.len == 0 || platform->lti.client_id.len == 0 ||
        platform->lti.deployments.len == 0) {
        return "needs issuer=, client_id= and deployment=, as the platform shows them";
    }

    if (same_platform(smcf, platform)) {
        return "has an issuer and a client_id that another one has";
    }

    return platform_addresses(cf, platform);
}


static bool platform_option(ngx_conf_t *cf, ngx_http_shop_platform_t *platform, ngx_str_t *word)
{
    ngx_str_t value;

    if (ngx_http_shop_conf_option(word, "issuer=", &value)) {
        platform->lti.issuer = (shop_str_t){value.len, value.data};
        return true;
    }

    if (ngx_http_shop_conf_option(word, "client_id=", &value)) {
        platform->lti.client_id = (shop_str_t){value.len, value.data};
        return true;
    }

    if (ngx_http_shop_conf_option(word, "deployment=", &value)) {
        platform->lti.deployments = (shop_str_t){value.len, value.data};
        return true;
    }

    if (ngx_http_shop_conf_option(word, "auth_url=", &platform->auth_url) ||
        ngx_http_shop_conf_option(word, "keys_url=", &platform->keys_url) ||
        ngx_http_shop_conf_option(word, "login_url=", &platform->login_url)) {
        return true;
    }

    if (ngx_http_shop_conf_option(word, "trust_email=", &value) &&
        (ngx_strcmp(value.data, "on") == 0 || ngx_strcmp(value.data, "off") == 0)) {
        platform->trust_email = value.len == 2;
        return true;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_lti_platform\": \"%V\" is not one of issuer=, client_id=, "
                       "deployment=, auth_url=, keys_url=, login_url=, trust_email=on|off",
                       word);

    return false;
}


static bool same_platform(ngx_http_shop_main_conf_t *smcf, const ngx_http_shop_platform_t *one)
{
    const ngx_http_shop_platform_t *platform = smcf->platforms.elts;
    ngx_uint_t i;

    for (i = 0; i < one->index; i++) {
        if (shop_str_eq(platform[i].lti.issuer, one->lti.issuer) &&
            shop_str_eq(platform[i].lti.client_id, one->lti.client_id)) {
            return true;
        }
    }

    return false;
}


/* Where Moodle has these pages, below its own address. */
static char *platform_addresses(ngx_conf_t *cf, ngx_http_shop_platform_t *platform)
{
    const ngx_str_t *urls[] = {&platform->auth_url, &platform->keys_url, &platform->login_url};
    const char *complaint;
    size_t i;

    if (page_of(cf, platform, "/mod/lti/auth.php", &platform->auth_url) != NGX_OK ||
        page_of(cf, platform, "/mod/lti/certs.php", &platform->keys_url) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        if (urls[i]->len == 0) {
            continue;
        }

        complaint = shop_http_url_check((shop_str_t){urls[i]->len, urls[i]->data}, "http", true);
        if (complaint != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_lti_platform\" \"%V\" %s", urls[i],
                               complaint);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t page_of(ngx_conf_t *cf, const ngx_http_shop_platform_t *platform, const char *page,
                         ngx_str_t *url)
{
    const shop_str_t *issuer = &platform->lti.issuer;
    size_t len = ngx_strlen(page);

    if (url->len > 0) {
        return NGX_OK;
    }

    url->data = ngx_pnalloc(cf->pool, issuer->len + len + 1);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    url->len =
        (size_t) (ngx_sprintf(url->data, "%*s%s%Z", issuer->len, issuer->data, page) - url->data) -
        1;

    return NGX_OK;
}
