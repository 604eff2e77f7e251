/*
 * Step `target`: for each quiz, how many attempts the buyer will have in all.
 *
 *   overrides -> (groups) -> used -> waiting -> next quiz
 *
 * In mode "group" the group that he is in says what he may use, instead of the overrides.
 *
 * More than what he may or did use, and than what other orders of his have decided but not yet
 * written: then each of them counts, whatever comes first.
 */

#include "produce/quiz.h"


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static const json_t *quiz_now(const shop_job_t *job)
{
    return json_array_get(shop_quiz_list(job), (size_t) shop_json_int(job->progress, "at"));
}


json_t *shop_quiz_question(const char *name, int64_t quiz)
{
    return json_pack("{s:I}", name, (json_int_t) quiz);
}


json_t *shop_quiz_user_question(const shop_job_t *job, const char *name, int64_t value)
{
    json_t *question = shop_quiz_question(name, value);

    if (question != NULL &&
        json_object_set_new(question, "userid", json_integer(shop_job_output_id(job, "user"))) !=
            0) {
        json_decref(question);
        return NULL;
    }
    return question;
}


json_t *shop_quiz_attempts_question(const shop_job_t *job, int64_t quiz)
{
    json_t *question = shop_quiz_user_question(job, "quizid", quiz);

    if (question != NULL && (json_object_set_new(question, "status", json_string("all")) != 0 ||
                             json_object_set_new(question, "includepreviews", json_false()) != 0)) {
        json_decref(question);
        return NULL;
    }
    return question;
}


/* Moodle is to say in which of the product's groups he is. */
static bool by_place(const shop_job_t *job)
{
    return shop_job_mode_is(job, "group") && shop_job_phase(job).len == 0;
}


void shop_quiz_target_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *quiz = quiz_now(job);
    int64_t id = shop_json_int(quiz, "id");

    if (quiz == NULL) {
        shop_act_done(act,
                      json_pack("{s:O?}", "targets", json_object_get(job->progress, "targets")));
    } else if (shop_json_int(quiz, "base") == 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "quiz_unlimited");
    } else if (phase_is(job, "groups") || by_place(job)) {
        shop_act_call(act, "core_group_get_course_user_groups",
                      shop_quiz_user_question(job, "courseid", shop_json_int(quiz, "courseid")));
    } else if (phase_is(job, "used")) {
        shop_act_call(act, "mod_quiz_get_user_attempts", shop_quiz_attempts_question(job, id));
    } else if (phase_is(job, "waiting")) {
        shop_act_ask(act, json_pack("{s:s, s:I}", "what", "attempts", "quiz", (json_int_t) id));
    } else {
        shop_act_call(act, "mod_quiz_get_overrides", shop_quiz_question("quizid", id));
    }
}


/* --- reading --- */

static json_t *progress_current(const shop_job_t *job, const char *phase, int64_t current)
{
    json_t *progress = shop_job_progress(job, phase);

    if (progress != NULL && json_object_set_new(progress, "current", json_integer(current)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


const json_t *shop_quiz_override(const shop_job_t *job, const json_t *overrides)
{
    int64_t user = shop_job_output_id(job, "user");

    for (size_t i = 0; i < json_array_size(overrides); i++) {
        const json_t *override = json_array_get(overrides, i);

        if (shop_json_int(override, "userid") == user) {
            return override;
        }
    }
    return NULL;
}


/* The overrides of groups that set attempts: [{id (the group's), attempts}]. */
static json_t *group_overrides(const json_t *overrides)
{
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(overrides); i++) {
        const json_t *override = json_array_get(overrides, i);

        if (json_is_integer(json_object_get(override, "groupid")) &&
            json_is_integer(json_object_get(override, "attempts"))) {
            json_array_append_new(list, json_pack("{s:O, s:O}", "id",
                                                  json_object_get(override, "groupid"), "attempts",
                                                  json_object_get(override, "attempts")));
        }
    }
    return list;
}


static void read_overrides(const shop_job_t *job, const json_t *overrides, shop_act_t *act)
{
    const json_t *own = json_object_get(shop_quiz_override(job, overrides), "attempts");
    json_t *groups;
    json_t *progress;

    if (json_is_integer(own) && json_integer_value(own) == 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "quiz_unlimited");
        return;
    }
    if (json_is_integer(own)) {
        shop_act_more(act, progress_current(job, "used", json_integer_value(own)));
        return;
    }
    groups = group_overrides(overrides);
    progress = progress_current(job, json_array_size(groups) > 0 ? "groups" : "used",
                                shop_json_int(quiz_now(job), "base"));
    if (progress != NULL && json_object_set(progress, "groups", groups) != 0) {
        json_decref(progress);
        progress = NULL;
    }
    json_decref(groups);
    shop_act_more(act, progress);
}


/* Of several groups the most generous counts, in place of what the quiz says. */
static void read_groups(const shop_job_t *job, const json_t *mine, shop_act_t *act)
{
    const json_t *groups = json_object_get(job->progress, "groups");
    int64_t current = 0;

    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        int64_t attempts = shop_json_int(group, "attempts");

        if (!shop_course_in_list(mine, shop_json_int(group, "id"))) {
            continue;
        }
        if (attempts == 0) {
            shop_act_stop(act, SHOP_ACT_MANUAL, "quiz_unlimited");
            return;
        }
        current = attempts > current ? attempts : current;
    }
    shop_act_more(
        act, progress_current(job, "used",
                              current != 0 ? current : shop_json_int(job->progress, "current")));
}


static void read_place(const shop_job_t *job, const json_t *mine, shop_act_t *act)
{
    int64_t base = shop_json_int(quiz_now(job), "base");

    shop_act_more(act, progress_current(job, "used", base + shop_quiz_place(job, mine)));
}


static void read_number(const shop_job_t *job, const char *phase, int64_t number, shop_act_t *act)
{
    int64_t current = shop_json_int(job->progress, "current");

    shop_act_more(act, progress_current(job, phase, number > current ? number : current));
}


static void read_waiting(const shop_job_t *job, int64_t waiting, shop_act_t *act)
{
    const json_t *before = json_object_get(job->progress, "targets");
    json_t *targets = before != NULL ? json_copy((json_t *) before) : json_array();
    int64_t current = shop_json_int(job->progress, "current");
    int64_t target = (waiting > current ? waiting : current) + shop_quiz_amount(job);
    json_t *one = json_pack("{s:I, s:I}", "quiz", (json_int_t) shop_json_int(quiz_now(job), "id"),
                            "target", (json_int_t) target);

    if (json_array_append_new(targets, one) != 0) {
        json_decref(targets);
        targets = NULL;
    }
    shop_act_more(act,
                  json_pack("{s:I, s:o}", "at", (json_int_t) shop_json_int(job->progress, "at") + 1,
                            "targets", targets));
}


void shop_quiz_target_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (by_place(job)) {
        read_place(job, json_object_get(answer->json, "groups"), act);
    } else if (phase_is(job, "groups")) {
        read_groups(job, json_object_get(answer->json, "groups"), act);
    } else if (phase_is(job, "used")) {
        read_number(job, "waiting",
                    (int64_t) json_array_size(json_object_get(answer->json, "attempts")), act);
    } else if (phase_is(job, "waiting")) {
        read_waiting(job, shop_json_int(answer->json, "target"), act);
    } else {
        read_overrides(job, json_object_get(answer->json, "overrides"), act);
    }
}
