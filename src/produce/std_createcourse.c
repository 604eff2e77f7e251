/*
 * Handler std_createcourse: a course of one's own, empty or copied from a model (handlers.md 9.14).
 */

#include "produce/course_make.h"
#include "produce/operate.h"
#include "produce/test_internal.h"

#define FULLNAME_MAX_BYTES 1016 /* 254 characters */
#define IDNUMBER_MAX 100
#define GRACE_DAYS 7


/* --- step `dates` --- */

static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    static const shop_made_t made = {
        .place = "coursecategory",
        .refusal = "coursecategory_parameter",
        .owner = "courseowner",
        .fallback = "editingteacher",
    };

    shop_made_dates_build(job, &made, act);
}


/* --- step `names`: what the buyer asked for; the ID number, his or ours, marks the course --- */

static json_t *names_json(const shop_job_t *job)
{
    shop_str_t number = shop_job_answer(job, "idnumber");
    int64_t category = 0;

    (void) shop_param_int(job, "coursecategory", 0, INT64_MAX, &category);
    return json_pack("{s:o, s:o, s:I}", "fullname", shop_json_str(shop_job_answer(job, "fullname")),
                     "idnumber", shop_json_str(number.len != 0 ? number : shop_job_reference(job)),
                     "category", (json_int_t) category);
}


static void names_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t fullname = shop_job_answer(job, "fullname");
    shop_str_t number = shop_job_answer(job, "idnumber");

    if (fullname.len == 0 || fullname.len > FULLNAME_MAX_BYTES) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "coursename_empty");
    } else if (number.len > IDNUMBER_MAX) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "courseidnumber_taken");
    } else if (number.len == 0) {
        shop_act_done(act, names_json(job));
    } else {
        shop_act_call(act, "core_course_get_courses_by_field",
                      json_pack("{s:s, s:o}", "field", "idnumber", "value", shop_json_str(number)));
    }
}


static void names_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (json_array_size(json_object_get(answer->json, "courses")) > 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "courseidnumber_taken");
    } else {
        shop_act_done(act, names_json(job));
    }
}


/* --- step `template`: the model --- */

static void template_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t name = shop_param_text(job, "template");

    if (name.len == 0) {
        shop_act_skip(act);
        return;
    }
    shop_act_call(act, "core_course_get_courses_by_field",
                  json_pack("{s:s, s:o}", "field", "shortname", "value", shop_json_str(name)));
}


static void template_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    json_t *id = json_object_get(json_array_get(json_object_get(answer->json, "courses"), 0), "id");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (id == NULL) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "template_missing");
    } else {
        shop_act_done(act, json_pack("{s:O}", "id", id));
    }
}


/* --- step `mark`: from now on it is known as ours --- */

static void mark_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    const json_t *names = shop_job_output(job, "names");

    shop_act_call(act, "core_course_update_courses",
                  json_pack("{s:[{s:I, s:O?, s:I, s:o*, s:b}]}", "courses", "id",
                            (json_int_t) shop_job_output_id(job, "course"), "idnumber",
                            json_object_get(names, "idnumber"), "startdate",
                            (json_int_t) dates.start, "enddate",
                            dates.end != 0 ? json_integer(dates.end) : NULL, "visible", 1));
}


/* Without end: the buyer comes in as long as the course can be seen. */
static void owner_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = {
        .role = shop_json_int(shop_job_output(job, "dates"), "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = {.start = shop_job_stored_dates(job).start},
    };

    shop_enrolment_build(&enrolment, act);
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t course = shop_job_output_id(job, "course");
    json_t *facts =
        json_pack("{s:I, s:O?}", "roleid",
                  (json_int_t) shop_json_int(shop_job_output(job, "dates"), "roleid"), "fullname",
                  json_object_get(shop_job_output(job, "names"), "fullname"));

    shop_act_record(
        act, SHOP_ACT_INSTANCE,
        shop_instance_due(shop_instance_made(job, "course", course, facts), GRACE_DAYS));
}


/* --- some days after the end: nobody but staff sees it any more --- */

static void hide_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *instance = json_object_get(job->inputs, "instance");

    if (shop_json_bool(shop_job_output(job, "needed"), "current")) {
        shop_act_skip(act); /* prolonged meanwhile */
        return;
    }
    shop_act_call(act, "core_course_update_courses",
                  json_pack("{s:[{s:I, s:b}]}", "courses", "id",
                            (json_int_t) shop_json_int(instance, "instanceid"), "visible", 0));
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    (void) shop_json_set_text(vars, "course",
                              shop_json_text(shop_job_output(job, "names"), "fullname"));
    json_object_set_new(vars, "courseid", json_integer(shop_job_output_id(job, "course")));
}


static void test_end(const shop_test_t *test, json_t *run)
{
    if (shop_test_value(test, "duration").len == 0 && shop_test_value(test, "endtime").len == 0 &&
        !test->renewable) {
        shop_test_say(run, "warning", "no_end", "duration", SHOP_STR_NULL);
    }
}


static const shop_param_t params[] = {
    {.name = "coursecategory",
     .type = SHOP_PARAM_INT,
     .refers = SHOP_REFERS_CATEGORY,
     .mandatory = true,
     .help = "Id of the category in which it is made"},
    {.name = "template",
     .type = SHOP_PARAM_COURSE,
     .refers = SHOP_REFERS_COURSES,
     .noted = "no_model",
     .help = "Short name of the course that is copied; absent: an empty one is made"},
    SHOP_PARAMS_PERIOD,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"reference", shop_reference_build, NULL, NULL},
    {"names", names_build, names_read, NULL},
    {"template", template_build, template_read, NULL},
    {"course", shop_course_make_build, shop_course_make_read, NULL},
    {"mark", mark_build, NULL, NULL},
    {"owner", owner_build, NULL, NULL},
    {"instance", instance_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t schedule[] = {
    {"needed", shop_needed_build, NULL, NULL},
    {"hide", hide_build, NULL, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_createcourse = {
    .name = "std_createcourse",
    .buyers = SHOP_BUYERS_BOTH,
    .params = params,
    .asks = "fullname",
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .schedule = schedule,
    .action = shop_course_action,
    .feedback = feedback,
    .test = test_end,
};
