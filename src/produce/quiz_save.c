/*
 * Step `save`: each quiz gets the number of attempts that was decided, and it is read again.
 *
 *   look -> write -> look -> next quiz
 *
 * An override that is there keeps its other settings: what is not sent, Moodle erases.
 */

#include "produce/quiz.h"


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static const json_t *target_now(const shop_job_t *job)
{
    return json_array_get(json_object_get(shop_job_output(job, "target"), "targets"),
                          (size_t) shop_json_int(job->progress, "at"));
}


/* The override as it will be: what is there, without nulls, and the attempts. */
json_t *shop_quiz_override_new(const shop_job_t *job, const json_t *old, int64_t quiz,
                               int64_t attempts)
{
    static const char *const kept[] = {"id", "timeopen", "timeclose", "timelimit", "password"};
    json_t *entry = json_pack("{s:I, s:I}", "userid", (json_int_t) shop_job_output_id(job, "user"),
                              "attempts", (json_int_t) attempts);

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        json_t *value = json_object_get(old, kept[i]);

        if (value != NULL && !json_is_null(value) && json_object_set(entry, kept[i], value) != 0) {
            json_decref(entry);
            return NULL;
        }
    }
    return json_pack("{s:{s:I, s:[o]}}", "data", "quizid", (json_int_t) quiz, "overrides", entry);
}


void shop_quiz_save_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *target = target_now(job);

    if (target == NULL) {
        shop_act_done(act, json_object());
    } else if (phase_is(job, "write") && !job->unknown && job->tries == 0) {
        shop_act_call(act, "mod_quiz_save_overrides",
                      shop_quiz_override_new(job, json_object_get(job->progress, "override"),
                                             shop_json_int(target, "quiz"),
                                             shop_json_int(target, "target")));
    } else {
        shop_act_call(act, "mod_quiz_get_overrides",
                      shop_quiz_question("quizid", shop_json_int(target, "quiz")));
    }
}


static void read_look(const shop_job_t *job, const json_t *overrides, shop_act_t *act)
{
    const json_t *own = shop_quiz_override(job, overrides);
    json_t *progress;

    if (shop_json_int(own, "attempts") >= shop_json_int(target_now(job), "target")) {
        shop_act_more(
            act, json_pack("{s:I}", "at", (json_int_t) shop_json_int(job->progress, "at") + 1));
        return;
    }
    if (phase_is(job, "written")) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "attempts_not_saved");
        return;
    }
    progress = shop_job_progress(job, "write");
    if (progress != NULL && own != NULL &&
        json_object_set(progress, "override", (json_t *) own) != 0) {
        json_decref(progress);
        progress = NULL;
    }
    shop_act_more(act, progress);
}


void shop_quiz_save_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *ids = json_object_get(answer->json, "ids");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (ids == NULL) {
        read_look(job, json_object_get(answer->json, "overrides"), act);
    } else if (json_array_size(ids) == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "moodle_rights"); /* the user's groups are hidden */
    } else {
        shop_act_more(act, shop_job_progress(job, "written"));
    }
}
