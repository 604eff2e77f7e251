/*
 * Steps 6-9 of the notification pipeline (payments.md 1.3 and 1.8) in plain C.
 *
 * The shop decides these steps in PostgreSQL, in one transaction with the bill locked; t/sql proves
 * that code. This mirror lets the published vectors, which go through all nine steps, judge the
 * first five without a server.
 */

#ifndef SHOP_T_VECTORS_DECIDE_H
#define SHOP_T_VECTORS_DECIDE_H

#include "pay/pay.h"

typedef struct {
    shop_str_t id;
    shop_str_t state;
    shop_str_t currency;
    shop_str_t paid_by; /* provider transaction; empty: none */
    int64_t amount_minor;
    bool known; /* the vector describes an order, not only an id */
} decide_order_t;

typedef struct {
    const decide_order_t *order;
    const json_t *processed; /* array of {key, order_id}, or NULL */
} decide_in_t;

/* *after is the state of the order afterwards, a view or static text. */
shop_pay_verdict_t decide(const shop_pay_event_t *event, const decide_in_t *in, shop_str_t *after);

#endif
