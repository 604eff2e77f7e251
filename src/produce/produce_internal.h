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
void shop_act_wait(shop_act_t *act, int64_t until, const char *reason);
void shop_act_stop(shop_act_t *act, shop_act_e kind, const char *reason);
/* The treatment of handlers.md 2.4 for an answer that is not OK. */
void shop_act_by_class(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- the job's documents --- */

const json_t *shop_job_output(const shop_job_t *job, const char *step); /* NULL: not done */
int64_t shop_job_output_id(const shop_job_t *job, const char *step);    /* its "id"; 0 */
const json_t *shop_job_customer(const shop_job_t *job);
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
/* The steps before payment: the same, and nothing when accounts are opened at payment. */
extern const shop_step_t shop_user_prepay[];

/* The course of the parameters. Output {id, shortname, fullname, startdate}. */
void shop_course_build(const shop_job_t *job, shop_act_t *act);
void shop_course_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
/* The variables `course`, `courseid`. */
void shop_course_feedback(const shop_job_t *job, json_t *vars);
bool shop_course_in_list(const json_t *courses, int64_t id);

/* The buyer's enrolment by hand in the course of step `course` (enrolment.c); repeatable. */
typedef struct {
    int64_t role;
    shop_dates_t dates;
} shop_enrolment_t;
int64_t shop_enrolment_role(const shop_job_t *job, shop_str_t name); /* "": student; 0: unknown */
void shop_enrolment_build(const shop_job_t *job, const shop_enrolment_t *enrolment,
                          shop_act_t *act);

/* A group of the course, found or created. Output {id}. */
typedef struct {
    shop_str_t name;
    shop_str_t idnumber; /* empty: none */
} shop_group_t;
void shop_group_build(const shop_job_t *job, const shop_group_t *group, shop_act_t *act);
void shop_group_read(const shop_job_t *job, const shop_group_t *group, const shop_answer_t *answer,
                     shop_act_t *act);
/* The user of step `user` joins the group of step `group`. */
void shop_member_build(const shop_job_t *job, const char *group_step, shop_act_t *act);

/* Support course, handlers.md 4.3: never fails the job. */
void shop_support_build(const shop_job_t *job, shop_act_t *act);
void shop_support_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* A configured function, handlers.md 12 (wsfunction.c). */
void shop_wsfunction_build(const shop_job_t *job, shop_act_t *act);
void shop_wsfunction_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* The product instance: facts common to all handlers; the caller adds its own to `facts`. */
json_t *shop_instance_make(const shop_job_t *job, const char *context, int64_t context_id,
                           const shop_dates_t *dates, json_t *facts);

extern const shop_handler_t shop_handler_none;
extern const shop_handler_t shop_handler_enrolonecourse;
extern const shop_handler_t shop_handler_unlockpdcertificate;

#endif
