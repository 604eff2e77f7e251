/*
 * One mail by SMTP: checked and handed to libcurl, which makes the connection (greeting, TLS,
 * login). What is said over it is in smtp_talk.c.
 *
 * libcurl only connects (CURLOPT_CONNECT_ONLY), because its SMTP waits, blocking, for the answer to
 * the message and to QUIT, and ends a message that is taken back half sent, which delivers it. Such
 * a connection looks idle in libcurl's cache, so each mail has a multi handle of its own, where
 * nobody else can close it.
 */

#include "link/http_internal.h"

#define CONNECT_TIMEOUT 5000


static ngx_int_t smtp_prepare(shop_transfer_t *transfer, shop_str_t sender,
                              const shop_str_t *recipients, size_t count);
static shop_str_t smtp_address(ngx_pool_t *pool, shop_str_t address);
static shop_str_t smtp_message(ngx_pool_t *pool, shop_str_t message);
static ngx_int_t smtp_options(shop_transfer_t *transfer, const shop_smtp_conf_t *conf);
static ngx_int_t smtp_login(shop_transfer_t *transfer, const shop_smtp_conf_t *conf);
static size_t smtp_on_reply(char *data, size_t size, size_t count, void *user);


void shop_smtp_send(shop_http_t *http, shop_op_t *op, const shop_smtp_conf_t *conf,
                    shop_str_t sender, const shop_str_t *recipients, size_t count,
                    shop_str_t message)
{
    shop_transfer_t *transfer;
    shop_smtp_t *smtp;
    shop_str_t url = {conf->url.len, conf->url.data};

    transfer = shop_transfer_create(http, op, &http->smtp_counters, url);
    if (transfer == NULL) {
        return;
    }

    smtp = ngx_pcalloc(op->pool, sizeof(shop_smtp_t));
    if (smtp == NULL) {
        shop_transfer_refuse(transfer, SHOP_LINK_BUSY, "no memory");
        return;
    }

    transfer->smtp = smtp;
    transfer->loop = &smtp->loop;
    smtp->message = smtp_message(op->pool, message);

    if (smtp->message.data == NULL || shop_http_loop_init(&smtp->loop, http) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_BUSY, "no memory");
        return;
    }

    if (smtp_prepare(transfer, sender, recipients, count) != NGX_OK ||
        smtp_options(transfer, conf) != NGX_OK) {
        shop_transfer_refuse(transfer, SHOP_LINK_ERROR, "malformed mail");
        return;
    }

    shop_http_resolve(transfer);
}


static ngx_int_t smtp_prepare(shop_transfer_t *transfer, shop_str_t sender,
                              const shop_str_t *recipients, size_t count)
{
    ngx_pool_t *pool = transfer->op->pool;
    shop_smtp_t *smtp = transfer->smtp;
    size_t i;

    smtp->sender = smtp_address(pool, sender);
    smtp->recipients = ngx_palloc(pool, (count + 1) * sizeof(shop_str_t));
    if (smtp->sender.data == NULL || smtp->recipients == NULL || count == 0) {
        return NGX_ERROR;
    }

    for (i = 0; i < count; i++) {
        smtp->recipients[i] = smtp_address(pool, recipients[i]);
        if (smtp->recipients[i].data == NULL) {
            return NGX_ERROR;
        }
    }

    smtp->recipient_count = count;

    return NGX_OK;
}


/* SE-2: an address cannot bring a command of its own. data NULL: refused. */
static shop_str_t smtp_address(ngx_pool_t *pool, shop_str_t address)
{
    size_t i;

    for (i = 0; i < address.len; i++) {
        if (address.data[i] <= ' ' || address.data[i] >= 0x7f || address.data[i] == '<' ||
            address.data[i] == '>') {
            return SHOP_STR_NULL;
        }
    }

    return address.len > 0 ? shop_op_copy(pool, address.data, address.len) : SHOP_STR_NULL;
}


/* As it is sent: a dot before every dot that begins a line, and the dot that ends it. */
static shop_str_t smtp_message(ngx_pool_t *pool, shop_str_t message)
{
    size_t i, extra = sizeof("\r\n.\r\n");
    shop_str_t sent = SHOP_STR_NULL;
    u_char *p, last = '\n';

    for (i = 0; i < message.len; i++) {
        extra += message.data[i] == '.';
    }

    sent.data = ngx_pnalloc(pool, message.len + extra);
    if (sent.data == NULL) {
        return sent;
    }

    p = sent.data;

    for (i = 0; i < message.len; i++) {
        if (message.data[i] == '.' && last == '\n') {
            *p++ = '.';
        }

        last = message.data[i];
        *p++ = last;
    }

    if (last != '\n') {
        p = ngx_cpymem(p, "\r\n", 2);
    }

    p = ngx_cpymem(p, ".\r\n", 3);
    sent.len = (size_t) (p - sent.data);

    return sent;
}


static ngx_int_t smtp_options(shop_transfer_t *transfer, const shop_smtp_conf_t *conf)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long) (conf->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_TIMEOUT);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, smtp_on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);

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


/* Every line of the server while libcurl connects; the last one tells why it went wrong. */
static size_t smtp_on_reply(char *data, size_t size, size_t count, void *user)
{
    shop_transfer_t *transfer = user;
    size_t len = size * count;
    ngx_int_t code;

    if (len < 4 || data[3] == '-') {
        return len;
    }

    code = ngx_atoi((u_char *) data, 3);
    if (code != NGX_ERROR) {
        shop_smtp_take_reply(transfer, (ngx_uint_t) code, data, len);
    }

    return len;
}
