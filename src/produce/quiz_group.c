/*
 * Mode "group" of std_addquizattempts, for Moodle before 4.4: the teacher has made groups whose
 * overrides allow one attempt more than the quiz, two more and so on; the buyer stands in the one
 * of his number (handlers.md 9.10). A place is how many attempts more: 0 is none of the groups.
 *
 *   move:  look -> mine -> join -> leave
 *   place: mine -> used, each quiz -> decided -> keep
 *
 * He joins before he leaves: there is no moment at which he has fewer attempts.
 */

#include "produce/operate.h"
#include "produce/quiz.h"


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


/* ID numbers with commas; empty: an instance of another mode. */
static shop_str_t attempt_groups(const shop_job_t *job)
{
    return shop_instance_now(job) != NULL
               ? shop_json_text(shop_instance_facts(job), "attemptgroups")
               : shop_param_text(job, "attemptgroups");
}


int64_t shop_quiz_place(const shop_job_t *job, const json_t *groups)
{
    shop_str_t rest = attempt_groups(job);
    int64_t place = 0;
    shop_str_t part;

    for (int64_t at = 1; shop_str_split(&rest, ',', &part); at++) {
        if (shop_group_find(groups, "idnumber", shop_str_trim(part)) != 0) {
            place = at;
        }
    }
    return place;
}


static int64_t course_of(const shop_job_t *job)
{
    return shop_json_int(json_array_get(shop_quiz_list(job), 0), "courseid");
}


static bool in_one_course(const shop_job_t *job)
{
    const json_t *quizzes = shop_quiz_list(job);

    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        if (shop_json_int(json_array_get(quizzes, i), "courseid") != course_of(job)) {
            return false;
        }
    }
    return true;
}


/* --- step `place`: where an action puts him; {place} --- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}


static int64_t place_now(const shop_job_t *job)
{
    return shop_json_int(job->progress, "current");
}


/* What was used stays. */
static int64_t place_without(const shop_job_t *job)
{
    int64_t left = larger(place_now(job) - shop_json_int(shop_instance_facts(job), "amount"),
                          shop_json_int(job->progress, "used"));

    return left < place_now(job) ? left : place_now(job);
}


void shop_quiz_place_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *quiz =
        json_array_get(shop_quiz_list(job), (size_t) shop_json_int(job->progress, "at"));

    if (attempt_groups(job).len == 0) {
        shop_act_skip(act);
    } else if (phase_is(job, "keep")) {
        shop_quiz_keep_build(job, act);
    } else if (!phase_is(job, "used")) {
        shop_act_call(act, "core_group_get_course_user_groups",
                      shop_quiz_user_question(job, "courseid", course_of(job)));
    } else if (quiz != NULL) {
        shop_act_call(act, "mod_quiz_get_user_attempts",
                      shop_quiz_attempts_question(job, shop_json_int(quiz, "id")));
    } else {
        shop_act_ask(act, json_pack("{s:s}", "what", "attempts_decided"));
    }
}


static void read_used(const shop_job_t *job, int64_t attempts, shop_act_t *act)
{
    int64_t at = shop_json_int(job->progress, "at");
    int64_t base = shop_json_int(json_array_get(shop_quiz_list(job), (size_t) at), "base");

    shop_act_more(
        act, json_pack("{s:s, s:I, s:I, s:I}", "phase", "used", "current",
                       (json_int_t) place_now(job), "used",
                       (json_int_t) larger(attempts - base, shop_json_int(job->progress, "used")),
                       "at", (json_int_t) at + 1));
}


/* Of several quizzes the one that wants most. */
static int64_t place_decided(const shop_job_t *job, const json_t *answer)
{
    const json_t *quizzes = shop_quiz_list(job);
    int64_t place = 0;

    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        const json_t *quiz = json_array_get(quizzes, i);
        const json_t *decided = shop_quiz_decided(answer, shop_json_int(quiz, "id"));

        place = larger(place, shop_json_int(decided, "target") - shop_json_int(quiz, "base"));
    }
    return place;
}


static void keep_first(const shop_job_t *job, int64_t place, int64_t taken, shop_act_t *act)
{
    const json_t *quizzes = shop_quiz_list(job);
    json_t *attempts = json_object();

    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        const json_t *quiz = json_array_get(quizzes, i);

        if (shop_quiz_keep_add(attempts, shop_json_int(quiz, "id"),
                               shop_json_int(quiz, "base") + place, taken) != 0) {
            json_decref(attempts);
            attempts = NULL;
            break;
        }
    }
    shop_act_more(act, json_pack("{s:s, s:I, s:o}", "phase", "keep", "place", (json_int_t) place,
                                 "attempts", attempts));
}


static void read_decided(const shop_job_t *job, const json_t *answer, shop_act_t *act)
{
    int64_t first = shop_json_int(json_array_get(shop_quiz_list(job), 0), "id");
    const json_t *taken = json_object_get(shop_quiz_decided(answer, first), "taken");
    int64_t amount = shop_json_int(shop_instance_facts(job), "amount");
    int64_t place = place_now(job);
    bool live = shop_instance_is_live(job);

    if (live && json_is_integer(taken)) {
        keep_first(job, place + json_integer_value(taken), -1, act);
    } else if (!live && !json_is_integer(taken)) {
        keep_first(job, place_without(job), place != 0 ? place - place_without(job) : amount, act);
    } else {
        if (live && shop_action_is(job, "refresh")) {
            place = larger(place, place_decided(job, answer));
        }
        shop_act_done(act, json_pack("{s:I}", "place", (json_int_t) place));
    }
}


void shop_quiz_place_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *attempts = json_object_get(answer->json, "attempts");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (phase_is(job, "keep")) {
        shop_act_done(act, json_pack("{s:O?}", "place", json_object_get(job->progress, "place")));
    } else if (!phase_is(job, "used")) {
        int64_t current = shop_quiz_place(job, json_object_get(answer->json, "groups"));

        shop_act_more(act,
                      json_pack("{s:s, s:I}", "phase", "used", "current", (json_int_t) current));
    } else if (attempts != NULL) {
        read_used(job, (int64_t) json_array_size(attempts), act);
    } else {
        read_decided(job, answer->json, act);
    }
}


/* --- steps `move` and `regroup`: he is in the group of his place, and in no other --- */

/* Of a sale what step `target` has decided; an order that was faster may have put him higher. */
static int64_t place_wanted(const shop_job_t *job)
{
    const json_t *targets = json_object_get(shop_job_output(job, "target"), "targets");
    int64_t wanted = 0;

    if (shop_instance_now(job) != NULL) {
        return shop_json_int(shop_job_output(job, "place"), "place");
    }
    for (size_t i = 0; i < json_array_size(targets); i++) {
        int64_t place = shop_json_int(json_array_get(targets, i), "target") -
                        shop_json_int(json_array_get(shop_quiz_list(job), i), "base");

        wanted = place > wanted ? place : wanted;
    }
    return wanted;
}


static json_t *member(const shop_job_t *job, int64_t group)
{
    return json_pack("{s:I, s:I}", "groupid", (json_int_t) group, "userid",
                     (json_int_t) shop_job_output_id(job, "user"));
}


/* What Moodle was seen to be is old as soon as anything is unsure. */
static bool is_phase_fresh(const shop_job_t *job, const char *phase)
{
    return phase_is(job, phase) && !job->unknown && job->tries == 0;
}


void shop_quiz_move_build(const shop_job_t *job, shop_act_t *act)
{
    if (attempt_groups(job).len == 0) {
        shop_act_skip(act);
    } else if (!in_one_course(job)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "quizzes_in_courses");
    } else if (is_phase_fresh(job, "join")) {
        shop_act_call(
            act, "core_group_add_group_members",
            json_pack("{s:[o]}", "members", member(job, shop_json_int(job->progress, "join"))));
    } else if (is_phase_fresh(job, "leave")) {
        shop_act_call(act, "core_group_delete_group_members",
                      json_pack("{s:O?}", "members", json_object_get(job->progress, "leave")));
    } else if (is_phase_fresh(job, "mine")) {
        shop_act_call(act, "core_group_get_course_user_groups",
                      shop_quiz_user_question(job, "courseid", course_of(job)));
    } else {
        shop_act_call(act, "core_group_get_course_groups",
                      json_pack("{s:I}", "courseid", (json_int_t) course_of(job)));
    }
}


/* {ids [of the group of each place]} */
static void read_look(const shop_job_t *job, const json_t *groups, shop_act_t *act)
{
    shop_str_t rest = attempt_groups(job);
    int64_t wanted = place_wanted(job);
    json_t *ids = json_array();
    shop_str_t part;

    while (shop_str_split(&rest, ',', &part)) {
        json_array_append_new(
            ids, json_integer(shop_group_find(groups, "idnumber", shop_str_trim(part))));
    }
    if (wanted > (int64_t) json_array_size(ids)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "attemptgroups_used_up");
    } else if (wanted > 0 && json_integer_value(json_array_get(ids, (size_t) wanted - 1)) == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "attemptgroup_missing");
    } else {
        shop_act_more(act, json_pack("{s:s, s:O}", "phase", "mine", "ids", ids));
    }
    json_decref(ids);
}


static void next_move(int64_t join, const json_t *leave, shop_act_t *act)
{
    if (join != 0) {
        shop_act_more(act, json_pack("{s:s, s:I, s:O}", "phase", "join", "join", (json_int_t) join,
                                     "leave", leave));
    } else if (json_array_size(leave) > 0) {
        shop_act_more(act, json_pack("{s:s, s:O}", "phase", "leave", "leave", leave));
    } else {
        shop_act_done(act, json_object());
    }
}


static void read_mine(const shop_job_t *job, const json_t *mine, shop_act_t *act)
{
    const json_t *ids = json_object_get(job->progress, "ids");
    int64_t wanted = place_wanted(job);
    int64_t current = shop_quiz_place(job, mine);
    json_t *leave = json_array();
    int64_t join = 0;

    if (shop_instance_now(job) == NULL && current > wanted) {
        wanted = current;
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        int64_t id = json_integer_value(json_array_get(ids, i));
        bool is_in = id != 0 && shop_course_in_list(mine, id);

        if ((int64_t) i + 1 == wanted) {
            join = is_in ? 0 : id;
        } else if (is_in) {
            json_array_append_new(leave, member(job, id));
        }
    }
    next_move(join, leave, act);
    json_decref(leave);
}


void shop_quiz_move_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (is_phase_fresh(job, "join")) {
        next_move(0, json_object_get(job->progress, "leave"), act);
    } else if (is_phase_fresh(job, "leave")) {
        shop_act_done(act, json_object());
    } else if (is_phase_fresh(job, "mine")) {
        read_mine(job, json_object_get(answer->json, "groups"), act);
    } else {
        read_look(job, answer->json, act);
    }
}
