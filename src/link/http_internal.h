/*
 * HTTP and SMTP: one libcurl multi handle per worker on nginx's loop.
 */

#ifndef SHOP_HTTP_INTERNAL_H
#define SHOP_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "link/link_internal.h"

typedef struct shop_transfer_s shop_transfer_t;

struct shop_http_s {
    shop_http_conf_t conf;
    ngx_log_t *log;
    CURLM *multi;
    ngx_event_t timer;     /* libcurl's one timer; cancelable (CU-8) */
    ngx_queue_t transfers; /* all of them */
    ngx_uint_t count;
    ngx_pool_t *pool; /* C strings of the configuration */
    char *ca_file;
    char *user_agent;
    shop_link_counters_t counters;
    shop_link_counters_t smtp_counters;
};

/* Lives in its operation's pool. */
struct shop_transfer_s {
    ngx_queue_t queue;
    shop_http_t *http;
    shop_op_t *op;
    CURL *easy;
    struct curl_slist *headers;    /* or recipients */
    struct curl_slist *addresses;  /* CURLOPT_RESOLVE */
    ngx_resolver_ctx_t *resolving; /* NULL: not asked, or answered */
    char *host;
    long port;
    shop_http_response_t response;
    size_t capacity; /* of response.body */
    size_t body_max;
    unsigned added : 1; /* to the multi handle */
    unsigned too_long : 1;
    unsigned smtp : 1;

    /* SMTP */
    shop_str_t message;
    size_t offset; /* of what libcurl has taken */
    curl_socket_t fd;
    ngx_uint_t replies;
    bool own_talk; /* no TLS: a last word can be said on the bare socket */
    char error[CURL_ERROR_SIZE];
};

/* http_loop.c */
ngx_int_t shop_http_loop_init(shop_http_t *http);
void shop_http_loop_stop(shop_http_t *http);
/* Hands a prepared transfer to libcurl. */
void shop_http_add(shop_transfer_t *transfer);

/* http_transfer.c */
/* A new transfer with everything that HTTP and SMTP have in common (CU-5); NULL: the op is refused.
 */
shop_transfer_t *shop_transfer_create(shop_http_t *http, shop_op_t *op,
                                      shop_link_counters_t *counters, shop_str_t url);
/* Ends it with the result of libcurl. */
void shop_transfer_end(shop_transfer_t *transfer, CURLcode result);
void shop_transfer_refuse(shop_transfer_t *transfer, shop_link_status_e status, const char *error);
/* Takes it out of libcurl and the lists; the op is still held. */
void shop_transfer_remove(shop_transfer_t *transfer);

/* http_resolve.c: finds the address, then adds the transfer; or refuses it later */
void shop_http_resolve(shop_transfer_t *transfer);
void shop_http_resolve_cancel(shop_transfer_t *transfer);
bool shop_http_numeric(const char *host);

/* smtp.c */
void shop_smtp_finish(shop_transfer_t *transfer);

#endif
