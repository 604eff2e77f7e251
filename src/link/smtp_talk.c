/*
 * The dialogue that sends one mail over a connection of libcurl, which sees to TLS:
 *
 *     MAIL FROM ──> RCPT TO, each ──> DATA ──> message ──> QUIT
 *
 * A reply that is not the expected one is the server's refusal and ends the dialogue at any place.
 * QUIT is a last word; nobody waits for its answer.
 */

#include "link/http_internal.h"


static void talk_on_read(ngx_event_t *ev);
static void talk_on_write(ngx_event_t *ev);
static ngx_int_t talk_receive(shop_transfer_t *transfer);
static ngx_int_t talk_bytes(shop_transfer_t *transfer, const u_char *data, size_t len);
static ngx_int_t talk_line(shop_transfer_t *transfer);
static ngx_int_t talk_reply(shop_transfer_t *transfer, ngx_uint_t code);
static ngx_int_t talk_command(shop_transfer_t *transfer, const char *verb, shop_str_t argument);
static ngx_int_t talk_next(shop_transfer_t *transfer);
static ngx_int_t talk_send(shop_transfer_t *transfer);
static void talk_quit(shop_transfer_t *transfer);
static ngx_int_t talk_lost(shop_transfer_t *transfer, const char *error);


void shop_smtp_talk(shop_transfer_t *transfer)
{
    shop_smtp_t *smtp = transfer->smtp;
    curl_socket_t fd = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD) {
        (void) talk_lost(transfer, "connection lost");
        return;
    }

    smtp->c = shop_fd_attach(fd, transfer, talk_on_read, talk_on_write, transfer->http->log);
    if (smtp->c == NULL) {
        (void) talk_lost(transfer, "no free connection of nginx, see worker_connections");
        return;
    }

    if (talk_command(transfer, "MAIL FROM:", smtp->sender) != NGX_OK) {
        return;
    }

    /* TLS may have read the next bytes already; the socket would not tell. */
    (void) talk_receive(transfer);
}


void shop_smtp_leave(shop_transfer_t *transfer)
{
    if (transfer->smtp->c != NULL) {
        shop_fd_detach(transfer->smtp->c, 0);
        transfer->smtp->c = NULL;
    }
}


static void talk_on_read(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;
    shop_transfer_t *transfer = c->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    if (c->close) {
        shop_http_give_up(transfer->http);
        return;
    }

    (void) talk_receive(transfer);
}


static void talk_on_write(ngx_event_t *ev)
{
    ngx_connection_t *c = ev->data;

    if (c->fd == (ngx_socket_t) -1) {
        return;
    }

    (void) talk_send(c->data);
}


/* All of these give NGX_DONE when the transfer has ended and is gone. */
static ngx_int_t talk_receive(shop_transfer_t *transfer)
{
    u_char data[1024];
    CURLcode result;
    size_t len;

    for (;;) {
        result = curl_easy_recv(transfer->easy, data, sizeof(data), &len);

        if (result == CURLE_AGAIN) {
            return NGX_OK;
        }

        if (result != CURLE_OK || len == 0) {
            return talk_lost(transfer, "connection lost");
        }

        if (talk_bytes(transfer, data, len) != NGX_OK) {
            return NGX_DONE;
        }
    }
}


static ngx_int_t talk_bytes(shop_transfer_t *transfer, const u_char *data, size_t len)
{
    shop_smtp_t *smtp = transfer->smtp;
    size_t i;

    for (i = 0; i < len; i++) {
        if (data[i] != '\n') {
            if (smtp->line_len < sizeof(smtp->line)) {
                smtp->line[smtp->line_len++] = data[i];
            }

            continue;
        }

        if (talk_line(transfer) != NGX_OK) {
            return NGX_DONE;
        }

        smtp->line_len = 0;
    }

    return NGX_OK;
}


static ngx_int_t talk_line(shop_transfer_t *transfer)
{
    shop_smtp_t *smtp = transfer->smtp;
    ngx_int_t code;

    code = smtp->line_len >= 3 ? ngx_atoi(smtp->line, 3) : NGX_ERROR;
    if (code == NGX_ERROR) {
        return talk_lost(transfer, "not a reply of SMTP");
    }

    if (smtp->line_len > 3 && smtp->line[3] == '-') {
        return NGX_OK;
    }

    shop_smtp_take_reply(transfer, (ngx_uint_t) code, smtp->line, smtp->line_len);

    return talk_reply(transfer, (ngx_uint_t) code);
}


static ngx_int_t talk_reply(shop_transfer_t *transfer, ngx_uint_t code)
{
    shop_smtp_t *smtp = transfer->smtp;
    bool expected = smtp->step == SHOP_SMTP_DATA ? code == 354 : code / 100 == 2;

    if (expected && smtp->out.len > 0) {
        return talk_lost(transfer, "a reply before its command");
    }

    if (expected && smtp->step != SHOP_SMTP_MESSAGE) {
        return talk_next(transfer);
    }

    talk_quit(transfer);

    if (expected) {
        shop_transfer_finish(transfer, SHOP_LINK_OK);
    } else {
        transfer->op->error = transfer->response.body;
        shop_transfer_finish(transfer, SHOP_LINK_ERROR);
    }

    return NGX_DONE;
}


static ngx_int_t talk_next(shop_transfer_t *transfer)
{
    shop_smtp_t *smtp = transfer->smtp;

    if (smtp->step == SHOP_SMTP_DATA) {
        smtp->step = SHOP_SMTP_MESSAGE;
        smtp->out = smtp->message;
        return talk_send(transfer);
    }

    if (smtp->recipient < smtp->recipient_count) {
        smtp->step = SHOP_SMTP_RCPT;
        return talk_command(transfer, "RCPT TO:", smtp->recipients[smtp->recipient++]);
    }

    smtp->step = SHOP_SMTP_DATA;
    smtp->out = SHOP_STR("DATA\r\n");

    return talk_send(transfer);
}


static ngx_int_t talk_command(shop_transfer_t *transfer, const char *verb, shop_str_t argument)
{
    shop_smtp_t *smtp = transfer->smtp;
    u_char *end;

    smtp->out.data = ngx_pnalloc(transfer->op->pool, argument.len + 32);
    if (smtp->out.data == NULL) {
        return talk_lost(transfer, "no memory");
    }

    end = ngx_sprintf(smtp->out.data, "%s<%*s>\r\n", verb, argument.len, argument.data);
    smtp->out.len = (size_t) (end - smtp->out.data);

    return talk_send(transfer);
}


static ngx_int_t talk_send(shop_transfer_t *transfer)
{
    shop_smtp_t *smtp = transfer->smtp;
    CURLcode result = CURLE_OK;
    size_t n;

    while (smtp->out.len > 0) {
        n = 0;
        result = curl_easy_send(transfer->easy, smtp->out.data, smtp->out.len, &n);
        if (result != CURLE_OK) {
            break;
        }

        smtp->out.data += n;
        smtp->out.len -= n;
    }

    if ((result != CURLE_OK && result != CURLE_AGAIN) ||
        shop_fd_want(smtp->c, 1, smtp->out.len > 0) != NGX_OK) {
        return talk_lost(transfer, "connection lost");
    }

    /* Only when all of it has left, the last dot included, it may have been accepted. */
    if (smtp->step == SHOP_SMTP_MESSAGE && smtp->out.len == 0) {
        transfer->response.sent = true;
    }

    return NGX_OK;
}


/* Not in the middle of a message that was refused before its end. */
static void talk_quit(shop_transfer_t *transfer)
{
    size_t n;

    if (transfer->smtp->out.len > 0) {
        return;
    }

    (void) curl_easy_send(transfer->easy, "QUIT\r\n", sizeof("QUIT\r\n") - 1, &n);
}


static ngx_int_t talk_lost(shop_transfer_t *transfer, const char *error)
{
    shop_op_error(transfer->op, error);
    shop_transfer_finish(transfer, transfer->response.sent ? SHOP_LINK_LOST : SHOP_LINK_DOWN);

    return NGX_DONE;
}


void shop_smtp_take_reply(shop_transfer_t *transfer, ngx_uint_t code, const void *line, size_t len)
{
    shop_str_t text = shop_op_copy(transfer->op->pool, line, len);

    while (text.len > 0 && text.data[text.len - 1] <= ' ') {
        text.len--;
    }

    transfer->response.status = code;
    transfer->response.body = text;
}
