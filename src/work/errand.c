/*
 * Errands to payment providers: what one claim gives, each with a pool of its own, under way at the
 * same time. The round ends with the last of them.
 */

#include "work/work_internal.h"


static void on_claimed(shop_op_t *op);


void shop_errands_claim(shop_loop_t *loop, const shop_errand_kind_t *kind, json_t *argument)
{
    loop->kind = kind;
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


/* One fewer; the first of all is the claim itself, so that the round does not end while it begins.
 */
static void one_fewer(shop_loop_t *loop, shop_round_e round)
{
    if (--loop->errands == 0) {
        shop_loop_ended(loop, round);
    }
}


static void on_claimed(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    json_t *answer = shop_ask_answer(op);
    shop_round_e round = answer != NULL ? SHOP_ROUND_NOTHING : SHOP_ROUND_TROUBLE;
    json_t *row;
    size_t i;

    loop->errands = 1;
    json_array_foreach(json_object_get(answer, loop->kind->rows), i, row)
    {
        shop_errand_t *errand = errand_create(loop, row);

        if (errand != NULL) {
            round = loop->kind->round;
            loop->errands++;
            loop->kind->start(errand);
        }
    }
    json_decref(answer);
    one_fewer(loop, round);
}


void shop_errand_end(shop_errand_t *errand)
{
    shop_loop_t *loop = errand->loop;

    ngx_destroy_pool(errand->pool);
    one_fewer(loop, loop->kind->round);
}
