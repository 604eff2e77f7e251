/*
 * Private to std_addquizattempts.c and its steps: which quizzes, how many attempts, the overrides.
 */

#ifndef SHOP_PRODUCE_QUIZ_H
#define SHOP_PRODUCE_QUIZ_H

#include "produce/produce_internal.h"

int64_t shop_quiz_amount(const shop_job_t *job); /* attempts sold; 0: unreadable */

/* --- quiz_find.c: the quizzes of the parameters --- */

const json_t *shop_quiz_list(const shop_job_t *job); /* [{id, cmid, name, base, courseid}] */
void shop_quiz_modules_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_modules_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_quiz_quizzes_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_quizzes_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_quiz_named_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_named_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

void shop_quiz_test(const shop_test_t *test, json_t *run); /* test_quiz.c */

/* --- quiz_target.c: how many attempts the buyer will have in each; {targets [{quiz, target}]} ---
 */

void shop_quiz_target_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_target_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- quiz_save.c: the overrides written, and read again --- */

void shop_quiz_save_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_save_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* The arguments that save an override with this number of attempts and the other settings that it
 * has; NULL: a new one. */
json_t *shop_quiz_override_new(const shop_job_t *job, const json_t *old, int64_t quiz,
                               int64_t attempts);

/* --- quiz_group.c: the same by groups that have overrides --- */

int64_t shop_quiz_place(const shop_job_t *job, const json_t *groups); /* attempts more; 0: none */
void shop_quiz_place_build(const shop_job_t *job, shop_act_t *act);   /* {place} */
void shop_quiz_place_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_quiz_move_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_move_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- quiz_decided.c: what orders and actions before have decided, by quiz --- */

/* {target, taken} of a quiz in the answer to "attempts_decided"; `taken`, when the instance is not
 * in force: what was taken from it. */
const json_t *shop_quiz_decided(const json_t *answer, int64_t quiz);
/* Keeps progress.attempts with the event of the action. */
void shop_quiz_keep_build(const shop_job_t *job, shop_act_t *act);
/* Adds one quiz to them; negative `taken`: the attempts are given. Not 0: no memory. */
int shop_quiz_keep_add(json_t *attempts, int64_t quiz, int64_t target, int64_t taken);

/* --- quiz_operate.c: attempts taken back, given again, repaired --- */

void shop_quiz_change_build(const shop_job_t *job, shop_act_t *act);
void shop_quiz_change_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* The buyer's own override among those of a quiz; NULL: none. */
const json_t *shop_quiz_override(const shop_job_t *job, const json_t *overrides);
/* Questions about one quiz, about the buyer, about his attempts. */
json_t *shop_quiz_user_question(const shop_job_t *job, const char *name, int64_t value);
json_t *shop_quiz_attempts_question(const shop_job_t *job, int64_t quiz);
json_t *shop_quiz_question(const char *name, int64_t quiz);

#endif
