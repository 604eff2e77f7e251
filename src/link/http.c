/*
 * HTTP requests: what is asked, and the answer as it comes in.
 */

#include "link/http_internal.h"


typedef struct {
    const char *name;
    bool body;   /* sent like that of a POST */
    bool custom; /* libcurl has to be told the name */
} http_method_t;


static const http_method_t *find_method(const shop_str_t *name);
static ngx_int_t request_options(shop_transfer_t *transfer, const shop_http_request_t *request);
static ngx_int_t request_headers(shop_transfer_t *transfer, const shop_http_request_t *request);
static ngx_int_t request_header(shop_transfer_t *transfer, shop_str_t line);
static size_t response_on_header(char *data, size_t size, size_t count, void *user);
static size_t response_on_body(char *data, size_t size, size_t count, void *user);
static ngx_int_t response_grow(shop_transfer_t *transfer, size_t more);
static char *conf_string(ngx_pool_t *pool, const ngx_str_t *s);


const char *shop_http_url_check(shop_str_t url, const char *scheme, bool resolver)
{
    const char *complaint = NULL;
    char *host = NULL, *given = NULL, text[1024];
    CURLU *parsed;

    if (url.len >= sizeof(text)) {
        return "is longer than 1023 bytes";
    }

    ngx_memcpy(text, url.data, url.len);
    text[url.len] = '\0';

    parsed = curl_url();
    if (parsed == NULL) {
        return "cannot be checked: no memory";
    }

    if (curl_url_set(parsed, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_SCHEME, &given, 0) != CURLUE_OK ||
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
        complaint = "is not an address with scheme and host";

    } else if (strncmp(given, scheme, strlen(scheme)) != 0 ||
               (given[strlen(scheme)] != '\0' && strcmp(given + strlen(scheme), "s") != 0)) {
        complaint = "has a scheme that is not allowed here";

    } else if (!resolver && !shop_http_numeric(host)) {
        complaint = "names a host: add the directive \"resolver\", or give a numeric address";
    }

    curl_free(host);
    curl_free(given);
    curl_url_cleanup(parsed);

    return complaint;
}


shop_http_t *shop_http_start(const shop_http_conf_t *conf, ngx_log_t *log)
{
    ngx_pool_t *pool = ngx_create_pool(1024, log);
    shop_http_t *http;

    if (pool == NULL) {
        return NULL;
    }

    http = ngx_pcalloc(pool, sizeof(shop_http_t));
    if (http == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    http->pool = pool;
    http->conf = *conf;
    http->log = log;
    http->ca_file = conf_string(pool, &conf->ca_file);
    http->user_agent = conf_string(pool, &conf->user_agent);
    ngx_queue_init(&http->transfers);

    /* Counted by libcurl; never undone, other modules may use it too (CU-8). */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        shop_http_loop_init(&http->loop, http) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    return http;
}


static char *conf_string(ngx_pool_t *pool, const ngx_str_t *s)
{
    return s->len > 0 ? (char *) shop_op_copy(pool, s->data, s->len).data : NULL;
}


/* RE-2, CU-8. What is still under way is forgotten: nobody is there any more. */
void shop_http_stop(shop_http_t *http)
{
    shop_transfer_t *transfer;

    while (!ngx_queue_empty(&http->transfers)) {
        transfer = ngx_queue_data(ngx_queue_head(&http->transfers), shop_transfer_t, queue);
        shop_op_abandon(transfer->op);
    }

    shop_http_loop_stop(&http->loop);
    ngx_destroy_pool(http->pool);
}


void shop_http_send(shop_http_t *http, shop_op_t *op, const shop_http_request_t *request)
{
    shop_transfer_t *transfer;

    transfer = shop_transfer_create(http, op, &http->counters, request->url);
    if (transfer == NULL) {
        return;
    }

    transfer->loop = &http->loop;

    if (request_options(transfer, request) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_ERROR, "malformed request");
        return;
    }

    shop_http_resolve(transfer);
}


static const http_method_t *find_method(const shop_str_t *name)
{
    static const http_method_t methods[] = {
        {"GET", false, false}, {"POST", true, false}, {"PUT", true, true}, {"DELETE", false, true}};
    size_t i;

    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strlen(methods[i].name) == name->len &&
            ngx_strncmp(methods[i].name, name->data, name->len) == 0) {
            return &methods[i];
        }
    }

    return NULL;
}


static ngx_int_t request_options(shop_transfer_t *transfer, const shop_http_request_t *request)
{
    const http_method_t *method = find_method(&request->method);
    CURL *easy = transfer->easy;

    if (method == NULL) {
        return NGX_ERROR;
    }

    transfer->body_max = request->body_max;
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) request->body_max);

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) request->connect_timeout);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, response_on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, response_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);

    if (method->body) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) request->body.len);

        /* With no data at all libcurl would read them from its standard input. */
        if (curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS,
                             request->body.len > 0 ? (char *) request->body.data : "") !=
            CURLE_OK) {
            return NGX_ERROR;
        }
    }

    if (method->custom) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method->name);
    }

    return request_headers(transfer, request);
}


static ngx_int_t request_headers(shop_transfer_t *transfer, const shop_http_request_t *request)
{
    shop_str_t line;
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        if (request_header(transfer, request->headers[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (request->content_type.len > 0) {
        line.len = sizeof("Content-Type: ") - 1 + request->content_type.len;
        line.data = ngx_pnalloc(transfer->op->pool, line.len);
        if (line.data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(ngx_cpymem(line.data, "Content-Type: ", sizeof("Content-Type: ") - 1),
                   request->content_type.data, request->content_type.len);

        if (request_header(transfer, line) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    /* No waiting for "100 Continue". */
    if (request_header(transfer, SHOP_STR("Expect:")) != NGX_OK) {
        return NGX_ERROR;
    }

    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);

    return NGX_OK;
}


/* SE-2: a value cannot bring a header of its own. */
static ngx_int_t request_header(shop_transfer_t *transfer, shop_str_t line)
{
    struct curl_slist *list;
    shop_str_t copy;
    size_t i;

    for (i = 0; i < line.len; i++) {
        if (line.data[i] == '\r' || line.data[i] == '\n' || line.data[i] == '\0') {
            return NGX_ERROR;
        }
    }

    copy = shop_op_copy(transfer->op->pool, line.data, line.len);
    if (copy.data == NULL) {
        return NGX_ERROR;
    }

    list = curl_slist_append(transfer->headers, (char *) copy.data);
    if (list == NULL) {
        return NGX_ERROR;
    }

    transfer->headers = list;

    return NGX_OK;
}


static size_t response_on_header(char *data, size_t size, size_t count, void *user)
{
    shop_transfer_t *transfer = user;
    size_t len = size * count, from = sizeof("Date:") - 1;

    if (len > from && ngx_strncasecmp((u_char *) data, (u_char *) "Date:", from) == 0) {
        while (len > from && (data[len - 1] == '\n' || data[len - 1] == '\r')) {
            len--;
        }

        while (from < len && data[from] == ' ') {
            from++;
        }

        transfer->response.date = shop_op_copy(transfer->op->pool, data + from, len - from);
    }

    return size * count;
}


static size_t response_on_body(char *data, size_t size, size_t count, void *user)
{
    shop_transfer_t *transfer = user;
    shop_str_t *body = &transfer->response.body;
    size_t len = size * count;

    if (len > transfer->body_max - body->len) {
        transfer->too_long = 1;
        return CURL_WRITEFUNC_ERROR;
    }

    if (response_grow(transfer, len) != NGX_OK) {
        return CURL_WRITEFUNC_ERROR;
    }

    ngx_memcpy(body->data + body->len, data, len);
    body->len += len;

    return len;
}


static ngx_int_t response_grow(shop_transfer_t *transfer, size_t more)
{
    shop_str_t *body = &transfer->response.body;
    size_t capacity = transfer->capacity > 0 ? transfer->capacity : 4096;
    unsigned char *data;

    while (capacity < body->len + more) {
        capacity *= 2;
    }

    if (capacity == transfer->capacity) {
        return NGX_OK;
    }

    data = ngx_palloc(transfer->op->pool, capacity);
    if (data == NULL) {
        return NGX_ERROR;
    }

    if (body->len > 0) {
        ngx_memcpy(data, body->data, body->len);
        (void) ngx_pfree(transfer->op->pool, body->data);
    }

    body->data = data;
    transfer->capacity = capacity;

    return NGX_OK;
}


const shop_link_counters_t *shop_http_counters(const shop_http_t *http)
{
    return &http->counters;
}


const shop_link_counters_t *shop_smtp_counters(const shop_http_t *http)
{
    return &http->smtp_counters;
}
