/*
 * Background work inside nginx's workers: production in Moodle, mails, invoice numbers, spooled
 * payment notifications, housekeeping.
 *
 * Each worker process starts one shop_work_t. It asks PostgreSQL for work on a timer (JB-4), at
 * once after an own commit (shop_work_wake), and drives what it got with link.h. Nothing here
 * blocks; between two asynchronous calls only shop_work_t and its small structures live. Timers
 * that merely wait for work are cancelable; what is under way is an operation with a deadline, so
 * that a leaving worker finishes its step and claims no more.
 */

#ifndef SHOP_WORK_H
#define SHOP_WORK_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "link/link.h"
#include "pay/pay.h"
#include "produce/produce.h"
#include "view/view.h"
#include "work/statements.h"


/* --- the Moodle site: filled by the web room from the `shop_moodle` block --- */

typedef struct {
    ngx_str_t url;         /* wwwroot without a last slash; empty: no Moodle, jobs stay pending */
    ngx_str_t token;       /* content of the token file, without blanks around it */
    ngx_str_t login_token; /* of the service that lets people in (auth_userkey); empty: none */
    ngx_str_t password_service; /* short name, for log-ins by password; empty: none */
    ngx_array_t no_login_users; /* int64_t: ids that nobody is let in as */
    ngx_str_t canary; /* e-mail of a known user who hides it (start-up check); empty: none */
    ngx_str_t host;   /* optional `Host` header; empty: that of the url */
    shop_site_t site; /* role map, accounts, foreign enrolments */

    ngx_msec_t connect_timeout;  /* 3 s */
    ngx_msec_t read_timeout;     /* 15 s */
    ngx_msec_t write_timeout;    /* 30 s */
    ngx_uint_t concurrency;      /* calls at once, shared out among the workers: 3 */
    ngx_uint_t breaker_failures; /* transport errors in a row: 5 */
    ngx_msec_t breaker_probe;    /* 30 s */
    ngx_msec_t gate_probe;       /* 5 min */
    ngx_msec_t check_interval;   /* start-up check repeated: 1 h */
    ngx_msec_t retry_delays[5];  /* 10 s, 30 s, 2 min, 10 min, 1 h */
    ngx_msec_t blocked_retry;    /* 6 h */
    ngx_msec_t give_up;          /* 48 h */
    ngx_msec_t available_for;    /* how long it is known who may have what: 5 min */
} shop_moodle_conf_t;

/* All defaults above; the web room overwrites what is configured. */
void shop_moodle_conf_init(shop_moodle_conf_t *conf);


/* --- the provisioner of whole Moodle sites: the `shop_provisioner` directive --- */

typedef struct {
    ngx_str_t url; /* without a last slash; empty: none, a person makes them */
    ngx_str_t secret;
    ngx_str_t domain; /* of the sites; empty: products tell */
} shop_provisioner_conf_t;

/* One of its verbs (produce.h), signed, in the arena's memory. NGX_ERROR: there is no provisioner,
 * or no memory. */
ngx_int_t shop_provisioner_http(const shop_provisioner_conf_t *conf, shop_arena_t *arena,
                                const char *function, const json_t *arguments,
                                shop_http_request_t *request);


/* --- mails --- */

typedef struct {
    shop_smtp_conf_t smtp;
    ngx_str_t sender; /* address of the envelope and of From, when the shop has none */
    ngx_str_t sender_name;
    ngx_str_t base_url; /* for links */
    ngx_msec_t timeout; /* one message: 30 s */
    ngx_uint_t enabled; /* 0: mails stay queued */
} shop_mail_conf_t;

void shop_mail_conf_init(shop_mail_conf_t *conf);


/* --- what all workers share: lies in the zone, zeroed when the zone is made --- */

typedef enum {
    SHOP_GATE_OPEN = 0,
    SHOP_GATE_BREAKER, /* too many transport errors */
    SHOP_GATE_REFUSED  /* token, service or account refused */
} shop_gate_e;

typedef struct {
    ngx_atomic_t calls_total;
    ngx_atomic_t failures;     /* transport errors in a row */
    ngx_atomic_t gate;         /* shop_gate_e */
    ngx_atomic_t probe_at;     /* Unix milliseconds of the next probe */
    ngx_atomic_t check_at;     /* Unix seconds of the next start-up check */
    ngx_atomic_t check_result; /* bits SHOP_CHECK_* of the last one */
    ngx_atomic_t checked_at;   /* Unix seconds; 0: never */
    ngx_atomic_t jobs_done;
    ngx_atomic_t jobs_retried;
    ngx_atomic_t jobs_stopped; /* blocked or manual */
    ngx_atomic_t jobs_waiting;
    ngx_atomic_t mails_sent;
    ngx_atomic_t mails_failed;
    ngx_atomic_t invoices;
    ngx_atomic_t spool_replayed;
    ngx_atomic_t spool_aside;
    ngx_atomic_t spool_owner;    /* process that replays; 0: none yet */
    ngx_atomic_t payments_found; /* paid without any notification, says the provider's API */
    ngx_atomic_t refunds_done;   /* by providers, for staff */
} shop_work_shared_t;

/* Start-up check (handlers.md 7.3): a bit is set for what is wrong. */
#define SHOP_CHECK_UNREACHABLE 0x01
#define SHOP_CHECK_REFUSED 0x02   /* token, service, account */
#define SHOP_CHECK_FUNCTIONS 0x04 /* one of ours is not in the service */
#define SHOP_CHECK_CANARY 0x08    /* a hidden e-mail is not found: accounts would be doubled */
#define SHOP_CHECK_SELF 0x10      /* the service account does not see itself by e-mail or id */
#define SHOP_CHECK_CLOCK 0x20     /* more than 60 s apart */
#define SHOP_CHECK_LOGIN 0x80     /* the service of login_token_file lets nobody in */
#define SHOP_CHECK_ROLES 0x40     /* a role that is sold, or `student`, is not in the map */


/* Who may have what, as handlers said it (available.h); in the zone, too. */
typedef struct shop_available_cache_s shop_available_cache_t;


/* --- one worker's background work --- */

typedef struct shop_work_s shop_work_t;

/* A spooled payment notification goes through the web room's pipeline again. `message` is what was
 * spooled; it and `replay` are valid until shop_work_replayed() has been called, exactly once, at
 * the earliest from within this call. */
typedef struct shop_replay_s shop_replay_t;
typedef void (*shop_replay_pt)(void *data, shop_replay_t *replay, shop_str_t message);

typedef enum {
    SHOP_REPLAY_DONE = 0, /* durable in the database, or of no use to anybody: remove the file */
    SHOP_REPLAY_LATER,    /* the database is away again: keep it */
    SHOP_REPLAY_ASIDE /* cannot be applied as it is: for a person, out of the way of the others */
} shop_replay_e;

void shop_work_replayed(shop_replay_t *replay, shop_replay_e result);

/* A notification was judged when its proof had come; `answer` is shop.message_end's. */
typedef void (*shop_proved_pt)(ngx_log_t *log, shop_str_t config, const json_t *answer,
                               shop_pay_result_t *result);

/* The signed address of an order's document, for mails; `order` as shop.order_read gives it. The
 * empty text: no link. */
typedef shop_str_t (*shop_ticket_pt)(void *data, shop_arena_t *arena, const json_t *order);
/* The address of a product's page, for mails; the empty text: no link. */
typedef shop_str_t (*shop_page_pt)(void *data, shop_arena_t *arena, shop_str_t shop,
                                   shop_str_t product);
/* How an unpaid order is paid, as rows of the payment mode; count 0: nothing to say. */
typedef shop_status_t (*shop_instructions_pt)(void *data, shop_arena_t *arena, const json_t *order,
                                              const shop_lang_t *lang, const shop_pair_t **pairs,
                                              size_t *count);

typedef struct {
    shop_pg_t *pg;
    shop_http_t *http;     /* NULL: neither Moodle nor mail */
    shop_spool_t *spool;   /* NULL: none */
    shop_replay_pt replay; /* with spool */
    void *replay_data;

    const shop_pay_config_t *const *payments; /* all blocks; those with an API are asked */
    size_t payment_count;
    shop_proved_pt proved;  /* counts and logs what proofs decide */
    shop_str_t message_key; /* seals the messages that are proved here; empty: their digest only */

    shop_ticket_pt ticket; /* NULL: mails carry no link */
    void *ticket_data;
    shop_page_pt page;                 /* NULL: as above; its data: ticket_data */
    shop_instructions_pt instructions; /* NULL: mails do not tell how to pay */
    void *instructions_data;

    const shop_moodle_conf_t *moodle;
    const shop_provisioner_conf_t *provisioner;
    const shop_mail_conf_t *mail;
    const shop_strings_t *strings;
    const shop_template_set_t *templates;
    shop_work_shared_t *shared;        /* NULL is allowed: own counters, no common breaker */
    shop_available_cache_t *available; /* NULL: handlers are not asked who may have what */

    ngx_msec_t pause;                 /* between two claims: 1 s, plus as much jitter (JB-4) */
    ngx_msec_t pause_max;             /* when there is nothing: 10 s */
    ngx_uint_t jobs_max;              /* at once in this worker: 4 */
    ngx_msec_t housekeeping_interval; /* 10 min */
} shop_work_conf_t;

void shop_work_conf_init(shop_work_conf_t *conf); /* zeroes, then the numbers above */

/* `conf` is copied, what it points to must live as long as the worker. NULL: no memory. */
shop_work_t *shop_work_start(const shop_work_conf_t *conf, ngx_log_t *log);
/* Work was committed by this process: look at once. Cheap; may be called for every commit. */
void shop_work_wake(shop_work_t *work);
/* A provider is to be asked about a payment soon. As cheap. */
void shop_work_wake_reconcile(shop_work_t *work);
/* A message was kept whose proof is to be fetched. As cheap. */
void shop_work_wake_proofs(shop_work_t *work);
/* PostgreSQL is there, or there again: look at once for what has waited for it. */
void shop_work_on_database(shop_work_t *work);
/* The worker begins to leave: claim nothing more, let what is under way end. */
void shop_work_on_shutdown(shop_work_t *work);
/* End of the process: forget everything; leases end by themselves. */
void shop_work_stop(shop_work_t *work);

/* --- conversations with payment providers (talk.c) --- */

#define SHOP_TALK_DEADLINE 10000 /* of one conversation, whatever its number of calls */

/* What op->reply.talk points to when such an operation has ended well. */
typedef struct shop_talk_s {
    const shop_pay_talk_t *about;
    const shop_pay_heard_t *heard;
    unsigned sent : 1; /* a call has left that the provider may have carried out */
} shop_talk_t;

/* Holds a conversation: gets an access token when one is needed, makes the calls, gives the one
 * outcome. `about` is copied; what it points to must live as long as the op. SHOP_LINK_ERROR: the
 * provider answered, but not as hoped; op->error says why, without anything secret. With the other
 * statuses the outcome is unknown, as of any call. */
void shop_talk(shop_work_t *work, shop_op_t *op, const shop_pay_config_t *config,
               const shop_pay_talk_t *about);

/* What the check of the site has found wrong: a new array of words; NULL: no memory. */
json_t *shop_work_trouble(const shop_work_shared_t *shared);
/* For the status page: a new object (gate, check, jobs, mails, counters); NULL: no memory. */
json_t *shop_work_status(const shop_work_t *work);

#endif
