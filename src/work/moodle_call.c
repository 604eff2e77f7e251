/*
 * One call of Moodle's REST server: a place among the few at once, the request, the classified
 * answer (handlers.md 5).
 *
 * Each worker has its share of the site's concurrency: a counter in shared memory would keep the
 * places of a killed worker for ever.
 */

#include "work/work_internal.h"

/* Copying a course takes minutes: 300 s by default. */
#define SLOW_FACTOR 10

#define ANSWER_MAX (8 * 1024 * 1024)
#define PATH "/webservice/rest/server.php"

struct shop_moodle_call_s {
    ngx_queue_t queue;
    shop_work_t *work;
    shop_op_t *op; /* NULL: waiting for a place */
    ngx_pool_t *pool;
    const char *function;
    json_t *arguments;
    shop_moodle_pt done;
    void *data;
    unsigned login : 1; /* with the other service's token */
};


static void call_on_response(shop_op_t *op);


static void call_free(shop_moodle_call_t *call)
{
    ngx_queue_remove(&call->queue);
    json_decref(call->arguments);
    ngx_destroy_pool(call->pool);
}


static void call_headers(const shop_moodle_conf_t *conf, shop_arena_t *arena, shop_str_t *header,
                         size_t *count)
{
    *count =
        conf->host.len != 0 && shop_arena_printf(arena, header, "Host: %.*s", (int) conf->host.len,
                                                 (const char *) conf->host.data) == SHOP_OK;
}


static bool call_request(shop_moodle_call_t *call, shop_http_request_t *request, shop_str_t *header)
{
    const shop_moodle_conf_t *conf = call->work->conf.moodle;
    const ngx_str_t *token = call->login ? &conf->login_token : &conf->token;
    shop_arena_t arena = shop_pool_arena(call->pool);

    *request = (shop_http_request_t){
        .method = SHOP_STR("POST"),
        .content_type = SHOP_STR("application/x-www-form-urlencoded; charset=utf-8"),
        .headers = header,
        .connect_timeout = conf->connect_timeout,
        .body_max = ANSWER_MAX,
    };
    call_headers(conf, &arena, header, &request->header_count);
    return shop_arena_printf(&arena, &request->url, "%.*s" PATH, (int) conf->url.len,
                             (const char *) conf->url.data) == SHOP_OK &&
           shop_moodle_encode(&arena, (shop_str_t){token->len, token->data}, call->function,
                              call->arguments, &request->body) == SHOP_OK;
}


/* Nothing was sent: our own bug, or no memory. */
static void call_fail(shop_moodle_call_t *call)
{
    shop_answer_t answer = {.answer_class = SHOP_ANSWER_UNKNOWN, .code = "notsent"};

    ngx_log_error(NGX_LOG_ALERT, call->work->log, 0, "shop moodle: cannot send %s", call->function);
    call->done(call->data, &answer, NULL);
    call_free(call);
}


static void call_send(shop_moodle_call_t *call)
{
    shop_work_t *work = call->work;
    const shop_moodle_conf_t *conf = work->conf.moodle;
    const shop_moodle_function_t *function = shop_moodle_function(call->function);
    bool writes = function == NULL || function->writes;
    ngx_msec_t patience = writes ? conf->write_timeout : conf->read_timeout;
    shop_http_request_t request;
    shop_str_t header;

    if (call_request(call, &request, &header)) {
        if (function != NULL && function->slow) {
            patience *= SLOW_FACTOR;
        }
        call->op = shop_op_create(work->log, patience, call_on_response, call);
    }
    if (call->op == NULL) {
        call_fail(call);
        return;
    }
    ngx_queue_remove(&call->queue);
    ngx_queue_init(&call->queue);
    work->call_count++;
    (void) ngx_atomic_fetch_add(&work->shared->calls_total, 1);
    shop_http_send(work->conf.http, call->op, &request);
}


static void call_next(shop_work_t *work)
{
    while (work->call_count < work->call_max && !ngx_queue_empty(&work->waiting_calls)) {
        call_send(ngx_queue_data(ngx_queue_head(&work->waiting_calls), shop_moodle_call_t, queue));
    }
}


static void call_on_response(shop_op_t *op)
{
    shop_moodle_call_t *call = op->data;
    shop_work_t *work = call->work;
    const shop_http_response_t *response = op->status == SHOP_LINK_OK ? op->reply.http : NULL;
    shop_answer_t answer;

    shop_moodle_read(call->function, response != NULL ? (unsigned) response->status : 0,
                     response != NULL ? response->body : SHOP_STR_NULL, &answer);
    if (answer.answer_class != SHOP_ANSWER_OK) {
        ngx_log_error(NGX_LOG_INFO, work->log, 0, "shop moodle: %s: %s (%s) after %M ms %*s",
                      call->function, shop_answer_class_name(answer.answer_class), answer.code,
                      op->elapsed, op->error.len, op->error.data);
    }
    work->call_count--;
    if (!call->login) {
        shop_gate_observe(work, &answer);
    }
    call->done(call->data, &answer, response);
    shop_answer_free(&answer);
    call_free(call);
    call_next(work);
}


static void call_start(shop_work_t *work, const char *function, const json_t *arguments,
                       shop_moodle_pt done, void *data, bool login)
{
    ngx_pool_t *pool = work->stopped ? NULL : ngx_create_pool(4096, work->log);
    shop_moodle_call_t *call = pool != NULL ? ngx_pcalloc(pool, sizeof(*call)) : NULL;

    if (call == NULL) {
        shop_answer_t answer = {.answer_class = SHOP_ANSWER_TRANSPORT, .code = "notsent"};

        if (pool != NULL) {
            ngx_destroy_pool(pool);
        }
        done(data, &answer, NULL);
        return;
    }
    *call = (shop_moodle_call_t){
        .work = work,
        .pool = pool,
        .function = function,
        .arguments = json_incref((json_t *) arguments),
        .done = done,
        .data = data,
        .login = login,
    };
    ngx_queue_insert_tail(&work->waiting_calls, &call->queue);
    call_next(work);
}


void shop_moodle_call(shop_work_t *work, const char *function, const json_t *arguments,
                      shop_moodle_pt done, void *data)
{
    call_start(work, function, arguments, done, data, false);
}


void shop_moodle_login_call(shop_work_t *work, const char *function, const json_t *arguments,
                            shop_moodle_pt done, void *data)
{
    call_start(work, function, arguments, done, data, true);
}
