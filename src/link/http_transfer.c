/*
 * One transfer of libcurl, whatever its protocol: what is always set (CU-5), how it ends, how it is
 * taken back when its operation ends early.
 */

#include "link/http_internal.h"


static ngx_int_t transfer_options(shop_transfer_t *transfer, shop_str_t url);
static ngx_int_t transfer_host(shop_transfer_t *transfer, const char *url);
static void transfer_on_early_end(shop_op_t *op);
static void transfer_facts(shop_transfer_t *transfer);
static shop_link_status_e transfer_status(const shop_transfer_t *transfer, CURLcode result);
static void transfer_remove(shop_transfer_t *transfer);


shop_transfer_t *shop_transfer_create(shop_http_t *http, shop_op_t *op,
                                      shop_link_counters_t *counters, shop_str_t url)
{
    shop_transfer_t *transfer;

    shop_op_hold(op, counters, NULL);

    if (http->given_up) {
        shop_op_post(op, SHOP_LINK_DOWN, "worker shutdown");
        return NULL;
    }

    if (http->count >= http->conf.connections_max + http->conf.queue_max) {
        shop_op_post(op, SHOP_LINK_BUSY, "queue full");
        return NULL;
    }

    transfer = ngx_pcalloc(op->pool, sizeof(shop_transfer_t));
    if (transfer == NULL || (transfer->easy = curl_easy_init()) == NULL) {
        shop_op_post(op, SHOP_LINK_BUSY, "no memory");
        return NULL;
    }

    transfer->http = http;
    transfer->op = op;
    op->carrier = transfer;
    op->leave = transfer_on_early_end;
    op->reply.http = &transfer->response;

    http->count++;
    ngx_queue_insert_tail(&http->transfers, &transfer->queue);

    if (transfer_options(transfer, url) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_ERROR, "address not understood");
        return NULL;
    }

    return transfer;
}


static ngx_int_t transfer_options(shop_transfer_t *transfer, shop_str_t url)
{
    shop_http_t *http = transfer->http;
    CURL *easy = transfer->easy;
    shop_str_t text = shop_op_copy(transfer->op->pool, url.data, url.len);
    ngx_msec_int_t left;

    if (text.data == NULL || ngx_strlen(text.data) != url.len ||
        transfer_host(transfer, (char *) text.data) != NGX_OK) {
        return NGX_ERROR;
    }

    /* The operation's own deadline comes first; this one is the net below it. */
    left = (ngx_msec_int_t) (transfer->op->deadline.timer.key - ngx_current_msec);

    curl_easy_setopt(easy, CURLOPT_URL, (char *) text.data);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) ngx_max(left, 0) + 1000);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);

    if (http->user_agent != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
    }

    if (http->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
    }

    return NGX_OK;
}


/* Host and port, as libcurl itself will read them. */
static ngx_int_t transfer_host(shop_transfer_t *transfer, const char *url)
{
    ngx_int_t rc = NGX_ERROR;
    char *host = NULL, *port = NULL;
    CURLU *parsed = curl_url();
    shop_str_t copy;

    if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
        copy = shop_op_copy(transfer->op->pool, host, ngx_strlen(host));
        transfer->host = (char *) copy.data;
        transfer->port = ngx_atoi((u_char *) port, ngx_strlen(port));
        rc = copy.data != NULL ? NGX_OK : NGX_ERROR;
    }

    curl_free(host);
    curl_free(port);
    curl_url_cleanup(parsed);

    return rc;
}


/* The deadline or the caller: nobody reads the answer, so the transfer is stopped. */
static void transfer_on_early_end(shop_op_t *op)
{
    shop_transfer_t *transfer = op->carrier;

    transfer_facts(transfer);
    transfer_remove(transfer);
    shop_op_release(op);
}


void shop_transfer_end(shop_transfer_t *transfer, CURLcode result)
{
    shop_op_t *op = transfer->op;

    if (result == CURLE_FILESIZE_EXCEEDED) {
        transfer->too_long = 1;
    }

    transfer_facts(transfer);

    if (transfer->too_long) {
        shop_op_error(op, "answer too long");

    } else if (transfer->smtp != NULL && transfer->response.status >= 400) {
        op->error = transfer->response.body;

    } else if (result != CURLE_OK && op->error.len == 0) {
        shop_op_error(op,
                      transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(result));
    }

    shop_transfer_finish(transfer, transfer_status(transfer, result));
}


void shop_transfer_finish(shop_transfer_t *transfer, shop_link_status_e status)
{
    shop_op_t *op = transfer->op;

    transfer_remove(transfer);
    op->leave = NULL;
    shop_op_end(op, status);
    shop_op_release(op);
}


static void transfer_facts(shop_transfer_t *transfer)
{
    shop_http_response_t *response = &transfer->response;
    char *type = NULL;
    long n = 0;

    if (transfer->smtp != NULL) {
        return; /* known from its dialogue */
    }

    if (curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &n) == CURLE_OK) {
        response->status = (ngx_uint_t) n;
    }

    if (curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &n) == CURLE_OK) {
        response->sent = n > 0;
    }

    if (curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK &&
        type != NULL) {
        response->content_type = shop_op_copy(transfer->op->pool, type, ngx_strlen(type));
    }
}


static shop_link_status_e transfer_status(const shop_transfer_t *transfer, CURLcode result)
{
    if (result == CURLE_OK) {
        return SHOP_LINK_OK;
    }

    /* A refusal by the mail server is its answer. */
    if (transfer->too_long || (transfer->smtp != NULL && transfer->response.status >= 400)) {
        return SHOP_LINK_ERROR;
    }

    if (result == CURLE_OPERATION_TIMEDOUT) {
        return transfer->response.sent ? SHOP_LINK_TIMEOUT : SHOP_LINK_DOWN;
    }

    return transfer->response.sent ? SHOP_LINK_LOST : SHOP_LINK_DOWN;
}


void shop_transfer_refuse(shop_transfer_t *transfer, shop_link_status_e status, const char *error)
{
    shop_op_t *op = transfer->op;

    transfer_remove(transfer);
    shop_op_post(op, status, error);
}


/* Takes it out of libcurl and the lists; the op is still held. */
static void transfer_remove(shop_transfer_t *transfer)
{
    shop_http_resolve_cancel(transfer);

    if (transfer->smtp != NULL) {
        shop_smtp_leave(transfer);
    }

    if (transfer->added) {
        curl_multi_remove_handle(transfer->loop->multi, transfer->easy);
        transfer->added = 0;
    }

    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->addresses);

    if (transfer->smtp != NULL) {
        shop_http_loop_stop(transfer->loop);
    }

    ngx_queue_remove(&transfer->queue);
    transfer->http->count--;
}
