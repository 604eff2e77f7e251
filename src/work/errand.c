/*
 * Errands to payment providers: what one claim gives, each with a pool of its own, under way at the
 * same time. The round ends with the last of them.
 */

#include "work/work_internal.h"


static void on_claimed(shop_op_t *op);


void shop_errands_claim(shop_loop_t *loop, const shop_errand_kind_t *kind, json_t *argument)
{
    loop->kind = kind;
    (void) json_object_set_new(argument, "limit", json_integer((json_int_t) kind->limit));
    if (shop_ask(loop->work, kind->claim, argument, on_claimed, loop) != NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}


/* NULL: no memory, or nothing that this configuration knows of; the claim ends by itself. */
static shop_errand_t *errand_create(shop_loop_t *loop, const json_t *row)
{
    shop_work_t *work = loop->work;
    const shop_pay_config_t *config =
        shop_payments_find(&work->conf, shop_json_text(row, "config"));
    ngx_pool_t *pool = config != NULL ? ngx_create_pool(4096, work->log) : NULL;
    shop_errand_t *errand;

    if (pool == NULL) {
        return NULL;
    }
    errand = ngx_pcalloc(pool, loop->kind->size);
    if (errand != NULL) {
        *errand = (shop_errand_t){.work = work, .loop = loop, .pool = pool, .config = config};
        if (loop->kind->take(errand, row)) {
            return errand;
        }
    }
    ngx_destroy_pool(pool);
    return NULL;
}


/* The claim itself counts as one, so that the round does not end while it begins. */
static void one_fewer(shop_loop_t *loop)
{
    if (--loop->errands == 0) {
        shop_loop_ended(loop, loop->round);
    }
}


static shop_round_e round_of(const json_t *answer, size_t rows, size_t limit)
{
    if (answer == NULL) {
        return SHOP_ROUND_TROUBLE;
    }
    if (rows == 0) {
        return SHOP_ROUND_NOTHING;
    }
    return rows < limit ? SHOP_ROUND_SOME : SHOP_ROUND_MORE;
}


static void on_claimed(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    json_t *answer = shop_ask_answer(op);
    json_t *rows = json_object_get(answer, loop->kind->rows);
    json_t *row;
    size_t i;

    loop->errands = 1;
    loop->round = round_of(answer, json_array_size(rows), loop->kind->limit);
    json_array_foreach(rows, i, row)
    {
        shop_errand_t *errand = errand_create(loop, row);

        if (errand != NULL) {
            loop->errands++;
            loop->kind->start(errand);
        }
    }
    json_decref(answer);
    one_fewer(loop);
}


void shop_errand_end(shop_errand_t *errand)
{
    shop_loop_t *loop = errand->loop;

    ngx_destroy_pool(errand->pool);
    one_fewer(loop);
}
