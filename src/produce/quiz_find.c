/*
 * The quizzes that a product is about: given by their ids, by their course modules, or by ID
 * numbers (handlers.md 9.10). One call for each course module that must be looked at.
 */

#include "produce/quiz.h"


/* --- comma lists --- */

static bool list_has(shop_str_t list, shop_str_t value)
{
    shop_str_t part;

    while (shop_str_split(&list, ',', &part)) {
        if (value.len != 0 && shop_str_eq(shop_str_trim(part), value)) {
            return true;
        }
    }
    return false;
}


static bool list_has_id(shop_str_t list, int64_t id)
{
    shop_str_t part;
    int64_t number;

    while (shop_str_split(&list, ',', &part)) {
        if (shop_str_to_int(shop_str_trim(part), &number) == SHOP_OK && number == id) {
            return true;
        }
    }
    return false;
}


/* The number at a place of a list; false: the list is over. */
static bool list_number(shop_str_t list, size_t place, int64_t *number)
{
    shop_str_t part;

    while (shop_str_split(&list, ',', &part)) {
        if (place-- == 0) {
            return shop_str_to_int(shop_str_trim(part), number) == SHOP_OK;
        }
    }
    return false;
}


/* --- progress {at, found [...]}: one more, or none, and the next place --- */

static json_t *progress_next(const shop_job_t *job, json_t *one)
{
    const json_t *found = json_object_get(job->progress, "found");
    json_t *list = found != NULL ? json_copy((json_t *) found) : json_array();

    if (one != NULL && json_array_append_new(list, one) != 0) {
        json_decref(list);
        list = NULL;
    }
    return json_pack("{s:I, s:o}", "at", (json_int_t) shop_json_int(job->progress, "at") + 1,
                     "found", list);
}


static void found_done(const shop_job_t *job, shop_act_t *act)
{
    const json_t *found = json_object_get(job->progress, "found");

    if (json_array_size(found) == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "quiz_missing");
        return;
    }
    shop_act_done(act, json_pack("{s:O}", "list", found));
}


static void call_module(int64_t module, shop_act_t *act)
{
    shop_act_call(act, "core_course_get_course_module",
                  json_pack("{s:I}", "cmid", (json_int_t) module));
}


/* --- step `modules`: {list [{id, courseid}]} of `quizcmid` --- */

void shop_quiz_modules_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t list = shop_param_text(job, "quizcmid");
    int64_t module;

    if (list.len == 0) {
        shop_act_skip(act);
    } else if (list_number(list, (size_t) shop_json_int(job->progress, "at"), &module)) {
        call_module(module, act);
    } else {
        found_done(job, act);
    }
}


void shop_quiz_modules_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *module = json_object_get(answer->json, "cm");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (!shop_str_eq(shop_json_text(module, "modname"), SHOP_STR("quiz"))) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "not_a_quiz");
    } else {
        shop_act_more(
            act,
            progress_next(job, json_pack("{s:I, s:I}", "id",
                                         (json_int_t) shop_json_int(module, "instance"), "courseid",
                                         (json_int_t) shop_json_int(module, "course"))));
    }
}


/* --- step `quizzes`: what Moodle says about the quizzes of these courses --- */

static json_t *course_ids(const shop_job_t *job)
{
    const json_t *modules = json_object_get(shop_job_output(job, "modules"), "list");
    json_t *ids = json_array();

    for (size_t i = 0; i < json_array_size(modules); i++) {
        json_t *id = json_object_get(json_array_get(modules, i), "courseid");
        bool known = false;

        for (size_t k = 0; k < json_array_size(ids); k++) {
            known = known || json_equal(json_array_get(ids, k), id);
        }
        if (!known) {
            json_array_append(ids, id);
        }
    }
    if (json_array_size(ids) == 0) {
        json_array_append_new(ids, json_integer(shop_job_output_id(job, "course")));
    }
    return json_pack("{s:o}", "courseids", ids);
}


void shop_quiz_quizzes_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "mod_quiz_get_quizzes_by_courses", course_ids(job));
}


/* By `quizidnumber` all are kept until their modules have been looked at. */
static bool is_wanted(const shop_job_t *job, int64_t id)
{
    const json_t *modules = json_object_get(shop_job_output(job, "modules"), "list");
    shop_str_t ids = shop_param_text(job, "quizid");

    if (modules != NULL) {
        return shop_course_in_list(modules, id);
    }
    return ids.len != 0 ? list_has_id(ids, id) : shop_param_text(job, "quizidnumber").len != 0;
}


static json_t *wanted_quizzes(const shop_job_t *job, const json_t *quizzes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        const json_t *quiz = json_array_get(quizzes, i);
        json_t *kept;

        if (!is_wanted(job, shop_json_int(quiz, "id"))) {
            continue;
        }
        kept = json_pack("{s:I, s:I, s:o, s:I, s:I, s:o*}", "id",
                         (json_int_t) shop_json_int(quiz, "id"), "cmid",
                         (json_int_t) shop_json_int(quiz, "coursemodule"), "name",
                         shop_json_str(shop_json_text(quiz, "name")), "base",
                         (json_int_t) shop_json_int(quiz, "attempts"), "courseid",
                         (json_int_t) shop_json_int(quiz, "course"), "hidden",
                         shop_course_hidden(quiz) ? json_true() : NULL);
        if (json_array_append_new(list, kept) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}


void shop_quiz_quizzes_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    json_t *list;

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    list = wanted_quizzes(job, json_object_get(answer->json, "quizzes"));
    if (json_array_size(list) == 0) {
        json_decref(list);
        shop_act_stop(act, SHOP_ACT_BLOCKED, "quiz_missing");
        return;
    }
    shop_act_done(act, json_pack("{s:o}", "list", list));
}


/* --- step `named`: those of `quizidnumber`, when nothing else names them --- */

static const json_t *candidate(const shop_job_t *job)
{
    return json_array_get(json_object_get(shop_job_output(job, "quizzes"), "list"),
                          (size_t) shop_json_int(job->progress, "at"));
}


void shop_quiz_named_build(const shop_job_t *job, shop_act_t *act)
{
    bool by_number =
        shop_param_text(job, "quizid").len == 0 && shop_param_text(job, "quizcmid").len == 0;

    if (!by_number) {
        shop_act_skip(act);
    } else if (candidate(job) != NULL) {
        call_module(shop_json_int(candidate(job), "cmid"), act);
    } else {
        found_done(job, act);
    }
}


void shop_quiz_named_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_str_t number = shop_json_text(json_object_get(answer->json, "cm"), "idnumber");
    json_t *one = NULL;

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    if (list_has(shop_param_text(job, "quizidnumber"), number)) {
        one = json_incref((json_t *) candidate(job));
    }
    shop_act_more(act, progress_next(job, one));
}


const json_t *shop_quiz_list(const shop_job_t *job)
{
    const json_t *named = json_object_get(shop_job_output(job, "named"), "list");

    return named != NULL ? named : json_object_get(shop_job_output(job, "quizzes"), "list");
}
