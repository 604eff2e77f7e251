/*
 * Making, completing and checking the whole configuration. Opens no connection (ME-4).
 */

#include "web/conf.h"


#define SHOP_BODY_BUFFER (136 * 1024) /* above the largest body_max of all routes */


static char *require(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static ngx_int_t check_passwords(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static bool is_private(const ngx_str_t *url);
static ngx_int_t check_host(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf, const char *directive,
                            ngx_str_t *url, const char *scheme);
static ngx_int_t check_platforms(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static ngx_int_t check_payments(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static void tell_message_key(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static ngx_int_t keep_bodies_in_memory(ngx_http_shop_main_conf_t *smcf);
static ngx_int_t make_policy(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf);
static void init_unset(ngx_http_shop_main_conf_t *smcf);


void *ngx_http_shop_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_shop_main_conf_t *smcf;

    smcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_shop_main_conf_t));
    if (smcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&smcf->bodies, cf->pool, 4, sizeof(ngx_http_core_loc_conf_t *)) != NGX_OK ||
        ngx_array_init(&smcf->mounts, cf->pool, 4, sizeof(ngx_http_shop_mount_t)) != NGX_OK ||
        ngx_array_init(&smcf->payments, cf->pool, 8, sizeof(ngx_http_shop_payment_t)) != NGX_OK ||
        ngx_array_init(&smcf->assets, cf->pool, 16, sizeof(ngx_http_shop_asset_t)) != NGX_OK) {
        return NULL;
    }

    shop_moodle_conf_init(&smcf->moodle);
    shop_mail_conf_init(&smcf->mail);

    smcf->pg.connections[SHOP_PG_PAGES] = 2;
    smcf->pg.connections[SHOP_PG_CHANGES] = 4;
    smcf->pg.connections[SHOP_PG_JOBS] = 1;
    smcf->pg.queue_max = 256;
    smcf->pg.in_flight_max = 64;
    smcf->pg.batch_max = 64;
    smcf->pg.statement_timeout = NGX_CONF_UNSET_MSEC;
    smcf->redis.queue_max = 1024;
    smcf->spool.files_max = 100000;
    smcf->redis_timeout = NGX_CONF_UNSET_MSEC;
    smcf->page_timeout = NGX_CONF_UNSET_MSEC;
    smcf->change_timeout = NGX_CONF_UNSET_MSEC;
    smcf->outside_timeout = NGX_CONF_UNSET_MSEC;

    return smcf;
}


char *ngx_http_shop_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;

    init_unset(smcf);

    if (!smcf->enabled) {
        return NGX_CONF_OK;
    }

    return require(cf, smcf);
}


/* FA-6: what a visitor waits for ends within 5 s, the time systemd gives a stopping nginx. */
static void init_unset(ngx_http_shop_main_conf_t *smcf)
{
    ngx_conf_init_msec_value(smcf->page_timeout, 1500);
    ngx_conf_init_msec_value(smcf->change_timeout, 4000);
    ngx_conf_init_msec_value(smcf->redis_timeout, 500);
    ngx_conf_init_msec_value(smcf->outside_timeout, 4000);
    ngx_conf_init_msec_value(smcf->pg.statement_timeout, 3000);

    smcf->redis.timeout = smcf->redis_timeout;

    if (smcf->media_url.data == NULL) {
        ngx_str_set(&smcf->media_url, "/shop-media/");
    }

    if (smcf->bootstrap.data == NULL) {
        ngx_str_set(&smcf->bootstrap, "/usr/share/javascript/bootstrap5/css/bootstrap.min.css");
    }

    smcf->mail.base_url = smcf->base_url;
    smcf->moodle.site.provisioner = smcf->provisioner.url.len > 0;
    smcf->moodle.site.provisioner_domain =
        (shop_str_t){smcf->provisioner.domain.len, smcf->provisioner.domain.data};
}


static char *require(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    const char *missing = NULL;

    if (smcf->pg.conninfo.data == NULL) {
        missing = "shop_postgres \"host=/run/postgresql dbname=shop user=shop_web\"";

    } else if (smcf->redis.address.data == NULL) {
        missing = "shop_redis unix:/run/redis/redis.sock";

    } else if (smcf->zone == NULL) {
        missing = "shop_zone shop:1m";

    } else if (smcf->secret.data == NULL) {
        missing = "shop_secret_file /etc/nginx/shop/secret";

    } else if (smcf->theme.data == NULL) {
        missing = "shop_theme /usr/share/ngx_http_shop/theme";

    } else if (smcf->base_url.data == NULL) {
        missing = "shop_base_url https://shop.example.org";
    }

    if (missing == NULL) {
        return NGX_CONF_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "the shop needs a directive in the http block that is missing: %s;", missing);
    return NGX_CONF_ERROR;
}


void *ngx_http_shop_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_shop_loc_conf_t));
}


ngx_int_t ngx_http_shop_conf_finish(ngx_conf_t *cf)
{
    ngx_http_shop_main_conf_t *smcf;
    ngx_http_core_loc_conf_t *clcf;

    smcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_shop_module);

    if (!smcf->enabled) {
        return NGX_OK;
    }

    if (smcf->payments.nelts > 0 && smcf->pay_prefix.data == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"shop_payment\" blocks need a location for the providers' callbacks: "
                      "location /shop/pay/ { shop_pay; }");
        return NGX_ERROR;
    }

    smcf->threads = ngx_thread_pool_add(cf, NULL);
    if (smcf->threads == NULL) {
        return NGX_ERROR;
    }

    smcf->spool.threads = smcf->threads;

    /* The http block's own `resolver` serves our outgoing calls. */
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    smcf->http.resolver = clcf->resolver;
    smcf->http.resolver_timeout = 3000;

    if (check_passwords(cf, smcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (check_host(cf, smcf, "shop_moodle", &smcf->moodle.url, "http") != NGX_OK ||
        check_host(cf, smcf, "shop_provisioner", &smcf->provisioner.url, "http") != NGX_OK ||
        check_host(cf, smcf, "shop_mail", &smcf->mail.smtp.url, "smtp") != NGX_OK ||
        check_platforms(cf, smcf) != NGX_OK || check_payments(cf, smcf) != NGX_OK) {
        return NGX_ERROR;
    }

    tell_message_key(cf, smcf);

    if (keep_bodies_in_memory(smcf) != NGX_OK || make_policy(cf, smcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_shop_conf_load_theme(cf, smcf) == NGX_CONF_OK ? NGX_OK : NGX_ERROR;
}


static void tell_message_key(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    if (smcf->payments.nelts > 0 && smcf->message_key.len == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "no \"shop_message_key\": of payment notifications only the SHA-256 is kept, "
                      "which proves little in a dispute");
    }
}


/* Passwords pass TLS on both sides, or do not leave the machine. */
static ngx_int_t check_passwords(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    if (smcf->moodle.password_service.len == 0 ||
        (is_private(&smcf->base_url) && is_private(&smcf->moodle.url))) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"password_service\" of \"shop_moodle\" needs https:// in \"url\" and in "
                  "\"shop_base_url\"");

    return NGX_ERROR;
}


static bool is_private(const ngx_str_t *url)
{
    shop_str_t text = {url->len, url->data};

    return shop_str_starts(text, SHOP_STR("https://")) ||
           shop_str_starts(text, SHOP_STR("http://127.0.0.1:"));
}


/* Only now it is known whether names can be resolved without blocking (CU-4). */
static ngx_int_t check_host(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf, const char *directive,
                            ngx_str_t *url, const char *scheme)
{
    const char *complaint = NULL;

    if (url->len > 0) {
        complaint = shop_http_url_check((shop_str_t){url->len, url->data}, scheme,
                                        smcf->http.resolver != NULL &&
                                            smcf->http.resolver->connections.nelts > 0);
    }

    if (complaint == NULL) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"%s\" url %s", directive, complaint);

    return NGX_ERROR;
}


static ngx_int_t check_platforms(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    ngx_http_shop_platform_t *platform = smcf->platforms.elts;
    ngx_uint_t i;

    for (i = 0; i < smcf->platforms.nelts; i++) {
        if (check_host(cf, smcf, "shop_lti_platform", &platform[i].keys_url, "http") != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t check_payments(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    ngx_http_shop_payment_t *payment = smcf->payments.elts;
    ngx_str_t url;
    ngx_uint_t i;

    for (i = 0; i < smcf->payments.nelts; i++) {
        url = (ngx_str_t){payment[i].pay->api_url.len, payment[i].pay->api_url.data};

        if (check_host(cf, smcf, "shop_payment", &url, "http") != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* RQ-9: nginx would write a longer body to a file, in the loop. */
static ngx_int_t keep_bodies_in_memory(ngx_http_shop_main_conf_t *smcf)
{
    ngx_http_core_loc_conf_t **clcf = smcf->bodies.elts;
    ngx_uint_t i;

    for (i = 0; i < smcf->bodies.nelts; i++) {
        if (clcf[i]->client_body_buffer_size < SHOP_BODY_BUFFER) {
            clcf[i]->client_body_buffer_size = SHOP_BODY_BUFFER;
        }
    }

    return NGX_OK;
}


/* SE-11: forms may go to ourselves and to the pages of the configured providers, nowhere else. */
static ngx_int_t make_policy(ngx_conf_t *cf, ngx_http_shop_main_conf_t *smcf)
{
    static const char head[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
                               "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
                               "base-uri 'none'; form-action 'self'";

    ngx_http_shop_payment_t *payment = smcf->payments.elts;
    ngx_uint_t i;
    shop_arena_t arena = shop_pool_arena(cf->pool);
    shop_buf_t policy;
    shop_str_t text;

    shop_buf_init(&policy, &arena, 0);
    shop_buf_add(&policy, shop_str(head));

    for (i = 0; i < smcf->payments.nelts; i++) {
        if (payment[i].pay->form_origin.len > 0) {
            shop_buf_add_char(&policy, ' ');
            shop_buf_add(&policy, payment[i].pay->form_origin);
        }
    }

    if (policy.status != SHOP_OK) {
        return NGX_ERROR;
    }

    text = shop_buf_str(&policy);
    smcf->policy = (ngx_str_t){text.len, text.data};

    return NGX_OK;
}
