/*
 * Step `support`: the buyer's place in the customers' support course (handlers.md 4.3).
 *
 * It never fails a job: what cannot be done after some tries ends as a warning in the output.
 */

#include "produce/produce_internal.h"

#define SUPPORT_TRIES 5


/* The product's parameter, present even when empty, hides the shop's default. */
static shop_str_t support_course(const shop_job_t *job)
{
    const json_t *params = json_object_get(job->inputs, "params");

    if (json_object_get(params, "customersupport") != NULL) {
        return shop_param_text(job, "customersupport");
    }
    return shop_str_trim(shop_json_text(json_object_get(job->inputs, "shop"), "support_course"));
}


bool shop_support_wanted(const shop_job_t *job)
{
    return support_course(job).len != 0;
}


static json_t *support_enrolment(const shop_job_t *job, int64_t role)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "roleid", (json_int_t) role, "userid",
                     (json_int_t) shop_job_output_id(job, "user"), "courseid",
                     (json_int_t) shop_json_int(job->progress, "course"), "timestart",
                     (json_int_t) shop_job_moment(job, "ordered_at"));
}


static void support_enrol(const shop_job_t *job, shop_act_t *act)
{
    int64_t customer = shop_role_find(job->site, SHOP_STR("customer"));
    int64_t student = shop_role_find(job->site, SHOP_STR("student"));
    json_t *list = json_array();

    if (json_array_append_new(list, support_enrolment(job, student)) != 0 ||
        (customer != 0 && json_array_append_new(list, support_enrolment(job, customer)) != 0)) {
        json_decref(list);
        list = NULL;
    }
    shop_act_call(act, "enrol_manual_enrol_users", json_pack("{s:o}", "enrolments", list));
}


void shop_support_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t course = support_course(job);
    int64_t id;

    if (course.len == 0 || shop_job_output_id(job, "user") == 0 ||
        shop_role_find(job->site, SHOP_STR("student")) == 0) {
        shop_act_skip(act);
        return;
    }
    if (shop_json_int(job->progress, "course") != 0) {
        support_enrol(job, act);
        return;
    }
    shop_act_call(act, "core_course_get_courses_by_field",
                  json_pack("{s:s, s:o}", "field",
                            shop_str_to_int(course, &id) == SHOP_OK ? "id" : "shortname", "value",
                            shop_json_str(course)));
}


static void support_warning(const char *code, shop_act_t *act)
{
    shop_act_done(act, json_pack("{s:s}", "warning", code));
}


void shop_support_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    int64_t known = shop_json_int(job->progress, "course");
    int64_t course =
        shop_json_int(json_array_get(json_object_get(answer->json, "courses"), 0), "id");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        if (act->kind != SHOP_ACT_RETRY || job->tries >= SUPPORT_TRIES) {
            support_warning(answer->code, act);
        }
        return;
    }
    if (known != 0) {
        shop_act_done(act, json_pack("{s:I}", "course", (json_int_t) known));
    } else if (course != 0) {
        shop_act_more(act, json_pack("{s:I}", "course", (json_int_t) course));
    } else {
        support_warning("course_missing", act);
    }
}
