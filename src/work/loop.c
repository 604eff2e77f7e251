/*
 * A loop asks for one kind of work: on a cancelable timer with jitter, at once when woken.
 *
 * While a round runs the timer is off; a wake meanwhile starts the next round right after it. The
 * pause doubles as long as nothing is found and falls back when something is (guide JB-4).
 */

#include "work/work_internal.h"

/* A wake waits this long, so that the commits of one moment are served by one round: most of what a
 * round costs is the same for one order and for twenty. Nobody sees it beside a call to Moodle. */
#define WAKE_DELAY 40
#define MORE_DELAY 5
#define BUSY_DELAY 20


static void loop_arm(shop_loop_t *loop, ngx_msec_t delay)
{
    if (loop->work->leaving || loop->running) {
        return;
    }
    shop_loop_stop(
        loop); /* nginx keeps a timer that is set to nearly the same moment: a wake is exact */
    ngx_add_timer(&loop->timer, delay);
}


static void loop_on_timer(ngx_event_t *ev)
{
    shop_loop_t *loop = ev->data;

    if (ngx_exiting && !loop->work->leaving) {
        shop_work_on_shutdown(loop->work); /* the listener, which tells so, was away */
    }
    if (loop->work->leaving || loop->running) {
        return;
    }
    loop->running = 1;
    loop->again = 0;
    loop->run(loop->work, loop);
}


static ngx_msec_t with_jitter(ngx_msec_t pause)
{
    return pause + (pause > 0 ? (ngx_msec_t) ngx_random() % pause : 0);
}


void shop_loop_start(shop_loop_t *loop)
{
    loop->timer.data = loop;
    loop->timer.handler = loop_on_timer;
    loop->timer.log = loop->work->log;
    loop->timer.cancelable = 1;
    loop->pause = loop->pause_min;
    loop_arm(loop, with_jitter(loop->pause_min) / 2 + 1);
}


void shop_loop_wake(shop_loop_t *loop)
{
    if (loop->again) {
        return; /* the common case under load: somebody else has woken it already */
    }
    loop->again = 1;
    loop->pause = loop->pause_min;
    loop_arm(loop, WAKE_DELAY);
}


void shop_loop_ended(shop_loop_t *loop, shop_round_e round)
{
    loop->running = 0;

    if (round == SHOP_ROUND_MORE) {
        loop_arm(loop, MORE_DELAY);
        return;
    }
    if (loop->again) {
        loop_arm(loop, WAKE_DELAY);
        return;
    }
    if (round == SHOP_ROUND_BUSY) {
        loop_arm(loop, with_jitter(BUSY_DELAY));
        return;
    }
    if (round == SHOP_ROUND_SOME) {
        loop->pause = loop->pause_min;
    } else {
        loop->pause = ngx_min(loop->pause * 2, loop->pause_max);
    }
    loop_arm(loop, with_jitter(loop->pause));
}


void shop_loop_stop(shop_loop_t *loop)
{
    if (loop->timer.timer_set) {
        ngx_del_timer(&loop->timer);
    }
}
