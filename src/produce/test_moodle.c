/*
 * What the parameters of a product name in Moodle, looked up by reading calls: courses, categories,
 * groups, modules, functions (handlers.md 11).
 *
 * A question is {what, param, value, function, arguments}; answers may add further ones.
 */

#include "produce/seat.h"
#include "produce/test_internal.h"

#include <string.h>

/* A reference that no instance has: whoever answers that it is not there is there himself. */
#define NOBODY "0000-0000-0000-0000"


void shop_test_ask(json_t *run, const char *what, const char *param, shop_str_t value,
                   const char *function, json_t *arguments)
{
    json_array_append_new(json_object_get(run, "questions"),
                          json_pack("{s:s, s:s, s:o, s:s, s:o}", "what", what, "param", param,
                                    "value", shop_json_str(value), "function", function,
                                    "arguments", arguments));
}


void shop_test_ask_course(json_t *run, const char *what, const char *param, const char *field,
                          shop_str_t value)
{
    shop_test_ask(run, what, param, value, "core_course_get_courses_by_field",
                  json_pack("{s:s, s:o}", "field", field, "value", shop_json_str(value)));
}


static const char *param_of(const json_t *question)
{
    return json_string_value(json_object_get(question, "param"));
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
        shop_test_ask_course(run, "support", "customersupport",
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
            shop_test_ask_course(run, "course", ways[i].param, ways[i].field, value);
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
            shop_test_ask_course(run, "named", param->name, "shortname", name);
        }
    }
}


static void ask_number(const char *what, const shop_param_t *param, shop_str_t value,
                       const char *function, const char *name, json_t *run)
{
    int64_t id;

    if (shop_str_to_int(value, &id) == SHOP_OK) {
        shop_test_ask(run, what, param->name, value, function,
                      json_pack("{s:I}", name, (json_int_t) id));
    }
}


static void ask_param(const shop_param_t *param, shop_str_t value, json_t *run)
{
    switch (param->refers) {
    case SHOP_REFERS_COURSES:
        ask_list(param, value, run);
        return;
    case SHOP_REFERS_PATTERNS:
        shop_test_ask(run, "patterns", param->name, value, "core_course_get_courses_by_field",
                      json_object());
        return;
    case SHOP_REFERS_CATEGORY:
        shop_test_ask(run, "category", param->name, value, "core_course_get_categories",
                      json_pack("{s:[{s:s, s:o}], s:b}", "criteria", "key", "id", "value",
                                shop_json_str(value), "addsubcategories", 0));
        return;
    case SHOP_REFERS_MODULE:
        ask_number("module", param, value, "core_course_get_course_module", "cmid", run);
        return;
    case SHOP_REFERS_NOTHING:
    case SHOP_REFERS_GROUP: /* once the course is known */
    case SHOP_REFERS_GROUPS:
    case SHOP_REFERS_FUNCTION: /* with all that the handler calls */
        return;
    }
}


/* --- the functions of Moodle that a product needs: those of its handler, and those that it names
 * --- */

static json_t *words_of(const shop_test_t *test, const shop_handler_t *handler)
{
    shop_str_t mode = shop_test_mode(test, handler);
    json_t *words = json_pack("[s]", handler->name);

    if (mode.len != 0) {
        json_array_append_new(words, json_sprintf("%s/%.*s", handler->name, (int) mode.len,
                                                  (const char *) mode.data));
    }
    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        if (param->type == SHOP_PARAM_ROLE &&
            (param->fallback != NULL || shop_test_value(test, param->name).len != 0)) {
            json_array_append_new(words, json_string(param->name));
        }
    }
    return words;
}


static json_t *functions_of(const shop_test_t *test, const shop_handler_t *handler)
{
    json_t *words = words_of(test, handler);
    json_t *names = json_array();
    size_t count;
    const shop_moodle_function_t *ours = shop_moodle_functions(&count);

    for (size_t i = 0; i < count; i++) {
        if (ours[i].special && shop_moodle_needed(&ours[i], words)) {
            json_array_append_new(names, json_string(ours[i].name));
        }
    }
    json_decref(words);
    return names;
}


/* A function that is named; empty: none. */
static shop_str_t named_by(const shop_test_t *test, const shop_handler_t *handler,
                           const shop_param_t *param)
{
    bool named = param->refers == SHOP_REFERS_FUNCTION &&
                 shop_word_in(shop_test_mode(test, handler), param->modes);

    return named ? shop_test_value(test, param->name) : SHOP_STR_NULL;
}


static void ask_service(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    json_t *names = functions_of(test, handler);
    bool needed = json_array_size(names) != 0;

    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        needed = needed || named_by(test, handler, param).len != 0;
    }
    if (needed) {
        shop_test_ask(run, "service", "enablehandler", SHOP_STR_NULL,
                      "core_webservice_get_site_info", json_object());
    }
    json_object_set_new(json_object_get(run, "found"), "functions", names);
}


void shop_test_ask_all(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    shop_str_t mode = shop_test_mode(test, handler);

    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        shop_str_t value = shop_test_value(test, param->name);
        bool idle = param->modes != NULL && !shop_word_in(mode, param->modes);

        if (value.len != 0 && !idle) {
            ask_param(param, value, run);
        }
    }
    if (shop_test_declares(handler, "customersupport")) {
        ask_support(test, run);
    }
    if (shop_test_declares(handler, "coursename")) {
        ask_target(test, handler, run);
    }
    ask_service(test, handler, run);
}


void shop_test_want_criteria(json_t *run)
{
    json_object_set_new(json_object_get(run, "found"), "criteria", json_true());
}


void shop_test_ask_inside(const shop_test_t *test, json_t *run, int64_t course)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);
    shop_str_t mode = shop_test_mode(test, handler);
    json_t *found = json_object_get(run, "found");

    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        shop_str_t name = shop_test_value(test, param->name);
        bool idle = param->modes != NULL && !shop_word_in(mode, param->modes);
        bool group = param->refers == SHOP_REFERS_GROUP || param->refers == SHOP_REFERS_GROUPS;

        if (name.len != 0 && group && !idle) {
            shop_test_ask(run, param->refers == SHOP_REFERS_GROUP ? "group" : "groups", param->name,
                          name, "core_group_get_course_groups",
                          json_pack("{s:I}", "courseid", (json_int_t) course));
        }
    }
    if (json_is_true(json_object_get(found, "criteria"))) {
        json_object_set_new(found, "course", json_integer((json_int_t) course));
        shop_test_ask(run, "self", "requirecompletion", SHOP_STR_NULL,
                      "core_webservice_get_site_info", json_object());
    }
}


void shop_test_ask_provisioner(json_t *run)
{
    shop_test_ask(run, "provisioner", "enablehandler", SHOP_STR_NULL, "provisioner_get",
                  json_pack("{s:s}", "reference", NOBODY));
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

/* Sold with an end, in this course. */
static bool ends_in(const shop_item_t *item, const json_t *course)
{
    const shop_handler_t *handler = shop_handler_find(item->handler);
    int64_t id;

    if (handler == NULL || (handler->checks & SHOP_CHECK_EXTENDS) ||
        !shop_test_declares(handler, "coursename") || !shop_test_declares(handler, "duration") ||
        (shop_json_text(item->params, "duration").len == 0 &&
         shop_json_text(item->params, "endtime").len == 0 && !item->renewable)) {
        return false;
    }
    return shop_str_eq(shop_str_trim(shop_json_text(item->params, "coursename")),
                       shop_json_text(course, "shortname")) ||
           (shop_json_text(item->params, "courseidnumber").len != 0 &&
            shop_str_eq(shop_str_trim(shop_json_text(item->params, "courseidnumber")),
                        shop_json_text(course, "idnumber"))) ||
           (shop_str_to_int(shop_str_trim(shop_json_text(item->params, "courseid")), &id) ==
                SHOP_OK &&
            id == shop_json_int(course, "id"));
}


static void check_extended(const shop_test_t *test, json_t *run, const json_t *course)
{
    for (size_t i = 0; i < test->other_count; i++) {
        if (ends_in(test->others[i], course)) {
            return;
        }
    }
    shop_test_say(run, "warning", "extends_nothing", "extension",
                  shop_json_text(course, "shortname"));
}


static void course_found(const shop_test_t *test, json_t *run, const json_t *course,
                         const char *param, shop_str_t value)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);

    if (shop_course_hidden(course)) {
        shop_test_say(run, "warning", "course_hidden", param, value);
    }
    if ((handler->checks & SHOP_CHECK_MANUAL) && !shop_course_manual(course)) {
        shop_test_say(run, "error", "course_no_manual", param, value);
    }
    if ((handler->checks & SHOP_CHECK_EXTENDS) && test->item != NULL) {
        check_extended(test, run, course);
    }
    shop_test_ask_inside(test, run, shop_json_int(course, "id"));
    shop_test_quizzes_of(test, run, shop_json_int(course, "id"));
}


static void read_courses(const shop_test_t *test, json_t *run, const json_t *question,
                         const shop_answer_t *answer)
{
    shop_str_t what = shop_json_text(question, "what");
    shop_str_t value = shop_json_text(question, "value");
    shop_str_t field = shop_json_text(json_object_get(question, "arguments"), "field");
    const json_t *course = json_array_get(json_object_get(answer->json, "courses"), 0);

    if (course == NULL && shop_str_eq(what, SHOP_STR("support")) &&
        shop_str_eq(field, SHOP_STR("id"))) {
        /* a name made of digits */
        shop_test_ask_course(run, "support", param_of(question), "shortname", value);
    } else if (course == NULL) {
        shop_test_say(run, "error", "course_missing", param_of(question), value);
    } else if (shop_str_eq(what, SHOP_STR("course"))) {
        course_found(test, run, course, param_of(question), value);
    }
}


static void read_patterns(const shop_test_t *test, json_t *run, const json_t *question,
                          const shop_answer_t *answer)
{
    const json_t *courses = json_object_get(answer->json, "courses");
    shop_str_t list = shop_json_text(question, "value");
    shop_str_t entry;

    (void) test;
    while (shop_str_split(&list, ',', &entry)) {
        entry = shop_str_trim(entry);
        if (entry.len != 0 && !shop_seat_courses_match(courses, entry)) {
            shop_test_say(run, "warning", "courses_none", param_of(question), entry);
        }
    }
}


static void read_group(const shop_test_t *test, json_t *run, const json_t *question,
                       const shop_answer_t *answer)
{
    shop_str_t value = shop_json_text(question, "value");

    (void) test;
    if (shop_group_find(answer->json, "name", value) == 0 &&
        shop_group_find(answer->json, "idnumber", value) == 0) {
        shop_test_say(run, "warning", "group_missing", param_of(question), value);
    }
}


static void read_groups(const shop_test_t *test, json_t *run, const json_t *question,
                        const shop_answer_t *answer)
{
    shop_str_t list = shop_json_text(question, "value");
    shop_str_t entry;

    (void) test;
    while (shop_str_split(&list, ',', &entry)) {
        entry = shop_str_trim(entry);
        if (shop_group_find(answer->json, "idnumber", entry) == 0) {
            shop_test_say(run, "error", "group_unknown", param_of(question), entry);
        }
    }
}


/* Something with this id, in a list. */
static void read_listed(const shop_test_t *test, json_t *run, const json_t *question,
                        const shop_answer_t *answer)
{
    bool user = shop_str_eq(shop_json_text(question, "what"), SHOP_STR("user"));

    (void) test;
    if (json_array_size(answer->json) == 0) {
        shop_test_say(run, "error", user ? "user_missing" : "category_missing", param_of(question),
                      shop_json_text(question, "value"));
    }
}


static bool offers(const json_t *functions, shop_str_t name)
{
    for (size_t i = 0; i < json_array_size(functions); i++) {
        if (shop_str_eq(shop_json_text(json_array_get(functions, i), "name"), name)) {
            return true;
        }
    }
    return false;
}


static void read_service(const shop_test_t *test, json_t *run, const json_t *question,
                         const shop_answer_t *answer)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);
    const json_t *theirs = json_object_get(answer->json, "functions");
    json_t *name;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(run, "found"), "functions"), i, name)
    {
        if (!offers(theirs, shop_json_string(name))) {
            shop_test_say(run, "error", "function_missing", param_of(question),
                          shop_json_string(name));
        }
    }
    for (const shop_param_t *param = handler->params; param->name != NULL; param++) {
        shop_str_t named = named_by(test, handler, param);

        if (named.len != 0 && !offers(theirs, named)) {
            shop_test_say(run, "error", "function_missing", param->name, named);
        }
    }
}


/* Whether a course has criteria is told before whether this person follows it. */
static void read_self(const shop_test_t *test, json_t *run, const json_t *question,
                      const shop_answer_t *answer)
{
    const json_t *found = json_object_get(run, "found");

    (void) test;
    shop_test_ask(run, "criteria", param_of(question), SHOP_STR_NULL,
                  "core_completion_get_course_completion_status",
                  json_pack("{s:I, s:I}", "courseid", (json_int_t) shop_json_int(found, "course"),
                            "userid", (json_int_t) shop_json_int(answer->json, "userid")));
}


static void read_criteria(const shop_test_t *test, json_t *run, const json_t *question,
                          const shop_answer_t *answer)
{
    shop_str_t code = shop_str(answer->code);

    (void) test;
    if (answer->answer_class == SHOP_ANSWER_OK || shop_str_eq(code, SHOP_STR("notenroled")) ||
        shop_str_eq(code, SHOP_STR("usernotenroled"))) {
        return;
    }
    if (shop_str_eq(code, SHOP_STR("nocriteriaset"))) {
        shop_test_say(run, "warning", "no_criteria", param_of(question), SHOP_STR_NULL);
    } else {
        shop_test_say(run, "error", "moodle", param_of(question), code);
    }
}


static void read_provisioner(const shop_test_t *test, json_t *run, const json_t *question,
                             const shop_answer_t *answer)
{
    (void) test;
    if (answer->answer_class != SHOP_ANSWER_OK && answer->http_status != 404) {
        shop_test_say(run, "error", "provisioner_silent", param_of(question),
                      shop_str(answer->code));
    }
}


static const struct {
    const char *what;
    shop_test_read_pt read; /* NULL: that there is an answer is all */
    const char *missing;    /* said when what was named is not there */
    bool any;               /* reads refusals, too */
} readers[] = {
    {"support", read_courses, NULL, false},
    {"course", read_courses, NULL, false},
    {"named", read_courses, NULL, false},
    {"patterns", read_patterns, NULL, false},
    {"category", read_listed, "category_missing", false},
    {"user", read_listed, NULL, false},
    {"module", NULL, "module_missing", false},
    {"group", read_group, NULL, false},
    {"groups", read_groups, NULL, false},
    {"service", read_service, NULL, false},
    {"self", read_self, NULL, false},
    {"criteria", read_criteria, NULL, true},
    {"provisioner", read_provisioner, NULL, true},
    {"quizzes", shop_test_read_quizzes, NULL, false},
    {"quiz_module", shop_test_read_quiz_module, "quiz_missing", false},
    {"quiz_number", shop_test_read_quiz_number, NULL, false},
};


static void read_answer(const shop_test_t *test, json_t *run, const json_t *question,
                        const shop_answer_t *answer)
{
    const char *what = json_string_value(json_object_get(question, "what"));
    size_t i = 0;

    while (strcmp(readers[i].what, what) != 0) {
        i++;
    }
    if (answer->answer_class == SHOP_ANSWER_OK || readers[i].any) {
        if (readers[i].read != NULL) {
            readers[i].read(test, run, question, answer);
        }
    } else if (answer->answer_class == SHOP_ANSWER_MISSING && readers[i].missing != NULL) {
        shop_test_say(run, "error", readers[i].missing, param_of(question),
                      shop_json_text(question, "value"));
    } else {
        shop_test_say(run, "error", "moodle", param_of(question), shop_str(answer->code));
    }
}


void shop_test_answer(const shop_test_t *test, json_t *run, const shop_answer_t *answer)
{
    json_t *questions = json_object_get(run, "questions");
    json_t *question = json_incref(json_array_get(questions, 0));

    json_array_remove(questions, 0);
    if (question != NULL) {
        read_answer(test, run, question, answer);
    }
    json_decref(question);
}
