/*
 * Blocks of `name value;` lines (shop_payment, shop_moodle, shop_mail), and the small files that
 * hold secrets. A secret never stands in the configuration text itself: nginx -T prints that.
 */

#include "web/conf.h"


#define SHOP_SECRET_FILE_MAX 8192


static char *block_line(ngx_conf_t *cf, ngx_command_t *dummy, void *conf);
static ngx_int_t read_small_file(ngx_conf_t *cf, ngx_file_t *file, ngx_str_t *content);


char *ngx_http_shop_conf_block(ngx_conf_t *cf, ngx_array_t **params)
{
    char *rv;
    ngx_conf_t save;
    ngx_str_t name = ((ngx_str_t *) cf->args->elts)[0];

    *params = ngx_array_create(cf->pool, 8, sizeof(ngx_http_shop_param_t));
    if (*params == NULL) {
        return NGX_CONF_ERROR;
    }

    save = *cf;
    cf->handler = block_line;
    cf->handler_conf = (void *) *params;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;
    ((ngx_str_t *) cf->args->elts)[0] = name; /* nginx names the directive in its messages by it */

    return rv;
}


static char *block_line(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    ngx_array_t *params = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_http_shop_param_t *param;
    ngx_uint_t i;
    u_char *p;
    size_t len;

    if (cf->args->nelts < 2) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "parameter \"%V\" has no value", &words[0]);
        return NGX_CONF_ERROR;
    }

    param = ngx_array_push(params);
    if (param == NULL) {
        return NGX_CONF_ERROR;
    }

    /* More words than one are one value, with single blanks: "role student 5;". */
    len = 0;
    for (i = 1; i < cf->args->nelts; i++) {
        len += words[i].len + 1;
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    param->name = words[0];
    param->value.data = p;
    param->line = cf->conf_file->line;

    for (i = 1; i < cf->args->nelts; i++) {
        p = ngx_cpymem(p, words[i].data, words[i].len);
        *p++ = ' ';
    }

    param->value.len = len - 1;
    param->value.data[param->value.len] = '\0';

    return NGX_CONF_OK;
}


ngx_int_t ngx_http_shop_conf_secret(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *content)
{
    ngx_int_t rc;
    ngx_file_t file;
    ngx_str_t name = *path;

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_memzero(&file, sizeof(ngx_file_t));
    file.name = name;
    file.log = cf->log;
    file.fd = ngx_open_file(name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "secret file \"%V\" cannot be opened",
                           &name);
        return NGX_ERROR;
    }

    rc = read_small_file(cf, &file, content);

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno, "closing \"%V\" failed", &name);
    }

    return rc;
}


static ngx_int_t read_small_file(ngx_conf_t *cf, ngx_file_t *file, ngx_str_t *content)
{
    u_char *data;
    ssize_t n;
    shop_str_t text;
    ngx_file_info_t info;

    if (ngx_fd_info(file->fd, &info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "secret file \"%V\" cannot be examined",
                           &file->name);
        return NGX_ERROR;
    }

    if (ngx_file_access(&info) & 0004) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "secret file \"%V\" is readable by everybody: chmod o-r it",
                           &file->name);
        return NGX_ERROR;
    }

    data = ngx_pnalloc(cf->pool, SHOP_SECRET_FILE_MAX);
    if (data == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_file(file, data, SHOP_SECRET_FILE_MAX, 0);

    if (n == NGX_ERROR || n == SHOP_SECRET_FILE_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "secret file \"%V\" is unreadable or over %d bytes", &file->name,
                           SHOP_SECRET_FILE_MAX - 1);
        return NGX_ERROR;
    }

    text = shop_str_trim((shop_str_t){(size_t) n, data});
    if (text.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "secret file \"%V\" is empty", &file->name);
        return NGX_ERROR;
    }

    content->len = text.len;
    content->data = text.data;
    content->data[content->len] = '\0';

    return NGX_OK;
}


ngx_http_shop_param_t *ngx_http_shop_conf_param(ngx_array_t *params, const char *name)
{
    ngx_uint_t i;
    size_t len = ngx_strlen(name);
    ngx_http_shop_param_t *param = params->elts;

    for (i = 0; i < params->nelts; i++) {
        if (param[i].name.len == len && ngx_memcmp(param[i].name.data, name, len) == 0) {
            return &param[i];
        }
    }

    return NULL;
}


char *ngx_http_shop_conf_unknown(ngx_conf_t *cf, const char *directive, ngx_array_t *params,
                                 const char *const *known)
{
    ngx_uint_t i, k;
    ngx_http_shop_param_t *param = params->elts;

    for (i = 0; i < params->nelts; i++) {
        for (k = 0; known[k] != NULL; k++) {
            if (param[i].name.len == ngx_strlen(known[k]) &&
                ngx_memcmp(param[i].name.data, known[k], param[i].name.len) == 0) {
                break;
            }
        }

        if (known[k] == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%s\" does not know the parameter \"%V\" of line %ui", directive,
                               &param[i].name, param[i].line);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


bool ngx_http_shop_conf_option(ngx_str_t *word, const char *name, ngx_str_t *value)
{
    size_t len = ngx_strlen(name);

    if (word->len <= len || ngx_strncmp(word->data, name, len) != 0) {
        return false;
    }

    value->data = word->data + len;
    value->len = word->len - len;

    return true;
}
