/*
 * Enrolment by hand in a course, as Moodle calls it: one call that may be repeated, for every
 * handler that enrols (handlers.md 5.7, E5).
 */

#include "produce/produce_internal.h"


int64_t shop_enrolment_role(const shop_job_t *job, shop_str_t name)
{
    return shop_role_find(job->site, name.len != 0 ? name : SHOP_STR("student"));
}


void shop_enrolment_build(const shop_job_t *job, const shop_enrolment_t *enrolment, shop_act_t *act)
{
    /* a date that is not sent becomes 0, "no limit": `*` leaves it out only then */
    shop_act_call(act, "enrol_manual_enrol_users",
                  json_pack("{s:[{s:I, s:I, s:I, s:I, s:o*}]}", "enrolments", "roleid",
                            (json_int_t) enrolment->role, "userid",
                            (json_int_t) shop_job_output_id(job, "user"), "courseid",
                            (json_int_t) shop_job_output_id(job, "course"), "timestart",
                            (json_int_t) enrolment->dates.start, "timeend",
                            enrolment->dates.end != 0 ? json_integer(enrolment->dates.end) : NULL));
}
