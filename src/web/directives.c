/*
 * The table of directives. What a directive means is in README.md; what it does, in conf_*.c.
 */

#include "web/conf.h"


#define SHOP_MAIN(member) offsetof(ngx_http_shop_main_conf_t, member)


ngx_command_t ngx_http_shop_directives[] = {

    {ngx_string("shop"), NGX_HTTP_LOC_CONF | NGX_CONF_TAKE12, ngx_http_shop_conf_shop,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_pay"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, ngx_http_shop_conf_pay,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_status"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, ngx_http_shop_conf_status,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_product_test"), NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1,
     ngx_http_shop_conf_product_test, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_postgres"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE, ngx_http_shop_conf_postgres,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_postgres_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_msec_slot, NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(pg.statement_timeout), NULL},

    {ngx_string("shop_redis"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE, ngx_http_shop_conf_redis,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_redis_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(redis_timeout), NULL},

    {ngx_string("shop_page_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(page_timeout), NULL},

    {ngx_string("shop_change_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(change_timeout), NULL},

    {ngx_string("shop_outside_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_msec_slot, NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(outside_timeout), NULL},

    {ngx_string("shop_payment"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_TAKE1,
     ngx_http_shop_conf_payment, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_moodle"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_NOARGS,
     ngx_http_shop_conf_moodle, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_provisioner"), NGX_HTTP_MAIN_CONF | NGX_CONF_2MORE,
     ngx_http_shop_conf_provisioner, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_mail"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_NOARGS,
     ngx_http_shop_conf_mail, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_spool"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE12, ngx_http_shop_conf_spool,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_http_shop_conf_zone,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_secret_file"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_http_shop_conf_secret_file, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_message_key"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_http_shop_conf_message_key, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_signing_key"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1234,
     ngx_http_shop_conf_signing_key, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_lti"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE, ngx_http_shop_conf_lti,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_lti_platform"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE,
     ngx_http_shop_conf_platform, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_base_url"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_http_shop_conf_base_url,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("shop_theme"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_str_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(theme), NULL},

    {ngx_string("shop_bootstrap"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_str_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(bootstrap), NULL},

    {ngx_string("shop_media_url"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_str_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, SHOP_MAIN(media_url), NULL},

    ngx_null_command};
