/*
 * Shared by the files of this room: how steps write their acts, and the steps that several
 * handlers have in common.
 */

#ifndef SHOP_PRODUCE_INTERNAL_H
#define SHOP_PRODUCE_INTERNAL_H

#include "produce/produce.h"

#define SHOP_DAY 86400

/* --- acts (act.c). `json` arguments are taken over; NULL among them makes the act a BUG --- */

void shop_act_done(shop_act_t *act, json_t *output);
void shop_act_skip(shop_act_t *act); /* done, with nothing to do */
void shop_act_call(shop_act_t *act, const char *function, json_t *arguments);
void shop_act_more(shop_act_t *act, json_t *progress);
void shop_act_record(shop_act_t *act, shop_act_e kind, json_t *output);
void shop_act_ask(shop_act_t *act, json_t *question);
void shop_act_wait(shop_act_t *act, int64_t until, const char *reason);
void shop_act_stop(shop_act_t *act, shop_act_e kind, const char *reason);
/* The treatment of handlers.md 2.4 for an answer that is not OK. */
void shop_act_by_class(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- the job's documents --- */

const json_t *shop_job_output(const shop_job_t *job, const char *step); /* NULL: not done */
int64_t shop_job_output_id(const shop_job_t *job, const char *step);    /* its "id"; 0 */
const json_t *shop_job_customer(const shop_job_t *job);
const json_t *shop_job_person(const shop_job_t *job); /* of the seat, else the customer */
bool shop_job_is_seat(const shop_job_t *job);
/* What the buyer answered to a question, for this unit (of a line: the first); "" when none. */
shop_str_t shop_job_answer(const shop_job_t *job, const char *field);
bool shop_word_in(shop_str_t word, const char *words); /* words between blanks */
/* The mode of the job's handler (shop_modes_t); "" when it has none. */
shop_str_t shop_job_mode(const shop_job_t *job);
bool shop_job_mode_is(const shop_job_t *job, const char *mode);
int64_t shop_job_moment(const shop_job_t *job, const char *name); /* ordered_at, paid_at; or now */
shop_str_t shop_job_phase(const shop_job_t *job);                 /* progress.phase; "" */
json_t *shop_job_progress(const shop_job_t *job, const char *phase); /* a copy in a new phase */

/* The period by the job's parameters; `course_start` 0: no course. */
SHOP_MUST_USE shop_status_t shop_job_dates(const shop_job_t *job, int64_t course_start,
                                           shop_dates_t *dates);

/* --- steps for the tables --- */

/* ensure_user(buyer), handlers.md 4.2. Output {id, username, fullname, created}. */
void shop_user_build(const shop_job_t *job, shop_act_t *act);
void shop_user_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
/* The same, as far as the product needs an account at all. */
void shop_user_if_build(const shop_job_t *job, bool needed, shop_act_t *act);
/* The steps before payment: the same, and nothing when accounts are opened at payment. */
extern const shop_step_t shop_user_prepay[];

/* The course of the parameters. Output {id, shortname, fullname, startdate}. */
void shop_course_build(const shop_job_t *job, shop_act_t *act);
void shop_course_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
/* The variables `course`, `courseid`. */
void shop_course_feedback(const shop_job_t *job, json_t *vars);
bool shop_course_in_list(const json_t *courses, int64_t id);
/* A course as core_course_get_courses_by_field gives it. */
bool shop_course_hidden(const json_t *course); /* false also when we may not see that */
bool shop_course_manual(const json_t *course); /* manual enrolment is enabled */

/* The period that was decided: outputs `target`, `period` or `dates`. */
shop_dates_t shop_job_stored_dates(const shop_job_t *job);

/* Enrolment by hand (enrolment.c); repeatable. */
typedef struct {
    int64_t role;
    int64_t user;
    int64_t course;
    shop_dates_t dates;
    bool suspended;
} shop_enrolment_t;
int64_t shop_enrolment_role(const shop_job_t *job, shop_str_t name); /* "": student; 0: unknown */
void shop_enrolment_build(const shop_enrolment_t *enrolment, shop_act_t *act);
shop_enrolment_t shop_enrolment_of_instance(const json_t *target); /* output of step `target` */
/* The arguments that enrol `facts` {userid, roleid, courses [id]} for a period. */
json_t *shop_extra_enrolments(const json_t *facts, const shop_dates_t *dates);

/* An enrolment that covers all live instances of the same user, course and role (span.c). */
json_t *shop_span_question(const char *what, const shop_enrolment_t *enrolment);
void shop_span_build(const shop_job_t *job, const shop_enrolment_t *enrolment, shop_act_t *act);
void shop_span_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* A later end for an instance (target.c), named by the answer `productcode`. Output {id, reference,
 * contexttype, instanceid, start, end, previous, facts}. */
typedef struct {
    int64_t days;
    bool from_end;       /* count from the old end even when it has passed */
    const char *context; /* kind that the instance must have; NULL: any */
    int64_t course;      /* course that it must be about; 0: any */
} shop_extension_t;
void shop_target_build(const shop_job_t *job, const shop_extension_t *extension, shop_act_t *act);
void shop_target_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_target_feedback(const shop_job_t *job, json_t *vars);

/* A role in a context: `facts` {roleid, userid, level, instanceid}; `list` names the argument. */
json_t *shop_assignment(const char *list, const json_t *facts);

/* Enrolment in one course, step by step (enrol_steps.c). */
void shop_enrol_dates_build(const shop_job_t *job, shop_act_t *act); /* {start, end, roleid} */
void shop_guard_build(const shop_job_t *job, shop_act_t *act);       /* {keep?} */
void shop_guard_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_enrol_build(const shop_job_t *job, shop_act_t *act);
void shop_customer_group_build(const shop_job_t *job, shop_act_t *act); /* {id} */
void shop_customer_group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_customer_member_build(const shop_job_t *job, shop_act_t *act);
void shop_extra_group_build(const shop_job_t *job, shop_act_t *act); /* {id} */
void shop_extra_group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_extra_member_build(const shop_job_t *job, shop_act_t *act);
void shop_enrol_instance_build(const shop_job_t *job, shop_act_t *act);

/* A group of the course, found or created. Output {id}. */
typedef struct {
    shop_str_t name;
    shop_str_t idnumber; /* empty: none */
} shop_group_t;
void shop_group_build(const shop_job_t *job, const shop_group_t *group, shop_act_t *act);
void shop_group_read(const shop_job_t *job, const shop_group_t *group, const shop_answer_t *answer,
                     shop_act_t *act);
/* The id of the group whose `member` is `value`; 0: none. */
int64_t shop_group_find(const json_t *groups, const char *member, shop_str_t value);
/* The user of step `user` joins the group of step `group`. */
void shop_member_build(const shop_job_t *job, const char *group_step, shop_act_t *act);

/* Support course, handlers.md 4.3: never fails the job. */
bool shop_support_wanted(const shop_job_t *job);
void shop_support_build(const shop_job_t *job, shop_act_t *act);
void shop_support_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* Whether a visitor may have a product (available.c). He must be known; he is not in the course of
 * step `course`; he does not own it yet. The courses are those that he is in, of whoever is known.
 */
void shop_known_build(const shop_job_t *job, shop_act_t *act);
void shop_courses_build(const shop_job_t *job, shop_act_t *act);
void shop_stranger_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_owned_build(const shop_job_t *job, shop_act_t *act);
void shop_owned_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* A configured function, handlers.md 12 (wsfunction.c). */
void shop_wsfunction_build(const shop_job_t *job, shop_act_t *act);
void shop_wsfunction_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- what is made in Moodle and marked with the reference of its instance (made.c) --- */

void shop_reference_build(const shop_job_t *job, shop_act_t *act); /* {reference} */
shop_str_t shop_job_reference(const shop_job_t *job);
/* Whose it will be and where it is made. */
typedef struct {
    const char *place;    /* parameter with the id of the category in which it is made */
    const char *refusal;  /* reason when it names none */
    const char *owner;    /* role of the buyer */
    const char *fallback; /* … on a site without it */
} shop_made_t;
/* The period and the owner's role. Output {start, end, roleid}. */
void shop_made_dates_build(const shop_job_t *job, const shop_made_t *made, shop_act_t *act);
/* … which is suspended some days after its end; takes the instance over. */
json_t *shop_instance_due(json_t *instance, int days);
json_t *shop_instance_made(const shop_job_t *job, const char *context, int64_t id, json_t *facts);

/* Something due: is the instance in force, does another need the same? {current, needed} */
void shop_needed_build(const shop_job_t *job, shop_act_t *act);

/* `{name}` of the text, replaced by the texts of `values`. */
json_t *shop_fill_text(shop_str_t text, const json_t *values);

/* The product instance: facts common to all handlers; the caller adds its own to `facts`. */
json_t *shop_instance_make(const shop_job_t *job, const char *context, int64_t context_id,
                           const shop_dates_t *dates, json_t *facts);

/* --- parameters that handlers have in common --- */

/* clang-format off */
#define SHOP_PARAMS_COURSE                                                                         \
    {.name = "coursename", .type = SHOP_PARAM_COURSE, .help = "Short name of the course"},         \
    {.name = "courseidnumber", .type = SHOP_PARAM_TEXT,                                            \
     .help = "ID number of the course, instead of its short name"},                                \
    {.name = "courseid", .type = SHOP_PARAM_INT,                                                   \
     .help = "Moodle's id of the course, instead of its short name"}
#define SHOP_PARAMS_ENROLMENT                                                                      \
    {.name = "role", .type = SHOP_PARAM_ROLE, .fallback = "student",                               \
     .help = "Role in the course"},                                                                \
    {.name = "enrol", .type = SHOP_PARAM_TEXT, .fallback = "manual", .values = "manual",           \
     .help = "Enrolment method; only \"manual\" can be done"},                                     \
    {.name = "enrolname", .type = SHOP_PARAM_TEXT, .values = "manual",                             \
     .help = "Older name of \"enrol\""},                                                           \
    {.name = "groupname", .type = SHOP_PARAM_TEXT, .refers = SHOP_REFERS_GROUP,                                                 \
     .help = "Group of the course to join; made when it is missing"}
#define SHOP_PARAMS_PERIOD                                                                         \
    {.name = "starttime", .type = SHOP_PARAM_TIME,                                                 \
     .help = "Begin; without it the moment of the payment"},                                       \
    {.name = "endtime", .type = SHOP_PARAM_TIME, .help = "End; +nD and +nH count from the begin"}, \
    {.name = "duration", .type = SHOP_PARAM_DAYS, .help = "Days, instead of an end"},              \
    {.name = "calendar_days", .type = SHOP_PARAM_BOOL,                                             \
     .help = "The last day counts until midnight"}
#define SHOP_PARAMS_FUNCTION                                                                       \
    {.name = "ws_function", .type = SHOP_PARAM_TEXT, .mandatory = true, .modes = "function",       \
     .refers = SHOP_REFERS_FUNCTION,                                                               \
     .help = "Web service function to call, of the site or a plugin"},                             \
    {.name = "ws_args", .type = SHOP_PARAM_TEXT,                                                   \
     .help = "Its arguments: JSON with placeholders such as {userid}"},                            \
    {.name = "ws_ok", .type = SHOP_PARAM_TEXT,                                                     \
     .help = "Path in its answer where 1 or true means success"},                                  \
    {.name = "ws_idempotent", .type = SHOP_PARAM_BOOL, .fallback = "1",                            \
     .help = "It may be called again when the outcome is unknown"},                                \
    {.name = "ws_withdraw", .type = SHOP_PARAM_TEXT, .modes = "function",                          \
     .noted = "withdraw_by_hand", .refers = SHOP_REFERS_FUNCTION,                                  \
     .help = "Function that takes it back on suspension; absent: a person does"},                  \
    {.name = "ws_withdraw_args", .type = SHOP_PARAM_TEXT, .help = "Its arguments, as ws_args"}
#define SHOP_PARAM_SUPPORT                                                                         \
    {.name = "customersupport", .type = SHOP_PARAM_COURSE,                                         \
     .help = "Course where customers are helped; empty: none, absent: the shop's"}
#define SHOP_PARAM_CREDITS                                                                         \
    {.name = "credit_price", .type = SHOP_PARAM_COUNT,                                             \
     .help = "Training credits that pay one unit; absent: it is sold for money only"}
/* clang-format on */

extern const shop_step_t shop_steps_none[]; /* nothing to do in this phase */

extern const shop_handler_t shop_handler_none;
extern const shop_handler_t shop_handler_enrolonecourse;
extern const shop_handler_t shop_handler_enrolonecoursemultiple;
extern const shop_handler_t shop_handler_assignroleoncontext;
extern const shop_handler_t shop_handler_extendenrolperiod;
extern const shop_handler_t shop_handler_prorogate;
extern const shop_handler_t shop_handler_addquizattempts;
extern const shop_handler_t shop_handler_setuponecoursesession;
extern const shop_handler_t shop_handler_generateseats;
extern const shop_handler_t shop_handler_addtrainingcredits;
extern const shop_handler_t shop_handler_registeredproduct;
extern const shop_handler_t shop_handler_createcategory;
extern const shop_handler_t shop_handler_createcourse;
extern const shop_handler_t shop_handler_openltiaccess;
extern const shop_handler_t shop_handler_createvinstance;
extern const shop_handler_t shop_handler_unlockpdcertificate;

#endif
