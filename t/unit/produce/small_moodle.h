/*
 * A small Moodle for the test of a product: courses, modules and people, in answers as they were
 * recorded, with other names and numbers. Included once per program.
 */

#ifndef SHOP_T_PRODUCE_SMALL_MOODLE_H
#define SHOP_T_PRODUCE_SMALL_MOODLE_H

#include "produce/test.h"

#include <string.h>

#include "tap.h"

static json_t *recordings;


/* --- a small Moodle --- */

static json_t *recorded(const char *function, const char *name)
{
    json_t *entry;
    size_t i;

    json_array_foreach(recordings, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "function")), function) == 0 &&
            strcmp(json_string_value(json_object_get(entry, "case")), name) == 0) {
            return json_deep_copy(json_object_get(entry, "response"));
        }
    }
    ok(false, "%s: %s is recorded", function, name);
    return NULL;
}


static json_t *refusal(const char *code)
{
    return json_pack("{s:s, s:s, s:s}", "exception", "moodle_exception", "errorcode", code,
                     "message", "x");
}


static const struct {
    int id;
    const char *shortname;
    const char *idnumber;
    int visible;
    const char *method;
} courses[] = {
    {12, "MOOC", "mooc-1", 1, "manual"},
    {13, "HIDDEN", "", 0, "manual"},
    {14, "GUESTS", "", 1, "guest"},
    {15, "2026", "", 1, "manual"},
};


static json_t *course_view(size_t i)
{
    json_t *answer = recorded("core_course_get_courses_by_field", "by shortname");
    json_t *course = json_incref(json_array_get(json_object_get(answer, "courses"), 0));

    json_object_set_new(course, "id", json_integer(courses[i].id));
    json_object_set_new(course, "shortname", json_string(courses[i].shortname));
    json_object_set_new(course, "idnumber", json_string(courses[i].idnumber));
    json_object_set_new(course, "visible", json_integer(courses[i].visible));
    json_object_set_new(course, "enrollmentmethods", json_pack("[s]", courses[i].method));
    json_decref(answer);
    return course;
}


static json_t *moodle_courses(const json_t *arguments)
{
    json_t *answer = recorded("core_course_get_courses_by_field", "absent course");
    const char *field = json_string_value(json_object_get(arguments, "field"));
    shop_str_t value = shop_json_text(arguments, "value");

    for (size_t i = 0; i < sizeof(courses) / sizeof(courses[0]); i++) {
        json_t *course = course_view(i);
        json_t *member = field != NULL ? json_object_get(course, field) : NULL;
        char number[16];

        snprintf(number, sizeof(number), "%d", courses[i].id);
        if (field == NULL || (json_is_string(member) ? shop_str_eq(shop_json_string(member), value)
                                                     : shop_str_eq(shop_str(number), value))) {
            json_array_append(json_object_get(answer, "courses"), course);
        }
        json_decref(course);
    }
    return answer;
}


/* Modules: 5 a quiz of course 12, 6 one without limit there, 7 one of course 13, 8 a forum. */
static const struct {
    int cmid;
    int course;
    const char *kind;
    const char *idnumber;
    int attempts;
} modules[] = {
    {5, 12, "quiz", "final", 3},
    {6, 12, "quiz", "open", 0},
    {7, 13, "quiz", "other", 2},
    {8, 12, "forum", "", 1},
};

static bool numberless; /* the account does not see ID numbers of activities */


static json_t *moodle_module(const json_t *arguments)
{
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        json_t *answer, *module;

        if (modules[i].cmid != shop_json_int(arguments, "cmid")) {
            continue;
        }
        answer = json_pack("{s:{s:i, s:i, s:i, s:s, s:s, s:i, s:i, s:i}, s:[]}", "cm", "id",
                           modules[i].cmid, "course", modules[i].course, "module", 17, "name",
                           "Final test", "modname", modules[i].kind, "instance",
                           100 + modules[i].cmid, "section", 1, "sectionnum", 0, "warnings");
        module = json_object_get(answer, "cm");
        if (!numberless) {
            json_object_set_new(module, "idnumber", json_string(modules[i].idnumber));
        }
        return answer;
    }
    return refusal("invalidrecordunknown");
}


static json_t *moodle_quizzes(const json_t *arguments)
{
    json_t *answer = recorded("mod_quiz_get_quizzes_by_courses", "quizzes of a course");
    json_int_t course =
        json_integer_value(json_array_get(json_object_get(arguments, "courseids"), 0));
    json_t *list = json_object_get(answer, "quizzes");
    json_t *model = json_deep_copy(json_array_get(list, 0));

    json_array_clear(list);
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        json_t *quiz = json_deep_copy(model);

        json_object_set_new(quiz, "id", json_integer(100 + modules[i].cmid));
        json_object_set_new(quiz, "coursemodule", json_integer(modules[i].cmid));
        json_object_set_new(quiz, "course", json_integer(modules[i].course));
        json_object_set_new(quiz, "attempts", json_integer(modules[i].attempts));
        if (modules[i].course == course && strcmp(modules[i].kind, "quiz") == 0) {
            json_array_append(list, quiz);
        }
        json_decref(quiz);
    }
    json_decref(model);
    return answer;
}


static const char *withheld; /* a function that the service does not have */

static json_t *moodle_info(void)
{
    json_t *answer = recorded("core_webservice_get_site_info", "ok");
    json_t *list = json_object_get(answer, "functions");
    size_t count;
    const shop_moodle_function_t *ours = shop_moodle_functions(&count);

    json_array_clear(list);
    for (size_t i = 0; i < count; i++) {
        if (withheld == NULL || strcmp(withheld, ours[i].name) != 0) {
            json_array_append_new(list, json_pack("{s:s}", "name", ours[i].name));
        }
    }
    return answer;
}


static json_t *moodle_groups(void)
{
    json_t *answer = recorded("core_group_create_groups", "created");
    json_t *group = json_array_get(answer, 0);

    json_object_set_new(group, "name", json_string("Spring"));
    json_object_set_new(group, "idnumber", json_string("plus1"));
    return answer;
}


static const char *refused; /* function that is answered with `refused_code` */
static const char *refused_code;

static json_t *moodle(const char *function, const json_t *arguments)
{
    const json_t *criterion = json_array_get(json_object_get(arguments, "criteria"), 0);

    if (refused != NULL && strcmp(refused, function) == 0) {
        return refusal(refused_code);
    }
    if (strcmp(function, "core_course_get_courses_by_field") == 0) {
        return moodle_courses(arguments);
    }
    if (strcmp(function, "core_course_get_course_module") == 0) {
        return moodle_module(arguments);
    }
    if (strcmp(function, "mod_quiz_get_quizzes_by_courses") == 0) {
        return moodle_quizzes(arguments);
    }
    if (strcmp(function, "core_webservice_get_site_info") == 0) {
        return moodle_info();
    }
    if (strcmp(function, "core_group_get_course_groups") == 0) {
        return moodle_groups();
    }
    if (strcmp(function, "core_course_get_categories") == 0) {
        return recorded(function, shop_str_eq(shop_json_text(criterion, "value"), SHOP_STR("97"))
                                      ? "by idnumber"
                                      : "absent category");
    }
    if (strcmp(function, "core_user_get_users_by_field") == 0) {
        return recorded(function, "absent user");
    }
    if (strcmp(function, "core_completion_get_course_completion_status") == 0) {
        return refusal(shop_json_int(arguments, "courseid") == 12 &&
                               shop_json_int(arguments, "userid") == 3
                           ? "nocriteriaset"
                           : "notenroled");
    }
    ok(false, "%s is a reading call that the test may make", function);
    return refusal("invalidrecord");
}

#endif
