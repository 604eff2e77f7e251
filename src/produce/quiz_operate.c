/*
 * Actions on attempts that were sold: taken back as far as they were not used, given again,
 * repaired (handlers.md 9.10, 10).
 *
 *   look -> used -> decided -> keep -> write -> next quiz
 *
 * What an action does depends on the instance as it is now and on what was decided before, which
 * the log of events keeps: a late one finds nothing to do, and only what was taken comes back. The
 * number is stored before it is written. An override that nothing is left of goes; one with other
 * settings keeps them.
 */

#include "produce/operate.h"
#include "produce/quiz.h"


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static const json_t *quiz_now(const shop_job_t *job)
{
    return json_array_get(json_object_get(shop_instance_facts(job), "quizzes"),
                          (size_t) shop_json_int(job->progress, "at"));
}


static void next_quiz(const shop_job_t *job, shop_act_t *act)
{
    shop_act_more(act,
                  json_pack("{s:I}", "at", (json_int_t) shop_json_int(job->progress, "at") + 1));
}


/* Other settings of the override than the attempts. */
static bool has_settings(const json_t *override)
{
    static const char *const others[] = {"timeopen", "timeclose", "timelimit", "password"};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const json_t *value = json_object_get(override, others[i]);

        if (value != NULL && !json_is_null(value)) {
            return true;
        }
    }
    return false;
}


static bool nothing_left(const shop_job_t *job)
{
    return shop_json_int(job->progress, "target") <= shop_json_int(quiz_now(job), "base") &&
           !has_settings(json_object_get(job->progress, "override"));
}


static void write_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *override = json_object_get(job->progress, "override");
    int64_t quiz = shop_json_int(quiz_now(job), "id");

    if (nothing_left(job)) {
        shop_act_call(act, "mod_quiz_delete_overrides",
                      json_pack("{s:{s:I, s:[I]}}", "data", "quizid", (json_int_t) quiz, "ids",
                                (json_int_t) shop_json_int(override, "id")));
        return;
    }
    shop_act_call(
        act, "mod_quiz_save_overrides",
        shop_quiz_override_new(job, override, quiz, shop_json_int(job->progress, "target")));
}


/* Attempts that groups or a function gave are not in an override. */
static bool has_override(const shop_job_t *job)
{
    const json_t *facts = shop_instance_facts(job);

    return json_object_get(facts, "targets") != NULL &&
           shop_json_text(facts, "attemptgroups").len == 0;
}


void shop_quiz_change_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t quiz = shop_json_int(quiz_now(job), "id");

    if (quiz == 0) {
        shop_act_done(act, json_object());
    } else if (!has_override(job)) {
        shop_act_skip(act);
    } else if (phase_is(job, "write")) {
        write_build(job, act);
    } else if (phase_is(job, "keep")) {
        shop_quiz_keep_build(job, act);
    } else if (phase_is(job, "decided")) {
        shop_act_ask(act, json_pack("{s:s}", "what", "attempts_decided"));
    } else if (phase_is(job, "used")) {
        shop_act_call(act, "mod_quiz_get_user_attempts", shop_quiz_attempts_question(job, quiz));
    } else {
        shop_act_call(act, "mod_quiz_get_overrides", shop_quiz_question("quizid", quiz));
    }
}


/* --- reading --- */

static json_t *progress_with(const shop_job_t *job, const char *phase, const json_t *override)
{
    json_t *progress = shop_job_progress(job, phase);

    if (progress != NULL && override != NULL &&
        json_object_set(progress, "override", (json_t *) override) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


static void read_look(const shop_job_t *job, const json_t *overrides, shop_act_t *act)
{
    bool decided = json_object_get(job->progress, "target") != NULL;

    shop_act_more(
        act, progress_with(job, decided ? "write" : "used", shop_quiz_override(job, overrides)));
}


static void read_used(const shop_job_t *job, int64_t used, shop_act_t *act)
{
    json_t *progress = shop_job_progress(job, "decided");

    if (progress != NULL && json_object_set_new(progress, "used", json_integer(used)) != 0) {
        json_decref(progress);
        progress = NULL;
    }
    shop_act_more(act, progress);
}


static int64_t attempts_now(const shop_job_t *job)
{
    int64_t own = shop_json_int(json_object_get(job->progress, "override"), "attempts");

    return own != 0 ? own : shop_json_int(quiz_now(job), "base");
}


static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}


/* Without an override nothing is there that could be taken. */
static int64_t target_without(const shop_job_t *job)
{
    int64_t current = attempts_now(job);
    int64_t left = larger(current - shop_json_int(shop_instance_facts(job), "amount"),
                          shop_json_int(job->progress, "used"));

    return left < current && json_object_get(job->progress, "override") != NULL ? left : current;
}


/* The quiz is as it is to be, or the next thing is to write it. */
static void written_next(const shop_job_t *job, int64_t target, shop_act_t *act)
{
    json_t *progress = shop_job_progress(job, "write");

    if (attempts_now(job) == target) {
        json_decref(progress);
        next_quiz(job, act);
        return;
    }
    if (progress != NULL && json_object_set_new(progress, "target", json_integer(target)) != 0) {
        json_decref(progress);
        progress = NULL;
    }
    shop_act_more(act, progress);
}


/* `taken` is negative when attempts are given. */
static void keep_first(const shop_job_t *job, int64_t target, int64_t taken, shop_act_t *act)
{
    json_t *progress = shop_job_progress(job, "keep");
    json_t *attempts = json_object();

    if (shop_quiz_keep_add(attempts, shop_json_int(quiz_now(job), "id"), target, taken) != 0 ||
        json_object_set(progress, "attempts", attempts) != 0 ||
        json_object_set_new(progress, "target", json_integer(target)) != 0) {
        json_decref(progress);
        progress = NULL;
    }
    json_decref(attempts);
    shop_act_more(act, progress);
}


static void read_decided(const shop_job_t *job, const json_t *answer, shop_act_t *act)
{
    const json_t *decided = shop_quiz_decided(answer, shop_json_int(quiz_now(job), "id"));
    const json_t *taken = json_object_get(decided, "taken");
    int64_t used = shop_json_int(job->progress, "used");
    int64_t current = attempts_now(job);
    int64_t wanted = larger(shop_json_int(decided, "target"), used);
    bool live = shop_instance_is_live(job);

    if (live && json_is_integer(taken)) {
        keep_first(job, larger(current + json_integer_value(taken), used), -1, act);
    } else if (!live && !json_is_integer(taken)) {
        int64_t target = target_without(job);

        keep_first(job, target,
                   json_object_get(job->progress, "override") != NULL
                       ? current - target
                       : shop_json_int(shop_instance_facts(job), "amount"),
                   act);
    } else {
        written_next(
            job, live && shop_action_is(job, "refresh") ? larger(wanted, current) : current, act);
    }
}


/* What was deleted or made by a call whose answer was lost. */
static void write_refused(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool refused = answer->answer_class == SHOP_ANSWER_INPUT ||
                   answer->answer_class == SHOP_ANSWER_MISSING ||
                   answer->answer_class == SHOP_ANSWER_COLLISION;

    if (refused && nothing_left(job)) {
        next_quiz(job, act);
    } else if (refused && json_object_get(job->progress, "override") == NULL) {
        shop_act_more(act, shop_job_progress(job, "again"));
    } else {
        shop_act_by_class(job, answer, act);
    }
}


void shop_quiz_change_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        if (phase_is(job, "write")) {
            write_refused(job, answer, act);
        } else {
            shop_act_by_class(job, answer, act);
        }
    } else if (phase_is(job, "write")) {
        next_quiz(job, act);
    } else if (phase_is(job, "keep")) {
        written_next(job, shop_json_int(job->progress, "target"), act);
    } else if (phase_is(job, "decided")) {
        read_decided(job, answer->json, act);
    } else if (phase_is(job, "used")) {
        read_used(job, (int64_t) json_array_size(json_object_get(answer->json, "attempts")), act);
    } else {
        read_look(job, json_object_get(answer->json, "overrides"), act);
    }
}
