/*
 * A location for every call of src/link, its arguments in the query.
 */

#include "link_test.h"


const shop_pg_statement_t link_test_statements[] = {
    {"one", "SELECT test.one($1)", 1, true},
    {"slow", "SELECT test.slow($1)", 1, true},
    {"write", "SELECT test.write($1)", 1, false},
    {"batch", "SELECT test.batch($1::jsonb)", 1, false},
    {"rows", "SELECT i, repeat('x', 40) FROM generate_series(1, $1::int) i", 1, true},
    {"table", "SELECT * FROM test.plain WHERE id = $1::int", 1, true},
    {"missing", "SELECT test.missing($1)", 1, true},
};

const ngx_uint_t link_test_statement_count =
    sizeof(link_test_statements) / sizeof(link_test_statements[0]);


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

    for (i = 0; i < link_test_statement_count - 1; i++) {
        if (ngx_strlen(link_test_statements[i].name) == name.len &&
            ngx_strncmp(link_test_statements[i].name, name.data, name.len) == 0) {
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
        shop_redis_script(link_worker.redis, op, SHOP_STR(script), 1, 2, words);
        return;
    }

    for (n = 0; n < 4; n++, name[0]++) {
        words[n] = arg(r, name, "");
        if (words[n].len == 0) {
            break;
        }
    }

    shop_redis_command(link_worker.redis, op, n, words);
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

    shop_http_send(link_worker.http, op, &request);
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
    shop_smtp_send(link_worker.http, op, &smtp, arg(r, "from", "shop@example.org"), to,
                   1 + (to[1].len > 0), mail(r));
}


static void start_spool(ngx_http_request_t *r, shop_op_t *op)
{
    shop_str_t what = arg(r, "do", "take"), name = arg(r, "name", ""), text = arg(r, "text", "");

    switch (what.data[0]) {
    case 'w':
        shop_spool_write(link_worker.spool, op, text);
        break;
    case 'd':
        shop_spool_remove(link_worker.spool, op, name);
        break;
    case 'r':
        shop_spool_return(link_worker.spool, op, name);
        break;
    default:
        shop_spool_take(link_worker.spool, op);
        break;
    }
}


static void start(ngx_http_request_t *r, link_ctx_t *ctx)
{
    shop_str_t p = arg(r, "p", "1");

    if (is(r, "/call")) {
        shop_pg_call(link_worker.pg, number(r, "lane", "0"), statement_of(r), ctx->op, &p);

    } else if (is(r, "/batch")) {
        shop_pg_batch(link_worker.pg, SHOP_PG_CHANGES, LINK_TEST_BATCH, ctx->op, p);

    } else if (is(r, "/stream")) {
        ctx->form = FORM_STREAM;
        shop_pg_stream(link_worker.pg, LINK_TEST_ROWS, ctx->op, &p, on_row);

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


static ngx_int_t start_alone(ngx_http_request_t *r)
{
    shop_op_t *op =
        shop_op_create(ngx_cycle->log, number(r, "deadline", "3000"), link_test_on_alone, NULL);
    link_ctx_t *ctx = op != NULL ? ngx_pcalloc(op->pool, sizeof(link_ctx_t)) : NULL;
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, 1);

    if (ctx == NULL || b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->op = op;
    op->data = ctx;
    start(r, ctx);
    *b->last++ = '\n';

    return link_test_send(r, 200, b);
}


ngx_int_t link_test_handler(ngx_http_request_t *r)
{
    ngx_http_cleanup_t *cleanup;
    link_ctx_t *ctx;
    ngx_int_t rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (is(r, "/status")) {
        return link_test_status(r);
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
    ctx->op = shop_op_create(ngx_cycle->log, number(r, "deadline", "3000"), link_test_on_done, ctx);
    if (ctx->op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    start(r, ctx);

    return NGX_DONE;
}
