/*
 * HTTP and SMTP: one libcurl multi handle per worker on nginx's loop.
 */

#ifndef SHOP_HTTP_INTERNAL_H
#define SHOP_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "link/link_internal.h"

typedef struct shop_transfer_s shop_transfer_t;
typedef struct shop_smtp_s shop_smtp_t;

/* A multi handle of libcurl with its one timer, which is cancelable (CU-8). */
typedef struct {
    shop_http_t *http;
    CURLM *multi;
    ngx_event_t timer;
} shop_http_loop_t;

struct shop_http_s {
    shop_http_conf_t conf;
    ngx_log_t *log;
    shop_http_loop_t loop; /* of all HTTP requests; a mail has one of its own */
    ngx_queue_t transfers; /* all of them */
    ngx_uint_t count;
    ngx_uint_t given_up; /* by worker_shutdown_timeout */
    ngx_pool_t *pool;    /* C strings of the configuration */
    char *ca_file;
    char *user_agent;
    shop_link_counters_t counters;
    shop_link_counters_t smtp_counters;
};

/* Lives in its operation's pool. */
struct shop_transfer_s {
    ngx_queue_t queue;
    shop_http_t *http;
    shop_http_loop_t *loop;
    shop_op_t *op;
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *addresses;  /* CURLOPT_RESOLVE */
    ngx_resolver_ctx_t *resolving; /* NULL: not asked, or answered */
    char *host;
    long port;
    shop_http_response_t response;
    size_t capacity; /* of response.body */
    size_t body_max;
    unsigned added : 1; /* to the multi handle */
    unsigned too_long : 1;
    shop_smtp_t *smtp; /* NULL: HTTP */
    char error[CURL_ERROR_SIZE];
};

typedef enum {
    SHOP_SMTP_MAIL = 0,
    SHOP_SMTP_RCPT,
    SHOP_SMTP_DATA,
    SHOP_SMTP_MESSAGE
} shop_smtp_step_e;

/* A mail on its way; lives in its operation's pool. */
struct shop_smtp_s {
    shop_http_loop_t loop;
    shop_str_t sender;
    shop_str_t *recipients;
    size_t recipient_count;
    size_t recipient;    /* the next one */
    shop_str_t message;  /* as it is sent: dots doubled, the last one included */
    ngx_connection_t *c; /* the dialogue's, NULL before it */
    shop_smtp_step_e step;
    shop_str_t out; /* not sent yet */
    size_t line_len;
    u_char line[512]; /* the reply that is being read */
};

/* http_loop.c */
ngx_int_t shop_http_loop_init(shop_http_loop_t *loop, shop_http_t *http);
void shop_http_loop_stop(shop_http_loop_t *loop);
/* Hands a prepared transfer to libcurl. */
void shop_http_add(shop_transfer_t *transfer);
/* FD-9, worker_shutdown_timeout: ends whatever is under way and takes nothing more. */
void shop_http_give_up(shop_http_t *http);

/* http_transfer.c */
/* A new transfer with what all transfers have in common (CU-5); NULL: the op is refused. */
shop_transfer_t *shop_transfer_create(shop_http_t *http, shop_op_t *op,
                                      shop_link_counters_t *counters, shop_str_t url);
/* Ends it with the result of libcurl. */
void shop_transfer_end(shop_transfer_t *transfer, CURLcode result);
/* Ends it; op->error, if there is one, is set. */
void shop_transfer_finish(shop_transfer_t *transfer, shop_link_status_e status);
void shop_transfer_refuse(shop_transfer_t *transfer, shop_link_status_e status, const char *error);

/* http_resolve.c: finds the address, then adds the transfer; or refuses it later */
void shop_http_resolve(shop_transfer_t *transfer);
void shop_http_resolve_cancel(shop_transfer_t *transfer);
bool shop_http_numeric(const char *host);

/* smtp_talk.c */
/* The connection is made: sends the mail over it. */
void shop_smtp_talk(shop_transfer_t *transfer);
/* Lets go of the socket, which libcurl closes. */
void shop_smtp_leave(shop_transfer_t *transfer);
/* Keeps a reply as the response, without its line end. */
void shop_smtp_take_reply(shop_transfer_t *transfer, ngx_uint_t code, const void *line, size_t len);

#endif
