/*
 * One mail by SMTP.
 *
 * libcurl says QUIT when it closes an SMTP connection and waits for the answer, blocking. So it
 * must never find a living connection to close: after the message, or after a refusal that ends the
 * dialogue, the socket is shut down by us, and every mail takes a connection of its own.
 */

#include <sys/socket.h>

#include "link/http_internal.h"


static ngx_int_t smtp_options(shop_transfer_t *transfer, const shop_smtp_conf_t *conf,
                              shop_str_t sender, const shop_str_t *recipients, size_t count);
static ngx_int_t smtp_login(shop_transfer_t *transfer, const shop_smtp_conf_t *conf);
static char *smtp_address(shop_transfer_t *transfer, shop_str_t address);
static int smtp_on_socket(void *user, curl_socket_t fd, curlsocktype purpose);
static size_t smtp_on_read(char *buffer, size_t size, size_t count, void *user);
static size_t smtp_on_reply(char *data, size_t size, size_t count, void *user);


void shop_smtp_send(shop_http_t *http, shop_op_t *op, const shop_smtp_conf_t *conf,
                    shop_str_t sender, const shop_str_t *recipients, size_t count,
                    shop_str_t message)
{
    shop_transfer_t *transfer;
    shop_str_t url = {conf->url.len, conf->url.data};

    transfer = shop_transfer_create(http, op, &http->smtp_counters, url);
    if (transfer == NULL) {
        return;
    }

    transfer->smtp = 1;
    transfer->own_talk = !conf->starttls && ngx_strncmp(conf->url.data, "smtp:", 5) == 0;
    transfer->message = shop_op_copy(op->pool, message.data, message.len);

    if (transfer->message.data == NULL ||
        smtp_options(transfer, conf, sender, recipients, count) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_ERROR, "malformed mail");
        return;
    }

    shop_http_resolve(transfer);
}


static ngx_int_t smtp_options(shop_transfer_t *transfer, const shop_smtp_conf_t *conf,
                              shop_str_t sender, const shop_str_t *recipients, size_t count)
{
    struct curl_slist *list;
    CURL *easy = transfer->easy;
    char *address;
    size_t i;

    address = smtp_address(transfer, sender);
    if (address == NULL || count == 0) {
        return NGX_ERROR;
    }

    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, address);

    for (i = 0; i < count; i++) {
        address = smtp_address(transfer, recipients[i]);
        if (address == NULL) {
            return NGX_ERROR;
        }

        list = curl_slist_append(transfer->headers, address);
        if (list == NULL) {
            return NGX_ERROR;
        }

        transfer->headers = list;
    }

    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->headers);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long) (conf->starttls ? CURLUSESSL_ALL : 0));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, smtp_on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, smtp_on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, smtp_on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, transfer);

    return smtp_login(transfer, conf);
}


static ngx_int_t smtp_login(shop_transfer_t *transfer, const shop_smtp_conf_t *conf)
{
    ngx_pool_t *pool = transfer->op->pool;
    shop_str_t user, password;

    if (conf->user.len == 0) {
        return NGX_OK;
    }

    user = shop_op_copy(pool, conf->user.data, conf->user.len);
    password = shop_op_copy(pool, conf->password.data, conf->password.len);
    if (user.data == NULL || password.data == NULL) {
        return NGX_ERROR;
    }

    curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, (char *) user.data);
    curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD, (char *) password.data);

    return NGX_OK;
}


/* SE-2: an address cannot bring a command of its own. */
static char *smtp_address(shop_transfer_t *transfer, shop_str_t address)
{
    size_t i;

    for (i = 0; i < address.len; i++) {
        if (address.data[i] <= ' ' || address.data[i] == '<' || address.data[i] == '>' ||
            address.data[i] == 0x7f) {
            return NULL;
        }
    }

    if (address.len == 0) {
        return NULL;
    }

    return (char *) shop_op_copy(transfer->op->pool, address.data, address.len).data;
}


static int smtp_on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
    shop_transfer_t *transfer = user;

    transfer->fd = fd;

    return CURL_SOCKOPT_OK;
}


static size_t smtp_on_read(char *buffer, size_t size, size_t count, void *user)
{
    shop_transfer_t *transfer = user;
    size_t len = ngx_min(size * count, transfer->message.len - transfer->offset);

    ngx_memcpy(buffer, transfer->message.data + transfer->offset, len);
    transfer->offset += len;

    return len;
}


/* Every line of the server. The greeting is the first reply, the answer to EHLO, which libcurl may
 * try again in another way, the second; a refusal at any other place is the end. */
static size_t smtp_on_reply(char *data, size_t size, size_t count, void *user)
{
    shop_transfer_t *transfer = user;
    size_t len = size * count;
    ngx_int_t code;

    if (len < 4 || data[3] == '-') {
        return len;
    }

    code = ngx_atoi((u_char *) data, 3);
    if (code == NGX_ERROR) {
        return len;
    }

    transfer->replies++;
    transfer->response.status = (ngx_uint_t) code;

    if (code >= 400 && transfer->replies != 2) {
        transfer->response.body = shop_op_copy(transfer->op->pool, data, len);
        transfer->op->error = transfer->response.body;

        while (transfer->op->error.len > 0 &&
               transfer->op->error.data[transfer->op->error.len - 1] <= ' ') {
            transfer->op->error.len--;
        }

        shutdown(transfer->fd, SHUT_RDWR);
    }

    return len;
}


void shop_smtp_finish(shop_transfer_t *transfer)
{
    curl_socket_t fd = CURL_SOCKET_BAD;

    /* Only a connection that is still open in libcurl's cache has a socket here. */
    if (curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
        fd == CURL_SOCKET_BAD) {
        return;
    }

    if (transfer->own_talk) {
        (void) send(fd, "QUIT\r\n", 6, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    shutdown(fd, SHUT_RDWR);
}
