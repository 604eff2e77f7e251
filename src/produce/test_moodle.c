/*
 * What the parameters of a product name in Moodle, looked up by reading calls: courses, categories,
 * groups, quizzes, a function (handlers.md 11).
 *
 * A question is {what, param, value, function, arguments}; answers may add further ones.
 */

#include "produce/test_internal.h"


static void ask(json_t *run, const char *what, const char *param, shop_str_t value,
                const char *function, json_t *arguments)
{
    json_array_append_new(json_object_get(run, "questions"),
                          json_pack("{s:s, s:s, s:o, s:s, s:o}", "what", what, "param", param,
                                    "value", shop_json_str(value), "function", function,
                                    "arguments", arguments));
}


static void ask_course(json_t *run, const char *what, const char *param, const char *field,
                       shop_str_t value)
{
    ask(run, what, param, value, "core_course_get_courses_by_field",
        json_pack("{s:s, s:o}", "field", field, "value", shop_json_str(value)));
}


/* --- asking --- */

static void ask_support(const shop_test_t *test, json_t *run)
{
    shop_str_t value = shop_test_value(test, "customersupport");
    bool given = json_object_get(test->params, "customersupport") != NULL;
    int64_t id;

    if (!given) {
        value = shop_str_trim(test->support_course);
        shop_test_say(run, "warning", value.len != 0 ? "support_default" : "support_none",
                      "customersupport", value);
    } else if (value.len == 0) {
        shop_test_say(run, "warning", "support_none", "customersupport", value);
    }
    if (value.len != 0) {
        ask_course(run, "support", "customersupport",
                   shop_str_to_int(value, &id) == SHOP_OK ? "id" : "shortname", value);
    }
}


static void ask_target(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    static const struct {
        const char *param;
        const char *field;
    } ways[] = {{"coursename", "shortname"}, {"courseidnumber", "idnumber"}, {"courseid", "id"}};
    size_t given = 0;

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        shop_str_t value = shop_test_value(test, ways[i].param);

        if (value.len != 0 && given++ == 0) {
            ask_course(run, "course", ways[i].param, ways[i].field, value);
        } else if (value.len != 0) {
            shop_test_say(run, "warning", "course_twice", ways[i].param, value);
        }
    }
    if (given == 0 && (handler->checks & SHOP_CHECK_COURSE)) {
        shop_test_say(run, "error", "course_parameter", "coursename", SHOP_STR_NULL);
    }
}


static void ask_list(const shop_param_t *param, shop_str_t list, json_t *run)
{
    shop_str_t name;

    while (shop_str_split(&list, ',', &name)) {
        name = shop_str_trim(name);
        if (name.len != 0) {
            ask_course(run, "named", param->name, "shortname", name);
        }
    }
}


static void ask_function(const shop_test_t *test, const shop_handler_t *handler,
                         const shop_param_t *param, json_t *run)
{
    shop_str_t value = shop_test_value(test, param->name);

    if (handler->modes.param == NULL ||
        !shop_str_eq(shop_test_value(test, handler->modes.param), SHOP_STR("function"))) {
        return;
    }
    if (value.len == 0) {
        bool withdraws = shop_str_eq(shop_str(param->name), SHOP_STR("ws_withdraw"));

        shop_test_say(run, withdraws ? "warning" : "error",
                      withdraws ? "withdraw_by_hand" : "param_missing", param->name, SHOP_STR_NULL);
        return;
    }
    ask(run, "function", param->name, value, "core_webservice_get_site_info", json_object());
}


void shop_test_ask_all(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    bool course = false;

    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        shop_str_t value = shop_test_value(test, param->name);
        bool support = shop_str_eq(shop_str(param->name), SHOP_STR("customersupport"));

        course = course || shop_str_eq(shop_str(param->name), SHOP_STR("coursename"));
        if (support) {
            ask_support(test, run);
        } else if (param->refers == SHOP_REFERS_COURSES) {
            ask_list(param, value, run);
        } else if (param->refers == SHOP_REFERS_FUNCTION) {
            ask_function(test, handler, param, run);
        } else if (param->refers == SHOP_REFERS_CATEGORY && value.len != 0) {
            ask(run, "category", param->name, value, "core_course_get_categories",
                json_pack("{s:[{s:s, s:o}], s:b}", "criteria", "key", "id", "value",
                          shop_json_str(value), "addsubcategories", 0));
        }
    }
    if (course) {
        ask_target(test, handler, run);
    }
}


bool shop_test_question(const json_t *run, const char **function, const json_t **arguments)
{
    const json_t *question = json_array_get(json_object_get(run, "questions"), 0);

    if (question == NULL) {
        return false;
    }
    *function = json_string_value(json_object_get(question, "function"));
    *arguments = json_object_get(question, "arguments");
    return true;
}


/* --- answers --- */

static void course_found(const shop_test_t *test, json_t *run, const json_t *course,
                         const char *param, shop_str_t value)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);
    json_t *arguments = json_pack("{s:I}", "courseid", (json_int_t) shop_json_int(course, "id"));

    if (shop_course_hidden(course)) {
        shop_test_say(run, "warning", "course_hidden", param, value);
    }
    if ((handler->checks & SHOP_CHECK_MANUAL) && !shop_course_manual(course)) {
        shop_test_say(run, "error", "course_no_manual", param, value);
    }
    for (const shop_param_t *p = handler->params; p->name != NULL; p++) {
        shop_str_t name = shop_test_value(test, p->name);

        if (name.len != 0 && p->refers == SHOP_REFERS_GROUP) {
            ask(run, "group", p->name, name, "core_group_get_course_groups",
                json_incref(arguments));
        } else if (name.len != 0 && p->refers == SHOP_REFERS_QUIZ) {
            ask(run, "quiz", p->name, name, "mod_quiz_get_quizzes_by_courses",
                json_pack("{s:[I]}", "courseids", (json_int_t) shop_json_int(course, "id")));
        }
    }
    json_decref(arguments);
}


static void read_courses(const shop_test_t *test, json_t *run, const json_t *question,
                         const json_t *courses)
{
    const char *param = json_string_value(json_object_get(question, "param"));
    shop_str_t what = shop_json_text(question, "what");
    shop_str_t value = shop_json_text(question, "value");
    shop_str_t field = shop_json_text(json_object_get(question, "arguments"), "field");
    const json_t *course = json_array_get(courses, 0);

    if (course == NULL && shop_str_eq(what, SHOP_STR("support")) &&
        shop_str_eq(field, SHOP_STR("id"))) {
        ask_course(run, "support", param, "shortname", value); /* a name made of digits */
    } else if (course == NULL) {
        shop_test_say(run, "error", "course_missing", param, value);
    } else if (shop_str_eq(what, SHOP_STR("course"))) {
        course_found(test, run, course, param, value);
    }
}


static void read_group(json_t *run, const json_t *question, const json_t *groups)
{
    shop_str_t value = shop_json_text(question, "value");

    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);

        if (shop_str_eq(shop_json_text(group, "name"), value) ||
            shop_str_eq(shop_json_text(group, "idnumber"), value)) {
            return;
        }
    }
    shop_test_say(run, "warning", "group_missing",
                  json_string_value(json_object_get(question, "param")), value);
}


static const json_t *quiz_of(const json_t *quizzes, int64_t id)
{
    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        if (shop_json_int(json_array_get(quizzes, i), "id") == id) {
            return json_array_get(quizzes, i);
        }
    }
    return NULL;
}


static void read_quizzes(json_t *run, const json_t *question, const json_t *quizzes)
{
    const char *param = json_string_value(json_object_get(question, "param"));
    shop_str_t list = shop_json_text(question, "value");
    shop_str_t one;
    int64_t id;

    while (shop_str_split(&list, ',', &one)) {
        one = shop_str_trim(one);
        if (shop_str_to_int(one, &id) != SHOP_OK || quiz_of(quizzes, id) == NULL) {
            shop_test_say(run, "error", "quiz_missing", param, one);
        } else if (shop_json_int(quiz_of(quizzes, id), "attempts") == 0) {
            shop_test_say(run, "error", "quiz_unlimited", param, one);
        }
    }
}


static void read_functions(json_t *run, const json_t *question, const json_t *functions)
{
    shop_str_t value = shop_json_text(question, "value");

    for (size_t i = 0; i < json_array_size(functions); i++) {
        if (shop_str_eq(shop_json_text(json_array_get(functions, i), "name"), value)) {
            return;
        }
    }
    shop_test_say(run, "error", "function_missing",
                  json_string_value(json_object_get(question, "param")), value);
}


void shop_test_answer(const shop_test_t *test, json_t *run, const shop_answer_t *answer)
{
    json_t *questions = json_object_get(run, "questions");
    json_t *question = json_incref(json_array_get(questions, 0));
    shop_str_t what = shop_json_text(question, "what");

    json_array_remove(questions, 0);
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_test_say(run, "error", "moodle", json_string_value(json_object_get(question, "param")),
                      shop_str(answer->code));
    } else if (shop_str_eq(what, SHOP_STR("category"))) {
        if (json_array_size(answer->json) == 0) {
            shop_test_say(run, "error", "category_missing",
                          json_string_value(json_object_get(question, "param")),
                          shop_json_text(question, "value"));
        }
    } else if (shop_str_eq(what, SHOP_STR("group"))) {
        read_group(run, question, answer->json);
    } else if (shop_str_eq(what, SHOP_STR("function"))) {
        read_functions(run, question, json_object_get(answer->json, "functions"));
    } else if (shop_str_eq(what, SHOP_STR("quiz"))) {
        read_quizzes(run, question, json_object_get(answer->json, "quizzes"));
    } else {
        read_courses(test, run, question, json_object_get(answer->json, "courses"));
    }
    json_decref(question);
}
