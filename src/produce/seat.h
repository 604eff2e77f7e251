/*
 * Private to the handlers that sell seats: giving them to people, and taking them back
 * (handlers.md 9.6, 9.7). The instance says what kind of seat it is: one of a pool has a
 * `courselist`, one of a session its course.
 */

#ifndef SHOP_PRODUCE_SEAT_H
#define SHOP_PRODUCE_SEAT_H

#include "produce/operate.h"

/* --- seat_courses.c: the courses of a pool; {list [{id, name}]} --- */

void shop_seat_courses_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_courses_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
/* Whether an entry of the list stands for one of these courses, open or not. */
bool shop_seat_courses_match(const json_t *courses, shop_str_t entry);
/* The same again, kept where the page of the seats finds them. */
void shop_seat_offer_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_offer_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- seat_give.c: action "assign" --- */

void shop_seat_course_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_guard_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_guard_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_seat_dates_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_taken_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_enrol_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_mail_build(const shop_job_t *job, shop_act_t *act);

#define SHOP_STEPS_SEAT_GIVE                                                                       \
    {"course", shop_seat_course_build, shop_course_read, "assign"},                                \
        {"user", shop_user_build, shop_user_read, "assign owner"},                                 \
        {"guard", shop_seat_guard_build, shop_seat_guard_read, "assign"},                          \
        {"dates", shop_seat_dates_build, NULL, "assign"},                                          \
        {"taken", shop_seat_taken_build, NULL, "assign"},                                          \
    {                                                                                              \
        "enrol", shop_seat_enrol_build, shop_span_read, "assign"                                   \
    }
#define SHOP_STEPS_SEAT_TELL                                                                       \
    {"delegation", shop_delegation_build, NULL, "assign"},                                         \
    {                                                                                              \
        "mail", shop_seat_mail_build, NULL, "assign"                                               \
    }

/* --- seat_delegation.c: the buyer's role over who has a seat --- */

void shop_delegation_build(const shop_job_t *job, shop_act_t *act);
void shop_delegated_build(const shop_job_t *job, shop_act_t *act);
void shop_undelegated_build(const shop_job_t *job, shop_act_t *act); /* of the former owner */
void shop_delegated_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);

/* --- seat_back.c: action "release" --- */

void shop_seat_entered_build(const shop_job_t *job, shop_act_t *act);
void shop_seat_entered_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act);
void shop_seat_freed_build(const shop_job_t *job, shop_act_t *act);
/* Step `align` of a seat: a free one is nobody's. */
void shop_seat_align_build(const shop_job_t *job, shop_act_t *act);

#define SHOP_STEPS_SEAT_BACK                                                                       \
    {"entered", shop_seat_entered_build, shop_seat_entered_read, "release"},                       \
        {"freed", shop_seat_freed_build, NULL, "release"},                                         \
        {"withdraw", shop_align_build, shop_align_read, "release"},                                \
        {"align", shop_seat_align_build, shop_align_read, "suspend resume update delete refresh"}, \
        {"undelegated", shop_undelegated_build, shop_delegated_read, "owner"},                     \
    {                                                                                              \
        "delegated", shop_delegated_build, shop_delegated_read,                                    \
            "release suspend resume delete refresh owner"                                          \
    }

#endif
