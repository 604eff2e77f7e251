/*
 * A test module around src/link: every call of the room is a location's answer, so that Perl tests
 * can provoke it from outside. Not part of the product. One request makes one call; its answer says
 * how the operation ended ("OK", "DOWN", …) and shows the values.
 */

#ifndef LINK_TEST_H
#define LINK_TEST_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "link/link.h"


typedef struct {
    ngx_str_t conninfo;
    ngx_str_t redis;
    ngx_str_t redis_password;
    ngx_uint_t redis_database;
    ngx_str_t spool;
    ngx_str_t smtp;
    ngx_str_t smtp_user;
    ngx_str_t ca_file;
    ngx_flag_t smtp_starttls;
    ngx_uint_t queue_max;
    ngx_uint_t batch_max;
    ngx_uint_t in_flight_max;
    ngx_uint_t connections;
    ngx_uint_t spool_max;
    ngx_msec_t statement_timeout;
    ngx_msec_t redis_timeout;
    ngx_thread_pool_t *threads;
    ngx_resolver_t *resolver;
} link_main_conf_t;

typedef struct {
    ngx_http_request_t *r;
    shop_op_t *op;
    ngx_uint_t rows;
    size_t bytes;
    ngx_uint_t form; /* how to show the reply */
} link_ctx_t;

enum { FORM_PG, FORM_REDIS, FORM_HTTP, FORM_PLAIN, FORM_STREAM };

/* The links of this worker; NULL: not configured. */
typedef struct {
    shop_pg_t *pg;
    shop_redis_t *redis;
    shop_http_t *http;
    shop_spool_t *spool;
    ngx_uint_t notifications;
    ngx_uint_t resets;
    ngx_uint_t shutdowns;
} link_worker_t;

extern link_worker_t link_worker;
extern ngx_module_t ngx_http_link_test_module;

/* The statement of the batches and the one of the streams. */
#define LINK_TEST_BATCH 3
#define LINK_TEST_ROWS 4

extern const shop_pg_statement_t link_test_statements[];
extern const ngx_uint_t link_test_statement_count;

/* calls.c: the handler of the locations */
ngx_int_t link_test_handler(ngx_http_request_t *r);

/* answers.c */
void link_test_on_done(shop_op_t *op);  /* answers the request of link_ctx_t */
void link_test_on_alone(shop_op_t *op); /* nobody waits: a line in the log */
ngx_int_t link_test_status(ngx_http_request_t *r);
ngx_int_t link_test_send(ngx_http_request_t *r, ngx_uint_t status, ngx_buf_t *b);

#endif
