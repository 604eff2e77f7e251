/*
 * Step `course`: which Moodle course the product is about (handlers.md 3.2, 6.3).
 */

#include "produce/produce_internal.h"


void shop_course_build(const shop_job_t *job, shop_act_t *act)
{
    static const struct {
        const char *param;
        const char *field;
    } ways[] = {
        {"coursename", "shortname"},
        {"courseidnumber", "idnumber"},
        {"courseid", "id"},
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        shop_str_t value = shop_param_text(job, ways[i].param);

        if (value.len != 0) {
            shop_act_call(
                act, "core_course_get_courses_by_field",
                json_pack("{s:s, s:o}", "field", ways[i].field, "value", shop_json_str(value)));
            return;
        }
    }
    shop_act_stop(act, SHOP_ACT_BLOCKED, "course_parameter");
}


bool shop_course_hidden(const json_t *course)
{
    const json_t *visible = json_object_get(course, "visible");

    return visible != NULL && json_integer_value(visible) == 0 && !json_is_true(visible);
}


bool shop_course_manual(const json_t *course)
{
    const json_t *methods = json_object_get(course, "enrollmentmethods");

    for (size_t i = 0; i < json_array_size(methods); i++) {
        if (shop_str_eq(shop_json_string(json_array_get(methods, i)), SHOP_STR("manual"))) {
            return true;
        }
    }
    return false;
}


void shop_course_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *courses = json_object_get(answer->json, "courses");
    const json_t *course = json_array_get(courses, 0);

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    if (course == NULL) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "course_missing");
        return;
    }
    if (json_array_size(courses) > 1) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "course_ambiguous");
        return;
    }
    if (shop_course_hidden(course)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "course_hidden");
        return;
    }
    shop_act_done(act,
                  json_pack("{s:I, s:o, s:o, s:I}", "id", (json_int_t) shop_json_int(course, "id"),
                            "shortname", shop_json_str(shop_json_text(course, "shortname")),
                            "fullname", shop_json_str(shop_json_text(course, "fullname")),
                            "startdate", (json_int_t) shop_json_int(course, "startdate")));
}


void shop_course_feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *course = shop_job_output(job, "course");

    (void) shop_json_set_text(vars, "course", shop_json_text(course, "fullname"));
    json_object_set_new(vars, "courseid", json_integer(shop_json_int(course, "id")));
}


bool shop_course_in_list(const json_t *courses, int64_t id)
{
    for (size_t i = 0; i < json_array_size(courses); i++) {
        if (shop_json_int(json_array_get(courses, i), "id") == id) {
            return true;
        }
    }
    return false;
}
