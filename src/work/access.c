/*
 * Access tokens of payment providers: kept by each worker until a minute before they end, fetched
 * by one call at a time for each configuration.
 *
 * A token is a credential: it lives in memory only and is never logged.
 */

#include "work/work_internal.h"

#define TOKEN_MAX 4096
#define MARGIN 60 /* seconds before the end */

struct shop_access_s {
    ngx_queue_t waiting; /* shop_access_wait_t */
    shop_work_t *work;
    const shop_pay_config_t *config;
    shop_op_t *op; /* the call under way; NULL: none */
    int64_t until;
    size_t len;
    unsigned char token[TOKEN_MAX];
};

static void access_on_reply(shop_op_t *op);


shop_access_t *shop_access_create(shop_work_t *work)
{
    size_t count = work->conf.payment_count;
    shop_access_t *list = ngx_calloc((count + 1) * sizeof(*list), work->log);

    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i].work = work;
        list[i].config = work->conf.payments[i];
        ngx_queue_init(&list[i].waiting);
    }
    return list;
}


static shop_access_t *access_of(shop_work_t *work, const shop_pay_config_t *config)
{
    size_t i = 0;

    while (work->conf.payments[i] != config) {
        i++;
    }
    return &work->access[i];
}


shop_str_t shop_access_token(shop_work_t *work, const shop_pay_config_t *config)
{
    shop_access_t *access = access_of(work, config);

    return access->until - MARGIN > ngx_time() ? (shop_str_t){access->len, access->token}
                                               : SHOP_STR_NULL;
}


void shop_access_drop(shop_work_t *work, const shop_pay_config_t *config, shop_str_t token)
{
    shop_access_t *access = access_of(work, config);

    /* another conversation may have got a new one meanwhile */
    if (shop_str_eq(token, (shop_str_t){access->len, access->token})) {
        access->until = 0;
    }
}


void shop_access_leave(shop_access_wait_t *wait)
{
    ngx_queue_remove(&wait->queue);
}


bool shop_access_idle(const shop_work_t *work)
{
    for (size_t i = 0; i < work->conf.payment_count; i++) {
        if (work->access[i].op != NULL || !ngx_queue_empty(&work->access[i].waiting)) {
            return false;
        }
    }
    return true;
}


void shop_access_want(shop_work_t *work, const shop_pay_config_t *config, shop_access_wait_t *wait)
{
    shop_access_t *access = access_of(work, config);
    shop_http_request_t request;
    shop_pay_call_t call;
    shop_arena_t arena;

    ngx_queue_insert_tail(&access->waiting, &wait->queue);
    if (access->op != NULL) {
        return;
    }

    access->op = shop_op_create(work->log, SHOP_TALK_DEADLINE, access_on_reply, access);
    if (access->op == NULL) {
        return; /* no memory: the deadlines of those who wait end it */
    }
    arena = shop_pool_arena(access->op->pool);
    if (config->interface->grant(&arena, config, ngx_time(), &call) != SHOP_OK ||
        shop_talk_request(&arena, &call, &request) != NGX_OK) {
        shop_op_refuse(access->op, SHOP_LINK_ERROR, "not sent");
        return;
    }
    shop_http_send(work->conf.http, access->op, &request);
}


static bool access_take(shop_access_t *access, shop_op_t *op)
{
    shop_arena_t arena = shop_pool_arena(op->pool);
    shop_pay_access_t granted = {0};
    shop_pay_reply_t reply;

    if (op->status != SHOP_LINK_OK) {
        return false;
    }
    reply = (shop_pay_reply_t){(unsigned) op->reply.http->status, op->reply.http->body};
    if (access->config->interface->granted(&arena, access->config, &reply, &granted) != SHOP_OK ||
        granted.token.len == 0 || granted.token.len > TOKEN_MAX) {
        return false;
    }
    ngx_memcpy(access->token, granted.token.data, granted.token.len);
    access->len = granted.token.len;
    /* one that ends at once still serves those who wait */
    access->until = ngx_time() + ngx_max(granted.seconds, 2 * MARGIN);
    return true;
}


static void access_on_reply(shop_op_t *op)
{
    shop_access_t *access = op->data;
    bool got = access_take(access, op);
    ngx_queue_t served;

    access->op = NULL;
    if (!got) {
        ngx_log_error(NGX_LOG_WARN, access->work->log, 0,
                      "shop talk: config=%*s got no access token", access->config->name.len,
                      access->config->name.data);
    }

    /* who begins to wait from now on waits for the next call */
    ngx_queue_init(&served);
    if (!ngx_queue_empty(&access->waiting)) {
        ngx_queue_add(&served, &access->waiting);
        ngx_queue_init(&access->waiting);
    }
    while (!ngx_queue_empty(&served)) {
        shop_access_wait_t *wait =
            ngx_queue_data(ngx_queue_head(&served), shop_access_wait_t, queue);

        ngx_queue_remove(&wait->queue);
        wait->granted(wait->data, got);
    }
}
