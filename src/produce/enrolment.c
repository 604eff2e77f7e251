/*
 * Enrolment by hand in a course, as Moodle calls it: one call that may be repeated, for every
 * handler that enrols (handlers.md 5.7, E5).
 */

#include "produce/produce_internal.h"


int64_t shop_enrolment_role(const shop_job_t *job, shop_str_t name)
{
    return shop_role_find(job->site, name.len != 0 ? name : SHOP_STR("student"));
}


void shop_enrolment_build(const shop_enrolment_t *enrolment, shop_act_t *act)
{
    /* a date that is not sent becomes 0, "no limit": `*` leaves it out only then */
    shop_act_call(act, "enrol_manual_enrol_users",
                  json_pack("{s:[{s:I, s:I, s:I, s:I, s:o*, s:o*}]}", "enrolments", "roleid",
                            (json_int_t) enrolment->role, "userid", (json_int_t) enrolment->user,
                            "courseid", (json_int_t) enrolment->course, "timestart",
                            (json_int_t) enrolment->dates.start, "timeend",
                            enrolment->dates.end != 0 ? json_integer(enrolment->dates.end) : NULL,
                            "suspend", enrolment->suspended ? json_integer(1) : NULL));
}


shop_enrolment_t shop_enrolment_of_instance(const json_t *target)
{
    const json_t *facts = json_object_get(target, "facts");

    return (shop_enrolment_t){
        .role = shop_json_int(facts, "roleid"),
        .user = shop_json_int(facts, "userid"),
        .course = shop_json_int(facts, "courseid"),
        .dates = {shop_json_int(target, "start"), shop_json_int(target, "end")},
    };
}


json_t *shop_extra_enrolments(const json_t *facts, const shop_dates_t *dates)
{
    const json_t *courses = json_object_get(facts, "courses");
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(courses); i++) {
        json_t *entry = json_pack(
            "{s:I, s:I, s:O, s:I, s:o*}", "roleid", (json_int_t) shop_json_int(facts, "roleid"),
            "userid", (json_int_t) shop_json_int(facts, "userid"), "courseid",
            json_array_get(courses, i), "timestart", (json_int_t) dates->start, "timeend",
            dates->end != 0 ? json_integer(dates->end) : NULL);

        if (json_array_append_new(list, entry) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return json_pack("{s:o}", "enrolments", list);
}
