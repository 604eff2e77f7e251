/*
 * How a job that did not finish is handed back: state, delay, log line (handlers.md 2.4).
 */

#include "work/job.h"

#define DELAYS (sizeof(((shop_moodle_conf_t *) NULL)->retry_delays) / sizeof(ngx_msec_t))


/* ±20 %, so that what failed together does not come back together */
static ngx_msec_t with_jitter(ngx_msec_t delay)
{
    ngx_msec_t part = delay / 5;

    return part == 0 ? delay : delay - part + (ngx_msec_t) ngx_random() % (2 * part);
}


static bool too_long(const shop_running_t *run)
{
    int64_t limit = (int64_t) (run->work->conf.moodle->give_up / 1000);

    return run->failing_since != 0 && ngx_time() - run->failing_since > limit;
}


static void end_retry(const shop_running_t *run, shop_job_end_t *end)
{
    const shop_moodle_conf_t *conf = run->work->conf.moodle;

    if (too_long(run)) {
        end->state = "manual";
        end->event = "failed";
        return;
    }
    end->state = "pending";
    end->tried = true;
    end->unknown = run->act.unknown;
    end->delay = with_jitter(conf->retry_delays[ngx_min(run->tries, DELAYS - 1)]);
}


void shop_job_end_by_act(const shop_running_t *run, shop_job_end_t *end)
{
    const shop_moodle_conf_t *conf = run->work->conf.moodle;

    *end = (shop_job_end_t){.reason = run->act.reason, .code = run->act.code};

    switch (run->act.kind) {
    case SHOP_ACT_WAIT:
        end->state = "waiting";
        end->event = "waiting";
        end->delay = (ngx_msec_t) (run->act.until - ngx_time()) * 1000;
        return;
    case SHOP_ACT_RETRY:
        end_retry(run, end);
        return;
    case SHOP_ACT_GATE: /* the site's fault: no try of the job is used up */
        end->state = "pending";
        end->delay = with_jitter(conf->gate_probe);
        return;
    case SHOP_ACT_BLOCKED:
        end->state = "blocked";
        end->event = "failed";
        end->delay = with_jitter(conf->blocked_retry);
        return;
    case SHOP_ACT_MANUAL:
        end->state = "manual";
        end->event = "failed";
        return;
    default:
        ngx_log_error(NGX_LOG_ALERT, run->work->log, 0, "shop job %L: step \"%s\" gave no act",
                      run->id, run->step->name);
        end->reason = "bug";
        end_retry(run, end);
    }
}


void shop_job_log_end(const shop_running_t *run, const shop_job_end_t *end)
{
    bool trouble = end->event != NULL && ngx_strcmp(end->event, "failed") == 0;
    ngx_uint_t level = trouble ? NGX_LOG_ERR : NGX_LOG_INFO;

    ngx_log_error(level, run->work->log, 0,
                  "shop job %L: %s at step \"%s\" %s %s; next try in %M ms", run->id, end->state,
                  run->step != NULL ? run->step->name : "", end->reason != NULL ? end->reason : "",
                  end->code != NULL ? end->code : "", end->delay);
}


void shop_job_count_end(shop_work_shared_t *shared, const shop_job_end_t *end)
{
    static const struct {
        const char *state;
        size_t counter;
    } counters[] = {
        {"done", offsetof(shop_work_shared_t, jobs_done)},
        {"pending", offsetof(shop_work_shared_t, jobs_retried)},
        {"waiting", offsetof(shop_work_shared_t, jobs_waiting)},
        {"blocked", offsetof(shop_work_shared_t, jobs_stopped)},
        {"manual", offsetof(shop_work_shared_t, jobs_stopped)},
    };

    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
        if (ngx_strcmp(counters[i].state, end->state) == 0) {
            (void) ngx_atomic_fetch_add((ngx_atomic_t *) ((u_char *) shared + counters[i].counter),
                                        1);
        }
    }
}
