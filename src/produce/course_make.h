/*
 * Private to std_createcourse.c: the step that makes the course (course_make.c).
 */

#ifndef SHOP_PRODUCE_COURSE_MAKE_H
#define SHOP_PRODUCE_COURSE_MAKE_H

#include "produce/produce_internal.h"

#define SHOP_SHORT_NAME_SIZE 32

/* Uses outputs `user`, `names` {fullname, idnumber, category} and `template` {id?}; gives {id}. */
void shop_course_make_build(const shop_job_t *job, shop_act_t *act);
void shop_course_make_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

#endif
