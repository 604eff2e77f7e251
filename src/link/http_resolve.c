/*
 * Names to addresses by nginx's own resolver, handed to libcurl with CURLOPT_RESOLVE, because
 * libcurl's resolver threads block the worker when a transfer is removed (CU-4).
 */

#include <arpa/inet.h>

#include "link/http_internal.h"


static void resolve_on_answer(ngx_resolver_ctx_t *context);
static ngx_int_t resolve_hand_over(shop_transfer_t *transfer, const u_char *addresses, size_t len);


bool shop_http_numeric(const char *host)
{
    unsigned char binary[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];
    size_t len = ngx_strlen(host);

    if (len > 2 && host[0] == '[' && len - 2 < sizeof(text)) {
        ngx_memcpy(text, host + 1, len - 2);
        text[len - 2] = '\0';
        return inet_pton(AF_INET6, text, binary) == 1;
    }

    return inet_pton(AF_INET, host, binary) == 1;
}


void shop_http_resolve(shop_transfer_t *transfer)
{
    shop_http_t *http = transfer->http;
    ngx_resolver_ctx_t *context;

    if (shop_http_numeric(transfer->host)) {
        shop_http_add(transfer);
        return;
    }

    if (http->conf.resolver == NULL) {
        shop_transfer_refuse(transfer, SHOP_LINK_DOWN, "host name without a resolver");
        return;
    }

    context = ngx_resolve_start(http->conf.resolver, NULL);
    if (context == NULL || context == NGX_NO_RESOLVER) {
        shop_transfer_refuse(transfer, SHOP_LINK_DOWN, "no resolver");
        return;
    }

    context->name.data = (u_char *) transfer->host;
    context->name.len = ngx_strlen(transfer->host);
    context->handler = resolve_on_answer;
    context->data = transfer;
    context->timeout = http->conf.resolver_timeout;
    context->cancelable = 1; /* the operation's deadline keeps the worker */

    /* The handler may run before ngx_resolve_name() returns. */
    transfer->resolving = context;

    if (ngx_resolve_name(context) != NGX_OK) {
        transfer->resolving = NULL; /* freed by nginx */
        shop_transfer_refuse(transfer, SHOP_LINK_DOWN, "name resolution not started");
    }
}


void shop_http_resolve_cancel(shop_transfer_t *transfer)
{
    if (transfer->resolving != NULL) {
        ngx_resolve_name_done(transfer->resolving);
        transfer->resolving = NULL;
    }
}


static void resolve_on_answer(ngx_resolver_ctx_t *context)
{
    shop_transfer_t *transfer = context->data;
    u_char text[16 * (NGX_SOCKADDR_STRLEN + 3)], *p = text;
    u_char *end = text + sizeof(text);
    ngx_uint_t i;
    size_t len;

    if (context->state != NGX_OK) {
        ngx_log_error(NGX_LOG_WARN, transfer->http->log, 0, "http host=%s not resolved: %s",
                      transfer->host, ngx_resolver_strerror(context->state));
        shop_transfer_refuse(transfer, SHOP_LINK_DOWN, "host name not resolved");
        return;
    }

    for (i = 0; i < context->naddrs && (size_t) (end - p) > NGX_SOCKADDR_STRLEN + 3; i++) {
        if (i > 0) {
            *p++ = ',';
        }

        if (context->addrs[i].sockaddr->sa_family == AF_INET6) {
            *p++ = '[';
        }

        len = ngx_sock_ntop(context->addrs[i].sockaddr, context->addrs[i].socklen, p,
                            (size_t) (end - p), 0);
        p += len;

        if (context->addrs[i].sockaddr->sa_family == AF_INET6) {
            *p++ = ']';
        }
    }

    if (resolve_hand_over(transfer, text, (size_t) (p - text)) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_BUSY, "no memory");
        return;
    }

    shop_http_resolve_cancel(transfer);
    shop_http_add(transfer);
}


/* "+host:port:address,address": known to libcurl as if it had looked it up itself. */
static ngx_int_t resolve_hand_over(shop_transfer_t *transfer, const u_char *addresses, size_t len)
{
    u_char *line, *end;

    line = ngx_pnalloc(transfer->op->pool, ngx_strlen(transfer->host) + len + 32);
    if (line == NULL) {
        return NGX_ERROR;
    }

    end = ngx_sprintf(line, "+%s:%l:%*s", transfer->host, transfer->port, len, addresses);
    *end = '\0';

    transfer->addresses = curl_slist_append(NULL, (char *) line);
    if (transfer->addresses == NULL) {
        return NGX_ERROR;
    }

    curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->addresses);

    return NGX_OK;
}
