/*
 * The registrar's wake: one SQL function numbers and freezes the realised bills that have no
 * invoice number yet, a batch at a time (architecture §5). It holds an advisory lock, so that any
 * worker may call it at any moment; who finds it busy comes back soon, because what has just been
 * committed may have been too late for the one that is at it.
 */

#include "work/work_internal.h"

#define BATCH 200


static void registrar_on_answer(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    shop_work_t *work = loop->work;
    json_t *answer = shop_ask_answer(op);
    int64_t count = shop_json_int(answer, "numbered");
    shop_round_e round = answer == NULL                   ? SHOP_ROUND_TROUBLE
                         : shop_json_bool(answer, "busy") ? SHOP_ROUND_BUSY
                         : count == 0                     ? SHOP_ROUND_NOTHING
                         : count < BATCH                  ? SHOP_ROUND_SOME
                                                          : SHOP_ROUND_MORE;

    json_decref(answer);
    if (count > 0) {
        (void) ngx_atomic_fetch_add(&work->shared->invoices, count);
        shop_loop_wake(&work->loops[SHOP_LOOP_MAILS]); /* mails wait for the invoice */
    }
    shop_loop_ended(loop, round);
}


void shop_registrar_round(shop_work_t *work, shop_loop_t *loop)
{
    if (shop_ask(work, SHOP_SQL_REGISTRAR_RUN, json_pack("{s:i}", "limit", BATCH),
                 registrar_on_answer, loop) != NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}
