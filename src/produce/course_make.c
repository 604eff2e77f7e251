/*
 * Step `course` of std_createcourse: a course under a free short name, made once.
 *
 *   free -> reserve -> create -> done
 *    ^         |          |
 *    +- taken -+          +- unknown -> (pause) -> check -> done | create | delete | the next name
 *
 * Moodle does not keep two callers from the same short name, so each name is reserved in the
 * database first. A copy of a model bears no mark until step `mark`: a copy that broke off is
 * recognised by its names and its age, removed, and made again, once.
 */

#include "produce/course_make.h"

#include <stdio.h>

#define BASE_SIZE 8
#define NUMBERS 200
#define PAUSE 300 /* a copy that timed out may still be going on */


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static int64_t number_now(const shop_job_t *job)
{
    int64_t n = shop_json_int(job->progress, "n");

    return n != 0 ? n : 1;
}


/* The first letters of the user name, without dots, in capitals, and a number. */
static void short_name(const shop_job_t *job, char out[SHOP_SHORT_NAME_SIZE])
{
    shop_str_t username = shop_json_text(shop_job_output(job, "user"), "username");
    char base[BASE_SIZE + 1] = {0};
    size_t len = 0;

    for (size_t i = 0; i < username.len && len < BASE_SIZE; i++) {
        unsigned char c = username.data[i];

        if (c != '.') {
            base[len++] = (char) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    snprintf(out, SHOP_SHORT_NAME_SIZE, "%s_%lld", base, (long long) number_now(job));
}


static json_t *progress_in(const shop_job_t *job, const char *phase, int64_t n)
{
    json_t *progress = shop_job_progress(job, phase);

    if (progress != NULL && json_object_set_new(progress, "n", json_integer(n)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


static json_t *progress_with(const shop_job_t *job, const char *phase, const char *name,
                             int64_t value)
{
    json_t *progress = progress_in(job, phase, number_now(job));

    if (progress != NULL && json_object_set_new(progress, name, json_integer(value)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


/* --- what is called --- */

static void call_look(const shop_job_t *job, shop_act_t *act)
{
    char name[SHOP_SHORT_NAME_SIZE];

    short_name(job, name);
    shop_act_call(act, "core_course_get_courses_by_field",
                  json_pack("{s:s, s:s}", "field", "shortname", "value", name));
}


static void call_create(const shop_job_t *job, shop_act_t *act)
{
    int64_t model = shop_job_output_id(job, "template");
    const json_t *names = shop_job_output(job, "names");
    json_t *fullname = json_object_get(names, "fullname");
    int64_t category = shop_json_int(names, "category");
    char name[SHOP_SHORT_NAME_SIZE];

    short_name(job, name);
    if (model != 0) {
        /* no options: each of them asks for rights that nobody should give */
        shop_act_call(act, "core_course_duplicate_course",
                      json_pack("{s:I, s:O?, s:s, s:I, s:b}", "courseid", (json_int_t) model,
                                "fullname", fullname, "shortname", name, "categoryid",
                                (json_int_t) category, "visible", 1));
        return;
    }
    shop_act_call(act, "core_course_create_courses",
                  json_pack("{s:[{s:O?, s:s, s:I, s:O?}]}", "courses", "fullname", fullname,
                            "shortname", name, "categoryid", (json_int_t) category, "idnumber",
                            json_object_get(names, "idnumber")));
}


static void build_create(const shop_job_t *job, shop_act_t *act)
{
    bool copied = shop_job_output_id(job, "template") != 0;

    if (!job->unknown && job->tries == 0) {
        call_create(job, act);
    } else if (copied) {
        shop_act_more(act, progress_with(job, "pause", "until", job->now + PAUSE));
    } else {
        shop_act_more(act, progress_in(job, "check", number_now(job)));
    }
}


static void build_reserve(const shop_job_t *job, shop_act_t *act)
{
    char name[SHOP_SHORT_NAME_SIZE];

    short_name(job, name);
    shop_act_ask(act, json_pack("{s:s, s:s}", "what", "course_name", "name", name));
}


void shop_course_make_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t until = shop_json_int(job->progress, "until");

    if (number_now(job) > NUMBERS) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "shortname_taken");
    } else if (phase_is(job, "reserve")) {
        build_reserve(job, act);
    } else if (phase_is(job, "create")) {
        build_create(job, act);
    } else if (phase_is(job, "pause") && job->now < until) {
        shop_act_wait(act, until, "course_copied");
    } else if (phase_is(job, "delete")) {
        shop_act_call(
            act, "core_course_delete_courses",
            json_pack("{s:[I]}", "courseids", (json_int_t) shop_json_int(job->progress, "broken")));
    } else {
        call_look(job, act);
    }
}


/* --- what is answered --- */

static bool is_ours(const shop_job_t *job, const json_t *course)
{
    shop_str_t mark = shop_json_text(shop_job_output(job, "names"), "idnumber");

    return mark.len != 0 && shop_str_eq(shop_json_text(course, "idnumber"), mark);
}


static bool is_broken_copy(const shop_job_t *job, const json_t *course)
{
    shop_str_t fullname = shop_json_text(shop_job_output(job, "names"), "fullname");

    return shop_job_output_id(job, "template") != 0 &&
           shop_json_text(course, "idnumber").len == 0 &&
           shop_str_eq(shop_json_text(course, "fullname"), fullname) &&
           shop_json_int(course, "timecreated") >= shop_job_moment(job, "ordered_at");
}


static void read_free(const shop_job_t *job, const json_t *course, shop_act_t *act)
{
    if (course == NULL) {
        shop_act_more(act, progress_in(job, "reserve", number_now(job)));
    } else if (is_ours(job, course)) {
        shop_act_done(act, json_pack("{s:O}", "id", json_object_get(course, "id")));
    } else {
        shop_act_more(act, progress_in(job, "", number_now(job) + 1));
    }
}


static void read_check(const shop_job_t *job, const json_t *course, shop_act_t *act)
{
    if (course == NULL && shop_json_int(job->progress, "collided") != 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "course_refused");
    } else if (course == NULL) {
        shop_act_more(act, progress_in(job, "create", number_now(job)));
    } else if (!is_broken_copy(job, course)) {
        read_free(job, course, act);
    } else if (shop_json_int(job->progress, "broken") != 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "course_copy_broken");
    } else {
        shop_act_more(act, progress_with(job, "delete", "broken", shop_json_int(course, "id")));
    }
}


static void read_created(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *made =
        json_is_array(answer->json) ? json_array_get(answer->json, 0) : answer->json;
    int64_t id = shop_json_int(made, "id");

    if (answer->answer_class == SHOP_ANSWER_COLLISION) {
        shop_act_more(act, progress_with(job, "check", "collided", 1));
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (id == 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "course_refused");
    } else {
        shop_act_done(act, json_pack("{s:I}", "id", (json_int_t) id));
    }
}


static void read_deleted(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class == SHOP_ANSWER_OK ||
        shop_str_eq(shop_str(answer->code), SHOP_STR("unknowncourseidnumber"))) {
        shop_act_more(act, progress_with(job, "create", "collided", 0));
        return;
    }
    shop_act_by_class(job, answer, act);
}


void shop_course_make_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *course = json_array_get(json_object_get(answer->json, "courses"), 0);
    bool reserved = shop_json_bool(answer->json, "reserved");

    if (phase_is(job, "create")) {
        read_created(job, answer, act);
    } else if (phase_is(job, "delete")) {
        read_deleted(job, answer, act);
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (phase_is(job, "reserve")) {
        shop_act_more(act, reserved ? progress_in(job, "create", number_now(job))
                                    : progress_in(job, "", number_now(job) + 1));
    } else if (phase_is(job, "check") || phase_is(job, "pause")) {
        read_check(job, course, act);
    } else {
        read_free(job, course, act);
    }
}
