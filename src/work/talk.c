/*
 * Holds a conversation with a payment provider's API: the calls that one outcome needs, as one
 * operation of the caller's.
 *
 *   [access token] -> interface.ask -> HTTP -> interface.hear -> again, or the outcome
 *
 * Credentials are in the requests only, never in a log line. A token that the provider refuses is
 * fetched anew once.
 */

#include "work/work_internal.h"

#define CONNECT_TIMEOUT 3000
#define REPLY_MAX (256 * 1024)

/* One conversation; lives in the caller's operation, which it carries. */
typedef struct {
    shop_talk_t result;
    shop_work_t *work;
    shop_op_t *op;
    shop_op_t *call; /* under way; NULL: none */
    const shop_pay_config_t *config;
    shop_pay_talk_t talk;
    shop_pay_heard_t heard;
    shop_access_wait_t wait;
    unsigned waiting : 1; /* for a token */
    unsigned renewed : 1; /* it was refused and fetched anew */
} conversation_t;

static void talk_next(conversation_t *c);
static void talk_on_granted(void *data, bool got); /* 1 */
static void talk_call(conversation_t *c);          /* 2 */
static void talk_on_reply(shop_op_t *call);        /* 3 */
static void talk_on_early_end(shop_op_t *op);


/* The caller's operation ends; it frees the conversation. */
static void talk_end(conversation_t *c, shop_link_status_e status, shop_str_t error)
{
    shop_op_t *op = c->op;

    op->error = error;
    shop_op_end(op, status);
    shop_op_release(op);
}


static void talk_fail(conversation_t *c, const char *error)
{
    talk_end(c, SHOP_LINK_ERROR, shop_str(error));
}


void shop_talk(shop_work_t *work, shop_op_t *op, const shop_pay_config_t *config,
               const shop_pay_talk_t *about)
{
    conversation_t *c = ngx_pcalloc(op->pool, sizeof(*c));

    if (c == NULL || work->conf.http == NULL || work->stopped ||
        !shop_pay_talks(config, about->purpose == SHOP_PAY_CLOSE ? SHOP_PAY_ASK : about->purpose)) {
        shop_op_refuse(op, SHOP_LINK_ERROR, "not possible");
        return;
    }
    *c = (conversation_t){
        .work = work,
        .op = op,
        .config = config,
        .talk = *about,
        .wait = {.granted = talk_on_granted, .data = c},
    };
    c->result = (shop_talk_t){.about = &c->talk, .heard = &c->heard};
    if (about->purpose == SHOP_PAY_CLOSE && !shop_pay_talks(config, SHOP_PAY_CLOSE)) {
        c->talk.purpose = SHOP_PAY_ASK; /* what cannot be closed is at least looked at */
    }
    op->carrier = c;
    op->reply.talk = &c->result;
    shop_op_hold(op, NULL, talk_on_early_end);
    talk_next(c);
}


static void talk_on_early_end(shop_op_t *op)
{
    conversation_t *c = op->carrier;

    if (c->waiting) {
        shop_access_leave(&c->wait);
    }
    if (c->call != NULL) {
        shop_op_abandon(c->call);
    }
    op->error = SHOP_STR("no answer in time");
    shop_op_release(op);
}


static void talk_next(conversation_t *c)
{
    shop_arena_t arena = shop_pool_arena(c->op->pool);
    shop_str_t token = SHOP_STR_NULL;

    if (c->config->interface->grant != NULL) {
        token = shop_access_token(c->work, c->config);
        if (token.len == 0) {
            c->waiting = 1;
            shop_access_want(c->work, c->config, &c->wait);
            return;
        }
    }
    if (shop_arena_copy(&arena, token, &c->talk.access) != SHOP_OK) {
        c->talk.access = SHOP_STR_NULL; /* refused by the provider */
    }
    talk_call(c);
}


static void talk_on_granted(void *data, bool got)
{
    conversation_t *c = data;

    c->waiting = 0;
    if (!got) {
        talk_fail(c, "no access token");
        return;
    }
    talk_next(c);
}


ngx_int_t shop_talk_request(shop_arena_t *arena, const shop_pay_call_t *call,
                            shop_http_request_t *request)
{
    shop_str_t *headers = shop_arena_calloc(arena, (call->header_count + 1) * sizeof(*headers));

    if (headers == NULL) {
        return NGX_ERROR;
    }
    for (size_t i = 0; i < call->header_count; i++) {
        const shop_pair_t *header = &call->headers[i];

        if (shop_arena_printf(arena, &headers[i], "%.*s: %.*s", (int) header->name.len,
                              (const char *) header->name.data, (int) header->value.len,
                              (const char *) header->value.data) != SHOP_OK) {
            return NGX_ERROR;
        }
    }
    *request = (shop_http_request_t){
        .method = shop_str(call->method),
        .url = call->url,
        .body = call->body,
        .headers = headers,
        .header_count = call->header_count,
        .connect_timeout = CONNECT_TIMEOUT,
        .body_max = REPLY_MAX,
    };
    return NGX_OK;
}


/* Nothing of this file completes before the call that started it has returned: a posted end. */
static void talk_not_sent(conversation_t *c)
{
    shop_op_t *op = c->op;

    c->call = NULL;
    op->leave = NULL;
    shop_op_refuse(op, SHOP_LINK_ERROR, "not sent");
    shop_op_release(op);
}


static void talk_call(conversation_t *c)
{
    shop_arena_t arena = shop_pool_arena(c->op->pool);
    shop_http_request_t request;
    shop_pay_call_t call;

    c->talk.now = ngx_time();
    if (c->config->interface->ask(&arena, c->config, &c->talk, &call) == SHOP_OK &&
        shop_talk_request(&arena, &call, &request) == NGX_OK) {
        c->call = shop_op_create(c->work->log, SHOP_TALK_DEADLINE, talk_on_reply, c);
    }
    if (c->call == NULL) {
        talk_not_sent(c);
        return;
    }
    c->result.sent = 1;
    shop_http_send(c->work->conf.http, c->call, &request);
}


static void talk_conclude(conversation_t *c)
{
    if (c->heard.again) {
        if (++c->talk.step == SHOP_PAY_STEPS_MAX) {
            talk_fail(c, "too many calls");
            return;
        }
        talk_next(c);
        return;
    }
    if (c->talk.purpose == SHOP_PAY_OPEN && !shop_pay_is_page(c->config, c->heard.opened.url)) {
        talk_fail(c, "the page is of another host");
        return;
    }
    talk_end(c, SHOP_LINK_OK, SHOP_STR_NULL);
}


static void talk_refused(conversation_t *c)
{
    c->result.sent = c->talk.step > 0; /* who is not let in has changed nothing */
    if (c->config->interface->grant == NULL || c->renewed) {
        talk_fail(c, "credentials refused");
        return;
    }
    c->renewed = 1;
    shop_access_drop(c->work, c->config, c->talk.access);
    talk_next(c);
}


static void talk_on_reply(shop_op_t *call)
{
    conversation_t *c = call->data;
    shop_arena_t arena = shop_pool_arena(c->op->pool);
    const shop_http_response_t *response = call->reply.http;
    shop_pay_reply_t reply;
    shop_status_t status;

    c->call = NULL;
    if (call->status != SHOP_LINK_OK) {
        shop_str_t error;

        if (shop_arena_copy(&arena, call->error, &error) != SHOP_OK || error.len == 0) {
            error = SHOP_STR("not reached");
        }
        talk_end(c, call->status, error);
        return;
    }

    /* What was heard may be views into the reply; it goes with its own call. */
    reply.status = (unsigned) response->status;
    if (shop_arena_copy(&arena, response->body, &reply.body) != SHOP_OK) {
        talk_fail(c, "no memory");
        return;
    }

    c->heard = (shop_pay_heard_t){0};
    status = c->config->interface->hear(&arena, c->config, &c->talk, &reply, &c->heard);
    switch (status) {
    case SHOP_OK:
        talk_conclude(c);
        break;
    case SHOP_REFUSED:
        talk_refused(c);
        break;
    default:
        talk_end(c, SHOP_LINK_ERROR,
                 c->heard.code.len > 0 ? c->heard.code : SHOP_STR("not understood"));
    }
}
