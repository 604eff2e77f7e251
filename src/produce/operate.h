/*
 * Private to handlers: the steps of actions on instances that several of them share. An action asks
 * the database what is to be in force now and writes that, never what was true when it was ordered.
 */

#ifndef SHOP_PRODUCE_OPERATE_H
#define SHOP_PRODUCE_OPERATE_H

#include "produce/produce_internal.h"

/* --- operate.c: the instance, and its new owner --- */

const json_t *shop_instance_now(const shop_job_t *job); /* inputs.instance */
const json_t *shop_instance_facts(const shop_job_t *job);
bool shop_action_is(const shop_job_t *job, const char *action);
/* Whom the instance is for now; after a change of owner the new one, of a seat that was just freed
 * who had it. */
int64_t shop_instance_user(const shop_job_t *job);
int64_t shop_instance_former(const shop_job_t *job); /* who had it before step `moved` */

/* The first steps of an action "owner": the account of the new one, and the instance is his. */
#define SHOP_STEPS_OWNER                                                                           \
    {"user", shop_user_build, shop_user_read, "owner"},                                            \
    {                                                                                              \
        "moved", shop_moved_build, NULL, "owner"                                                   \
    }
void shop_moved_build(const shop_job_t *job, shop_act_t *act);

/* What is asked is old as soon as anything is unsure. */
bool shop_is_fresh(const shop_job_t *job, const char *phase);

/* --- operate_enrol.c: somebody in a course, or in several --- */

extern const shop_step_t shop_enrol_action[];                  /* with the groups of a course */
extern const shop_step_t shop_courses_action[];                /* enrolments alone */
void shop_align_build(const shop_job_t *job, shop_act_t *act); /* {state} */
void shop_align_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
bool shop_align_is_in(const shop_job_t *job); /* … and step `align` has found him in */
void shop_regroup_build(const shop_job_t *job, shop_act_t *act); /* {id} of the customer's group */
void shop_rejoin_build(const shop_job_t *job, shop_act_t *act);
void shop_withdraw_build(const shop_job_t *job, shop_act_t *act);

/* --- wsfunction.c: what a function of the site gave --- */

void shop_withdrawal_build(const shop_job_t *job, shop_act_t *act);
void shop_withdrawal_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
/* clang-format off */
#define SHOP_STEP_WITHDRAWAL                                                                       \
    {"withdrawal", shop_withdrawal_build, shop_withdrawal_read, "suspend resume"}
/* clang-format on */

/* --- operate_role.c: a role in a context --- */

extern const shop_step_t shop_role_action[];

/* --- operate_made.c, operate_category.c: courses and categories that were made --- */

bool shop_instance_is_live(const shop_job_t *job);
int64_t shop_instance_object(const shop_job_t *job); /* what it stands for in Moodle */
/* Done also when what is to go is not there. */
void shop_gone_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
extern const shop_step_t shop_course_action[];
extern const shop_step_t shop_category_action[];
extern const shop_step_t shop_category_schedule[]; /* due some days after the end */

#endif
