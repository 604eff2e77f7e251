/*
 * A seat is taken back: only while its holder has never entered the course, and at once free for
 * somebody else (handlers.md 9.6).
 */

#include "produce/seat.h"


static bool is_refused(const shop_job_t *job)
{
    return shop_str_eq(shop_job_phase(job), SHOP_STR("refused"));
}


/* --- step `entered` --- */

void shop_seat_entered_build(const shop_job_t *job, shop_act_t *act)
{
    if (is_refused(job)) {
        shop_act_ask(act, json_pack("{s:s, s:s}", "what", "seat_refused", "reason", "seat_used"));
        return;
    }
    shop_act_call(act, "core_enrol_get_users_courses",
                  json_pack("{s:I, s:b}", "userid", (json_int_t) shop_instance_user(job),
                            "returnusercount", 0));
}


/* Who is not in the course now has not entered it either. */
static bool has_entered(const json_t *courses, int64_t id)
{
    for (size_t i = 0; i < json_array_size(courses); i++) {
        const json_t *course = json_array_get(courses, i);

        if (shop_json_int(course, "id") == id) {
            return shop_json_int(course, "lastaccess") != 0;
        }
    }
    return false;
}


void shop_seat_entered_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    int64_t course = shop_json_int(shop_instance_facts(job), "courseid");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (is_refused(job)) {
        shop_act_done(act, json_incref(answer->json));
    } else if (has_entered(answer->json, course)) {
        shop_act_more(act, shop_job_progress(job, "refused"));
    } else {
        shop_act_done(act, json_object());
    }
}


/* --- step `freed`: {userid, courseid, roleid} of who had it --- */

void shop_seat_freed_build(const shop_job_t *job, shop_act_t *act)
{
    (void) job;
    shop_act_ask(act, json_pack("{s:s}", "what", "seat_freed"));
}


void shop_seat_align_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_str_eq(shop_json_text(shop_instance_now(job), "contexttype"), SHOP_STR("seat"))) {
        shop_act_skip(act);
        return;
    }
    shop_align_build(job, act);
}
