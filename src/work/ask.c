/*
 * Questions to PostgreSQL on the jobs lane: one SQL function, a JSON argument, a JSON answer.
 */

#include "work/work_internal.h"

#define ASK_DEADLINE 30000
#define ANSWER_MAX (4 * 1024 * 1024)


ngx_int_t shop_ask(shop_work_t *work, ngx_uint_t statement, json_t *argument, shop_op_pt done,
                   void *data)
{
    shop_op_t *op = work->stopped ? NULL : shop_op_create(work->log, ASK_DEADLINE, done, data);
    shop_arena_t arena;
    shop_str_t text = SHOP_STR_NULL;

    if (op == NULL) {
        json_decref(argument);
        return NGX_ERROR;
    }
    arena = shop_pool_arena(op->pool);
    if (argument == NULL || shop_json_dump(&arena, argument, &text) != SHOP_OK) {
        text = SHOP_STR_NULL; /* SQL NULL: refused by every function, so that done() runs */
    }
    json_decref(argument);
    shop_pg_call(work->conf.pg, SHOP_PG_JOBS, statement, op, &text);
    return NGX_OK;
}


json_t *shop_ask_answer(shop_op_t *op)
{
    const shop_pg_result_t *result = op->reply.pg;
    json_t *answer;

    if (op->status != SHOP_LINK_OK) {
        ngx_log_error(NGX_LOG_WARN, op->log, 0, "shop work: question failed: %*s %*s", op->code.len,
                      op->code.data, op->error.len, op->error.data);
        return NULL;
    }
    if (result->rows == 0 || result->columns == 0 || result->values[0].data == NULL ||
        shop_json_parse(result->values[0], ANSWER_MAX, &answer) != SHOP_OK) {
        ngx_log_error(NGX_LOG_ALERT, op->log, 0, "shop work: unreadable answer of a SQL function");
        return NULL;
    }
    return answer;
}
