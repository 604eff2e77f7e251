/*
 * A multi handle of libcurl on nginx's loop: its sockets, its timer, its finished transfers.
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
static void loop_action(shop_http_loop_t *loop, curl_socket_t fd, int what);


ngx_int_t shop_http_loop_init(shop_http_loop_t *loop, shop_http_t *http)
{
    const shop_http_conf_t *conf = &http->conf;

    loop->http = http;
    loop->multi = curl_multi_init();
    if (loop->multi == NULL) {
        return NGX_ERROR;
    }

    shop_timer_init(&loop->timer, loop_timer, loop, http->log);

    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, loop_on_socket);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, loop_on_timer);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long) conf->connections_max);
    curl_multi_setopt(loop->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long) conf->per_host_max);
    curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long) conf->connections_max);

    return NGX_OK;
}


void shop_http_loop_stop(shop_http_loop_t *loop)
{
    if (loop->multi == NULL) {
        return;
    }

    curl_multi_cleanup(loop->multi);
    loop->multi = NULL;
    shop_timer_stop(&loop->timer);
}


void shop_http_add(shop_transfer_t *transfer)
{
    /* FD-4: early, because a socket that turns out not to be watched waits for its deadline. */
    if (ngx_cycle->free_connection_n == 0 && ngx_cycle->reusable_connections_n == 0) {
        shop_transfer_refuse(transfer, SHOP_LINK_DOWN,
                             "no free connection of nginx, see worker_connections");
        return;
    }

    if (curl_multi_add_handle(transfer->loop->multi, transfer->easy) != CURLM_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_BUSY, "no memory");
        return;
    }

    transfer->added = 1;
}


/* A socket that cannot be watched is left to the deadline of its operation: libcurl would give up
 * all transfers for it. */
static int loop_on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket)
{
    shop_http_loop_t *loop = data;
    ngx_connection_t *c = socket;

    if (what == CURL_POLL_REMOVE) {
        if (c != NULL) {
            shop_fd_detach(c, 0); /* CU-2: still open */
            curl_multi_assign(loop->multi, fd, NULL);
        }

        return 0;
    }

    if (c == NULL) {
        c = shop_fd_attach(fd, loop, loop_read, loop_write, loop->http->log);
        if (c == NULL) {
            return 0;
        }

        curl_multi_assign(loop->multi, fd, c);
    }

    (void) shop_fd_want(c, (what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0);

    return 0;
}


static int loop_on_timer(CURLM *multi, long timeout, void *data)
{
    shop_http_loop_t *loop = data;

    if (timeout < 0) {
        shop_timer_stop(&loop->timer);
    } else {
        shop_timer_set(&loop->timer, (ngx_msec_t) timeout);
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
    shop_http_loop_t *loop = c->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    if (c->close) {
        shop_http_give_up(loop->http);
        return;
    }

    loop_action(loop, c->fd, CURL_CSELECT_IN);
}


static void loop_write(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    loop_action(c->data, c->fd, CURL_CSELECT_OUT);
}


static void loop_action(shop_http_loop_t *loop, curl_socket_t fd, int what)
{
    shop_transfer_t *transfer;
    CURLMsg *message;
    CURLcode result;
    int running, left;

    curl_multi_socket_action(loop->multi, fd, what, &running);

    /* CU-3: what is needed is taken before the handle is removed. */
    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        result = message->data.result;

        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **) &transfer) !=
                CURLE_OK) {
            continue;
        }

        if (transfer->smtp == NULL) {
            shop_transfer_end(transfer, result);
            continue;
        }

        /* The loop is the mail's own and ends with it. */
        if (result == CURLE_OK) {
            shop_smtp_talk(transfer);
        } else {
            shop_transfer_end(transfer, result);
        }

        return;
    }
}


void shop_http_give_up(shop_http_t *http)
{
    shop_transfer_t *transfer;

    http->given_up = 1;

    while (!ngx_queue_empty(&http->transfers)) {
        transfer = ngx_queue_data(ngx_queue_head(&http->transfers), shop_transfer_t, queue);
        shop_op_error(transfer->op, "worker shutdown");
        shop_transfer_end(transfer, CURLE_ABORTED_BY_CALLBACK);
    }
}
