/*
 * What happens in Moodle after a sale: product handlers as tables of named steps, pure.
 *
 * A job (one bill line, element, unit and phase) is driven from outside (work/job_run.c): for the
 * first step of its handler that is not done, build() says what to do (an act): one Moodle call,
 * nothing, record an instance, wait. A call's answer goes to read(), which again gives an act. What
 * an act wants kept (output or progress) is stored before anything else is sent, so that a crash
 * resumes where it was. No handler knows a socket, a clock or a current user: everything comes from
 * the frozen inputs, the outputs of earlier steps and the job's `now`.
 *
 * Frozen inputs (one JSON object, made by SQL when the job is inserted; ids integers, times
 * ISO 8601, missing members count as empty):
 *   phase "prepay" | "postpay" | "schedule" | "action", handler, unit, element, ordered_at,
 * paid_at, transid, ordering, item_id, product {code, name, renewable, track_instance}, quantity,
 *   params {name: text}           the handler's parameters (product, then bill line)
 *   customer {id, email, firstname, lastname, city, country, lang, phone, organisation,
 *             moodle_user_id, identity: "mail" | "moodle" | "staff" | "" (how the mailbox was
 * proven)} customerdata {field: [answer of each unit]} seat {role, person {firstname, lastname,
 * email, …}}   a named place: for whom the job works action, instance {id, reference, contexttype,
 * instanceid, startdate, enddate, productiondata} of what is due for an instance, or done to it
 *   shop {id, support_course, utc_offset}   offset in seconds of the shop's time zone
 *   covered [{id}]                courses of other live instances of this customer
 * "customer" and "covered" are read anew at each claim, the rest is frozen. Of an action "instance"
 * is read anew, too, and the outputs begin with those of the job that made the instance.
 */

#ifndef SHOP_PRODUCE_H
#define SHOP_PRODUCE_H

#include "base/base.h"


/* --- Moodle's answers (moodle_answer.c): handlers.md 2.4, 5.4, moodle-ws-observed.md 2 --- */

typedef enum {
    SHOP_ANSWER_OK = 0,
    SHOP_ANSWER_TRANSPORT, /* no sensible answer: outcome unknown, retry */
    SHOP_ANSWER_TEMPORARY, /* Moodle says "later": retry */
    SHOP_ANSWER_GATE,    /* token, service or service account refused: the whole site is blocked */
    SHOP_ANSWER_RIGHTS,  /* a capability is missing: blocked */
    SHOP_ANSWER_MISSING, /* course, user, role or enrolment method is not there: blocked */
    SHOP_ANSWER_COLLISION, /* a creation met something that exists: run the check */
    SHOP_ANSWER_INPUT,     /* Moodle refuses our values: manual */
    SHOP_ANSWER_UNKNOWN    /* any other code: three retries, then manual */
} shop_answer_class_e;

typedef struct {
    shop_answer_class_e answer_class;
    json_t *json;         /* OK only: the value, owned (shop_answer_free) */
    char code[64];        /* errorcode when it looks like one, else a short name of ours */
    unsigned http_status; /* 0: no answer */
} shop_answer_t;

/* `status` 0: no answer came. Warnings that name an item count as an error of the call. */
void shop_moodle_read(const char *function, unsigned status, shop_str_t body,
                      shop_answer_t *answer);
/* Of login/token.php: OK with {token}; INPUT: name or password are wrong; another class of
 * refusal: the account cannot be used. */
void shop_moodle_read_token(unsigned status, shop_str_t body, shop_answer_t *answer);
void shop_answer_free(shop_answer_t *answer);
const char *shop_answer_class_name(shop_answer_class_e answer_class);


/* --- Moodle's requests (moodle_request.c): handlers.md 5.1, 5.2 --- */

#define SHOP_MOODLE_BODY_MAX (256 * 1024)

typedef struct {
    const char *name;
    bool writes;  /* changes something: longer time-out, its warnings are errors */
    bool creates; /* `invalidparameter` may mean that the thing exists */
    bool raw;     /* names are compared: ask for them unformatted */
    bool slow;    /* minutes: handlers.md 5.6 */
    bool special; /* only some handlers call it: a service without it is no closed gate */
    /* Of a special one, words between blanks: the handlers ("handler/mode" when it is for one of
     * its modes), and the parameters that name a role, whose production or operations call it. */
    const char *sold;
} shop_moodle_function_t;

/* The functions of Moodle that our handlers call. NULL: not one of them (a configured one). */
const shop_moodle_function_t *shop_moodle_function(const char *name);
const shop_moodle_function_t *shop_moodle_functions(size_t *count);
/* Whether a site where `words` are sold, an array as in `sold`, must offer it. */
bool shop_moodle_needed(const shop_moodle_function_t *function, const json_t *words);
/* The form body: token, function, format, then `arguments` (an object, or NULL) the PHP way.
 * null members are left out. SHOP_MALFORMED: an empty list or object, which cannot be sent. */
SHOP_MUST_USE shop_status_t shop_moodle_encode(shop_arena_t *arena, shop_str_t token,
                                               const char *function, const json_t *arguments,
                                               shop_str_t *body);


/* --- the site's settings --- */

typedef struct {
    shop_str_t name;
    int64_t id;
} shop_role_t;

typedef enum {
    SHOP_FOREIGN_MANUAL = 0, /* a person decides (default) */
    SHOP_FOREIGN_OVERWRITE,
    SHOP_FOREIGN_KEEP
} shop_foreign_e;

typedef struct {
    const shop_role_t *roles;
    size_t role_count;
    shop_str_t account_auth; /* "manual" */
    bool account_password;   /* Moodle makes a first password and mails it */
    bool account_at_payment; /* false: when the order is placed */
    bool resume_suspended;   /* wake a suspended account instead of asking a person */
    shop_foreign_e on_foreign_enrolment;
    bool lets_in;                  /* people enter it by one-time addresses (auth_userkey) */
    shop_str_t learner_domain;     /* of addresses of learners who share none */
    bool provisioner;              /* there is one: whole sites are made without a person */
    shop_str_t provisioner_domain; /* of the sites that it makes; empty: products tell */
} shop_site_t;

/* manager 1, coursecreator 2, editingteacher 3, teacher 4, student 5 */
extern const shop_role_t shop_roles_default[5];
int64_t shop_role_find(const shop_site_t *site, shop_str_t name); /* 0: not in the map */
/* Parameters that name a role: a new array of {handler, param, role}, `role` when the parameter is
 * absent, or null. */
json_t *shop_role_params(void);


/* --- the provisioner of whole sites (provisioner.c): handlers.md 9.15 --- */

typedef struct {
    const char *name; /* as SHOP_ACT_CALL names it */
    const char *method;
    const char *suffix; /* of the instance's path */
    bool body;          /* `instance` of the arguments is sent */
} shop_provisioner_verb_t;

/* NULL: a function of Moodle. */
const shop_provisioner_verb_t *shop_provisioner_verb(const char *name);
/* `arguments` {reference, instance}; the path below the provisioner's address, the body. */
SHOP_MUST_USE shop_status_t shop_provisioner_request(shop_arena_t *arena,
                                                     const shop_provisioner_verb_t *verb,
                                                     const json_t *arguments, shop_str_t *path,
                                                     shop_str_t *body);
/* Value of the header X-Shop-Signature. */
SHOP_MUST_USE shop_status_t shop_provisioner_sign(shop_arena_t *arena, shop_str_t secret,
                                                  const char *method, shop_str_t path,
                                                  shop_str_t body, int64_t now,
                                                  shop_str_t *signature);
/* `status` 0: no answer came. */
void shop_provisioner_read(unsigned status, shop_str_t body, shop_answer_t *answer);


/* --- acts: what a step wants --- */

typedef enum {
    SHOP_ACT_DONE = 0, /* the step is done: store `output` */
    SHOP_ACT_CALL,     /* call `function` of Moodle or of the provisioner, then read() */
    SHOP_ACT_MORE,     /* store `progress`, then build() again */
    SHOP_ACT_INSTANCE, /* record `output` as the product instance; the answer is the output */
    SHOP_ACT_ISSUE,    /* record `output` as the certificate; the answer is the output */
    SHOP_ACT_ASK,      /* ask the database about `output`, whose "what" names the question */
    SHOP_ACT_WAIT,     /* the world is not ready: come back at `until`; not an error */
    SHOP_ACT_RETRY,    /* repeat later by the table of 2.4 */
    SHOP_ACT_BLOCKED,  /* configuration: until an operator says so, and every 6 h */
    SHOP_ACT_MANUAL,   /* a person must decide */
    SHOP_ACT_GATE,     /* stop calling this site until it lets us in again */
    SHOP_ACT_BUG       /* out of memory, or impossible */
} shop_act_e;

typedef struct {
    shop_act_e kind;
    const char *function;
    json_t *arguments; /* owned, like the two below (shop_act_free) */
    json_t *output;
    json_t *progress;
    int64_t until;
    const char *reason; /* a key, for people by the language files: "not_completed" */
    char code[64];      /* errorcode or detail, for sales and the log */
    bool unknown;       /* with RETRY: the outcome is unknown, check before acting again */
} shop_act_t;

void shop_act_free(shop_act_t *act);


/* --- jobs and handlers --- */

typedef struct {
    const json_t *inputs;   /* frozen */
    const json_t *outputs;  /* object: name -> output, of the steps that are done */
    const json_t *progress; /* what the current step has stored so far; NULL: nothing */
    /* The last act of the current step may have happened without our knowing, or others were at
     * work since the step stored its progress: check first. Over as soon as the step has stored
     * something. */
    bool unknown;
    unsigned tries; /* failed tries of the current step */
    int64_t now;
    const unsigned char *random; /* SHOP_JOB_RANDOM bytes, new for each build */
    const shop_site_t *site;
} shop_job_t;

#define SHOP_JOB_RANDOM 32

typedef void (*shop_step_build_pt)(const shop_job_t *job, shop_act_t *act);
typedef void (*shop_step_read_pt)(const shop_job_t *job, const shop_answer_t *answer,
                                  shop_act_t *act);

typedef struct {
    const char *name; /* stored: never renamed */
    shop_step_build_pt build;
    shop_step_read_pt read; /* of whatever is answered; NULL: an OK answer is the output */
    /* Words between blanks: the modes (before and after payment) or the actions (of instances) that
     * the step is for; in any other it is passed over. NULL: all. */
    const char *only;
} shop_step_t;

/* Ways in which a handler works, chosen by a parameter. */
typedef struct {
    const char *param;   /* NULL: there is only one */
    const char *values;  /* words between blanks, the first when the parameter is absent */
    const char *refusal; /* reason when it says something else */
} shop_modes_t;

typedef enum {
    SHOP_PARAM_TEXT = 0,
    SHOP_PARAM_INT,
    SHOP_PARAM_BOOL,
    SHOP_PARAM_TIME, /* Unix seconds, ISO 8601, +nD, +nH */
    SHOP_PARAM_ROLE,
    SHOP_PARAM_COURSE,
    SHOP_PARAM_COUNT, /* a whole number from 1 */
    SHOP_PARAM_DAYS   /* a number of days */
} shop_param_type_e;

/* What the test of a product looks up for a parameter. */
typedef enum {
    SHOP_REFERS_NOTHING = 0,
    SHOP_REFERS_COURSES,  /* short names of courses, with commas */
    SHOP_REFERS_PATTERNS, /* the same, also #ids and with % for any text */
    SHOP_REFERS_CATEGORY, /* the id of a category */
    SHOP_REFERS_GROUP,    /* a group of the product's course; it is made when it is missing */
    SHOP_REFERS_GROUPS,   /* ID numbers of groups of the product's course, with commas */
    SHOP_REFERS_MODULE,   /* the id of a course module */
    SHOP_REFERS_FUNCTION  /* a function of the site's service */
} shop_refers_e;

typedef struct {
    const char *name; /* NULL ends the table */
    shop_param_type_e type;
    const char *fallback; /* NULL: none */
    bool mandatory;
    int64_t min;          /* of a number */
    const char *values;   /* words between blanks: nothing else is possible; NULL: any text */
    const char *modes;    /* words between blanks: of use in these modes only; NULL: all */
    const char *noted;    /* what the test warns of when it is absent, or 0 without a fallback */
    shop_refers_e refers; /* what it names in Moodle, beside its type */
    const char *help;     /* for the seller, in English */
} shop_param_t;

typedef struct shop_test_s shop_test_t; /* test.h */

typedef enum { SHOP_BUYERS_BOTH = 0, SHOP_BUYERS_LOGGED_IN = 1 } shop_buyers_e;

#define SHOP_CHECK_COURSE 0x1  /* a course must be named */
#define SHOP_CHECK_MANUAL 0x2  /* it has the enrolment method manual */
#define SHOP_CHECK_EXTENDS 0x4 /* something with an end is sold for it */

/* What one job is about; the table shop.handlers says the same. */
typedef enum {
    SHOP_JOB_PER_UNIT = 0,
    SHOP_JOB_PER_LINE,
    SHOP_JOB_PER_SEAT /* unit 0 for the buyer, then one for each named person */
} shop_units_e;

typedef struct {
    const char *name; /* "" is the product without handler */
    shop_buyers_e buyers;
    unsigned max_quantity; /* 0: no limit */
    shop_units_e units;
    const shop_param_t *params;
    shop_modes_t modes;
    unsigned checks; /* SHOP_CHECK_…, of the test of a product (test.h) */
    const char
        *asks; /* questions that the product must ask its buyers; those with "?" had better */
    const shop_step_t *prepay; /* tables ended by a NULL name */
    const shop_step_t *postpay;
    const shop_step_t *schedule; /* what is due for an instance; NULL: nothing ever */
    /* What an operation on an instance does in Moodle, by their name in `only`: suspend, resume,
     * update, delete, owner, refresh; of seats assign and release, too. NULL: nothing. */
    const shop_step_t *action;
    /* May a visitor have it? Steps that only read (available.h); NULL: always. */
    const shop_step_t *available;
    /* Adds the handler's own variables for texts to `vars`; NULL: none. */
    void (*feedback)(const shop_job_t *job, json_t *vars);
    /* What the declarations above do not say about a product to be tested; NULL: nothing. */
    void (*test)(const shop_test_t *test, json_t *run);
} shop_handler_t;

const shop_handler_t *shop_handler_find(shop_str_t name); /* NULL: unknown */
/* Handlers with several modes: a new array of {handler, param, mode}, the usual mode. */
json_t *shop_mode_params(void);
const shop_handler_t *const *shop_handlers(size_t *count);

/* The first step of the job's phase that is not in job->outputs; NULL: all are done, or one of them
 * put an "end" to the job. */
const shop_step_t *shop_job_next(const shop_handler_t *handler, const shop_job_t *job);
/* What the answer means: read() of the step, or the treatment of 2.4. Answers with SHOP_ANSWER_GATE
 * never reach read(). */
void shop_job_read(const shop_step_t *step, const shop_job_t *job, const shop_answer_t *answer,
                   shop_act_t *act);

/* {"handler", "event", "vars": {…}}: a new reference, stored with the job and put into words by
 * the view room with the keys `<handler>.<event>.<audience>`. Events: prepay_account, done,
 * partial, waiting, failed. Audiences: public, private, sales. NULL: no memory. */
json_t *shop_job_feedback(const shop_handler_t *handler, const shop_job_t *job, const char *event);


/* --- parameters and dates (params.c, dates.c): handlers.md 3 --- */

shop_str_t shop_param_text(const shop_job_t *job, const char *name); /* "" when absent */
bool shop_param_bool(const shop_job_t *job, const char *name);       /* "1", "yes", "true" */
/* `fallback` when it is absent; false: not a number from 0 to `max`. */
bool shop_param_int(const shop_job_t *job, const char *name, int64_t fallback, int64_t max,
                    int64_t *value);

typedef struct {
    shop_str_t starttime;
    shop_str_t endtime;
    shop_str_t duration; /* days */
    bool calendar_days;
    int32_t utc_offset; /* of the shop's time zone, for calendar_days */
    bool renewable;
    int64_t moment;       /* of the payment */
    int64_t course_start; /* 0: none */
} shop_dates_in_t;

typedef struct {
    int64_t start;
    int64_t end; /* 0: unlimited */
} shop_dates_t;

/* SHOP_MALFORMED: an unreadable parameter; SHOP_REFUSED: the end is not after the start. */
SHOP_MUST_USE shop_status_t shop_dates_compute(const shop_dates_in_t *in, shop_dates_t *dates);


/* --- names (username.c): handlers.md 4.2 point 5 --- */

#define SHOP_USERNAME_MAX 90

/* ASCII user name from a person's names; `digits` is used when nothing is left of them. */
void shop_username_make(shop_str_t firstname, shop_str_t lastname, unsigned digits,
                        char out[SHOP_USERNAME_MAX + 1]);
/* `%`, `_` and `\` get a `\` in front: Moodle's e-mail criterion is a LIKE. */
SHOP_MUST_USE shop_status_t shop_like_escape(shop_arena_t *arena, shop_str_t text,
                                             shop_str_t *pattern);

/* Product references: "WWWW-XXXX-YYYY-ZZCC". */
#define SHOP_REFERENCE_SIZE 20
void shop_reference_draw(const unsigned char random[SHOP_JOB_RANDOM],
                         char out[SHOP_REFERENCE_SIZE]);

/* Certificate numbers (certificate_number.c): "C-2026-WWWW-XXXX-YYYY-ZZCC". */
#define SHOP_CERTIFICATE_NUMBER_SIZE 27
void shop_certificate_number(int64_t now, const unsigned char random[SHOP_JOB_RANDOM],
                             char out[SHOP_CERTIFICATE_NUMBER_SIZE]);
bool shop_certificate_number_valid(shop_str_t number);

#endif
