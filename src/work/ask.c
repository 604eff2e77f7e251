/*
 * Questions to PostgreSQL on the jobs lane: one SQL function, a JSON argument, a JSON answer.
 *
 * A firm question is for what was done outside and must be written down: it is asked again as long
 * as PostgreSQL is away, so that an interruption costs its own length and not that of a lease.
 */

#include "work/work_internal.h"

#define ASK_DEADLINE 30000
#define ANSWER_MAX (4 * 1024 * 1024)
#define FIRM_PAUSE 200
#define FIRM_PAUSE_MAX 5000

typedef struct {
    shop_work_t *work;
    ngx_uint_t statement;
    json_t *argument;
    shop_op_pt done;
    void *data;
    ngx_msec_t until;
    shop_backoff_t backoff;
    ngx_event_t timer; /* cancelable: whoever leaves lets the lease end */
} firm_t;

static ngx_int_t firm_ask(firm_t *firm);
static void firm_on_answer(shop_op_t *op);
static void firm_on_timer(ngx_event_t *ev);


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


ngx_int_t shop_ask_firmly(shop_work_t *work, ngx_uint_t statement, json_t *argument,
                          ngx_msec_t patience, shop_op_pt done, void *data)
{
    firm_t *firm = argument != NULL ? ngx_calloc(sizeof(*firm), work->log) : NULL;

    if (firm == NULL) {
        json_decref(argument);
        return NGX_ERROR;
    }
    *firm = (firm_t){
        .work = work,
        .statement = statement,
        .argument = argument,
        .done = done,
        .data = data,
        .until = ngx_current_msec + patience,
        .backoff = {.base = FIRM_PAUSE, .cap = FIRM_PAUSE_MAX},
        .timer = {.data = firm, .handler = firm_on_timer, .log = work->log, .cancelable = 1},
    };
    if (firm_ask(firm) != NGX_OK) {
        json_decref(argument);
        ngx_free(firm);
        return NGX_ERROR;
    }
    return NGX_OK;
}


static ngx_int_t firm_ask(firm_t *firm)
{
    return shop_ask(firm->work, firm->statement, json_incref(firm->argument), firm_on_answer, firm);
}


/* Away, or a refusal that has nothing to do with the question: classes of SQLSTATE for rollbacks,
 * lack of resources, locks, interventions. */
static bool is_passing(const shop_op_t *op)
{
    static const char *const classes[] = {"40", "53", "55", "57", "58"};

    if (op->status != SHOP_LINK_ERROR) {
        return op->status != SHOP_LINK_OK;
    }
    for (size_t i = 0; op->code.len == 5 && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (ngx_strncmp(op->code.data, classes[i], 2) == 0) {
            return true;
        }
    }
    return false;
}


static void firm_on_answer(shop_op_t *op)
{
    firm_t *firm = op->data;
    ngx_msec_t pause = shop_backoff_next(&firm->backoff);
    bool in_time = (ngx_msec_int_t) (firm->until - ngx_current_msec - pause) > 0;

    if (is_passing(op) && in_time && !firm->work->leaving) {
        ngx_add_timer(&firm->timer, pause);
        return;
    }
    op->data = firm->data;
    firm->done(op);
    json_decref(firm->argument);
    ngx_free(firm);
}


static void firm_on_timer(ngx_event_t *ev)
{
    if (firm_ask(ev->data) != NGX_OK) {
        ngx_add_timer(ev, FIRM_PAUSE_MAX); /* no memory */
    }
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
