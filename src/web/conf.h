/*
 * Configuration of the module: what the conf_*.c files give to module.c and to each other.
 */

#ifndef NGX_HTTP_SHOP_CONF_H
#define NGX_HTTP_SHOP_CONF_H

#include "web/web.h"


extern ngx_command_t ngx_http_shop_directives[];

void *ngx_http_shop_create_main_conf(ngx_conf_t *cf);
char *ngx_http_shop_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_shop_create_loc_conf(ngx_conf_t *cf);
ngx_int_t ngx_http_shop_conf_finish(ngx_conf_t *cf);
ngx_int_t ngx_http_shop_add_variables(ngx_conf_t *cf);

/* conf_block.c: `name value;` lines between braces, in order, in a new array of
 * ngx_http_shop_param_t; several words of a value are joined by one blank. */
char *ngx_http_shop_conf_block(ngx_conf_t *cf, ngx_array_t **params);
/* The whole content of a small file, trimmed; logs the reason on failure. */
ngx_int_t ngx_http_shop_conf_secret(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *content);
/* The value of a word such as "key=value"; false: another name, or no value. */
bool ngx_http_shop_conf_option(ngx_str_t *word, const char *name, ngx_str_t *value);
/* The first parameter of that name, or NULL. */
ngx_http_shop_param_t *ngx_http_shop_conf_param(ngx_array_t *params, const char *name);
char *ngx_http_shop_conf_unknown(ngx_conf_t *cf, const char *directive, ngx_array_t *params,
                                 const char *const *known);

/* conf_backends.c */
char *ngx_http_shop_conf_postgres(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_spool(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_secret_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_message_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_base_url(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_signing.c */
char *ngx_http_shop_conf_signing_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_lti.c */
char *ngx_http_shop_conf_lti(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_platform.c */
char *ngx_http_shop_conf_platform(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_provisioner.c */
char *ngx_http_shop_conf_provisioner(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_outside.c */
char *ngx_http_shop_conf_moodle(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_mail(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_payment.c */
char *ngx_http_shop_conf_payment(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_location.c */
char *ngx_http_shop_conf_shop(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_pay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_shop_conf_product_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* conf_theme.c: templates, language files and assets, read once at configuration time. */
char *ngx_http_shop_conf_load_theme(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf);

#endif
