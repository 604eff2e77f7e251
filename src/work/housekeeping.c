/*
 * Housekeeping: one SQL function, called now and then, that ends what has outlived its time
 * (expired one-time links, orders never paid, old traces).
 */

#include "work/work_internal.h"


static void housekeeping_on_answer(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    json_t *answer = shop_ask_answer(op);

    shop_loop_ended(loop, answer == NULL ? SHOP_ROUND_TROUBLE : SHOP_ROUND_SOME);
    json_decref(answer);
}


void shop_housekeeping_round(shop_work_t *work, shop_loop_t *loop)
{
    if (shop_ask(work, SHOP_SQL_HOUSEKEEPING, json_object(), housekeeping_on_answer, loop) !=
        NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}
