/*
 * Actions on a category that was made for somebody (handlers.md 9.13, 10). No function of Moodle
 * hides a category: its courses are hidden one by one, which of them were visible is kept.
 *
 * Step `tree`: the categories below -> the courses of each, one category after the other.
 */

#include "produce/operate.h"


/* --- the owner's role --- */

static void role_build(const shop_job_t *job, int64_t user, bool give, shop_act_t *act)
{
    json_t *facts = json_copy((json_t *) shop_instance_facts(job));

    if (facts != NULL && json_object_set_new(facts, "userid", json_integer(user)) != 0) {
        json_decref(facts);
        facts = NULL;
    }
    shop_act_call(act, give ? "core_role_assign_roles" : "core_role_unassign_roles",
                  shop_assignment(give ? "assignments" : "unassignments", facts));
    json_decref(facts);
}


static void expelled_build(const shop_job_t *job, shop_act_t *act)
{
    role_build(job, shop_instance_former(job), false, act);
}


static void holder_build(const shop_job_t *job, shop_act_t *act)
{
    role_build(job, shop_instance_user(job), shop_instance_is_live(job), act);
}


/* --- step `tree`: {all [id], visible [id]} --- */

static int64_t category_at(const shop_job_t *job)
{
    const json_t *list = json_object_get(job->progress, "categories");
    size_t at = (size_t) shop_json_int(job->progress, "at");

    return (int64_t) json_integer_value(json_array_get(list, at));
}


static void tree_build(const shop_job_t *job, shop_act_t *act)
{
    if (job->progress == NULL) {
        shop_act_call(act, "core_course_get_categories",
                      json_pack("{s:[{s:s, s:o}], s:b}", "criteria", "key", "id", "value",
                                json_sprintf("%lld", (long long) shop_instance_object(job)),
                                "addsubcategories", 1));
    } else if (category_at(job) == 0) {
        shop_act_done(act, json_pack("{s:O?, s:O?}", "all", json_object_get(job->progress, "all"),
                                     "visible", json_object_get(job->progress, "visible")));
    } else {
        shop_act_call(act, "core_course_get_courses_by_field",
                      json_pack("{s:s, s:o}", "field", "category", "value",
                                json_sprintf("%lld", (long long) category_at(job))));
    }
}


static void read_categories(const json_t *answer, shop_act_t *act)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(answer); i++) {
        json_array_append(list, json_object_get(json_array_get(answer, i), "id"));
    }
    shop_act_more(
        act, json_pack("{s:o, s:i, s:[], s:[]}", "categories", list, "at", 0, "all", "visible"));
}


static void read_courses(const shop_job_t *job, const json_t *courses, shop_act_t *act)
{
    json_t *progress = json_deep_copy(job->progress);
    json_t *all = json_object_get(progress, "all");
    json_t *visible = json_object_get(progress, "visible");

    for (size_t i = 0; i < json_array_size(courses); i++) {
        const json_t *course = json_array_get(courses, i);
        const json_t *shown = json_object_get(course, "visible");

        json_array_append(all, json_object_get(course, "id"));
        if (json_is_true(shown) || json_integer_value(shown) != 0) {
            json_array_append(visible, json_object_get(course, "id"));
        }
    }
    if (json_object_set_new(progress, "at",
                            json_integer((json_int_t) shop_json_int(job->progress, "at") + 1)) !=
        0) {
        json_decref(progress);
        progress = NULL;
    }
    shop_act_more(act, progress);
}


static void tree_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (job->progress == NULL) {
        read_categories(answer->json, act);
    } else {
        read_courses(job, json_object_get(answer->json, "courses"), act);
    }
}


/* --- what is done to each course, one after the other --- */

static size_t place_of(const shop_job_t *job)
{
    return (size_t) shop_json_int(job->progress, "at");
}


static void next_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_act_t gone = {0};

    shop_gone_read(job, answer, &gone);
    if (gone.kind == SHOP_ACT_DONE) {
        shop_act_free(&gone);
        shop_act_more(act, json_pack("{s:I}", "at", (json_int_t) place_of(job) + 1));
        return;
    }
    *act = gone;
}


static void visible_build(const shop_job_t *job, const json_t *list, bool visible, shop_act_t *act)
{
    json_t *id = json_array_get(list, place_of(job));

    if (id == NULL) {
        shop_act_done(act, json_object());
        return;
    }
    shop_act_call(act, "core_course_update_courses",
                  json_pack("{s:[{s:O, s:b}]}", "courses", "id", id, "visible", (int) visible));
}


static void hidden_build(const shop_job_t *job, shop_act_t *act)
{
    visible_build(job, json_object_get(shop_job_output(job, "tree"), "visible"), false, act);
}


static void shown_build(const shop_job_t *job, shop_act_t *act)
{
    visible_build(job, json_object_get(shop_instance_facts(job), "hidden"), true, act);
}


/* Before they are hidden: a second suspension must not forget the first one's. */
static void kept_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_ask(act,
                 json_pack("{s:s, s:I, s:{s:O?}}", "what", "facts", "product",
                           (json_int_t) shop_json_int(shop_instance_now(job), "id"), "facts",
                           "hidden", json_object_get(shop_job_output(job, "tree"), "visible")));
}


static void emptied_build(const shop_job_t *job, shop_act_t *act)
{
    json_t *id =
        json_array_get(json_object_get(shop_job_output(job, "tree"), "all"), place_of(job));

    if (id == NULL) {
        shop_act_done(act, json_object());
        return;
    }
    shop_act_call(act, "core_course_delete_courses", json_pack("{s:[O]}", "courseids", id));
}


static void removed_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "core_course_delete_categories",
                  json_pack("{s:[{s:I, s:b}]}", "categories", "id",
                            (json_int_t) shop_instance_object(job), "recursive", 1));
}


/* --- some days after the end the same as a suspension, unless it was prolonged --- */

static void over_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_json_bool(shop_job_output(job, "needed"), "current")) {
        shop_act_done(act, json_pack("{s:b}", "end", 1));
        return;
    }
    shop_act_done(act, json_object());
}


const shop_step_t shop_category_action[] = {
    SHOP_STEPS_OWNER,
    {"expelled", expelled_build, shop_gone_read, "owner"},
    {"holder", holder_build, NULL, "suspend resume update refresh owner"},
    {"tree", tree_build, tree_read, "suspend delete"},
    {"kept", kept_build, NULL, "suspend"},
    {"hidden", hidden_build, next_read, "suspend"},
    {"shown", shown_build, next_read, "resume"},
    {"emptied", emptied_build, next_read, "delete"},
    {"removed", removed_build, shop_gone_read, "delete"},
    {.name = NULL},
};

const shop_step_t shop_category_schedule[] = {
    {"needed", shop_needed_build, NULL, NULL},
    {"over", over_build, NULL, NULL},
    {"holder", holder_build, NULL, NULL},
    {"tree", tree_build, tree_read, NULL},
    {"kept", kept_build, NULL, NULL},
    {"hidden", hidden_build, next_read, NULL},
    {.name = NULL},
};
