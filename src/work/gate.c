/*
 * The site's gate, shared by all workers: closed by transport errors in a row (circuit breaker) or
 * by a refusal of our token, opened again by a successful probe (handlers.md 2.4).
 *
 *   OPEN --n transport errors--> BREAKER --a sensible answer--> OPEN
 *   OPEN, BREAKER --token refused--> REFUSED --a sensible answer--> OPEN
 *
 * One line is logged for each change, none for each failure (guide FA-10).
 */

#include "work/work_internal.h"

#define TELL_PATIENCE 600000


static ngx_atomic_uint_t now_ms(void)
{
    ngx_time_t *tp = ngx_timeofday();

    return (ngx_atomic_uint_t) tp->sec * 1000 + tp->msec;
}


bool shop_gate_is_open(shop_work_t *work)
{
    return work->shared->gate == SHOP_GATE_OPEN;
}


static void gate_open(shop_work_t *work)
{
    work->shared->failures = 0;
    if (work->shared->gate != SHOP_GATE_OPEN) {
        work->shared->gate = SHOP_GATE_OPEN;
        ngx_log_error(NGX_LOG_NOTICE, work->log, 0, "shop moodle: reachable again, queue released");
        shop_loop_wake(&work->loops[SHOP_LOOP_JOBS]);
    }
}


static void on_told(shop_op_t *op)
{
    json_decref(shop_ask_answer(op));
}


static void gate_close(shop_work_t *work, shop_gate_e reason, ngx_msec_t probe, const char *code)
{
    work->shared->probe_at = now_ms() + probe;
    if (work->shared->gate != (ngx_atomic_uint_t) reason) {
        work->shared->gate = reason;
        ngx_log_error(
            NGX_LOG_ERR, work->log, 0, "shop moodle: %s (%s), queue held; next try in %M ms",
            reason == SHOP_GATE_BREAKER ? "not reachable" : "refuses our account", code, probe);
        if (reason == SHOP_GATE_REFUSED) { /* nothing but a person mends it */
            (void) shop_ask_firmly(work, SHOP_SQL_SITE_REFUSED, json_object(), TELL_PATIENCE,
                                   on_told, NULL);
        }
    }
}


void shop_gate_observe(shop_work_t *work, const shop_answer_t *answer)
{
    const shop_moodle_conf_t *conf = work->conf.moodle;

    switch (answer->answer_class) {
    case SHOP_ANSWER_TRANSPORT:
        if ((ngx_atomic_uint_t) ngx_atomic_fetch_add(&work->shared->failures, 1) + 1 >=
            (ngx_atomic_uint_t) conf->breaker_failures) {
            gate_close(work, SHOP_GATE_BREAKER, conf->breaker_probe, answer->code);
        }
        return;
    case SHOP_ANSWER_GATE:
        gate_close(work, SHOP_GATE_REFUSED, conf->gate_probe, answer->code);
        return;
    case SHOP_ANSWER_TEMPORARY: /* Moodle lives, but not for us: neither closes nor opens */
        return;
    default:
        gate_open(work);
    }
}


bool shop_gate_probe_due(shop_work_t *work)
{
    ngx_atomic_uint_t due = work->shared->probe_at;
    ngx_atomic_uint_t now = now_ms();
    ngx_msec_t next = work->shared->gate == SHOP_GATE_BREAKER ? work->conf.moodle->breaker_probe
                                                              : work->conf.moodle->gate_probe;

    return !shop_gate_is_open(work) && now >= due &&
           ngx_atomic_cmp_set(&work->shared->probe_at, due, now + next);
}
