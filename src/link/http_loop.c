/*
 * libcurl's multi handle on nginx's loop: its sockets, its timer, its finished transfers.
 *
 * libcurl is never called back from inside its own callbacks; a timer of zero is armed, not obeyed
 * at once (CU-1).
 */

#include "link/http_internal.h"


static int loop_on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket);
static int loop_on_timer(CURLM *multi, long timeout, void *data);
static void loop_timer(ngx_event_t *ev);
static void loop_read(ngx_event_t *ev);
static void loop_write(ngx_event_t *ev);
static void loop_action(shop_http_t *http, curl_socket_t fd, int what);


ngx_int_t shop_http_loop_init(shop_http_t *http)
{
    /* Counted by libcurl; never undone, other modules may use it too (CU-8). */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return NGX_ERROR;
    }

    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        return NGX_ERROR;
    }

    shop_timer_init(&http->timer, loop_timer, http, http->log);

    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, loop_on_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, loop_on_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      (long) http->conf.connections_max);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long) http->conf.per_host_max);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long) http->conf.connections_max);

    return NGX_OK;
}


void shop_http_loop_stop(shop_http_t *http)
{
    curl_multi_cleanup(http->multi);
    shop_timer_stop(&http->timer);
}


void shop_http_add(shop_transfer_t *transfer)
{
    if (curl_multi_add_handle(transfer->http->multi, transfer->easy) != CURLM_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_BUSY, "no memory");
        return;
    }

    transfer->added = 1;
}


static int loop_on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket)
{
    shop_http_t *http = data;
    ngx_connection_t *c = socket;

    if (what == CURL_POLL_REMOVE) {
        if (c != NULL) {
            shop_fd_detach(c, 0); /* CU-2: still open */
            curl_multi_assign(http->multi, fd, NULL);
        }

        return 0;
    }

    if (c == NULL) {
        c = shop_fd_attach(fd, http, loop_read, loop_write, http->log);
        if (c == NULL) {
            return -1;
        }

        curl_multi_assign(http->multi, fd, c);
    }

    return shop_fd_want(c, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0) == NGX_OK ? 0
                                                                                              : -1;
}


static int loop_on_timer(CURLM *multi, long timeout, void *data)
{
    shop_http_t *http = data;

    if (timeout < 0) {
        shop_timer_stop(&http->timer);
    } else {
        shop_timer_set(&http->timer, (ngx_msec_t) timeout);
    }

    return 0;
}


static void loop_timer(ngx_event_t *ev)
{
    loop_action(ev->data, CURL_SOCKET_TIMEOUT, 0);
}


static void loop_read(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    /* FD-9: forced shutdown; libcurl is told that its socket is of no use any more. */
    loop_action(c->data, c->fd, c->close ? CURL_CSELECT_ERR : CURL_CSELECT_IN);
}


static void loop_write(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    loop_action(c->data, c->fd, CURL_CSELECT_OUT);
}


static void loop_action(shop_http_t *http, curl_socket_t fd, int what)
{
    shop_transfer_t *transfer;
    CURLMsg *message;
    CURLcode result;
    CURL *easy;
    int running, left;

    curl_multi_socket_action(http->multi, fd, what, &running);

    /* CU-3: what is needed is taken before the handle is removed. */
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }

        easy = message->easy_handle;
        result = message->data.result;

        if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **) &transfer) == CURLE_OK) {
            shop_transfer_end(transfer, result);
        }
    }
}
