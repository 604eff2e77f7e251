/*
 * Private to job_run.c, job_sql.c and job_end.c: a job under way, its JSON towards PostgreSQL, and
 * how it is handed back.
 */

#ifndef SHOP_WORK_JOB_H
#define SHOP_WORK_JOB_H

#include "work/work_internal.h"

struct shop_running_s {
    ngx_queue_t queue;
    shop_work_t *work;
    json_t *claim;        /* as the claim gave it; owns what `inputs` points to */
    const json_t *inputs; /* member of `claim` */
    json_t *outputs;
    json_t *progress; /* of the current step; NULL: none */
    const shop_handler_t *handler;
    const shop_step_t *step;
    shop_act_t act;
    int64_t id;
    int64_t token;
    int64_t failing_since; /* Unix seconds of the first failure of this step; 0: none */
    unsigned tries;
    bool unknown;
    unsigned char random[SHOP_JOB_RANDOM];
};

/* How a run ends. */
typedef struct {
    const char *state; /* done, pending, waiting, blocked, manual */
    const char *event; /* feedback event; NULL: none */
    const char *reason;
    const char *code;
    ngx_msec_t delay; /* until the next try; 0: none foreseen */
    bool tried;       /* counts as a failed try */
    bool unknown;     /* the step may have happened */
} shop_job_end_t;

/* --- job_sql.c: the shapes of sql/README.md. New references, NULL: no memory --- */

bool shop_job_read_claim(shop_running_t *run); /* false: not a job */
json_t *shop_job_step_argument(const shop_running_t *run);
json_t *shop_job_record_argument(const shop_running_t *run);
json_t *shop_job_end_argument(const shop_running_t *run, const shop_job_t *job,
                              const shop_job_end_t *end);
bool shop_job_is_ours(const json_t *answer); /* false also for NULL */
/* The stored act becomes part of what the next step sees. */
bool shop_job_keep(shop_running_t *run);

/* --- job_end.c: handlers.md 2.4 --- */

void shop_job_end_by_act(const shop_running_t *run, shop_job_end_t *end);
void shop_job_log_end(const shop_running_t *run, const shop_job_end_t *end);
void shop_job_count_end(shop_work_shared_t *shared, const shop_job_end_t *end);

#endif
