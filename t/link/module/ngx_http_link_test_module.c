/*
 * A test module around src/link: every call of the room is a location's answer, so that Perl tests
 * can provoke it from outside. Not part of the product. One request makes one call; its answer says
 * how the operation ended ("OK", "DOWN", …) and shows the values.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "link/link.h"


typedef struct {
    ngx_str_t conninfo;
    ngx_str_t redis;
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


ngx_module_t ngx_http_link_test_module;

static shop_pg_t *pg;
static shop_redis_t *redis;
static shop_http_t *http;
static shop_spool_t *spool;
static ngx_uint_t notifications, resets, shutdowns;

static const shop_pg_statement_t statements[] = {
    {"one", "SELECT test.one($1)", 1, true},
    {"slow", "SELECT test.slow($1)", 1, true},
    {"write", "SELECT test.write($1)", 1, false},
    {"batch", "SELECT test.batch($1::jsonb)", 1, false},
    {"rows", "SELECT i, repeat('x', 40) FROM generate_series(1, $1::int) i", 1, true},
    {"table", "SELECT * FROM test.plain WHERE id = $1::int", 1, true},
    {"missing", "SELECT test.missing($1)", 1, true},
};


static void show_counters(ngx_buf_t *b, const char *name, const shop_link_counters_t *c)
{
    b->last =
        ngx_slprintf(b->last, b->end,
                     "%s_submitted %uL\n%s_done %uL\n%s_failed %uL\n%s_timeouts %uL\n"
                     "%s_abandoned %uL\n%s_reconnects %uL\n%s_batches %uL\n%s_batched %uL\n",
                     name, c->submitted, name, c->done, name, c->failed, name, c->timeouts, name,
                     c->abandoned, name, c->reconnects, name, c->batches, name, c->batched);
}


static ngx_int_t send_buf(ngx_http_request_t *r, ngx_uint_t status, ngx_buf_t *b)
{
    ngx_chain_t out = {b, NULL};
    ngx_int_t rc;

    b->last_buf = 1;
    b->last_in_chain = 1;
    b->memory = 1;
    r->headers_out.status = status;
    r->headers_out.content_length_n = b->last - b->pos;
    ngx_str_set(&r->headers_out.content_type, "text/plain");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


static void show_reply(ngx_buf_t *b, const shop_redis_reply_t *reply)
{
    size_t i;

    switch (reply->type) {
    case SHOP_REDIS_NIL:
        b->last = ngx_slprintf(b->last, b->end, "(nil)\n");
        break;
    case SHOP_REDIS_INTEGER:
        b->last = ngx_slprintf(b->last, b->end, "%L\n", reply->integer);
        break;
    case SHOP_REDIS_STRING:
        b->last = ngx_slprintf(b->last, b->end, "%V\n", &reply->str);
        break;
    case SHOP_REDIS_ARRAY:
        for (i = 0; i < reply->count; i++) {
            show_reply(b, &reply->elements[i]);
        }
        break;
    }
}


static void show_result(ngx_buf_t *b, const shop_pg_result_t *result)
{
    size_t i;

    for (i = 0; i < result->rows * result->columns; i++) {
        b->last = result->values[i].data == NULL
                      ? ngx_slprintf(b->last, b->end, "(null)\n")
                      : ngx_slprintf(b->last, b->end, "%V\n", &result->values[i]);
    }
}


static void show(link_ctx_t *ctx, shop_op_t *op, ngx_buf_t *b)
{
    if (ctx->form == FORM_PG && op->reply.pg != NULL) {
        show_result(b, op->reply.pg);
    } else if (ctx->form == FORM_REDIS && op->reply.redis != NULL) {
        show_reply(b, op->reply.redis);
    } else if (ctx->form == FORM_STREAM) {
        b->last = ngx_slprintf(b->last, b->end, "rows %ui bytes %uz\n", ctx->rows, ctx->bytes);
    } else if (ctx->form == FORM_HTTP && op->reply.http != NULL) {
        b->last = ngx_slprintf(b->last, b->end, "status %ui sent %d type %V length %uz\n%V\n",
                               op->reply.http->status, op->reply.http->sent,
                               &op->reply.http->content_type, op->reply.http->body.len,
                               &op->reply.http->body);
    }
}


static const char *const names[] = {"OK", "ERROR", "DOWN", "LOST", "TIMEOUT", "BUSY"};


/* Of an operation that no request waits for. */
static void on_alone(shop_op_t *op)
{
    link_ctx_t *ctx = op->data;

    ctx->op = NULL;
    ngx_log_error(NGX_LOG_NOTICE, op->log, 0, "link test: alone: %s", names[op->status]);
}


static void on_done(shop_op_t *op)
{
    static const ngx_uint_t codes[] = {200, 500, 503, 502, 504, 503};
    link_ctx_t *ctx = op->data;
    ngx_http_request_t *r = ctx->r;
    ngx_connection_t *c = r->connection;
    ngx_buf_t *b;

    ctx->op = NULL;
    b = ngx_create_temp_buf(r->pool, 65536);
    if (b == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        ngx_http_run_posted_requests(c);
        return;
    }

    b->last = ngx_slprintf(b->last, b->end, "%s %V %V\n", names[op->status], &op->code, &op->error);
    show(ctx, op, b);
    ngx_http_finalize_request(r, send_buf(r, codes[op->status], b));
    ngx_http_run_posted_requests(c);
}


static void on_cleanup(void *data)
{
    link_ctx_t *ctx = data;

    if (ctx->op != NULL) {
        shop_op_abandon(ctx->op);
        ctx->op = NULL;
    }
}


static ngx_int_t on_row(shop_op_t *op, size_t columns, const shop_str_t *values)
{
    link_ctx_t *ctx = op->data;
    size_t i;

    ctx->rows++;
    for (i = 0; i < columns; i++) {
        ctx->bytes += values[i].len;
    }

    return NGX_OK;
}


static shop_str_t arg(ngx_http_request_t *r, const char *name, const char *otherwise)
{
    ngx_str_t value;
    u_char *src, *dst;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        return (shop_str_t){ngx_strlen(otherwise), (unsigned char *) otherwise};
    }

    src = value.data;
    dst = ngx_pnalloc(r->pool, value.len + 1);
    if (dst == NULL) {
        return SHOP_STR("");
    }

    value.data = dst;
    ngx_unescape_uri(&dst, &src, value.len, 0);

    return (shop_str_t){(size_t) (dst - value.data), value.data};
}


static ngx_uint_t number(ngx_http_request_t *r, const char *name, const char *otherwise)
{
    shop_str_t text = arg(r, name, otherwise);

    return (ngx_uint_t) ngx_atoi(text.data, text.len);
}


static bool is(ngx_http_request_t *r, const char *uri)
{
    return r->uri.len == ngx_strlen(uri) && ngx_strncmp(r->uri.data, uri, r->uri.len) == 0;
}


static ngx_uint_t statement_of(ngx_http_request_t *r)
{
    shop_str_t name = arg(r, "s", "one");
    ngx_uint_t i;

    for (i = 0; i < sizeof(statements) / sizeof(statements[0]) - 1; i++) {
        if (ngx_strlen(statements[i].name) == name.len &&
            ngx_strncmp(statements[i].name, name.data, name.len) == 0) {
            break;
        }
    }

    return i;
}


static void start_redis(ngx_http_request_t *r, shop_op_t *op)
{
    static const char script[] = "redis.call('SET', KEYS[1], ARGV[1]) "
                                 "return {1, KEYS[1], redis.call('GET', KEYS[1])}";
    shop_str_t words[4];
    char name[2] = "a";
    size_t n;

    if (is(r, "/script")) {
        words[0] = arg(r, "k", "k");
        words[1] = arg(r, "v", "v");
        shop_redis_script(redis, op, SHOP_STR(script), 1, 2, words);
        return;
    }

    for (n = 0; n < 4; n++, name[0]++) {
        words[n] = arg(r, name, "");
        if (words[n].len == 0) {
            break;
        }
    }

    shop_redis_command(redis, op, n, words);
}


static void start_http(ngx_http_request_t *r, shop_op_t *op)
{
    shop_http_request_t request = {0};
    shop_str_t headers[1] = {arg(r, "header", "X-Test: yes")};

    request.method = arg(r, "method", "GET");
    request.url = arg(r, "url", "");
    request.body = arg(r, "body", "");
    request.content_type = SHOP_STR("application/x-www-form-urlencoded");
    request.headers = headers;
    request.header_count = 1;
    request.connect_timeout = 1000;
    request.body_max = number(r, "max", "10000");

    shop_http_send(http, op, &request);
}


/* "size" bytes of lines behind a short mail with a line that begins with a dot. */
static shop_str_t mail(ngx_http_request_t *r)
{
    static const char head[] = "From: shop\r\nSubject: test\r\n\r\nHello\r\n.dot\r\n";
    size_t size = number(r, "size", "0"), i;
    shop_str_t text = {sizeof(head) - 1 + size, NULL};

    text.data = ngx_pnalloc(r->pool, text.len);
    if (text.data == NULL) {
        return (shop_str_t){0, NULL};
    }

    ngx_memcpy(text.data, head, sizeof(head) - 1);

    for (i = sizeof(head) - 1; i < text.len; i++) {
        text.data[i] = i % 64 == 0 ? '\n' : i % 64 == 63 ? '\r' : 'x';
    }

    return text;
}


static void start_smtp(ngx_http_request_t *r, shop_op_t *op)
{
    link_main_conf_t *conf = ngx_http_get_module_main_conf(r, ngx_http_link_test_module);
    shop_str_t to[2] = {arg(r, "to", "buyer@example.org"), arg(r, "and", "")};
    shop_smtp_conf_t smtp = {0};

    smtp.url = conf->smtp;
    smtp.starttls = conf->smtp_starttls;
    smtp.user = conf->smtp_user;
    smtp.password = conf->smtp_user;
    shop_smtp_send(http, op, &smtp, arg(r, "from", "shop@example.org"), to, 1 + (to[1].len > 0),
                   mail(r));
}


static void start_spool(ngx_http_request_t *r, shop_op_t *op)
{
    shop_str_t what = arg(r, "do", "take"), name = arg(r, "name", ""), text = arg(r, "text", "");

    switch (what.data[0]) {
    case 'w':
        shop_spool_write(spool, op, text);
        break;
    case 'd':
        shop_spool_remove(spool, op, name);
        break;
    case 'r':
        shop_spool_return(spool, op, name);
        break;
    default:
        shop_spool_take(spool, op);
        break;
    }
}


static void start(ngx_http_request_t *r, link_ctx_t *ctx)
{
    shop_str_t p = arg(r, "p", "1");

    if (is(r, "/call")) {
        shop_pg_call(pg, number(r, "lane", "0"), statement_of(r), ctx->op, &p);

    } else if (is(r, "/batch")) {
        shop_pg_batch(pg, SHOP_PG_CHANGES, 3, ctx->op, p);

    } else if (is(r, "/stream")) {
        ctx->form = FORM_STREAM;
        shop_pg_stream(pg, 4, ctx->op, &p, on_row);

    } else if (is(r, "/redis") || is(r, "/script")) {
        ctx->form = FORM_REDIS;
        start_redis(r, ctx->op);

    } else if (is(r, "/http")) {
        ctx->form = FORM_HTTP;
        start_http(r, ctx->op);

    } else if (is(r, "/smtp")) {
        ctx->form = FORM_HTTP;
        start_smtp(r, ctx->op);

    } else if (is(r, "/spool")) {
        start_spool(r, ctx->op);

    } else {
        ctx->form = FORM_PLAIN;
        shop_op_refuse(ctx->op, SHOP_LINK_ERROR, "unknown location");
    }
}


static ngx_int_t status_page(ngx_http_request_t *r)
{
    static const char *states[] = {"STARTING", "UP", "DEGRADED", "DOWN"};
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, 8192);

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_slprintf(b->last, b->end,
                           "pid %P\nlive %ui\nnotifications %ui\nresets %ui\nshutdowns %ui\n",
                           ngx_pid, shop_op_live(), notifications, resets, shutdowns);

    if (pg != NULL) {
        b->last =
            ngx_slprintf(b->last, b->end, "pg %s\npg_in_flight %ui\npg_waiting %ui\n",
                         states[shop_pg_state(pg)], shop_pg_in_flight(pg), shop_pg_waiting(pg));
        show_counters(b, "pages", shop_pg_counters(pg, SHOP_PG_PAGES));
        show_counters(b, "changes", shop_pg_counters(pg, SHOP_PG_CHANGES));
        show_counters(b, "jobs", shop_pg_counters(pg, SHOP_PG_JOBS));
    }

    if (redis != NULL) {
        b->last = ngx_slprintf(b->last, b->end, "redis %s\n", states[shop_redis_state(redis)]);
        show_counters(b, "redis", shop_redis_counters(redis));
    }

    show_counters(b, "http", shop_http_counters(http));
    show_counters(b, "smtp", shop_smtp_counters(http));

    return send_buf(r, 200, b);
}


static ngx_int_t start_alone(ngx_http_request_t *r)
{
    shop_op_t *op = shop_op_create(ngx_cycle->log, number(r, "deadline", "3000"), on_alone, NULL);
    link_ctx_t *ctx = op != NULL ? ngx_pcalloc(op->pool, sizeof(link_ctx_t)) : NULL;
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, 1);

    if (ctx == NULL || b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->op = op;
    op->data = ctx;
    start(r, ctx);
    *b->last++ = '\n';

    return send_buf(r, 200, b);
}


static ngx_int_t handler(ngx_http_request_t *r)
{
    ngx_http_cleanup_t *cleanup;
    link_ctx_t *ctx;
    ngx_int_t rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (is(r, "/status")) {
        return status_page(r);
    }

    ctx = ngx_pcalloc(r->pool, sizeof(link_ctx_t));
    cleanup = ngx_http_cleanup_add(r, 0);
    if (ctx == NULL || cleanup == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (number(r, "alone", "0")) {
        return start_alone(r);
    }

    cleanup->handler = on_cleanup;
    cleanup->data = ctx;
    ctx->r = r;
    ctx->op = shop_op_create(ngx_cycle->log, number(r, "deadline", "3000"), on_done, ctx);
    if (ctx->op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    start(r, ctx);

    return NGX_DONE;
}


static void on_notify(void *data, shop_str_t payload)
{
    if (payload.len == 0) {
        resets++;
    } else {
        notifications++;
    }
}


static void on_shutdown(void *data)
{
    shutdowns++;
    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "link test: told about shutdown");
}


static ngx_int_t start_backends(link_main_conf_t *conf, ngx_cycle_t *cycle)
{
    shop_pg_conf_t pg_conf = {0};
    shop_redis_conf_t redis_conf = {0};
    shop_http_conf_t http_conf = {0};
    shop_spool_conf_t spool_conf = {0};
    ngx_uint_t lane;

    pg_conf.conninfo = conf->conninfo;
    for (lane = 0; lane < SHOP_PG_LANES; lane++) {
        pg_conf.connections[lane] = conf->connections;
    }
    pg_conf.statement_timeout = conf->statement_timeout;
    pg_conf.queue_max = conf->queue_max;
    pg_conf.in_flight_max = conf->in_flight_max;
    pg_conf.batch_max = conf->batch_max;
    pg_conf.statements = statements;
    pg_conf.statement_count = sizeof(statements) / sizeof(statements[0]);
    ngx_str_set(&pg_conf.channel, "test_channel");
    pg_conf.on_notify = on_notify;
    pg_conf.on_shutdown = on_shutdown;
    pg_conf.check = "SELECT test.check()";

    redis_conf.address = conf->redis;
    redis_conf.timeout = conf->redis_timeout;
    redis_conf.queue_max = conf->queue_max;

    http_conf.resolver = conf->resolver;
    http_conf.resolver_timeout = 1000;
    http_conf.connections_max = 16;
    http_conf.per_host_max = 8;
    http_conf.queue_max = 8;
    http_conf.ca_file = conf->ca_file;
    ngx_str_set(&http_conf.user_agent, "link-test");

    spool_conf.path = conf->spool;
    spool_conf.threads = conf->threads;
    spool_conf.files_max = conf->spool_max;

    if (conf->conninfo.len > 0 && (pg = shop_pg_start(&pg_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    if (conf->redis.len > 0 && (redis = shop_redis_start(&redis_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    if (conf->spool.len > 0 && (spool = shop_spool_start(&spool_conf, cycle->log)) == NULL) {
        return NGX_ERROR;
    }

    http = shop_http_start(&http_conf, cycle->log);

    return http != NULL ? NGX_OK : NGX_ERROR;
}


static ngx_int_t init_process(ngx_cycle_t *cycle)
{
    link_main_conf_t *conf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_link_test_module);

    if ((ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) || conf == NULL) {
        return NGX_OK;
    }

    return start_backends(conf, cycle);
}


static void exit_process(ngx_cycle_t *cycle)
{
    if (pg != NULL) {
        shop_pg_stop(pg);
    }

    if (redis != NULL) {
        shop_redis_stop(redis);
    }

    if (http != NULL) {
        shop_http_stop(http);
    }

    if (spool != NULL) {
        shop_spool_stop(spool);
    }
}


static char *set_handler(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    clcf->handler = handler;

    return NGX_CONF_OK;
}


static char *check(ngx_conf_t *cf, link_main_conf_t *conf)
{
    const char *complaint = NULL;

    if (conf->conninfo.len > 0) {
        complaint = shop_pg_conninfo_check((char *) conf->conninfo.data);
    }

    if (complaint == NULL && conf->redis.len > 0) {
        complaint = shop_redis_address_check((shop_str_t){conf->redis.len, conf->redis.data});
    }

    if (complaint == NULL && conf->smtp.len > 0) {
        complaint = shop_http_url_check((shop_str_t){conf->smtp.len, conf->smtp.data}, "smtp",
                                        conf->resolver != NULL);
    }

    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "link test: %s", complaint);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static void *create_main(ngx_conf_t *cf)
{
    link_main_conf_t *conf = ngx_pcalloc(cf->pool, sizeof(link_main_conf_t));

    if (conf != NULL) {
        conf->queue_max = NGX_CONF_UNSET_UINT;
        conf->batch_max = NGX_CONF_UNSET_UINT;
        conf->in_flight_max = NGX_CONF_UNSET_UINT;
        conf->connections = NGX_CONF_UNSET_UINT;
        conf->spool_max = NGX_CONF_UNSET_UINT;
        conf->smtp_starttls = NGX_CONF_UNSET;
        conf->statement_timeout = NGX_CONF_UNSET_MSEC;
        conf->redis_timeout = NGX_CONF_UNSET_MSEC;
        conf->threads = ngx_thread_pool_add(cf, NULL);
    }

    return conf;
}


static char *init_main(ngx_conf_t *cf, void *data)
{
    link_main_conf_t *conf = data;
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ngx_conf_init_uint_value(conf->queue_max, 256);
    ngx_conf_init_uint_value(conf->batch_max, 64);
    ngx_conf_init_uint_value(conf->in_flight_max, 64);
    ngx_conf_init_uint_value(conf->connections, 2);
    ngx_conf_init_uint_value(conf->spool_max, 100);
    ngx_conf_init_value(conf->smtp_starttls, 0);
    ngx_conf_init_msec_value(conf->statement_timeout, 2500);
    ngx_conf_init_msec_value(conf->redis_timeout, 500);
    conf->resolver =
        clcf->resolver != NULL && clcf->resolver->connections.nelts > 0 ? clcf->resolver : NULL;

    return check(cf, conf);
}


#define LINK_SET(text, setter, member)                                                             \
    {                                                                                              \
        ngx_string(text), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, setter, NGX_HTTP_MAIN_CONF_OFFSET,  \
            offsetof(link_main_conf_t, member), NULL                                               \
    }

static ngx_command_t commands[] = {
    {ngx_string("link_test"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, set_handler, 0, 0, NULL},
    LINK_SET("link_pg", ngx_conf_set_str_slot, conninfo),
    LINK_SET("link_redis", ngx_conf_set_str_slot, redis),
    LINK_SET("link_spool", ngx_conf_set_str_slot, spool),
    LINK_SET("link_smtp", ngx_conf_set_str_slot, smtp),
    LINK_SET("link_smtp_user", ngx_conf_set_str_slot, smtp_user),
    LINK_SET("link_smtp_starttls", ngx_conf_set_flag_slot, smtp_starttls),
    LINK_SET("link_ca_file", ngx_conf_set_str_slot, ca_file),
    LINK_SET("link_queue", ngx_conf_set_num_slot, queue_max),
    LINK_SET("link_batch", ngx_conf_set_num_slot, batch_max),
    LINK_SET("link_in_flight", ngx_conf_set_num_slot, in_flight_max),
    LINK_SET("link_connections", ngx_conf_set_num_slot, connections),
    LINK_SET("link_spool_files", ngx_conf_set_num_slot, spool_max),
    LINK_SET("link_statement_timeout", ngx_conf_set_msec_slot, statement_timeout),
    LINK_SET("link_redis_timeout", ngx_conf_set_msec_slot, redis_timeout),
    ngx_null_command,
};


static ngx_http_module_t module_ctx = {
    NULL, NULL, create_main, init_main, NULL, NULL, NULL, NULL,
};


ngx_module_t ngx_http_link_test_module = {
    NGX_MODULE_V1, &module_ctx, commands, NGX_HTTP_MODULE, NULL, NULL,
    init_process,  NULL,        NULL,     exit_process,    NULL, NGX_MODULE_V1_PADDING,
};
