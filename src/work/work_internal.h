/*
 * Shared by the files of this room: one worker's background work and the small machines it is
 * made of.
 */

#ifndef SHOP_WORK_INTERNAL_H
#define SHOP_WORK_INTERNAL_H

#include "work/available.h"
#include "work/work.h"


/* --- loops (loop.c): ask for work, now and then or at once --- */

typedef struct shop_loop_s shop_loop_t;
typedef struct shop_errand_kind_s shop_errand_kind_t;
typedef void (*shop_loop_pt)(shop_work_t *work, shop_loop_t *loop);

typedef enum {
    SHOP_ROUND_MORE = 0, /* full: there may be more, go on at once */
    SHOP_ROUND_SOME,     /* something, but not all that was asked for */
    SHOP_ROUND_BUSY,     /* somebody else is at it: come back in a moment */
    SHOP_ROUND_NOTHING,  /* the pause doubles */
    SHOP_ROUND_TROUBLE   /* no answer: the pause doubles */
} shop_round_e;

struct shop_loop_s {
    shop_work_t *work;
    const char *name;
    shop_loop_pt run; /* starts one round; ends with shop_loop_ended(), once */
    ngx_msec_t pause_min;
    ngx_msec_t pause_max;
    ngx_msec_t pause; /* the next one, before jitter */
    ngx_event_t timer;
    unsigned running : 1;
    unsigned again : 1; /* woken while running */

    const shop_errand_kind_t *kind; /* of the errands under way */
    ngx_uint_t errands;
    shop_round_e round;
};

void shop_loop_start(shop_loop_t *loop);
void shop_loop_wake(shop_loop_t *loop);
void shop_loop_stop(shop_loop_t *loop);

void shop_loop_ended(shop_loop_t *loop, shop_round_e round);


/* --- questions to PostgreSQL (ask.c): one SQL function, JSON in, JSON out --- */

/* `argument` is taken over. NGX_OK: done() runs later, in any case. NGX_ERROR: no memory,
 * or the process is at its end. */
ngx_int_t shop_ask(shop_work_t *work, ngx_uint_t statement, json_t *argument, shop_op_pt done,
                   void *data);
/* The same for what must be written down: asked again while PostgreSQL is away, for `patience`. The
 * function may be asked twice without harm. */
ngx_int_t shop_ask_firmly(shop_work_t *work, ngx_uint_t statement, json_t *argument,
                          ngx_msec_t patience, shop_op_pt done, void *data);
/* The answer of such an operation: a new reference, NULL when there was none (logged). */
json_t *shop_ask_answer(shop_op_t *op);


/* --- Moodle (moodle_call.c, gate.c, startup_check.c) --- */

typedef struct shop_moodle_call_s shop_moodle_call_t;
/* `answer` and `response` (NULL: none came) are valid during the call only. */
typedef void (*shop_moodle_pt)(void *data, const shop_answer_t *answer,
                               const shop_http_response_t *response);

/* One call, once a place is free. `arguments` stays the caller's and may be NULL. done() runs once
 * in any case, before this returns only when the call cannot be made at all. */
void shop_moodle_call(shop_work_t *work, const char *function, const json_t *arguments,
                      shop_moodle_pt done, void *data);

/* The same with the token of the service that lets people in (auth_userkey): its troubles are not
 * those of production, and leave the gate alone. */
void shop_moodle_login_call(shop_work_t *work, const char *function, const json_t *arguments,
                            shop_moodle_pt done, void *data);

/* The same of the provisioner (provisioner_call.c); done() may run before this returns. */
void shop_provisioner_call(shop_work_t *work, const char *function, const json_t *arguments,
                           shop_moodle_pt done, void *data);

bool shop_gate_is_open(shop_work_t *work);
/* What an answer says about the site as a whole. */
void shop_gate_observe(shop_work_t *work, const shop_answer_t *answer);
/* True for the one caller that may try whether a closed gate opens now. */
bool shop_gate_probe_due(shop_work_t *work);

void shop_check_start(shop_work_t *work);
void shop_check_stop(shop_work_t *work);
/* The last check did not find whom it knows: nobody may be looked up or made. */
bool shop_check_hides_people(const shop_work_t *work);


/* --- who may have what (available.c, available_memo.c) --- */

void shop_available_prepare(shop_work_t *work);
/* What has not been asked yet is not asked any more. */
void shop_available_leave(shop_work_t *work);
bool shop_available_idle(const shop_work_t *work);

/* Answers to reading calls, of this worker, for a minute at most: the products of one page ask the
 * same of one visitor, and those of all visitors the same of one course. */
#define SHOP_MEMO_AGE 60

typedef struct shop_memo_s shop_memo_t;

/* NULL: not kept; else borrowed until the next call, with the time of the answer. */
const json_t *shop_memo_find(shop_work_t *work, const shop_act_t *act, time_t since, time_t *at);
void shop_memo_keep(shop_work_t *work, const shop_act_t *act, json_t *answer, size_t size);
void shop_memo_forget(shop_work_t *work);


/* --- jobs (claim.c, job_run.c) --- */

/* Of a claim, renewed by each stored step, and far longer than any step. */
#define SHOP_JOB_LEASE 600 /* seconds */

typedef struct shop_running_s shop_running_t;

void shop_claim_round(shop_work_t *work, shop_loop_t *loop);
/* Drives one claimed job (a JSON object, taken over) to its end. */
void shop_run_start(shop_work_t *work, json_t *claim);
/* The ids of the jobs that this worker has: a new array, NULL: no memory. */
json_t *shop_run_ids(const shop_work_t *work);


/* --- the other rounds --- */

void shop_mail_round(shop_work_t *work, shop_loop_t *loop);
void shop_registrar_round(shop_work_t *work, shop_loop_t *loop);
void shop_spool_round(shop_work_t *work, shop_loop_t *loop);
/* Another worker may replay now. */
void shop_spool_leave(shop_work_t *work);
void shop_reconcile_round(shop_work_t *work, shop_loop_t *loop);
void shop_refund_round(shop_work_t *work, shop_loop_t *loop);
void shop_proofs_round(shop_work_t *work, shop_loop_t *loop);
/* Some interface has messages that do not prove themselves. */
bool shop_proofs_wanted(const shop_work_conf_t *conf);
void shop_proofs_forget(shop_work_t *work);
void shop_housekeeping_round(shop_work_t *work, shop_loop_t *loop);


/* --- errands (errand.c): what a claim gives, done for payment providers at the same time --- */

typedef struct {
    shop_work_t *work;
    shop_loop_t *loop;
    ngx_pool_t *pool;                /* ends with the errand */
    const shop_pay_config_t *config; /* named by the row */
} shop_errand_t;

struct shop_errand_kind_s {
    ngx_uint_t claim; /* the statement; its argument gets the limit */
    const char *rows; /* the member of its answer */
    size_t limit;     /* as many at the same time */
    size_t size;      /* of a structure that begins with its shop_errand_t */
    bool (*take)(shop_errand_t *errand, const json_t *row); /* false: left to whoever can */
    void (*start)(shop_errand_t *errand);                   /* ends with shop_errand_end(), once */
};

/* `argument` is taken over. */
void shop_errands_claim(shop_loop_t *loop, const shop_errand_kind_t *kind, json_t *argument);
void shop_errand_end(shop_errand_t *errand);


/* --- conversations about payments (payments.c) --- */

/* The blocks that hold them for this purpose, [{config, mode}]: a new array. */
json_t *shop_payments_for(const shop_work_conf_t *conf, shop_pay_purpose_t purpose);
const shop_pay_config_t *shop_payments_find(const shop_work_conf_t *conf, shop_str_t name);
/* An amount of a claimed row, in the minor units of its currency. */
bool shop_payments_minor(const json_t *row, const char *member, int64_t *minor);
/* The texts of a claimed row, copied. False: no memory. */
bool shop_payments_question(ngx_pool_t *pool, const json_t *row, shop_pay_question_t *asked);
/* Events as the database takes them: a new array; NULL: no memory. */
json_t *shop_payments_events(ngx_pool_t *pool, const shop_pay_config_t *config,
                             const shop_pay_events_t *events);


/* --- access tokens of payment providers (access.c), one per configuration --- */

typedef struct {
    ngx_queue_t queue;                     /* among those who wait for a token */
    void (*granted)(void *data, bool got); /* shop_access_token() has it, or it was not granted */
    void *data;
} shop_access_wait_t;

typedef struct shop_access_s shop_access_t;

/* NULL: no memory. */
shop_access_t *shop_access_create(shop_work_t *work);
/* Valid until the next call of this file; empty: none, or about to end. */
shop_str_t shop_access_token(shop_work_t *work, const shop_pay_config_t *config);
/* Gets one; others who want it meanwhile wait for the same call. granted() runs later, once. */
void shop_access_want(shop_work_t *work, const shop_pay_config_t *config, shop_access_wait_t *wait);
void shop_access_leave(shop_access_wait_t *wait); /* nobody waits any more */
bool shop_access_idle(const shop_work_t *work);
/* The provider has refused it: the next caller gets a new one. */
void shop_access_drop(shop_work_t *work, const shop_pay_config_t *config, shop_str_t token);

/* A call of the pay room as a request of the link; the arena's memory. NGX_ERROR: no memory. */
ngx_int_t shop_talk_request(shop_arena_t *arena, const shop_pay_call_t *call,
                            shop_http_request_t *request);


typedef enum {
    SHOP_LOOP_JOBS = 0,
    SHOP_LOOP_MAILS,
    SHOP_LOOP_REGISTRAR,
    SHOP_LOOP_SPOOL,
    SHOP_LOOP_RECONCILE,
    SHOP_LOOP_REFUNDS,
    SHOP_LOOP_PROOFS,
    SHOP_LOOP_HOUSEKEEPING,
    SHOP_LOOPS
} shop_loop_e;

/* A reply that proves messages for a while: a certificate. */
#define SHOP_KEPT_PROOFS 4

typedef struct {
    ngx_pool_t *pool; /* NULL: free */
    shop_str_t url;
    shop_str_t body;
    time_t until;
} shop_kept_proof_t;


struct shop_work_s {
    shop_work_conf_t conf;
    shop_work_shared_t own; /* counters when there is no zone */
    shop_work_shared_t *shared;
    ngx_log_t *log;
    shop_str_t owner; /* names this process in claims */
    char owner_text[96];
    shop_loop_t loops[SHOP_LOOPS];

    ngx_queue_t running; /* shop_running_t */
    ngx_uint_t running_count;

    ngx_queue_t waiting_calls; /* shop_moodle_call_t, no place free yet */
    ngx_uint_t call_count;     /* under way */
    ngx_uint_t call_max;       /* this worker's part of the site's concurrency */

    ngx_queue_t questions;     /* about products: those being asked, then those that wait */
    ngx_uint_t question_count; /* all of them */
    ngx_uint_t asking;         /* those under way */
    shop_memo_t *memo;         /* NULL: nothing kept yet */

    ngx_event_t check_timer;
    ngx_uint_t check_result; /* SHOP_CHECK_* found so far by the check under way */
    json_t *needs;           /* {words, roles} of what is sold; NULL: not known yet */
    shop_replay_t *replay;   /* the one notification being replayed */
    shop_kept_proof_t kept[SHOP_KEPT_PROOFS];
    shop_access_t *access; /* one for each of conf.payments */

    unsigned leaving : 1; /* claims nothing any more */
    unsigned stopped : 1; /* the links are going away: starts nothing any more */
    unsigned checking : 1;
};

#endif
