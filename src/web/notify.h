/*
 * Payment callbacks: what worker.c needs of notify_spool.c, and the two files of each other.
 */

#ifndef NGX_HTTP_SHOP_NOTIFY_H
#define NGX_HTTP_SHOP_NOTIFY_H

#include "web/web.h"


/* A spooled notification goes through the pipeline again (shop_replay_pt). */
void ngx_http_shop_notify_replay(void *data, shop_replay_t *replay, shop_str_t message);

/* A message that was kept is judged, its proof being there (shop_proved_pt). */
void ngx_http_shop_notify_proved(ngx_log_t *log, shop_str_t config, const json_t *answer,
                                 shop_pay_result_t *result);

/* The configuration block of that name; NULL: there is none. */
ngx_http_shop_payment_t *ngx_http_shop_payment_find(ngx_http_shop_main_conf_t *conf,
                                                    shop_str_t name);
/* Has the body kept, sealed, when there is a key for that. */
ngx_int_t ngx_http_shop_notify_seal(ngx_pool_t *pool, ngx_http_shop_main_conf_t *conf,
                                    shop_pay_request_t *request);
/* Why the database decided so, for the log; lives as long as its answer. */
void ngx_http_shop_notify_reason(shop_pay_result_t *result, const json_t *answer);
/* Counts the verdict and writes one line that holds nothing secret (payments.md 1.12). */
void ngx_http_shop_notify_record(ngx_log_t *log, const char *origin, shop_str_t config,
                                 shop_pay_verdict_t verdict, const shop_pay_result_t *result);

#endif
