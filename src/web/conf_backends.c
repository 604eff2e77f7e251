/*
 * Directives about PostgreSQL, Redis, the spool, the shared zone, the secret and the public
 * address.
 */

#include "web/conf.h"


static char *postgres_option(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf, ngx_str_t *word);
static char *redis_option(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf, ngx_str_t *word);
static ngx_int_t option_number(ngx_str_t *word, const char *name, ngx_int_t min, ngx_int_t max,
                               ngx_uint_t *value);
static ngx_int_t zone_init(ngx_shm_zone_t *zone, void *data);


char *ngx_http_shop_conf_postgres(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;
    const char *complaint;
    ngx_uint_t i;

    if (smcf->pg.conninfo.data != NULL) {
        return "is duplicate";
    }

    smcf->pg.conninfo = words[1];

    complaint = shop_pg_conninfo_check((const char *) words[1].data);
    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_postgres\": %s", complaint);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (postgres_option(cf, smcf, &words[i]) != NGX_CONF_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"shop_postgres\": \"%V\" is not one of pages=, changes=, jobs= "
                               "(1-32), queue= (1-65536), in_flight= (1-1024), batch= (1-1024)",
                               &words[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *postgres_option(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf, ngx_str_t *word)
{
    if (option_number(word, "pages=", 1, 32, &conf->pg.connections[SHOP_PG_PAGES]) == NGX_OK ||
        option_number(word, "changes=", 1, 32, &conf->pg.connections[SHOP_PG_CHANGES]) == NGX_OK ||
        option_number(word, "jobs=", 1, 32, &conf->pg.connections[SHOP_PG_JOBS]) == NGX_OK ||
        option_number(word, "queue=", 1, 65536, &conf->pg.queue_max) == NGX_OK ||
        option_number(word, "in_flight=", 1, 1024, &conf->pg.in_flight_max) == NGX_OK ||
        option_number(word, "batch=", 1, 1024, &conf->pg.batch_max) == NGX_OK) {
        return NGX_CONF_OK;
    }

    return NGX_CONF_ERROR;
}


static ngx_int_t option_number(ngx_str_t *word, const char *name, ngx_int_t min, ngx_int_t max,
                               ngx_uint_t *value)
{
    size_t len = ngx_strlen(name);
    ngx_int_t n;

    if (word->len <= len || ngx_strncmp(word->data, name, len) != 0) {
        return NGX_DECLINED;
    }

    n = ngx_atoi(word->data + len, word->len - len);
    if (n < min || n > max) {
        return NGX_ERROR;
    }

    *value = (ngx_uint_t) n;
    return NGX_OK;
}


char *ngx_http_shop_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;
    const char *complaint;
    ngx_uint_t i;

    if (smcf->redis.address.data != NULL) {
        return "is duplicate";
    }

    smcf->redis.address = words[1];

    complaint = shop_redis_address_check((shop_str_t){words[1].len, words[1].data});
    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_redis\": %s", complaint);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (redis_option(cf, smcf, &words[i]) != NGX_CONF_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"shop_redis\": \"%V\" is not one of password_file=, "
                               "database= (0-15), queue= (1-65536)",
                               &words[i]);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *redis_option(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf, ngx_str_t *word)
{
    ngx_str_t path;

    if (option_number(word, "database=", 0, 15, &conf->redis.database) == NGX_OK ||
        option_number(word, "queue=", 1, 65536, &conf->redis.queue_max) == NGX_OK) {
        return NGX_CONF_OK;
    }

    if (word->len > 14 && ngx_strncmp(word->data, "password_file=", 14) == 0) {
        path.data = word->data + 14;
        path.len = word->len - 14;
        return ngx_http_shop_conf_secret(cf, &path, &conf->redis.password) == NGX_OK
                   ? NGX_CONF_OK
                   : NGX_CONF_ERROR;
    }

    return NGX_CONF_ERROR;
}


char *ngx_http_shop_conf_spool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;

    if (smcf->spool.path.data != NULL) {
        return "is duplicate";
    }

    smcf->spool.path = words[1];

    if (ngx_conf_full_name(cf->cycle, &smcf->spool.path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3 &&
        option_number(&words[2], "files=", 1, 10000000, &smcf->spool.files_max) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_spool\": \"%V\" is not files=<number>",
                           &words[2]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_str_t name, size_text;
    ssize_t size;
    u_char *colon;

    if (smcf->zone != NULL) {
        return "is duplicate";
    }

    colon = (u_char *) ngx_strchr(words[1].data, ':');
    if (colon == NULL) {
        return "needs <name>:<size>, such as shop:1m";
    }

    name.data = words[1].data;
    name.len = (size_t) (colon - name.data);
    size_text.data = colon + 1;
    size_text.len = words[1].len - name.len - 1;

    size = ngx_parse_size(&size_text);
    if (name.len == 0 || size < (ssize_t) (sizeof(ngx_http_shop_shared_t) + 8 * ngx_pagesize)) {
        return "needs a name and at least 512k: shop:1m";
    }

    smcf->zone = ngx_shared_memory_add(cf, &name, (size_t) size, &ngx_http_shop_module);
    if (smcf->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    smcf->zone->init = zone_init;

    return NGX_CONF_OK;
}


/* ME-6: adopted on reload, when its layout is ours; else a fresh one. */
static ngx_int_t zone_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t *slab = (ngx_slab_pool_t *) zone->shm.addr;
    ngx_http_shop_shared_t *shared = data;

    if (shared == NULL && zone->shm.exists) {
        shared = slab->data;
    }

    if (shared != NULL && shared->layout == sizeof(ngx_http_shop_shared_t)) {
        zone->data = shared;
        return NGX_OK;
    }

    shared = ngx_slab_calloc(slab, sizeof(ngx_http_shop_shared_t));
    if (shared == NULL) {
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "\"shop_zone\" %V is too small: give it more memory", &zone->shm.name);
        return NGX_ERROR;
    }

    shared->layout = sizeof(ngx_http_shop_shared_t);
    slab->data = shared;
    zone->data = shared;

    return NGX_OK;
}


char *ngx_http_shop_conf_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;

    if (smcf->secret.data != NULL) {
        return "is duplicate";
    }

    if (ngx_http_shop_conf_secret(cf, &words[1], &smcf->secret) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (smcf->secret.len < 32) {
        return "needs a file with at least 32 characters: openssl rand -base64 48";
    }

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_message_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;
    shop_arena_t arena = shop_pool_arena(cf->pool);
    ngx_str_t hex;

    if (smcf->message_key.len != 0) {
        return "is duplicate";
    }

    if (ngx_http_shop_conf_secret(cf, &words[1], &hex) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (shop_hex_decode(&arena, (shop_str_t){hex.len, hex.data}, &smcf->message_key) != SHOP_OK ||
        smcf->message_key.len != SHOP_SEAL_KEY) {
        return "needs a file with 64 hexadecimal digits: openssl rand -hex 32";
    }

    return NGX_CONF_OK;
}


char *ngx_http_shop_conf_base_url(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_str_t url = words[1];
    u_char *host;

    if (smcf->base_url.data != NULL) {
        return "is duplicate";
    }

    if (ngx_strncmp(url.data, "https://", 8) == 0) {
        host = url.data + 8;

    } else if (ngx_strncmp(url.data, "http://", 7) == 0) {
        host = url.data + 7;

    } else {
        return "needs an address that begins with https:// (or http:// for a demonstration)";
    }

    while (url.len > 0 && url.data[url.len - 1] == '/') {
        url.len--;
    }

    if (host >= url.data + url.len || ngx_strlchr(host, url.data + url.len, '/') != NULL) {
        return "needs an origin only, without a path: https://shop.example.org";
    }

    smcf->base_url = url;

    return NGX_CONF_OK;
}
