/*
 * Handler std_registeredproduct: something that lives outside Moodle; the reference of its instance
 * is the licence key (handlers.md 9.12).
 */

#include "produce/operate.h"


/* An account is only needed for courses. */
static bool needs_account(const shop_job_t *job)
{
    return shop_param_text(job, "extrasupport").len != 0 || shop_support_wanted(job);
}


static void user_build(const shop_job_t *job, shop_act_t *act)
{
    shop_user_if_build(job, needs_account(job), act);
}


static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t role = shop_enrolment_role(job, SHOP_STR_NULL);
    shop_dates_t dates;

    if (shop_job_dates(job, 0, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) dates.start, "end",
                                     (json_int_t) dates.end, "roleid", (json_int_t) role));
    }
}


/* --- step `extra`: {courses [id]}, looked up one by one --- */

static bool extra_at(const shop_job_t *job, shop_str_t *name)
{
    shop_str_t list = shop_param_text(job, "extrasupport");
    size_t place = json_array_size(json_object_get(job->progress, "courses"));

    while (shop_str_split(&list, ',', name)) {
        *name = shop_str_trim(*name);
        if (name->len != 0 && place-- == 0) {
            return true;
        }
    }
    return false;
}


static void extra_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *courses = json_object_get(job->progress, "courses");
    shop_str_t name;

    if (extra_at(job, &name)) {
        shop_act_call(act, "core_course_get_courses_by_field",
                      json_pack("{s:s, s:o}", "field", "shortname", "value", shop_json_str(name)));
        return;
    }
    shop_act_done(act, json_pack("{s:o}", "courses",
                                 courses != NULL ? json_copy((json_t *) courses) : json_array()));
}


static void extra_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *before = json_object_get(job->progress, "courses");
    const json_t *course = json_array_get(json_object_get(answer->json, "courses"), 0);
    json_t *courses;

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    if (course == NULL) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "course_missing");
        return;
    }
    courses = before != NULL ? json_copy((json_t *) before) : json_array();
    if (json_array_append(courses, json_object_get(course, "id")) != 0) {
        json_decref(courses);
        courses = NULL;
    }
    shop_act_more(act, json_pack("{s:o}", "courses", courses));
}


/* --- steps `instance`, `enrol` --- */

static json_t *facts_of(const shop_job_t *job)
{
    const json_t *dates = shop_job_output(job, "dates");

    return json_pack("{s:I, s:I, s:O?, s:O?}", "roleid",
                     (json_int_t) shop_json_int(dates, "roleid"), "userid",
                     (json_int_t) shop_job_output_id(job, "user"), "courses",
                     json_object_get(shop_job_output(job, "extra"), "courses"), "answers",
                     json_object_get(job->inputs, "customerdata"));
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);

    shop_act_record(act, SHOP_ACT_INSTANCE,
                    shop_instance_make(job, "registered_product", 0, &dates, facts_of(job)));
}


static void enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    json_t *facts;

    if (json_array_size(json_object_get(shop_job_output(job, "extra"), "courses")) == 0) {
        shop_act_skip(act);
        return;
    }
    facts = facts_of(job);
    shop_act_call(act, "enrol_manual_enrol_users", shop_extra_enrolments(facts, &dates));
    json_decref(facts);
}


static const shop_param_t params[] = {
    SHOP_PARAMS_PERIOD,
    {.name = "extrasupport",
     .type = SHOP_PARAM_TEXT,
     .refers = SHOP_REFERS_COURSES,
     .help = "Short names of courses where the buyer is enrolled until the end"},
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t prepay[] = {
    {"user", user_build, shop_user_read, NULL},
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", user_build, shop_user_read, NULL},
    {"extra", extra_build, extra_read, NULL},
    {"instance", instance_build, NULL, NULL},
    {"enrol", enrol_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_registeredproduct = {
    .name = "std_registeredproduct",
    .buyers = SHOP_BUYERS_BOTH,
    .params = params,
    .prepay = prepay,
    .postpay = postpay,
    .action = shop_courses_action,
};
