/*
 * One request to the provisioner of whole sites (handlers.md 9.15): signed, its answer classified.
 *
 * Its troubles are its own: they never touch the gate of the Moodle site.
 */

#include "work/work_internal.h"

#define ANSWER_MAX (64 * 1024)

typedef struct {
    shop_work_t *work;
    ngx_pool_t *pool;
    const char *function;
    shop_moodle_pt done;
    void *data;
} call_t;


static void call_on_response(shop_op_t *op);


ngx_int_t shop_provisioner_http(const shop_provisioner_conf_t *conf, shop_arena_t *arena,
                                const char *function, const json_t *arguments,
                                shop_http_request_t *request)
{
    const shop_provisioner_verb_t *verb = shop_provisioner_verb(function);
    shop_str_t *header = shop_arena_alloc(arena, sizeof(*header));
    shop_str_t path, body, signature;

    if (conf == NULL || conf->url.len == 0 || header == NULL ||
        shop_provisioner_request(arena, verb, arguments, &path, &body) != SHOP_OK ||
        shop_provisioner_sign(arena, (shop_str_t){conf->secret.len, conf->secret.data},
                              verb->method, path, body, ngx_time(), &signature) != SHOP_OK) {
        return NGX_ERROR;
    }

    *request = (shop_http_request_t){
        .method = shop_str(verb->method),
        .content_type = body.len > 0 ? SHOP_STR("application/json") : SHOP_STR(""),
        .headers = header,
        .header_count = 1,
        .body = body,
        .body_max = ANSWER_MAX,
    };
    return shop_arena_printf(arena, header, "X-Shop-Signature: %.*s", (int) signature.len,
                             (const char *) signature.data) == SHOP_OK &&
                   shop_arena_printf(arena, &request->url, "%.*s%.*s", (int) conf->url.len,
                                     (const char *) conf->url.data, (int) path.len,
                                     (const char *) path.data) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


void shop_provisioner_call(shop_work_t *work, const char *function, const json_t *arguments,
                           shop_moodle_pt done, void *data)
{
    ngx_pool_t *pool = work->stopped ? NULL : ngx_create_pool(2048, work->log);
    call_t *call = pool != NULL ? ngx_palloc(pool, sizeof(call_t)) : NULL;
    shop_answer_t unsent = {.answer_class = SHOP_ANSWER_TRANSPORT, .code = "notsent"};
    shop_http_request_t request;
    shop_arena_t arena;
    shop_op_t *op = NULL;

    if (call != NULL) {
        *call = (call_t){work, pool, function, done, data};
        arena = shop_pool_arena(pool);
        if (shop_provisioner_http(work->conf.provisioner, &arena, function, arguments, &request) ==
            NGX_OK) {
            request.connect_timeout = work->conf.moodle->connect_timeout;
            op =
                shop_op_create(work->log, work->conf.moodle->write_timeout, call_on_response, call);
        }
    }
    if (op == NULL) {
        if (pool != NULL) {
            ngx_destroy_pool(pool);
        }
        done(data, &unsent, NULL);
        return;
    }
    shop_http_send(work->conf.http, op, &request);
}


static void call_on_response(shop_op_t *op)
{
    call_t *call = op->data;
    const shop_http_response_t *response = op->status == SHOP_LINK_OK ? op->reply.http : NULL;
    shop_answer_t answer;

    shop_provisioner_read(response != NULL ? (unsigned) response->status : 0,
                          response != NULL ? response->body : SHOP_STR_NULL, &answer);
    if (answer.answer_class != SHOP_ANSWER_OK) {
        ngx_log_error(NGX_LOG_INFO, call->work->log, 0, "shop provisioner: %s: %s (%s) %*s",
                      call->function, shop_answer_class_name(answer.answer_class), answer.code,
                      op->error.len, op->error.data);
    }
    call->done(call->data, &answer, response);
    shop_answer_free(&answer);
    ngx_destroy_pool(call->pool);
}
